"""OpenTURNS: a function of the pool as an `openturns.Function`, for its algorithms and events."""

from __future__ import annotations

from typing import Any

import numpy as np
import openturns as ot

from lynx.function import Function


def to_openturns(function: Function) -> ot.Function:
    """A `PythonFunction` that evaluates a whole sample at once.

    The function names its outputs. A point without an output raises `MissingOutputs`. Gradients are OpenTURNS' finite
    differences, whose points are run together.
    """
    if not function.outputs:
        raise ValueError("name the outputs of the function: pool.function(…, outputs=[…])")

    def evaluate(sample: Any) -> Any:  # noqa: ANN401
        return function.evaluate(np.atleast_2d(np.array(sample, float)), progress=False).require()

    made = ot.PythonFunction(
        len(function.parameters), len(function.outputs), func=lambda point: evaluate(point)[0], func_sample=evaluate
    )
    made.setInputDescription(function.parameters)
    made.setOutputDescription(function.outputs)
    return made
