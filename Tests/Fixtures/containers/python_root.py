"""Makes a root of a file system with Python, its library, lynx_scenario and a shell: python_root.py ROOT LYNX_SCENARIO.

Nothing is downloaded: the interpreter is the one that runs this, with the shared objects that it and its modules need.
"""

import importlib.util
import os
import re
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path

FOLDERS = ("bin", "tmp", "etc", "proc", "sys", "dev", "root", "run", "var/tmp", "usr/bin", "usr/lib", "usr/lib64")
# What the client for telemetry imports.
PACKAGES = ("h2", "hpack", "hyperframe", "google")
LEFT_OUT = {
    *("test", "tests", "idlelib", "lib2to3", "tkinter", "ensurepip", "turtledemo"),
    *("site-packages", "dist-packages", "__pycache__"),
}


def libraries(program: str) -> set[str]:
    said = subprocess.run(["ldd", program], capture_output=True, text=True, check=False).stdout
    return set(re.findall(r"(/\S+) \(0x", said))


def put(path: str, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copy2(os.path.realpath(path), target)


def main(root: Path, scenario: Path) -> None:
    for folder in FOLDERS:
        (root / folder).mkdir(parents=True, exist_ok=True)
    for name in ("lib", "lib64"):
        (root / name).symlink_to(f"usr/{name}")
    shutil.copy2("/bin/busybox", root / "bin/busybox")
    for name in ("sh", "sleep", "cat", "env", "chown", "chmod", "mkdir"):
        (root / "bin" / name).symlink_to("busybox")
    # The interpreter finds its library beside its own folder, wherever both were: containers have a /root of their own.
    put(sys.executable, root / "usr/bin/python3")
    library = Path(sysconfig.get_path("stdlib"))
    inside = root / "usr/lib" / library.name
    shutil.copytree(
        library,
        inside,
        ignore=lambda _, names: [name for name in names if name in LEFT_OUT or name.startswith("config-")],
    )
    for name in PACKAGES:
        spec = importlib.util.find_spec(name)
        assert spec is not None, f"{name} is not installed"
        assert spec.submodule_search_locations, f"{name} is no package"
        shutil.copytree(next(iter(spec.submodule_search_locations)), inside / name)
    shutil.copytree(scenario, inside / "lynx_scenario")
    needed = libraries(os.path.realpath(sys.executable))
    for extension in list((library / "lib-dynload").glob("*.so")):
        needed |= libraries(str(extension))
    for path in needed:
        is_usual = path.startswith(("/lib", "/usr/lib"))
        put(path, root / path.lstrip("/") if is_usual else root / "usr/lib" / Path(path).name)


main(Path(sys.argv[1]), Path(sys.argv[2]))
