"""A plot of how certain the words are."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.patches import Patch

from dgnb.views import axes, labels
from dgnb.views.html import LOW
from dgnb.views.scene import Scene
from dgnb.views.text import count

_DASH: dict[str, Any] = {"linewidths": 1.5, "capstyle": "projecting", "snap": False}
"""A dash is at least a square of 1.5 pt, so that a single bad word in an hour is seen."""

_VOICES = 8
"""Voices that a legend names at most."""

_NAMED = 40
"""Words of low confidence that are tried to be written; a plot has no room for more."""


def confidence(scene: Scene, ax: Axes | None) -> Axes:
    """Return the plot of the confidence of each word, the least sure ones named.

    Examples
    --------
    >>> from dgnb.results import Transcript
    >>> confidence(Scene(Transcript()), None).get_ylabel()
    'confidence [0, 1]'
    """
    ax = scene.axes(ax, 2.4, "Confidence of the words")
    words = scene.words
    time = np.column_stack([words.start, words.end])
    height = np.column_stack([words.confidence, words.confidence])
    dashes: Any = np.stack([time, height], axis=-1)
    ax.add_collection(LineCollection(dashes, colors=scene.colours(scene.voice), **_DASH), autolim=False)
    axes.show_time(ax, scene.duration)
    ax.set_ylim(0, 1.05)
    ax.set_ylabel("confidence [0, 1]")
    axes.explain(ax, _handles(scene, ax))
    axes.settle(ax)
    _name(scene, ax)
    return ax


def _handles(scene: Scene, ax: Axes) -> list[Artist]:
    """Mark mean and limit, and name the colours where they are the only difference."""
    ink = ax.yaxis.label.get_color()
    handles: list[Artist] = []
    if len(scene.voices) > 1 and not scene.told:
        handles += [Patch(color=voice.colour, label=voice.name) for voice in scene.voices[:_VOICES]]
    known = scene.words.confidence[~np.isnan(scene.words.confidence)]
    if known.size:
        mean = f"mean {known.mean():.2f}"
        handles.append(ax.axhline(known.mean(), label=mean, color=ink, linewidth=1.5, linestyle=":"))
    low = int((known < LOW).sum())
    if low:
        below = f"{count(low, 'word')} below {LOW}"
        handles.append(ax.axhline(LOW, label=below, color=ink, linewidth=1, linestyle="--"))
    return handles


def _name(scene: Scene, ax: Axes) -> None:
    """Write words of low confidence over their dashes, the lowest first."""
    words = scene.words
    low = np.flatnonzero((words.confidence < LOW) & ~np.isnan(words.start))
    if len(low) > _NAMED:
        low = low[np.argpartition(words.confidence[low], _NAMED)[:_NAMED]]
    low = low[np.argsort(words.confidence[low], kind="stable")]
    places = np.column_stack([(words.start[low] + words.end[low]) / 2, words.confidence[low]])
    labels.name(ax, [words.words[row].text for row in low], places)
