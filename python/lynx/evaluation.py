"""What a scenario gave for points: outputs in the order of the points, and the reasons where there are none."""

from __future__ import annotations

import difflib
import html
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from lynx.errors import LynxError
from lynx.table import MissingPackage, shown_value

if TYPE_CHECKING:
    import pandas


class MissingOutputs(LynxError):  # noqa: N818
    """Points have no output where each must have one; the message has the reason of the first."""


@dataclass(frozen=True)
class Outcome:
    """What one point gave: the outputs of its run, none if it failed, and then the reason."""

    outputs: Mapping[str, float]
    reason: str | None
    # The job's id; None for a result of the cache.
    job: str | None


class Evaluation:
    """Outputs of n points, in their order.

    `values` has the shape (n, len(outputs)); it is NaN where a run failed or lacks an output, and `reasons` then says
    why. `jobs` are the ids of the runs, None for results of a cache; `units` are those of the outputs that have any.
    numpy takes an evaluation as the array `values`.
    """

    def __init__(
        self,
        outcomes: Sequence[Outcome],
        units: Mapping[str, str],
        outputs: Sequence[str] | None = None,
        index: Any = None,  # noqa: ANN401
    ) -> None:
        found = dict.fromkeys(name for outcome in outcomes for name in outcome.outputs)
        self.outputs: tuple[str, ...] = tuple(found if outputs is None else outputs)
        self.values: NDArray[np.float64] = np.full((len(outcomes), len(self.outputs)), np.nan)
        self.reasons: list[str | None] = []
        self.jobs = [outcome.job for outcome in outcomes]
        self.units = {name: units[name] for name in self.outputs if units.get(name)}
        self._index = index
        for row, outcome in zip(self.values, outcomes, strict=True):
            row[:] = [outcome.outputs.get(name, np.nan) for name in self.outputs]
            missing = [name for name in self.outputs if name not in outcome.outputs]
            reason = outcome.reason if missing or outcome.reason is not None else None
            if missing and reason is None:
                reason = f"the run gave no {', '.join(missing)}"
            self.reasons.append(reason if missing or not self.outputs else None)

    @property
    def missing(self) -> list[int]:
        """The points for which an output is missing."""
        return [index for index, reason in enumerate(self.reasons) if reason is not None]

    def require(self) -> NDArray[np.float64]:
        """`values`, of which none is missing.

        Raises `MissingOutputs`, for methods that a NaN would make silently wrong.
        """
        if self.missing:
            first = self.missing[0]
            raise MissingOutputs(
                f"{len(self.missing)} of {len(self)} points have no output; point {first}: {self.reasons[first]}"
            )
        return self.values

    def __len__(self) -> int:
        return len(self.values)

    def __getitem__(self, output: str) -> NDArray[np.float64]:
        """An output of all points, of shape (n,). Raises `KeyError` with the nearest names."""
        if output not in self.outputs:
            near = difflib.get_close_matches(output, self.outputs) or self.outputs
            first = next((reason for reason in self.reasons if reason is not None), None)
            raise KeyError(
                f"there is no output '{output}'; there are {', '.join(near) or 'none'}"
                + (f" ({first})" if first else "")
            )
        return self.values[:, self.outputs.index(output)]

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> NDArray[Any]:  # noqa: ANN401
        return np.array(self.values, dtype=dtype, copy=copy)

    def to_pandas(self) -> pandas.DataFrame:
        """A column for each output, and `reason` as the last one if anything is missing.

        The frame has the index of the points, if they were a data frame of pandas.
        """
        try:
            import pandas
        except ImportError as error:
            raise MissingPackage("this needs pandas: pip install pandas") from error
        frame = pandas.DataFrame(self.values, columns=list(self.outputs), index=self._index)
        if self.missing:
            frame["reason"] = self.reasons
        frame.attrs["units"] = dict(self.units)
        return frame

    def __repr__(self) -> str:
        missing = f", {len(self.missing)} missing: {self.reasons[self.missing[0]]}" if self.missing else ""
        return f"<{len(self)} points, outputs {', '.join(self.outputs) or 'none'}{missing}>"

    def _repr_html_(self, most: int = 10) -> str:
        heads = "".join(
            f"<th>{html.escape(name)}<br><small>{html.escape(self.units.get(name, ''))}</small></th>"
            for name in self.outputs
        )
        lines = [
            f"<tr><td>{index}</td>"
            + "".join(f"<td>{shown_value(value)}</td>" for value in self.values[index])
            + f"<td>{html.escape(self.reasons[index] or '')}</td></tr>"
            for index in range(min(len(self), most))
        ]
        return (
            f"<table><tr><th></th>{heads}<th></th></tr>{''.join(lines)}</table><p>{html.escape(repr(self)[1:-1])}</p>"
        )
