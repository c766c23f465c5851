"""Words made ready for the rules that look for expressions of several words."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

from dgnb.protocol.heard import Word
from dgnb.sandbox.engines.numerals import Number, numbers
from dgnb.sandbox.engines.spelling import apart, ending


class Expression(NamedTuple):
    """An expression in the words from `start` up to, not including, `end`.

    `label` is the service's name of the kind, in capitals; `written` is how smart formatting writes it,
    None where only its numbers change.
    """

    label: str
    start: int
    end: int
    written: str | None = None


class Passage(NamedTuple):
    """Words made ready: bare forms, whether each goes on from the one before, and numbers by start.

    `marks` has the punctuation in front of each word, or a newline where another speaker begins.
    """

    tokens: list[str]
    joined: list[bool]
    marks: list[str]
    numbers: dict[int, Number]

    def token(self, at: int) -> str:
        """Give the word here if it goes on from the one before, else an empty text."""
        return self.tokens[at] if at < len(self.tokens) and self.joined[at] else ""

    def number(self, at: int, across: str | None = None) -> Number | None:
        """Give the number that starts here and goes on from the word before, if need be across marks."""
        if at < len(self.tokens) and (self.joined[at] or self.follows(at, across)):
            return self.numbers.get(at)
        return None

    def follows(self, at: int, across: str | None) -> bool:
        """Whether the word here is of the same speaker, with no more than these marks in front of it."""
        return across is not None and self.marks[at].strip(across) == ""

    def before(self, at: int, count: int = 1) -> list[str]:
        """Give the words in front."""
        return self.tokens[max(0, at - count) : at]


def read(words: Sequence[Word]) -> Passage:
    """Words made ready.

    Parameters
    ----------
    words : sequence of Word

    Returns
    -------
    Passage

    Examples
    --------
    >>> from dgnb.sandbox.engines.grouping import words_of
    >>> passage = read(words_of("We met 12 people, I think."))
    >>> passage.number(2).value, passage.token(3), passage.token(4)
    (12.0, 'people', '')
    """
    joined, marks = [False], ["\n"]
    for left, right in pairwise(words):
        joined.append(not apart(left, right))
        marks.append(ending(left.text) if left.speaker == right.speaker else "\n")
    return Passage(
        [word.word for word in words], joined, marks, {number.start: number for number in numbers(words)}
    )
