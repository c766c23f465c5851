from __future__ import annotations

from base64 import b64decode
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dgnb import Transcript
from dgnb.views.packing import packed, rows, text, varints
from dgnb.views.stretches import stretches
from tests.bench.frames import reply as long_reply
from tests.views.replies import channel, dialogue, reply, said


def unpacked(text: str) -> list[int]:
    """The numbers in base64, seven bits a byte."""
    found, value, scale = [], 0, 1
    for byte in b64decode(text):
        value += (byte & 127) * scale
        scale *= 128
        if byte < 128:
            found.append(value)
            value, scale = 0, 1
    return found


def pack(call: Transcript) -> dict[str, Any]:
    return packed(call, stretches(call))


def starts(found: dict[str, Any]) -> list[int]:
    """When the words start [ms]."""
    steps = [-(n + 1) // 2 if n % 2 else n // 2 for n in unpacked(found["starts"])]
    return np.cumsum(steps).tolist()


@given(st.lists(st.integers(0, 2**48)))
def test_numbers_come_back(values: list[int]) -> None:
    assert unpacked(text(varints(np.array(values, np.int64)))) == values


def test_times_come_back_in_milliseconds_also_across_channels() -> None:
    call = reply(channel(said("a") + said("c", 6.001)), channel(said("b", 3.0) + said("d", 3.5)))
    found = pack(call)
    # b and d follow each other on one channel, c comes after them.
    assert starts(found) == [0, 3000, 3500, 6001]
    assert unpacked(found["lengths"]) == [200] * 4
    assert rows(stretches(call)).tolist() == [0, 2, 3, 1]
    back = reply(channel(said("a", 5.0) + said("b", 1.0)))
    assert starts(pack(back)) == [5000, 1000]


@pytest.mark.parametrize(
    ("word", "letters"), [("plain", 5), ("naïve", 5), ("🎉", 2), ("e\u0301", 2), ("", 0), ("مرحبا", 5)]
)
def test_lengths_are_those_of_javascript(word: str, letters: int) -> None:
    call = reply({"alternatives": [{"transcript": "-", "words": [{"word": word, "start": 0, "end": 1}]}]})
    assert unpacked(pack(call)["letters"]) == [letters]


@pytest.mark.parametrize(
    ("confidence", "code"),
    [(0.0, 0), (0.4999, 99), (0.5, 100), (0.7, 140), (0.9, 180), (1.0, 200), (None, 255)],
)
def test_a_confidence_stays_on_its_side_of_a_limit(confidence: float | None, code: int) -> None:
    more = {} if confidence is None else {"confidence": confidence}
    call = reply(
        {"alternatives": [{"transcript": "a", "words": [{"word": "a", "start": 0, "end": 1, **more}]}]}
    )
    assert list(b64decode(pack(call)["confidences"])) == [code]


def test_sentiments_and_topics_are_spans_of_the_words_as_shown() -> None:
    found = pack(dialogue())
    assert found["sentiments"] == {"negative": [(4, 7)], "positive": [(0, 3)]}
    assert found["topics"] == {"Repair": [(4, 7)]}
    assert found["paragraphs"] == [(0, 4, 1), (1, 4, 1)]
    moods = said("a b", sentiment="positive") + said("c", 1.0, sentiment="neutral") + said("d", 2.0)
    assert pack(reply(channel(moods)))["sentiments"] == {"neutral": [(2, 2)], "positive": [(0, 1)]}


def test_a_segment_that_another_channel_interrupts_is_in_parts() -> None:
    segment = {"text": "", "start_word": 0, "end_word": 1, "sentiment": "positive", "sentiment_score": 0.5}
    call = reply(
        channel(said("a") + said("c", 6.0)), channel(said("b", 3.0)), sentiments={"segments": [segment]}
    )
    assert pack(call)["sentiments"] == {"positive": [(0, 0), (2, 2)]}


def test_a_hundred_thousand_words_take_less_than_two_megabytes() -> None:
    call = Transcript.from_json(long_reply())
    page = call.player().html
    assert len(page.encode()) < 2_000_000
    assert page.count("<p class=") < 1700
