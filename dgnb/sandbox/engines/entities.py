"""Entities: expressions of time, number and address, and names from short lists.

Labels are the service's own. Names of people, places and organisations are
only those of the lists in ``lexicon`` (and what follows a title or a known
given name): what is not listed is not found.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import isnan
from statistics import fmean

from dgnb.protocol.heard import Entity, Word
from dgnb.protocol.spelling import CLOSING, OPENING
from dgnb.sandbox.engines.expressions import expressions
from dgnb.sandbox.engines.grouping import line
from dgnb.sandbox.engines.lexicon import MONTHS, STOP_WORDS, TITLES, WEEKDAYS, named
from dgnb.sandbox.engines.passage import Expression
from dgnb.sandbox.engines.spelling import apart

_RELIABLE = {
    "EMAIL_ADDRESS": 0.98,
    "URL": 0.95,
    "MONEY": 0.97,
    "PERCENT": 0.98,
    "CREDIT_CARD": 0.95,
    "NAME": 0.8,
}
"""How far a rule can be trusted, by our own judgement; other labels have 0.9."""


def detect_entities(words: Sequence[Word]) -> list[Entity]:
    """Entities in the words, in order and without overlap.

    Parameters
    ----------
    words : sequence of Word
        Spoken numbers are found as well as digits.

    Returns
    -------
    list of Entity
        The words from `start_word` up to, not including, `end_word`. The confidence is that of the words,
        lessened where the rule is a rough one; it is not calibrated.

    Examples
    --------
    >>> from dgnb.sandbox.engines.grouping import words_of
    >>> for entity in detect_entities(words_of("Emily Hart paid $20 in Berlin on May 5, 2024.")):
    ...     print(entity.label, entity.value, entity.start_word, entity.end_word)
    NAME Emily Hart 0 2
    MONEY $20 3 4
    LOCATION_CITY Berlin 5 6
    DATE May 5, 2024 7 10
    """
    return [_entity(words, found) for found in labelled(words)]


def labelled(words: Sequence[Word]) -> list[Expression]:
    """Expressions and names, in order and without overlap.

    Parameters
    ----------
    words : sequence of Word

    Returns
    -------
    list of Expression

    Examples
    --------
    >>> from dgnb.sandbox.engines.grouping import words_of
    >>> [found.label for found in labelled(words_of("call mary at noon"))]
    ['NAME', 'TIME']
    """
    found = expressions(words)
    taken = {at for expression in found for at in range(expression.start, expression.end)}
    free = [name for name in _names(words) if not taken & set(range(name.start, name.end))]
    return sorted(found + free, key=lambda expression: expression.start)


def _names(words: Sequence[Word]) -> list[Expression]:
    tokens = [word.word for word in words]
    found = [
        Expression(name.label, name.start, _name_end(words, *name[:3]), name.written)
        for name in named(tokens)
    ]
    known = {at for name in found for at in range(name.start, name.end)}
    return found + [name for name in _titled(tokens) if name.start not in known]


def _name_end(words: Sequence[Word], start: int, end: int, label: str) -> int:
    """Give where a name ends, with the family name behind a given name if it has a capital."""
    if label != "NAME" or end == len(words) or apart(words[end - 1], words[end]):
        return end
    family = words[end].punctuated_word or ""
    capital = family[:1].isupper() and words[start].text[:1].isupper()
    return end + 1 if capital and not _is_plain(words[end].word) else end


def _is_plain(token: str) -> bool:
    """Whether a word with a capital is still no family name."""
    return token in STOP_WORDS or token in MONTHS or token in WEEKDAYS or not token[:1].isalpha()


def _titled(tokens: Sequence[str]) -> list[Expression]:
    """Give names that follow a title, as in "mister smith"."""
    return [
        Expression("NAME", at, at + 1)
        for at in range(1, len(tokens))
        if tokens[at - 1] in TITLES and not _is_plain(tokens[at])
    ]


def _entity(words: Sequence[Word], found: Expression) -> Entity:
    part = words[found.start : found.end]
    confidence = fmean(word.confidence for word in part)
    return Entity(
        label=found.label,
        value=line(part).lstrip(OPENING).rstrip(CLOSING),
        raw_value=" ".join(word.word for word in part),
        confidence=_RELIABLE.get(found.label, 0.9) * (1.0 if isnan(confidence) else confidence),
        start_word=found.start,
        end_word=found.end,
    )
