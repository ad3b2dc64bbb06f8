"""A study's runs and telemetry as tables over HTTP, beside SQLite's own shell and Python on the same rows."""

from __future__ import annotations

import json
import sqlite3
import struct
import subprocess
import sys
import time
import urllib.request
import zlib
from array import array
from collections.abc import Iterator
from pathlib import Path

from claims import control_plane
from report import Goal, Result, Table
from settings import Settings

PARAMETERS, OUTPUTS = 10, 6
COLUMNS = 14 + PARAMETERS + OUTPUTS
ARROW, CSV, JSON = "application/vnd.apache.arrow.stream", "text/csv", "application/json"
OURS = "lynx"
SHELL = "sqlite3, a plain table"
PYTHON = "sqlite3 + pandas + pyarrow, a plain table"
GOAL_S = 1.0
GOAL_MB_PER_S = 50.0
VARIABLES, POINTS = 4, 5000


def measure(settings: Settings) -> Result:
    runs, streamed = settings.sizes.table_runs, settings.sizes.table_streams
    database, plain = settings.work / "ledger.sqlite", settings.work / "plain.sqlite"
    settings.say("tables: making the ledger")
    batch = make_ledger(settings, database, runs, streamed)
    table = Table(f"the table of {runs:,} runs × {COLUMNS} columns, to its last byte", "s", [OURS, SHELL, PYTHON])
    table.ratios = [(SHELL, OURS), (PYTHON, OURS)]
    rate = Table(f"telemetry of {streamed} runs, {streamed * VARIABLES * POINTS:,} points", "MB/s", [OURS])
    with control_plane(settings.programs, str(database), settings.work) as url:
        make_plain(f"{url}/batches/{batch}/table", plain)
        for number in range(settings.sizes.rounds):
            settings.say(f"tables: round {number + 1}")
            for row, media_type in (("Arrow", ARROW), ("CSV", CSV), ("JSON", JSON)):
                seconds, _ = fetch(f"{url}/batches/{batch}/table", media_type)
                table.add(row, OURS, seconds)
                for peer, command in peers(plain, row):
                    began = time.monotonic()
                    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
                    table.add(row, peer, time.monotonic() - began)
                seconds, size = fetch(f"{url}/batches/{batch}/telemetry", media_type)
                rate.add(row, OURS, size / seconds / 1e6)
    goals = [
        Goal.most(f"table of {runs:,} runs × {COLUMNS} columns, {row}", figures[OURS].median, "s", GOAL_S)
        for row, figures in table.rows.items()
    ]
    goals.append(Goal.ratio(f"table of {runs:,} runs, Arrow", table, "Arrow", OURS, PYTHON, 1, fewer=True))
    goals.append(Goal.ratio(f"table of {runs:,} runs, CSV", table, "CSV", OURS, SHELL, 1, fewer=True))
    for row, figures in rate.rows.items():
        value = figures[OURS].median
        wanted = f"{GOAL_MB_PER_S:g} MB/s"
        goals.append(Goal(f"telemetry, {row}", f"{value:,.0f} MB/s", "", "", wanted, value >= GOAL_MB_PER_S))
    return Result([table, rate], goals)


def fetch(url: str, media_type: str) -> tuple[float, int]:
    """Seconds to the last byte, and how many there were."""
    began, size = time.monotonic(), 0
    with urllib.request.urlopen(urllib.request.Request(url, headers={"Accept": media_type})) as answer:
        while part := answer.read(1 << 20):
            size += len(part)
    return time.monotonic() - began, size


def peers(plain: Path, row: str) -> Iterator[tuple[str, list[str]]]:
    if row == "CSV":
        yield SHELL, ["sqlite3", "-csv", "-header", str(plain), "SELECT * FROM runs"]
    elif row == "JSON":
        yield SHELL, ["sqlite3", "-json", str(plain), "SELECT * FROM runs"]
    else:
        yield PYTHON, [sys.executable, str(Path(__file__).with_name("peer_arrow.py")), str(plain)]


def make_plain(url: str, path: Path) -> None:
    """The same table as a table of SQLite, with a column for each column: what no ledger has, but peers read best."""
    with urllib.request.urlopen(url) as answer:
        whole = json.load(answer)
    names = ", ".join('"{}" {}'.format(c["name"], kind(c["type"])) for c in whole["columns"])
    connection = sqlite3.connect(path)
    connection.execute(f"CREATE TABLE runs ({names})")
    connection.executemany(f"INSERT INTO runs VALUES ({', '.join('?' * len(whole['columns']))})", whole["rows"])
    connection.commit()
    connection.close()


def kind(name: str) -> str:
    return {"integer": "INTEGER", "number": "REAL"}.get(name, "TEXT")


def make_ledger(settings: Settings, path: Path, runs: int, streamed: int) -> str:
    """A batch whose runs have all ended, the first of them with telemetry; its id."""
    spread = {"type": "normal", "mean": 0.0, "std_dev": 1.0}
    submission = {
        "name": "table",
        "config": {
            "simulation": {"name": "table", "type": "basilisk"},
            "monte_carlo": {"runs": runs, "seed": 1},
            "dispersions": {f"p{place}": {"distribution": spread, "units": "m"} for place in range(PARAMETERS)},
        },
    }
    with control_plane(settings.programs, str(path), settings.work) as url:
        request = urllib.request.Request(
            f"{url}/jobs", json.dumps(submission).encode(), {"Content-Type": "application/json"}
        )
        with urllib.request.urlopen(request) as answer:
            batch = str(json.load(answer)["batch_id"])
    connection = sqlite3.connect(path)
    names = json.dumps([[f"o{place}", "m"] for place in range(OUTPUTS)])
    connection.execute("INSERT INTO output_sets (batch_id, digest, names) VALUES (?, 'd', ?)", (batch, names))
    begin = 1_790_000_000_000
    connection.executemany(
        "INSERT INTO jobs (batch_id, run_index, status, attempt, claimed_at, started_at, completed_at, assigned_runner)"
        " VALUES (?, ?, 'Completed', 1, ?, ?, ?, 'dedf58e8-636b-4b04-a060-33bdfb1c3ba6')",
        ((batch, run, begin + run, begin + 10 + run, begin + 4321 + run) for run in range(runs)),
    )
    connection.executemany(
        "INSERT INTO outputs (batch_id, run_index, attempt, digest, numbers, outcome)"
        " VALUES (?, ?, 1, 'd', ?, 'success')",
        ((batch, run, array("d", [run / (place + 3) for place in range(OUTPUTS)]).tobytes()) for run in range(runs)),
    )
    connection.executemany(
        "INSERT INTO telemetry_chunks (batch_id, run_index, attempt, seq, bytes, chunk) VALUES (?, ?, 1, 0, ?, ?)",
        ((batch, run, len(data), data) for run in range(streamed) for data in [chunk(run)]),
    )
    connection.execute(
        "UPDATE batches SET status = 'Completed', pending = 0, completed = ?, next_index = ? WHERE batch_id = ?",
        (runs, runs, batch),
    )
    connection.commit()
    connection.close()
    return batch


def chunk(run: int) -> bytes:
    """As docs/api.md describes it: smooth series, sampled often, compressed."""
    payload = struct.pack("<I", VARIABLES)
    times = array("d", [place * 0.1 for place in range(POINTS)]).tobytes()
    for variable in range(VARIABLES):
        name = f"vehicle.state_{variable}".encode()
        values = array("d", [(run + 1) * place / (variable + 7) for place in range(POINTS)]).tobytes()
        payload += struct.pack("<IIIQQ", len(name), 1, POINTS, 0, 1) + name + b"m" + times + values
    return b"LXTC" + struct.pack("<BBHI", 1, 1, 0, len(payload)) + zlib.compress(payload, 1)
