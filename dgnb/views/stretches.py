"""The words of a transcript in paragraphs by speaker, in the order of time, none left out and none twice."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from dgnb.results import Transcript
from dgnb.views.columns import Numbers, columns
from dgnb.views.passages import LONGEST, PAUSE
from dgnb.views.text import clean
from dgnb.views.voices import voices

MOST = 1500
"""Paragraphs up to which each stays by itself; of more, short ones of one voice are joined."""

_SHORT = 40
"""Words under which a paragraph counts as short then."""


@dataclass(frozen=True)
class Stretch:
    """Words of one voice that follow each other.

    Parameters
    ----------
    voice : int
        Position in `voices`; -1 where there is none, since there are no words.
    rows : range
        Rows of ``words``.
    text : str
        The words, cleaned, with `gap` between them.
    gap : str
    """

    voice: int
    rows: range
    text: str
    gap: str = " "


def stretches(transcript: Transcript) -> list[Stretch]:
    """Return the paragraphs of a transcript: those of the reply, its utterances, or between its pauses.

    Examples
    --------
    >>> from dgnb.results import Transcript
    >>> words = [{"word": "hello", "start": 0, "end": 0.5}, {"word": "again", "start": 3, "end": 3.5}]
    >>> call = Transcript.from_json({"results": {"channels": [{"alternatives": [{"words": words}]}]}})
    >>> [(each.text, each.rows) for each in stretches(call)]
    [('hello', range(0, 1)), ('again', range(1, 2))]
    """
    start, _ = times(transcript)
    found = [
        each
        for channel in range(len(transcript.results.channels))
        for each in _channel(transcript, channel, start)
    ]
    return sorted(found, key=lambda each: start[each.rows.start] if each.rows else 0.0)


def times(transcript: Transcript) -> tuple[Numbers, Numbers]:
    """Return start and end of each word [s]; a word without a time has none of its own after the one before.

    Examples
    --------
    >>> from dgnb.results import Transcript
    >>> words = [{"word": "hello", "start": 1, "end": 1.5}, {"word": "again"}]
    >>> call = Transcript.from_json({"results": {"channels": [{"alternatives": [{"words": words}]}]}})
    >>> [column.tolist() for column in times(call)]
    [[1.0, 1.5], [1.5, 1.5]]
    """
    found = columns(transcript)
    start, end = found.start.copy(), np.maximum(found.start, found.end)
    known = np.isfinite(start) & np.isfinite(end) & (start >= 0)
    for channel in range(len(transcript.results.channels)):
        rows = found.rows(channel)
        here = slice(rows.start, rows.stop)
        if not known[here].all():
            last = np.maximum.accumulate(np.where(known[here], np.arange(len(rows)), -1))
            before = np.where(last < 0, 0.0, end[here][last])
            start[here] = np.where(known[here], start[here], before)
            end[here] = np.where(known[here], end[here], before)
    return start, end


def _channel(transcript: Transcript, channel: int, start: Numbers) -> Iterator[Stretch]:
    alternatives = transcript.results.channels[channel].alternatives[:1]
    for alternative in alternatives:
        rows, space = columns(transcript).rows(channel), alternative.gap
        if not rows and alternative.transcript:
            yield Stretch(-1, rows, clean(alternative.transcript))
        text, of_word = columns(transcript).text, voices(transcript)[1]
        for each in _cut(transcript, channel, rows, start):
            yield Stretch(int(of_word[each.start]), each, joined(text[each.start : each.stop], space), space)


def joined(words: NDArray[np.object_], gap: str) -> str:
    """Return words as one text, made safe to show: as long as the words and what is between them."""
    return clean(gap.join(words))


def _cut(transcript: Transcript, channel: int, rows: range, start: Numbers) -> Iterator[range]:
    """Give the rows of each paragraph of a channel."""
    if not rows:
        return
    voice = voices(transcript)[1][rows.start : rows.stop]
    change = np.flatnonzero(np.diff(voice)) + 1
    breaks = np.union1d(change, _breaks(transcript, channel, rows, start))
    if len(breaks) >= MOST:
        breaks = np.fromiter(_longer(breaks.tolist(), set(change.tolist())), int)
    for first, last in pairwise([0, *breaks[(breaks > 0) & (breaks < len(rows))].tolist(), len(rows)]):
        # In equal parts: no part is left with a word or two.
        parts = -(-(last - first) // LONGEST)
        edges = [first + (last - first) * part // parts for part in range(parts + 1)]
        yield from (rows[a:b] for a, b in pairwise(edges))


def _breaks(transcript: Transcript, channel: int, rows: range, start: Numbers) -> NDArray[np.intp]:
    """Give where a paragraph begins that the reply tells of, or after a pause."""
    here = start[rows.start : rows.stop]
    told = transcript.results.channels[channel].alternatives[0].paragraphs
    begins = [paragraph.start for paragraph in told.paragraphs] if told else []
    begins = begins or [u.start for u in transcript.results.utterances or [] if u.channel == channel]
    if begins:
        # Rounded times of the reply may lie a little behind those of the words.
        return np.searchsorted(here, np.array(begins) - 0.001)
    end = columns(transcript).end[rows.start : rows.stop]
    return np.flatnonzero(here[1:] - end[:-1] > PAUSE) + 1


def _longer(breaks: list[int], changes: set[int]) -> Iterator[int]:
    """Give the breaks where the voice changes, and of the others those that leave no short paragraph."""
    last = 0
    for at in breaks:
        if at in changes or at - last >= _SHORT:
            yield at
            last = at
