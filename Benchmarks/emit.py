"""What reporting a sample costs the simulation, and what it costs when the runner has stopped."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from house import House
from report import Goal, Result, Table
from settings import Settings

OURS = "lynx_scenario"
GRPCIO = "grpcio by hand"
CLIENTS = {OURS: "emit_lynx.py", GRPCIO: "peer_grpcio_client.py"}
STOPPED_S = 5.0
MEDIAN_GOAL_US = 2.0
STALL_GOAL_MS = 50.0
"""Less than what the simulation's own interpreter takes now and then, to collect garbage or to switch threads."""


def measure(settings: Settings) -> Result:
    cost = Table("one call of emit, 7 samples after each step of 0.2 ms", "µs, median of a run", [OURS, GRPCIO])
    cost.ratios = [(GRPCIO, OURS)]
    stall = Table(
        f"the longest call of emit while the runner is stopped (SIGSTOP) for {STOPPED_S:g} s", "ms", [OURS, GRPCIO]
    )
    with House(settings.work / "house", settings.programs, slots=1) as house:
        [endpoint] = house.start_jobs(1)
        for number in range(settings.sizes.rounds):
            settings.say(f"client: round {number + 1}")
            for name in CLIENTS if number % 2 == 0 else reversed(CLIENTS):
                with _client(CLIENTS[name], endpoint.port) as client:
                    cost.add("emit", name, _ask(client, f"run {settings.sizes.emits}")["median_ns"] / 1e3)
                    stall.add("emit", name, _stopped(client, house.runner_pid)["max_ns"] / 1e6)
    return Result(
        [cost, stall],
        [
            Goal.most(
                "Python client: one emit, median",
                cost.rows["emit"][OURS].median,
                "µs",
                MEDIAN_GOAL_US,
                peer=f"{cost.rows['emit'][GRPCIO].median:.3g}, {GRPCIO}",
            ),
            Goal.most(
                "Python client: longest emit while the runner is stopped",
                stall.rows["emit"][OURS].median,
                "ms",
                STALL_GOAL_MS,
                peer=f"{stall.rows['emit'][GRPCIO].median:,.0f}, {GRPCIO}",
            ),
        ],
    )


def _stopped(client: subprocess.Popen[str], runner: int) -> dict[str, float]:
    os.kill(runner, signal.SIGSTOP)
    try:
        _say(client, f"during {STOPPED_S}")
        time.sleep(STOPPED_S)
    finally:
        os.kill(runner, signal.SIGCONT)
    return _answer(client)


@contextmanager
def _client(script: str, port: int) -> Iterator[subprocess.Popen[str]]:
    process = subprocess.Popen(
        [sys.executable, str(Path(__file__).with_name(script))],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "TETRYX_TELEMETRY_URL": f"http://127.0.0.1:{port}"},
    )
    try:
        assert process.stdout is not None
        process.stdout.readline()
        yield process
        assert process.stdin is not None
        process.stdin.close()
        process.wait(60)
    finally:
        process.kill()
        process.wait()


def _ask(client: subprocess.Popen[str], command: str) -> dict[str, float]:
    _say(client, command)
    return _answer(client)


def _say(client: subprocess.Popen[str], command: str) -> None:
    assert client.stdin is not None
    client.stdin.write(command + "\n")
    client.stdin.flush()


def _answer(client: subprocess.Popen[str]) -> dict[str, float]:
    assert client.stdout is not None
    answer: dict[str, float] = json.loads(client.stdout.readline())
    return answer
