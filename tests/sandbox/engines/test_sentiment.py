from __future__ import annotations

from math import isclose

import pytest

from dgnb.sandbox.engines.grouping import words_of
from dgnb.sandbox.engines.sentiment import label, sentiments, word_sentiments


def of(text: str) -> str:
    average = sentiments(words_of(text)).average
    assert average is not None
    return average.sentiment


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("The food was very good.", "positive"),
        ("The food was not good at all.", "negative"),
        ("The food was served at noon.", "neutral"),
        ("i love this phone it is great", "positive"),
    ],
    ids=["positive", "negated", "neutral", "without marks"],
)
def test_sentiment_follows_the_words(text: str, expected: str) -> None:
    assert of(text) == expected


def test_order_matters() -> None:
    assert of("It was slow, but the food was great.") != of(
        "The food was great, but it was slow and terrible."
    )


@pytest.mark.parametrize(
    ("score", "expected"),
    [(1 / 3, "positive"), (0.33, "neutral"), (0.0, "neutral"), (-0.33, "neutral"), (-1 / 3, "negative")],
)
def test_labels_change_at_a_third(score: float, expected: str) -> None:
    assert label(score) == expected


def test_neighbours_with_one_label_make_one_segment() -> None:
    found = sentiments(words_of("I love it. It is wonderful. The box is brown. The delivery was awful."))
    assert [(part.sentiment, part.start_word, part.end_word) for part in found.segments] == [
        ("positive", 0, 5),
        ("neutral", 6, 9),
        ("negative", 10, 13),
    ]
    assert found.segments[0].text == "I love it. It is wonderful."


def test_segments_cover_every_word_once() -> None:
    words = words_of("Great! Awful. It is a table. I like it. I hate it. " * 5)
    found = sentiments(words).segments
    covered = [at for part in found for at in range(part.start_word, part.end_word + 1)]
    assert covered == list(range(len(words)))


def test_the_average_is_over_words() -> None:
    words = words_of("I love it. The delivery was really awful.")
    average = sentiments(words).average
    scores = [word.sentiment_score or 0.0 for word in word_sentiments(words)]
    assert average is not None
    assert isclose(average.sentiment_score, sum(scores) / len(scores))


def test_words_have_the_sentiment_of_their_sentence() -> None:
    words = word_sentiments(words_of("I love it. It is brown."))
    assert [word.sentiment for word in words] == ["positive"] * 3 + ["neutral"] * 3
    assert all(-1 <= (word.sentiment_score or 0) <= 1 for word in words)


def test_no_words_are_neutral() -> None:
    found = sentiments([])
    assert found.segments == []
    assert found.average is not None
    assert found.average.sentiment == "neutral"
