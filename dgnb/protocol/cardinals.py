"""Whole numbers in words, and the tables of number words.

The functions here read atoms: bare words, compounds such as "twenty-five" in
two, with an empty one where words do not belong together and two at the end.
They give a value and the atom behind it, or None.
"""

from __future__ import annotations

from collections.abc import Sequence


def _counted(names: str, first: int) -> dict[str, int]:
    return {name: value for value, name in enumerate(names.split(), first)}


ONES = _counted("zero one two three four five six seven eight nine", 0)
TEENS = _counted("ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen", 10)
TENS = {
    name: 10 * tens
    for name, tens in _counted("twenty thirty forty fifty sixty seventy eighty ninety", 2).items()
}
SCALES = {"thousand": 10**3, "million": 10**6, "billion": 10**9, "trillion": 10**12}
ORDINALS = (
    _counted("first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth", 1)
    | _counted("thirteenth fourteenth fifteenth sixteenth seventeenth eighteenth nineteenth twentieth", 13)
    | {name[:-1] + "ieth": value for name, value in TENS.items()}
    | {"hundredth": 100, "thousandth": 1000, "millionth": 10**6}
)
OH = ("oh", "o")
REPEATS = {"double": 2, "triple": 3}
FRACTIONS = {name + "s" for name, value in ORDINALS.items() if value > 2}
FRACTIONS |= {"half", "halves", "quarter", "quarters"}
DECADES = {name[:-1] + "ies" for name in TENS}


def whole(atoms: Sequence[str], at: int) -> tuple[int, int] | None:
    """Whole number, with thousands and so on, and where it ends.

    Examples
    --------
    >>> whole(["two", "hundred", "and", "fifty", "thousand", "", ""], 0)
    (250000, 5)
    """
    group = _group(atoms, at)
    if group is None:
        return None
    total, scale = 0, 10**15
    while True:
        value, end = group
        if SCALES.get(atoms[end], scale) >= scale:
            return total + value, end
        scale = SCALES[atoms[end]]
        total, end = total + value * scale, end + 1
        group = _next_group(atoms, at, end, scale)
        if group is None:
            return total, end


def _next_group(atoms: Sequence[str], at: int, end: int, scale: int) -> tuple[int, int] | None:
    """Give the group that goes on after a thousand, million..., if there is one."""
    joined = joins(atoms, at, end)
    group = _group(atoms, end + joined)
    if group is None or atoms[end + joined] == "a" or not group[0]:
        return None
    follows = SCALES.get(atoms[group[1]])
    if follows is not None:
        return group if follows < scale else None
    if _starts_digits(atoms, end + joined, end) or group[0] >= (100 if joined else 1000):
        return None
    return group


def _group(atoms: Sequence[str], at: int) -> tuple[int, int] | None:
    """Give a value below 10,000 made with at most one "hundred", and where it ends."""
    if atoms[at] == "a":
        return _hundreds(atoms, at, 1, at + 1) if atoms[at + 1] in ("hundred", *SCALES) else None
    first = below_hundred(atoms, at)
    return first and _hundreds(atoms, at, *first)


def _hundreds(atoms: Sequence[str], at: int, value: int, end: int) -> tuple[int, int]:
    if atoms[end] != "hundred" or not value:
        return value, end
    value, end = value * 100, end + 1
    rest = end + 1 if joins(atoms, at, end) else end
    tail = below_hundred(atoms, rest)
    if tail is None or not tail[0] or atoms[tail[1]] == "hundred" or _starts_digits(atoms, rest, end):
        return value, end
    return value + tail[0], tail[1]


def below_hundred(atoms: Sequence[str], at: int) -> tuple[int, int] | None:
    """Value below 100 and where it ends.

    Examples
    --------
    >>> below_hundred(["twenty", "five", "six", "", ""], 0)
    (25, 2)
    """
    atom = atoms[at]
    if atom in TENS:
        one = ONES.get(atoms[at + 1], 0)
        return TENS[atom] + one, at + (2 if one else 1)
    value = TEENS.get(atom, ONES.get(atom))
    return None if value is None else (value, at + 1)


def joins(atoms: Sequence[str], at: int, end: int) -> bool:
    """Whether the "and" at `end` belongs to the number from `at`, unlike in "between one hundred and two".

    Examples
    --------
    >>> joins(["one", "hundred", "and", "five", ""], 0, 2)
    True
    """
    return atoms[end] == "and" and (at == 0 or atoms[at - 1] != "between")


def _starts_digits(atoms: Sequence[str], at: int, end: int) -> bool:
    """Whether digits said one by one begin right here, as in "eight hundred five five five"."""
    return at == end and len(digit_run(atoms, at)[1]) >= 3


def digit_run(atoms: Sequence[str], at: int) -> tuple[int, str]:
    """Where digits that are said one by one end, and the digits.

    Examples
    --------
    >>> digit_run(["double", "oh", "seven", "", ""], 0)
    (3, '007')
    """
    text = ""
    while True:
        repeat = REPEATS.get(atoms[at], 1)
        atom = atoms[at + (repeat > 1)]
        if atom in ONES:
            text += str(ONES[atom]) * repeat
        elif atom in OH and (text or repeat > 1):
            text += "0" * repeat
        else:
            return at, text
        at += 1 + (repeat > 1)


def is_number_word(atom: str) -> bool:
    """Whether an atom is a cardinal number or a part of one.

    Examples
    --------
    >>> [is_number_word(atom) for atom in ("six", "hundred", "12", "sixth")]
    [True, True, True, False]
    """
    return (
        atom in ONES
        or atom in TEENS
        or atom in TENS
        or atom in SCALES
        or atom == "hundred"
        or atom[:1].isdigit()
    )
