from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dgnb.results import Transcript
from dgnb.views.text import clean, shorten
from tests.views.replies import channel, dialogue, reply, said

SANDBOX = {"model_info": {"m": {"name": "pocketsphinx", "version": "5", "arch": "sandbox"}}}


def test_a_transcript_begins_with_its_facts():
    assert repr(dialogue()).splitlines()[0] == "Transcript 12.5 s, 8 words, 2 speakers"


def test_the_sandbox_says_so():
    assert (
        repr(reply(channel(said("hi")), metadata=SANDBOX))
        == "Transcript 12.5 s, 1 word, pocketsphinx (sandbox)\nhi"
    )


def test_an_empty_transcript_is_one_line():
    assert repr(Transcript()) == "Transcript 0.0 s, 0 words"


@pytest.mark.parametrize("channels", [1, 2, 7, 20])
@pytest.mark.parametrize("text", ["word " * 5000, "w" * 10_000], ids=["many words", "one word"])
def test_a_long_text_is_ten_lines_at_most(text, channels):
    lines = repr(reply(*[channel(said(text))] * channels)).splitlines()
    assert 2 <= len(lines) <= 10
    assert max(map(len, lines)) <= 88


def test_each_channel_gets_its_lines():
    lines = repr(reply(channel(said("one")), channel(said("two")))).splitlines()
    assert lines[1:] == ["one", "two"]


def test_a_terminal_is_not_driven():
    assert "\x1b" not in repr(reply(channel(said("red \x1b[31m alert \x00"))))


def test_a_right_to_left_mark_stays():
    assert clean("\u05d0\u200f") == "\u05d0\u200f"


@pytest.mark.parametrize("mark", ["\u202e", "\u2066", "\x9b", "\x7f", "\r", "\ud800"], ids=ascii)
def test_a_mark_that_acts_is_replaced(mark):
    assert clean(f"a{mark}b") == "a\N{REPLACEMENT CHARACTER}b"


@settings(deadline=None)
@given(st.text(), st.integers(1, 50))
def test_a_shortened_text_is_one_line_that_fits(text, width):
    line = shorten(text, width)
    assert len(line) <= width
    assert len(line.splitlines()) <= 1
