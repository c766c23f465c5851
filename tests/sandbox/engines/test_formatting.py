from __future__ import annotations

from math import isclose

import pytest

from dgnb.protocol.heard import Word
from dgnb.sandbox.engines.formatting import (
    dictation,
    fillers,
    measurements,
    profanity,
    punctuate,
    replace,
    smart_format,
)
from dgnb.sandbox.engines.grouping import transcript, words_of


def spoken(text: str) -> list[Word]:
    """Words of 0.2 s each; "|" is a pause of 1 s."""
    words: list[Word] = []
    start = 0.0
    for token in text.split():
        if token == "|":
            start += 1.0
            continue
        words.append(Word(word=token, start=start, end=start + 0.2, confidence=0.5))
        start += 0.2
    return words


@pytest.mark.parametrize(
    ("heard", "written"),
    [
        (
            "i record this at eight thirty seven pm on wednesday | it's november second twenty twenty two",
            "I record this at 8:37 PM on Wednesday. It's November 2, 2022.",
        ),
        ("it costs nineteen dollars and ninety nine cents", "It costs $19.99."),
        ("write to jo at example dot com", "Write to jo@example.com."),
        ("my number is five five five one two three four five six seven", "My number is 555-123-4567."),
        ("thirty three grams of pasta", "33 grams of pasta."),
        ("one of the two hundred people left | at ten thirty", "One of the 200 people left. At 10:30."),
        ("he is twenty five years old", "He is 25 years old."),
    ],
    ids=["date and time", "amount", "address", "phone", "number", "false friend", "age"],
)
def test_smart_format_writes_what_was_said(heard: str, written: str) -> None:
    assert transcript(smart_format(spoken(heard))) == written


def test_smart_format_keeps_the_stretch_of_time() -> None:
    words = smart_format(spoken("at eight thirty seven pm sharp"))
    clock, meridiem = words[1:3]
    assert (clock.text, meridiem.text) == ("8:37", "PM")
    assert isclose(clock.start, 0.2)
    assert isclose(meridiem.end, 1.0)
    assert clock.end == meridiem.start
    assert words[3].text == "sharp."


def test_only_hesitations_are_dropped() -> None:
    words = words_of("um yes uh-huh uh no mhmm")
    assert transcript(fillers(words)) == "yes uh-huh no mhmm"
    assert fillers(words, keep=True) == words


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("What the Shit!", "What the S***!"),
        ("bullshit, damned", "b*******, damned"),
        ("class and glass", "class and glass"),
    ],
    ids=["capital and mark", "compound", "innocent"],
)
def test_profanity_keeps_the_first_letter(text: str, masked: str) -> None:
    assert transcript(profanity(words_of(text))) == masked


def test_masked_words_do_not_show_in_any_form() -> None:
    (word,) = profanity([Word(word="shit", start=0.0, end=0.1)])
    assert (word.word, word.punctuated_word) == ("s***", None)


@pytest.mark.parametrize(
    ("pairs", "expected"),
    [
        ([("monika", "Monica")], "Ask Monica, Monica and hailee today."),
        ([("monika", None), ("and", None)], "Ask, hailee today."),
        ([("hailee today", "Hailey tomorrow at noon")], "Ask monika, monika and Hailey tomorrow at noon."),
        ([("today", None)], "Ask monika, monika and hailee."),
        ([("Monika", "X")], "Ask monika, monika and hailee today."),
        ([("", "X"), ("absent", "X")], "Ask monika, monika and hailee today."),
    ],
    ids=["word", "removed", "phrase", "last word", "capital", "nothing to do"],
)
def test_terms_are_replaced(pairs: list[tuple[str, str | None]], expected: str) -> None:
    assert transcript(replace(words_of("Ask monika, monika and hailee today."), pairs)) == expected


def test_a_replacement_keeps_the_time_of_what_it_replaces() -> None:
    words = replace(spoken("ask monika jon now"), [("monika jon", "Monique")])
    assert isclose(words[1].start, 0.2)
    assert isclose(words[1].end, 0.6)
    assert words[2].word == "now"


@pytest.mark.parametrize(
    ("heard", "written"),
    [
        (
            "a headache comma nausea comma and vomiting period they report it started two days ago period",
            "A headache, nausea, and vomiting. They report it started two days ago.",
        ),
        ("is it over question mark yes exclamation point", "Is it over? Yes!"),
        ("note colon call back new paragraph next patient", "Note: call back\n\nNext patient."),
        ("first line new line second line", "First line\nsecond line."),
        ("the trial period was a period of rest", "The trial period was a period of rest."),
        ("put a comma here", "Put a comma here."),
    ],
    ids=["commas", "question", "paragraph", "line", "period as a noun", "comma as a noun"],
)
def test_spoken_marks_are_set(heard: str, written: str) -> None:
    assert transcript(punctuate(dictation(spoken(heard)))) == written


@pytest.mark.parametrize(
    ("heard", "written"),
    [
        ("five kilometers", "5 km"),
        ("thirty three grams and fifty five millilitres", "33 g and 55 ml"),
        ("sixty miles per hour", "60 mph"),
        ("two hundred square feet", "200 sq ft"),
        ("minus five degrees celsius", "-5 °C"),
        ("a hundred meters", "100 m"),
        ("miles away from the second meter", "miles away from the second meter"),
        ("two thirds miles", "two thirds miles"),
    ],
    ids=["km", "g and ml", "mph", "area", "temperature", "a hundred", "no number", "fraction"],
)
def test_units_behind_numbers_are_abbreviated(heard: str, written: str) -> None:
    assert transcript(measurements(spoken(heard))) == written


def test_a_unit_in_the_next_sentence_is_left_alone() -> None:
    assert transcript(measurements(words_of("I have five. Miles is here."))) == "I have five. Miles is here."
