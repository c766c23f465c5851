from __future__ import annotations

import pytest

from dgnb.sandbox.engines.dates import is_month
from dgnb.sandbox.engines.expressions import expressions
from dgnb.sandbox.engines.grouping import words_of

SPOKEN = {
    "eight thirty seven pm": ("TIME", "8:37 PM"),
    "five oh five a m": ("TIME", "5:05 AM"),
    "seven o'clock": ("TIME", None),
    "half past eight": ("TIME", None),
    "quarter to nine": ("TIME", None),
    "noon": ("TIME", None),
    "november second": ("DATE", "November 2"),
    "november second twenty twenty two": ("DATE", "November 2, 2022"),
    "november twenty twenty two": ("DATE", "November 2022"),
    "monday november fifth": ("DATE", "Monday, November 5"),
    "fourth of july": ("DATE", None),
    "five november twenty twenty": ("DATE", None),
    "next week": ("DATE", None),
    "tomorrow": ("DATE", None),
    "nineteen eighty four": ("DATE", None),
    "two hours and thirty minutes": ("DURATION", None),
    "twenty five years old": ("AGE", None),
}


@pytest.mark.parametrize(("text", "expected"), SPOKEN.items(), ids=[*SPOKEN])
def test_spoken_dates_and_times_are_found_whole(text: str, expected: tuple[str, str | None]) -> None:
    (found,) = expressions(words_of(text))
    assert (found.label, found.written) == expected
    assert (found.start, found.end) == (0, len(text.split()))


@pytest.mark.parametrize(
    ("text", "labels"),
    [
        ("at seven forty five", ["TIME"]),
        ("seven forty five", ["CARDINAL", "CARDINAL"]),
        ("at five fifteen minutes remain", ["CARDINAL", "DURATION"]),
        ("thirteen pm", ["CARDINAL"]),
        ("november thirty second", ["DATE", "ORDINAL"]),
        ("on friday, november 5, 2021", ["DATE"]),
        ("they march two miles", ["CARDINAL"]),
    ],
    ids=["behind at", "two numbers", "minutes", "no such hour", "no such day", "commas", "a verb"],
)
def test_the_words_around_tell_dates_and_times_from_numbers(text: str, labels: list[str]) -> None:
    assert [found.label for found in expressions(words_of(text))] == labels


@pytest.mark.parametrize(
    ("text", "at", "expected"),
    [
        ("in may", 1, True),
        ("i may go", 1, False),
        ("they march on", 1, False),
        ("march 3", 0, True),
        ("june", 0, True),
    ],
    ids=["after a preposition", "an auxiliary", "a verb", "before a day", "clear"],
)
def test_months_are_told_from_verbs(text: str, at: int, expected: bool) -> None:
    assert is_month(text.split(), at) is expected
