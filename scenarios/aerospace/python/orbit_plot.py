"""The picture of an orbit that the scenario leaves: the position's components against time."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt


def plot_position(path: Path, title: str, time: Sequence[float], position: Sequence[Sequence[float]]) -> None:
    """Writes a PNG of the position's three components, in km, against time in orbital periods."""
    figure, axes = plt.subplots(figsize=(8, 4.5))
    for name, component in zip("xyz", zip(*position, strict=True), strict=True):
        axes.plot(time, component, label=name)
    axes.set_title(title)
    axes.set_xlabel("time (orbital periods)")
    axes.set_ylabel("position (km)")
    axes.grid(alpha=0.3)
    axes.legend()
    figure.savefig(path)
    plt.close(figure)
