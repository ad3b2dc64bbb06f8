"""The warm parent of a scenario: it has imported what the scenario imports, and becomes the scenario once per job.

The engine starts it with the paths of the scenario, of libLynxWarm.so and of lynx-spawner (warm.h), and reads one
message from it: `ready`, or why this scenario cannot be kept warm. Then each request of the engine becomes a process
that is as nearly as can be what `python SCENARIO` would be: only the imports, and what these warm up, are done already.
"""

from __future__ import annotations

import ast
import atexit
import builtins
import contextlib
import ctypes
import errno
import gc
import importlib
import importlib.machinery
import io
import os
import random
import signal
import sys
import threading
import types
from collections.abc import Callable, Iterable

SOCKET = 3
OUTPUT = 5
"""Descriptors that warm.h gives a parent."""

CONTRACT = b"TETRYX_"
"""Variables with this prefix are a job's own, and not there when modules are imported."""

LATE_IMPORTS = {
    "Basilisk.utilities.SimulationBaseClass": ("multiprocessing.synchronize",),
    "PIL.Image": tuple(f"PIL.{name}ImagePlugin" for name in ("Bmp", "Gif", "Jpeg", "Ppm", "Png")),
    "lynx_scenario.telemetry": (
        "grpc",
        "lynx_scenario._proto.telemetry_pb2",
        "lynx_scenario.telemetry.encoding",
        "lynx_scenario.telemetry.endpoint",
        "lynx_scenario.telemetry.sender",
    ),
}
"""What modules import only when they are first used, as nearly every job does: telemetry, simulations, images."""


class CannotKeepWarmError(Exception):
    """Why a process forked from this one could differ from one of its own."""


class Job(ctypes.Structure):
    """`lynx_warm_job`."""

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


# ---- imports --------------------------------------------------------------------------------------


class _OwnActionError(Exception):
    """The scenario does something of its own here; what it imports later may depend on that."""


class Imports:
    """Runs the import statements with which a scenario begins, and nothing else of it.

    It stops at the first statement that may change what a later import finds or does: a call, or an assignment to
    something that belongs to somebody else, such as `sys.path` or `os.environ`.
    """

    def __init__(self, path: str, namespace: dict[str, object]) -> None:
        self._path = path
        self._namespace = namespace

    def run(self, tree: ast.Module) -> None:
        with contextlib.suppress(_OwnActionError):
            self._block(tree.body)

    def _block(self, statements: Iterable[ast.stmt]) -> None:
        for statement in statements:
            match statement:
                case ast.Import() | ast.ImportFrom():
                    single = ast.Module([statement], [])
                    exec(compile(single, self._path, "exec", dont_inherit=True), self._namespace)
                case ast.Try():
                    self._try(statement)
                case ast.If(test=ast.Name("TYPE_CHECKING") | ast.Attribute(attr="TYPE_CHECKING")):
                    self._block(statement.orelse)
                case ast.If(test=ast.Compare(ast.Name("__name__"), [ast.Eq()], [ast.Constant("__main__")])):
                    self._block(statement.body)
                case _ if not _is_inert(statement):
                    raise _OwnActionError

    def _try(self, statement: ast.Try) -> None:
        try:
            self._block(statement.body)
        except ImportError as error:
            for handler in statement.handlers:
                if _catches(handler, error):
                    self._block(handler.body)
                    break
            else:
                raise
        else:
            self._block(statement.orelse)
        self._block(statement.finalbody)


def _catches(handler: ast.ExceptHandler, error: ImportError) -> bool:
    kinds = handler.type.elts if isinstance(handler.type, ast.Tuple) else [handler.type]
    names = {kind.id for kind in kinds if isinstance(kind, ast.Name)}
    return handler.type is None or not names.isdisjoint(kind.__name__ for kind in type(error).__mro__)


def _is_inert(statement: ast.stmt) -> bool:
    """Whether a statement binds names of the scenario's own, or does nothing at all."""
    targets: list[ast.expr]
    value: ast.expr | None
    match statement:
        case ast.Expr(ast.Constant()) | ast.Pass():
            return True
        case ast.Assign():
            targets, value = statement.targets, statement.value
        case ast.AnnAssign():
            targets, value = [statement.target], statement.value
        case ast.FunctionDef() | ast.AsyncFunctionDef():
            return not statement.decorator_list and not any(map(_calls, [statement.args, statement.returns]))
        case ast.ClassDef():
            heads: list[ast.AST] = [*statement.bases, *statement.keywords]
            inert = all(map(_is_inert, statement.body))
            return inert and not statement.decorator_list and not any(map(_calls, heads))
        case _:
            return False
    return not _calls(value) and all(isinstance(target, ast.Name) for target in targets)


def _calls(tree: ast.AST | None) -> bool:
    kinds = (ast.Call, ast.Await, ast.NamedExpr, ast.comprehension)
    return tree is not None and any(isinstance(node, kinds) for node in ast.walk(tree))


class _Watched(dict[bytes, bytes]):
    """The environment while modules are imported; it remembers who asks for what is a job's own."""

    def __init__(self, variables: dict[bytes, bytes]) -> None:
        super().__init__(variables)
        self.asked: set[str] = set()

    def __getitem__(self, name: bytes) -> bytes:
        if name.startswith(CONTRACT):
            self.asked.add(name.decode())
        return super().__getitem__(name)


def import_watched(path: str, tree: ast.Module) -> None:
    watched = _Watched(os.environ._data)  # type: ignore[attr-defined]
    environments: tuple[object, ...] = (os.environ, os.environb)
    for environment in environments:
        environment._data = watched  # type: ignore[attr-defined]
    module = main_module(path)
    step = "imports fail"
    try:
        Imports(path, module.__dict__).run(tree)
        for name in LATE_IMPORTS.keys() & sys.modules.keys():
            for late in LATE_IMPORTS[name]:
                with contextlib.suppress(ImportError):
                    importlib.import_module(late)
        if warm := sys.modules.get("lynx_scenario.warm"):
            step = "warm-up fails"
            warm.prepare()
    except BaseException as error:
        raise CannotKeepWarmError(f"its {step}: {type(error).__name__}: {error}") from error
    plain = dict(watched)
    for environment in environments:
        environment._data = plain  # type: ignore[attr-defined]
    if watched.asked:
        raise CannotKeepWarmError(f"a module that it imports reads {min(watched.asked)} before there is a job")


def close_fonts() -> None:
    """Text that was drawn keeps its font's file open. Each job opens it again."""
    if fonts := sys.modules.get("matplotlib.font_manager"):
        with contextlib.suppress(AttributeError):
            fonts._get_font.cache_clear()


# ---- what a copy of this process would share ------------------------------------------------------


def check_alone() -> None:
    """Raises `CannotKeepWarmError` if a process forked from this one would not be like a fresh one."""
    if (threads := len(os.listdir("/proc/self/task"))) > 1:
        raise CannotKeepWarmError(f"its imports start threads ({threads - 1} more are there)")
    with open(f"/proc/self/task/{os.getpid()}/children", encoding="ascii") as children:
        if pids := children.read().split():
            raise CannotKeepWarmError(f"its imports start processes (pid {pids[0]} is there)")
    for name in os.listdir("/proc/self/fd"):
        if int(name) <= SOCKET:
            continue
        try:
            target = os.readlink(f"/proc/self/fd/{name}")
        except FileNotFoundError:
            continue  # that of the listing itself
        raise CannotKeepWarmError(f"its imports leave a descriptor open ({target})")
    if generator := _own_generator():
        raise CannotKeepWarmError(f"a module that it imports keeps a random generator of its own ({generator})")


def _own_generator() -> str | None:
    """A generator that every process would go on with from the same state, other than those that are reseeded."""
    kinds: list[type] = [random.Random]
    known: list[object] = [random._inst]
    if numpy := sys.modules.get("numpy.random"):
        kinds += [numpy.Generator, numpy.RandomState, numpy.BitGenerator]
        known += [numpy.mtrand._rand, numpy.mtrand._rand._bit_generator]
    objects = gc.get_objects()
    if tempfile := sys.modules.get("tempfile"):
        # Names for temporary files and semaphores: their generators are made anew in a process with another number.
        names = tempfile._RandomNameSequence
        known += [vars(one).get("_rng") for one in objects if type(one) is names]
    for candidate in objects:
        # type(), as isinstance asks objects for __class__, and some do work when asked.
        if not issubclass(type(candidate), tuple(kinds)) or issubclass(type(candidate), random.SystemRandom):
            continue
        if not any(candidate is one for one in known):
            return f"{type(candidate).__module__}.{type(candidate).__name__}"
    return None


def stamp(path: str) -> tuple[int, int, int] | None:
    try:
        status = os.stat(path)
    except OSError:
        return None
    return status.st_mtime_ns, status.st_size, status.st_ino


def imported_files() -> set[str]:
    files = (getattr(module, "__file__", None) for module in list(sys.modules.values()))
    return {file for file in files if isinstance(file, str)}


# ---- being the scenario ---------------------------------------------------------------------------


def main_module(path: str) -> types.ModuleType:
    """A new `__main__`, as the interpreter makes it for a script."""
    module = types.ModuleType("__main__")
    module.__dict__.update(
        __file__=path,
        __builtins__=builtins,
        __loader__=importlib.machinery.SourceFileLoader("__main__", path),
        __cached__=None,
        __annotations__={},
    )
    sys.modules["__main__"] = module
    return module


def run_script(path: str, code: types.CodeType) -> int | None:
    """The script's exit status; None if it was interrupted, which a process says by ending of SIGINT."""
    module = main_module(path)
    try:
        exec(code, module.__dict__)
        return 0
    except SystemExit as end:
        return _exit_status(end)
    except BaseException as raised:
        error = raised
    # Not in the handler: what the hook raises would be said to come of this one.
    trace = error.__traceback__
    while trace and trace.tb_frame.f_code is not code:
        trace = trace.tb_next
    error.__traceback__ = trace
    sys.last_type, sys.last_value, sys.last_traceback = type(error), error, trace
    _report(error)
    return None if isinstance(error, KeyboardInterrupt) else 1


def _report(error: BaseException) -> None:
    try:
        sys.excepthook(type(error), error, error.__traceback__)
    except BaseException as failure:
        own = failure.__traceback__.tb_next if failure.__traceback__ else None
        print("Error in sys.excepthook:", file=sys.stderr)
        sys.__excepthook__(type(failure), failure.with_traceback(own), own)
        print("\nOriginal exception was:", file=sys.stderr)
        sys.__excepthook__(type(error), error, error.__traceback__)


def _exit_status(end: SystemExit) -> int:
    if end.code is None:
        return 0
    if isinstance(end.code, int):
        return end.code & 0xFF if -(1 << 63) <= end.code < 1 << 63 else 0xFF
    print(end.code, file=sys.stderr)
    return 1


def finish() -> bool:
    """What the interpreter does at its end, as far as others can see it; whether standard output took all.

    Objects that only imported modules hold are not destroyed one by one, which takes longer than many a scenario; but
    files that are still open are flushed, wherever they are held.
    """
    _unraisable(threading._shutdown)  # type: ignore[attr-defined]
    _unraisable(atexit._run_exitfuncs)
    flushed = _flush_standard()
    names = sys.modules["__main__"].__dict__
    sys.last_value = sys.last_traceback = None
    # As modules are cleared: what begins with an underscore first.
    for private in (True, False):
        for name in list(names):
            if name != "__builtins__" and (name[0] == "_" and name[1:2] != "_") == private:
                names[name] = None
    gc.collect()
    # What was there before the fork is frozen, so these are few.
    files = [
        one
        for one in gc.get_objects()
        if issubclass(type(one), io.TextIOWrapper | io.BufferedWriter | io.BufferedRandom)
    ]
    for file in sorted(files, key=lambda file: not isinstance(file, io.TextIOWrapper)):
        if not file.closed and file.writable():
            _unraisable(file.flush)
    return _flush_standard() and flushed


def _unraisable(call: Callable[[], object]) -> None:
    try:
        call()
    except BaseException:
        sys.excepthook(*sys.exc_info())


def _flush_standard() -> bool:
    well = True
    for stream in (sys.stdout, sys.stderr):
        try:
            if stream is not None and not stream.closed:
                stream.flush()
        except BaseException:
            well = well and stream is not sys.stdout
    return well


def reseed() -> None:
    """The generators that modules share; the one of `random` has been reseeded by the fork."""
    if numpy := sys.modules.get("numpy.random"):
        numpy.seed()


# ---- the parent -----------------------------------------------------------------------------------


class Parent:
    def __init__(self, path: str, library: ctypes.PyDLL) -> None:
        self._path = path
        self._library = library
        self._printed: tuple[bytes, bytes] = (b"", b"")
        self._stamps: dict[str, tuple[int, int, int] | None] = {}

    def prepare(self) -> types.CodeType:
        """Imports, checks, and returns the compiled scenario. Raises `CannotKeepWarmError`."""
        self._stamps[self._path] = stamp(self._path)
        try:
            with open(self._path, "rb") as file:
                source = file.read()
            tree = ast.parse(source, self._path)
            code = compile(source, self._path, "exec", dont_inherit=True)
        except (OSError, SyntaxError, ValueError) as error:
            raise CannotKeepWarmError(f"it cannot be read: {error}") from error
        # What imports print is printed by each job, as it would be by a process of its own.
        for descriptor in (1, 2):
            memory = os.memfd_create("lynx-output")
            os.dup2(memory, descriptor)
            os.close(memory)
        os.close(OUTPUT)
        # Nearly all that imports make stays: to look for what does not, again and again, takes a tenth of their time.
        gc.disable()
        import_watched(self._path, tree)
        close_fonts()
        gc.enable()
        _flush_standard()
        ctypes.CDLL(None).fflush(None)
        self._printed = (os.pread(1, 1 << 20, 0), os.pread(2, 1 << 20, 0))
        gc.collect()
        check_alone()
        self._stamps |= {file: stamp(file) for file in imported_files()}
        gc.freeze()
        return code

    def has_changed(self) -> bool:
        return any(stamp(path) != known for path, known in self._stamps.items())

    def serve(self) -> None:
        """Returns in the process of a job."""
        job = Job()
        while self._library.lynx_warm_receive(SOCKET, ctypes.byref(job)):
            if self.has_changed():
                self._library.lynx_warm_refuse(ctypes.byref(job), errno.ESTALE)
                break
            ctypes.pythonapi.PyOS_BeforeFork()
            if self._library.lynx_warm_fork(ctypes.byref(job)) == 0:
                ctypes.pythonapi.PyOS_AfterFork_Child()
                os.environb.update(job.variables())
                for descriptor, printed in enumerate(self._printed, start=1):
                    if printed:
                        os.write(descriptor, printed)
                reseed()
                return
            ctypes.pythonapi.PyOS_AfterFork_Parent()
        os._exit(0)


def main(path: str, library_path: str, spawner_path: str) -> None:
    library = ctypes.PyDLL(library_path)
    library.lynx_warm_init(os.fsencode(spawner_path))
    for name in [name for name in os.environb if name.startswith(CONTRACT)]:
        del os.environb[name]
    sys.argv = [path]
    sys.orig_argv = [sys.orig_argv[0], path]
    if not sys.flags.safe_path:
        sys.path[0] = os.path.dirname(os.path.realpath(path))
    parent = Parent(path, library)
    try:
        code = parent.prepare()
    except CannotKeepWarmError as error:
        os.write(SOCKET, f"refused {error}".encode()[:4096])
        os._exit(0)
    os.write(SOCKET, b"ready")
    parent.serve()
    status = run_script(path, code)
    flushed = finish()
    if status is None:
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        os.kill(os.getpid(), signal.SIGINT)
    # Not os._exit: what C and C++ libraries have buffered is written, and their own handlers run.
    ctypes.PyDLL(None).exit(status if flushed else 120)


if __name__ == "lynx_warm_parent":
    main(*sys.argv[1:])
