"""Statistics of finished studies: how soon the control plane answers, and the most memory that it takes."""

from __future__ import annotations

import json
import math
import sqlite3
import subprocess
import sys
import time
import urllib.request
from pathlib import Path
from typing import Any

import numpy as np

from claims import control_plane
from processes import resident_mib
from report import Goal, Result, Table
from settings import Settings

OURS = "GET /batches/{id}/statistics"
DRIVERS = "GET /batches/{id}/drivers"
PANDAS = "pandas describe and scipy"
OUTPUTS = 30
PARAMETERS = 6
RUNNERS = 8
SLOTS = 64
ANSWER_GOAL_S = 1.0
MEMORY_GOAL_MIB = 1024
"""Of the whole control plane, with 1,000,000 runs in its ledger, of which the columns alone are 230 MiB."""


def measure(settings: Settings) -> Result:
    answers = Table(
        f"statistics of {OUTPUTS} outputs, asked of the control plane and of a table in memory",
        "s",
        [OURS, PANDAS],
        ratios=[(PANDAS, OURS)],
    )
    drivers = Table(f"what {PARAMETERS} parameters drive of 3 outputs", "s", [DRIVERS])
    memory = Table("the most that was resident of the control plane", "MiB", ["filled", OURS, DRIVERS])
    sizes = (settings.sizes.analysed_runs, settings.sizes.analysed_runs_at_most)
    for runs in sizes:
        row = f"{runs:,} runs"
        ledger = settings.work / f"ledger-{runs}.sqlite"
        settings.say(f"statistics: running {row}")
        with control_plane(settings.programs, str(ledger), settings.work) as url:
            batch = fill(settings, url, runs)
        table = settings.work / "table.npy"
        np.save(table, outputs_of(ledger, runs))
        for number in range(settings.sizes.rounds):
            settings.say(f"statistics: {row}, round {number + 1}")
            # The side that goes first takes turns; each round has a control plane of its own, for its memory.
            for side in (OURS, PANDAS) if number % 2 == 0 else (PANDAS, OURS):
                if side == PANDAS:
                    answers.add(row, PANDAS, peer(table))
                    continue
                with control_plane(settings.programs, str(ledger), settings.work) as url:
                    pid = listener(url)
                    memory.add(row, "filled", resident_mib(pid, "VmHWM"))
                    found, seconds = ask(f"{url}/batches/{batch}/statistics")
                    answers.add(row, OURS, seconds)
                    memory.add(row, OURS, resident_mib(pid, "VmHWM"))
                    check(found, table)
                    drivers.add(row, DRIVERS, ask(f"{url}/batches/{batch}/drivers")[1])
                    memory.add(row, DRIVERS, resident_mib(pid, "VmHWM"))
    small, large = (f"{runs:,} runs" for runs in sizes)
    return Result(
        [answers, drivers, memory],
        [
            Goal.most(
                f"statistics of {small} × {OUTPUTS} outputs", answers.rows[small][OURS].median, "s", ANSWER_GOAL_S
            ),
            Goal.shown(f"statistics of {small} × {OUTPUTS} outputs", answers, small, OURS, PANDAS),
            Goal.most(f"drivers of 3 outputs, {small}", drivers.rows[small][DRIVERS].median, "s", ANSWER_GOAL_S),
            Goal.shown(f"statistics of {large} × {OUTPUTS} outputs", answers, large, OURS, PANDAS),
            Goal.most(
                f"memory of the control plane, statistics of {large}",
                memory.rows[large][OURS].median,
                "MiB",
                MEMORY_GOAL_MIB,
            ),
        ],
    )


def fill(settings: Settings, url: str, runs: int) -> str:
    """Runs a batch through the API, as runners do; its id."""
    command = [str(settings.programs / "lynx-load"), "--control-plane", url, "--runners", str(RUNNERS)]
    command += ["--slots", str(SLOTS), "--jobs", str(runs), "--outputs", str(OUTPUTS), "--parameters", str(PARAMETERS)]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return str(ask(f"{url}/batches")[0]["batches"][0]["batch_id"])


def outputs_of(ledger: Path, runs: int) -> np.ndarray[tuple[int, int], np.dtype[np.float64]]:
    """The same numbers by another way: a row for each run."""
    connection = sqlite3.connect(ledger)
    table = np.full((runs, OUTPUTS), np.nan)
    for run, numbers in connection.execute("SELECT run_index, numbers FROM outputs"):
        table[run] = np.frombuffer(numbers, "<f8")
    connection.close()
    return table


def peer(table: Path) -> float:
    command = [sys.executable, str(Path(__file__).with_name("peer_pandas.py")), str(table)]
    answer = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    if len(answer["mean"]) != OUTPUTS:
        raise SystemExit(f"bench: pandas described {len(answer['mean'])} columns instead of {OUTPUTS}")
    return float(answer["seconds"])


def check(found: dict[str, Any], table: Path) -> None:
    """A fast answer counts only if it is the right one."""
    outputs = found["outputs"]
    values = np.load(table)
    if found["ended_runs"] != len(values) or len(outputs) != OUTPUTS:
        raise SystemExit(f"bench: statistics of {found['ended_runs']} runs and {len(outputs)} outputs")
    for place, output in enumerate(outputs):
        column = values[:, place]
        pairs = [(output["mean"]["value"], column.mean()), (output["standard_deviation"], column.std(ddof=1))]
        pairs += [(q["estimate"]["value"], np.quantile(column, q["probability"])) for q in output["quantiles"]]
        for ours, theirs in pairs:
            if not math.isclose(ours, theirs, rel_tol=1e-9, abs_tol=1e-9):
                raise SystemExit(f"bench: {output['name']} has {ours} where numpy has {theirs}")


def ask(url: str) -> tuple[dict[str, Any], float]:
    began = time.monotonic()
    with urllib.request.urlopen(url, timeout=600) as answer:
        content = answer.read()
    seconds = time.monotonic() - began
    return json.loads(content), seconds


def listener(url: str) -> int:
    """The process that listens at a local address."""
    port = int(url.rpartition(":")[2])
    inodes = {line.split()[9] for line in Path("/proc/net/tcp").read_text().splitlines()[1:] if listens(line, port)}
    for link in Path("/proc").glob("[0-9]*/fd/*"):
        try:
            target = str(link.readlink())
        except OSError:
            continue
        if target.startswith("socket:[") and target[8:-1] in inodes:
            return int(link.parts[2])
    raise SystemExit(f"bench: nothing listens at {url}")


def listens(line: str, port: int) -> bool:
    fields = line.split()
    return fields[3] == "0A" and int(fields[1].rpartition(":")[2], 16) == port
