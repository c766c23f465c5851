"""Plots of a transcript over time."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.colors import to_rgba_array
from matplotlib.patches import Patch
from numpy.typing import NDArray

from dgnb.errors import OptionError
from dgnb.results import Transcript
from dgnb.views import axes, colours, frames, labels
from dgnb.views.columns import Numbers, columns
from dgnb.views.passages import PAUSE
from dgnb.views.voices import voices

Indices = NDArray[np.intp]
Colours = NDArray[np.float64]

_DASH: dict[str, Any] = {"linewidths": 1.5, "capstyle": "projecting", "snap": False}
"""A dash is at least a square of 1.5 pt, so that a single bad word in an hour is seen."""

_LEGEND: dict[str, Any] = {"loc": "lower right", "bbox_to_anchor": (1, 1), "frameon": False}
_NAMED = 8
"""Voices that a legend names at most."""


class TranscriptPlots:
    """Plots of a transcript. Each draws on `ax`, or makes its own figure, and returns the axes.

    They set no style. A figure of their own has no background and mid-grey
    letters, so it is legible on light and dark pages.

    Parameters
    ----------
    transcript : Transcript

    Examples
    --------
    >>> from dgnb.results import Transcript
    >>> word = {"word": "hi", "start": 0.25, "end": 0.5, "confidence": 0.75}
    >>> call = Transcript.from_json({"results": {"channels": [{"alternatives": [{"words": [word]}]}]}})
    >>> call.plot.confidence().get_ylabel()
    'confidence [0, 1]'
    """

    def __init__(self, transcript: Transcript) -> None:
        self._transcript = transcript
        self._words = columns(transcript)
        self._voices, self._voice = voices(transcript)
        self._duration = max(transcript.duration, self._words.end.max(initial=0.0))

    def words(self, ax: Axes | None = None) -> Axes:
        """Return a plot of each word as a box from its start to its end, in a lane for each voice.

        The words are written over their boxes as far as there is room, and not
        at all when that is less than a quarter of them.

        Parameters
        ----------
        ax : matplotlib.axes.Axes, optional
            Where to draw; without it, a new figure.
        """
        if ax is None:
            ax = axes.new(self._lanes(1.2), self._alt("Words"))
        words, lane = self._words, self._voice
        axes.show_time(ax, self._duration)
        self._show_lanes(ax, above=0.85, below=0.24)
        axes.settle(ax)
        written = labels.with_room(ax, words, lane)
        if not written:
            self._show_lanes(ax, above=0.5, below=0.5)
        half = 0.14 if written else 0.35
        axes.add_boxes(ax, (words.start, words.end), (lane - half, lane + half), self._colours(lane))
        labels.write(ax, words, {row: lane[row] - 0.2 for row in written}, room=0.65)
        return ax

    def timeline(self, ax: Axes | None = None) -> Axes:
        """Return a plot of who speaks when, in a lane for each voice.

        Words with pauses up to 0.8 s between them are one bar.

        Parameters
        ----------
        ax : matplotlib.axes.Axes, optional
            Where to draw; without it, a new figure.
        """
        if ax is None:
            ax = axes.new(self._lanes(0.4), self._alt("Timeline of the speakers"))
        start, end, voice = self._stretches()
        axes.show_time(ax, self._duration)
        axes.add_boxes(ax, (start, end), (voice - 0.35, voice + 0.35), self._colours(voice))
        self._show_lanes(ax, above=0.5, below=0.5)
        return ax

    def confidence(self, ax: Axes | None = None) -> Axes:
        """Return a plot of the confidence of each word, as a dash from its start to its end.

        A dotted line is the mean.

        Parameters
        ----------
        ax : matplotlib.axes.Axes, optional
            Where to draw; without it, a new figure.
        """
        if ax is None:
            ax = axes.new(2.4, self._alt("Confidence of the words"))
        time = np.column_stack([self._words.start, self._words.end])
        height = np.column_stack([self._words.confidence, self._words.confidence])
        dashes: Any = np.stack([time, height], axis=-1)
        ax.add_collection(LineCollection(dashes, colors=self._colours(self._voice), **_DASH))
        axes.show_time(ax, self._duration)
        ax.set_ylim(0, 1.05)
        ax.set_ylabel("confidence [0, 1]")
        self._explain(ax)
        return ax

    def sentiment(self, ax: Axes | None = None) -> Axes:
        """Return a plot of the sentiment of each segment; its label changes at the dotted lines.

        Parameters
        ----------
        ax : matplotlib.axes.Axes, optional
            Where to draw; without it, a new figure.

        Raises
        ------
        OptionError
            The transcript has no sentiments, since they were not asked for.
        """
        if self._transcript.results.sentiments is None:
            raise OptionError(
                "This transcript has no sentiments: ask for them with sentiment=True", "sentiment"
            )
        if ax is None:
            ax = axes.new(2.4, self._alt("Sentiment"))
        found = frames.sentiments(self._transcript)
        shades = to_rgba_array([colours.sentiment(label) for label in found["sentiment"]])
        axes.add_boxes(ax, (found["start"], found["end"]), (0, found["sentiment_score"]), shades)
        for level, style in ((-1 / 3, ":"), (0, "-"), (1 / 3, ":")):
            ax.axhline(level, color=colours.TEXT, linewidth=1, linestyle=style)
        axes.show_time(ax, self._duration)
        ax.set_ylim(-1, 1)
        ax.set_yticks([-1, -1 / 3, 0, 1 / 3, 1], ["negative  -1", "-1/3", "neutral  0", "1/3", "positive  1"])
        ax.set_ylabel("sentiment [-1, 1]")
        return ax

    def _alt(self, what: str) -> str:
        return f"{what} over {self._duration:.1f} seconds"

    def _lanes(self, height: float) -> float:
        """Height of a figure whose lanes are `height` each [in], as far as it fits on a screen."""
        return min(0.7 + height * max(len(self._voices), 1), 10.0)

    def _colours(self, voice: Indices) -> Colours:
        palette = to_rgba_array([one.colour for one in self._voices])
        return palette[voice]

    def _show_lanes(self, ax: Axes, above: float, below: float) -> None:
        """Name the lanes, with so much room over the middle of the first and under that of the last."""
        ax.set_ylim(max(len(self._voices) - 1, 0) + below, -above)
        ax.set_yticks(range(len(self._voices)), [voice.name for voice in self._voices])

    def _explain(self, ax: Axes) -> None:
        """Mark the mean confidence, and name the colours where they are the only difference."""
        grey = ax.yaxis.label.get_color()
        handles: list[Artist] = []
        if len(self._voices) > 1:
            handles += [Patch(color=voice.colour, label=voice.name) for voice in self._voices[:_NAMED]]
        known = self._words.confidence[~np.isnan(self._words.confidence)]
        if known.size:
            mean = f"mean {known.mean():.2f}"
            handles.append(ax.axhline(known.mean(), label=mean, color=grey, linewidth=1.5, linestyle=":"))
        if handles:
            ax.legend(handles=handles, ncols=5, labelcolor=grey, **_LEGEND)

    def _stretches(self) -> tuple[Numbers, Numbers, Indices]:
        """Start, end and voice of the words between two pauses of their voice."""
        words = self._words
        order = np.lexsort((words.start, self._voice))
        start, end, voice = words.start[order], words.end[order], self._voice[order]
        breaks = (np.diff(voice) > 0) | (start[1:] - end[:-1] > PAUSE)
        first = np.flatnonzero(np.concatenate([[len(order) > 0], breaks]))
        return start[first], np.maximum.reduceat(end, first), voice[first]
