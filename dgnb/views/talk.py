"""Who talks when: stretches without a long pause, the turns they make, talk of several at once, silence."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from dgnb.results import Transcript
from dgnb.views.columns import Numbers, columns
from dgnb.views.passages import PAUSE
from dgnb.views.voices import voices

Indices = NDArray[np.intp]

TOUCH = 0.2
"""The longest overlap that is a smooth change of speakers and no interruption [s]."""


class Stretches(NamedTuple):
    """Talk of one voice with pauses of at most 0.8 s; times in seconds, shape (n,)."""

    start: Numbers
    end: Numbers
    voice: Indices

    def take(self, rows: Indices) -> Stretches:
        """Return some of them.

        Examples
        --------
        >>> Stretches(np.array([0.0, 2.0]), np.array([1.0, 3.0]), np.array([0, 1])).take(np.array([1])).end
        array([3.])
        """
        return Stretches(self.start[rows], self.end[rows], self.voice[rows])


class Turns(NamedTuple):
    """What one voice says until another has the floor, shape (n,); in the order of time.

    `wait` is the time since the turn before ended, negative when both talked at
    once, and ``nan`` for the first.
    """

    start: Numbers
    end: Numbers
    voice: Indices
    wait: Numbers

    @property
    def interrupting(self) -> NDArray[np.bool_]:
        """Which began while another voice talked, and took the floor from it."""
        return self.wait < -TOUCH


class Crowd(NamedTuple):
    """How many voices talk at once: `number[i]` of them from `time[i]` to `time[i + 1]` [s]."""

    time: Numbers
    number: Indices

    def spans(self, least: int) -> tuple[Numbers, Numbers]:
        """Return from when to when at least so many voices talk.

        Examples
        --------
        >>> begin, end = Crowd(np.array([0.0, 1.0, 2.0]), np.array([1, 2, 0])).spans(2)
        >>> begin.tolist(), end.tolist()
        ([1.0], [2.0])
        """
        edges = np.diff((self.number >= least).astype(np.int8), prepend=0)
        begin, end = self.time[edges > 0], self.time[edges < 0]
        lasting = end > begin
        return begin[lasting], end[lasting]

    def seconds(self, least: int, start: Numbers, end: Numbers) -> Numbers:
        """Return how long at least so many voices talk between two moments each, shape (n,)."""
        if not self.time.size:
            return np.zeros(len(start))
        lasting = np.diff(self.time) * (self.number[:-1] >= least)
        so_far = np.concatenate([[0.0], np.cumsum(lasting)])
        between: Numbers = np.interp(end, self.time, so_far) - np.interp(start, self.time, so_far)
        return between


def stretches(transcript: Transcript) -> Stretches:
    """Return the stretches of a transcript, voice after voice, each voice's in the order of time.

    Examples
    --------
    >>> words = [{"word": "a", "start": 0, "end": 1}, {"word": "b", "start": 3, "end": 4}]
    >>> call = Transcript.from_json({"results": {"channels": [{"alternatives": [{"words": words}]}]}})
    >>> stretches(call).start.tolist()
    [0.0, 3.0]
    """
    words, of_word = columns(transcript), voices(transcript)[1]
    # Some words of Flux have no times.
    timed = np.flatnonzero(~np.isnan(words.start) & ~np.isnan(words.end))
    order = timed[np.lexsort((words.start[timed], of_word[timed]))]
    start, end, voice = words.start[order], np.maximum(words.end[order], words.start[order]), of_word[order]
    changes = np.flatnonzero(np.diff(voice)) + 1
    so_far = np.concatenate([np.maximum.accumulate(part) for part in np.split(end, changes)])
    breaks = (np.diff(voice) > 0) | (start[1:] - so_far[:-1] > PAUSE)
    first = np.flatnonzero(np.concatenate([[len(order) > 0], breaks]))
    return Stretches(start[first], np.maximum.reduceat(end, first) if len(first) else end, voice[first])


def crowd(found: Stretches) -> Crowd:
    """Return how many voices talk at once."""
    time = np.concatenate([found.start, found.end])
    step = np.repeat([1, -1], len(found.start))
    order = np.lexsort((-step, time))
    return Crowd(time[order], np.cumsum(step[order]))


def turns(found: Stretches) -> Turns:
    """Return the turns that stretches make.

    What is said wholly within another voice's stretch, as a "hm", is no turn.

    Examples
    --------
    >>> found = turns(Stretches(np.array([0.0, 3.0, 1.0]), np.array([2.0, 4.0, 1.5]), np.array([0, 0, 1])))
    >>> found.start.tolist(), found.end.tolist(), found.voice.tolist()
    ([0.0], [4.0], [0])
    """
    found = found.take(np.lexsort((-found.end, found.start)))
    latest = np.maximum.accumulate(found.end)
    own = np.concatenate([[True], found.end[1:] > latest[:-1]])[: len(found.end)]
    floor = found.take(np.flatnonzero(own))
    first = np.flatnonzero(np.diff(floor.voice, prepend=-1))
    last = np.append(first[1:], len(floor.voice))[: len(first)] - 1
    wait = np.full(len(first), np.nan)
    wait[1:] = floor.start[first[1:]] - floor.end[last[:-1]]
    return Turns(floor.start[first], floor.end[last], floor.voice[first], wait)
