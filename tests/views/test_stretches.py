from __future__ import annotations

from itertools import chain
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from dgnb import Transcript
from dgnb.views import stretches as module
from dgnb.views.columns import columns
from dgnb.views.stretches import stretches, times
from dgnb.views.voices import voices
from tests.views.replies import channel, dialogue, paragraph, reply, said

word = st.fixed_dictionaries(
    {"word": st.text(max_size=4)},
    optional={
        "start": st.floats(-1, 100),
        "end": st.floats(-1, 100),
        "speaker": st.integers(0, 2),
        "punctuated_word": st.text(max_size=5),
    },
)
spans = st.lists(st.floats(0, 100), max_size=4).map(
    lambda begins: {"paragraphs": [paragraph("", start, start + 1) for start in begins]}
)
alternatives = st.fixed_dictionaries(
    {"transcript": st.sampled_from(["", "ab", "a b"]), "words": st.lists(word, max_size=12)},
    optional={"paragraphs": spans},
)


@st.composite
def transcripts(draw: Any) -> Transcript:
    channels = draw(st.lists(st.lists(alternatives, max_size=1), max_size=3))
    return Transcript.from_json(
        {"metadata": {}, "results": {"channels": [{"alternatives": each} for each in channels]}}
    )


@given(transcripts())
@settings(max_examples=150, deadline=None)
def test_every_word_is_in_one_paragraph_of_its_voice(call: Transcript) -> None:
    found = stretches(call)
    rows = sorted(chain.from_iterable(each.rows for each in found))
    assert rows == list(range(len(columns(call))))
    of_word = voices(call)[1]
    for each in found:
        assert {of_word[row] for row in each.rows} <= {each.voice}
        assert len(each.rows) <= 100
        size = sum(len(columns(call).text[row]) for row in each.rows)
        assert not each.rows or len(each.text) == size + len(each.gap) * (len(each.rows) - 1)


@given(transcripts())
@settings(max_examples=50, deadline=None)
def test_every_word_has_a_time(call: Transcript) -> None:
    start, end = times(call)
    assert (start >= 0).all()
    assert (end >= start).all()


def test_the_paragraphs_of_the_reply_are_kept() -> None:
    assert [each.text for each in stretches(dialogue())] == ["Hello, this is Ava.", "My router is dead!"]
    one = said("a b c d e f")
    about = [paragraph("a b", 0.0, 0.5), paragraph("c d e f", 0.6, 1.7)]
    call = reply(channel(one, paragraphs={"transcript": "", "paragraphs": about}))
    assert [each.text for each in stretches(call)] == ["a b", "c d e f"]


def test_utterances_and_pauses_divide_where_there_are_no_paragraphs() -> None:
    words = said("a b c")
    said_first = {"start": 0.0, "end": 0.5, "transcript": "a b", "channel": 0, "words": words[:2]}
    said_last = {"start": 0.6, "end": 0.8, "transcript": "c", "channel": 0, "words": words[2:]}
    call = reply(channel(words), utterances=[said_first, said_last])
    assert [each.text for each in stretches(call)] == ["a b", "c"]
    paused = reply(channel(said("a b") + said("c", 5.0)))
    assert [each.text for each in stretches(paused)] == ["a b", "c"]


def test_channels_are_in_the_order_of_time() -> None:
    call = reply(channel(said("a") + said("c", 6.0)), channel(said("b", 3.0)))
    assert [(each.text, each.rows.start) for each in stretches(call)] == [("a", 0), ("b", 2), ("c", 1)]


def test_a_long_paragraph_is_cut_into_equal_parts() -> None:
    call = reply(channel(said("x " * 250)))
    assert [len(each.rows) for each in stretches(call)] == [83, 83, 84]


def test_short_paragraphs_of_a_very_long_transcript_are_joined(monkeypatch: Any) -> None:
    monkeypatch.setattr(module, "MOST", 10)
    words = [each for turn in range(20) for each in said("x " * 6, 10.0 * turn, speaker=turn // 10)]
    assert [len(each.rows) for each in stretches(reply(channel(words)))] == [42, 18, 42, 18]


def test_text_without_words_is_shown() -> None:
    call = reply({"alternatives": [{"transcript": "Only text.", "words": []}]})
    (only,) = stretches(call)
    assert (only.text, only.voice, len(only.rows)) == ("Only text.", -1, 0)


def test_chinese_has_no_spaces_between_its_words() -> None:
    alternative = {"transcript": "你好世界", "words": said("你好 世界")}
    (only,) = stretches(reply({"alternatives": [alternative]}))
    assert (only.text, only.gap) == ("你好世界", "")
