"""Error rates as a plot."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.patches import Patch

from dgnb.views import axes, colours

_KINDS = (("substituted", colours.VOICES[0]), ("deleted", colours.VOICES[1]), ("inserted", colours.VOICES[2]))


def rates(found: pd.DataFrame, ax: Axes | None = None) -> Axes:
    """Return a bar for each row: its errors by kind, their interval, and the rate.

    Parameters
    ----------
    found : DataFrame
        ``table`` of a `dgnb.views.comparison.Comparison`.
    ax : matplotlib.axes.Axes, optional

    Examples
    --------
    >>> from dgnb.views.comparison import compare
    >>> rates(compare("one two", "one too").table).get_xlabel()
    'word error rate [%]'
    """
    ax = axes.new(1.2 + 0.4 * len(found), "Word error rates") if ax is None else ax
    lane = np.arange(len(found), dtype=float)
    end = np.zeros(len(found))
    for kind, colour in _KINDS:
        share = 100 * found[kind].to_numpy(float) / np.maximum(found["words"].to_numpy(float), 1)
        ax.barh(lane, share, 0.6, end, color=colour)
        end += share
    low, high = (100 * found[edge].to_numpy(float) for edge in ("low", "high"))
    ax.hlines(lane, low, high, color=colours.TEXT, linewidth=2)
    top = max(float(np.nanmax([*end, *high], initial=0.0)), 1.0)
    for at, (rate, edge) in enumerate(zip(end, np.fmax(end, high), strict=True)):
        axes.say(ax, (edge, at), f"{rate:.1f}")
    axes.show_lanes(ax, found["name"].to_list())
    ax.set_xlim(0, 1.12 * top)
    ax.set_xlabel("word error rate [%]")
    axes.explain(ax, [Patch(color=colour, label=kind) for kind, colour in _KINDS])
    return ax
