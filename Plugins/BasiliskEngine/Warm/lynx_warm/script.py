"""Runs the scenario: the script is executed as `__main__`, and ends as in an interpreter of its own."""

from __future__ import annotations

import _frozen_importlib_external as external
import atexit
import builtins
import ctypes
import gc
import io
import os
import signal
import sys
import types
from collections.abc import Callable


def main_module(path: str) -> types.ModuleType:
    """A new `__main__` module, as the interpreter creates it for a script."""
    module = types.ModuleType("__main__")
    module.__dict__.update(
        __file__=path,
        __builtins__=builtins,
        __loader__=external.SourceFileLoader("__main__", path),
        __cached__=None,
        __annotations__={},
    )
    sys.modules["__main__"] = module
    return module


def run_script(path: str, code: types.CodeType) -> int | None:
    """The script's exit status; None if it was interrupted, which a process reports by ending with SIGINT."""
    module = main_module(path)
    try:
        exec(code, module.__dict__)
        return 0
    except SystemExit as end:
        return _exit_status(end)
    except BaseException as raised:
        error = raised
    # Outside the handler, so that an error in the hook is not chained to this one.
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
    """Performs the interpreter's visible finalization; returns whether standard output was written completely.

    Objects held only by imported modules are not destroyed one by one, which would take longer than some scenarios; but
    all files that are still open are flushed.
    """
    if threading := sys.modules.get("threading"):
        _unraisable(threading._shutdown)
    _unraisable(atexit._run_exitfuncs)
    flushed = flush_standard()
    names = sys.modules["__main__"].__dict__
    sys.last_value = sys.last_traceback = None
    # Module contents are cleared in the interpreter's order: names with a leading underscore first.
    for private in (True, False):
        for name in list(names):
            if name != "__builtins__" and (name[0] == "_" and name[1:2] != "_") == private:
                names[name] = None
    gc.collect()
    # Objects from before the fork are frozen, so these are few.
    files = [
        one
        for one in gc.get_objects()
        if issubclass(type(one), io.TextIOWrapper | io.BufferedWriter | io.BufferedRandom)
    ]
    for file in sorted(files, key=lambda file: not isinstance(file, io.TextIOWrapper)):
        if not file.closed and file.writable():
            _unraisable(file.flush)
    return flush_standard() and flushed


def _unraisable(call: Callable[[], object]) -> None:
    try:
        call()
    except BaseException:
        sys.excepthook(*sys.exc_info())


def flush_standard() -> bool:
    well = True
    for stream in (sys.stdout, sys.stderr):
        try:
            if stream is not None and not stream.closed:
                stream.flush()
        except BaseException:
            well = well and stream is not sys.stdout
    return well


def compiled(path: str) -> types.CodeType:
    """The scenario as the interpreter would compile it. Raises `OSError`, `SyntaxError` or `ValueError`."""
    with open(path, "rb") as file:
        return compile(file.read(), path, "exec", dont_inherit=True)


def leave(status: int | None) -> None:
    """Ends this process as the interpreter does after a script with this status."""
    flushed = finish()
    if status is None:
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        os.kill(os.getpid(), signal.SIGINT)
    # exit(3) rather than os._exit, so that C and C++ libraries write their buffers and run their handlers.
    ctypes.PyDLL(None).exit(120 if not flushed else status)
