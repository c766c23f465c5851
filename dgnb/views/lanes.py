"""Plots in lanes: the words, who speaks when, and what about."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.colors import to_rgba, to_rgba_array
from matplotlib.patches import Patch
from numpy.typing import NDArray

from dgnb.views import axes, colours, labels
from dgnb.views.asked import asked
from dgnb.views.scene import Scene
from dgnb.views.talk import crowd, stretches
from dgnb.views.text import count

MOST = 12
"""Lanes of a strip; the rarer names share the last one."""

_HALF = 0.35
"""Half the height of a bar; a lane is 1 high."""

_OVERLAP = to_rgba(colours.TEXT, 0.45)


def words(scene: Scene, ax: Axes | None) -> Axes:
    """Return the plot of each word in the lane of its voice.

    Examples
    --------
    >>> from dgnb.results import Transcript
    >>> words(Scene(Transcript()), None).get_xlabel()
    'time [s]'
    """
    ax = scene.axes(ax, scene.lanes(1.2), "Words")
    found, lane = scene.words, scene.voice
    axes.show_time(ax, scene.duration)
    scene.show_lanes(ax, above=0.85, below=0.24)
    axes.settle(ax)
    written = labels.with_room(ax, found, lane)
    if not written:
        scene.show_lanes(ax, above=0.5, below=0.5)
    half = 0.14 if written else _HALF
    axes.add_boxes(ax, (found.start, found.end), (lane - half, lane + half), scene.colours(lane))
    labels.write(ax, found, {row: lane[row] - 0.2 for row in written}, room=0.65)
    return ax


def timeline(scene: Scene, ax: Axes | None) -> Axes:
    """Return the plot of who speaks when, and when several do.

    Examples
    --------
    >>> from dgnb.results import Transcript
    >>> timeline(Scene(Transcript()), None).get_xlabel()
    'time [s]'
    """
    ax = scene.axes(ax, scene.lanes(0.4), "Timeline of the speakers")
    said = stretches(scene.transcript)
    axes.show_time(ax, scene.duration)
    bars = (said.voice - _HALF, said.voice + _HALF)
    axes.add_boxes(ax, (said.start, said.end), bars, scene.colours(said.voice))
    scene.show_lanes(ax, above=0.5, below=0.5)
    start, end = crowd(said).spans(2)
    if start.size:
        # Behind the bars and through all lanes: whoever else talks is right above or below.
        whole = (-0.5, len(scene.voices) - 0.5)
        axes.add_boxes(ax, (start, end), whole, np.tile(_OVERLAP, (len(start), 1)), zorder=0.5)
        total = f"several at once, {count(len(start), 'time')}, {(end - start).sum():.1f} s"
        axes.explain(ax, [Patch(color=_OVERLAP, label=total)])
    return ax


def topics(scene: Scene, ax: Axes | None) -> Axes:
    """Return the plot of what is talked about when.

    Raises
    ------
    OptionError
        The topics were not asked for.
    """
    return _strip(scene, ax, asked(scene.transcript, "topics"), "topic", "Topics")


def intents(scene: Scene, ax: Axes | None) -> Axes:
    """Return the plot of what is meant to be reached when.

    Raises
    ------
    OptionError
        The intents were not asked for.
    """
    return _strip(scene, ax, asked(scene.transcript, "intents"), "intent", "Intents")


def _strip(scene: Scene, ax: Axes | None, found: pd.DataFrame, column: str, title: str) -> Axes:
    names = list(colours.order(found[column]))
    shown = names if len(names) <= MOST else [*names[: MOST - 1], "others"]
    ax = scene.axes(ax, 0.7 + 0.3 * max(len(shown), 1), title)
    lane = np.minimum(pd.Index(names).get_indexer(pd.Index(found[column])), max(len(shown) - 1, 0))
    time = (found["start"].to_numpy(), found["end"].to_numpy())
    half = _HALF * (0.4 + 0.6 * np.clip(np.nan_to_num(found["confidence"].to_numpy(), nan=1.0), 0, 1))
    axes.add_boxes(ax, time, (lane - half, lane + half), _shades(lane))
    axes.show_time(ax, scene.duration)
    axes.show_lanes(ax, shown)
    return ax


def _shades(lane: NDArray[np.intp]) -> NDArray[np.float64]:
    palette: NDArray[np.float64] = to_rgba_array([colours.voice(number) for number in range(MOST)])
    return palette[lane]
