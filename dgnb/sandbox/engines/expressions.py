"""Expressions of several words with one meaning: dates, times, amounts, phone numbers, addresses on the net.

They are found in spoken form ("twenty dollars and fifty cents", "jo at example
dot com") and as written ("$20.50", "jo@example.com"), by rules alone.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import NamedTuple

from dgnb.results.transcript import Word
from dgnb.sandbox.engines.lexicon import (
    AUXILIARIES,
    CURRENCIES,
    MONTHS,
    STOP_WORDS,
    TIME_UNITS,
    WEEKDAYS,
    singular,
    word_set,
)
from dgnb.sandbox.engines.numerals import OH, ONES, Number, is_month, numbers
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


class _Text(NamedTuple):
    """Words made ready: their bare forms, whether each goes on from the one before, and the numbers by start."""

    tokens: list[str]
    joined: list[bool]
    commas: list[bool]
    numbers: dict[int, Number]

    def token(self, at: int) -> str:
        """Give the word here if it goes on from the one before, else an empty text."""
        return self.tokens[at] if at < len(self.tokens) and self.joined[at] else ""

    def number(self, at: int, comma: bool = False) -> Number | None:
        """Give the number that starts here and goes on from the word before."""
        if at < len(self.tokens) and (self.joined[at] or (comma and self.commas[at])):
            return self.numbers.get(at)
        return None

    def before(self, at: int, count: int = 1) -> list[str]:
        """Give the words in front."""
        return self.tokens[max(0, at - count) : at]


_LEADS = word_set("at by until till around from before after")
_DOMAINS = word_set("com org net edu gov io co uk us de fr ai dev info app")
_NEAR_DAYS = word_set("today tomorrow yesterday tonight")
_NEAR = word_set("next last this")
_PERIODS = word_set("week weekend month year")
_CALLS = word_set("call phone number reach dial text telephone mobile cell fax")
_NO_PHONE = word_set(
    "account order card tracking reference confirmation policy member membership invoice case code routing social"
)
_NO_MAILBOX = (
    STOP_WORDS
    | AUXILIARIES
    | word_set("look website site page online meet visit email mail write available contact")
)
_SIGNS = {"dot": ".", "at": "@", "underscore": "_", "dash": "-", "hyphen": "-"}
_MERIDIEMS = {"am": "AM", "pm": "PM", "a.m": "AM", "p.m": "PM"}

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
_LOCAL_PHONE = re.compile(r"\d{3}[-.]\d{4}")
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
    text = _text(words)
    found = []
    at = 0
    addresses = {address.start: address for address in _addresses(text)}
    while at < len(text.tokens):
        expression = addresses.get(at) or _expression(text, at)
        if expression:
            found.append(expression)
        at = expression.end if expression else at + 1
    return found


def _text(words: Sequence[Word]) -> _Text:
    joined, commas = [False], [False]
    for left, right in zip(words, words[1:], strict=False):
        joined.append(not apart(left, right))
        commas.append(ending(left.text) == "," and left.speaker == right.speaker)
    return _Text(
        [word.word for word in words], joined, commas, {number.start: number for number in numbers(words)}
    )


def _expression(text: _Text, at: int) -> Expression | None:
    """Give the expression that starts here."""
    number = text.numbers.get(at)
    if number:
        return _with_number(text, number) or _lone_number(number)
    token = text.tokens[at]
    if _HAS_SIGN.search(token):
        return _written(text, at)
    return _calendar(text, at) or _clock(text, at)


def _with_number(text: _Text, number: Number) -> Expression | None:
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


def _written(text: _Text, at: int) -> Expression | None:
    """Give what is in its written form already."""
    match = _WRITTEN_FORM.fullmatch(text.tokens[at])
    if match is None or match.lastgroup is None:
        return None
    label = str(next(name for name, _ in _WRITTEN if match.group(name)))
    meridiem = label == "TIME" and text.token(at + 1) in _MERIDIEMS
    return Expression(label, at, at + 2 if meridiem else at + 1)


def _money(text: _Text, number: Number) -> Expression | None:
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


def _currency(text: _Text, at: int) -> tuple[str, int]:
    """Give the sign of the currency named here and where its name ends."""
    name = singular(text.token(at))
    if name == "pound" and text.token(at + 1) == "sterling":
        return CURRENCIES["pound sterling"], at + 2
    return CURRENCIES.get(name, ""), at + 1


def _amount(value: float) -> str:
    return f"{value:,.0f}" if value == int(value) else f"{value:,.2f}"


def _percent(text: _Text, number: Number) -> Expression | None:
    end = number.end
    if text.token(end) == "percent":
        return Expression("PERCENT", number.start, end + 1, f"{number.text}%")
    if text.token(end) == "per" and text.token(end + 1) == "cent":
        return Expression("PERCENT", number.start, end + 2, f"{number.text}%")
    return None


def _time(text: _Text, number: Number) -> Expression | None:
    """Give "eight thirty seven pm", "seven o'clock", and after "at" also "eight thirty"."""
    hour, minute, end = _hour(text, number)
    if not 1 <= hour <= 12:
        return None
    if minute is None and text.token(end) in ("o'clock", "oclock"):
        return Expression("TIME", number.start, end + 1)
    clock = f"{hour}" if minute is None else f"{hour}:{minute:02}"
    meridiem, stop = _meridiem(text, end)
    if meridiem:
        return Expression("TIME", number.start, stop, f"{clock} {meridiem}")
    led = text.before(number.start)[-1:]
    if minute is not None and led and led[0] in _LEADS and singular(text.token(end)) not in _UNIT_NAMES:
        return Expression("TIME", number.start, end, clock)
    return None


def _hour(text: _Text, number: Number) -> tuple[int, int | None, int]:
    """Give hour, minute if there is one, and where they end; the hour is 0 if this is no time."""
    if number.kind == "digits" and len(number.text) == 3 and number.text[1] == "0":
        return int(number.text[0]), int(number.text[1:]), number.end
    if number.kind != "cardinal" or number.value != int(number.value):
        return 0, None, number.end
    after = number.end
    if text.token(after) in OH and text.token(after + 1) in ONES:
        return int(number.value), ONES[text.token(after + 1)], after + 2
    minute = text.number(after)
    if minute and minute.kind == "cardinal" and 10 <= minute.value < 60:
        return int(number.value), int(minute.value), minute.end
    return int(number.value), None, after


def _meridiem(text: _Text, at: int) -> tuple[str, int]:
    """Give AM or PM if it is said here, and where it ends."""
    token = text.token(at)
    if token in ("a", "p") and text.token(at + 1) == "m":
        return token.upper() + "M", at + 2
    return _MERIDIEMS.get(token, ""), at + 1


_UNIT_NAMES = TIME_UNITS | CURRENCIES.keys() | {"percent", "cent", "people", "person"}


def _clock(text: _Text, at: int) -> Expression | None:
    """Give "noon", "midnight", "half past eight", "quarter to nine"."""
    token = text.tokens[at]
    if token in ("noon", "midnight"):
        return Expression("TIME", at, at + 1)
    if token in ("half", "quarter") and text.token(at + 1) in ("past", "to"):
        hour = text.number(at + 2)
        if hour and 1 <= hour.value <= 12 and (token == "quarter" or text.token(at + 1) == "past"):
            return Expression("TIME", at, hour.end)
    return None


def _calendar(text: _Text, at: int) -> Expression | None:
    """Give a date that starts with a word: a weekday, a month, "tomorrow", "next week"."""
    token = text.tokens[at]
    if token in _NEAR_DAYS:
        return Expression("DATE", at, at + 1)
    if token in _NEAR and (text.token(at + 1) in _PERIODS or text.token(at + 1) in WEEKDAYS):
        return Expression("DATE", at, at + 2)
    if token in WEEKDAYS:
        return _weekday(text, at)
    return _month(text, at) if token in MONTHS and is_month(text.tokens, at) else None


def _weekday(text: _Text, at: int) -> Expression:
    after = at + 1
    if after < len(text.tokens) and (text.joined[after] or text.commas[after]):
        date = _month(text, after) if is_month(text.tokens, after) else None
        if date and date.written:
            return Expression("DATE", at, date.end, f"{text.tokens[at].capitalize()}, {date.written}")
    return Expression("DATE", at, at + 1)


def _month(text: _Text, at: int) -> Expression:
    """Give "november", "november second", "november the second twenty twenty two"."""
    name = text.tokens[at].capitalize()
    day = text.number(at + 1 + (text.token(at + 1) == "the"))
    if day and day.kind in ("cardinal", "ordinal") and 1 <= day.value <= 31:
        year = _year(text, day.end)
        written = f"{name} {day.value:.0f}"
        return Expression(
            "DATE", at, year.end if year else day.end, f"{written}, {year.text}" if year else written
        )
    year = _year(text, at + 1)
    return Expression("DATE", at, year.end, f"{name} {year.text}") if year else Expression("DATE", at, at + 1)


def _year(text: _Text, at: int) -> Number | None:
    year = text.number(at, comma=True)
    return year if year and year.text.isdecimal() and 1000 <= year.value < 2100 else None


def _day(text: _Text, number: Number) -> Expression | None:
    """Give "the fourth of july" and "5 november 2022"."""
    if number.kind not in ("cardinal", "ordinal") or not 1 <= number.value <= 31:
        return None
    after = number.end
    if number.kind == "ordinal" and text.token(after) == "of":
        after += 1
    if text.token(after) not in MONTHS or not is_month(text.tokens, after):
        return None
    year = _year(text, after + 1)
    return Expression("DATE", number.start, year.end if year else after + 1)


def _duration(text: _Text, number: Number) -> Expression | None:
    """Give "two hours and thirty minutes", "25 years old" as an age."""
    if singular(text.token(number.end)) not in TIME_UNITS or number.kind == "ordinal":
        return None
    end = number.end + 1
    if singular(text.token(number.end)) == "year" and text.token(end) == "old":
        return Expression("AGE", number.start, end + 1)
    more = text.number(end + (text.token(end) == "and"))
    if more and singular(text.token(more.end)) in TIME_UNITS:
        end = more.end + 1
    return Expression("DURATION", number.start, end)


def _identifier(text: _Text, number: Number) -> Expression | None:
    """Give digits that stand for something: a card, its code and expiry, a phone, a social security number."""
    parts = _run(text, number)
    digits = "".join(part.text for part in parts)
    end = parts[-1].end if parts else number.end
    near = set(text.before(number.start, 6))
    if len(digits) >= 3:
        for label, fits in _IDENTIFIERS:
            if fits(parts, digits, near):
                written = _dashed(digits) if label == "PHONE_NUMBER" else digits
                return Expression(label, number.start, end, written if len(digits) > 6 else None)
    if _LOCAL_PHONE.fullmatch(text.tokens[end] if end < len(text.tokens) else "") and len(digits) == 3:
        return Expression("PHONE_NUMBER", number.start, end + 1)
    return None


def _run(text: _Text, number: Number) -> list[Number]:
    """Give the numbers in digits that follow each other without another word."""
    parts: list[Number] = []
    part: Number | None = number
    while part and part.text.isdecimal() and part.kind != "ordinal":
        parts.append(part)
        part = text.number(part.end)
    return parts


def _is_card(parts: Sequence[Number], digits: str, near: set[str]) -> bool:
    return 13 <= len(digits) <= 19


def _is_ssn(parts: Sequence[Number], digits: str, near: set[str]) -> bool:
    return len(digits) in (4, 9) and bool(near & {"social", "ssn"})


def _is_code(parts: Sequence[Number], digits: str, near: set[str]) -> bool:
    return len(digits) in (3, 4) and ({"security", "code"} <= near or bool(near & {"cvv", "cvc"}))


def _is_expiry(parts: Sequence[Number], digits: str, near: set[str]) -> bool:
    return len(digits) <= 6 and any(word.startswith("expir") for word in near)


def _is_phone(parts: Sequence[Number], digits: str, near: set[str]) -> bool:
    said = any(part.kind == "digits" for part in parts)
    lengths = [len(part.text) for part in parts]
    if near & _NO_PHONE or not (said or lengths in ([3, 3, 4], [1, 3, 3, 4], [3, 4])):
        return False
    return (
        len(digits) == 10
        or (len(digits) == 11 and digits[0] == "1")
        or (len(digits) == 7 and bool(near & _CALLS))
    )


_IDENTIFIERS: tuple[tuple[str, Callable[[Sequence[Number], str, set[str]], bool]], ...] = (
    ("CREDIT_CARD", _is_card),
    ("SSN", _is_ssn),
    ("CVV", _is_code),
    ("CREDIT_CARD_EXPIRATION", _is_expiry),
    ("PHONE_NUMBER", _is_phone),
)

_NUMBER_RULES = (_money, _percent, _time, _day, _duration, _identifier)


def _dashed(digits: str) -> str:
    """Give 7, 10 or 11 digits as a phone number of North America is written."""
    local = f"{digits[-7:-4]}-{digits[-4:]}"
    return "-".join(part for part in (digits[:-10], digits[-10:-7], local) if part)


def _addresses(text: _Text) -> list[Expression]:
    """Give e-mail addresses and net addresses that are spoken with "dot"."""
    found: list[Expression] = []
    for at, token in enumerate(text.tokens):
        if token == "dot" and at and not (found and at < found[-1].end):
            address = _address(text, at)
            if address:
                found.append(address)
    return found


def _address(text: _Text, dot: int) -> Expression | None:
    """Give the address around a spoken "dot", if it ends like one."""
    end = dot + 1
    while text.token(end) and text.token(end + 1) in _SIGNS and text.token(end + 1) != "at" and text.token(end + 2):
        end += 2
    if text.token(end) not in _DOMAINS:
        return None
    start = _address_start(text, dot - 1)
    pieces = text.tokens[start : end + 1]
    if "at" not in pieces:
        return Expression("URL", start, end + 1, _spelt(pieces))
    middle = pieces.index("at")
    if middle == 1 and pieces[0] in _NO_MAILBOX:
        return Expression("URL", start + 2, end + 1, _spelt(pieces[2:]))
    return Expression("EMAIL_ADDRESS", start, end + 1, _spelt(pieces))


def _address_start(text: _Text, at: int) -> int:
    """Give where an address begins, going back over "dot" and one "at"."""
    signs = dict(_SIGNS)
    while at > 1 and text.joined[at] and text.joined[at - 1] and text.tokens[at - 1] in signs:
        if text.tokens[at - 1] == "at":
            del signs["at"]
        at -= 2
    return at


def _spelt(pieces: Sequence[str]) -> str:
    return "".join(_SIGNS.get(piece, str(ONES.get(piece, piece))) for piece in pieces)
