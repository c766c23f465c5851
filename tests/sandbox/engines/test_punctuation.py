from __future__ import annotations

import pytest

from dgnb.protocol.heard import Word
from dgnb.sandbox.engines.grouping import transcript, words_of
from dgnb.sandbox.engines.punctuation import is_question, punctuate

PAUSES = {"/": 0.4, "|": 1.0}


def spoken(text: str) -> list[Word]:
    """Words of 0.2 s each; "/" is a pause of 0.4 s, "|" one of 1 s."""
    words: list[Word] = []
    start = 0.0
    for token in text.split():
        start += PAUSES.get(token, 0.0)
        if token not in PAUSES:
            words.append(Word(word=token, start=start, end=start + 0.2))
            start += 0.2
    return words


@pytest.mark.parametrize(
    ("heard", "written"),
    [
        ("hello how are you | i am fine", "Hello, how are you? I am fine."),
        ("i came / i saw", "I came, I saw."),
        ("it is small but it works", "It is small, but it works."),
        ("so the | old house", "So the old house."),
        ("we stayed | and then we left", "We stayed, and then we left."),
        ("mr smith lives in new york", "Mr. Smith lives in New York."),
        ("on monday i'm in france", "On Monday I'm in France."),
        ("it may rain in may", "It may rain in May."),
        ("she lives in new | york", "She lives in New York."),
        ("mary's english is good", "Mary's English is good."),
        ("we see the", "We see the"),
        ("no problem", "No problem."),
    ],
    ids=[
        "greeting",
        "short pause",
        "but",
        "hesitation",
        "goes on",
        "title",
        "weekday",
        "may",
        "pause in a name",
        "possessive",
        "unfinished",
        "no comma",
    ],
)
def test_pauses_and_word_rules_give_marks(heard: str, written: str) -> None:
    assert transcript(punctuate(spoken(heard))) == written


@pytest.mark.parametrize(
    "text",
    [
        "what is your name",
        "how many are there",
        "who called",
        "can you help me",
        "could the manager call me",
        "is there anything else",
        "and where do you live",
        "don't you think so",
        "it's cold isn't it",
        "what's that",
    ],
)
def test_questions_are_known_by_their_first_words(text: str) -> None:
    assert is_question(text.split())


@pytest.mark.parametrize(
    "text",
    [
        "what i like is tea",
        "have a nice day",
        "do the dishes",
        "when i was young",
        "it is late",
        "i see",
        "how nice",
    ],
)
def test_statements_are_no_questions(text: str) -> None:
    assert not is_question(text.split())


def test_speakers_never_share_a_sentence() -> None:
    words = [Word(word=word, start=0.0, end=0.0, speaker=n) for n, word in enumerate(("yes", "no"))]
    assert transcript(punctuate(words)) == "Yes. No."


def test_speech_without_pauses_is_divided_at_a_small_gap() -> None:
    words = [Word(word="word", start=n * 0.4, end=n * 0.4 + 0.2) for n in range(45)]
    assert transcript(punctuate(words)).count(".") == 2


def test_marks_that_are_there_are_kept() -> None:
    text = 'Really?! "Yes," he said; that is Dr. Gray.'
    assert transcript(punctuate(words_of(text))) == text


def test_only_the_written_form_changes() -> None:
    words = spoken("hello paris")
    assert [word.word for word in punctuate(words)] == ["hello", "paris"]
    assert [word.start for word in punctuate(words)] == [word.start for word in words]


def test_no_words_stay_no_words() -> None:
    assert punctuate([]) == []
