"""Studies, from command to end: the tutorial, Basilisk's attitude example, and layouts of a script, beside peers."""

from __future__ import annotations

import json
import os
import random
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path

import yaml

import layouts
from report import Goal, Result, Table
from settings import Settings

HERE = Path(__file__).parent
ROOT = HERE.parent
STUDY = ROOT / "scenarios/aerospace/configs/basic_orbit_tutorial.yaml"
SCENARIO = ROOT / "scenarios/aerospace/python/scenario_basic_orbit_lynx.py"
RUNNER = ROOT / "configs/lynx-runner-basilisk.yaml"
SLOTS = 2
ATTITUDE = HERE / "Attitude"
OURS = "lynx, later studies"
FIRST = "lynx, first study"
CONTROLLER = "MonteCarlo.Controller"
WRITING = "MonteCarlo.Controller, runs write their files themselves"
COLD = "GNU parallel, cold starts, with plots"
TIMES_FASTER = 5
BARE = "MonteCarlo.Controller, nothing kept"
RETAINING = "MonteCarlo.Controller, with retention"
TIMES_FASTER_THAN_RETAINING = 3
LAYOUT_FACTOR = 1.2
EXAMPLES = "BASILISK_EXAMPLES"
"""The folder `examples` of Basilisk's sources, which its package does not bring: its own example is measured where this
names it."""
EXAMPLE = (
    "from scenarioMonteCarloAttRW import createScenarioAttitudeFeedbackRW as create, executeScenario as execute\n"
    "from scenarioMonteCarloAttRW import guidMsgName as GUIDANCE, rwSpeedMsgName as SPEED"
)


def measure(settings: Settings) -> Result:
    parts = [tutorial(settings), attitude(settings, ATTITUDE, "attitude study")]
    if os.environ.get(EXAMPLES):
        parts.append(attitude(settings, example(settings), "Basilisk's own attitude example"))
    parts.append(layout_table(settings))
    return Result([table for one in parts for table in one.tables], [goal for one in parts for goal in one.goals])


def tutorial(settings: Settings) -> Result:
    """Each round has a runner that knows nothing yet: its first study, and one after it."""
    runs = settings.sizes.study_runs
    row = f"{runs} runs, {SLOTS} at a time"
    table = Table("tutorial study with plots and telemetry, wall time", "s", [OURS, FIRST, CONTROLLER, WRITING, COLD])
    table.ratios = [(peer, OURS) for peer in table.columns[1:]]
    sides: dict[str, Callable[[Path], None]] = {
        CONTROLLER: lambda folder: controller(folder, runs, "retain"),
        WRITING: lambda folder: controller(folder, runs, "write"),
        COLD: lambda folder: parallel(folder, runs),
    }
    for number in range(settings.sizes.rounds):
        state = settings.work / f"state-{number}"
        for name in (FIRST, OURS):
            timed(settings, table, row, name, partial(lynx, settings.programs, runs, state))
        for name in sides if number % 2 == 0 else reversed(sides):
            timed(settings, table, row, name, sides[name])
    return Result(
        [table],
        [
            Goal.ratio(f"tutorial study, {row}", table, row, OURS, CONTROLLER, TIMES_FASTER, fewer=True),
            Goal.shown(f"tutorial study, {row}", table, row, OURS, WRITING),
            Goal.ratio(f"tutorial study, {row}", table, row, OURS, COLD, TIMES_FASTER, fewer=True),
            Goal.shown(f"tutorial study, the first, {row}", table, row, FIRST, COLD),
        ],
    )


def timed(settings: Settings, table: Table, row: str, name: str, side: Callable[[Path], None]) -> None:
    settings.say(f"study: {table.title}, {row}, {name}")
    folder = settings.work / "runs"
    folder.mkdir()
    began = time.monotonic()
    side(folder)
    table.add(row, name, time.monotonic() - began)
    shutil.rmtree(folder)


def attitude(settings: Settings, programs: Path, title: str) -> Result:
    """Three wheels turn a spacecraft for ten minutes, as in Basilisk's own example of its Monte Carlo controller.

    `programs`: the folder of the scenario and of its peer.
    """
    runs = settings.sizes.study_runs
    row = f"{runs} runs, {SLOTS} at a time"
    table = Table(f"{title}, wall time", "s", [OURS, FIRST, BARE, RETAINING])
    table.ratios = [(peer, OURS) for peer in table.columns[1:]]
    for number in range(settings.sizes.rounds):
        state = settings.work / f"{programs.name}-state-{number}"
        for name in (FIRST, OURS):
            timed(settings, table, row, name, partial(manoeuvre, settings.programs, programs, runs, state))
        for name, mode in ((BARE, "bare"), (RETAINING, "retain")):
            timed(settings, table, row, name, partial(peer_attitude, programs, runs, mode))
    return Result(
        [table],
        [
            Goal.ratio(f"{title}, {row}", table, row, OURS, BARE, 1, fewer=True),
            Goal.ratio(f"{title}, {row}", table, row, OURS, RETAINING, TIMES_FASTER_THAN_RETAINING, fewer=True),
            Goal.shown(f"{title}, the first, {row}", table, row, FIRST, BARE),
        ],
    )


def example(settings: Settings) -> Path:
    """The same two programs, on the functions of Basilisk's own file instead of those of `attitude_model`."""
    folder = settings.work / "example"
    folder.mkdir()
    os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, [os.environ[EXAMPLES], os.environ.get("PYTHONPATH")]))
    for name in ("scenario_attitude.py", "peer_attitude.py"):
        before, found, after = (ATTITUDE / name).read_text().partition("from attitude_model import")
        if not found:
            raise SystemExit(f"bench: {name} does not import attitude_model")
        (folder / name).write_text(before + EXAMPLE + after[after.index("\n") :])
    return folder


def layout_table(settings: Settings) -> Result:
    """One program, written as people write: the second study of each, beside that of the plainest."""
    runs = settings.sizes.study_runs
    table = Table(
        f"the attitude program in other layouts, {runs} runs, later studies", "s", ["this one", layouts.PLAIN]
    )
    table.ratios = [("this one", layouts.PLAIN)]
    study = ATTITUDE / "attitude.yaml"
    folder = settings.work / "layouts"
    scripts = layouts.write(folder, ATTITUDE / "scenario_attitude.py")
    goals = []
    for name in scripts:
        for one in (layouts.PLAIN, name):
            state = folder / f"state-{one.replace(' ', '-')}"
            if not state.exists():
                run_study(settings.programs, runs, state, study, scripts[one], fresh(settings))
                shutil.rmtree(settings.work / "runs")
        if name == layouts.PLAIN:
            continue
        for column, one in ((layouts.PLAIN, layouts.PLAIN), ("this one", name)) * settings.sizes.rounds:
            state = folder / f"state-{one.replace(' ', '-')}"
            side = partial(run_study, settings.programs, runs, state, study, scripts[one])
            timed(settings, table, name, column, side)
        goals.append(
            Goal.ratio(f"layout: {name}", table, name, "this one", layouts.PLAIN, 1 / LAYOUT_FACTOR, fewer=True)
        )
    return Result([table], goals)


def fresh(settings: Settings) -> Path:
    folder = settings.work / "runs"
    folder.mkdir()
    return folder


def lynx(programs: Path, runs: int, state: Path, folder: Path) -> None:
    run_study(programs, runs, state, STUDY, SCENARIO, folder)
    expect(runs, folder.glob("*/*/attempt-1/output/orbit_position.png"))


def manoeuvre(programs: Path, scripts: Path, runs: int, state: Path, folder: Path) -> None:
    run_study(programs, runs, state, ATTITUDE / "attitude.yaml", scripts / "scenario_attitude.py", folder)
    expect(runs, folder.glob("*/*/attempt-1/output/attitude.csv"))


def run_study(programs: Path, runs: int, state: Path, study: Path, scenario: Path, folder: Path) -> None:
    """`state`: what the runner remembers from one study to the next."""
    command = [str(programs / "lynxctl"), "run", str(study), "--runner-config", str(RUNNER), "--runs", str(runs)]
    environment = {
        **os.environ,
        "LYNX_RUNNER_OUTPUT_ROOT": str(folder),
        "LYNX_RUNNER_STATE_DIRECTORY": str(state),
        "LYNX_RUNNER_BASILISK_ENTRYPOINT": str(scenario),
        "LYNX_RUNNER_MAX_CONCURRENT_JOBS": str(SLOTS),
        "LYNX_RUNNER_PYTHON_EXECUTABLE": sys.executable,
    }
    check(command, environment, folder)


def peer_attitude(scripts: Path, runs: int, mode: str, folder: Path) -> None:
    script = str(scripts / "peer_attitude.py")
    check([sys.executable, script, str(runs), str(SLOTS), str(folder), mode], dict(os.environ), folder)


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
