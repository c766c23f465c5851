from __future__ import annotations

import pytest

from dgnb.sandbox.engines.grouping import words_of
from dgnb.sandbox.engines.intents import intents


def names(text: str, *custom: str, strict: bool = False) -> list[str]:
    found = intents(words_of(text), custom, "strict" if strict else "extended")
    return [intent.intent for segment in found.segments for intent in segment.intents]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("I want to cancel my order.", "Cancel order"),
        ("I'd like to upgrade my phone please", "Upgrade phone"),
        ("I need to check my account balance.", "Check account balance"),
        ("Could you please send me the new contract?", "Send new contract"),
        ("How do I reset the password?", "Reset password"),
        ("We would like to sign up for the newsletter.", "Sign up for newsletter"),
        ("I'm calling to ask about a refund.", "Ask about refund"),
        ("Can I speak to a manager?", "Speak to manager"),
        ("Please close the window.", "Close window"),
    ],
    ids=lambda text: text[:30],
)
def test_an_intent_is_a_verb_and_its_object(text: str, expected: str) -> None:
    assert names(text) == [expected]


@pytest.mark.parametrize(
    "text",
    [
        "I don't want to cancel my order.",
        "I never wanted to buy it.",
        "I want to not pay.",
        "The order was late.",
        "I want to.",
        "How can I help you?",
        "Can you hear me?",
        "",
    ],
)
def test_negated_and_empty_wishes_are_no_intents(text: str) -> None:
    assert names(text) == []


def test_segments_are_sentences_with_positions() -> None:
    (segment,) = intents(words_of("Hello there. I want to cancel my order. Thanks.")).segments
    assert (segment.text, segment.start_word, segment.end_word) == ("I want to cancel my order.", 2, 7)


def test_a_wish_is_surer_than_a_plan() -> None:
    def confidence(text: str) -> float:
        return intents(words_of(text)).segments[0].intents[0].confidence_score

    assert 1 >= confidence("I want to sell my car.") > confidence("I am going to sell my car.") > 0


@pytest.mark.parametrize(
    ("custom", "found"),
    [("Cancel order", True), ("Order cancellation", True), ("Upgrade phone", False), ("Cancel", True)],
)
def test_own_intents_are_matched_by_stems(custom: str, found: bool) -> None:
    assert names("I want to cancel my orders.", custom, strict=True) == ([custom] if found else [])


def test_extended_gives_own_and_found_intents() -> None:
    text = "I want to cancel my orders. Then I want to sell my car."
    assert names(text, "Order cancellation") == ["Order cancellation", "Cancel orders", "Sell car"]
