"""The programs of a local pool: found, started, and ended with the process that started them, however that ends."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import weakref
from collections.abc import Mapping, Sequence
from pathlib import Path

from lynx.errors import ProgramError

# The pipe on standard input is this process's end: it closes by `end`, and when this process dies. The first line of
# output is the id of the program itself. It gets SIGTERM when the pipe closes.
KEEPER = """exec 3<&0
"$0" "$@" </dev/null 3<&- &
child=$!
echo "$child"
{ cat >/dev/null; kill "$child"; } <&3 >/dev/null 2>&1 &
wait "$child"
code=$?
# Its id may become that of another process now.
kill "$!" 2>/dev/null
exit "$code"
"""


def find_programs(folder: str | os.PathLike[str] | None = None) -> Path:
    """The folder that holds lynxctl and runner-host.

    It is `folder`, or that in `LYNX_PROGRAMS`, or a build of the checkout that this package or the working directory
    lies in, or one of PATH. Raises `ProgramError` with the places that were looked at.
    """
    named = folder or os.environ.get("LYNX_PROGRAMS")
    places = [Path(named)] if named else []
    if not named:
        for start in (Path(__file__).resolve(), Path.cwd() / "x"):
            places += [parent / ".build" / kind for parent in start.parents for kind in ("release", "debug")]
        on_path = shutil.which("lynxctl")
        places += [Path(on_path).resolve().parent] if on_path else []
    for place in places:
        if all(os.access(place / program, os.X_OK) for program in ("lynxctl", "runner-host")):
            return place
    where = f"in {named}" if named else "in PATH, nor in .build of a checkout"
    raise ProgramError(
        f"lynxctl and runner-host are not {where}: build them with 'make build', and name their folder in LYNX_PROGRAMS"
    )


class Program:
    """A program that runs for as long as this object and this process do. Its errors go to a log."""

    def __init__(self, command: Sequence[str], log: Path, environment: Mapping[str, str] | None = None) -> None:
        self.name = Path(command[0]).name
        self._log = log
        with log.open("ab") as errors:
            self._logged_before = errors.tell()
            self._keeper = subprocess.Popen(
                ["/bin/sh", "-c", KEEPER, *command],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=errors,
                env=None if environment is None else dict(environment),
                # Ctrl-C in a terminal or a notebook is for this process alone.
                start_new_session=True,
            )
        self._pid = int(self.line() or 0)
        self.end = weakref.finalize(self, _end, self._keeper, self._pid)

    def line(self) -> str:
        """The next line of its output; empty when it has ended."""
        assert self._keeper.stdout is not None
        return self._keeper.stdout.readline().decode().strip()

    def check(self) -> None:
        """Raises `ProgramError` if it has ended."""
        if self.end.alive and (code := self._keeper.poll()) is not None:
            raise ProgramError(f"{self.name} has ended with {code}: {self.last_words()}")

    def kill(self) -> None:
        """SIGKILL, and waits until it is gone."""
        if self._keeper.poll() is None and self._pid:
            os.kill(self._pid, signal.SIGKILL)
        self._keeper.wait()

    def last_words(self) -> str:
        """The last line of its log in which it gives up, else the last line, or where the log is."""
        with self._log.open("rb") as log:
            log.seek(self._logged_before)
            lines = log.read()[-20_000:].decode(errors="replace").strip().splitlines()
        own = [line for line in lines if line.startswith(f"{self.name}: ")]
        return (own or lines or [f"nothing in {self._log}"])[-1]


def _end(keeper: subprocess.Popen[bytes], pid: int) -> None:
    """SIGTERM, again after 5 s, which ends a runner without waiting for its runs; and SIGKILL after 15 s more."""
    assert keeper.stdin is not None
    assert keeper.stdout is not None
    keeper.stdin.close()
    for seconds, number in ((5, signal.SIGTERM), (15, signal.SIGKILL), (5, None)):
        try:
            keeper.wait(seconds)
            break
        except subprocess.TimeoutExpired:
            # The keeper waits for it, so the id is still its own.
            if number is not None and pid:
                os.kill(pid, number)
    keeper.stdout.close()
