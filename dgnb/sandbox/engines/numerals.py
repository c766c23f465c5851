"""Number words as digits: "twenty five" is 25, "nineteen eighty four" is 1984.

Numbers are read from the words alone, with a few documented rules where
English is ambiguous: a lone "one" stays a word unless a unit follows ("one
mile"), "first", "second" and "third" need a date or a counted thing ("the
third floor"), fractions stay words ("two thirds"), and so does "a hundred"
without a unit.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from dgnb.protocol.cardinals import (
    DECADES,
    FRACTIONS,
    OH,
    ONES,
    ORDINALS,
    REPEATS,
    SCALES,
    TEENS,
    TENS,
    below_hundred,
    digit_run,
    is_number_word,
    joins,
    whole,
)
from dgnb.protocol.heard import Word
from dgnb.sandbox.engines.lexicon import CURRENCIES, MONTHS, TIME_UNITS, UNITS, singular, word_set
from dgnb.sandbox.engines.spelling import apart, respelt

_STARTERS = ONES.keys() | TEENS.keys() | TENS.keys() | ORDINALS.keys() | REPEATS.keys() | {"a", "minus"}
_UNIT_WORDS = (
    {unit.split()[0] for unit in (*UNITS, *CURRENCIES)} | (TIME_UNITS - {"day"}) | {"percent", "cent", "buck"}
)
_LABELS = word_set(
    "number chapter page room step part phase level line channel version section unit gate flight option "
    "item question speaker week grade apartment track episode season verse act scene zone"
)
_THINGS = word_set(
    "floor street avenue quarter grade century edition chapter place amendment anniversary row round lane"
)
YEAR_LEADS = word_set("in since year by until till of from to before after around circa during late early")
_SECOND_LEADS = word_set("the my his her our their your") | MONTHS


class Number(NamedTuple):
    """A number in the words from `start` up to, not including, `end`.

    `kind` is cardinal, decimal, digits, year, ordinal or fraction; `text` is how it is written in digits.
    `certain` is False where the words are better left as they are unless a unit follows.
    """

    start: int
    end: int
    kind: str
    text: str
    value: float
    certain: bool = True


class _Found(NamedTuple):
    """A number among atoms, up to `end`."""

    end: int
    kind: str
    text: str
    value: float
    certain: bool = True


def numerals(words: Sequence[Word]) -> list[Word]:
    """Words with numbers in digits.

    Parameters
    ----------
    words : sequence of Word

    Returns
    -------
    list of Word
        A number of several words becomes one, from the start of the first to the end of the last.

    Examples
    --------
    >>> from dgnb.sandbox.engines.grouping import transcript, words_of
    >>> transcript(numerals(words_of("one of them was born in nineteen eighty four on the twenty first")))
    'one of them was born in 1984 on the 21st'
    """
    new: list[Word] = []
    done = 0
    for number in numbers(words):
        if number.certain:
            new += words[done : number.start]
            new += respelt(words[number.start : number.end], number.text)
            done = number.end
    new += words[done:]
    return new


def numbers(words: Sequence[Word]) -> list[Number]:
    """Numbers in the words, in words or in digits, in order and without overlap.

    Parameters
    ----------
    words : sequence of Word

    Returns
    -------
    list of Number

    Examples
    --------
    >>> from dgnb.sandbox.engines.grouping import words_of
    >>> [n.text for n in numbers(words_of("two point five million in 3 of the first twelve months"))]
    ['2500000', '3', '1st', '12']
    """
    atoms, owners = _atoms(words)
    found = []
    at = 0
    while at < len(atoms):
        number = _number(atoms, at) if _may_start(atoms[at]) else None
        if number is None:
            at += 1
            continue
        found.append(Number(owners[at], owners[number.end - 1] + 1, *number[1:]))
        at = number.end
    return found


def _atoms(words: Sequence[Word]) -> tuple[list[str], list[int]]:
    """Give the words with "twenty-five" in two and "" where words are apart, and which word each is of."""
    atoms: list[str] = []
    owners: list[int] = []
    for at, word in enumerate(words):
        parts = word.word.split("-") if "-" in word.word else [word.word]
        if not all(part in ONES or part in TENS or part in ORDINALS for part in parts):
            parts = [word.word]
        atoms += parts
        owners += [at] * len(parts)
        if at + 1 == len(words) or apart(word, words[at + 1]):
            atoms.append("")
            owners.append(at)
    atoms += ["", ""]
    owners += [len(words)] * 2
    return atoms, owners


def _may_start(atom: str) -> bool:
    return atom in _STARTERS or atom[:1].isdigit()


def _number(atoms: Sequence[str], at: int) -> _Found | None:
    """Give the number that starts here."""
    if atoms[at] == "minus":
        return _negative(atoms, at)
    return _digits(atoms, at) or _year(atoms, at) or _cardinal(atoms, at) or _ordinal(atoms, at)


def _negative(atoms: Sequence[str], at: int) -> _Found | None:
    """Give "minus five", unless it is the "minus" of a subtraction."""
    number = _cardinal(atoms, at + 1)
    if number is None or is_number_word(atoms[at - 1] if at else ""):
        return None
    return number._replace(text="-" + number.text, value=-number.value, certain=True)


def _digits(atoms: Sequence[str], at: int) -> _Found | None:
    """Give three or more digits that are said one by one."""
    end, text = digit_run(atoms, at)
    if text and (atoms[end] == "hundred" or atoms[end] in SCALES or atoms[end] == "point"):
        end, text = end - 1, text[:-1]
    if atoms[end - 1] in OH and atoms[end] and len(text) > 1 and atoms[end - 2] not in OH:
        end, text = end - 1, text[:-1]
    return _Found(end, "digits", text, float(text)) if len(text) >= 3 else None


def _year(atoms: Sequence[str], at: int) -> _Found | None:
    """Give a year that is said in two halves, from 1600 to 2099."""
    century = TEENS.get(atoms[at]) or TENS.get(atoms[at], 0)
    if not 16 <= century <= 20:
        return None
    if atoms[at + 1] in (*OH, "zero") and ONES.get(atoms[at + 2], 0):
        end, rest, plain = at + 3, ONES[atoms[at + 2]], True
    else:
        half = below_hundred(atoms, at + 1)
        if half is None or half[0] < 10:
            return None
        (rest, end), plain = half, _is_plain_year(century, atoms[at + 1 : half[1]])
    lead = atoms[at - 1] if at else ""
    if not plain and lead not in YEAR_LEADS | ORDINALS.keys() and lead not in MONTHS:
        return None
    if _is_unit(atoms[end]) or atoms[end] == "hundred" or atoms[end] in SCALES:
        return None
    return _Found(end, "year", f"{century}{rest:02}", century * 100 + rest)


def _is_plain_year(century: int, rest: Sequence[str]) -> bool:
    """Whether both halves can hardly be two numbers, as in "nineteen eighty", unlike "twenty thirty"."""
    if century == 20:
        return len(rest) == 2 or rest[0] in TEENS or rest[0] == "twenty"
    return rest[0] in TENS


def _is_unit(atom: str) -> bool:
    return singular(atom) in _UNIT_WORDS


def _cardinal(atoms: Sequence[str], at: int) -> _Found | None:
    """Give a cardinal or decimal number, or the ordinal it turns out to be."""
    if atoms[at][:1].isdigit():
        return _written(atoms, at)
    cardinal = whole(atoms, at)
    if cardinal is None:
        return None
    value, end = cardinal
    return (
        _ordinal_end(atoms, at, value, end)
        or _fraction(atoms, value, end)
        or _decimal(atoms, value, end)
        or _Found(end, "cardinal", str(value), value, _is_certain(atoms, at, end))
    )


def _is_certain(atoms: Sequence[str], at: int, end: int) -> bool:
    """Whether a cardinal is better written in digits."""
    before, after = atoms[at - 1] if at else "", atoms[end]
    if after in DECADES:
        return False
    if atoms[at] == "a":
        return end - at > 2 or _is_unit(after)
    if atoms[at] == "one" and end - at == 1:
        counted = after in ("to", "through", "or") and is_number_word(atoms[end + 1])
        return (
            _is_unit(after) or before in _LABELS or counted or is_number_word(before) or is_number_word(after)
        )
    return True


def _decimal(atoms: Sequence[str], value: int, end: int) -> _Found | None:
    """Give "three point one four", also with "million" and so on behind it."""
    if atoms[end] != "point":
        return None
    at, digits = end + 1, ""
    while atoms[at] in ONES or atoms[at] in OH:
        digits, at = digits + str(ONES.get(atoms[at], 0)), at + 1
    if not digits:
        half = below_hundred(atoms, at)
        if half is None:
            return None
        digits, at = str(half[0]), half[1]
    return _scaled_decimal(atoms, f"{value}.{digits}", at)


def _scaled_decimal(atoms: Sequence[str], text: str, end: int) -> _Found:
    scale = SCALES.get(atoms[end])
    if scale is None:
        return _Found(end, "decimal", text, float(text))
    value = round(float(text) * scale)
    return _Found(end + 1, "cardinal", str(value), value)


def _written(atoms: Sequence[str], at: int) -> _Found | None:
    """Give a number that is in digits already, also with "million" and so on behind it."""
    atom = atoms[at]
    if atom[-2:] in ("st", "nd", "rd", "th") and atom[:-2].isdecimal():
        return _Found(at + 1, "ordinal", atom, float(atom[:-2]))
    plain = atom.replace(",", "")
    if not plain.replace(".", "", 1).isdecimal() or plain.endswith("."):
        return None
    if atoms[at + 1] in SCALES:
        return _scaled_decimal(atoms, plain, at + 1)
    kind = "decimal" if "." in plain else "digits" if plain.startswith("0") else "cardinal"
    return _Found(at + 1, kind, atom, float(plain))


def _fraction(atoms: Sequence[str], value: int, end: int) -> _Found | None:
    """Give "two thirds" and "one half", which stay words."""
    after = atoms[end]
    if after in FRACTIONS or (value == 1 and ORDINALS.get(after, 0) > 2):
        return _Found(end + 1, "fraction", f"{value} {after}", value, certain=False)
    return None


def _ordinal_end(atoms: Sequence[str], at: int, value: int, end: int) -> _Found | None:
    """Give the ordinal that begins like a cardinal: "twenty first", "two hundred and third"."""
    joined = joins(atoms, at, end) and value % 100 == 0
    last = ORDINALS.get(atoms[end + joined], 0)
    tens = value % 100 >= 20 and value % 10 == 0
    if last >= 100 and value > 1 and not joined:
        return _ordered(value * last, end + 1)
    if not last or not (last < 10 if tens else value >= 100 and value % 100 == 0 and last < 100):
        return None
    if last == 2 and (atoms[at - 1] if at else "") not in _SECOND_LEADS:
        return None
    return _ordered(value + last, end + joined + 1)


def _ordinal(atoms: Sequence[str], at: int) -> _Found | None:
    """Give a lone ordinal; the first three only with a date or a counted thing."""
    value = ORDINALS.get(atoms[at])
    if value is None:
        return None
    before, after = atoms[at - 1] if at else "", atoms[at + 1]
    month = atoms[at - 2] if before == "the" and at > 1 else before
    dated = month in MONTHS or (after == "of" and atoms[at + 2] in MONTHS)
    return _ordered(value, at + 1, certain=value > 3 or dated or after in _THINGS)


def _ordered(value: int, end: int, certain: bool = True) -> _Found:
    suffix = "th" if value % 100 in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(value % 10, "th")
    return _Found(end, "ordinal", f"{value}{suffix}", value, certain)
