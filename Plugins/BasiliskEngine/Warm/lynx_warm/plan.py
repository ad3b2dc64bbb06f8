"""The plan: the imports of a scenario as learned, and which of them a parent may do for its copies.

`learn` creates it, rounds of `vet` refine it, `serve` uses it. It is stored in a file that the engine reads as well.
"""

from __future__ import annotations

import hashlib
import json
import os
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

VERSION = 1
FINGERPRINTS = ".fingerprints"


class Plan:
    def __init__(self, path: str) -> None:
        self._path = path
        self.entrypoint = ""
        self.run_ns = 0
        self.roots: list[dict[str, Any]] = []
        """The imports of the main program in order: `name` and `context`."""
        self.contexts: list[dict[str, Any]] = []
        """The states that the main program had set up before its imports (`context.Context`)."""
        self.modules: dict[str, dict[str, Any]] = {}
        """The modules in the order in which their imports ended: file, self_ns, needs, context, variables, and
        names (`layout.names`)."""
        self.fingerprints: dict[str, dict[str, str]] = {}
        """The fingerprint of each module when it was learned; in a separate file, as most readers do not need it."""
        self.excluded: dict[str, str] = {}
        """Modules that are left to the jobs, each with the reason."""
        self.files: dict[str, dict[str, Any]] = {}
        self.clean = False
        self.passes = 0

    @classmethod
    def read(cls, path: str) -> Plan:
        """Reads a plan without its fingerprints."""
        plan = cls(path)
        with open(path, encoding="utf-8") as file:
            document = json.load(file)
        plan.entrypoint = document["entrypoint"]
        plan.run_ns = document["run_ns"]
        plan.roots = document["roots"]
        plan.contexts = document["contexts"]
        plan.modules = document["modules"]
        plan.excluded = document["excluded"]
        plan.files = {one["path"]: one for one in document["files"]}
        plan.clean = document["clean"]
        plan.passes = document["passes"]
        return plan

    def read_fingerprints(self) -> None:
        with open(self._path + FINGERPRINTS, encoding="utf-8") as file:
            self.fingerprints = json.load(file)

    def write_fingerprints(self) -> None:
        _write(self._path + FINGERPRINTS, self.fingerprints)

    def exclude(self, name: str, why: str) -> bool:
        """Excludes a module; returns whether it was not excluded before."""
        return name in self.modules and self.excluded.setdefault(name, why) is why

    def exclude_dependents(self) -> bool:
        """Excludes all modules that import an excluded one or lie in one; returns whether there were any."""
        found = False
        while True:
            new = []
            for name, module in self.modules.items():
                if name in self.excluded:
                    continue
                package = name.rpartition(".")[0]
                culprit = next((need for need in (*module["needs"], package) if need in self.excluded), None)
                if culprit:
                    new.append((name, f"it needs {culprit}"))
            if not new:
                return found
            found = True
            for name, why in new:
                self.excluded[name] = why

    def warm(self) -> list[str]:
        return [name for name in self.modules if name not in self.excluded]

    def write(self) -> None:
        warm = set(self.warm())
        total = {name: module["self_ns"] for name, module in self.modules.items()}
        left_out = [
            {"module": name, "why": why, "seconds": total[name] / 1e9}
            for name, why in sorted(self.excluded.items(), key=lambda one: -total[one[0]])
        ]
        document = {
            "version": VERSION,
            "clean": self.clean,
            "passes": self.passes,
            "python": sys.version,
            "entrypoint": self.entrypoint,
            "run_ns": self.run_ns,
            "summary": {
                "modules": len(total),
                "modules_warm": len(warm),
                "import_seconds": sum(total.values()) / 1e9,
                "import_seconds_warm": sum(total[name] for name in warm) / 1e9,
                "run_seconds": self.run_ns / 1e9,
                "left_out": left_out,
            },
            "files": list(self.files.values()),
            "roots": self.roots,
            "contexts": self.contexts,
            "excluded": self.excluded,
            "modules": self.modules,
        }
        _write(self._path, document)

    # ---- files

    def add_file(self, path: str) -> None:
        """Records a file that was read, with its present content."""
        if path not in self.files:
            self.files[path] = {"path": path, **stamp(path), "sha256": digest(path)}

    def changed_file(self) -> str | None:
        """Records a file whose content has changed since it was read."""
        for path, known in self.files.items():
            now = stamp(path)
            if all(known[key] == value for key, value in now.items()):
                continue
            if digest(path) != known["sha256"]:
                return path
            known.update(now)
        return None


def _write(path: str, document: object) -> None:
    temporary = f"{path}.{os.getpid()}"
    with open(temporary, "w", encoding="utf-8", errors="surrogateescape") as file:
        json.dump(document, file)
    os.replace(temporary, path)


def stamp(path: str) -> dict[str, int]:
    """The file's stamp; zeros if it does not exist."""
    try:
        status = os.stat(path)
    except OSError:
        return {"mtime_ns": 0, "size": 0, "inode": 0}
    # A directory counts as changed when its list of names has changed.
    return {"mtime_ns": status.st_mtime_ns, "size": status.st_size, "inode": status.st_ino}


def digest(path: str) -> str:
    if os.path.isdir(path):
        return hashlib.sha256("\0".join(sorted(os.listdir(path))).encode(errors="surrogateescape")).hexdigest()
    sum = hashlib.sha256()
    try:
        with open(path, "rb", buffering=0) as file:
            while block := file.read(1 << 20):
                sum.update(block)
    except OSError:
        return ""
    return sum.hexdigest()
