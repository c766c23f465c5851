"""Pieces of what was heard."""

from __future__ import annotations

import pytest

from dgnb.protocol.heard import Alternative, Word

WORDS = [Word(word="one"), Word(word="two")]


@pytest.mark.parametrize(
    ("text", "words", "gap"),
    [("one two", WORDS, " "), ("你好世界", WORDS, ""), ("one", WORDS[:1], " "), ("", WORDS, " ")],
    ids=["spaces", "none", "a-single-word", "no-text"],
)
def test_words_stand_apart_as_the_text_has_them(text: str, words: list[Word], gap: str) -> None:
    assert Alternative(transcript=text, words=words).gap == gap
