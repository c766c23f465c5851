from __future__ import annotations

import pytest

from dgnb.protocol.cardinals import below_hundred, digit_run, joins, whole


def atoms(text: str) -> list[str]:
    return [*text.split(), "", ""]


@pytest.mark.parametrize(
    ("text", "expected"),
    [("twenty five six", (25, 2)), ("nineteen", (19, 1)), ("zero", (0, 1)), ("hundred", None), ("", None)],
    ids=["tens and ones", "teen", "zero", "scale", "nothing"],
)
def test_values_below_a_hundred(text: str, expected: tuple[int, int] | None) -> None:
    assert below_hundred(atoms(text), 0) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("two hundred and fifty thousand", (250_000, 5)),
        ("one million two", (1_000_002, 3)),
        ("two thousand five million", (2_000, 2)),
        ("nine hundred nine thousand nine hundred nine", (909_909, 7)),
        ("two hundred hundred", (200, 2)),
        ("zero hundred", (0, 1)),
        ("cat", None),
    ],
    ids=["and", "small rest", "rising scales", "repeated", "hundred twice", "zero", "none"],
)
def test_whole_numbers_end_where_grammar_ends(text: str, expected: tuple[int, int] | None) -> None:
    assert whole(atoms(text), 0) == expected


def test_digits_run_to_the_first_other_word() -> None:
    assert digit_run(atoms("four oh double four cats"), 0) == (4, "4044")
    assert digit_run(atoms("oh four"), 0) == (0, "")


def test_between_takes_and_for_itself() -> None:
    text = atoms("between one hundred and two")
    assert not joins(text, 1, 3)
    assert joins(text[1:], 0, 2)
