"""Jobs that do nothing, per second: queued, started, ended, and written down."""

from __future__ import annotations

import time

import peer_dask
import peer_parallel
from house import House
from peer_slurm import Slurm
from report import Goal, Result, Table
from settings import Settings

SLOTS = 8
OURS = "lynx"
PARALLEL = "GNU parallel"
DASK = "Dask"
SLURM = "Slurm"
ROW = f"/bin/true, {SLOTS} at a time"


def measure(settings: Settings) -> Result:
    table = Table("no-op jobs, from submission to the last one's end", "jobs per second", [OURS, PARALLEL, DASK, SLURM])
    table.ratios = [(OURS, peer) for peer in table.columns[1:]]
    jobs = settings.sizes.noop_jobs
    with (
        House(settings.work / "house", settings.programs, slots=SLOTS, program="/bin/true") as house,
        Slurm(settings.work / "slurm", SLOTS) as slurm,
    ):
        sides = {
            OURS: lambda: run(house, jobs),
            PARALLEL: lambda: peer_parallel.run(settings.work, SLOTS, jobs),
            DASK: lambda: peer_dask.run(SLOTS, jobs),
            SLURM: lambda: slurm.run(settings.sizes.slurm_jobs),
        }
        for number in range(settings.sizes.rounds):
            for name in sides if number % 2 == 0 else reversed(sides):
                settings.say(f"noop: round {number + 1}, {name}")
                table.add(ROW, name, sides[name]())
    return Result(
        [table],
        [
            Goal.ratio("no-op jobs, whole path, durable ledger", table, ROW, OURS, PARALLEL, 1, strictly=True),
            Goal.ratio("no-op jobs, whole path, durable ledger", table, ROW, OURS, DASK, 1, strictly=True),
            Goal.ratio("no-op jobs, whole path, durable ledger", table, ROW, OURS, SLURM, 10),
        ],
    )


def run(house: House, jobs: int) -> float:
    """Jobs per second through the control plane, the runner and the engine, from submission to the batch's end."""
    began = time.monotonic()
    batch = house.submit(jobs)
    house.await_end(batch)
    seconds = time.monotonic() - began
    if house.completed(batch) != jobs:
        raise SystemExit(f"bench: {jobs - house.completed(batch)} of {jobs} jobs did not complete; see {house.work}")
    return jobs / seconds
