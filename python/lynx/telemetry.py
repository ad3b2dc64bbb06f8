"""Telemetry of all runs of a study, a row for each point."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from lynx import _columns
from lynx._calls import Call, Request, Session, ask, knows
from lynx.table import Table

TABLE = "/batches/{id}/telemetry"


class Telemetry(Table):
    """Columns `run`, `variable`, `time_s` (simulated seconds) and `value`, by run, variable and time; `units` are by
    variable.
    """

    def series(self, variable: str | None = None) -> Iterator[tuple[int, NDArray[np.float64], NDArray[np.float64]]]:
        """For each run that has points of a variable: its index, their times and their values.

        `variable` may be left out where there is only one. Raises `KeyError` for one that has no points.
        """
        names = list(dict.fromkeys(self["variable"]))
        if variable is None:
            if len(names) > 1:
                raise KeyError(f"there are several variables; name one of {', '.join(names)}")
            variable = names[0] if names else ""
        elif variable not in names:
            raise KeyError(
                f"there are no points of '{variable}'; there are some of {', '.join(names) or 'no variable'}"
            )
        chosen = self["variable"] == variable
        runs, times, values = self["run"][chosen], self["time_s"][chosen], self["value"][chosen]
        ends = [*np.flatnonzero(np.diff(runs)) + 1, len(runs)] if len(runs) else []
        start = 0
        for end in ends:
            yield int(runs[start]), times[start:end], values[start:end]
            start = int(end)

    def interpolated(
        self, variable: str | None = None, points: int = 200, *, without: int | None = None
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Times of shape (points,) over all runs, and values of shape (runs, points) by linear interpolation; NaN
        outside of a run's own span. `without` is the index of a run that is left out, such as the nominal one.
        """
        series = [(times, values) for run, times, values in self.series(variable) if run != without]
        if not series:
            return np.empty(0), np.empty((0, 0))
        grid = np.linspace(min(times[0] for times, _ in series), max(times[-1] for times, _ in series), points)
        return grid, np.array([np.interp(grid, times, values, left=np.nan, right=np.nan) for times, values in series])


def read_telemetry(
    batch_id: str,
    session: Session,
    variables: tuple[str, ...],
    *,
    start_s: float | None = None,
    end_s: float | None = None,
    max_points: int | None = None,
) -> Call[Telemetry]:
    """The stored points of all runs, as an Arrow stream where the control plane and this process know it, or as CSV."""
    query = {"variables": ",".join(variables) or None, "from": start_s, "to": end_s, "max_points": max_points}
    is_known = yield from knows(TABLE, session)
    if is_known and _columns.has_arrow():
        request = Request("GET", TABLE.format(id=batch_id), query, headers={"Accept": _columns.ARROW})
        response = yield from ask(request, session)
        table = _columns.from_arrow(response.content)
        units = dict(zip(table["variable"], table["units"], strict=True))
        return Telemetry(
            {name: table[name] for name in ("run", "variable", "time_s", "value")}, {"time_s": "s", **units}
        )
    response = yield from ask(Request("GET", f"/batches/{batch_id}/telemetry.csv", query), session)
    return _from_csv(response.content.decode("utf-8"))


def _from_csv(text: str) -> Telemetry:
    lines = csv.reader(io.StringIO(text, newline=""))
    next(lines, None)
    runs: list[int] = []
    names: list[str] = []
    times: list[float] = []
    values: list[float] = []
    units: dict[str, str] = {}
    for _, run, variable, unit, time_s, value in lines:
        runs.append(int(run))
        names.append(variable)
        times.append(float(time_s))
        values.append(float(value))
        units[variable] = unit
    columns = {
        "run": np.array(runs, np.int64),
        "variable": np.array(names, object),
        "time_s": np.array(times, float),
        "value": np.array(values, float),
    }
    return Telemetry(columns, {"time_s": "s", **units})
