"""Studies for the tests of the page: many runs that have ended, written into a ledger that nobody serves meanwhile."""

from __future__ import annotations

import json
import math
import random
import sqlite3
from array import array
from pathlib import Path

from control_plane import serve

PARAMETERS = ("mass_kg", "drag", "thrust_N", "wind_m_s", "tilt_deg", "bias_m", "delay_s", "noise")
OUTPUTS = ("miss_m", "impact_speed_m_s", "fuel_kg", "flight_s", "peak_g", "heat_kW")
UNITS = {"mass_kg": "kg", "thrust_N": "N", "wind_m_s": "m/s", "tilt_deg": "deg"}
CONDITION = "too_hot"


def submission(
    runs: int, *, name: str = "landing", seed: int = 1, units: str = "m", nominal: dict[str, float] | None = None
) -> dict[str, object]:
    """With `nominal` there is a nominal run besides, whose parameters are these, or else their medians."""
    spread = {"type": "normal", "mean": 0.0, "std_dev": 1.0}
    others = nominal or {}
    return {
        "name": name,
        "config": {
            "simulation": {"name": "landing", "type": "basilisk"},
            "monte_carlo": {
                "runs": runs,
                "seed": seed,
                "sampling_method": "monte_carlo",
                **({} if nominal is None else {"nominal": True}),
            },
            "dispersions": {
                parameter: {
                    "distribution": spread,
                    "units": UNITS.get(parameter, "1"),
                    **({"nominal": others[parameter]} if parameter in others else {}),
                }
                for parameter in PARAMETERS
            },
            "outputs": {
                output: {"units": units if output == "miss_m" else "1", "from": "summary"} for output in OUTPUTS
            },
            "requirements": [
                {
                    "name": "lands_near",
                    "output": "miss_m",
                    "operator": "lt",
                    "threshold": 3,
                    "units": units,
                    "probability": 0.9,
                }
            ],
            "early_termination": {
                "enabled": True,
                "conditions": [
                    {"name": CONDITION, "variable": "skin.temp_K", "operator": "gt", "threshold": 900, "units": "K"}
                ],
            },
        },
    }


def make_ledger(directory: Path, runs: int, name: str = "landing", nominal: dict[str, float] | None = None) -> str:
    """The id of a study all of whose runs have ended, in the ledger that `serve` finds in the directory."""
    with serve(directory) as plane:
        batch = str(plane.json("/jobs", submission(runs, name=name, nominal=nominal))["batch_id"])
        table = plane.json(f"/batches/{batch}/table?columns=run,parameters.*")
    draws = [row[1:] for row in table["rows"]]
    names = [column["name"].removeprefix("parameters.") for column in table["columns"][1:]]
    fill(directory / "ledger.sqlite", batch, [dict(zip(names, draw, strict=True)) for draw in draws])
    return batch


def fill(database: Path, batch: str, draws: list[dict[str, float]]) -> None:
    """Lets all runs end: most complete, some are stopped by the condition, some crash, a few time out."""
    connection = sqlite3.connect(database)
    begin = connection.execute("SELECT created_at FROM batches WHERE batch_id = ?", (batch,)).fetchone()[0]
    generator = random.Random(7)
    jobs, outputs = [], []
    counts = {"Completed": 0, "Failed": 0, "Timeout": 0}
    for run, draw in enumerate(draws):
        miss = abs(draw["wind_m_s"] + 0.5 * draw["tilt_deg"] + 0.2 * generator.gauss(0, 1))
        heat = 3 + draw["mass_kg"] + 0.3 * generator.gauss(0, 1)
        status, outcome, breach, message, time = "Completed", "success", None, None, 100.0
        if heat > 4.4:
            status, outcome, breach, time = "Failed", "breach", CONDITION, 20 + 60 * generator.random()
            message = f"early termination '{CONDITION}': skin.temp_K = 901 K > 900 K at t = {time:.1f} s"
        elif run % 97 == 13:
            status, outcome, message = "Failed", "failure", "the simulation ended with exit code 3"
        elif run % 499 == 17:
            status, outcome, message = "Timeout", "timeout", "longer than 3600 s"
        counts[status] += 1
        claimed = begin + 40 * run
        jobs.append((batch, run, status, claimed, claimed + 5, claimed + 4321, message, run))
        numbers = [miss, 20 + 3 * draw["thrust_N"], 5 + draw["drag"], 100 + math.sin(run), 2 + 0.1 * run % 7, heat]
        if outcome in ("success", "breach"):
            outputs.append((batch, run, array("d", numbers).tobytes(), outcome, breach, time))
    named = json.dumps([[name, "m" if name == "miss_m" else "1"] for name in OUTPUTS])
    connection.execute("INSERT INTO output_sets (batch_id, digest, names) VALUES (?, 'd', ?)", (batch, named))
    connection.executemany(
        "INSERT INTO jobs (batch_id, run_index, status, attempt, claimed_at, started_at, completed_at, error_message,"
        " end_seq, assigned_runner) VALUES (?, ?, ?, 1, ?, ?, ?, ?, ?, 'dedf58e8-636b-4b04-a060-33bdfb1c3ba6')",
        jobs,
    )
    connection.executemany(
        "INSERT INTO outputs (batch_id, run_index, attempt, digest, numbers, outcome, breach, sim_time)"
        " VALUES (?, ?, 1, 'd', ?, ?, ?, ?)",
        outputs,
    )
    connection.execute(
        "UPDATE batches SET status = 'Failed', pending = 0, completed = ?, failed = ?, timed_out = ?, next_index = ?,"
        " end_seq = ?, completed_at = ? WHERE batch_id = ?",
        (*counts.values(), len(draws), len(draws), begin + 40 * len(draws), batch),
    )
    connection.commit()
    connection.close()
