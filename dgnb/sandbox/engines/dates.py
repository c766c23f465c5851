"""Dates, times of day and durations in words: "november second", "eight thirty pm", "two hours"."""

from __future__ import annotations

from collections.abc import Sequence

from dgnb.protocol.cardinals import OH, ONES, ORDINALS, TENS
from dgnb.sandbox.engines.lexicon import (
    CURRENCIES,
    MONTHS,
    PRONOUNS,
    TIME_UNITS,
    WEEKDAYS,
    singular,
    word_set,
)
from dgnb.sandbox.engines.numerals import YEAR_LEADS, Number
from dgnb.sandbox.engines.passage import Expression, Passage

_LEADS = word_set("at by until till around from before after")
_NEAR_DAYS = word_set("today tomorrow yesterday tonight")
_NEAR = word_set("next last this")
_PERIODS = word_set("week weekend month year")
_UNIT_NAMES = TIME_UNITS | CURRENCIES.keys() | {"percent", "cent", "people", "person"}
MERIDIEMS = {"am": "AM", "pm": "PM", "a.m": "AM", "p.m": "PM"}


_MONTH_LEADS = YEAR_LEADS | word_set("last next this")


def is_month(tokens: Sequence[str], at: int) -> bool:
    """Whether a word names a month; "may" and "march" need a preposition or a day beside them.

    Parameters
    ----------
    tokens : sequence of str
        Bare lower-case words.
    at : int
        Which of them.

    Examples
    --------
    >>> is_month("it may rain in may".split(), 1), is_month("it may rain in may".split(), 4)
    (False, True)
    """
    if tokens[at] not in ("may", "march"):
        return tokens[at] in MONTHS
    before = tokens[at - 1] if at else ""
    after = tokens[at + 1] if at + 1 < len(tokens) else ""
    dated = after[:1].isdigit() or after in ORDINALS or after in TENS
    return before in _MONTH_LEADS or (dated and before not in PRONOUNS and before != "to")


def time(text: Passage, number: Number) -> Expression | None:
    """Time of day that starts with a number: "eight thirty pm", after "at" also "eight thirty".

    Examples
    --------
    >>> from dgnb.sandbox.engines.grouping import words_of
    >>> from dgnb.sandbox.engines.passage import read
    >>> text = read(words_of("five oh five pm"))
    >>> time(text, text.numbers[0]).written
    '5:05 PM'
    """
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


def _hour(text: Passage, number: Number) -> tuple[int, int | None, int]:
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


def _meridiem(text: Passage, at: int) -> tuple[str, int]:
    """Give AM or PM if it is said here, and where it ends."""
    letter = text.token(at)
    if letter in ("a", "p") and text.token(at + 1) == "m":
        return letter.upper() + "M", at + 2
    return MERIDIEMS.get(letter, ""), at + 1


def clock(text: Passage, at: int) -> Expression | None:
    """Time of day that starts with a word: "noon", "half past eight", "quarter to nine".

    Examples
    --------
    >>> from dgnb.sandbox.engines.grouping import words_of
    >>> from dgnb.sandbox.engines.passage import read
    >>> clock(read(words_of("half past eight")), 0).end
    3
    """
    part = text.tokens[at]
    if part in ("noon", "midnight"):
        return Expression("TIME", at, at + 1)
    if part in ("half", "quarter") and text.token(at + 1) in ("past", "to"):
        hour = text.number(at + 2)
        if hour and 1 <= hour.value <= 12 and (part == "quarter" or text.token(at + 1) == "past"):
            return Expression("TIME", at, hour.end)
    return None


def calendar(text: Passage, at: int) -> Expression | None:
    """Date that starts with a word: a weekday, a month, "tomorrow", "next week".

    Examples
    --------
    >>> from dgnb.sandbox.engines.grouping import words_of
    >>> from dgnb.sandbox.engines.passage import read
    >>> calendar(read(words_of("monday november second")), 0).written
    'Monday, November 2'
    """
    token = text.tokens[at]
    if token in _NEAR_DAYS:
        return Expression("DATE", at, at + 1)
    if token in _NEAR and (text.token(at + 1) in _PERIODS or text.token(at + 1) in WEEKDAYS):
        return Expression("DATE", at, at + 2)
    if token in WEEKDAYS:
        return _weekday(text, at)
    return _month(text, at) if token in MONTHS and is_month(text.tokens, at) else None


def _weekday(text: Passage, at: int) -> Expression:
    after = at + 1
    if after < len(text.tokens) and (text.joined[after] or text.follows(after, ",")):
        date = _month(text, after) if is_month(text.tokens, after) else None
        if date and date.written:
            return Expression("DATE", at, date.end, f"{text.tokens[at].capitalize()}, {date.written}")
    return Expression("DATE", at, at + 1)


def _month(text: Passage, at: int) -> Expression:
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


def _year(text: Passage, at: int) -> Number | None:
    year = text.number(at, across=",")
    return year if year and year.text.isdecimal() and 1000 <= year.value < 2100 else None


def day(text: Passage, number: Number) -> Expression | None:
    """Date that starts with a number: "fourth of july", "5 november 2022".

    Examples
    --------
    >>> from dgnb.sandbox.engines.grouping import words_of
    >>> from dgnb.sandbox.engines.passage import read
    >>> text = read(words_of("fourth of july"))
    >>> day(text, text.numbers[0]).label
    'DATE'
    """
    if number.kind not in ("cardinal", "ordinal") or not 1 <= number.value <= 31:
        return None
    after = number.end
    if number.kind == "ordinal" and text.token(after) == "of":
        after += 1
    if text.token(after) not in MONTHS or not is_month(text.tokens, after):
        return None
    year = _year(text, after + 1)
    return Expression("DATE", number.start, year.end if year else after + 1)


def duration(text: Passage, number: Number) -> Expression | None:
    """Duration, as in "two hours and thirty minutes"; "25 years old" is an age.

    Examples
    --------
    >>> from dgnb.sandbox.engines.grouping import words_of
    >>> from dgnb.sandbox.engines.passage import read
    >>> text = read(words_of("25 years old"))
    >>> duration(text, text.numbers[0]).label
    'AGE'
    """
    if singular(text.token(number.end)) not in TIME_UNITS or number.kind == "ordinal":
        return None
    end = number.end + 1
    if singular(text.token(number.end)) == "year" and text.token(end) == "old":
        return Expression("AGE", number.start, end + 1)
    more = text.number(end + (text.token(end) == "and"))
    if more and singular(text.token(more.end)) in TIME_UNITS:
        end = more.end + 1
    return Expression("DURATION", number.start, end)
