from __future__ import annotations

import pytest

from dgnb.sandbox.engines.expressions import expressions
from dgnb.sandbox.engines.grouping import words_of

SPOKEN = {
    "twenty dollars": ("MONEY", "$20"),
    "twenty dollars and fifty cents": ("MONEY", "$20.50"),
    "fifty cents": ("MONEY", "$0.50"),
    "two euros": ("MONEY", "€2"),
    "three hundred million dollars": ("MONEY", "$300,000,000"),
    "fifty percent": ("PERCENT", "50%"),
    "a hundred per cent": ("PERCENT", "100%"),
    "twenty first": ("ORDINAL", None),
    "forty two": ("CARDINAL", None),
}

WRITTEN = {
    "$20.50": "MONEY",
    "50%": "PERCENT",
    "8:37 PM": "TIME",
    "8:37pm": "TIME",
    "November 2, 2022": "DATE",
    "2022-11-02": "DATE",
    "11/02/2022": "DATE",
    "jo@example.com": "EMAIL_ADDRESS",
    "https://example.org/a?b=c": "URL",
    "example.com": "URL",
    "555-123-4567": "PHONE_NUMBER",
    "(555) 123-4567": "PHONE_NUMBER",
    "123-45-6789": "SSN",
    "4111 1111 1111 1111": "CREDIT_CARD",
    "4111-1111-1111-1111": "CREDIT_CARD",
    "1,000": "CARDINAL",
}


@pytest.mark.parametrize(("text", "expected"), SPOKEN.items(), ids=[*SPOKEN])
def test_spoken_expressions_are_found_whole(text: str, expected: tuple[str, str | None]) -> None:
    (found,) = expressions(words_of(text))
    assert (found.label, found.written) == expected
    assert (found.start, found.end) == (0, len(text.split()))


@pytest.mark.parametrize(("text", "label"), WRITTEN.items(), ids=[*WRITTEN])
def test_written_expressions_are_found_whole(text: str, label: str) -> None:
    (found,) = expressions(words_of(text))
    assert (found.label, found.start, found.end) == (label, 0, len(text.split()))


@pytest.mark.parametrize(
    "text",
    [
        "one of them may go",
        "email me at once",
        "a dot on the map",
        "wait a second",
        "i am here",
        "they march on",
    ],
)
def test_ordinary_words_are_no_expressions(text: str) -> None:
    assert expressions(words_of(text)) == []


def test_marks_end_an_expression() -> None:
    found = expressions(words_of("I have twenty. Dollars are green."))
    assert [(expression.label, expression.end - expression.start) for expression in found] == [
        ("CARDINAL", 1)
    ]
