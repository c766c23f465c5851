"""The words of a transcript as NumPy columns, for plots and tables.

They are made from the reply itself and are read-only, so what a user changes
in a DataFrame never reaches a plot.
"""

from __future__ import annotations

from itertools import accumulate, chain
from math import nan
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dgnb.results import Transcript, Word

Numbers = NDArray[np.float64]
Shorts = NDArray[np.int16]
Strings = NDArray[np.object_]

_BLOCK = 2000
"""Words that are read in one go. All of their fields are read before the processor's cache forgets the words:
with 100,000 words that takes 22 ms instead of 33 ms."""


class WordColumns:
    """The fields of words, each in a column, channel after channel.

    Parameters
    ----------
    spoken : list of list of Word
        The words of each channel.

    Attributes
    ----------
    words : list of Word
        All of them; the columns have the same order and length.
    channel, speaker : array of int16
        -1 is a speaker not known.
    start, end : array of float64, seconds
    confidence, speaker_confidence, sentiment_score : array of float64
        ``nan`` where not known.
    word, text, language, sentiment : array of str
        ``None`` where not known; `text` is the word as it is written.

    Examples
    --------
    >>> hi = Word(word="hi", start=0.25, end=0.5, confidence=0.75)
    >>> columns = WordColumns([[hi], [hi, hi]])
    >>> columns.start.tolist(), columns.channel.tolist(), columns.speaker.tolist()
    ([0.25, 0.25, 0.25], [0, 1, 1], [-1, -1, -1])
    """

    def __init__(self, spoken: list[list[Word]]) -> None:
        self.words = spoken[0] if len(spoken) == 1 else list(chain.from_iterable(spoken))
        self._firsts = list(accumulate(map(len, spoken), initial=0))
        size = len(self.words)
        self.channel: Shorts = np.repeat(np.arange(len(spoken), dtype=np.int16), np.diff(self._firsts))
        self.speaker: Shorts = np.full(size, -1, np.int16)
        self.start, self.end, self.confidence = (np.empty(size) for _ in range(3))
        self.speaker_confidence, self.sentiment_score = (np.full(size, nan) for _ in range(2))
        self.word, self.text, self.language, self.sentiment = (np.full(size, None) for _ in range(4))
        for first in range(0, size, _BLOCK):
            self._read(slice(first, min(first + _BLOCK, size)))
        for column in vars(self).values():
            if isinstance(column, np.ndarray):
                column.flags.writeable = False

    def __len__(self) -> int:
        return len(self.words)

    def rows(self, channel: int) -> range:
        """Return the rows of a channel's words; none for a channel that is not there."""
        if not 0 <= channel < len(self._firsts) - 1:
            return range(0)
        return range(self._firsts[channel], self._firsts[channel + 1])

    def _read(self, rows: slice) -> None:
        words = self.words[rows]
        self.start[rows] = [word.start for word in words]
        self.end[rows] = [word.end for word in words]
        self.confidence[rows] = [word.confidence for word in words]
        self.word[rows] = [word.word for word in words]
        self.text[rows] = [word.punctuated_word or word.word for word in words]
        _fill(self.speaker, rows, [word.speaker for word in words])
        _fill(self.speaker_confidence, rows, [word.speaker_confidence for word in words])
        _fill(self.language, rows, [word.language for word in words])
        _fill(self.sentiment, rows, [word.sentiment for word in words])
        _fill(self.sentiment_score, rows, [word.sentiment_score for word in words])


def columns(transcript: Transcript) -> WordColumns:
    """Return the columns of a transcript's words, always the same object for the same transcript."""
    kept: dict[str, Any] = transcript.__dict__
    if "_columns" not in kept:
        channels = transcript.results.channels
        kept["_columns"] = WordColumns([c.alternatives[0].words if c.alternatives else [] for c in channels])
    found: WordColumns = kept["_columns"]
    return found


def _fill(column: NDArray[Any], rows: slice, values: list[Any]) -> None:
    """Put in what is known. Most replies have a field on every word or on none."""
    unknown = values.count(None)
    if not unknown:
        column[rows] = values
    elif unknown < len(values):
        for row, value in enumerate(values, rows.start):
            if value is not None:
                column[row] = value
