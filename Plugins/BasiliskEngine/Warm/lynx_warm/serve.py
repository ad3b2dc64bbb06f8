"""The warm parent of a scenario: it has imported the vetted modules, and becomes the scenario once per job.

The engine reads one message from it: `ready`; `outdated` with the files changed since the plan was made; or `refused`
with the reason why copies of this process would differ from fresh ones. After that each request results in a process
that equals `python SCENARIO`, except that the vetted modules are available at once when it imports them.
"""

from __future__ import annotations

import ctypes
import errno
import gc
import os
import sys
import types
from collections.abc import Iterable

from lynx_warm import effects, importing, layout, script
from lynx_warm import plan as plans
from lynx_warm.recorder import Frame, Listener, Recorder
from lynx_warm.store import Store

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

SOCKET = 3
OUTPUT = 5
"""The descriptors that warm.h passes to a parent."""


class Job(ctypes.Structure):
    """The C struct `lynx_warm_job`."""

    _fields_ = (
        ("capture_bytes", ctypes.c_uint64),
        ("descriptors", ctypes.c_int * 4),
        ("environment", ctypes.c_char * 65536),
        ("working_directory", ctypes.c_char * 4096),
    )

    def variables(self) -> Iterable[tuple[bytes, bytes]]:
        block: bytes = ctypes.string_at(ctypes.addressof(self) + Job.environment.offset, Job.environment.size)
        for variable in block[: block.index(b"\0\0")].split(b"\0"):
            name, _, value = variable.partition(b"=")
            yield name, value


class NotReadyError(Exception):
    """The error's message to the engine."""


class Output(Listener):
    """Keeps the output of each module's import: the job that requests the module prints the same."""

    def __init__(self) -> None:
        self.recorder = Recorder(self)
        self.printed: dict[str, tuple[bytes, bytes]] = {}
        self.finders: dict[str, list[Any]] = {}
        """The finders that modules append to `sys.meta_path`."""
        self.aliases: dict[str, dict[str, types.ModuleType]] = {}
        """The entries that modules put into `sys.modules` themselves, such as themselves under another name."""
        self.packages: dict[str, dict[str, Any]] = {}
        """The names in each package after its own code had run, before further modules were imported into it."""
        self.inner: set[str] = set()
        """Modules that were imported while their package ran, which could then change their names."""
        self._known = set(sys.modules)
        self._sizes = [0, 0]

    def _settle(self, name: str | None) -> None:
        script.flush_standard()
        texts = []
        for number in (1, 2):
            size = os.fstat(number).st_size
            texts.append(os.pread(number, size - self._sizes[number - 1], self._sizes[number - 1]) if size else b"")
            self._sizes[number - 1] = size
        if name is not None and any(texts):
            before = self.printed.get(name, (b"", b""))
            self.printed[name] = before[0] + texts[0], before[1] + texts[1]

    def begins(self, frame: Frame, outer: list[Frame]) -> None:
        self._settle(outer[-1].name if outer else None)
        frame.data = list(sys.meta_path)

    def ends(self, frame: Frame, module: types.ModuleType | None, error: BaseException | None) -> None:
        self._settle(frame.name)
        package = frame.name.rpartition(".")[0]
        if any(outer.name == package for outer in self.recorder.stack[:-1]):
            self.inner.add(frame.name)
        if error is None and module is not None and hasattr(module, "__path__"):
            self.packages[frame.name] = dict(vars(module))
        known = [finder for finders in self.finders.values() for finder in finders]
        if new := [finder for finder in sys.meta_path if finder not in frame.data and finder not in known]:
            self.finders[frame.name] = new
        added = sys.modules.keys() - self._known
        self._known |= added
        if own := {one: sys.modules[one] for one in added if one not in self.recorder.modules}:
            self.aliases.setdefault(frame.name, {}).update(own)


class Parent:
    def __init__(self, path: str, plan: plans.Plan, own: frozenset[str], fresh: dict[str, types.ModuleType]) -> None:
        self._path = path
        self._plan = plan
        self._own = own
        self._fresh = fresh
        self._library = effects.Library()
        self._stamps = effects.Stamps(())

    def prepare(self) -> types.CodeType:
        """Imports the modules and returns the compiled scenario. Raises `NotReadyError`."""
        if changed := self._plan.changed_file():
            raise NotReadyError(f"outdated {changed} has changed")
        for name in self._plan.warm():
            for variable, value in self._plan.modules[name]["variables"].items():
                if os.environ.get(variable) != value and not self._is_changed_by_main(variable):
                    raise NotReadyError(f"outdated the variable {variable} has changed")
        try:
            code = script.compiled(self._path)
        except (OSError, SyntaxError, ValueError) as error:
            raise NotReadyError(f"refused it cannot be read: {error}") from error
        for descriptor in (1, 2):
            memory = os.memfd_create("lynx-output")
            os.dup2(memory, descriptor)
            os.close(memory)
        os.close(OUTPUT)
        self._import()
        self._stamps = effects.Stamps(self._plan.files.values())
        if self._stamps.have_changed(self._library):
            raise NotReadyError("outdated files were changed while they were imported")
        return code

    def _is_changed_by_main(self, variable: str) -> bool:
        return any(variable in context["environment"] for context in self._plan.contexts)

    def _import(self) -> None:
        output = Output()
        environment = effects.Environment.install()
        before = effects.state(self._library, environment.plain())
        # Nearly all objects of imports stay; searching them for garbage repeatedly takes a tenth of the time.
        gc.disable()
        script.main_module(self._path)
        importer = importing.Importer(self._plan, output.recorder)
        # Only young garbage is collected: traversing all imported objects takes a tenth of the time.
        with layout.Layout(self._plan):
            importer.run(after_each=lambda: gc.collect(0))
        environment.remove()
        script.flush_standard()
        ctypes.CDLL(None).fflush(None)
        gc.collect(0)
        # Once enabled, the collector would at once traverse what it finds here, for a twelfth of a second.
        gc.freeze()
        gc.enable()
        after = effects.state(self._library, environment.plain())
        for finders in output.finders.values():
            for finder in finders:
                sys.meta_path.remove(finder)
        after["streams"], after["path"] = before["streams"], before["path"]
        if changed := effects.changes(before, after):
            raise NotReadyError(f"refused what it imports leaves more than modules: {next(iter(changed.values()))}")
        if memory := effects.shared_memory():
            raise NotReadyError(f"refused what it imports makes memory that copies would share ({memory})")
        missing = [name for name in self._plan.warm() if name not in sys.modules]
        if missing:
            raise NotReadyError(f"refused {missing[0]} was not imported as it had been when it was vetted")
        self._store = Store(self._plan, self._fresh, output)

    def serve(self) -> None:
        """Returns in the process of a job."""
        given = self._variables()
        gc.freeze()
        job = Job()
        while self._library.c.lynx_warm_receive(SOCKET, ctypes.byref(job)):
            if self._stamps.have_changed(self._library):
                self._library.c.lynx_warm_refuse(ctypes.byref(job), errno.ESTALE)
                break
            ctypes.pythonapi.PyOS_BeforeFork()
            if self._library.c.lynx_warm_fork(ctypes.byref(job)) == 0:
                ctypes.pythonapi.PyOS_AfterFork_Child()
                for name in self._own:
                    os.environ.pop(name, None)
                for variable, value in job.variables():
                    # Most are as they were, and not touched: each would copy several pages.
                    if b"\0%b=%b\0" % (variable, value) not in given:
                        os.environb[variable] = value
                self._become_fresh()
                return
            ctypes.pythonapi.PyOS_AfterFork_Parent()
        os._exit(0)

    def _variables(self) -> bytes:
        own = {os.fsencode(name) for name in self._own}
        return b"\0".join([b"", *(b"%b=%b" % one for one in os.environb.items() if one[0] not in own), b""])

    def _become_fresh(self) -> None:
        legacy: Any
        if legacy := self._store.modules.get("numpy.random.mtrand"):
            legacy.seed()
        self._store.install()


def main(path: str, variables: dict[str, str], fresh: dict[str, types.ModuleType]) -> None:
    own = frozenset(variables["OWN"].split(","))
    parent = Parent(path, plans.Plan.read(variables["PLAN"]), own, fresh)
    parent._library.c.lynx_warm_init(os.fsencode(variables["SPAWNER"]))
    for name in own:
        os.environ.pop(name, None)
    try:
        code = parent.prepare()
    except NotReadyError as error:
        os.write(SOCKET, str(error).encode(errors="replace")[:4096])
        os._exit(0)
    os.write(SOCKET, b"ready")
    parent.serve()
    script.leave(script.run_script(path, code))
