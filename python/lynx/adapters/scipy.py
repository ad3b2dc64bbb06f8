"""scipy: Sobol' indices, and optimizers whose generations are evaluated at once."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lynx.function import Function


def for_sobol_indices(function: Function) -> Callable[[NDArray[np.float64]], NDArray[np.float64]]:
    """The `func` of `scipy.stats.sobol_indices`: of (parameters, n) it makes (outputs, n). Raises `MissingOutputs`."""
    return lambda points: function.evaluate(points.T, progress=False).require().T


class Objective:
    """What `scipy.optimize.differential_evolution` minimises, with `workers=objective.workers` and
    `updating="deferred"`.

    Points without an output have the value `penalty`.
    """

    def __init__(self, function: Function, penalty: float = np.inf) -> None:
        self._function = function
        self._penalty = penalty

    def __call__(self, point: NDArray[np.float64]) -> float:
        [value] = self._values([point])
        return value

    def workers(self, call: Any, points: Iterable[NDArray[np.float64]]) -> list[float]:  # noqa: ANN401
        """A map of this objective over points: all of a generation go to the pool together."""
        # scipy wraps what it minimises.
        if all(candidate is not self for candidate in (call, getattr(call, "f", None))):
            raise TypeError("these workers evaluate their own objective alone: give both of one lynx Objective")
        return self._values(list(points))

    def _values(self, points: list[NDArray[np.float64]]) -> list[float]:
        if not points:
            return []
        values = self._function.evaluate(np.array(points), progress=False).values[:, 0]
        return [float(value) for value in np.where(np.isnan(values), self._penalty, values)]
