"""A hash of a module's content after its import, equal in two processes if it depends on nothing but its code.

If two imports of one module result in different values, these depend on chance, the clock, the process or the earlier
actions of the main program. Such a module is left to the jobs. Objects that cannot be examined (those of C) count by
their type; `effects` detects what they could hide.
"""

from __future__ import annotations

import hashlib
import sys
import types
from collections.abc import Callable, Iterable

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

BUDGET = 20_000
"""The largest number of values that are examined in one module."""
MAX_DEPTH = 8

Plain = (type(None), bool, int, float, complex, str, bytes, bytearray, range, slice, type(Ellipsis))

VOLATILE: dict[str, frozenset[str]] = {
    "ctypes": frozenset(
        {"pythonapi", "_cast_addr", "_memmove_addr", "_memset_addr", "_string_at_addr", "_wstring_at_addr"}
    ),
    "_ctypes": frozenset({"*"}),
    "logging": frozenset({"_startTime"}),
    "random": frozenset({"*"}),
    "multiprocessing.process": frozenset({"_current_process", "_parent_process", "_process_counter", "_dangling"}),
    "tempfile": frozenset({"_name_sequence"}),
    "numpy.random.mtrand": frozenset({"*"}),
    "numpy.random": frozenset({"*"}),
    "threading": frozenset({"_main_thread", "_active", "_dangling"}),
    "numpy.f2py.rules": frozenset({"generationtime", "module_rules"}),
}
"""Names whose values differ in every process; relevant ones are set again in each job (`store.REPAIRS`)."""

PASSED_OVER = frozenset(
    f"__{name}__"
    for name in "builtins cached doc file loader name package path spec warningregistry".split()  # noqa: SIM905
)


class Known:
    """A random generator that modules share."""

    def __init__(self, state: Callable[[], object]) -> None:
        self._state = state

    def digest(self) -> bytes:
        return hashlib.md5(repr(self._state()).encode()).digest()


def shared_generators() -> dict[str, Known]:
    """The shared generators that exist by now."""
    found = {}
    if (module := sys.modules.get("random")) and (one := getattr(module, "_inst", None)):
        found["random"] = Known(one.getstate)
    if (module := sys.modules.get("numpy.random.mtrand")) and (legacy := getattr(module, "_rand", None)):

        def state() -> object:
            name, keys, *rest = legacy.get_state()
            return name, keys.tobytes(), rest

        found["numpy.random"] = Known(state)
    return found


class Fingerprint:
    def __init__(self, module: types.ModuleType, borrowed: frozenset[int] = frozenset()) -> None:
        self._name = module.__name__
        self._left = BUDGET
        self._seen: dict[int, str] = {}
        self._kept: list[object] = []
        volatile = VOLATILE.get(self._name, frozenset())
        parts = {}
        for name, value in list(vars(module).items()) if "*" not in volatile else ():
            if name in PASSED_OVER or name in volatile or issubclass(type(value), types.ModuleType):
                continue
            if id(value) in borrowed:
                parts[name] = "another module's"
            else:
                parts[name] = self._of(value, 0)
        self.names = parts

    def _of(self, value: object, depth: int) -> str:
        kind = type(value)
        if kind in Plain:
            return f"{kind.__name__}:{value!r}" if len(text := repr(value)) < 80 else _digest(text)
        self._left -= 1
        if self._left < 0 or depth > MAX_DEPTH:
            return "…"
        if (known := self._seen.get(id(value))) is not None:
            return known
        # A placeholder until the hash is known, for references that lead back to the value.
        self._seen[id(value)] = f"#{kind.__qualname__}"
        self._kept.append(value)
        try:
            found = f"{kind.__module__}.{kind.__qualname__}{self._inside(value, kind, depth + 1)}"
        except Exception as error:
            found = f"{kind.__qualname__} {type(error).__name__}"
        self._seen[id(value)] = found
        return found

    def _inside(self, value: Any, kind: type, depth: int) -> str:
        if issubclass(kind, types.ModuleType):
            return f" {value.__name__}"
        if issubclass(kind, type):
            own = value.__module__ == self._name
            return f" {value.__qualname__}" + (self._names(vars(value), depth) if own else "")
        if issubclass(kind, types.FunctionType):
            own = value.__module__ == self._name
            return f" {value.__qualname__}" + (self._function(value, depth) if own else "")
        if issubclass(kind, types.MethodType | types.BuiltinMethodType):
            return f" {value.__qualname__} of {self._of(value.__self__, depth)}"
        if issubclass(kind, dict):
            pairs = sorted(f"{self._of(key, depth)}={self._of(one, depth)}" for key, one in list(dict.items(value)))
            return _digest("|".join(pairs)) + self._attributes(value, depth)
        if issubclass(kind, set | frozenset):
            return _digest("|".join(sorted(self._of(one, depth) for one in list(value))))
        if issubclass(kind, list | tuple):
            return self._sequence(list(value), depth) + self._attributes(value, depth)
        if value is _shared_generator():
            return " shared"
        if kind.__module__.partition(".")[0] == "numpy" and (inside := _numpy(value)) is not None:
            return inside if isinstance(inside, str) else self._of(inside, depth)
        if issubclass(kind, Plain):
            return f" {value!r}" + self._attributes(value, depth)
        if kind.__module__ in OPAQUE:
            return ""
        if kind.__module__ == "random" and hasattr(kind, "getstate"):
            return _digest(repr(value.getstate()))
        if attributes := self._attributes(value, depth):
            return attributes
        if kind.__module__ in REDUCED:
            return self._of(value.__reduce_ex__(2)[1:], depth)
        return ""

    def _attributes(self, value: object, depth: int) -> str:
        text = ""
        if type(names := _held(value, "__dict__")) is dict:
            text += self._names(names, depth)
        slots = [slot for one in type(value).__mro__ for slot in _slots(one)]
        if slots:
            text += self._sequence([_held(value, slot) for slot in slots], depth)
        return text

    def _names(
        self, names: Iterable[tuple[str, object]] | types.MappingProxyType[str, object] | dict[str, object], depth: int
    ) -> str:
        items = list(dict(names).items())
        return _digest(
            "|".join(sorted(f"{name}={self._of(one, depth)}" for name, one in items if name not in PASSED_OVER))
        )

    def _sequence(self, values: list[object], depth: int) -> str:
        return _digest("|".join(self._of(one, depth) for one in values))

    def _function(self, value: types.FunctionType, depth: int) -> str:
        held: list[object] = [value.__defaults__, value.__kwdefaults__]
        for cell in value.__closure__ or ():
            try:
                held.append(cell.cell_contents)
            except ValueError:
                held.append(None)
        return self._sequence(held, depth)


OPAQUE = frozenset(
    {
        "logging",
        "_thread",
        "threading",
        "weakref",
        "_weakref",
        "_io",
        "_contextvars",
        "contextvars",
        "ctypes",
        "_ctypes",
        "abc",
        "_abc",
    }
)
"""Modules whose objects contain data of other modules, or nothing relevant."""
REDUCED = frozenset(
    {"datetime", "decimal", "fractions", "collections", "uuid", "array", "functools", "pathlib", "time", "re"}
)


def _held(value: object, name: str) -> object:
    """An attribute, without the object's own hook: some import modules when attributes are read."""
    try:
        return object.__getattribute__(value, name)
    except AttributeError:
        return None


def _shared_generator() -> object:
    return getattr(sys.modules.get("numpy.random.mtrand"), "_rand", _digest)


def _slots(kind: type) -> tuple[str, ...]:
    slots = vars(kind).get("__slots__", ())
    names = (slots,) if isinstance(slots, str) else tuple(slots)
    return tuple(
        f"_{kind.__name__.lstrip('_')}{name}" if name.startswith("__") else name
        for name in names
        if name not in ("__dict__", "__weakref__")
    )


def _numpy(value: Any) -> str | tuple[Any] | None:
    """The content of an array, or the state of a generator; None for other objects."""
    if generator := getattr(value, "bit_generator", None) or getattr(value, "_bit_generator", None):
        return (_plain(generator.state),)
    if isinstance(state := getattr(value, "state", None), dict):
        return (_plain(state),)
    if hasattr(value, "tobytes") and hasattr(value, "dtype"):
        if value.dtype.hasobject or value.nbytes > 1 << 22:
            return f" {value.dtype}{value.shape}"
        if not hasattr(value, "flags") or value.shape == ():
            return f" {value!r}"  # the bytes of some scalars have gaps
        return f" {value.dtype}{value.shape}" + hashlib.md5(value.tobytes()).hexdigest()
    return None


def _plain(state: Any) -> Any:
    if isinstance(state, dict):
        return {key: _plain(one) for key, one in state.items()}
    return state.tobytes() if hasattr(state, "tobytes") else state


def _digest(text: str) -> str:
    return hashlib.md5(text.encode(errors="surrogatepass")).hexdigest()[:16]


_ids: dict[str, tuple[int, frozenset[int]]] = {}


def _held_by(name: str) -> frozenset[int]:
    """The identities of a module's values, computed once for all of its names."""
    names = vars(sys.modules[name])
    count, known = _ids.get(name, (0, frozenset()))
    if count != len(names):
        known = frozenset(id(value) for value in list(names.values()) if type(value) not in Plain)
        _ids[name] = len(names), known
    return known


def fingerprint(module: types.ModuleType, needs: Iterable[str]) -> dict[str, str]:
    """A short hash for each name in the module. Values from modules that it needs are covered by their fingerprints."""
    borrowed = frozenset().union(*(_held_by(name) for name in needs if name in sys.modules))
    return {name: _digest(part) for name, part in Fingerprint(module, borrowed).names.items()}
