"""From the bytes of a breaching sample to its simulation having been killed, while many jobs stream."""

from __future__ import annotations

import os
import random
import struct
import time
from dataclasses import dataclass
from pathlib import Path

import flood
import frames
from house import Endpoint, House
from http2 import Call
from lynx_scenario._proto import telemetry_pb2
from report import Goal, Result, Table
from settings import Settings

SAMPLES_PER_MESSAGE = 7
MESSAGES_PER_SECOND = 150
"""Of each streaming job: some thousand samples a second."""
VICTIMS_AT_ONCE = 25
REST_S = 0.02
"""Between two breaches, so that the end of one job is over before the next: what is timed is the kill of a host that
has its streams to read and nothing else to do."""
MEDIAN_GOAL_US = 100
LAST_GOAL_US = 1000
COLUMN = "lynx"


@dataclass(frozen=True)
class Setting:
    """What goes on beside the breaches."""

    name: str
    rate: float
    """Of each streaming job, in messages a second; 0 is as fast as it can."""
    is_storm: bool
    """One breach after the other, and a new simulation starts for each that was killed."""
    share: int = 1
    """One breach for so many of the first setting."""


SETTINGS = (
    Setting("about 1000 samples a second each", MESSAGES_PER_SECOND, is_storm=False),
    Setting("the same, simulations starting all the time", MESSAGES_PER_SECOND, is_storm=True, share=2),
    Setting("as fast as they can, simulations starting all the time", 0, is_storm=True, share=10),
)


def measure(settings: Settings) -> Result:
    """The clock starts before the client's send(2), so before the bytes have arrived, and stops when the runner's
    kill(2) has returned. The runner is the real one; a preloaded library notes the time in its kill(2)."""
    table = Table(f"{settings.sizes.streaming_jobs} jobs streaming; send(2) called to kill(2) returned", "µs", [COLUMN])
    for setting in SETTINGS:
        for latency in _latencies(settings, setting):
            table.add(setting.name, COLUMN, latency)
    calm, storm, flooded = (table.rows[setting.name][COLUMN] for setting in SETTINGS)
    what = f"breach to kill, {settings.sizes.streaming_jobs} jobs streaming"
    return Result(
        [table],
        [
            Goal.most(f"{what}: median", calm.median, "µs", MEDIAN_GOAL_US),
            Goal.most(f"{what}: 99th percentile", calm.percentile(99), "µs", LAST_GOAL_US),
            *(
                Goal(f"{what}, {how}: median", f"{figures.median / 1000:.3g} ms", "", "", "", reached=True)
                for how, figures in (("simulations starting", storm), ("as fast as they can", flooded))
            ),
        ],
    )


def _latencies(settings: Settings, setting: Setting) -> list[float]:
    breaches = max(20, settings.sizes.breaches // setting.share)
    settings.say(f"breach: {breaches} breaches, other jobs {setting.name}")
    streaming = settings.sizes.streaming_jobs
    records = settings.work / "records"
    frames.write(records, frames.rows(SAMPLES_PER_MESSAGE), SAMPLES_PER_MESSAGE)
    kills = settings.work / "kills"
    kills.unlink(missing_ok=True)
    preload = {"LD_PRELOAD": str(settings.tools / "kill_times.so"), "LYNX_BENCH_KILLS": str(kills)}
    house = House(
        settings.work / "house", settings.programs, slots=streaming + 2 * VICTIMS_AT_ONCE, environment=preload
    )
    with house:
        ports = [endpoint.port for endpoint in house.start_jobs(streaming)]
        stream = flood.start(settings.tools / "flood", records, ports, setting.rate)
        try:
            sent = (_storm if setting.is_storm else _one_by_one)(house, breaches)
        finally:
            stream.kill()
            stream.wait()
        _await(kills, house.runner_pid, set(sent))
        killed = _killed(kills, house.runner_pid)
    return [(killed[group] - began) / 1000 for group, began in sent.items()]


def _one_by_one(house: House, breaches: int) -> dict[int, int]:
    """When each process group was given its breach; ns of CLOCK_MONOTONIC."""
    chance = random.Random(1)
    sent: dict[int, int] = {}
    while len(sent) < breaches:
        started = house.start_jobs(min(VICTIMS_AT_ONCE, breaches - len(sent)))
        victims = [(os.getpgid(victim.pid), _ready(victim)) for victim in started]
        time.sleep(10 * REST_S)
        for group, call in victims:
            time.sleep(REST_S * chance.uniform(0.9, 1.1))
            sent[group] = call.send(_sample(6000))
            call.close()
    return sent


def _storm(house: House, breaches: int) -> dict[int, int]:
    """The same."""
    chance = random.Random(1)
    sent: dict[int, int] = {}
    house.submit(breaches)
    while len(sent) < breaches:
        for group, call in [(os.getpgid(victim.pid), _ready(victim)) for victim in _victims(house)]:
            time.sleep(chance.uniform(0.001, 0.005))
            sent[group] = call.send(_sample(6000))
            call.close()
    return sent


def _victims(house: House) -> list[Endpoint]:
    found: list[Endpoint] = []
    while not found:
        time.sleep(0.005)
        found = house.new_endpoints()
    return found


def _ready(victim: Endpoint) -> Call:
    """A victim whose telemetry has begun."""
    call = Call(victim.port)
    call.send(_sample(7000))
    call.settle()
    return call


def _sample(radius_km: float) -> bytes:
    batch = telemetry_pb2.TelemetryBatch()
    batch.samples.add(name="orbit.radius_km", value=radius_km, sim_time_s=10, units="km")
    return frames.framed(batch.SerializeToString())


def _killed(kills: Path, runner: int) -> dict[int, int]:
    """When the runner killed each process group first; ns of CLOCK_MONOTONIC."""
    times: dict[int, int] = {}
    for sender, target, when in struct.iter_unpack("<qqq", kills.read_bytes()):
        if sender == runner and target < 0:
            times.setdefault(-target, when)
    return times


def _await(kills: Path, runner: int, groups: set[int]) -> None:
    deadline = time.monotonic() + 60
    while not groups <= _killed(kills, runner).keys():
        if time.monotonic() > deadline:
            raise SystemExit("bench: some breaches have killed nobody")
        time.sleep(0.05)
