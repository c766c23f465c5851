"""A text against its reference: errors by word, by speaker, and how sure their rate is."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from math import nan
from typing import Any

import numpy as np

from dgnb.results import Transcript
from dgnb.views.columns import columns
from dgnb.views.diarization import diarization, turns
from dgnb.views.diff import Diff, aligned, levenshtein, opcodes
from dgnb.views.normalisation import Token, normalised
from dgnb.views.stretches import stretches
from dgnb.views.voices import voices

_BLOCK, _SAMPLES = 20, 1000
"""Words of the reference that are drawn together, and how often: errors come in groups."""

Change = tuple[str, int, int, int, int]
"""What became of a stretch: kind, first and last place in the reference, and in what was heard."""


@dataclass(frozen=True)
class Said:
    """Words as they are written, and whose they are, as far as it is known."""

    words: tuple[str, ...]
    speakers: tuple[str, ...] = ()
    transcript: Transcript | None = None

    @cached_property
    def tokens(self) -> list[Token]:
        """The words in their one spelling."""
        return normalised(self.words)


def said(spoken: Transcript | str | Sequence[str]) -> Said:
    """Return the words of a transcript, voice after voice in the order of time; or those of a text.

    Examples
    --------
    >>> said("Good morning.").words
    ('Good', 'morning.')
    """
    if isinstance(spoken, str):
        return Said(tuple(spoken.split()))
    if not isinstance(spoken, Transcript):
        return Said(tuple(spoken))
    words, (known, of_word) = columns(spoken), voices(spoken)
    if not len(words):
        return Said(tuple(spoken.text.split()), transcript=spoken)
    rows = [row for one in stretches(spoken) for row in one.rows]
    found = [(text, known[of_word[row]].name) for row in rows for text in words.text[row].split()]
    return Said(tuple(text for text, _ in found), tuple(name for _, name in found), spoken)


@dataclass(frozen=True)
class Score:
    """What was heard of one file, against its reference."""

    reference: Said
    heard: Said

    @cached_property
    def changes(self) -> list[Change]:
        """How the tokens of the reference became those that were heard."""
        left, right = ([token.text for token in one.tokens] for one in (self.reference, self.heard))
        return opcodes(left, right)

    @property
    def length(self) -> int:
        """Words of the reference, in their one spelling."""
        return len(self.reference.tokens)

    @cached_property
    def counts(self) -> Counter[str]:
        """How many words: equal, substitute, delete, insert."""
        found: Counter[str] = Counter()
        for kind, start, end, first, last in self.changes:
            found[kind] += max(end - start, last - first)
        return found

    @property
    def errors(self) -> int:
        """Words that are wrong, missing or too much."""
        return self.counts["substitute"] + self.counts["delete"] + self.counts["insert"]

    @cached_property
    def raw(self) -> tuple[int, int]:
        """Errors, and words, as the texts are written."""
        found = opcodes(self.reference.words, self.heard.words)
        errors = sum(max(b - a, d - c) for kind, a, b, c, d in found if kind != "equal")
        return errors, len(self.reference.words)

    @cached_property
    def characters(self) -> tuple[int, int]:
        """Errors, and characters, in the one spelling."""
        both = (self.reference.tokens, self.heard.tokens)
        return _characters(*(" ".join(token.text for token in one) for one in both))

    @cached_property
    def raw_characters(self) -> tuple[int, int]:
        """Errors, and characters, as the texts are written."""
        return _characters(*(" ".join(one.words) for one in (self.reference, self.heard)))

    @cached_property
    def marks(self) -> list[tuple[int, str]]:
        """The errors: the place in the reference, and the kind; a word too much belongs to the one before."""
        found: list[tuple[int, str]] = []
        for kind, start, end, first, last in self.changes:
            if kind == "insert":
                found += [(max(start - 1, 0), kind)] * (last - first)
            elif kind != "equal":
                found += [(place, kind) for place in range(start, end)]
        return found

    @cached_property
    def blocks(self) -> tuple[Any, Any]:
        """Errors, and words, of each block of the reference."""
        size = -(-self.length // _BLOCK)
        places = np.array([place // _BLOCK for place, _ in self.marks], int)
        errors = np.bincount(places, minlength=size)[:size]
        words = np.full(size, _BLOCK)
        if size:
            words[-1] = self.length - _BLOCK * (size - 1)
        return errors, words

    @property
    def speakers(self) -> list[str]:
        """Whose each token of the reference is."""
        names = self.reference.speakers
        return [names[token.word] for token in self.reference.tokens] if names else []

    @cached_property
    def diarization(self) -> float:
        """The diarization error rate, ``nan`` where speakers are not known."""
        calls = self.reference.transcript, self.heard.transcript
        if calls[0] is None or calls[1] is None:
            return nan
        left, right = (turns(call) for call in calls if call is not None)
        return diarization(left, right).rate if left and right else nan

    @cached_property
    def diff(self) -> Diff:
        """The texts word by word."""
        both = ((one.words, one.tokens) for one in (self.reference, self.heard))
        return aligned(*both)


def _characters(reference: str, heard: str) -> tuple[int, int]:
    return int(levenshtein("distance")(reference, heard)), len(reference)


def rate(pairs: Sequence[tuple[int, int]]) -> float:
    """Return errors by words, of several files together; ``nan`` without words.

    Examples
    --------
    >>> rate([(1, 10), (2, 20)])
    0.1
    """
    total = sum(words for _, words in pairs)
    return sum(errors for errors, _ in pairs) / total if total else nan


def interval(scores: Sequence[Score], level: float = 0.95) -> tuple[float, float]:
    """Return where the word error rate lies with some probability: a bootstrap over blocks of 20 words.

    ``nan`` with less than five blocks.

    Examples
    --------
    >>> score = Score(said("yes " * 200), said("yes " * 190))
    >>> low, high = interval([score])
    >>> low < 0.05 < high
    True
    """
    errors, words = (np.concatenate(parts) for parts in zip(*(score.blocks for score in scores), strict=True))
    if len(words) < 5:
        return nan, nan
    draws = np.random.default_rng(0).integers(len(words), size=(_SAMPLES, len(words)))
    rates = errors[draws].sum(axis=1) / words[draws].sum(axis=1)
    low, high = np.quantile(rates, [(1 - level) / 2, (1 + level) / 2])
    return float(low), float(high)
