"""Jobs per second through the control plane: claimed and reported, on a durable ledger, small and large."""

from __future__ import annotations

import json
import shutil
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import ledgers
import peer_procrastinate
from cluster import die_with_parent, free_port
from databases import PostgreSQL
from report import Goal, Result, Table
from settings import Settings

RUNNERS = (1, 4, 16)
SLOTS = 4
SMALL = 1000
KEPT = 0.8
"""Of the rate on a small ledger, at least so much must be left on a large one."""


def measure(settings: Settings) -> Result:
    work, programs = settings.work, settings.programs
    rounds, jobs, ledger = settings.sizes.rounds, settings.sizes.queue_jobs, settings.sizes.queue_ledger
    postgres = PostgreSQL(work)
    postgres.start()
    try:
        print("queue: making the ledgers", flush=True)
        small, large = f"ledger of {SMALL:,}", f"ledger of {ledger:,}"
        urls = {
            "SQLite": sqlite_ledgers(work, programs, ledger, small, large),
            "PostgreSQL": postgres_ledgers(postgres, work, programs, ledger, small, large),
        }
        size = Table(
            f"claim + report of {jobs} no-op jobs, by what the ledger holds",
            "jobs per second",
            [large, small],
            ratios=[(large, small)],
        )
        ours = "lynx, PostgreSQL"
        theirs = f"procrastinate {peer_procrastinate.version()}"
        peers = Table(
            f"{jobs} no-op jobs taken and settled, PostgreSQL",
            "jobs per second",
            [ours, theirs],
            ratios=[(ours, theirs)],
        )
        for number in range(rounds):
            for runners in RUNNERS:
                print(f"queue: round {number + 1} of {rounds}, {runners} runner(s)", flush=True)
                for driver, sizes in urls.items():
                    # The side that goes first takes turns.
                    for name in sorted(sizes, reverse=number % 2 == 1):
                        rate = run(work, programs, sizes[name], runners, jobs)
                        size.add(f"{driver}, {runners} runner(s) of {SLOTS} slots", name, rate)
                        if driver == "PostgreSQL" and name == small:
                            peers.add(f"{runners * SLOTS} at a time", ours, rate)
                postgres.rows(f"CREATE DATABASE peer_{number}_{runners}")
                rate = peer_procrastinate.run(postgres.address(f"peer_{number}_{runners}"), runners * SLOTS, jobs)
                peers.add(f"{runners * SLOTS} at a time", theirs, rate)
    finally:
        postgres.stop()
    goals = [Goal.ratio(f"claim + report, {large}, {row}", size, row, large, small, KEPT) for row in size.rows]
    goals += [
        Goal.ratio(f"no-op jobs taken and settled, PostgreSQL, {row}", peers, row, ours, theirs, 1, strictly=True)
        for row in peers.rows
    ]
    return Result([size, peers], goals)


def sqlite_ledgers(work: Path, programs: Path, jobs: int, small: str, large: str) -> dict[str, str]:
    little, much = work / "small.sqlite", work / "large.sqlite"
    with control_plane(programs, str(little), work) as url:
        batch = fill(programs, url)
    shutil.copy(little, much)
    ledgers.grow_sqlite(much, batch, jobs // SMALL - 1)
    return {small: str(little), large: str(much)}


def postgres_ledgers(
    postgres: PostgreSQL, work: Path, programs: Path, jobs: int, small: str, large: str
) -> dict[str, str]:
    postgres.rows("CREATE DATABASE small")
    with control_plane(programs, postgres.address("small"), work) as url:
        batch = fill(programs, url)
    postgres.rows("CREATE DATABASE large TEMPLATE small")
    ledgers.grow_postgres(postgres, "large", batch, jobs // SMALL - 1)
    return {small: postgres.address("small"), large: postgres.address("large")}


def fill(programs: Path, url: str) -> str:
    """Runs one real batch; its id."""
    load(programs, url, 4, SMALL)
    with urllib.request.urlopen(f"{url}/batches") as answer:
        return str(json.load(answer)["batches"][0]["batch_id"])


def run(work: Path, programs: Path, database: str, runners: int, jobs: int) -> float:
    """Jobs per second; on a copy, so that a small ledger stays small."""
    if database.startswith("postgres") or "large" in database:
        with control_plane(programs, database, work) as url:
            return load(programs, url, runners, jobs)
    copy = work / "copy.sqlite"
    for suffix in ("", "-wal", "-shm"):
        Path(f"{copy}{suffix}").unlink(missing_ok=True)
    shutil.copy(database, copy)
    with control_plane(programs, str(copy), work) as url:
        return load(programs, url, runners, jobs)


def load(programs: Path, url: str, runners: int, jobs: int) -> float:
    command = [str(programs / "lynx-load"), "--control-plane", url, "--runners", str(runners)]
    command += ["--slots", str(SLOTS), "--jobs", str(jobs)]
    answer = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    return float(answer["jobs"]) / float(answer["seconds"])


@contextmanager
def control_plane(programs: Path, database: str, work: Path) -> Iterator[str]:
    port = free_port()
    with (work / "control-plane.log").open("ab") as log:
        process = subprocess.Popen(
            [str(programs / "lynxctl"), "serve", "--port", str(port), "--database", database],
            cwd=work,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            preexec_fn=die_with_parent,
        )
    try:
        url = f"http://127.0.0.1:{port}"
        await_answer(f"{url}/healthz", process)
        yield url
    finally:
        process.terminate()
        process.wait(30)


def await_answer(url: str, process: subprocess.Popen[bytes]) -> None:
    for _ in range(600):
        try:
            with urllib.request.urlopen(url, timeout=5):
                return
        except OSError:
            if process.poll() is not None:
                raise SystemExit(f"bench: the control plane ended with {process.returncode}") from None
            time.sleep(0.05)
    raise SystemExit(f"bench: no answer from {url}")
