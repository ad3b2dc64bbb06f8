"""What a job finds under the names of modules and packages is what a fresh process finds there."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from warm_bench import ENVIRONMENT, Bench
from warm_host import run_cold


@pytest.fixture
def bench(library: Path, tmp_path: Path) -> Iterator[Bench]:
    bench = Bench(library, tmp_path)
    yield bench
    bench.close()


SHOW = "def show(*names):\n    print(*[repr(getattr(pkg, n, 'none')).split(' from ')[0] for n in names])\n"
PACKAGES: dict[str, tuple[dict[str, str], str]] = {
    "a class under the name of its module": (
        {"__init__": "from pkg.Thing import *\n", "Thing": "class Thing: pass\n"},
        "import pkg\nprint(pkg.Thing().__class__.__name__)\n",
    ),
    "the same, asked for by the module": (
        {"__init__": "from pkg.Thing import *\n", "Thing": "class Thing: pass\n"},
        "from pkg.Thing import Thing\nimport pkg\nshow('Thing')\nimport pkg.Thing as t\nprint(t)\n",
    ),
    "a name that the package deletes": (
        {"__init__": "from pkg import sub\nvalue = sub.value\ndel sub\n", "sub": "value = 3\n"},
        "import pkg\nshow('sub', 'value')\nimport pkg.sub\nshow('sub')\n",
    ),
    "a name that a later import takes": (
        {"__init__": "sub = 'the package own'\n", "sub": ""},
        "import pkg\nshow('sub')\nimport pkg.sub\nshow('sub')\n",
    ),
    "a name that a later import in another module takes": (
        {"__init__": "sub = 'the package own'\n", "sub": "", "user": "import pkg.sub\n"},
        "import pkg\nshow('sub', 'user')\nfrom pkg import user\nshow('sub', 'user')\n",
    ),
    "a name that is not there before its import": (
        {"__init__": "", "one": "", "two": "import pkg.one\n"},
        "import pkg\nshow('one', 'two')\nimport pkg.two\nshow('one', 'two')\n",
    ),
    "a circle": (
        {"__init__": "from . import a\nready = True\n", "a": "from . import b\n", "b": "import pkg\nfrom . import a\n"},
        "import pkg.b\nimport pkg\nshow('a', 'b', 'ready')\n",
    ),
    "loading on demand": (
        {
            "__init__": "import importlib\ndef __getattr__(name):\n    if name.startswith('_'): raise AttributeError(name)\n"
            "    return importlib.import_module('pkg.' + name)\n",
            "heavy": "value = 1\n",
        },
        "import sys, pkg\nprint('pkg.heavy' in sys.modules, pkg.heavy.value, 'pkg.heavy' in sys.modules)\n",
    ),
    "another name in sys.modules": (
        {"__init__": "import sys\nfrom pkg import real\nsys.modules['pkg.alias'] = real\n", "real": "value = 5\n"},
        "import pkg.alias\nshow('alias', 'real')\nprint(sys.modules['pkg.alias'].__name__)\n",
    ),
    "itself replaced": (
        {"__init__": "", "lazy": "import sys\nclass A:\n    x = 4\nsys.modules[__name__] = A()\n"},
        "import pkg.lazy\nprint(pkg.lazy.x, type(pkg.lazy).__name__)\n",
    ),
    "thrown away and imported anew": (
        {"__init__": "", "state": "values = []\n"},
        "import pkg.state\npkg.state.values.append(1)\ndel sys.modules['pkg.state']\nimport pkg.state\n"
        "print(pkg.state.values)\n",
    ),
    "all of it thrown away": (
        {"__init__": "from pkg import state\n", "state": "values = []\n"},
        "import pkg\npkg.state.values.append(1)\nfor n in [n for n in sys.modules if n.startswith('pkg')]: del sys.modules[n]\n"
        "import pkg\nprint(pkg.state.values)\n",
    ),
    "reloaded": (
        {"__init__": "", "state": "values = []\n"},
        "import importlib, pkg.state\npkg.state.values.append(1)\nimportlib.reload(pkg.state)\nprint(pkg.state.values)\n",
    ),
    "put in another's place beforehand": (
        {"__init__": "from pkg import part\n", "part": "value = 1\n"},
        "import types\nfake = types.ModuleType('pkg.part')\nfake.value = 'fake'\nsys.modules['pkg.part'] = fake\n"
        "import pkg\nprint(pkg.part.value)\n",
    ),
    "blocked": (
        {"__init__": "try:\n    from pkg import part\nexcept ImportError:\n    part = None\n", "part": ""},
        "sys.modules['pkg.part'] = None\nimport pkg\nprint(pkg.part)\n",
    ),
    "a variable changed between two imports": (
        {"__init__": "", "base": "import os\nvalue = os.environ.get('MARK')\n", "user": "from pkg import base\n"},
        "import os, pkg.base\nos.environ['MARK'] = 'changed'\nimport pkg.user\nprint(pkg.user.base.value, pkg.base.value)\n",
    ),
    "specs and loaders": (
        {"__init__": "from pkg import part\n", "part": ""},
        "import pkg\nfor m in (pkg, pkg.part):\n"
        "    print(m.__spec__.name, m.__spec__.origin, type(m.__loader__).__name__, m.__file__, m.__package__)\n",
    ),
    "all that is there": (
        {"__init__": "from pkg import a\n", "a": "import json\n", "b": "import csv\n"},
        "import pkg\nnew = sorted(n for n in sys.modules if n.split('.')[0] in ('pkg', 'json', 'csv'))\nprint(new, dir(pkg))\n"
        "import pkg.b\nprint('csv' in sys.modules, dir(pkg))\n",
    ),
    "a file and a resource": (
        {"__init__": "import importlib.resources\n", "part": ""},
        "import pkg, inspect, pkg.part\nprint(inspect.getsourcefile(pkg.part), sorted(p.name for p in "
        "importlib.resources.files(pkg).iterdir() if p.suffix == '.py'))\n",
    ),
}


@pytest.mark.parametrize("name", PACKAGES)
def test_names_hold_what_they_hold_in_a_fresh_process(bench: Bench, name: str) -> None:
    files, scenario = PACKAGES[name]
    (bench.folder / "pkg").mkdir()
    for module, text in files.items():
        bench.write(f"pkg/{module}.py", text)
    needed = "import importlib.resources\n" if "resources" in scenario else ""
    host = bench.host(f"import sys\n{needed}{SHOW}{scenario}")
    assert host.word == "ready"
    cold = run_cold(bench.folder / "scenario.py", ENVIRONMENT, bench.folder / "cold")
    assert cold.code == 0, cold.err
    for _ in range(2):
        warm = host.run()
        assert (warm.code, warm.out, warm.err) == (cold.code, cold.out, cold.err)


def test_a_job_takes_all_that_it_can_from_its_parent(bench: Bench) -> None:
    (bench.folder / "pkg").mkdir()
    files = {"__init__": "from pkg.Thing import *\n", "Thing": "class Thing: pass\n", "late": "import pkg.Thing\n"}
    for module, text in files.items():
        bench.write(f"pkg/{module}.py", f"import os\nos.write(2, b'{module} ')\n" + text)
    host = bench.host("import pkg\nimport pkg.late\n")
    assert host.left_out == {}
    printed = host.plan["modules"]
    assert {"pkg", "pkg.Thing", "pkg.late"} <= set(printed)
