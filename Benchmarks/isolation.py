"""What a process of its own costs an engine's jobs, of which nothing is left to do but the calls."""

from __future__ import annotations

import subprocess
from datetime import datetime, timedelta
from pathlib import Path
from statistics import median

from house import House
from report import Goal, Result, Table
from settings import Settings

SOURCE = Path(__file__).with_name("Noop") / "noop_engine.c"
HEADER = Path(__file__).parents[1] / "Sources" / "EngineABI"
IN_PROCESS = "in_process"
PROCESS = "process"
ROW = "no-op engine, one job at a time"
GOAL_US = 200
TURNS = 20
"""Of each side in a round: short ones, so that what else the machine does meets both."""


def measure(settings: Settings) -> Result:
    engines = settings.work / "engines"
    engines.mkdir(mode=0o755)
    compiler = [
        "cc",
        "-std=c11",
        "-O2",
        "-shared",
        "-fPIC",
        "-I",
        str(HEADER),
        str(SOURCE),
        "-o",
        str(engines / "noop.so"),
    ]
    subprocess.run(compiler, check=True)
    (engines / "noop.so").chmod(0o755)
    table = Table("a job of an engine, from submission to the last one's end", "µs a job", [IN_PROCESS, PROCESS])
    table.ratios = [(PROCESS, IN_PROCESS)]
    jobs = settings.sizes.noop_jobs
    with house(settings, engines, IN_PROCESS) as within, house(settings, engines, PROCESS) as apart:
        sides = {IN_PROCESS: within, PROCESS: apart}
        for side in sides.values():
            run(side, jobs // TURNS)
        for number in range(settings.sizes.rounds):
            settings.say(f"isolation: round {number + 1}")
            for turn in range(TURNS):
                for name in sides if turn % 2 == 0 else reversed(sides):
                    table.add(ROW, name, run(sides[name], jobs // TURNS))
    row = table.rows[ROW]
    # Of turns that followed each other: a machine whose speed drifts moves the sides' medians by far more.
    overhead = median(apart - within for within, apart in zip(row[IN_PROCESS].values, row[PROCESS].values, strict=True))
    return Result([table], [Goal.most("a process for an engine, per job", overhead, "µs", GOAL_US)])


def house(settings: Settings, engines: Path, isolation: str) -> House:
    fields: dict[str, object] = {"engine_path": [str(engines)], "engine_options": {"noop": {"isolation": isolation}}}
    return House(settings.work / isolation, settings.programs, slots=1, engine="noop", fields=fields)


def run(house: House, jobs: int) -> float:
    """Microseconds per job, from submission to the last end, by the ledger; clients see ends in groups."""
    batch = house.submit(jobs)
    house.await_end(batch)
    if house.completed(batch) != jobs:
        raise SystemExit(f"bench: {jobs - house.completed(batch)} of {jobs} jobs did not complete; see {house.work}")
    told = house.ask(f"/batches/{batch}")["batch"]
    began, ended = (datetime.fromisoformat(told[key]) for key in ("created_at", "completed_at"))
    return (ended - began) / timedelta(microseconds=1) / jobs
