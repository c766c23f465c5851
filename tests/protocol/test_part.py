"""Pieces of a reply, written as the wire has them."""

from __future__ import annotations

import math

import msgspec

from dgnb.results import Alternative, Entity, Word, to_wire


def test_what_is_absent_is_left_out_at_every_level() -> None:
    word = Word(word="hi", start=0, end=1, confidence=math.nan)
    assert (
        to_wire(Alternative(words=[word])) == b'{"transcript":"","words":[{"word":"hi","start":0,"end":1}]}'
    )


def test_what_is_false_or_empty_is_kept() -> None:
    entity = Entity(label="", value="", start_word=0, end_word=0, confidence=0.0)
    assert msgspec.json.decode(to_wire(entity)) == {
        "label": "", "value": "", "start_word": 0, "end_word": 0, "confidence": 0.0,
    }  # fmt: skip


def test_writing_and_reading_are_twins() -> None:
    word = Word(word="hi", start=0.25, end=1, confidence=0.5, speaker=0, punctuated_word="Hi.")
    assert msgspec.json.decode(to_wire(word), type=Word) == word
