"""A plot of the figures of a conversation: a bar in each cell of a table."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from matplotlib.axes import Axes

from dgnb.views import axes
from dgnb.views.scene import Scene

_WIDE = 0.45
"""Width of the longest bar; a column is 1 wide."""

_CELLS: dict[str, tuple[str, Callable[[float], str]]] = {
    "share": ("share of talk", "{:.0%}".format),
    "turns": ("turns", "{:.0f}".format),
    "words": ("words", "{:,.0f}".format),
    "pace": ("words/min", "{:.0f}".format),
    "fillers": ("fillers", "{:.0f}".format),
    "interruptions": ("interruptions", "{:.0f}".format),
    "overlap": ("overlap [s]", "{:.1f}".format),
    "silence": ("silence [s]", "{:.1f}".format),
    "wait": ("wait [s]", "{:+.2f}".format),
}
"""What is shown of `dgnb.views.metrics`: its heading, and how it is written."""


def metrics(scene: Scene, ax: Axes | None) -> Axes:
    """Return the plot of the metrics of each voice, each column with its own scale.

    Examples
    --------
    >>> from dgnb.results import Transcript
    >>> [tick.get_text() for tick in metrics(Scene(Transcript()), None).get_xticklabels()][:2]
    ['share of talk', 'turns']
    """
    ax = scene.axes(ax, scene.lanes(0.4), "Metrics of the conversation")
    found = scene.transcript.metrics
    lane = np.arange(len(found), dtype=float)
    for column, (name, (_, write)) in enumerate(_CELLS.items()):
        values = found[name].to_numpy(float)
        length = np.abs(values)
        scale = float(np.fmax.reduce(length, initial=0.0)) or 1.0
        end = column + _WIDE * np.nan_to_num(length) / scale
        axes.add_boxes(ax, (column, end), (lane - 0.3, lane + 0.3), scene.colours(np.arange(len(found))))
        for row, value in enumerate(values):
            axes.say(ax, (end[row], row), "-" if np.isnan(value) else write(value))
    scene.show_lanes(ax, above=0.5, below=0.5)
    ax.set_xlim(0, len(_CELLS))
    ax.set_xticks(range(len(_CELLS)), [heading for heading, _ in _CELLS.values()], ha="left", size=8)
    ax.xaxis.tick_top()
    ax.tick_params(length=0)
    ax.spines[["bottom", "right"]].set_visible(False)
    return ax
