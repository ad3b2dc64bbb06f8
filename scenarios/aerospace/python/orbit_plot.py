"""The picture of an orbit that the scenario leaves: the position's components against time.

What is the same in each picture is made when this module is imported. A warm runner imports once for all its jobs, so
each of them only fills in its orbit; a cold start does the same work as if all were made in `orbit_png`.
"""

from __future__ import annotations

import io
import math
from collections.abc import Sequence

from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from PIL import Image

from lynx_scenario import warm_up

COLOURS = {"x": "#0072b2", "y": "#d55e00", "z": "#009e73"}

# Placed by hand, and drawn by its canvas: a layout engine and savefig each draw everything once more.
_figure = Figure(figsize=(8, 4.5), dpi=100)
_figure.set_layout_engine("none")
_canvas = FigureCanvasAgg(_figure)
_axes = _figure.add_axes((0.105, 0.12, 0.84, 0.8))
_lines = [_axes.plot([], color=colour, linewidth=1.8)[0] for colour in COLOURS.values()]
# Three letters say what a legend would, which takes as long to draw as all lines.
for _place, (_name, _colour) in enumerate(COLOURS.items()):
    _figure.text(0.96, 0.86 - 0.06 * _place, _name, color=_colour, fontsize=13)
_axes.axhline(0, color="0.6", linewidth=0.8, zorder=0)
_axes.set_xlabel("time (orbital periods)")
_axes.set_ylabel("position (km)")
# Title and labels have places of their own: those of matplotlib's choice take the layout of all tick labels once more.
_title = _axes.set_title("", fontsize=11, y=1.0)
_axes.xaxis.set_label_coords(0.5, -0.075)
_axes.yaxis.set_label_coords(-0.09, 0.5)
_axes.grid(alpha=0.3)
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
    _canvas.draw()  # type: ignore[no-untyped-call]
    # A palette holds all that is seen here, in a quarter of the bytes to be compressed.
    rgba = _canvas.buffer_rgba()  # type: ignore[no-untyped-call]
    pixels = Image.frombuffer("RGBA", _canvas.get_width_height(), rgba, "raw", "RGBA", 0, 1)
    image = io.BytesIO()
    pixels.quantize(32, Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE).save(image, "png", compress_level=1)
    return image.getvalue()


@warm_up
def draw_once() -> None:
    """What matplotlib looks up and caches at its first picture, a warm runner does once."""
    turn = [index / 100 for index in range(100)]
    circle = [(7000 * math.cos(math.tau * part), 7000 * math.sin(math.tau * part), 0.0) for part in turn]
    orbit_png("Inertial position: a = 0123456789.0 km, e = 0.00100, i = 33.00°, period 90.0 min", turn, circle)
    for line in _lines:
        line.set_data([], [])
    _title.set_text("")
