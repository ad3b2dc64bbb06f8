"""JSBSim, which knows nothing of the runner, by the `command` engine: runs per second beside GNU parallel on the same
commands."""

from __future__ import annotations

import csv
import io
import json
import os
import shlex
import shutil
import subprocess
import time
from pathlib import Path

from report import Goal, Result, Table
from settings import Settings

OURS = "lynx"
PARALLEL = "GNU parallel"
EXAMPLE = Path(__file__).parent.parent / "examples" / "jsbsim"


def measure(settings: Settings) -> Result:
    runs, slots = settings.sizes.command_runs, os.cpu_count() or 1
    row = f"JSBSim approach, {runs} runs, {slots} at a time"
    table = Table("a study of a program that is not ours", "runs per second", [OURS, PARALLEL])
    table.ratios = [(OURS, PARALLEL)]
    # Installs JSBSim, too.
    lynx(settings, 2, slots)
    commands = same_commands(settings, runs)
    sides = {OURS: lambda: lynx(settings, runs, slots), PARALLEL: lambda: parallel(settings, commands, slots)}
    for number in range(settings.sizes.rounds):
        for name in sides if number % 2 == 0 else reversed(sides):
            settings.say(f"command: round {number + 1}, {name}")
            table.add(row, name, sides[name]())
    return Result([table], [Goal.ratio("JSBSim by the command engine", table, row, OURS, PARALLEL, 0.9)])


def lynx(settings: Settings, runs: int, slots: int) -> float:
    """Runs per second, from the start of lynxctl to its end, with the ledger, telemetry and results of every run."""
    state = settings.work / "state"
    shutil.rmtree(state, ignore_errors=True)
    environment = {
        **os.environ,
        "LYNXCTL": str(settings.programs / "lynxctl"),
        "LYNX_RUNNER_OUTPUT_ROOT": str(settings.work / "runs"),
        "LYNX_RUNNER_MAX_CONCURRENT_JOBS": str(slots),
    }
    began = time.monotonic()
    end = subprocess.run(
        [str(EXAMPLE.parent / "run.sh"), EXAMPLE.name, "--runs", str(runs), "--state", str(state), "--json"],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    seconds = time.monotonic() - began
    completed = json.loads(end.stdout)["batch"]["completed_jobs"] if end.stdout else 0
    if completed != runs:
        raise SystemExit(f"bench: {completed} of {runs} runs completed: {end.stderr[-1000:]}")
    return runs / seconds


def same_commands(settings: Settings, runs: int) -> str:
    """What the engine executes for each run, a line of shell for each, in a folder of its own."""
    sample = subprocess.run(
        [str(settings.programs / "lynxctl"), "sample", str(EXAMPLE / "study.yaml"), "--runs", str(runs), "--csv"],
        capture_output=True,
        text=True,
        check=True,
    )
    lines = []
    for values in csv.DictReader(io.StringIO(sample.stdout)):
        folder = settings.work / "parallel" / values["run"]
        properties = [f"--property={name}={value}" for name, value in values.items() if name not in ("run", "seed")]
        command = [
            str(EXAMPLE / ".venv/bin/jsbsim"),
            "--nohighlight",
            f"--root={EXAMPLE / 'build/data'}",
            f"--outputpath={folder}",
            f"--script={EXAMPLE / 'approach.xml'}",
            *properties,
        ]
        lines.append(f"cd {shlex.quote(str(folder))} && {shlex.join(command)} >stdout.log 2>stderr.log\n")
    return "".join(lines)


def parallel(settings: Settings, commands: str, slots: int) -> float:
    """Runs per second; the folders are made beforehand."""
    root = settings.work / "parallel"
    shutil.rmtree(root, ignore_errors=True)
    for number in range(commands.count("\n")):
        (root / str(number)).mkdir(parents=True)
    log = settings.work / "joblog"
    log.unlink(missing_ok=True)
    began = time.monotonic()
    subprocess.run(
        ["parallel", "--will-cite", "--jobs", str(slots), "--joblog", str(log)], input=commands, text=True, check=True
    )
    seconds = time.monotonic() - began
    runs = commands.count("\n")
    if (done := len(list(root.glob("*/flight.csv")))) != runs:
        raise SystemExit(f"bench: GNU parallel has flown {done} of {runs} runs")
    return runs / seconds
