"""Where a term was heard, found among the recognised words by letters and by sound.

The recogniser's lattice is not searched: a term that came out as quite other
words is not found.
"""

from __future__ import annotations

from difflib import SequenceMatcher
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from dgnb.protocol.heard import Hit
from dgnb.sandbox.engines.pronunciation import pronounce

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from dgnb.protocol.heard import Word

LEAST = 0.75
"""Similarity from which a place counts: "know" is found for "no", "cat" is not for "that"."""


class _Place(NamedTuple):
    """A run of words and how similar it is to the term."""

    similarity: float
    start: int
    stop: int


def search(words: Sequence[Word], term: str) -> list[Hit]:
    """The places that look or sound like the term, the surest first.

    Parameters
    ----------
    words : sequence of Word
        As recognised, in order of time.
    term : str
        A word or phrase.

    Returns
    -------
    list of Hit
        The confidence is the similarity, in which letters and phones count
        alike, times the mean confidence of the words; the snippet is what was heard.

    Examples
    --------
    >>> from dgnb.results import Word
    >>> heard = [Word(word="deep", start=0.0, end=0.25, confidence=0.5),
    ...          Word(word="gram", start=0.25, end=0.5, confidence=0.5)]
    >>> search(heard, "Deepgram")
    [Hit(confidence=0.5, start=0.0, end=0.5, snippet='deep gram')]
    """
    taken: set[int] = set()
    hits = []
    for place in sorted(_places([word.word.lower() for word in words], term), key=_rank):
        if taken.isdisjoint(range(place.start, place.stop)):
            taken.update(range(place.start, place.stop))
            hits.append(_hit(words[place.start : place.stop], place.similarity))
    return sorted(hits, key=lambda hit: (-hit.confidence, hit.start))


def _rank(place: _Place) -> tuple[float, int]:
    return -place.similarity, place.stop - place.start


def _places(heard: list[str], term: str) -> Iterator[_Place]:
    """Runs of about as many words as the term has that are similar enough."""
    similarity, length = _Similarity(term), len(term.split())
    for size in range(max(1, length - 1), length + 2) if length else ():
        for start in range(len(heard) - size + 1):
            score = similarity(tuple(heard[start : start + size]))
            if score >= LEAST:
                yield _Place(score, start, start + size)


class _Similarity:
    """How similar words are to a term [0, 1]."""

    def __init__(self, term: str) -> None:
        words = term.lower().split()
        self._letters = SequenceMatcher(None, "", "".join(words), autojunk=False)
        self._phones = SequenceMatcher(None, (), _phones(tuple(words)), autojunk=False)
        self._known: dict[tuple[str, ...], float] = {}

    def __call__(self, words: tuple[str, ...]) -> float:
        if words not in self._known:
            self._known[words] = self._measure(words)
        return self._known[words]

    def _measure(self, words: tuple[str, ...]) -> float:
        self._letters.set_seq1("".join(words))
        if self._letters.quick_ratio() < 2 * LEAST - 1:
            return 0.0
        self._phones.set_seq1(_phones(words))
        return (self._letters.ratio() + self._phones.ratio()) / 2


@lru_cache(4096)
def _phones(words: tuple[str, ...]) -> tuple[str, ...]:
    """The phones of some words by the rules for letters, the same ones for term and speech."""
    return tuple(phone for word in words for phone in pronounce(word, lambda _: None).split())


def _hit(words: Sequence[Word], similarity: float) -> Hit:
    confidence = similarity * sum(word.confidence for word in words) / len(words)
    snippet = " ".join(word.word for word in words)
    return Hit(confidence=round(confidence, 4), start=words[0].start, end=words[-1].end, snippet=snippet)
