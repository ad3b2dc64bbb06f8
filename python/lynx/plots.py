"""Charts of a study.

Each is drawn into `ax`, or into a figure of its own, and returned, so that it can be changed or saved.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from lynx.table import MissingPackage, Table

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from lynx.study import Study

SHARES = ((5, 95), (25, 75))
NOMINAL = "tab:purple"


def _axes(ax: Axes | None) -> Axes:
    return _pyplot().subplots()[1] if ax is None else ax


def _pyplot() -> Any:  # noqa: ANN401
    try:
        import matplotlib.pyplot as plt
    except ImportError as error:
        raise MissingPackage("charts need matplotlib: pip install matplotlib") from error
    return plt


class Plots:
    """`study.plot`: columns are named as in `study.runs`.

    A run without a number is left out, and the title counts it. The nominal run is no part of any distribution, mean or
    band; where it has its place it is a mark of its own.
    """

    def __init__(self, study: Study) -> None:
        self._study = study

    def histogram(self, column: str, *, bins: int | str = "auto", ax: Axes | None = None) -> Axes:
        runs = self._study.runs
        values, missing = _finite(runs.numbers(column))
        axes = _axes(ax)
        axes.hist(values, bins=bins)
        axes.set(xlabel=runs.label(column), ylabel="runs", title=_title(len(values), missing))
        self._mark(axes, column)
        return axes

    def ecdf(self, column: str, *, ax: Axes | None = None) -> Axes:
        """The share of runs up to each value. Runs without a number make a band: they could lie anywhere."""
        runs = self._study.runs
        values, missing = _finite(runs.numbers(column))
        values = np.sort(values)
        total = len(values) + missing
        axes = _axes(ax)
        least = np.arange(1, len(values) + 1) / max(total, 1)
        (line,) = axes.step(values, least, where="post")
        if missing:
            axes.fill_between(values, least, least + missing / total, step="post", alpha=0.2, color=line.get_color())
        axes.set(xlabel=runs.label(column), ylabel="share of runs", ylim=(0, 1.02), title=_title(len(values), missing))
        self._mark(axes, column)
        return axes

    def _mark(self, axes: Axes, column: str) -> None:
        value = _nominal_value(self._study.nominal, column)
        if value is not None:
            axes.axvline(value, color=NOMINAL, label="nominal")
            axes.legend()

    def scatter(self, x: str, y: str, *, color: str | None = None, ax: Axes | None = None) -> Axes:
        """One column against another; `color` is a third.

        Runs that did not complete are crosses, as far as they have both numbers.
        """
        runs = self._study.runs
        xs, ys = runs.numbers(x), runs.numbers(y)
        shown = np.isfinite(xs) & np.isfinite(ys)
        is_complete = runs["status"] == "Completed"
        axes = _axes(ax)
        chosen = shown & is_complete
        shades: dict[str, Any] = {} if color is None else {"c": runs.numbers(color)[chosen]}
        points = axes.scatter(xs[chosen], ys[chosen], s=16, **shades)
        if color is not None:
            axes.figure.colorbar(points, ax=axes, label=runs.label(color))
        if (others := shown & ~is_complete).any():
            axes.scatter(xs[others], ys[others], marker="x", color="tab:red", label="not completed")
        nominal = self._study.nominal
        if nominal is not None:
            axes.scatter(
                nominal.numbers(x), nominal.numbers(y), marker="D", color=NOMINAL, edgecolor="white", label="nominal"
            )
        if others.any() or nominal is not None:
            axes.legend()
        axes.set(xlabel=runs.label(x), ylabel=runs.label(y), title=_title(int(shown.sum()), int((~shown).sum())))
        return axes

    def pairs(self, *columns: str) -> NDArray[Any]:
        """Every column against every other, with histograms on the diagonal: axes of shape (columns, columns)."""
        runs = self._study.runs
        names = list(columns) or [*runs.names("parameters."), *runs.names("outputs.")]
        names = [name for name in names if _is_number(runs, name)][:8]
        _, grid = _pyplot().subplots(
            len(names), len(names), squeeze=False, figsize=(2.2 * len(names), 2.2 * len(names))
        )
        for row, y in enumerate(names):
            for place, x in enumerate(names):
                axes = grid[row, place]
                if row == place:
                    axes.hist(_finite(runs.numbers(x))[0], bins="auto")
                else:
                    axes.plot(runs.numbers(x), runs.numbers(y), ".", markersize=3)
                axes.set(
                    xlabel=runs.label(x) if row == len(names) - 1 else "", ylabel=runs.label(y) if place == 0 else ""
                )
                axes.tick_params(labelsize=6)
        made: NDArray[Any] = grid
        return made

    def fan(self, variable: str, *, points: int = 200, ax: Axes | None = None) -> Axes:
        """A variable against simulated time: median, half of the runs, and nine tenths of them.

        At each time those count that still run; the fan ends where they are fewer than half.
        """
        telemetry = self._study.telemetry(variable, max_points=max(4, 10 * points))
        nominal = self._study.overview.nominal_run
        times, values = telemetry.interpolated(variable, points, without=nominal)
        many = np.isfinite(values).sum(axis=0) >= max(len(values) / 2, 1)
        times, values = times[many], values[:, many]
        axes = _axes(ax)
        for (low, high), alpha in zip(SHARES, (0.2, 0.4), strict=True):
            band = np.nanpercentile(values, (low, high), axis=0)
            axes.fill_between(
                times, band[0], band[1], alpha=alpha, color="tab:blue", linewidth=0, label=f"{low} % … {high} %"
            )
        axes.plot(times, np.nanmedian(values, axis=0), color="tab:blue", label="median")
        for run, own_times, own_values in telemetry.series(variable):
            if run == nominal:
                axes.plot(own_times, own_values, color=NOMINAL, label="nominal")
        unit = telemetry.units.get(variable, "")
        label = f"{variable} [{unit}]" if unit else variable
        axes.set(xlabel="simulated time [s]", ylabel=label, title=f"{len(values)} runs")
        axes.legend()
        return axes

    def convergence(self, column: str, *, ax: Axes | None = None) -> Axes:
        """The mean over the first runs, by index, with its 95 % interval (normal approximation)."""
        runs = self._study.runs
        values, missing = _finite(runs.numbers(column))
        counts = np.arange(1, len(values) + 1)
        means = np.cumsum(values) / counts
        centred = values - (values[0] if len(values) else 0.0)
        squares = np.cumsum(centred**2) - np.cumsum(centred) ** 2 / counts
        half = 1.96 * np.sqrt(np.maximum(squares, 0) / np.maximum(counts - 1, 1) / counts)
        axes = _axes(ax)
        axes.plot(counts, means)
        axes.fill_between(counts[1:], (means - half)[1:], (means + half)[1:], alpha=0.2)
        axes.set(xlabel="runs", ylabel=f"mean of {runs.label(column)}", title=_title(len(values), missing))
        return axes

    def tornado(self, output: str, *, most: int = 12, ax: Axes | None = None) -> Axes:
        """The shares of an output's variance that parameters explain alone, the largest on top.

        Pale bars cannot be told from no effect.
        """
        name = output.removeprefix("outputs.")
        found = self._study.drivers(name)["drivers"]
        if not found:
            raise KeyError(f"there are no drivers of '{output}': it is no output, or no parameter is dispersed")
        drivers = found[0]["drivers"][:most][::-1]
        axes = _axes(ax)
        bars = axes.barh([driver["parameter"] for driver in drivers], [driver["importance"] for driver in drivers])
        for bar, driver in zip(bars, drivers, strict=True):
            bar.set_alpha(1.0 if driver["is_detected"] else 0.35)
        axes.set(xlabel=f"share of the variance of {name}", title=_title(found[0]["runs"], found[0]["missing"]))
        return axes


def _nominal_value(nominal: Table | None, column: str) -> float | None:
    if nominal is None:
        return None
    value = float(nominal.numbers(column)[0])
    return value if np.isfinite(value) else None


def _finite(values: NDArray[np.float64]) -> tuple[NDArray[np.float64], int]:
    finite = values[np.isfinite(values)]
    return finite, len(values) - len(finite)


def _is_number(runs: Table, name: str) -> bool:
    try:
        return len(set(_finite(runs.numbers(name))[0])) > 1
    except TypeError:
        return False


def _title(shown: int, missing: int) -> str:
    return f"{shown} runs" + (f", {missing} without a number" if missing else "")
