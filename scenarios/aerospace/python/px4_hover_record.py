"""What is recorded of a hover flight: the trajectory, how well it held its place, and a picture."""

from __future__ import annotations

import io
import math
import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

CSV_HEADER = "time_s,x_m,y_m,z_m,vx_m_s,vy_m_s,vz_m_s,height_m,roll_rad,pitch_rad,yaw_rad,phase"


@dataclass(frozen=True)
class State:
    """One row of the trajectory.

    Position in m north, east and down of where the estimator began, velocity in m/s, height in m above the take-off.
    """

    time_s: float
    position_m: tuple[float, float, float]
    velocity_m_s: tuple[float, float, float]
    height_m: float
    attitude_rad: tuple[float, float, float]
    phase: str

    @property
    def tilt_deg(self) -> float:
        roll, pitch, _ = self.attitude_rad
        return math.degrees(math.acos(max(-1.0, min(1.0, math.cos(roll) * math.cos(pitch)))))

    def csv_row(self) -> str:
        numbers = (self.time_s, *self.position_m, *self.velocity_m_s, self.height_m, *self.attitude_rad)
        return ",".join(map(repr, numbers)) + "," + self.phase


def hover_summary(states: Sequence[State], altitude_m: float) -> dict[str, float]:
    """How well the vehicle held its place: in altitude from what was asked for, horizontally from where it began."""
    hover = [state for state in states if state.phase == "hover"]
    if not hover:
        return {}
    heights = [state.height_m for state in hover]
    x, y, _ = hover[0].position_m
    drifts = [math.hypot(state.position_m[0] - x, state.position_m[1] - y) for state in hover]
    errors = [abs(height - altitude_m) for height in heights]
    return {
        "mean_height_m": statistics.fmean(heights),
        "height_std_m": statistics.pstdev(heights),
        "max_height_error_m": max(errors),
        "max_drift_m": max(drifts),
        "max_error_m": max(map(math.hypot, drifts, errors)),
        "max_tilt_deg": max(state.tilt_deg for state in hover),
    }


def plot(title: str, states: Sequence[State], begins_s: Mapping[str, float], altitude_m: float) -> bytes:
    """A PNG: height above, horizontal position below, against simulated time, with the phases marked."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(8, 5.5), dpi=120, layout="constrained")
    upper, lower = figure.subplots(2, 1, sharex=True, height_ratios=(3, 2))
    times = [state.time_s for state in states]
    upper.plot(times, [state.height_m for state in states], color="#0072b2", linewidth=1.8)
    upper.axhline(altitude_m, color="0.5", linewidth=0.9, linestyle="--")
    upper.margins(y=0.15)
    upper.set_ylabel("height above take-off (m)")
    for index, (name, colour) in enumerate((("north", "#d55e00"), ("east", "#009e73"))):
        lower.plot(times, [state.position_m[index] for state in states], label=name, color=colour, linewidth=1.4)
    lower.set_ylabel("position (m)")
    lower.set_xlabel("simulated time (s)")
    lower.legend(loc="upper left", ncols=2, frameon=False)
    for phase, begin_s in begins_s.items():
        for axes in (upper, lower):
            axes.axvline(begin_s, color="0.8", linewidth=0.8, zorder=0)
        if phase not in ("landed", "done"):
            upper.annotate(phase, (begin_s, 1.0), xycoords=("data", "axes fraction"), xytext=(4, -12),
                           textcoords="offset points", fontsize=8, color="0.35")  # fmt: skip
    for axes in (upper, lower):
        axes.grid(alpha=0.3)
    upper.set_title(title, fontsize=11)
    image = io.BytesIO()
    figure.set_canvas(FigureCanvasAgg(figure))
    figure.savefig(image, format="png")
    return image.getvalue()
