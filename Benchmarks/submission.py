"""A study of a million runs: how soon its submission is answered, and how fast its samples are drawn."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from pathlib import Path

from house import House
from report import Goal, Result, Table
from settings import Settings

STUDY = Path(__file__).parent.parent / "scenarios/aerospace/configs/basic_orbit_tutorial.yaml"
OURS = "lynx"
SCIPY = "scipy qmc.LatinHypercube"
ANSWER_GOAL_S = 1.0


def measure(settings: Settings) -> Result:
    runs = settings.sizes.submitted_runs
    submit = Table("lynxctl submit, from its start to its end", "s", [OURS])
    draw = Table("all samples of the tutorial study, 7 parameters", "s", [OURS, SCIPY], ratios=[(SCIPY, OURS)])
    row = f"{runs:,} runs"
    sides = {
        OURS: [str(settings.programs / "lynx-sample"), str(STUDY), "--runs", str(runs)],
        SCIPY: [sys.executable, str(Path(__file__).with_name("peer_scipy.py")), str(runs), str(STUDY)],
    }
    with House(settings.work / "house", settings.programs, slots=1) as house:
        for number in range(settings.sizes.rounds):
            settings.say(f"submit: round {number + 1}")
            command = [str(settings.programs / "lynxctl"), "submit", str(STUDY), "--runs", str(runs), "--json"]
            began = time.monotonic()
            answer = subprocess.run(
                [*command, "--control-plane", house.url], check=True, capture_output=True, text=True
            ).stdout
            submit.add(row, OURS, time.monotonic() - began)
            house.cancel(str(json.loads(answer)["batch_id"]))
            for name in sides if number % 2 == 0 else reversed(sides):
                drawn = json.loads(subprocess.run(sides[name], check=True, capture_output=True, text=True).stdout)
                if drawn["numbers"] != 7 * runs:
                    raise SystemExit(f"bench: {name} drew {drawn['numbers']} numbers instead of {7 * runs}")
                draw.add(row, name, drawn["seconds"])
    return Result(
        [submit, draw],
        [
            Goal.most(f"lynxctl submits {row}, answered after", submit.rows[row][OURS].median, "s", ANSWER_GOAL_S),
            Goal.ratio(f"all samples of {row}", draw, row, OURS, SCIPY, 1, fewer=True),
        ],
    )
