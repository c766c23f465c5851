from __future__ import annotations

import pytest

from dgnb.sandbox.engines.lexicon import content_stems, is_content, named, singular, stem


@pytest.mark.parametrize(
    "family",
    [
        ("cancel", "cancels", "cancelled", "cancelling", "cancellation", "cancellations"),
        ("delivery", "deliveries"),
        ("upgrade", "upgrades", "upgraded", "upgrading"),
        ("bill", "bills", "billing", "billed"),
        ("pay", "pays", "paying", "payment", "payments"),
        ("battery", "batteries", "battery's"),
        ("box", "boxes"),
        ("glass", "glasses"),
    ],
    ids=lambda family: family[0],
)
def test_forms_of_a_word_share_a_stem(family: tuple[str, ...]) -> None:
    assert len({stem(word) for word in family}) == 1


@pytest.mark.parametrize(
    ("one", "other"), [("string", "strong"), ("need", "new"), ("red", "read"), ("bus", "bu")]
)
def test_other_words_have_other_stems(one: str, other: str) -> None:
    assert stem(one) != stem(other)


def test_names_are_found_longest_first() -> None:
    text = "from new york city to new york and mary's house"
    assert [name.written for name in named(text.split())] == ["New York City", "New York", "Mary"]


def test_common_words_are_no_names() -> None:
    text = "will mark may hope for a nice reading in the bath"
    assert named(text.split()) == []


@pytest.mark.parametrize(
    ("word", "expected"),
    [("feet", "foot"), ("litres", "liter"), ("gas", "gas"), ("miles", "mile"), ("centuries", "century")],
)
def test_units_have_a_singular(word: str, expected: str) -> None:
    assert singular(word) == expected


def test_function_words_numbers_and_addresses_carry_no_topic() -> None:
    assert not any(map(is_content, ["the", "very", "250", "jo@example.com", "monday", "really", "great"]))


def test_family_is_no_adverb() -> None:
    assert is_content("family")
    assert not is_content("quickly")


def test_content_stems_leave_function_words_out() -> None:
    assert content_stems(["the", "orders", "of", "today"]) == {"order"}
