"""Axes that a notebook shows: no pyplot, no style, legible on light and dark pages."""

from __future__ import annotations

from io import BytesIO
from typing import Any, cast

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import PolyCollection
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MaxNLocator, MultipleLocator
from numpy.typing import ArrayLike, NDArray

from dgnb.views.colours import TEXT
from dgnb.views.text import clock

Span = tuple[ArrayLike, ArrayLike]

WIDTH = 8.0
"""Width of a figure [in]."""

_RIM = 0.3
"""Width of the line around a box [pt]."""

_STEPS = (15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14400, 28800, 86400)


class PlotAxes(Axes):
    """Axes that display their whole figure when a cell returns them.

    A notebook shows figures that pyplot knows. These belong to nobody but
    their variable: nothing to close, nothing shown twice.
    """

    alt = ""

    def _repr_png_(self) -> tuple[bytes, dict[str, Any]]:
        figure = cast(Figure, self.figure)
        png = BytesIO()
        # Twice the dots, shown at the plain size: sharp on dense screens too.
        figure.savefig(png, format="png", dpi=2 * figure.dpi)
        width, height = (round(inches * figure.dpi) for inches in figure.get_size_inches())
        return png.getvalue(), {"width": width, "height": height, "alt": self.alt}


def new(height: float, alt: str) -> PlotAxes:
    """Return axes in a figure of their own: `height` [in], and what a screen reader says of it."""
    figure = Figure(figsize=(WIDTH, height), layout="constrained", facecolor="none")
    ax = PlotAxes(figure, 1, 1, 1, facecolor="none")
    figure.add_subplot(ax)
    ax.alt = alt
    ax.tick_params(colors=TEXT)
    for side, spine in ax.spines.items():
        spine.set_color(TEXT)
        spine.set_visible(side in ("left", "bottom"))
    for label in (ax.xaxis.label, ax.yaxis.label, ax.title):
        label.set_color(TEXT)
    return ax


def show_time(ax: Axes, duration: float) -> None:
    """Make the horizontal axis the time from the beginning of the audio.

    Up to two minutes it counts seconds, from there on minutes, and hours.
    """
    ax.set_xlim(0, duration or 1)
    if duration <= 120:
        ax.set_xlabel("time [s]")
        ax.xaxis.set_major_locator(MaxNLocator(10, steps=[1, 2, 5, 10]))
        return
    hours = duration >= 3600
    step = next((step for step in _STEPS if duration / step <= 10), _STEPS[-1])
    ax.set_xlabel("time [h:min:s]" if hours else "time [min:s]")
    ax.xaxis.set_major_locator(MultipleLocator(step))
    ax.xaxis.set_major_formatter(FuncFormatter(lambda seconds, _: clock(seconds, hours)))


def settle(ax: Axes) -> None:
    """Give axes of this module the size they will have when drawn; others belong to the user."""
    if isinstance(ax, PlotAxes):
        figure = cast(Figure, ax.figure)
        layout = figure.get_layout_engine()
        if layout is not None:
            layout.execute(figure)


def add_boxes(ax: Axes, time: Span, height: Span, shades: NDArray[np.float64]) -> None:
    """Draw rectangles as one collection, however many.

    Parameters
    ----------
    ax : matplotlib.axes.Axes
    time, height : (array_like, array_like)
        Where each begins and ends on either axis, numbers or shape (n,).
    shades : array of float, shape (n, 4)
        Colour of each.
    """
    x0, x1, y0, y1 = np.broadcast_arrays(*time, *height)
    corners: Any = np.stack([np.stack([x0, x0, x1, x1], -1), np.stack([y0, y1, y1, y0], -1)], -1)
    # The rim shows a box that is narrower than a dot. Snapping to whole dots would drop such boxes at random.
    ax.add_collection(
        PolyCollection(corners, facecolors=shades, edgecolors="face", linewidths=_RIM, snap=False)
    )
