"""The effects of a module's import on the process, besides the module itself.

There are two sources: the calls of C and Python into the C library (`watch.h`), and the state of the process before
and after. Each effect is a reason to leave the module to the jobs, each of which then imports it as a fresh process
does.
"""

from __future__ import annotations

import _locale
import builtins
import ctypes
import gc
import os
import sys
import time
from collections.abc import Iterable, Iterator, Mapping

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

State = dict[str, object]

CHANGES = {
    "directory": "it changes the working directory",
    "Umask": "it changes the mask of file modes",
    "Threads": "it starts threads",
    "Name": "it changes the name of the process",
    "SigBlk": "it blocks signals",
    "signals": "it changes how signals are handled",
    "limits": "it changes limits of the process",
    "descriptors": "it leaves a descriptor open",
    "children": "it leaves a process running",
    "path": "it changes sys.path",
    "hooks of imports": "it changes how modules are found",
    "finders": "it changes how modules are found",
    "streams": "it replaces a standard stream",
    "hooks": "it replaces a hook of the interpreter",
    "collector": "it changes when garbage is collected",
    "environment": "it changes the environment",
    "locale": "it changes the locale",
    "builtins": "it changes the names that every module sees",
}

EVENTS = {
    "own": "it reads",
    "shared": "it makes memory that copies would share",
    "generators": "it seeds or uses random generators that all share",
    "write": "it writes files",
    "connection": "it opens a connection",
    "program": "it runs another program",
    "chance": "it draws from the system's randomness",
    "time": "its native code asks for the time",
    "clock": "its native code asks for the time",
    "pid": "its native code asks for the number of its process",
    "state": "it changes",
}
"""The most informative changes come first."""


def most_telling(reasons: Mapping[str, str]) -> str:
    order = [*CHANGES, *EVENTS]
    return reasons[min(reasons, key=lambda name: order.index(name) if name in order else len(order))]


class Library:
    """libLynxWarm.so, which is loaded into this process."""

    def __init__(self) -> None:
        self.c = ctypes.PyDLL(None)
        self.c.lynx_watch_take.restype = ctypes.c_size_t
        self.c.lynx_watch_signals.restype = ctypes.c_ulong
        self._buffer = ctypes.create_string_buffer(1 << 20)

    def watch(self, on: bool) -> None:
        self.c.lynx_watch(int(on))

    def signals(self) -> int:
        return int(self.c.lynx_watch_signals())

    def events(self) -> list[list[str]]:
        """The calls since the last query: which function, from which library, with which argument."""
        size = self.c.lynx_watch_take(self._buffer, len(self._buffer))
        text = ctypes.string_at(self._buffer, size).decode(errors="surrogateescape")
        return [line.split("\t") for line in text.splitlines()]


class _Stamp(ctypes.Structure):
    """The C struct `lynx_stamp`."""

    _fields_ = (
        ("path", ctypes.c_char_p),
        ("mtime_ns", ctypes.c_int64),
        ("size", ctypes.c_int64),
        ("inode", ctypes.c_uint64),
    )


class Stamps:
    """Detects changed files before each job by their stamps; implemented in C, as there are thousands of files.

    Installed files of Python and packages, which are not edited, are only checked a few times a second.
    """

    INTERVAL_NS = 250_000_000

    def __init__(self, files: Iterable[Mapping[str, Any]]) -> None:
        known = list(files)
        self._own = self._array(one for one in known if not is_installed(one["path"]))
        self._installed = self._array(one for one in known if is_installed(one["path"]))
        self._next_ns = 0

    @staticmethod
    def _array(files: Iterable[Mapping[str, Any]]) -> ctypes.Array[_Stamp]:
        known = [_Stamp(os.fsencode(one["path"]), one["mtime_ns"], one["size"], one["inode"]) for one in files]
        return (_Stamp * len(known))(*known)

    def have_changed(self, library: Library) -> bool:
        if self._differ(self._own, library):
            return True
        if time.monotonic_ns() < self._next_ns:
            return False
        self._next_ns = time.monotonic_ns() + self.INTERVAL_NS
        return self._differ(self._installed, library)

    def _differ(self, stamps: ctypes.Array[_Stamp], library: Library) -> bool:
        return bool(library.c.lynx_stamps_differ(stamps, ctypes.c_size_t(len(stamps))))


def is_installed(path: str) -> bool:
    """Whether a file belongs to Python or an installed package rather than to the user."""
    standard = os.path.dirname(os.__file__)
    return path.startswith(standard + os.sep) or "/site-packages/" in path or "/dist-packages/" in path


def _is_python(library: str) -> bool:
    """Whether the call is part of Python's own operation, whose effects show in the modules' content."""
    name = os.path.basename(library)
    return name.startswith(("libpython", "python")) or "/lib-dynload/" in library


KNOWN = ("libarrow.so",)
"""Libraries of which is known what they ask for when they are loaded.

Arrow's: seeds of the OpenSSL within it, which draws anew in a copy of the process, and of the curl within it, for the
boundaries in its uploads; cookies and times of its two allocators, for where their blocks lie. Its own generators are
seeded when they are first used. Without this, pandas would start cold wherever Arrow is installed beside it.
"""


def _is_known(library: str) -> bool:
    return os.path.basename(library).startswith(KNOWN)


def is_no_data(path: str) -> bool:
    """Files that every process creates or reads."""
    return path.startswith(("/proc/", "/sys/", "/dev/")) or "__pycache__" in path or path.endswith((".py", ".pyc"))


SESSION = (
    *("_", "COLORTERM", "COLUMNS", "DBUS_", "DISPLAY", "GNOME_", "GPG_", "HIST", "INVOCATION_ID", "JOURNAL_STREAM"),
    *("KONSOLE_", "LESS", "LINES", "LISTEN_", "LS_COLORS", "MAIL", "MAKE", "MEMORY_PRESSURE_", "MFLAGS", "NOTIFY_"),
    *("OLDPWD", "PERF_", "PS1", "PWD", "SHLVL", "SSH_", "STY", "SUDO_", "SYSTEMD_", "TERM", "TMUX", "VSCODE_"),
    *("VTE_", "WATCHDOG_", "WAYLAND_", "WINDOWID", "XAUTHORITY", "XDG_SESSION", "XDG_VTNR"),
)
"""Prefixes of variables that differ between logins or depend on how the runner was started."""


class Environment(dict[bytes, bytes]):
    """The data of `os.environ`; it records which variables are read."""

    def __init__(self, variables: Mapping[bytes, bytes]) -> None:
        super().__init__(variables)
        self.asked: dict[str, str | None] = {}
        self.is_copied = False

    def __iter__(self) -> Iterator[bytes]:
        self.is_copied = True
        return super().__iter__()

    def take(self) -> tuple[dict[str, str | None], bool]:
        """The variables read since the last query, and whether all of them were read."""
        asked, is_copied = self.asked, self.is_copied
        self.asked, self.is_copied = {}, False
        if is_copied:
            # All variables count then, except for those that depend on the login.
            asked = {name: value for name, value in asked.items() if not name.startswith(SESSION)}
        return asked, is_copied

    def __getitem__(self, name: bytes) -> bytes:
        value = super().get(name)
        self.asked[os.fsdecode(name)] = None if value is None else os.fsdecode(value)
        return super().__getitem__(name)

    @classmethod
    def install(cls) -> Environment:
        watched = cls(os.environ._data)  # type: ignore[attr-defined]
        watched._put()
        return watched

    def remove(self) -> None:
        plain = dict(dict.items(self))
        os.environ._data = os.environb._data = plain  # type: ignore[attr-defined]

    def _put(self) -> None:
        os.environ._data = os.environb._data = self  # type: ignore[attr-defined]

    def plain(self) -> dict[bytes, bytes]:
        return dict(dict.items(self))


def _text(path: str) -> str:
    """The content of a file in /proc; without codecs, as a scenario may be the first to import their modules."""
    with open(path, "rb", buffering=0) as file:
        return file.readall().decode("latin-1")


def _status() -> dict[str, str]:
    lines = [line.partition(":") for line in _text("/proc/self/status").splitlines()]
    wanted = ("Umask", "Threads", "Name", "SigBlk")
    return {name: value.strip() for name, _, value in lines if name in wanted}


def _descriptors() -> dict[int, str]:
    found = {}
    for name in os.listdir("/proc/self/fd"):
        try:
            found[int(name)] = os.readlink(f"/proc/self/fd/{name}")
        except OSError:
            continue  # that of the listing itself
    return found


def state(library: Library, environment: Mapping[bytes, bytes]) -> State:
    """The present state of the process, by the names in `CHANGES`."""
    return {
        **_status(),
        "directory": os.getcwd(),
        "signals": library.signals(),
        "limits": _text("/proc/self/limits"),
        "descriptors": _descriptors(),
        "children": _text(f"/proc/self/task/{os.getpid()}/children"),
        "path": tuple(sys.path),
        "hooks of imports": tuple(map(id, sys.path_hooks)),
        "finders": list(sys.meta_path),
        "streams": (id(sys.stdin), id(sys.stdout), id(sys.stderr)),
        "hooks": (id(sys.excepthook), id(sys.displayhook), sys.getrecursionlimit(), sys.gettrace(), sys.getprofile()),
        "collector": (gc.isenabled(), gc.get_threshold()),
        "environment": dict(environment),
        "locale": _locale.setlocale(6),
        "builtins": frozenset(vars(builtins)) - {"_"},
    }


def changes(before: State, after: State) -> dict[str, str]:
    """The reasons not to import a module beforehand, by the name of what has changed."""
    found = {}
    for name, reason in CHANGES.items():
        one, other = before[name], after[name]
        if one == other:
            continue
        detail = ""
        if name == "finders" and isinstance(one, list) and isinstance(other, list) and other[: len(one)] == one:
            continue  # those that are added can be added in each job
        if name == "descriptors" and isinstance(one, dict) and isinstance(other, dict):
            new = [target for number, target in other.items() if one.get(number) != target]
            if not new:
                continue
            detail = f" ({new[0]})"
        if name == "environment" and isinstance(one, dict) and isinstance(other, dict):
            names = [os.fsdecode(key) for key in one.keys() | other.keys() if one.get(key) != other.get(key)]
            detail = f" ({', '.join(sorted(names)[:3])})"
        found[name] = reason + detail
    return found


def hints_of(events: list[list[str]]) -> set[str]:
    """The process-specific values that Python code has read."""
    return {what for what, library, *_ in events if what in ("chance", "time", "pid") and _is_python(library)}


def reasons_of(events: list[list[str]], may_draw: bool) -> dict[str, str]:
    """The reasons, by what was read. `may_draw`: whether the module's random numbers are drawn again in each job."""
    found: dict[str, str] = {}
    for what, library, *detail in events:
        text = detail[0] if detail else ""
        match what:
            case "read" if text.startswith("/dev/") and "random" in text and not may_draw:
                found["chance"] = EVENTS["chance"]
            case "chance" | "time" | "clock" | "pid" if _is_known(library):
                pass
            case "chance" if not may_draw:
                found[what] = EVENTS[what]
            case "time" | "clock" | "pid" if not _is_python(library):
                found[what] = f"{EVENTS[what]} ({os.path.basename(library)})"
            case "write" if not is_no_data(text) or text.startswith("/dev/shm/"):
                found[what] = f"{EVENTS[what]} ({text})"
            case "state":
                found[what] = f"{EVENTS[what]} {text}"
            case "program" if not text.strip():
                pass  # an empty command, by which some ask for a terminal's colours
            case "shared" | "connection" | "program":
                found[what] = EVENTS[what] + (f" ({text})" if text else "")
            case _:
                pass
    return found


def shared_memory() -> str | None:
    """The shared writable mappings of this process, whose memory all copies would write to."""
    for line in _text("/proc/self/maps").splitlines():
        _, rights, _, _, _, *path = line.split(maxsplit=5)
        if rights[1] == "w" and rights[3] == "s":
            return path[0].strip() if path else "memory"
    return None
