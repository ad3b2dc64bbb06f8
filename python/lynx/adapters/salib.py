"""SALib: samples of a `ProblemSpec`, evaluated by the pool."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from SALib import ProblemSpec

from lynx.function import Function


def problem(function: Function, bounds: Mapping[str, Sequence[float]], **more: Any) -> ProblemSpec:  # noqa: ANN401
    """A problem with the function's parameters in its order; `bounds` are as SALib's, by name; `more` goes to
    `ProblemSpec`.
    """
    if set(bounds) != set(function.parameters):
        raise ValueError(f"bounds are for {', '.join(bounds)}; the parameters are {', '.join(function.parameters)}")
    names = {"names": function.parameters, "outputs": function.outputs or ["Y"]}
    return ProblemSpec({**names, "bounds": [list(bounds[name]) for name in function.parameters], **more})


def model(function: Function) -> Any:  # noqa: ANN401
    """What `ProblemSpec.evaluate` takes: of points of shape (n, parameters), outputs of shape (n,) or (n, outputs).

    A point without an output raises `MissingOutputs`, as one NaN would make every index one.
    """

    def evaluate(points: NDArray[np.float64]) -> NDArray[np.float64]:
        values = function.evaluate(points, progress=False).require()
        return values[:, 0] if values.shape[1] == 1 else values

    return evaluate
