from __future__ import annotations

from dgnb.protocol.heard import Word
from dgnb.sandbox.engines.grouping import words_of
from dgnb.sandbox.engines.passage import read


def test_marks_keep_words_apart() -> None:
    passage = read(words_of("on May 5, 2024."))
    assert passage.number(2) is passage.numbers[2]
    assert passage.number(3) is None
    assert passage.number(3, across=",") is passage.numbers[3]


def test_another_speaker_is_never_bridged() -> None:
    words = [Word(word=word, start=0.0, end=0.0, speaker=n) for n, word in enumerate(("four", "five"))]
    passage = read(words)
    assert passage.token(1) == ""
    assert passage.number(1, across=",.") is None


def test_words_outside_are_empty() -> None:
    passage = read(words_of("one two"))
    assert passage.token(2) == ""
    assert passage.number(2) is None
    assert passage.before(1, 5) == ["one"]
