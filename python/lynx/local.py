"""A pool on this machine: a control plane and a runner that are started and ended with it."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import sys
import time
import uuid
import weakref
from collections.abc import Sequence
from pathlib import Path

from lynx._calls import Session, get, pages
from lynx._drivers import Client
from lynx._programs import Program, find_programs
from lynx.errors import ProgramError
from lynx.overview import Overview
from lynx.pool import Pool

PathName = str | os.PathLike[str]
START_SECONDS = 60.0
# The pools of this process, by their state directories.
_here: weakref.WeakValueDictionary[Path, LocalPool] = weakref.WeakValueDictionary()


class LocalPool(Pool):
    """Ends with `close`, with its `with` block, or with this process.

    What it has stored stays in its state directory.
    """

    def __init__(self, programs: Sequence[Program], url: str, client: Client, session: Session) -> None:
        super().__init__(url, client, session)
        # In the order in which they are ended.
        self._programs = tuple(programs)

    def close(self) -> None:
        """Ends the runner, then the control plane.

        Runs that are still going are lost, and run again when the study is gone on with.
        """
        try:
            # Where a program has ended by itself there is nothing left to close.
            with contextlib.suppress(ProgramError):
                super().close()
        finally:
            for program in self._programs:
                program.end()


def local(
    scenario: PathName | None = None,
    *,
    config: PathName | None = None,
    python: PathName | None = None,
    slots: int | None = None,
    state: PathName | None = None,
    programs: PathName | None = None,
    runner_options: dict[str, str] | None = None,
) -> LocalPool:
    """Starts a pool whose runner runs a scenario: a Python file, for studies of type `basilisk`.

    `config` is a file of runner-host instead, or in addition; `python` the interpreter that runs scenarios, by
    default this one, and with a `config` the one it names; `slots` how many runs go on at a time, by default one for
    each processor. `state` keeps the ledger, files and logs, by default `.lynx/NAME` for a scenario `NAME.py`; a
    later pool there knows the studies of an earlier one, which is closed first if this process has it, as when a
    notebook's cell is run again. `runner_options` are further options of runner-host, such as `{"warm-workers":
    "false"}`. Raises `ProgramError`, with the reason that a program gives.
    """
    _expect_scenario(scenario, config)
    folder = find_programs(programs)
    home = Path(state or Path(".lynx") / Path(scenario or config or "").stem).resolve()
    if (earlier := _here.get(home)) is not None:
        earlier.close()
    home.mkdir(parents=True, exist_ok=True)
    control_plane = Program(
        [str(folder / "lynxctl"), "serve", "--port", "0", "--database", str(home / "ledger.sqlite")], home / "serve.log"
    )
    started = [control_plane]
    with contextlib.ExitStack() as undone:
        undone.callback(control_plane.end)
        line = control_plane.line()
        if "listening on" not in line:
            raise ProgramError(f"lynxctl serve did not start: {control_plane.last_words()}")
        url = line.split()[-1]
        client = Client(url)
        undone.callback(client.close)
        _expect_same_scenario(client, home, [str(Path(path).resolve()) for path in (scenario, config) if path])
        name = f"python-{os.getpid()}-{uuid.uuid4().hex[:6]}"
        options = {"control-plane": url, "output-root": str(home / "runs"), "runner-name": name}
        if config is not None:
            options["config"] = os.fspath(config)
        if scenario is not None:
            options["basilisk-entrypoint"] = str(Path(scenario).resolve())
        if python is not None or config is None:
            options["python-executable"] = os.fspath(python or sys.executable)
        if slots is not None:
            options["max-concurrent-jobs"] = str(slots)
        # Who starts the runner is who sends it code.
        options["allow-bundles"] = "true"
        options |= runner_options or {}
        arguments = [part for option, value in options.items() for part in (f"--{option}", value)]
        started.insert(0, Program([str(folder / "runner-host"), *arguments], home / "runner.log"))
        undone.callback(started[0].end)
        session = Session(
            max_outage=60.0,
            check=lambda: _check(started),
            code=None if scenario is None else hashlib.sha256(Path(scenario).read_bytes()).hexdigest(),
        )
        _await_runner(client, session, name)
        undone.pop_all()
    pool = LocalPool(started, url, client, session)
    _here[home] = pool
    return pool


def _check(programs: Sequence[Program]) -> None:
    for program in programs:
        program.check()


def _expect_scenario(scenario: PathName | None, config: PathName | None) -> None:
    if scenario is None and config is None:
        raise ValueError("name a scenario, such as lynx.local('orbit.py'), or the configuration of a runner")
    if scenario is not None and not Path(scenario).is_file():
        raise ProgramError(f"{os.fspath(scenario)}: there is no such file; give the Python file that simulates one run")
    if scenario is not None and Path(scenario).suffix in (".yaml", ".yml"):
        raise ProgramError(
            f"{os.fspath(scenario)}: is no scenario; give the Python file that simulates one run,"
            " and a batch file to pool.submit"
        )


def _expect_same_scenario(client: Client, home: Path, paths: list[str]) -> None:
    """Raises `ProgramError` where unfinished studies of this state would be run by another scenario.

    The runner takes whatever is left of earlier studies.
    """
    record = home / "scenario.json"
    earlier = json.loads(record.read_text(encoding="utf-8")) if record.exists() else []
    if earlier != paths:
        left = [
            batch["batch_id"]
            for status in ("Pending", "Running")
            for batch in client.run(pages("/batches", "batches", Session(5.0), status=status))
            if (now := Overview.read({"batch": batch})).ended < now.total
        ]
        if left:
            raise ProgramError(
                f"{home} has unfinished studies of {' with '.join(earlier) or 'another scenario'} ({', '.join(left)}):"
                " name another folder with state=…, or finish or cancel them first"
            )
    record.write_text(json.dumps(paths), encoding="utf-8")


def _await_runner(client: Client, session: Session, name: str) -> None:
    """A runner that refuses to start says why at once, not when a study waits for it."""
    client.run(get("/healthz", session))
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        session.check()
        if any(runner["name"] == name for runner in client.run(pages("/runners", "runners", session))):
            return
        time.sleep(0.05)
    raise ProgramError(f"runner-host has not registered in {START_SECONDS:.0f} s")
