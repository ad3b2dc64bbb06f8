"""A host of warm parents in Python: the C that the engine calls, compiled for the tests and called through ctypes."""

from __future__ import annotations

import ctypes
import json
import os
import select
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
SOURCES = ROOT / "Sources/CGuardian"
SCRIPTS = ROOT / "Plugins/BasiliskEngine/Warm/lynx_warm"
SECTIONS = (
    "plan",
    "effects",
    "fingerprint",
    "recorder",
    "script",
    "context",
    "importing",
    "layout",
    "store",
    "learn",
    "vet",
    "serve",
)
"""In the order in which they need each other."""
OWN = ("TETRYX_RUN_CONFIG", "TETRYX_TELEMETRY_URL", "TETRYX_OUTPUT_DIR", "TMPDIR")
LIBRARY = ROOT / "Sources/LynxWarm"
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
        ("no_realtime", ctypes.c_int),
        ("private_shm", ctypes.c_int),
        ("channel", ctypes.c_int),
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
        ("outlived", ctypes.c_int),
        ("outlived_commands", ctypes.c_char * 1024),
        ("unkillable", ctypes.c_int),
        ("unlisted", ctypes.c_int),
    )


SIZES = """
#include <stdio.h>
#include "guardian.h"
#include "warm.h"
int main(void) {
    printf("%zu %zu %zu %zu %zu", sizeof(lynx_warm_request), sizeof(lynx_warm_parent), sizeof(lynx_guardian_request),
           sizeof(lynx_guardian), sizeof(lynx_guardian_exit));
}
"""


def image() -> str:
    """What the engine hands to an interpreter: the bootstrap, and the modules that follow it."""
    parts = [(SCRIPTS / f"{name}.py").read_text() for name in SECTIONS]
    sections = [f"\n#:: {name}\n{text}" for name, text in zip(SECTIONS, parts, strict=True)]
    return (SCRIPTS / "boot.py").read_text() + "".join(sections)


def compile_library(folder: Path) -> Path:
    """The library, and beside it lynx-spawner."""
    library = folder / "libLynxWarm.so"
    sources = [str(source) for source in sorted(SOURCES.glob("*.c"))]
    watching = [str(source) for source in sorted(LIBRARY.glob("*.c"))]
    options = [
        "-std=gnu11",
        "-O1",
        "-Wall",
        "-Wextra",
        "-Werror",
        f"-I{SOURCES / 'include'}",
        f"-I{LIBRARY / 'include'}",
    ]
    subprocess.run(["cc", *options, "-fPIC", "-shared", "-o", str(library), *sources, *watching], check=True)
    main = str(SPAWNER_MAIN)
    subprocess.run(["cc", *options, "-static", "-o", str(folder / SPAWNER), main, *sources], check=True)
    _check_sizes(folder, options)
    return library


def _check_sizes(folder: Path, options: list[str]) -> None:
    """That the structures above are those of the headers: C writes into them."""
    program, source = folder / "sizes", folder / "sizes.c"
    source.write_text(SIZES)
    subprocess.run(["cc", *options, "-o", str(program), str(source)], check=True)
    sizes = subprocess.run([str(program)], capture_output=True, text=True, check=True).stdout.split()
    structures = (_WarmRequest, _WarmParent, _Request, _Guardian, _Exit)
    assert [int(size) for size in sizes] == [ctypes.sizeof(one) for one in structures]


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
    """What the engine does for one scenario: learns it, vets it, and has a parent for it.

    `jobs` is where it works and its jobs leave what they do: by default the folder of the scenario.
    """

    def __init__(
        self,
        library: Path,
        scenario: Path,
        environment: dict[str, str],
        *,
        jobs: Path | None = None,
        plan: Path | None = None,
    ) -> None:
        self._library = ctypes.CDLL(str(library))
        # As the host is: the programs' zombies come back to it.
        ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
        self.folder = jobs or scenario.parent
        self._scenario = scenario
        self._path = library
        self._environment = environment
        self._jobs = 0
        self._image = self.folder / "lynx-warm-image.py"
        self._image.write_text(image())
        self._parent = _WarmParent(pid=-1, socket=-1)
        if plan is None:
            plan = self.folder / "plan.json"
            own = {"TETRYX_RUN_CONFIG": "learned", "TETRYX_TELEMETRY_URL": "", "TMPDIR": "/tmp"}
            self.learned = self._run("learn", plan, **own, TETRYX_OUTPUT_DIR=self._output("learned"))
            if plan.exists():
                self.passes = self._vet(plan)
        self.plan_path = plan
        self.word = self._serve() if plan.exists() else "no plan"

    def _output(self, name: str) -> str:
        (self.folder / name).mkdir()
        return str(self.folder / name)

    def _variables(self, mode: str, plan: Path, boot: str) -> dict[str, str]:
        seed = {} if mode == "serve" else {"PYTHONHASHSEED": "1", "LYNX_WARM_HASH_SEED": "1"}
        return {
            **seed,
            "LD_PRELOAD": str(self._path),
            "LYNX_WARM_BOOT": boot,
            "LYNX_WARM_MODE": mode,
            "LYNX_WARM_PLAN": str(plan),
            "LYNX_WARM_OWN": ",".join(OWN),
            "LYNX_WARM_SPAWNER": str(self._path.parent / SPAWNER),
        }

    def _run(self, mode: str, plan: Path, **variables: str) -> End:
        environment = {**self._environment, **variables, **self._variables(mode, plan, str(self._image))}
        return _run(self._scenario, environment, self.folder)

    def _vet(self, plan: Path) -> int:
        for count in range(1, 7):
            end = self._run("vet", plan)
            assert end.code == 0, end
            if json.loads(plan.read_text())["clean"]:
                return count
        raise AssertionError("vetting finds no end")

    def _serve(self) -> str:
        bootstrap = image().encode()
        variables = self._variables("serve", self.plan_path, "/proc/self/fd/4")
        request = _WarmRequest(
            program=sys.executable.encode(),
            argv=_strings([sys.executable, str(self._scenario)]),
            envp=_variables({**self._environment, **variables, "TETRYX_OUTPUT_DIR": "-" * 4200}),
            working_directory=str(self.folder).encode(),
            script=bootstrap,
            script_size=len(bootstrap),
        )
        assert self._library.lynx_warm_start(ctypes.byref(request), ctypes.byref(self._parent)) == 0
        return self._hear()

    @property
    def plan(self) -> dict[str, Any]:
        document: dict[str, Any] = json.loads(self.plan_path.read_text())
        return document

    @property
    def left_out(self) -> dict[str, str]:
        """The modules that jobs import themselves, and why."""
        return {one["module"]: one["why"] for one in self.plan["summary"]["left_out"]}

    @property
    def pid(self) -> int:
        return int(self._parent.pid)

    def _hear(self) -> str:
        select.select([self._parent.socket], [], [])
        message = ctypes.create_string_buffer(4096)
        count = self._library.lynx_warm_hear(ctypes.byref(self._parent), message, len(message), 0)
        return message.raw[: max(count, 0)].decode()

    def start(self, **variables: str) -> Job:
        self._jobs += 1
        return Job(self._library, self._parent.socket, self.folder, self._jobs, variables)

    def run(self, **variables: str) -> End:
        return self.start(**variables).end()

    def close(self) -> None:
        if self._parent.pid > 0:
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
    return _run(scenario, {**environment, "TETRYX_OUTPUT_DIR": str(output)}, scenario.parent)


def _run(scenario: Path, environment: dict[str, str], folder: Path) -> End:
    done = subprocess.run(
        [sys.executable, str(scenario)],
        env=environment,
        cwd=folder,
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


def wait_until(holds: Callable[[], bool], what: str) -> None:
    end = time.monotonic() + 30
    while not holds():
        assert time.monotonic() < end, f"waited 30 s for {what}"
        time.sleep(0.001)


def kill(pid: int) -> None:
    os.kill(pid, signal.SIGKILL)


def _strings(texts: list[str]) -> ctypes.Array[ctypes.c_char_p]:
    return (ctypes.c_char_p * (len(texts) + 1))(*[text.encode() for text in texts], None)


def _variables(environment: dict[str, str]) -> ctypes.Array[ctypes.c_char_p]:
    return _strings([f"{name}={value}" for name, value in sorted(environment.items())])
