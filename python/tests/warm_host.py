"""A host of warm parents in Python: the C that the engine calls, compiled for the tests and called through ctypes."""

from __future__ import annotations

import ctypes
import os
import select
import signal
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
SOURCES = ROOT / "Sources/CGuardian"
BOOTSTRAP = ROOT / "Plugins/BasiliskEngine/Warm/warm_parent.py"
SPAWNER_MAIN = ROOT / "Sources/lynx-spawner/main.c"
SPAWNER = "lynx-spawner"
PR_SET_CHILD_SUBREAPER = 36

Strings = ctypes.POINTER(ctypes.c_char_p)


class _WarmRequest(ctypes.Structure):
    _fields_ = (
        ("program", ctypes.c_char_p),
        ("argv", Strings),
        ("envp", Strings),
        ("working_directory", ctypes.c_char_p),
        ("script", ctypes.c_char_p),
        ("script_size", ctypes.c_size_t),
    )


class _WarmParent(ctypes.Structure):
    _fields_ = (("pid", ctypes.c_int), ("socket", ctypes.c_int))


class _Request(ctypes.Structure):
    _fields_ = (
        ("program", ctypes.c_char_p),
        ("argv", Strings),
        ("envp", Strings),
        ("working_directory", ctypes.c_char_p),
        ("stdout_path", ctypes.c_char_p),
        ("stderr_path", ctypes.c_char_p),
        ("capture_bytes", ctypes.c_uint64),
    )


class _Guardian(ctypes.Structure):
    _fields_ = (
        ("guardian", ctypes.c_int),
        ("program", ctypes.c_int),
        ("pidfd", ctypes.c_int),
        ("lifeline", ctypes.c_int),
    )


class _Exit(ctypes.Structure):
    _fields_ = (
        ("exit_code", ctypes.c_int),
        ("exit_signal", ctypes.c_int),
        ("max_rss_bytes", ctypes.c_int64),
        ("guardian_lost", ctypes.c_int),
    )


def compile_library(folder: Path) -> Path:
    """The library, and beside it lynx-spawner."""
    library = folder / "libLynxWarm.so"
    sources = [str(source) for source in sorted(SOURCES.glob("*.c"))]
    options = ["-std=gnu11", "-O1", "-Wall", "-Wextra", "-Werror", f"-I{SOURCES / 'include'}"]
    subprocess.run(["cc", *options, "-fPIC", "-shared", "-o", str(library), *sources], check=True)
    main = str(SPAWNER_MAIN)
    subprocess.run(["cc", *options, "-static", "-o", str(folder / SPAWNER), main, *sources], check=True)
    return library


@dataclass(frozen=True)
class End:
    """How a job ended and what it printed."""

    code: int
    signal: int
    out: str
    err: str


class JobRefusedError(Exception):
    """The parent gave no process; the number is an errno."""


class WarmHost:
    """One parent for one scenario.

    `jobs` is where it works and its jobs leave what they do: by default the folder of the scenario.
    """

    def __init__(self, library: Path, scenario: Path, environment: dict[str, str], *, jobs: Path | None = None) -> None:
        self._library = ctypes.CDLL(str(library))
        # As the host is: the programs' zombies come back to it.
        ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
        self.folder = jobs or scenario.parent
        self._jobs = 0
        bootstrap = BOOTSTRAP.read_bytes()
        program = "exec(open(4).read(), {'__name__': 'lynx_warm_parent'})"
        request = _WarmRequest(
            program=sys.executable.encode(),
            argv=_strings([sys.executable, "-c", program, str(scenario), str(library), str(library.parent / SPAWNER)]),
            envp=_variables({**environment, "TETRYX_OUTPUT_DIR": "-" * 4200}),
            working_directory=str(self.folder).encode(),
            script=bootstrap,
            script_size=len(bootstrap),
        )
        self._parent = _WarmParent()
        assert self._library.lynx_warm_start(ctypes.byref(request), ctypes.byref(self._parent)) == 0
        self.word = self._hear()

    @property
    def pid(self) -> int:
        return int(self._parent.pid)

    def _hear(self) -> str:
        select.select([self._parent.socket], [], [])
        message = ctypes.create_string_buffer(4096)
        count = self._library.lynx_warm_hear(ctypes.byref(self._parent), message, len(message))
        return message.raw[: max(count, 0)].decode()

    def start(self, **variables: str) -> Job:
        self._jobs += 1
        return Job(self._library, self._parent.socket, self.folder, self._jobs, variables)

    def run(self, **variables: str) -> End:
        return self.start(**variables).end()

    def close(self) -> None:
        self._library.lynx_warm_stop(ctypes.byref(self._parent))
        os.close(self._parent.socket)


class Job:
    """One process from a parent, under its guardian."""

    def __init__(self, library: ctypes.CDLL, socket: int, folder: Path, number: int, variables: dict[str, str]) -> None:
        self._library = library
        self._out, self._err = folder / f"{number}.out", folder / f"{number}.err"
        self.output = folder / f"output-{number}"
        self.output.mkdir()
        request = _Request(
            envp=_variables({"TETRYX_OUTPUT_DIR": str(self.output), **variables}),
            working_directory=str(folder).encode(),
            stdout_path=str(self._out).encode(),
            stderr_path=str(self._err).encode(),
            capture_bytes=1 << 20,
        )
        self._guardian = _Guardian()
        step = ctypes.c_int()
        failure = library.lynx_guardian_spawn_warm(
            ctypes.byref(request), socket, ctypes.byref(self._guardian), ctypes.byref(step)
        )
        if failure != 0:
            assert not self._out.exists()
            raise JobRefusedError(failure)

    @property
    def pid(self) -> int:
        return int(self._guardian.program)

    @property
    def guardian(self) -> int:
        return int(self._guardian.guardian)

    def kill(self) -> None:
        self._library.lynx_guardian_kill(ctypes.byref(self._guardian))

    def end(self) -> End:
        select.select([self._guardian.pidfd], [], [])
        end = _Exit()
        self._library.lynx_guardian_reap(ctypes.byref(self._guardian), ctypes.byref(end))
        assert not end.guardian_lost
        return End(end.exit_code, end.exit_signal, self._out.read_text(), self._err.read_text())


def run_cold(scenario: Path, environment: dict[str, str], output: Path) -> End:
    """The same scenario in a process of its own."""
    output.mkdir()
    done = subprocess.run(
        [sys.executable, str(scenario)],
        env={**environment, "TETRYX_OUTPUT_DIR": str(output)},
        cwd=scenario.parent,
        stdin=subprocess.DEVNULL,
        start_new_session=True,
        preexec_fn=ignore_no_signal,
        capture_output=True,
        text=True,
        check=False,
    )
    return End(max(done.returncode, -1), max(-done.returncode, 0), done.stdout, done.stderr)


def ignore_no_signal() -> None:
    """As a guardian starts programs, whatever the tests were started with (nohup ignores SIGHUP)."""
    for number in signal.valid_signals() - {signal.SIGKILL, signal.SIGSTOP}:
        signal.signal(number, signal.SIG_DFL)


def is_gone(pid: int) -> bool:
    """Whether no process has it, or only a zombie."""
    try:
        with open(f"/proc/{pid}/stat", encoding="ascii") as stat:
            return stat.read().rpartition(")")[2].split()[0] in "ZX"
    except FileNotFoundError:
        return True


def wait_until_gone(pid: int) -> None:
    try:
        descriptor = os.pidfd_open(pid)
    except ProcessLookupError:
        return
    try:
        select.select([descriptor], [], [])
    finally:
        os.close(descriptor)


def kill(pid: int) -> None:
    os.kill(pid, signal.SIGKILL)


def _strings(texts: list[str]) -> ctypes.Array[ctypes.c_char_p]:
    return (ctypes.c_char_p * (len(texts) + 1))(*[text.encode() for text in texts], None)


def _variables(environment: dict[str, str]) -> ctypes.Array[ctypes.c_char_p]:
    return _strings([f"{name}={value}" for name, value in sorted(environment.items())])
