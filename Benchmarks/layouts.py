"""One program in the layouts that people give to scripts, made from its plain form."""

from __future__ import annotations

import textwrap
from pathlib import Path

PLAIN = "plain"

HEAD = """\
import inspect
import os

filename = inspect.getframeinfo(inspect.currentframe()).filename
path = os.path.dirname(os.path.abspath(filename))
from Basilisk import __path__

bskPath = __path__[0]
fileName = os.path.basename(os.path.splitext(__file__)[0])
"""


def write(folder: Path, plain: Path) -> dict[str, Path]:
    """Writes each layout into a folder of its own, and returns its script by the layout's name."""
    text = plain.read_text().partition('"""\n')[2].partition('"""\n')[2] or plain.read_text()
    text = text.removeprefix("\n")
    model = (plain.parent / "attitude_model.py").read_text()
    indented = textwrap.indent(text, "    ")
    layouts = {
        PLAIN: text,
        "a guard": f"def main():\n{indented}\n\nif __name__ == '__main__':\n    main()\n",
        "calls between imports": "import sys\nimport time\n\nstarted = time.time()\nsys.setrecursionlimit(5000)\n"
        + text,
        "sys.path changed": "import os\nimport sys\n\n"
        f"sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), 'lib'))\n{text}",
        "a variable set": f"import os\n\nos.environ['OMP_NUM_THREADS'] = '1'\nos.environ['MPLBACKEND'] = 'Agg'\n{text}",
        "importlib": "import importlib\n\nimportlib.import_module('attitude_program')\n",
        "a package by runpy": "import runpy\n\nrunpy.run_module('attitude', run_name='__main__')\n",
        "Basilisk's usual head": HEAD + text,
        "warnings and logging set up": "import logging\nimport warnings\n\nwarnings.filterwarnings('ignore')\n"
        f"logging.basicConfig(level=logging.WARNING)\n{text}",
        "imports in try": f"try:\n    import cupy\nexcept ImportError:\n    cupy = None\n{text}",
        "command line parsed": f"import argparse\n\nargparse.ArgumentParser().parse_args()\n{text}",
    }
    scripts = {}
    for name, script in layouts.items():
        place = folder / name.replace(" ", "-").replace("'", "")
        place.mkdir(parents=True)
        scripts[name] = place / "scenario.py"
        scripts[name].write_text(script)
        models = place / "lib" if name == "sys.path changed" else place
        models.mkdir(exist_ok=True)
        (models / "attitude_model.py").write_text(model)
        (place / "attitude_program.py").write_text(text)
        (place / "attitude").mkdir()
        (place / "attitude" / "__init__.py").write_text("")
        (place / "attitude" / "__main__.py").write_text(text)
    return scripts
