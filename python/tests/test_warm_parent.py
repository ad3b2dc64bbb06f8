"""A process forked from a warm parent is what a process of its own would be."""

from __future__ import annotations

import errno
import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import warm_host
from warm_bench import ENVIRONMENT, Bench
from warm_host import JobRefusedError, run_cold


@pytest.fixture
def bench(library: Path, tmp_path: Path) -> Iterator[Bench]:
    bench = Bench(library, tmp_path)
    yield bench
    bench.close()


@pytest.fixture(scope="module")
def prelude_plan(library: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What is learned of a scenario that does nothing but import; good for any that begins so."""
    bench = Bench(library, tmp_path_factory.mktemp("prelude"))
    host = bench.host(PRELUDE)
    plan = host.plan
    bench.close()
    plan["files"] = [one for one in plan["files"] if one["path"] != str(bench.folder / "scenario.py")]
    path = bench.folder / "prelude.json"
    path.write_text(json.dumps(plan))
    return path


ENDS = {
    "nothing": "",
    "exit": "sys.exit()",
    "exit code": "sys.exit(7)",
    "exit code beyond a byte": "sys.exit(256 + 3)",
    "negative exit code": "sys.exit(-1)",
    "huge exit code": "sys.exit(1 << 70)",
    "exit with text": "sys.exit('it is broken')",
    "exit with None": "raise SystemExit(None)",
    "exit with True": "sys.exit(True)",
    "uncaught error": "def inner(): raise ValueError('deep')\ninner()",
    "error with a cause": "try:\n    1 / 0\nexcept ZeroDivisionError as e:\n    raise KeyError('a') from e",
    "hook": "sys.excepthook = lambda *e: print('hooked', e[0].__name__)\n1 / 0",
    "failing hook": "sys.excepthook = lambda *e: [][0]\n1 / 0",
    "interrupted": "raise KeyboardInterrupt",
    "own signal": "os.kill(os.getpid(), 15)",
    "os._exit": "os._exit(9)",
    "abort": "os.abort()",
    "at exit": "import atexit\natexit.register(print, 'first')\natexit.register(print, 'second')\nprint('main')",
    "error at exit": "import atexit\ndef fail(): 1 / 0\natexit.register(fail)",
    "thread": "threading.Thread(target=lambda: (time.sleep(0.05), print('thread done'))).start()\nprint('main done')",
    "daemon": "threading.Thread(target=time.sleep, args=(1000,), daemon=True).start()",
    "destructor": "class A:\n    def __del__(self): print('gone')\na = A()\nb = [A()]; b.append(b)",
    "closed output": "sys.stdout.close()",
    "C buffer": "import ctypes; ctypes.CDLL(None).printf(b'from C')",
    "file left open": "f = open(os.environ['TETRYX_OUTPUT_DIR'] + '/a', 'w'); f.write('x' * 100)",
    "file left in a module": "sys.f = open(os.environ['TETRYX_OUTPUT_DIR'] + '/a', 'w'); sys.f.write('x' * 100)",
    "standard streams": "print(repr(sys.stdin.read()), sys.stdin, sys.stdout, sys.stderr, sys.stdout.seekable())",
    "names": "print(sorted(globals()), __name__, __file__, __spec__, __package__, sys.argv, sys.orig_argv[1:])",
    "main": "print(sys.modules['__main__'].__dict__ is globals(), sys.path[0], os.getcwd())",
    "children": "print(subprocess.run(['sh', '-c', 'echo from a child; exit 3']).returncode)",
    "descriptors": "print(sorted(os.listdir('/proc/self/fd'))[:-1])",
    "name of the process": "print(open('/proc/self/comm').read())",
    "session": "print(os.getsid(0) == os.getpid() == os.getpgrp())",
    "signals": "print({s: signal.getsignal(s) for s in sorted(signal.valid_signals())}, signal.pthread_sigmask(0, []))",
    "environment": "print(sorted((n, v) for n, v in os.environ.items() if n != 'TETRYX_OUTPUT_DIR'))",
    "C environment": "subprocess.run(['env'])",
    "multiprocessing": "import multiprocessing as m\nprint(m.get_context('fork').Pool(2).map(abs, [-1]))",
    "threads": "print(threading.active_count(), threading.current_thread() is threading.main_thread())",
}
DIFFERING = {
    "error at exit": ["Exception ignored in"],
    "C environment": ["TETRYX_OUTPUT_DIR", "_=", "LC_CTYPE"],
    "environment": ["LC_CTYPE"],
}
PRELUDE = "import os, signal, subprocess, sys, threading, time\n\n"


@pytest.mark.parametrize("name", ENDS)
def test_it_ends_and_prints_as_a_process_of_its_own(bench: Bench, prelude_plan: Path, name: str) -> None:
    host = bench.host(PRELUDE + ENDS[name] + "\n", plan=prelude_plan)
    assert host.word == "ready"
    job = host.start()
    warm = job.end()
    cold_output = bench.folder / "cold"
    cold = run_cold(bench.folder / "scenario.py", ENVIRONMENT, cold_output)

    def lines(text: str) -> list[str]:
        kept = [line for line in text.splitlines() if not line.startswith(tuple(DIFFERING.get(name, ())))]
        return sorted(kept) if name in DIFFERING else kept

    assert lines(warm.err) == lines(cold.err)
    assert lines(warm.out) == lines(cold.out)
    assert (warm.code, warm.signal) == (cold.code, cold.signal)
    for file in cold_output.iterdir():
        assert (job.output / file.name).read_bytes() == file.read_bytes()


def test_each_job_has_its_own_variables_and_none_of_another(bench: Bench) -> None:
    host = bench.host(
        "import os\nprint(sorted(v for v in os.environ if v.startswith('TETRYX_')), os.environ['MARK'])\n"
    )
    first = host.run(TETRYX_RUN_CONFIG="one", TETRYX_TELEMETRY_URL="url")
    second = host.run()
    assert first.out == "['TETRYX_OUTPUT_DIR', 'TETRYX_RUN_CONFIG', 'TETRYX_TELEMETRY_URL'] the host's\n"
    assert second.out == "['TETRYX_OUTPUT_DIR'] the host's\n"


def test_nothing_goes_from_one_job_to_the_next(bench: Bench) -> None:
    bench.write("shared.py", "count = 0\n")
    host = bench.host(
        "import os\nimport shared\n"
        "shared.count += 1\nos.environ['MARK'] = 'changed'\nos.chdir('/')\n"
        "print(shared.count, os.environ.setdefault('LEFT', 'no'), os.getpid())\n"
    )
    ends = [host.run() for _ in range(3)]
    assert [end.out.split()[:2] for end in ends] == [["1", "no"]] * 3
    assert len({end.out.split()[2] for end in ends}) == 3


def test_random_generators_that_modules_share_differ_between_jobs(bench: Bench) -> None:
    host = bench.host("import random\nimport numpy as np\nprint(random.random(), np.random.random())\n")
    assert host.word == "ready"
    drawn = [host.run().out.split() for _ in range(3)]
    assert len({one[0] for one in drawn}) == 3
    assert len({one[1] for one in drawn}) == 3


def test_what_is_shown_of_the_process_names_its_output_directory(bench: Bench) -> None:
    host = bench.host("import sys\nprint(open('/proc/self/environ').read().replace('\\0', '\\n'))\n")
    job = host.start()
    assert f"TETRYX_OUTPUT_DIR={job.output}" in job.end().out.splitlines()


def test_the_guardian_is_small_and_shows_the_output_directory(bench: Bench, prelude_plan: Path) -> None:
    os.mkfifo(bench.folder / "gate")
    host = bench.host("open('gate').read()\n", plan=prelude_plan)
    job = host.start()
    try:
        guardian = Path(f"/proc/{job.guardian}")
        assert (guardian / "exe").readlink().name == warm_host.SPAWNER
        # It gives itself the name once it runs, and the host may hear of it before.
        warm_host.wait_until(lambda: (guardian / "comm").read_text() == "lynx-guardian\n", "guardian's name")
        assert (guardian / "environ").read_bytes() == f"TETRYX_OUTPUT_DIR={job.output}\0".encode()
        assert int((guardian / "statm").read_text().split()[0]) * os.sysconf("SC_PAGE_SIZE") < 4 << 20
    finally:
        (bench.folder / "gate").write_text("go")
    assert job.end().code == 0


def test_the_c_library_of_a_job_knows_its_processor(bench: Bench) -> None:
    host = bench.host(
        "import ctypes, os\n"
        "for processor in sorted(os.sched_getaffinity(0)) * 2:\n"
        "    os.sched_setaffinity(0, {processor})\n"
        "    assert ctypes.CDLL(None).sched_getcpu() == processor\n"
    )
    end = host.run()
    assert (end.code, end.err) == (0, "")


def test_without_a_program_for_the_guardian_there_is_no_job_and_nothing_left(bench: Bench, library: Path) -> None:
    spawner = library.parent / warm_host.SPAWNER
    host = bench.host("print('x')\n")
    before = children()
    spawner.rename(spawner.with_suffix(".away"))
    try:
        with pytest.raises(JobRefusedError, match=str(errno.ENOENT)):
            host.start()
    finally:
        spawner.with_suffix(".away").rename(spawner)
    assert children() <= before
    assert host.run().out == "x\n"


def children() -> set[int]:
    """Others may be there: what earlier tests' modules left comes to this process."""
    return {int(pid) for pid in Path(f"/proc/self/task/{os.getpid()}/children").read_text().split()}


def test_what_imports_print_is_printed_by_each_job(bench: Bench) -> None:
    bench.write("loud.py", "import sys\nprint('hello')\nprint('careful', file=sys.stderr)\n")
    host = bench.host("import loud\nprint('main')\n")
    for _ in range(2):
        end = host.run()
        assert (end.out, end.err) == ("hello\nmain\n", "careful\n")


LAYOUTS = {
    "plain": "import heavy\nimport module\n",
    "after a call": "import heavy\nheavy.use('Agg')\nimport module\n",
    "under a guard": "def main():\n    import heavy, module\n    return module\n"
    "if __name__ == '__main__':\n    module = main()\n",
    "in a function": "def load():\n    import heavy\n    import module\n    return module\nmodule = load()\n",
    "from a folder": "import os, sys\nhere = os.path.dirname(os.path.abspath(__file__))\n"
    "sys.path.insert(0, os.path.join(here, 'lib'))\n"
    "import module\nimport inside\n",
    "by name": "import importlib\nmodule = importlib.import_module('module')\n",
    "as a package": "import runpy\nmodule = type('M', (), runpy.run_module('package', run_name='__main__'))\n",
    "with its path": "import inspect, os\nfilename = inspect.getframeinfo(inspect.currentframe()).filename\n"
    "path = os.path.dirname(os.path.abspath(filename))\nfrom xml import __path__\nimport module\n",
    "after a variable": "import os\nos.environ['SOLVER'] = 'fast'\nimport module\n",
    "where it is there": "try:\n    import absent\nexcept ImportError:\n    absent = None\nimport module\n",
    "with an alias": "import sys\nimport module\nsys.modules['other'] = module\nimport other\n",
    "late": "import time\ntime.sleep(0.01)\nvalue = 3 * 7\nimport module\n",
}


@pytest.mark.parametrize("name", LAYOUTS)
def test_however_a_scenario_imports_its_jobs_find_it_done(bench: Bench, name: str) -> None:
    bench.write("heavy.py", "def use(name): pass\n")
    bench.write("module.py", "import json, os\nNAME = os.environ.get('SOLVER')\nWORDS = json.loads('[1, 2]')\n")
    (bench.folder / "lib").mkdir()
    bench.write("lib/inside.py", "import decimal\n")
    (bench.folder / "package").mkdir()
    bench.write("package/__init__.py", "import module\n")
    bench.write("package/__main__.py", "from module import NAME, WORDS\n")
    host = bench.host(LAYOUTS[name] + "print(module.NAME, module.WORDS, __name__)\nTRACE\n".replace("TRACE", TRACE))
    assert host.word == "ready"
    assert host.left_out == {}
    cold = run_cold(bench.folder / "scenario.py", ENVIRONMENT, bench.folder / "cold")
    for _ in range(2):
        warm = host.run()
        assert (warm.code, warm.err) == (0, "")
        assert warm.out.splitlines()[0] == cold.out.splitlines()[0]
        assert warm.out.splitlines()[1] == "adopted"


TRACE = """
import importlib._bootstrap as bootstrap
print('adopted' if bootstrap._find_spec.__module__.startswith('lynx_warm') else 'cold')
"""


def test_two_modules_of_one_name_are_told_apart_by_the_path_of_the_run(bench: Bench) -> None:
    for variant in ("a", "b"):
        (bench.folder / variant).mkdir()
        bench.write(f"{variant}/model.py", f"NAME = {variant!r}\n")
    host = bench.host(
        "import os, sys\nwhich = os.environ.get('TETRYX_RUN_CONFIG', 'a')\n"
        "sys.path.insert(0, os.path.join(os.path.dirname(__file__), which))\nimport model\nprint(model.NAME)\n"
    )
    assert host.word == "ready"
    assert [host.run(TETRYX_RUN_CONFIG=variant).out for variant in "aba"] == ["a\n", "b\n", "a\n"]


def test_a_module_that_reads_a_variable_of_the_run_is_not_taken_from_another(bench: Bench) -> None:
    bench.write("solver.py", "import os\nORDER = os.environ.get('ORDER', '1')\n")
    host = bench.host(
        "import os\nos.environ['ORDER'] = os.environ.get('TETRYX_RUN_CONFIG', '4')\n"
        "import solver\nprint(solver.ORDER)\n"
    )
    assert host.word == "ready"
    assert [host.run(TETRYX_RUN_CONFIG=order).out for order in ("4", "8")] == ["4\n", "8\n"]


def test_a_module_that_a_run_does_not_import_is_not_there(bench: Bench) -> None:
    host = bench.host(
        "import sys, os\nif os.environ.get('TETRYX_RUN_CONFIG') != 'without':\n    import decimal\n"
        "print('decimal' in sys.modules)\n"
    )
    assert [host.run(TETRYX_RUN_CONFIG=text).out for text in ("with", "without")] == ["True\n", "False\n"]


def test_one_unsafe_module_leaves_the_others_warm(bench: Bench) -> None:
    bench.write("table.py", "import multiprocessing\nLOCK = multiprocessing.Lock()\n")
    bench.write("model.py", "import decimal\nimport table\n")
    host = bench.host("import model, fractions\nprint(model.table.LOCK.acquire(timeout=1))\n")
    assert host.word == "ready"
    assert host.left_out.keys() == {"table", "model"}
    assert host.left_out["model"] == "it needs table"
    job = host.start()
    assert job.end().out == "True\n"
    assert host.run().out == "True\n"


def test_a_run_killed_with_a_lock_leaves_it_free_for_the_next(bench: Bench) -> None:
    bench.write("table.py", "import multiprocessing\nLOCK = multiprocessing.Lock()\n")
    os.mkfifo(bench.folder / "held")
    host = bench.host(
        "import os, table, time\nassert table.LOCK.acquire(timeout=1)\n"
        "if os.environ.get('TETRYX_RUN_CONFIG') == 'hold':\n    open('held', 'w').write('x')\n    time.sleep(1000)\n"
    )
    job = host.start(TETRYX_RUN_CONFIG="hold")
    assert (bench.folder / "held").read_text() == "x"
    job.kill()
    assert job.end().signal == signal.SIGKILL
    assert host.run().code == 0


def test_what_cannot_be_learned_has_no_plan(bench: Bench) -> None:
    assert bench.host("import os\nos._exit(0)\n").word == "no plan"


def test_a_scenario_that_is_no_python_fails_by_itself(bench: Bench) -> None:
    host = bench.host("import sys\n)\n")
    assert host.word == "no plan"
    assert host.learned.code == 1
    assert "SyntaxError" in host.learned.err


def test_a_scenario_that_fails_is_learned_from(bench: Bench) -> None:
    host = bench.host("import decimal\n1 / 0\n")
    assert host.word == "ready"
    assert host.learned.code == 1
    assert host.run().err == host.learned.err


def test_learning_and_serving_show_the_command_line_of_a_plain_start(bench: Bench) -> None:
    host = bench.host(
        "import os\nprint(open('/proc/self/cmdline').read())\n"
        "print(os.environ.get('LD_PRELOAD'), os.environ.get('PYTHONHASHSEED'))\n"
    )
    cold = run_cold(bench.folder / "scenario.py", ENVIRONMENT, bench.folder / "cold")
    assert host.learned.out == cold.out
    assert host.run().out == cold.out


@pytest.mark.parametrize("change", ["data", "absent", "folder"])
def test_what_imports_read_counts_as_code(bench: Bench, change: str) -> None:
    (bench.folder / "data").mkdir()
    bench.write("data/one.csv", "1\n")
    bench.write(
        "module.py",
        "import os\nfrom pathlib import Path\nHERE = Path(__file__).parent\n"
        "ALL = [(HERE / 'data' / name).read_text() for name in sorted(os.listdir(HERE / 'data'))]\n"
        "try:\n    ALL.append((HERE / 'local.csv').read_text())\nexcept FileNotFoundError:\n    pass\n",
    )
    host = bench.host("import module\nprint(module.ALL)\n")
    assert host.run().out == "['1\\n']\n"
    bench.write({"data": "data/one.csv", "absent": "local.csv", "folder": "data/two.csv"}[change], "2\n")
    with pytest.raises(JobRefusedError, match=str(errno.ESTALE)):
        host.start()
    warm_host.wait_until_gone(host.pid)


def test_a_plan_of_other_files_is_outdated(bench: Bench) -> None:
    bench.write("module.py", "value = 1\n")
    host = bench.host("import module\n")
    bench.write("module.py", "value = 2\n")
    again = bench.host("import module\n", plan=host.plan_path)
    assert again.word == f"outdated {bench.folder / 'module.py'} has changed"


def test_a_plan_of_other_variables_is_outdated(bench: Bench) -> None:
    bench.write("module.py", "import os\nvalue = os.environ.get('SITE')\n")
    host = bench.host("import module\n", SITE="one")
    assert host.word == "ready"
    assert (
        bench.host("import module\n", plan=host.plan_path, SITE="two").word == "outdated the variable SITE has changed"
    )


@pytest.mark.parametrize("name", ["scenario.py", "module.py"])
def test_a_changed_file_ends_the_parent(bench: Bench, name: str) -> None:
    bench.write("module.py", "value = 1\n")
    host = bench.host("import module\nprint(module.value)\n")
    assert host.run().out == "1\n"
    bench.write(name, "import module\nprint('new')\n" if name == "scenario.py" else "value = 22\n")
    with pytest.raises(JobRefusedError, match=str(errno.ESTALE)):
        host.start()
    warm_host.wait_until_gone(host.pid)


def test_a_killed_parent_leaves_its_jobs_and_gives_no_more(bench: Bench, prelude_plan: Path) -> None:
    (bench.folder / "gate").touch()
    os.unlink(bench.folder / "gate")
    os.mkfifo(bench.folder / "gate")
    host = bench.host("import sys\nopen('gate').read()\nprint('through')\n", plan=prelude_plan)
    job = host.start()
    warm_host.kill(host.pid)
    warm_host.wait_until_gone(host.pid)
    with pytest.raises(JobRefusedError):
        host.start()
    (bench.folder / "gate").write_text("go")
    assert job.end().out == "through\n"


def test_a_kill_ends_all_that_a_job_started(bench: Bench, prelude_plan: Path) -> None:
    os.mkfifo(bench.folder / "pids")
    host = bench.host(
        "import os, subprocess, time\n"
        "stubborn = 'trap \"\" TERM HUP; sleep 1000 & echo $!; wait'\n"
        "child = subprocess.Popen(['setsid', 'sh', '-c', stubborn], stdout=subprocess.PIPE)\n"
        "grandchild = child.stdout.readline().decode()\n"
        "open('pids', 'w').write(f'{os.getpid()} {child.pid} {grandchild}')\n"
        "time.sleep(1000)\n",
        plan=prelude_plan,
    )
    job = host.start()
    pids = [int(pid) for pid in (bench.folder / "pids").read_text().split()]
    assert pids[0] == job.pid
    assert len(pids) == 3
    job.kill()
    end = job.end()
    assert end.signal == signal.SIGKILL
    assert all(map(warm_host.is_gone, pids))
    assert not warm_host.is_gone(host.pid)


def test_nothing_outlives_the_host(library: Path, tmp_path: Path, prelude_plan: Path) -> None:
    os.mkfifo(tmp_path / "pids")
    (tmp_path / "scenario.py").write_text(
        "import os, subprocess, time\n"
        "child = subprocess.Popen(['setsid', 'sleep', '1000'])\n"
        "open('pids', 'w').write(f'{os.getpid()} {child.pid}')\n"
        "time.sleep(1000)\n"
    )
    program = (
        "import os, sys, time\nfrom pathlib import Path\nfrom warm_host import WarmHost\n"
        f"host = WarmHost(Path({str(library)!r}), Path({str(tmp_path / 'scenario.py')!r}), dict(os.environ),"
        f" plan=Path({str(prelude_plan)!r}))\n"
        "job = host.start()\nprint(host.pid, job.guardian, flush=True)\ntime.sleep(1000)\n"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", program], cwd=Path(__file__).parent, stdout=subprocess.PIPE, text=True, env=ENVIRONMENT
    )
    assert process.stdout is not None
    pids = [int(pid) for pid in process.stdout.readline().split() + (tmp_path / "pids").read_text().split()]
    assert len(pids) == 4
    process.kill()
    process.wait()
    process.stdout.close()
    for pid in pids:
        warm_host.wait_until_gone(pid)
