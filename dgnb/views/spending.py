"""A plot of what was spent, day by day."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import numpy as np
from matplotlib.axes import Axes
from matplotlib.dates import AutoDateLocator, ConciseDateFormatter

from dgnb.views import axes, colours
from dgnb.views.text import count

_HEIGHT = 2.2
"""Of the figure [in]."""

LEAST = 13
"""Days before the last that are in sight, at the least: a bar for one day alone would fill the plot."""


def daily(spent: Mapping[str, float], ax: Axes | None = None) -> Axes:
    """Return the plot of what was spent, a bar for each day.

    Parameters
    ----------
    spent : mapping of str to float
        By day, as ``2026-11-25`` [$]; what is no day is left out.
    ax : matplotlib.axes.Axes, optional

    Examples
    --------
    >>> ax = daily({"2026-11-24": 1.5, "2026-11-25": 0.5, "": 1.0})
    >>> [float(bar.get_height()) for bar in ax.patches]
    [1.5, 0.5]
    """
    days = {day: cost for text, cost in spent.items() if (day := _day(text))}
    ax = axes.new(_HEIGHT, f"What was spent, on each of {count(len(days), 'day')}") if ax is None else ax
    at = np.array(list(days), "datetime64[D]").astype(float)
    ax.bar(at, list(days.values()), width=0.8, color=colours.voice(0))
    if days:
        ax.set_xlim(min(at.min(), at.max() - LEAST) - 0.5, at.max() + 0.5)
    ax.xaxis_date()
    locator = AutoDateLocator(maxticks=8)  # type: ignore[no-untyped-call]
    ax.xaxis.set_major_locator(locator)
    ax.xaxis.set_major_formatter(ConciseDateFormatter(locator))  # type: ignore[no-untyped-call]
    ax.xaxis.get_offset_text().set_color(colours.TEXT)
    ax.set_ylabel("cost [$]")
    return ax


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
