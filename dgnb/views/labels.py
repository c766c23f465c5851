"""Words written into a plot, as many as there is room for."""

from __future__ import annotations

import sys
import warnings
from collections.abc import Iterator
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.font_manager import FontProperties, findfont, get_font
from matplotlib.text import Annotation
from matplotlib.transforms import Bbox
from numpy.typing import NDArray

from dgnb.views.columns import Numbers, WordColumns
from dgnb.views.text import count, shorten

SIZE = 8.0
"""Height of the letters [pt]."""


def with_room(ax: Axes, words: WordColumns, lane: NDArray[np.intp]) -> list[int]:
    """Return the rows of the words in sight that can be written upright without touching, from left to right.

    It is none where less than a quarter of them has room: a few words picked
    by chance would only be clutter.

    Parameters
    ----------
    ax : matplotlib.axes.Axes
        Its limits are set; x is time in seconds.
    words : WordColumns
    lane : array of int, shape (n,)
        The lane of each word; in different lanes, words are in nobody's way.
    """
    left, right = ax.get_xlim()
    width = 1.05 * _letter(ax) * (right - left) / ax.get_window_extent().width
    middle = _middle(words)
    inside = (middle >= left) & (middle <= right)
    found: list[int] = []
    for number in range(lane.max(initial=-1) + 1):
        rows = np.flatnonzero(inside & (lane == number))
        rows = rows[np.argsort(middle[rows])]
        found += rows[_apart(middle[rows], width)].tolist()
    return found if len(found) >= inside.sum() / 4 else []


def write(ax: Axes, words: WordColumns, bottom: dict[int, float], room: float) -> None:
    """Write words upright over the middle of their boxes.

    Parameters
    ----------
    ax : matplotlib.axes.Axes
        Its limits are set.
    words : WordColumns
    bottom : dict of int to float
        Rows of the words, and the y where each begins.
    room : float
        How far up it may reach, in units of y.
    """
    low, high = ax.get_ylim()
    limit = room * ax.get_window_extent().height / abs(low - high)
    # No letter of Latin is narrower than a quarter of its height: what is longer need not be measured.
    longest = int(4 * limit / _letter(ax))
    middle = _middle(words)
    style: dict[str, Any] = {"size": SIZE, "rotation": "vertical", "ha": "center", "va": "bottom"}
    for row, text in _drawable({row: shorten(words.words[row].text, longest) for row in bottom}):
        label = ax.text(middle[row], bottom[row], text, clip_on=True, parse_math=False, **style)
        label.set_color(ax.yaxis.label.get_color())
        height = label.get_window_extent().height
        if height > limit:
            label.set_text(shorten(text, max(int(len(text) * limit / height), 1)))


def name(ax: Axes, texts: list[str], places: NDArray[np.float64]) -> list[int]:
    """Write texts over places, the first first, as long as none touches another.

    Parameters
    ----------
    ax : matplotlib.axes.Axes
        Its limits are set.
    texts : list of str
    places : array of float, shape (n, 2)
        x and y of each.

    Returns
    -------
    list of int
        Which of them are written.
    """
    taken: list[Bbox] = []
    written = []
    style: dict[str, Any] = {"size": SIZE, "ha": "center", "va": "bottom", "parse_math": False}
    style |= {"textcoords": "offset points", "annotation_clip": True}
    for row, text in _drawable({row: shorten(text, 24) for row, text in enumerate(texts)}):
        label = ax.annotate(text, tuple(places[row]), (0, 2), **style)
        label.set_color(ax.yaxis.label.get_color())
        box = _within(label, ax)
        if any(box.overlaps(other) for other in taken):
            label.remove()
        else:
            taken.append(box)
            written.append(row)
    return written


def _within(label: Annotation, ax: Axes) -> Bbox:
    """Move a label that would leave the plot on the left or on the right; give where it is."""
    frame, box = ax.get_window_extent(), label.get_window_extent()
    if box.x0 < frame.x0:
        label.set_horizontalalignment("left")
    elif box.x1 > frame.x1:
        label.set_horizontalalignment("right")
    return label.get_window_extent()


def _letter(ax: Axes) -> float:
    """Height of the letters in dots."""
    return SIZE * ax.figure.dpi / 72


def _middle(words: WordColumns) -> Numbers:
    return (words.start + words.end) / 2


def _apart(places: Numbers, width: float) -> list[int]:
    """Give the indices of rising places that are at least `width` apart."""
    found: list[int] = []
    at = 0
    while at < len(places):
        found.append(at)
        at = max(at + 1, int(np.searchsorted(places, places[at] + width)))
    return found


def _drawable(texts: dict[int, str]) -> Iterator[tuple[int, str]]:
    """Give what the font has letters for, and one warning instead of one a letter for the rest."""
    families = FontProperties().get_family()
    fonts = [get_font(findfont(FontProperties(family=[family]))) for family in families]
    known = {code for font in fonts for code in font.get_charmap()}
    fit = [(row, text) for row, text in texts.items() if known.issuperset(map(ord, text))]
    if len(fit) < len(texts):
        warnings.warn(
            f"{count(len(texts) - len(fit), 'word')} not written, for lack of letters in the font "
            f'{", ".join(families)}. Choose another with matplotlib.rcParams["font.family"]',
            stacklevel=_depth(),
        )
    yield from fit


def _depth() -> int:
    """How far up the stack the user's own line is."""
    frame, depth = sys._getframe(1), 1
    while frame.f_back and str(frame.f_globals.get("__name__")).startswith("dgnb."):
        frame, depth = frame.f_back, depth + 1
    return depth
