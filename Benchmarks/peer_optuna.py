"""A study of Optuna for its dashboard: trials that have ended, with as many parameters as ours.

peer_optuna.py STORAGE TRIALS PARAMETERS
"""

from __future__ import annotations

import random
import sys

import optuna
from optuna.distributions import BaseDistribution, FloatDistribution
from optuna.storages import JournalStorage
from optuna.storages.journal import JournalFileBackend


def main() -> None:
    storage, trials, parameters = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    optuna.logging.set_verbosity(optuna.logging.WARNING)
    study = optuna.create_study(storage=JournalStorage(JournalFileBackend(storage)), study_name="landing")
    spread: dict[str, BaseDistribution] = {f"p{place}": FloatDistribution(-5, 5) for place in range(parameters)}
    generator = random.Random(1)
    made = []
    for _ in range(trials):
        values = {name: max(-5.0, min(5.0, generator.gauss(0, 1))) for name in spread}
        made.append(optuna.trial.create_trial(params=values, distributions=spread, value=abs(sum(values.values()))))
    study.add_trials(made)


if __name__ == "__main__":
    main()
