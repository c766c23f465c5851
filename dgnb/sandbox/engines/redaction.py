"""Redaction: sensitive words replaced by ``[LABEL_n]``."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from dgnb.protocol.heard import Word
from dgnb.sandbox.engines.entities import labelled
from dgnb.sandbox.engines.lexicon import word_set
from dgnb.sandbox.engines.numerals import Number, numbers
from dgnb.sandbox.engines.passage import Expression
from dgnb.sandbox.engines.spelling import respelt

_PCI = word_set("CREDIT_CARD CREDIT_CARD_EXPIRATION CVV")
_PLACES = word_set("LOCATION_CITY LOCATION_COUNTRY LOCATION_STATE")
_NUMERIC = _PCI | word_set("AGE DATE MONEY PHONE_NUMBER SSN TIME")
_PII = (_NUMERIC - _PCI) | _PLACES | word_set("EMAIL_ADDRESS NAME ORGANIZATION URL")
_SINGLE = _NUMERIC | _PII | word_set("CARDINAL DURATION ORDINAL PERCENT")

GROUPS = {
    "pci": _PCI,
    "pii": _PII,
    "numbers": _NUMERIC,
    "true": _NUMERIC,
    "aggressive_numbers": _NUMERIC,
    "location": _PLACES,
    "false": frozenset[str](),
}
"""Labels that each group stands for, as far as they can be found here."""

_DIGITS = {"numbers": 3, "true": 3, "aggressive_numbers": 1}
"""The fewest digits of any other number that is redacted too, as ``[NUMBER_n]``."""


class Redaction(NamedTuple):
    """Redacted words, and what was asked for but cannot be found here (to be told as a warning)."""

    words: list[Word]
    unsupported: tuple[str, ...]


def redact(words: Sequence[Word], what: Sequence[str]) -> Redaction:
    """Words with sensitive expressions replaced by their label and a running number.

    Parameters
    ----------
    words : sequence of Word
    what : sequence of str
        Groups (``pci``, ``pii``, ``numbers``, ``aggressive_numbers``) or single kinds in small letters, such
        as ``email_address``. ``numbers`` also replaces any other number of three or more digits,
        ``aggressive_numbers`` every one.

    Returns
    -------
    Redaction
        An expression of several words becomes one. The same expression has the same number each time.

    Examples
    --------
    >>> from dgnb.sandbox.engines.grouping import transcript, words_of
    >>> words = words_of("Write to jo@example.com about claim four four one two.")
    >>> redacted = redact(words, ["pii", "numbers", "phi"])
    >>> transcript(redacted.words), redacted.unsupported
    ('Write to [EMAIL_ADDRESS_1] about claim [NUMBER_1].', ('phi',))
    """
    asked = [name.lower() for name in what]
    labels = frozenset[str]().union(*(GROUPS.get(name, {name.upper()} & _SINGLE) for name in asked))
    digits = min((_DIGITS[name] for name in asked if name in _DIGITS), default=0)
    known = GROUPS.keys() | {label.lower() for label in _SINGLE}
    unsupported = tuple(dict.fromkeys(name for name in asked if name not in known))
    return Redaction(_replaced(words, _sensitive(words, labels, digits)), unsupported)


def _sensitive(words: Sequence[Word], labels: frozenset[str], digits: int) -> list[Expression]:
    """Give the expressions to replace, in order; other numbers under the label NUMBER."""
    found = [expression for expression in labelled(words) if expression.label in labels]
    if digits:
        taken = {at for expression in found for at in range(expression.start, expression.end)}
        found += [run for run in _long_numbers(words, digits) if not taken & set(range(run.start, run.end))]
    return sorted(found, key=lambda expression: expression.start)


def _long_numbers(words: Sequence[Word], digits: int) -> list[Expression]:
    """Give runs of numbers that follow each other, if they have that many digits together."""
    runs: list[list[Number]] = []
    for number in numbers(words):
        if not number.certain:
            continue
        follows = bool(runs) and runs[-1][-1].end == number.start
        if follows and words[number.start - 1].speaker == words[number.start].speaker:
            runs[-1].append(number)
        else:
            runs.append([number])
    return [
        Expression("NUMBER", run[0].start, run[-1].end)
        for run in runs
        if sum(letter.isdigit() for number in run for letter in number.text) >= digits
    ]


def _replaced(words: Sequence[Word], found: Sequence[Expression]) -> list[Word]:
    new: list[Word] = []
    counts: dict[str, dict[str, int]] = {}
    done = 0
    for expression in found:
        part = words[expression.start : expression.end]
        seen = counts.setdefault(expression.label, {})
        number = seen.setdefault(" ".join(word.word for word in part), len(seen) + 1)
        new += words[done : expression.start]
        new += respelt(part, f"[{expression.label}_{number}]")
        done = expression.end
    return [*new, *words[done:]]
