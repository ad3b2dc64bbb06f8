"""Studies looked at after every run: how often a rule calls a missed requirement MET, and how soon a kept one."""

from __future__ import annotations

import json
import subprocess

from report import Goal, Result, Table
from settings import Settings

LOOKS = "table of looks"
EVIDENCE = "e-process"
FIXED = "fixed plan, once"
MISTAKE = "fixed bound, every run"
RULES = [LOOKS, EVIDENCE, FIXED, MISTAKE]
REQUIRED = 0.9973
BETTER = 0.9995
RISK = 0.1
FIXED_RUNS = 5_704
"""Of the fixed plan that allows for 10 failures."""


def measure(settings: Settings) -> Result:
    studies = settings.sizes.simulated_studies
    wrong = Table(f"called MET at a true share of {REQUIRED}, which just misses it", "share of studies", RULES)
    runs = Table(f"runs until MET at a true share of {BETTER}", "mean", RULES)
    row = f"{studies:,} studies, confidence 0.9"
    for table, share in ((wrong, REQUIRED), (runs, BETTER)):
        settings.say(f"verdicts: {studies:,} studies at {share}")
        command = [str(settings.programs / "lynx-verdicts"), "--true", str(share), "--studies", str(studies)]
        rules = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)["rules"]
        for name in RULES:
            table.add(row, name, rules[name]["met"] / studies if table is wrong else rules[name]["meanRuns"])
    return Result(
        [wrong, runs],
        [
            Goal.most("wrongly MET by the table of looks", wrong.rows[row][LOOKS].median, "of studies", RISK),
            Goal.most("wrongly MET by the e-process", wrong.rows[row][EVIDENCE].median, "of studies", RISK),
            Goal.most("runs until MET by the table of looks", runs.rows[row][LOOKS].median, "runs", 0.35 * FIXED_RUNS),
        ],
    )
