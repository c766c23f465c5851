"""Plots of how fast and how much everyone speaks."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import to_rgba

from dgnb.views import axes, colours, series
from dgnb.views.columns import Numbers
from dgnb.views.scene import Scene
from dgnb.views.talk import Stretches, crowd, stretches
from dgnb.views.text import clock

_LEAST = 0.05
"""Share of talk around a moment below which a voice has no pace there."""

_VOICES = 8
"""Voices whose curves are drawn at most, those who talk most."""


def rate(scene: Scene, ax: Axes | None) -> Axes:
    """Return the plot of the speaking rate of each voice.

    Examples
    --------
    >>> from dgnb.results import Transcript
    >>> rate(Scene(Transcript()), None).get_ylabel()
    'words per minute'
    """
    ax = scene.axes(ax, 2.4, "Speaking rate")
    said = stretches(scene.transcript)
    talk = np.bincount(said.voice, weights=said.end - said.start, minlength=len(scene.voices))
    width = series.window(scene.duration)
    handles = []
    for voice in sorted(np.argsort(-talk, kind="stable")[:_VOICES].tolist()):
        time, pace = _pace(scene, said, voice, width)
        one = scene.voices[voice]
        handles += ax.plot(time, pace, color=one.colour, linewidth=1.5, label=one.name)
    axes.show_time(ax, scene.duration)
    ax.set_ylim(bottom=0)
    ax.set_ylabel("words per minute")
    if len(handles) > 1 and not scene.told:
        axes.explain(ax, handles)
    return ax


def _pace(scene: Scene, said: Stretches, voice: int, width: float) -> tuple[Numbers, Numbers]:
    """Give the words in a minute of talk around each moment; ``nan`` where a voice hardly talks."""
    edges = series.grid(scene.duration)
    cell = edges[1] - edges[0]
    own = said.voice == voice
    talk = series.amounts(said.start[own], said.end[own], np.ones(int(own.sum())), edges)
    middle = (scene.words.start + scene.words.end)[scene.voice == voice] / 2
    words = np.histogram(middle[~np.isnan(middle)], edges)[0].astype(np.float64)
    talk, words = series.smooth(talk, width / cell), series.smooth(words, width / cell)
    enough = talk > _LEAST * cell
    pace = np.full(len(talk), np.nan)
    pace[enough] = words[enough] / talk[enough] * 60
    return (edges[:-1] + edges[1:]) / 2, pace


def talk(scene: Scene, ax: Axes | None) -> Axes:
    """Return the plot of how long each voice talks, several talk at once, and nobody does.

    Examples
    --------
    >>> from dgnb.results import Transcript
    >>> [tick.get_text() for tick in talk(Scene(Transcript()), None).get_yticklabels()]
    ['several at once', 'silence']
    """
    said = stretches(scene.transcript)
    own = np.bincount(said.voice, weights=said.end - said.start, minlength=len(scene.voices))
    together, anybody = (float(np.diff(crowd(said).spans(least), axis=0).sum()) for least in (2, 1))
    seconds = np.array([*own, together, max(scene.duration - anybody, 0)])
    names = [*(voice.name for voice in scene.voices), "several at once", "silence"]
    ax = scene.axes(ax, min(0.7 + 0.3 * len(names), 10.0), "Shares of talk and silence")
    shades = np.array([*(to_rgba(voice.colour) for voice in scene.voices), *[to_rgba(colours.TEXT)] * 2])
    lane = np.arange(len(names), dtype=float)
    share = seconds / (scene.duration or 1) * 100
    axes.add_boxes(ax, (0, share), (lane - 0.35, lane + 0.35), shades)
    axes.show_lanes(ax, names)
    # Room for what is written right of the longest bar.
    ax.set_xlim(0, 120)
    ax.set_xticks([0, 25, 50, 75, 100])
    ax.set_xlabel("time [%]")
    for number, value in enumerate(share):
        axes.say(ax, (value, number), f"{value:.0f} %   {clock(seconds[number])}")
    return ax
