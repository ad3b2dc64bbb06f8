"""The pool as a function: points that Python asks for, beside a batch of the same points that is only waited for."""

from __future__ import annotations

import time
from pathlib import Path

import lynx
from report import Goal, Result, Table
from settings import Settings

SCRIPT = Path(__file__).with_name("answering_job.sh")
BLOCK = "pool.evaluate"
SINGLE = "single asks, in futures"
BATCH = "the batch, waited for"
MOST = 1.2


def measure(settings: Settings) -> Result:
    points = settings.sizes.evaluated_points
    row = f"{points:,} points of a trivial scenario"
    table = Table("asked until answered", "s", [BLOCK, SINGLE, BATCH], ratios=[(BLOCK, BATCH), (SINGLE, BATCH)])
    rows = [[float(index)] for index in range(points)]
    options = {"warm-workers": "false", "log-level": "warning"}
    with lynx.local(
        SCRIPT, python="/bin/sh", state=settings.work, programs=settings.programs, runner_options=options
    ) as pool:

        def block() -> None:
            with pool.function("trivial", ["x"]) as function:
                check(function.evaluate(rows, progress=False).require().size)

        def single() -> None:
            with pool.function("trivial", ["x"]) as function:
                check(sum(1 for value in function.map(rows) if value == 1.0))

        def batch() -> None:
            design = {"sampling_method": "table", "table": {"columns": ["x"], "rows": rows}}
            study = {"name": "trivial", "config": {"simulation": {"name": "trivial"}, "monte_carlo": design}}
            check(pool.submit(study).wait(progress=False).overview.completed)

        def check(answered: int) -> None:
            if answered != points:
                raise SystemExit(f"bench: {answered} of {points} points were answered")

        sides = {BLOCK: block, SINGLE: single, BATCH: batch}
        for number in range(settings.sizes.rounds):
            settings.say(f"evaluate: round {number + 1}")
            for name in sides if number % 2 == 0 else reversed(sides):
                began = time.monotonic()
                sides[name]()
                table.add(row, name, time.monotonic() - began)
    figures = table.rows[row]
    cost = figures[BLOCK].median / figures[BATCH].median
    return Result([table], [Goal.most(f"{row}, cost", cost, "times the batch", MOST, peer="a batch of them")])
