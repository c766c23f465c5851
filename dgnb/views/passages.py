"""A transcript in readable pieces, whatever the reply has: paragraphs, utterances or only words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import inf, nan
from typing import NamedTuple

import numpy as np

from dgnb.results import Alternative, Transcript, Word, drafts
from dgnb.views.columns import WordColumns, columns

PAUSE = drafts.PAUSE
"""A longer silence ends a passage [s]: where the service splits utterances when not told otherwise."""

LONGEST = 100
"""Words after which a passage ends even without a pause."""


@dataclass(frozen=True)
class Passage:
    """What one speaker says on one channel, without a long pause; times in seconds, ``nan`` if not known."""

    channel: int
    speaker: int | None
    text: str
    start: float
    end: float
    words: Sequence[Word]

    @property
    def language(self) -> str:
        """Language of most of the words, empty when the words do not say."""
        found = Counter(word.language for word in self.words if word.language)
        return found.most_common(1)[0][0] if found else ""


def passages(transcript: Transcript) -> list[Passage]:
    """Return the passages of a transcript in the order of time.

    Examples
    --------
    >>> from dgnb.results import Transcript
    >>> words = [{"word": "hello", "start": 0, "end": 0.5}, {"word": "again", "start": 3, "end": 3.5}]
    >>> call = Transcript.from_json({"results": {"channels": [{"alternatives": [{"words": words}]}]}})
    >>> [(passage.text, passage.start) for passage in passages(call)]
    [('hello', 0.0), ('again', 3.0)]
    """
    found = [
        passage
        for channel, each in enumerate(transcript.results.channels)
        for alternative in each.alternatives[:1]
        for passage in _channel(transcript, channel, alternative)
    ]
    return sorted(found, key=lambda passage: inf if passage.start != passage.start else passage.start)


class Run(NamedTuple):
    """Rows of the words that one voice says without a long pause, and what stands between the words."""

    rows: range
    gap: str


def runs(transcript: Transcript) -> list[Run]:
    """Return all words of a transcript as runs in the order of time, whatever else the reply has.

    Examples
    --------
    >>> from dgnb.results import Transcript
    >>> words = [{"word": "hello", "start": 0, "end": 0.5}, {"word": "again", "start": 3, "end": 3.5}]
    >>> call = Transcript.from_json({"results": {"channels": [{"alternatives": [{"words": words}]}]}})
    >>> [run.rows for run in runs(call)]
    [range(0, 1), range(1, 2)]
    """
    words = columns(transcript)
    found = [
        Run(rows, each.alternatives[0].gap)
        for channel, each in enumerate(transcript.results.channels)
        if words.rows(channel)
        for rows in _stretches(words, words.rows(channel))
    ]
    return sorted(found, key=lambda run: float(np.nan_to_num(words.start[run.rows.start], nan=inf)))


def _channel(transcript: Transcript, channel: int, alternative: Alternative) -> Iterator[Passage]:
    words = columns(transcript)
    spoken = [u for u in transcript.results.utterances or [] if u.channel == channel]
    if alternative.paragraphs and alternative.paragraphs.paragraphs:
        for p in alternative.paragraphs.paragraphs:
            yield Passage(
                channel, p.speaker, p.text, p.start, p.end, _between(words, channel, p.start, p.end)
            )
    elif spoken:
        yield from (Passage(channel, u.speaker, u.transcript, u.start, u.end, u.words) for u in spoken)
    elif alternative.words:
        gap = alternative.gap
        yield from (_passage(words, rows, gap) for rows in _stretches(words, words.rows(channel)))
    elif alternative.transcript:
        yield Passage(channel, None, alternative.transcript, nan, nan, ())


def _between(words: WordColumns, channel: int, start: float, end: float) -> list[Word]:
    rows = words.rows(channel)
    first, last = np.searchsorted(words.start[rows.start : rows.stop], (start, end))
    return words.words[rows.start + first : rows.start + last]


def _stretches(words: WordColumns, rows: range) -> Iterator[range]:
    """Give the rows between pauses and changes of speaker, `LONGEST` of them at most."""
    here, after = slice(rows.start, rows.stop - 1), slice(rows.start + 1, rows.stop)
    pause = words.start[after] - words.end[here] > PAUSE
    change = words.speaker[after] != words.speaker[here]
    breaks = (np.flatnonzero(pause | change) + rows.start + 1).tolist()
    for first, last in pairwise([rows.start, *breaks, rows.stop]):
        yield from (range(at, min(at + LONGEST, last)) for at in range(first, last, LONGEST))


def _passage(words: WordColumns, rows: range, gap: str) -> Passage:
    spoken = words.words[rows.start : rows.stop]
    channel, speaker = int(words.channel[rows.start]), spoken[0].speaker
    text = gap.join(word.text for word in spoken)
    return Passage(channel, speaker, text, spoken[0].start, spoken[-1].end, spoken)
