from __future__ import annotations

import pytest

from dgnb.sandbox.engines.expressions import expressions
from dgnb.sandbox.engines.grouping import words_of
from dgnb.sandbox.engines.identifiers import LONGEST, addresses
from dgnb.sandbox.engines.passage import read

SPOKEN = {
    "five five five one two three four five six seven": ("PHONE_NUMBER", "555-123-4567"),
    "one eight hundred five five five one two one two": ("PHONE_NUMBER", "1-800-555-1212"),
    "four one one one one one one one one one one one one one one one": ("CREDIT_CARD", "4111111111111111"),
    "john dot smith at example dot com": ("EMAIL_ADDRESS", "john.smith@example.com"),
    "jo underscore b at mail dot example dot org": ("EMAIL_ADDRESS", "jo_b@mail.example.org"),
    "www dot example dot org": ("URL", "www.example.org"),
}


@pytest.mark.parametrize(("text", "expected"), SPOKEN.items(), ids=[*SPOKEN])
def test_spoken_identifiers_are_found_whole(text: str, expected: tuple[str, str | None]) -> None:
    (found,) = expressions(words_of(text))
    assert (found.label, found.written) == expected
    assert (found.start, found.end) == (0, len(text.split()))


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("my social security number is one two three four five six seven eight nine", "SSN"),
        ("the security code is one two three", "CVV"),
        ("it expires zero five twenty six", "CREDIT_CARD_EXPIRATION"),
        ("call me on five five five one two one two", "PHONE_NUMBER"),
        ("my account number is five five five one two three four five six seven", "CARDINAL"),
    ],
    ids=["social security", "card code", "expiry", "local phone", "account, not phone"],
)
def test_words_in_front_tell_what_digits_mean(text: str, label: str) -> None:
    assert [found.label for found in expressions(words_of(text))] == [label]


def test_email_me_at_gives_the_site_alone() -> None:
    (found,) = expressions(words_of("email me at example dot com"))
    assert (found.label, found.written, found.start) == ("URL", "example.com", 3)


def test_endless_addresses_and_digits_are_no_identifiers() -> None:
    words = words_of("a dot " * 10 * LONGEST + "com " + "4111 " * 10 * LONGEST)
    assert {found.label for found in expressions(words)} <= {"CARDINAL", "CREDIT_CARD", "URL"}
    assert all(found.end - found.start <= 3 * LONGEST for found in addresses(read(words)))
