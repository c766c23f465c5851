"""Plots of sentiment: over time, and of each speaker."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.colors import to_rgba_array
from matplotlib.patches import Patch

from dgnb.views import axes, colours, series
from dgnb.views.asked import asked
from dgnb.views.columns import Numbers
from dgnb.views.scene import Scene

_THIRD = 1 / 3
"""Where the label changes."""

_MEAN = colours.VOICES[0]
"""Colour of the curve: grey would be lost on neutral segments."""

LABELS = ("negative", "neutral", "positive")


def sentiment(scene: Scene, ax: Axes | None) -> Axes:
    """Return the plot of the sentiment of each segment, and of their mean around each moment.

    Raises
    ------
    OptionError
        The sentiments were not asked for.
    """
    found = asked(scene.transcript, "sentiments")
    ax = scene.axes(ax, 2.4, "Sentiment")
    shades = to_rgba_array([colours.sentiment(label) for label in found["sentiment"]])
    axes.add_boxes(ax, (found["start"], found["end"]), (0, found["sentiment_score"]), shades)
    ink = ax.yaxis.label.get_color()
    for level, style in ((-_THIRD, ":"), (0, "-"), (_THIRD, ":")):
        ax.axhline(level, color=ink, linewidth=1, linestyle=style)
    if len(found) > 1:
        width = series.window(scene.duration)
        time, mean = _smoothed(found, scene.duration, width)
        axes.explain(ax, ax.plot(time, mean, color=_MEAN, linewidth=2, label=f"mean over {width:g} s"))
    axes.show_time(ax, scene.duration)
    ax.set_ylim(-1, 1)
    ax.set_yticks([-1, -_THIRD, 0, _THIRD, 1], ["negative  -1", "-1/3", "neutral  0", "1/3", "positive  1"])
    ax.set_ylabel("sentiment [-1, 1]")
    return ax


def by_speaker(scene: Scene, ax: Axes | None) -> Axes:
    """Return the plot of how much of each voice's words is in which sentiment, with the mean score.

    Raises
    ------
    OptionError
        The sentiments were not asked for.
    """
    found = asked(scene.transcript, "sentiments")
    ax = scene.axes(ax, scene.lanes(0.4), "Sentiment of each speaker")
    words = shares(scene, found)
    total = np.maximum(words.sum(axis=1, keepdims=True), 1)
    edges = np.cumsum(np.column_stack([np.zeros(len(words)), words / total]), axis=1) * 100
    lane = np.arange(len(words), dtype=float)
    for number, label in enumerate(LABELS):
        shade = to_rgba_array([colours.sentiment(label)] * len(words))
        axes.add_boxes(ax, (edges[:, number], edges[:, number + 1]), (lane - 0.35, lane + 0.35), shade)
    scene.show_lanes(ax, above=0.5, below=0.5)
    ax.set_xlim(0, 100)
    ax.set_xlabel("words [%]")
    axes.explain(ax, [Patch(color=colours.sentiment(label), label=label) for label in LABELS])
    return ax


def shares(scene: Scene, found: pd.DataFrame) -> Numbers:
    """Return how many words of each voice are in segments of each of `LABELS`, shape (voices, 3)."""
    kind = pd.Index(LABELS).get_indexer(pd.Index(found["sentiment"]))
    first = np.clip(found["start_word"].to_numpy(), 0, len(scene.words))
    last = np.clip(found["end_word"].to_numpy() + 1, first, len(scene.words))
    # Step by step of each kind: +1 where a segment begins, -1 behind its end.
    steps = np.zeros((len(scene.words) + 1, len(LABELS)))
    known = kind >= 0
    np.add.at(steps, (first[known], kind[known]), 1)
    np.add.at(steps, (last[known], kind[known]), -1)
    inside = np.cumsum(steps[:-1], axis=0) > 0
    words = np.zeros((len(scene.voices), len(LABELS)))
    np.add.at(words, scene.voice, inside)
    return words


def _smoothed(found: pd.DataFrame, duration: float, width: float) -> tuple[Numbers, Numbers]:
    """Give the mean score around each moment; ``nan`` where nothing is said for a while."""
    timed = found.dropna(subset=["start", "end"])
    start, end, score = (timed[name].to_numpy() for name in ("start", "end", "sentiment_score"))
    edges = series.grid(duration)
    cells = width / (edges[1] - edges[0])
    said = series.smooth(series.amounts(start, end, np.ones(len(start)), edges), cells)
    felt = series.smooth(series.amounts(start, end, score, edges), cells)
    enough = said > 0.02 * (edges[1] - edges[0])
    mean = np.full(len(said), np.nan)
    mean[enough] = felt[enough] / said[enough]
    return (edges[:-1] + edges[1:]) / 2, mean
