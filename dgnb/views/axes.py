"""Axes that a notebook shows: no pyplot, no style, legible on light and dark pages."""

from __future__ import annotations

from collections.abc import Sequence
from io import BytesIO
from typing import Any, cast

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.collections import Collection, PathCollection, PolyCollection
from matplotlib.figure import Figure, FigureBase
from matplotlib.path import Path
from matplotlib.ticker import FuncFormatter, MaxNLocator, MultipleLocator
from numpy.typing import ArrayLike, NDArray

from dgnb.views.colours import TEXT
from dgnb.views.text import clock, shorten

Span = tuple[ArrayLike, ArrayLike]

WIDTH = 8.0
"""Width of a figure [in]."""

_NAME = 32
"""Characters of a lane's name."""

_RIM = 0.3
"""Width of the line around a box [pt]."""

_MANY, _TOGETHER = 20_000, 20
"""From so many boxes on, so many of a colour are one path."""

_STEPS = (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14400, 28800, 86400)


class PlotFigure(Figure):
    """A figure that a cell displays when it returns it.

    A notebook shows figures that pyplot knows. These belong to nobody but
    their variable: nothing to close, nothing shown twice.
    """

    alt = ""

    def _repr_png_(self) -> tuple[bytes, dict[str, Any]]:
        return _png(self, self.alt)


class PlotAxes(Axes):
    """Axes that display their whole figure when a cell returns them, see `PlotFigure`."""

    alt = ""

    def _repr_png_(self) -> tuple[bytes, dict[str, Any]]:
        return _png(cast(Figure, self.get_figure(root=True)), self.alt)


def _png(figure: Figure, alt: str) -> tuple[bytes, dict[str, Any]]:
    png = BytesIO()
    # Twice the dots, shown at the plain size: sharp on dense screens too.
    figure.savefig(png, format="png", dpi=2 * figure.dpi)
    width, height = (round(inches * figure.dpi) for inches in figure.get_size_inches())
    return png.getvalue(), {"width": width, "height": height, "alt": alt}


def sheet(height: float, alt: str) -> PlotFigure:
    """Return a figure without axes: `height` [in], and what a screen reader says of it."""
    figure = PlotFigure(figsize=(WIDTH, height), layout="constrained", facecolor="none")
    figure.alt = alt
    return figure


def new(height: float, alt: str) -> PlotAxes:
    """Return axes in a figure of their own: `height` [in], and what a screen reader says of it."""
    ax = add(sheet(height, alt), 111)
    ax.alt = alt
    return ax


def add(figure: FigureBase, place: Any) -> PlotAxes:
    """Return axes at a place of a figure; they set no style but are legible on light and dark pages."""
    ax = figure.add_subplot(place, axes_class=PlotAxes, facecolor="none")
    ax.tick_params(colors=TEXT)
    for side, spine in ax.spines.items():
        spine.set_color(TEXT)
        spine.set_visible(side in ("left", "bottom"))
    for label in (ax.xaxis.label, ax.yaxis.label, ax.title):
        label.set_color(TEXT)
    return cast(PlotAxes, ax)


def show_time(ax: Axes, end: float, start: float = 0.0) -> None:
    """Make the horizontal axis the time from the beginning of the audio.

    Up to two minutes it counts seconds, from there on minutes, and hours.

    Parameters
    ----------
    ax : matplotlib.axes.Axes
    end, start : float, seconds
        What is in sight.
    """
    ax.set_xlim(start, end or 1)
    if end <= 120 or end - start < 10:
        ax.set_xlabel("time [s]")
        ax.xaxis.set_major_locator(MaxNLocator(10, steps=[1, 2, 5, 10]))
        return
    hours = end >= 3600
    step = next((step for step in _STEPS if (end - start) / step <= 10), _STEPS[-1])
    ax.set_xlabel("time [h:min:s]" if hours else "time [min:s]")
    ax.xaxis.set_major_locator(MultipleLocator(step))
    ax.xaxis.set_major_formatter(FuncFormatter(lambda seconds, _: clock(seconds, hours)))


def show_lanes(ax: Axes, names: Sequence[str], above: float = 0.5, below: float = 0.5) -> None:
    """Name lanes 0, 1, 2... from the top down.

    Parameters
    ----------
    ax : matplotlib.axes.Axes
    names : sequence of str
    above, below : float
        Room over the middle of the first lane, and under that of the last.
    """
    ax.set_ylim(max(len(names) - 1, 0) + below, -above)
    ax.set_yticks(range(len(names)), [shorten(name, _NAME) for name in names], parse_math=False)


def explain(ax: Axes, handles: Sequence[Artist]) -> None:
    """Name what is drawn, above the plot where nothing is covered; nothing when there is nothing to name."""
    if not handles:
        return
    ink = ax.yaxis.label.get_color()
    style: dict[str, Any] = {"ncols": 5, "labelcolor": ink, "frameon": False}
    # Matplotlib leaves out what begins with "_": here it is a name like any other.
    names = [f" {shorten(str(handle.get_label()), 2 * _NAME)}" for handle in handles]
    legend = ax.legend(handles, names, loc="lower right", bbox_to_anchor=(1, 1), **style)
    for text in legend.get_texts():
        text.set_text(text.get_text()[1:])
        text.set_parse_math(False)


def say(ax: Axes, place: tuple[float, float], text: str) -> None:
    """Write what a bar amounts to right of its end."""
    ax.annotate(
        text, place, (4, 0), textcoords="offset points", va="center", color=ax.yaxis.label.get_color(), size=8
    ).set_parse_math(False)


def settle(ax: Axes) -> None:
    """Give axes of this module the size they will have when drawn; others belong to the user."""
    if isinstance(ax, PlotAxes):
        figure = ax.get_figure(root=True)
        layout = figure.get_layout_engine() if figure else None
        if figure and layout:
            layout.execute(figure)


def add_boxes(ax: Axes, time: Span, height: Span, shades: NDArray[np.float64], zorder: float = 1.0) -> None:
    """Draw rectangles as one collection, however many; the limits of the axes stay as they are.

    Parameters
    ----------
    ax : matplotlib.axes.Axes
    time, height : (array_like, array_like)
        Where each begins and ends on either axis, numbers or shape (n,).
    shades : array of float, shape (n, 4)
        Colour of each.
    zorder : float, default 1.0
        What is higher covers what is lower.
    """
    x0, x1, y0, y1 = np.broadcast_arrays(*time, *height)
    corners: Any = np.stack([np.stack([x0, x0, x1, x1], -1), np.stack([y0, y1, y1, y0], -1)], -1)
    # The rim shows a box that is narrower than a dot. Snapping to whole dots would drop such boxes at random.
    look: dict[str, Any] = {"edgecolors": "face", "linewidths": _RIM, "snap": False, "zorder": zorder}
    boxes: Collection
    if len(corners) > _MANY:
        paths, colours = _compounds(corners, shades)
        boxes = PathCollection(paths, facecolors=colours, **look)
    else:
        boxes = PolyCollection(corners, facecolors=shades, **look)
    ax.add_collection(boxes, autolim=False)


def _compounds(
    corners: NDArray[np.float64], shades: NDArray[np.float64]
) -> tuple[list[Path], NDArray[np.float64]]:
    """Give paths of several boxes of one colour each, and their colours: half the time of a path a box."""
    there = ~np.isnan(corners).any(axis=(1, 2))
    corners, shades = corners[there], shades[there]
    kinds, kind = np.unique(shades, axis=0, return_inverse=True)
    codes = np.array([Path.MOVETO, Path.LINETO, Path.LINETO, Path.LINETO, Path.CLOSEPOLY], Path.code_type)
    paths, colours = [], []
    for number, colour in enumerate(kinds):
        rows = np.flatnonzero(kind.ravel() == number)
        for first in range(0, len(rows), _TOGETHER):
            some = corners[rows[first : first + _TOGETHER]]
            closed = np.concatenate([some, some[:, :1]], axis=1).reshape(-1, 2)
            paths.append(Path(closed, np.tile(codes, len(some))))
            colours.append(colour)
    return paths, np.array(colours)
