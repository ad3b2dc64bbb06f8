"""The picture of an orbit that the scenario leaves: the position's components against time.

What is the same in each picture is made when this module is imported. A warm runner imports once for all its jobs, so
each of them only fills in its orbit; a cold start does the same work as if all were made in `orbit_png`.
"""

from __future__ import annotations

import io
from collections.abc import Sequence

from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

# Placed by hand, and drawn by its canvas: a layout engine and savefig each draw everything once more.
_figure = Figure(figsize=(8, 4.5), dpi=120)
_figure.set_layout_engine("none")
_canvas = FigureCanvasAgg(_figure)
_axes = _figure.add_axes((0.105, 0.12, 0.755, 0.8))
_lines = [
    _axes.plot([], label=name, color=colour, linewidth=1.8)[0]
    for name, colour in (("x", "#0072b2"), ("y", "#d55e00"), ("z", "#009e73"))
]
_axes.axhline(0, color="0.6", linewidth=0.8, zorder=0)
_axes.set_xlabel("time (orbital periods)")
_axes.set_ylabel("position (km)")
# Title and labels have places of their own: those of matplotlib's choice take the layout of all tick labels once more.
_title = _axes.set_title("", fontsize=11, y=1.0)
_axes.xaxis.set_label_coords(0.5, -0.075)
_axes.yaxis.set_label_coords(-0.095, 0.5)
_axes.grid(alpha=0.3)
_axes.legend(title="component", loc="upper left", bbox_to_anchor=(1.0, 1.0), frameon=False)
for _axis in (_axes.xaxis, _axes.yaxis):
    _axis.get_major_ticks(9)  # as many as the ranges of most orbits get; drawing makes what is missing


def orbit_png(title: str, time: Sequence[float], position: Sequence[Sequence[float]]) -> bytes:
    """A PNG of the position's three components, in km, against time in orbital periods."""
    _title.set_text(title)
    for line, component in zip(_lines, zip(*position, strict=True), strict=True):
        line.set_data(time, component)
    _axes.relim()
    _axes.set_xlim(0, max(time[-1], 1e-9))
    _axes.autoscale_view(scalex=False)
    image = io.BytesIO()
    # Half the time for a tenth more bytes.
    _canvas.print_png(image, pil_kwargs={"compress_level": 1})  # type: ignore[no-untyped-call]
    return image.getvalue()
