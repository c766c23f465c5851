"""What is drawn in a plot, as plain values."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import to_hex

Box = tuple[float, float, float, float]


def boxes(ax: Axes, number: int = 0) -> list[Box]:
    """Return left, right, bottom and top of the boxes of a collection."""
    found = []
    for path in ax.collections[number].get_paths():
        (left, bottom), (right, top) = path.vertices.min(axis=0), path.vertices.max(axis=0)
        found.append(tuple(round(float(value), 3) for value in (left, right, bottom, top)))
    return found


def shades(ax: Axes, number: int = 0) -> list[str]:
    """Return the colours of the boxes of a collection, as ``#rrggbb``."""
    return [to_hex(colour) for colour in ax.collections[number].get_facecolor()]


def lanes(ax: Axes) -> list[str]:
    """Return what stands at the vertical axis."""
    return [label.get_text() for label in ax.get_yticklabels()]


def legend(ax: Axes) -> list[str]:
    """Return what the legend says, nothing where there is none."""
    found = ax.get_legend()
    return [text.get_text() for text in found.get_texts()] if found else []


def texts(ax: Axes) -> list[str]:
    """Return what is written into the plot."""
    return [text.get_text() for text in ax.texts]


def curve(ax: Axes, number: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Return the places of a line where it is drawn."""
    x, y = (np.asarray(values, float) for values in ax.lines[number].get_data())
    return x[~np.isnan(y)], y[~np.isnan(y)]
