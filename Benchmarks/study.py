"""The tutorial's study, from command to end: beside Basilisk's own Monte Carlo, and the same program started cold."""

from __future__ import annotations

import json
import os
import random
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterable
from pathlib import Path

import yaml

from report import Goal, Result, Table
from settings import Settings

HERE = Path(__file__).parent
ROOT = HERE.parent
STUDY = ROOT / "scenarios/aerospace/configs/basic_orbit_tutorial.yaml"
SCENARIO = ROOT / "scenarios/aerospace/python/scenario_basic_orbit_lynx.py"
RUNNER = ROOT / "configs/lynx-runner-basilisk.yaml"
SLOTS = 2
OURS = "lynx, with plots and telemetry"
CONTROLLER = "MonteCarlo.Controller"
WRITING = "MonteCarlo.Controller, runs write their files themselves"
COLD = "GNU parallel, cold starts, with plots"
TIMES_FASTER = 5


def measure(settings: Settings) -> Result:
    runs = settings.sizes.study_runs
    row = f"{runs} runs, {SLOTS} at a time"
    table = Table("tutorial study, wall time", "s", [OURS, CONTROLLER, WRITING, COLD])
    table.ratios = [(peer, OURS) for peer in table.columns[1:]]
    sides: dict[str, Callable[[Path], None]] = {
        OURS: lambda folder: lynx(settings.programs, folder, runs),
        CONTROLLER: lambda folder: controller(folder, runs, "retain"),
        WRITING: lambda folder: controller(folder, runs, "write"),
        COLD: lambda folder: parallel(folder, runs),
    }
    for number in range(settings.sizes.rounds):
        for name in sides if number % 2 == 0 else reversed(sides):
            settings.say(f"study: round {number + 1}, {name}")
            folder = settings.work / "runs"
            folder.mkdir()
            began = time.monotonic()
            sides[name](folder)
            table.add(row, name, time.monotonic() - began)
            shutil.rmtree(folder)
    return Result(
        [table],
        [
            Goal.ratio(f"tutorial study, {row}", table, row, OURS, CONTROLLER, TIMES_FASTER, fewer=True),
            Goal.shown(f"tutorial study, {row}", table, row, OURS, WRITING),
            Goal.ratio(f"tutorial study, {row}", table, row, OURS, COLD, TIMES_FASTER, fewer=True),
        ],
    )


def lynx(programs: Path, folder: Path, runs: int) -> None:
    command = [str(programs / "lynxctl"), "run", str(STUDY), "--runner-config", str(RUNNER), "--runs", str(runs)]
    environment = {
        **os.environ,
        "LYNX_RUNNER_OUTPUT_ROOT": str(folder),
        "LYNX_RUNNER_MAX_CONCURRENT_JOBS": str(SLOTS),
        "LYNX_RUNNER_PYTHON_EXECUTABLE": sys.executable,
    }
    check(command, environment, folder)
    expect(runs, folder.glob("*/*/attempt-1/output/orbit_position.png"))


def controller(folder: Path, runs: int, mode: str) -> None:
    script = str(HERE / "peer_monte_carlo.py")
    check([sys.executable, script, str(runs), str(SLOTS), str(folder), mode], dict(os.environ), folder)
    expect(runs, folder.glob("run*.data" if mode == "retain" else "trajectory_*.csv"))


def parallel(folder: Path, runs: int) -> None:
    """Without a telemetry endpoint the program's client does nothing, which makes it a little faster."""
    dispersions = yaml.safe_load(STUDY.read_text())["config"]["dispersions"]
    chance = random.Random(1)
    for run in range(runs):
        values = {
            name: chance.uniform(float(item["distribution"]["min"]), float(item["distribution"]["max"]))
            for name, item in dispersions.items()
        }
        (folder / f"{run}.json").write_text(json.dumps({"run_index": run, "parameters": values}))
    scenario = [sys.executable, str(SCENARIO), "--config", f"{folder}/{{}}.json", "--output", f"{folder}/{{}}"]
    command = ["parallel", "--will-cite", "--jobs", str(SLOTS), "--joblog", f"{folder}/joblog", *scenario, ":::"]
    check([*command, *map(str, range(runs))], dict(os.environ), folder)
    expect(runs, folder.glob("*/orbit_position.png"))


def check(command: list[str], environment: dict[str, str], folder: Path) -> None:
    log = folder / "log"
    with log.open("wb") as file:
        end = subprocess.run(
            command, cwd=ROOT, env=environment, stdin=subprocess.DEVNULL, stdout=file, stderr=file, check=False
        )
    if end.returncode != 0:
        raise SystemExit(f"bench: {' '.join(command[:3])} failed:\n{log.read_text(errors='replace')[-2000:]}")


def expect(runs: int, files: Iterable[Path]) -> None:
    found = len(list(files))
    if found != runs:
        raise SystemExit(f"bench: {found} of {runs} runs have left their files")
