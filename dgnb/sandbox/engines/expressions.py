"""Expressions of several words with one meaning: dates, times, amounts, phone numbers, addresses on the net.

They are found in spoken form ("twenty dollars and fifty cents", "jo at example
dot com") and as written ("$20.50", "jo@example.com"), by rules alone.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from dgnb.protocol.heard import Word
from dgnb.sandbox.engines.dates import MERIDIEMS, calendar, clock, day, duration, time
from dgnb.sandbox.engines.identifiers import addresses, identifier
from dgnb.sandbox.engines.lexicon import CURRENCIES, singular
from dgnb.sandbox.engines.numerals import Number
from dgnb.sandbox.engines.passage import Expression, Passage, read

_WRITTEN = (
    ("EMAIL_ADDRESS", r"[\w.+-]+@[\w-]+(\.[\w-]+)+"),
    (
        "URL",
        r"(https?://|www\.)\S+|[a-z0-9-]+(\.[a-z0-9-]+)*\.(com|org|net|edu|gov|io|co|uk|ai|dev|info)(/\S*)?",
    ),
    ("MONEY", r"[$€£¥₹]\d[\d,]*(\.\d+)?[kmb]?"),
    ("PERCENT", r"\d[\d,]*(\.\d+)?%"),
    ("TIME", r"\d{1,2}(:\d\d)(am|pm)?|\d{1,2}(am|pm)"),
    ("SSN", r"\d{3}-\d{2}-\d{4}"),
    ("CREDIT_CARD", r"\d{4}(-\d{4}){3}"),
    ("PHONE_NUMBER", r"(\+?1[-.])?\(?\d{3}\)?[-.]\d{3}[-.]\d{4}"),
    ("DATE", r"\d{4}-\d{1,2}-\d{1,2}|\d{1,2}/\d{1,2}/\d{2,4}"),
)
_WRITTEN_FORM = re.compile("|".join(f"(?P<{label}>{form})" for label, form in _WRITTEN))
_HAS_SIGN = re.compile(r"[@$€£¥₹%:/.\-]|\d[ap]m")


def expressions(words: Sequence[Word]) -> list[Expression]:
    """Expressions in the words, in order and without overlap.

    Parameters
    ----------
    words : sequence of Word

    Returns
    -------
    list of Expression
        A number that is part of nothing else is a CARDINAL or an ORDINAL; numbers that are better left
        as words, such as the "one" of "one of them", are left out.

    Examples
    --------
    >>> from dgnb.sandbox.engines.grouping import words_of
    >>> words = words_of("pay twenty dollars by november second to jo at example dot com")
    >>> [(found.label, found.written) for found in expressions(words)]
    [('MONEY', '$20'), ('DATE', 'November 2'), ('EMAIL_ADDRESS', 'jo@example.com')]
    """
    text = read(words)
    found = []
    at = 0
    spoken = {address.start: address for address in addresses(text)}
    while at < len(text.tokens):
        expression = spoken.get(at) or _expression(text, at)
        if expression:
            found.append(expression)
        at = expression.end if expression else at + 1
    return found


def _expression(text: Passage, at: int) -> Expression | None:
    """Give the expression that starts here."""
    number = text.numbers.get(at)
    if number:
        return _with_number(text, number) or _lone_number(number)
    token = text.tokens[at]
    if _HAS_SIGN.search(token):
        return _written(text, at)
    return calendar(text, at) or clock(text, at)


def _with_number(text: Passage, number: Number) -> Expression | None:
    for rule in _NUMBER_RULES:
        found = rule(text, number)
        if found:
            return found
    return None


def _lone_number(number: Number) -> Expression | None:
    if not number.certain:
        return None
    if number.kind == "year":
        return Expression("DATE", number.start, number.end)
    return Expression("ORDINAL" if number.kind == "ordinal" else "CARDINAL", number.start, number.end)


def _written(text: Passage, at: int) -> Expression | None:
    """Give what is in its written form already."""
    match = _WRITTEN_FORM.fullmatch(text.tokens[at])
    if match is None or match.lastgroup is None:
        return None
    label = str(next(name for name, _ in _WRITTEN if match.group(name)))
    meridiem = label == "TIME" and text.token(at + 1) in MERIDIEMS
    return Expression(label, at, at + 2 if meridiem else at + 1)


def _money(text: Passage, number: Number) -> Expression | None:
    """Give "twenty dollars", "fifty cents", "two euros and ten cents"."""
    symbol, end = _currency(text, number.end)
    if not symbol:
        if singular(text.token(number.end)) != "cent":
            bucks = singular(text.token(number.end)) == "buck"
            return Expression("MONEY", number.start, number.end + 1) if bucks else None
        return Expression("MONEY", number.start, number.end + 1, f"${number.value / 100:.2f}")
    cents = text.number(end + (text.token(end) == "and"))
    value = number.value
    if cents and singular(text.token(cents.end)) == "cent":
        value, end = value + cents.value / 100, cents.end + 1
    return Expression("MONEY", number.start, end, symbol + _amount(value))


def _currency(text: Passage, at: int) -> tuple[str, int]:
    """Give the sign of the currency named here and where its name ends."""
    name = singular(text.token(at))
    if name == "pound" and text.token(at + 1) == "sterling":
        return CURRENCIES["pound sterling"], at + 2
    return CURRENCIES.get(name, ""), at + 1


def _amount(value: float) -> str:
    return f"{value:,.0f}" if value == int(value) else f"{value:,.2f}"


def _percent(text: Passage, number: Number) -> Expression | None:
    end = number.end
    if text.token(end) == "percent":
        return Expression("PERCENT", number.start, end + 1, f"{number.text}%")
    if text.token(end) == "per" and text.token(end + 1) == "cent":
        return Expression("PERCENT", number.start, end + 2, f"{number.text}%")
    return None


_NUMBER_RULES = (_money, _percent, time, day, duration, identifier)
