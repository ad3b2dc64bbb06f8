"""Optuna: trials by ask and tell, several at a time."""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import FIRST_COMPLETED, Future, wait
from typing import Any

import numpy as np
from optuna.distributions import BaseDistribution
from optuna.study import Study
from optuna.trial import Trial, TrialState

from lynx.function import Function


def optimize(
    study: Study, function: Function, distributions: Mapping[str, BaseDistribution], trials: int, at_once: int = 8
) -> None:
    """Runs so many trials, `at_once` of them at a time; a new one is asked for when one has ended.

    A run without its outputs is a failed trial, which Optuna's samplers leave out.
    """
    running: dict[Future[Any], Trial] = {}
    asked = 0
    while running or asked < trials:
        while asked < trials and len(running) < at_once:
            trial = study.ask(dict(distributions))
            running[function.submit(trial.params)] = trial
            asked += 1
        for future in wait(running, return_when=FIRST_COMPLETED).done:
            trial, values = running.pop(future), np.atleast_1d(future.result())
            if np.isfinite(values).all():
                study.tell(trial, [float(value) for value in values])
            else:
                study.tell(trial, state=TrialState.FAIL)
