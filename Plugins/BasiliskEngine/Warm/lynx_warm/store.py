"""The modules that a parent has imported, each handed to a job when that asks for it.

A job begins with the modules of a fresh interpreter. When it imports one that is here, and would find it in the same
place under the same variables, it gets this one and those that this one had imported; their code is not run again.
Otherwise its own import runs as ever.
"""

from __future__ import annotations

import _frozen_importlib as bootstrap
import os
import sys
import time
import types
from collections.abc import Callable

from lynx_warm.plan import Plan

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from lynx_warm.serve import Output


def _repair_logging(module: Any) -> None:
    module._startTime = time.time()


def _repair_processes(module: Any) -> None:
    process = module.current_process()
    process._config["authkey"] = module.AuthenticationString(os.urandom(32))


REPAIRS: dict[str, Callable[[Any], None]] = {
    "logging": _repair_logging,
    "multiprocessing.process": _repair_processes,
}
"""What a fresh process would have at the import of these (`fingerprint.VOLATILE`); generators are seeded at first."""


class Store:
    def __init__(self, plan: Plan, fresh: dict[str, types.ModuleType], output: Output) -> None:
        """Takes the modules that are imported now, and leaves those of a fresh interpreter."""
        self._plan = plan
        self._output = output
        warm = set(plan.warm())
        self.modules: dict[str, types.ModuleType] = {}
        imported = {name: module for name, module in sys.modules.items() if name not in fresh and name != "__main__"}
        for name, module in imported.items():
            del sys.modules[name]
            if name in warm or _is_inert(module):
                self.modules[name] = module
        self._specs = {name: getattr(module, "__spec__", None) for name, module in self.modules.items()}
        self._forget_children(imported)
        self._find: Callable[..., Any] = bootstrap._find_spec  # type: ignore[attr-defined]
        self._verdicts: dict[str, bool] = {}
        self._path: list[str] = []

    def _forget_children(self, imported: dict[str, types.ModuleType]) -> None:
        """A package has a module as attribute from when that is imported on; until then, what its own code left there."""
        aliases = {alias for names in self._output.aliases.values() for alias in names}
        for name, module in imported.items():
            package, _, child = name.rpartition(".")
            parent = imported.get(package) or sys.modules.get(package)
            if name in aliases or name in self._output.inner or parent is None or vars(parent).get(child) is not module:
                continue
            own = self._output.packages.get(package, {})
            if child in own:
                setattr(parent, child, own[child])
            else:
                delattr(parent, child)

    def install(self) -> None:
        """From now on imports ask here first."""

        def find_spec(name: str, path: Any, target: Any = None) -> Any:
            if target is None and name in self.modules and name not in sys.modules and self.is_good(name):
                loader: Any = _Adopter(self, name)
                return bootstrap.ModuleSpec(name, loader, origin=getattr(self._specs[name], "origin", None))
            return self._find(name, path, target)

        bootstrap._find_spec = find_spec  # type: ignore[attr-defined]

    def is_good(self, name: str) -> bool:
        """Whether the job's own import would come to the same."""
        if self._path != sys.path:
            self._path = list(sys.path)
            self._verdicts.clear()
        return self._is_good(name, set())

    def _is_good(self, name: str, asked: set[str]) -> bool:
        present = sys.modules.get(name)
        if name not in self.modules:
            return present is not None
        if present is not None:
            return present is self.modules[name]
        if name in asked:
            return True
        if (known := self._verdicts.get(name)) is not None:
            return known
        asked.add(name)
        verdict = self._is_same(name, asked)
        if len(asked) == 1 or not verdict:
            self._verdicts[name] = verdict
        return verdict

    def _is_same(self, name: str, asked: set[str]) -> bool:
        known = self._plan.modules.get(name)
        if known is None:
            return True
        for variable, value in known["variables"].items():
            if os.environ.get(variable) != value:
                return False
        context = self._plan.contexts[known["context"]]
        if "." not in name and context["path"] != self._path:
            spec = self._find(name, None)
            if spec is None or spec.origin != getattr(self._specs[name], "origin", None):
                return False
        package = name.rpartition(".")[0]
        if package and not self._is_good(package, asked):
            return False
        return all(
            self._is_good(need, asked) for need in known["needs"] if need in self.modules or need in self._plan.modules
        )

    def adopt(self, name: str) -> None:
        """Makes a module and what it had imported the job's."""
        order: list[str] = []
        self._collect(name, set(), order)
        for one in order:
            if one not in sys.modules:
                sys.modules[one] = self.modules[one]
            self._complete(one)

    def _collect(self, name: str, seen: set[str], order: list[str]) -> None:
        if name in seen or name not in self.modules or (seen and name in sys.modules):
            return
        seen.add(name)
        known = self._plan.modules.get(name)
        for need in known["needs"] if known else ():
            self._collect(need, seen, order)
        order.append(name)

    def _complete(self, name: str) -> None:
        module = self.modules[name]
        module.__spec__ = self._specs[name]
        package, _, child = name.rpartition(".")
        if name not in self._output.inner and (parent := sys.modules.get(package) or self.modules.get(package)):
            setattr(parent, child, module)
        if repair := REPAIRS.get(name):
            repair(module)
        for alias, one in self._output.aliases.get(name, {}).items():
            sys.modules.setdefault(alias, one)
        sys.meta_path.extend(self._output.finders.get(name, ()))
        if printed := self._output.printed.get(name):
            for stream, number, text in ((sys.stdout, 1, printed[0]), (sys.stderr, 2, printed[1])):
                if text:
                    if stream is not None:
                        stream.flush()
                    os.write(number, text)


class _Adopter:
    """The loader of a module that is there already."""

    def __init__(self, store: Store, name: str) -> None:
        self._store = store
        self._name = name

    def load_module(self, name: str) -> types.ModuleType:
        raise ImportError(name)

    def create_module(self, spec: Any) -> types.ModuleType:
        return self._store.modules[self._name]

    def exec_module(self, module: types.ModuleType) -> None:
        self._store.adopt(self._name)


def _is_inert(module: types.ModuleType) -> bool:
    """Modules without code of Python: built into the interpreter, or folders."""
    spec = getattr(module, "__spec__", None)
    origin = getattr(spec, "origin", None)
    return origin == "built-in" or (
        origin is None and type(getattr(spec, "loader", None)).__name__ == "NamespaceLoader"
    )
