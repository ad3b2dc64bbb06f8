"""Follows imports as they happen: when each module began and ended, and which others it requested."""

from __future__ import annotations

import _frozen_importlib as bootstrap
import _frozen_importlib_external as external
import _thread
import builtins
import contextlib
import sys
import types
from collections.abc import Callable, Iterator
from time import perf_counter_ns as now_ns

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

LOADERS = ("SourceFileLoader", "SourcelessFileLoader", "ExtensionFileLoader")


class Frame:
    """A module while it is being imported."""

    def __init__(self, name: str, began: int) -> None:
        self.name = name
        self.began = began
        self.inner = 0
        """Nanoseconds spent in the modules that it imports."""
        self.data: Any = None
        """Data of the listener."""


class Module:
    """The record of a module after its import."""

    def __init__(self, name: str, file: str | None, order: int) -> None:
        self.name = name
        self.file = file
        self.order = order
        self.self_ns = 0
        self.importer: str | None = None
        self.needs: dict[str, None] = {}
        """The modules that it requested during its import, in order."""
        self.is_done = False


class Listener:
    """Called at the bounds of an import; the defaults do nothing.

    A C library has two imports: it is loaded, which happens without a module, and executed.
    """

    def root(self, name: str) -> None:
        """Called when the main program requests a module that is not imported yet."""

    def begins(self, frame: Frame, outer: list[Frame]) -> None: ...

    def ends(self, frame: Frame, module: types.ModuleType | None, error: BaseException | None) -> None: ...


class Recorder:
    """One instance for a process. Imports on other threads than the installing one are followed as well."""

    def __init__(self, listener: Listener) -> None:
        self._listener = listener
        self._stacks: dict[int, list[Frame]] = {}
        self._undo: list[Callable[[], None]] = []
        self._is_quiet = False
        self.modules: dict[str, Module] = {}

    @property
    def stack(self) -> list[Frame]:
        return self._stacks.setdefault(_thread.get_ident(), [])

    def install(self) -> None:
        for name in LOADERS:
            self._wrap_loader(getattr(external, name))
        self._wrap_frozen()
        self._wrap_import()

    def remove(self) -> None:
        while self._undo:
            self._undo.pop()()

    @contextlib.contextmanager
    def _quiet(self) -> Iterator[None]:
        """Imports by the listener itself are attributed to no module."""
        self._is_quiet = True
        try:
            yield
        finally:
            self._is_quiet = False

    # ---- loaders

    def _wrap_loader(self, loader: type) -> None:
        plain_create: Callable[..., Any] = loader.create_module  # type: ignore[attr-defined]
        plain_exec: Callable[..., Any] = loader.exec_module  # type: ignore[attr-defined]
        own = {name: vars(loader).get(name) for name in ("create_module", "exec_module")}

        # A C library runs its first code when it is loaded, which is when its module is created.
        def create_module(self: Any, spec: Any) -> Any:
            if loader is not external.ExtensionFileLoader:
                return plain_create(self, spec)
            return self_recorder._follow(
                spec.name, getattr(spec, "origin", None), lambda: plain_create(self, spec), None
            )

        def exec_module(self: Any, module: types.ModuleType) -> Any:
            file = getattr(module, "__file__", None)
            # The module's own value is not used, as some C modules set another one.
            name = getattr(getattr(module, "__spec__", None), "name", module.__name__)
            return self_recorder._follow(name, file, lambda: plain_exec(self, module), module)

        self_recorder = self
        loader.create_module = create_module  # type: ignore[attr-defined]
        loader.exec_module = exec_module  # type: ignore[attr-defined]

        def undo() -> None:
            for name, value in own.items():
                if value is None:
                    delattr(loader, name)
                else:
                    setattr(loader, name, value)

        self._undo.append(undo)

    def _wrap_frozen(self) -> None:
        """Modules of the standard library that come with the interpreter itself."""
        loader: Any = bootstrap.FrozenImporter
        plain = vars(loader)["exec_module"]

        def exec_module(module: types.ModuleType) -> Any:
            name = getattr(module.__spec__, "name", module.__name__)
            return self._follow(name, getattr(module, "__file__", None), lambda: plain.__func__(module), module)

        loader.exec_module = staticmethod(exec_module)
        self._undo.append(lambda: setattr(loader, "exec_module", plain))

    def _follow(self, name: str, file: str | None, call: Callable[[], Any], module: types.ModuleType | None) -> Any:
        if self._is_quiet:
            return call()
        record = self.modules.get(name)
        if record is None:
            record = self.modules[name] = Module(name, file, len(self.modules))
        stack = self.stack
        if record.importer is None:
            record.importer = stack[-1].name if stack else ""
        frame = Frame(name, now_ns())
        with self._quiet():
            self._listener.begins(frame, stack)
        stack.append(frame)
        error: BaseException | None = None
        try:
            return call()
        except BaseException as raised:
            error = raised
            raise
        finally:
            took = now_ns() - frame.began
            record.self_ns += took - frame.inner
            record.is_done = error is None
            with self._quiet():
                self._listener.ends(frame, module, error)
            stack.remove(frame)
            if stack:
                stack[-1].inner += took

    # ---- statements

    def _wrap_import(self) -> None:
        plain = builtins.__import__
        plain_gcd = bootstrap._gcd_import  # type: ignore[attr-defined]
        plain_find = bootstrap._find_and_load  # type: ignore[attr-defined]

        def importing(name: str, globals: Any = None, locals: Any = None, fromlist: Any = (), level: int = 0) -> Any:
            module = plain(name, globals, locals, fromlist, level)
            if (stack := self.stack) and not self._is_quiet:
                self._asked(stack[-1].name, self._absolute(name, globals, level), fromlist)
            return module

        def importing_by_name(name: str, package: Any = None, level: int = 0) -> Any:
            module = plain_gcd(name, package, level)
            if (stack := self.stack) and not self._is_quiet:
                self._asked(stack[-1].name, module.__name__, ())
            return module

        def finding(name: str, import_: Any) -> Any:
            if not self._is_quiet and not self.stack and name not in sys.modules:
                self._listener.root(name)
            return plain_find(name, import_)

        builtins.__import__ = importing
        bootstrap._gcd_import = importing_by_name  # type: ignore[attr-defined]
        bootstrap._find_and_load = finding  # type: ignore[attr-defined]

        def undo() -> None:
            builtins.__import__ = plain
            bootstrap._gcd_import = plain_gcd  # type: ignore[attr-defined]
            bootstrap._find_and_load = plain_find  # type: ignore[attr-defined]

        self._undo.append(undo)

    def _absolute(self, name: str, globals: Any, level: int) -> str:
        if level == 0 or not globals:
            return name
        package = globals.get("__package__") or globals.get("__name__", "").rpartition(".")[0]
        base = package.rsplit(".", level - 1)[0] if level > 1 else package
        return f"{base}.{name}" if name else base

    def _asked(self, by: str, name: str, fromlist: Any) -> None:
        record = self.modules.get(by)
        if record is None:
            return
        parts = name.split(".")
        names = [".".join(parts[: count + 1]) for count in range(len(parts))]
        for one in fromlist or ():
            if one == "*":
                names += [f"{name}.{other}" for other in getattr(sys.modules.get(name), "__all__", ())]
            elif isinstance(one, str):
                names.append(f"{name}.{one}")
        for one in names:
            if one in sys.modules and one != by:
                record.needs[one] = None
