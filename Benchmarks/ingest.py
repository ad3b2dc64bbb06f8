"""Telemetry taken in: samples per second, and the server's CPU time for each, beside other gRPC servers."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import flood
import frames
from cluster import die_with_parent
from house import House
from processes import cpu_seconds
from report import Goal, Result, Table
from settings import Settings

OURS = "lynx"
CPP = "libgrpc++"
GRPCIO = "grpcio"
SWIFT = "grpc-swift-2"
SERVERS = [OURS, CPP, GRPCIO, SWIFT]


@dataclass(frozen=True)
class Load:
    name: str
    samples: int
    messages: list[bytes]
    rate_goal: float
    """So many times as many samples per second as libgrpc++ …"""
    cpu_goal: float
    """… for so many times less of the server's CPU time each."""


@dataclass(frozen=True)
class Server:
    pid: int
    ports: list[int]
    """One for each job."""


def measure(settings: Settings) -> Result:
    loads = [
        Load("1 sample", 1, frames.rows(1), 8, 10),
        Load("7 samples", 7, frames.rows(7), 4, 5),
        Load("100 samples in columns", 100, frames.columns(100), 2, 2),
        Load("100 samples in rows", 100, frames.rows(100), 2, 2),
    ]
    jobs = settings.sizes.streaming_jobs
    tables = {count: _tables(f"{count} job{'s' if count > 1 else ''} streaming") for count in (1, jobs)}
    fairness = Table(f"{jobs} jobs streaming: slowest job / fastest job", "ratio of samples per second", SERVERS)
    with servers(settings, jobs) as all_servers:
        for number in range(settings.sizes.rounds):
            for load in loads:
                records = settings.work / "records"
                frames.write(records, load.messages, load.samples)
                for count, (rate, cpu) in tables.items():
                    settings.say(f"ingest: round {number + 1}, {load.name} per message, {count} job(s)")
                    # The side that goes first takes turns.
                    for name in SERVERS if number % 2 == 0 else reversed(SERVERS):
                        server = all_servers[name]
                        before = cpu_seconds(server.pid)
                        streams = flood.run(
                            settings.tools / "flood", records, server.ports[:count], settings.sizes.flood_seconds
                        )
                        total = sum(stream.accepted for stream in streams)
                        rate.add(load.name, name, total / max(stream.seconds for stream in streams))
                        cpu.add(load.name, name, (cpu_seconds(server.pid) - before) / total * 1e9)
                        if count > 1:
                            rates = [stream.rate for stream in streams]
                            fairness.add(load.name, name, min(rates) / max(rates))
    goals = []
    for count, (rate, cpu) in tables.items():
        for load in loads:
            what = f"ingest, {load.name} per message, {count} job{'s' if count > 1 else ''}"
            goals.append(Goal.ratio(f"{what}: samples per second", rate, load.name, OURS, CPP, load.rate_goal))
            goals.append(
                Goal.ratio(f"{what}: server CPU per sample", cpu, load.name, OURS, CPP, load.cpu_goal, fewer=True)
            )
    what = f"per message: slowest of {jobs} jobs / fastest"
    goals += [Goal.shown(f"ingest, {load.name} {what}", fairness, load.name, OURS, CPP) for load in loads]
    return Result([table for pair in tables.values() for table in pair] + [fairness], goals)


def _tables(what: str) -> tuple[Table, Table]:
    rate = Table(f"{what}, by message", "samples per second", SERVERS, ratios=[(OURS, peer) for peer in SERVERS[1:]])
    cpu = Table(
        f"{what}, by message",
        "ns of the server's CPU per sample",
        SERVERS,
        ratios=[(peer, OURS) for peer in SERVERS[1:]],
    )
    return rate, cpu


@contextmanager
def servers(settings: Settings, jobs: int) -> Iterator[dict[str, Server]]:
    """All of them at once: one that nobody talks to costs the others nothing."""
    peers = {
        CPP: [str(settings.tools / "grpc-cpp-peer")],
        GRPCIO: [sys.executable, str(Path(__file__).with_name("peer_grpcio_server.py"))],
        SWIFT: [str(settings.tools / "grpc-swift-peer")],
    }
    with ExitStack() as stack:
        house = stack.enter_context(House(settings.work / "house", settings.programs, slots=jobs))
        found = {OURS: Server(house.runner_pid, [endpoint.port for endpoint in house.start_jobs(jobs)])}
        for name, command in peers.items():
            process = subprocess.Popen(
                command, stdout=subprocess.PIPE, env={**os.environ}, text=True, preexec_fn=die_with_parent
            )
            stack.callback(process.wait)
            stack.callback(process.kill)
            assert process.stdout is not None
            found[name] = Server(process.pid, [int(process.stdout.readline())] * jobs)
        yield found
