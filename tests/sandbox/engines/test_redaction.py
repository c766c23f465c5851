from __future__ import annotations

from collections.abc import Callable
from math import isclose

import pytest

from dgnb.protocol.heard import Word
from dgnb.sandbox.engines.formatting import punctuate, smart_format
from dgnb.sandbox.engines.grouping import transcript, words_of
from dgnb.sandbox.engines.redaction import redact

CARD = "four one one one one one one one one one one one one one one one"


def redacted(text: str, *what: str) -> str:
    return transcript(redact(words_of(text), what).words)


@pytest.mark.parametrize(
    ("text", "what", "expected"),
    [
        (f"my card is {CARD}", "pci", "my card is [CREDIT_CARD_1]"),
        ("It is 4111 1111 1111 1111.", "pci", "It is [CREDIT_CARD_1]."),
        ("the security code is one two three", "pci", "the security code is [CVV_1]"),
        ("My SSN is 123-45-6789, ok?", "ssn", "My SSN is [SSN_1], ok?"),
        (
            "Mail jo@example.com or call 555-123-4567.",
            "pii",
            "Mail [EMAIL_ADDRESS_1] or call [PHONE_NUMBER_1].",
        ),
        ("Emily Hart lives in Boston.", "pii", "[NAME_1] lives in [LOCATION_CITY_1]."),
        ("mail jo at example dot com", "email_address", "mail [EMAIL_ADDRESS_1]"),
        ("claim four four one two", "numbers", "claim [NUMBER_1]"),
        ("claim 4412 of 12 people", "numbers", "claim [NUMBER_1] of 12 people"),
        ("claim 4412 of twelve people", "aggressive_numbers", "claim [NUMBER_1] of [NUMBER_2] people"),
        ("pay twenty dollars by may fifth", "numbers", "pay [MONEY_1] by [DATE_1]"),
        ("I am one of them.", "aggressive_numbers", "I am one of them."),
        ("From Paris to Rome", "location", "From [LOCATION_CITY_1] to [LOCATION_CITY_2]"),
        (f"my card is {CARD}", "false", f"my card is {CARD}"),
    ],
    ids=[
        "spoken card",
        "written card",
        "card code",
        "ssn",
        "mail and phone",
        "name and city",
        "spoken mail",
        "digits",
        "long numbers only",
        "all numbers",
        "money and date",
        "pronoun",
        "places",
        "off",
    ],
)
def test_sensitive_words_are_replaced(text: str, what: str, expected: str) -> None:
    assert redacted(text, what) == expected


def test_the_same_thing_has_the_same_number() -> None:
    assert redacted("Mary met John and Mary.", "name") == "[NAME_1] met [NAME_2] and [NAME_1]."


def test_groups_add_up() -> None:
    assert redacted("Mary paid 4412 euros", "name", "money") == "[NAME_1] paid [MONEY_1]"


def test_what_cannot_be_found_is_reported_once() -> None:
    found = redact(words_of("Mary called."), ["phi", "pci", "blood_type", "phi"])
    assert found.unsupported == ("phi", "blood_type")
    assert transcript(found.words) == "Mary called."


def test_a_replaced_stretch_keeps_its_time() -> None:
    words = [
        Word(word=word, start=n * 0.5, end=n * 0.5 + 0.4)
        for n, word in enumerate(("claim", "four", "four", "one"))
    ]
    claim, label = redact(words, ["numbers"]).words
    assert claim is words[0]
    assert (label.word, label.punctuated_word, label.start) == ("[NUMBER_1]", None, 0.5)
    assert isclose(label.end, 1.9)


@pytest.mark.parametrize("before", [list, punctuate, smart_format], ids=["heard", "punctuated", "formatted"])
def test_pauses_within_a_card_number_do_not_save_it(before: Callable[[list[Word]], list[Word]]) -> None:
    words = [Word(word="one", start=n + n // 4 * 3.0, end=n + n // 4 * 3.0 + 0.5) for n in range(16)]
    assert [word.word for word in redact(before(words), ["pci"]).words] == ["[CREDIT_CARD_1]"]
