"""What the runner holds in memory: with many jobs streaming, and over many jobs."""

from __future__ import annotations

import time

import flood
import frames
from house import House
from processes import resident_mib
from report import Goal, Result, Table
from settings import Settings

STREAMING_GOAL_MIB = 64
GROWTH_GOAL_MIB = 1
SLOTS = 8
COLUMN = "runner-host"


def measure(settings: Settings) -> Result:
    streaming = _streaming(settings)
    lasting = _lasting(settings)
    jobs = settings.sizes.lasting_jobs
    held = [series[COLUMN].median for series in lasting.rows.values()]
    # What a host holds at most at a time is all there once half of the jobs are over; after that it must stay so.
    growth = held[-1] - held[len(held) // 2 - 1]
    return Result(
        [streaming, lasting],
        [
            Goal.most(
                f"memory of the host, {settings.sizes.streaming_jobs} jobs streaming, the most it held",
                max(series[COLUMN].median for series in streaming.rows.values()),
                "MiB",
                STREAMING_GOAL_MIB,
            ),
            Goal.most(
                f"memory of the host over {jobs:,} jobs, growth in their second half", growth, "MiB", GROWTH_GOAL_MIB
            ),
        ],
    )


def _streaming(settings: Settings) -> Table:
    jobs = settings.sizes.streaming_jobs
    table = Table(f"{jobs} jobs streaming as fast as they can, the most that was resident", "MiB", [COLUMN])
    records = settings.work / "records"
    with House(settings.work / "house", settings.programs, slots=jobs) as house:
        ports = [endpoint.port for endpoint in house.start_jobs(jobs)]
        table.add("before", COLUMN, resident_mib(house.runner_pid, "VmHWM"))
        for samples in (1, 7, 100):
            settings.say(f"memory: {jobs} jobs, {samples} sample(s) per message")
            frames.write(records, frames.rows(samples), samples)
            flood.run(settings.tools / "flood", records, ports, 3 * settings.sizes.flood_seconds)
            table.add(f"{samples} samples per message", COLUMN, resident_mib(house.runner_pid, "VmHWM"))
    return table


def _lasting(settings: Settings) -> Table:
    jobs = settings.sizes.lasting_jobs
    table = Table(f"{jobs:,} no-op jobs, {SLOTS} at a time, resident after each tenth", "MiB", [COLUMN])
    with House(settings.work / "house", settings.programs, slots=SLOTS, program="/bin/true") as house:
        batch = house.submit(jobs)
        for tenth in range(1, 11):
            while house.ended(batch) < jobs * tenth // 10:
                time.sleep(0.5)
            table.add(f"{jobs * tenth // 10:,} jobs", COLUMN, resident_mib(house.runner_pid))
            settings.say(f"memory: {jobs * tenth // 10:,} of {jobs:,} jobs")
    return table
