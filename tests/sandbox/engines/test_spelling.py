from __future__ import annotations

from math import isclose

import pytest

from dgnb.protocol.heard import Word
from dgnb.protocol.spelling import bare
from dgnb.sandbox.engines.grouping import transcript, words_of
from dgnb.sandbox.engines.spelling import apart, ending, respelt


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('"Hello,"', "hello"),
        ("don\u2019t", "don't"),
        ("jo@example.com.", "jo@example.com"),
        ("-", "-"),
        ("...", "..."),
        ("[NAME_1].", "[NAME_1]"),
        ("50%", "50%"),
    ],
    ids=["quoted", "apostrophe", "address", "dash", "dots", "label", "percent"],
)
def test_a_bare_word_has_no_marks(text: str, expected: str) -> None:
    assert bare(text) == expected


def test_respelling_keeps_marks_and_capital() -> None:
    assert transcript(respelt(words_of('"Monika jon."'), "monica john")) == '"Monica john."'


def test_time_is_shared_by_letters_when_the_count_changes() -> None:
    words = [Word(word="abc", start=2.0, end=3.0, confidence=0.5)]
    first, second = respelt(words, "a bbb")
    assert (first.start, second.end) == (2.0, 3.0)
    assert isclose(first.end, 2.25)
    assert second.start == first.end


def test_equal_counts_keep_each_time() -> None:
    words = [Word(word="a", start=0.0, end=0.1), Word(word="b", start=0.5, end=0.9)]
    assert [(word.start, word.end) for word in respelt(words, "x y")] == [(0.0, 0.1), (0.5, 0.9)]


def test_a_bare_word_stays_without_a_written_form() -> None:
    (word,) = respelt([Word(word="five", start=0.0, end=1.0)], "5")
    assert word.punctuated_word is None


def test_a_comma_sets_words_apart() -> None:
    left, right = words_of("one, two")
    assert ending(left.text) == ","
    assert apart(left, right)
