"""The modules that a parent has imported; each is handed to a job when the job requests it.

A job begins with the modules of a fresh interpreter. When it imports a stored module, and would find it in the same
location with the same variables, it receives the stored one and the modules that this had imported; their code is not
run again. Otherwise its own import runs as usual.

Python counts references in the objects themselves, so each object that a job touches costs it a copied page of
memory. The modules' metadata is therefore stored in arrays of numbers (`_Index`).
"""

from __future__ import annotations

import _frozen_importlib as bootstrap
import array
import os
import sys
import time
import types
from collections.abc import Callable, Iterable, Iterator

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


def _repair_f2py(module: Any) -> None:
    """All of SciPy imports it."""
    if "SOURCE_DATE_EPOCH" in os.environ:
        return
    before = time.asctime(time.gmtime(module.generationtime))
    module.generationtime = int(time.time())
    now = time.asctime(time.gmtime(module.generationtime))
    for name, rule in module.module_rules.items():
        if isinstance(rule, str):
            module.module_rules[name] = rule.replace(before, now)


REPAIRS: dict[str, Callable[[Any], None]] = {
    "logging": _repair_logging,
    "multiprocessing.process": _repair_processes,
    "numpy.f2py.rules": _repair_f2py,
}
"""The values of a fresh process after importing these (`fingerprint.VOLATILE`); generators are seeded first."""


class Store:
    def __init__(self, plan: Plan, fresh: dict[str, types.ModuleType], output: Output) -> None:
        """Takes the modules imported so far out of `sys.modules` and leaves those of a fresh interpreter."""
        self._output = output
        warm = set(plan.warm())
        self.modules: dict[str, types.ModuleType] = {}
        imported = {name: module for name, module in sys.modules.items() if name not in fresh and name != "__main__"}
        for name, module in imported.items():
            del sys.modules[name]
            if name in warm or _is_inert(module):
                self.modules[name] = module
        self._forget_children(imported)
        self._index = _Index(plan, self.modules)
        self._handed = bytearray(len(self._index.names))
        """Modules that the job has received. It gets none twice: a module that it removed is imported again."""
        self._busy = bytearray(len(self._index.names))
        """Modules that need further steps when they are handed out: `_complete`."""
        for number, name in enumerate(self._index.names):
            self._busy[number] = name in self.modules and self._needs_more(name, imported)
        self._find: Callable[..., Any] = bootstrap._find_spec  # type: ignore[attr-defined]
        self._path: list[str] = []
        self._count = 0
        """The number of modules when the job had only its interpreter's and those handed to it."""
        self._ways = {root["name"]: self._index.way(root["name"], self.modules) for root in plan.roots}

    def _forget_children(self, imported: dict[str, types.ModuleType]) -> None:
        """Sets a module as attribute of its package on import; until then the package's own value stays."""
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

    def _needs_more(self, name: str, imported: dict[str, types.ModuleType]) -> bool:
        package = name.rpartition(".")[0]
        is_attribute = name not in self._output.inner and (package in imported or package in sys.modules)
        others = (REPAIRS, self._output.aliases, self._output.finders, self._output.printed)
        return is_attribute or any(name in other for other in others)

    def install(self) -> None:
        """Makes imports consult this store first."""

        def find_spec(name: str, path: Any, target: Any = None) -> Any:
            if target is None and name in self.modules and name not in sys.modules and self.is_good(name):
                loader: Any = _Adopter(self, name)
                return bootstrap.ModuleSpec(name, loader)
            return self._find(name, path, target)

        bootstrap._find_spec = find_spec  # type: ignore[attr-defined]
        self._count = len(sys.modules)

    def is_good(self, name: str) -> bool:
        """Whether the job's own import would have the same result."""
        index = self._index
        if self._path != sys.path:
            self._path = list(sys.path)
            index.forget_places()
        if len(sys.modules) == self._count and (way := self._ways.get(name)) and not self._handed[index.number(name)]:
            # None of the job's own modules can interfere, so only the conditions have to be checked.
            placed = all(index.is_in_place(number, self._path, self._find) for number in way.placed)
            if placed and self._hold(way.conditions):
                return True
        # The conditions of modules that it already has may have changed since.
        conditions = set()
        for number in index.closure(index.number(name), self._handed):
            one = index.names[number]
            present = sys.modules.get(one)
            module = self.modules.get(one)
            if present is not None:
                if module is not None and present is not module:
                    return False
            elif module is None or self._handed[number]:
                return False
            else:
                conditions.add(index.condition[number])
                if not index.is_in_place(number, self._path, self._find):
                    return False
        return self._hold(conditions)

    def _hold(self, conditions: Iterable[int]) -> bool:
        return all(
            os.environ.get(variable) == value
            for condition in conditions
            for variable, value in self._index.conditions[condition].items()
        )

    def adopt(self, name: str) -> None:
        """Hands a module and its dependencies over to the job."""
        index = self._index
        is_plain = len(sys.modules) == self._count
        way = self._ways.get(name)
        order = way.order if way else index.in_order(index.number(name), self._handed)
        for number in list(order):
            if self._handed[number] or index.names[number] not in self.modules:
                continue
            self._handed[number] = 1
            one = index.names[number]
            if one not in sys.modules:
                sys.modules[one] = self.modules[one]
            if self._busy[number]:
                self._complete(one)
        if is_plain:
            self._count = len(sys.modules)

    def _complete(self, name: str) -> None:
        module = self.modules[name]
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


class _Way:
    """Precomputed data of a module that the scenario's main program imports."""

    def __init__(self, order: array.array[int], conditions: array.array[int], placed: array.array[int]) -> None:
        self.order = order
        """The module and all modules that it needs, each after its own dependencies."""
        self.conditions = conditions
        self.placed = placed
        """The entries for modules outside packages."""


class _Index:
    """The dependencies of modules and their import conditions, as indices."""

    def __init__(self, plan: Plan, modules: dict[str, types.ModuleType]) -> None:
        # Texts that are created one after the other lie together in memory.
        self.names = [name[:1] + name[1:] for name in dict.fromkeys([*modules, *plan.modules])]
        self._numbers = {name: number for number, name in enumerate(self.names)}
        self._needs = array.array("I")
        self._ends = array.array("I", [0])
        self.conditions: list[dict[str, str | None]] = [{}]
        """Sets of environment variables with their values at the import."""
        self.condition = array.array("I")
        self._places: list[tuple[list[str], str | None]] = []
        """For modules outside packages: the `sys.path` of the import, and the location where each was found."""
        self._place = array.array("i")
        self._known_places = bytearray(0)
        for name in self.names:
            known: dict[str, Any] = plan.modules.get(name) or {"needs": (), "variables": {}}
            package = name.rpartition(".")[0]
            needs = dict.fromkeys([*known["needs"], *([package] if package else [])])
            self._needs.extend(self._numbers[need] for need in needs if need in self._numbers and need != name)
            self._ends.append(len(self._needs))
            if known["variables"] not in self.conditions:
                self.conditions.append(known["variables"])
            self.condition.append(self.conditions.index(known["variables"]))
            if package or "context" not in known or name not in modules:
                self._place.append(-1)
            else:
                self._place.append(len(self._places))
                origin = getattr(getattr(modules[name], "__spec__", None), "origin", None)
                self._places.append((plan.contexts[known["context"]]["path"], origin))
        self._known_places = bytearray(len(self._places))

    def number(self, name: str) -> int:
        return self._numbers[name]

    def way(self, name: str, modules: dict[str, types.ModuleType]) -> _Way | None:
        """None if the module or one that it needs is not in the store; then each job checks that again."""
        if name not in modules:
            return None
        order = array.array("I", self.in_order(self._numbers[name], bytearray(len(self.names))))
        if any(self.names[number] not in modules for number in order):
            return None
        conditions = array.array("I", sorted({self.condition[number] for number in order}))
        return _Way(order, conditions, array.array("I", [number for number in order if self._place[number] >= 0]))

    def needs(self, number: int) -> array.array[int]:
        return self._needs[self._ends[number] : self._ends[number + 1]]

    def closure(self, number: int, handed: bytearray) -> Iterator[int]:
        """The module and all that it needs; the dependencies of modules that the job already has are skipped."""
        seen = bytearray(len(self.names))
        seen[number] = 1
        todo = [number]
        while todo:
            one = todo.pop()
            yield one
            if not handed[one]:
                for need in self.needs(one):
                    if not seen[need]:
                        seen[need] = 1
                        todo.append(need)

    def in_order(self, number: int, handed: bytearray) -> Iterator[int]:
        """The same list without the modules that the job has, each after its own dependencies."""
        seen = bytearray(handed)
        seen[number] = 1
        stack = [(number, iter(self.needs(number)))]
        while stack:
            one, needs = stack[-1]
            for need in needs:
                if not seen[need]:
                    seen[need] = 1
                    stack.append((need, iter(self.needs(need))))
                    break
            else:
                stack.pop()
                yield one

    def forget_places(self) -> None:
        self._known_places = bytearray(len(self._places))

    def is_in_place(self, number: int, path: list[str], find: Callable[..., Any]) -> bool:
        """Whether the module would be found in the same location."""
        place = self._place[number]
        if place < 0 or self._known_places[place]:
            return True
        known, origin = self._places[place]
        if known != path:
            spec = find(self.names[number], None)
            if spec is None or spec.origin != origin:
                return False
        self._known_places[place] = 1
        return True


class _Adopter:
    """The loader of an existing module; its import returns the entry in `sys.modules` at its end."""

    def __init__(self, store: Store, name: str) -> None:
        self._store = store
        self._name = name

    def load_module(self, name: str) -> types.ModuleType:
        raise ImportError(name)

    def create_module(self, spec: Any) -> types.ModuleType:
        # The import writes to this object before it is replaced by one that may not be a module.
        return types.ModuleType(self._name)

    def exec_module(self, module: types.ModuleType) -> None:
        del sys.modules[self._name]
        self._store.adopt(self._name)


def _is_inert(module: types.ModuleType) -> bool:
    """Modules without Python code: built into the interpreter, or namespace packages."""
    spec = getattr(module, "__spec__", None)
    origin = getattr(spec, "origin", None)
    return origin == "built-in" or (
        origin is None and type(getattr(spec, "loader", None)).__name__ == "NamespaceLoader"
    )
