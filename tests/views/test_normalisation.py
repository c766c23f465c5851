from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dgnb.views.normalisation import normalise, normalised
from tests.views.transcripts import texts

SAME = [
    ("It's twenty-five percent.", "it is 25%"),
    ("I don't, won't and can't.", "I do not will not and cannot"),
    ("They're gonna; we've gotta!", "they are going to we have got to"),
    ("He's been there, she'd gone.", "he has been there she had gone"),
    ("She'd like that's all", "she would like that is all"),
    ("$5.50", "five dollars and fifty cents"),
    ("$5 million", "five million dollars"),
    ("£3", "three pounds"),
    ("a dollar", "a dollars"),
    ("1,234 people", "one thousand two hundred and thirty four people"),
    ("2.5 million", "two point five million"),
    ("0.5", "zero point five"),
    (".5", "point five"),
    ("3.50", "3.5"),
    ("the 21st", "the twenty first"),
    ("1st and 3rd", "first and third"),
    ("January 5th", "january five"),
    ("in 1984", "in nineteen eighty four"),
    ("in 2024", "in twenty twenty four"),
    ("in 1905", "in nineteen oh five"),
    ("the 1980s", "the nineteen eighties"),
    ("the 80s", "the eighties"),
    ("2/3", "two thirds"),
    ("½", "one half"),
    ("-5 degrees", "minus five degrees"),
    ("10:30", "ten thirty"),
    ("3:00 p.m.", "three pm"),
    ("10am", "ten a.m."),
    ("5 o'clock", "five"),
    ("555-1234", "five five five one two three four"),
    ("1, 2, 3", "one two three"),
    ("room 12", "Room twelve"),
    ("U.S.A.", "u s a"),
    ("the U.S.", "the us"),
    ("Dr. Brown vs. Mr. Fox", "doctor brown versus mister fox"),
    ("O.K., okay", "ok OK"),
    ("Well, um, uh-huh, yes", "well yes"),
    ("e-mail", "email"),
    ("Smith & Sons", "smith and sons"),
    ("It\u2019s", "it's"),
    ("[laughter] Hello (music)", "hello"),
    ("well-known", "well known"),
    ("5kg", "five kilograms"),
    ("Caf\u00e9", "Cafe\u0301"),
]


@pytest.mark.parametrize(("written", "said"), SAME, ids=[one for one, _ in SAME])
def test_what_is_said_alike_is_spelled_alike(written: str, said: str) -> None:
    assert normalise(written) == normalise(said)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("twenty", "thirty"),
        ("it is", "it was"),
        ("can", "can't"),
        ("5 dollars", "5 euros"),
        ("fifteen", "fifty"),
        ("first", "one"),
        ("two hundred", "200000"),
    ],
)
def test_what_is_said_otherwise_is_spelled_otherwise(one: str, other: str) -> None:
    assert normalise(one) != normalise(other)


def test_plain_words_stay() -> None:
    text = "nobody knew what would happen in the second part of a story"
    assert normalise(text) == text.replace("second", "2nd")


@pytest.mark.parametrize("text", ["Über uns", "字幕 世界", "שלום עולם", "привет мир"])
def test_other_languages_keep_their_words(text: str) -> None:
    assert normalise(text) == text.casefold()


@settings(max_examples=300, deadline=None)
@given(
    st.lists(texts | st.sampled_from(["five", "hundred", "point", "$5", "and", "oh", "nineteen", "o'clock"]))
)
def test_it_is_the_same_once_more_and_tells_its_words(words: list[str]) -> None:
    tokens = normalised(words)
    places = [token.word for token in tokens]
    assert all(0 <= place < len(words) for place in places)
    assert places == sorted(places)
    assert all(token.text and " " not in token.text for token in tokens)
    assert set(normalise(" ".join(words)).split()) == {
        token.text for token in normalised(" ".join(words).split())
    }
