"""A surrogate of a scenario that learns where it knows least.

It is any regressor with scikit-learn's `fit` and `predict(return_std=True)`.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from lynx.function import Function

Array = NDArray[np.float64]


def refine(
    function: Function,
    model: Any,  # noqa: ANN401
    candidates: Array,
    *,
    first: int,
    rounds: int,
    at_once: int = 4,
) -> tuple[Array, Array]:
    """Fits `model` to the function, and gives the points of shape (n, parameters) and the outputs of shape (n,) that
    it was fitted to.

    The first points are the first of the candidates; in each round the `at_once` candidates are added whose
    prediction has the largest standard deviation. Points without an output are left out.
    """
    is_open = np.ones(len(candidates), bool)
    chosen = np.arange(min(first, len(candidates)))
    points, outputs = np.empty((0, candidates.shape[1])), np.empty(0)
    for round_ in range(rounds + 1):
        is_open[chosen] = False
        values = function.evaluate(candidates[chosen], progress=False).values[:, 0]
        known = np.isfinite(values)
        points, outputs = np.vstack([points, candidates[chosen][known]]), np.append(outputs, values[known])
        model.fit(points, outputs)
        if round_ == rounds or not is_open.any():
            break
        left = np.flatnonzero(is_open)
        _, deviation = model.predict(candidates[left], return_std=True)
        chosen = left[np.argsort(-deviation, kind="stable")[:at_once]]
    return points, outputs
