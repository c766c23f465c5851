from __future__ import annotations

import numpy as np
import pytest

from dgnb.results import Transcript
from dgnb.views.columns import columns
from tests.views.replies import channel, reply, said


def test_columns_run_channel_after_channel():
    found = columns(reply(channel(said("one two")), channel(said("three", 0.1))))
    assert found.word.tolist() == ["one", "two", "three"]
    assert found.channel.tolist() == [0, 0, 1]
    assert found.start.tolist() == [0.0, 0.3, 0.1]


def test_a_channel_without_words_keeps_its_number():
    found = columns(reply({"alternatives": []}, channel(said("one"))))
    assert found.channel.tolist() == [1]
    assert [found.rows(number) for number in (0, 1, 2)] == [range(0), range(1), range(0)]


def test_what_only_some_words_have_is_unknown_for_the_others():
    words = said("one", speaker=1, speaker_confidence=0.5, language="en") + said("two", 1.0)
    found = columns(reply(channel(words)))
    assert found.speaker.tolist() == [1, -1]
    assert found.language.tolist() == ["en", None]
    np.testing.assert_array_equal(found.speaker_confidence, [0.5, np.nan])


def test_more_words_than_a_block_all_arrive():
    words = said(" ".join(map(str, range(4500))))
    words[4321]["speaker"] = 7
    found = columns(reply(channel(words)))
    assert found.text.tolist() == [word["punctuated_word"] for word in words]
    assert found.end.tolist() == [word["end"] for word in words]
    assert np.flatnonzero(found.speaker == 7).tolist() == [4321]


def test_a_transcript_has_one_set_of_columns():
    call = reply(channel(said("one")))
    assert columns(call) is columns(call)


def test_columns_do_not_touch_equality():
    call, same = reply(channel(said("one"))), reply(channel(said("one")))
    columns(call)
    assert call == same


def test_columns_cannot_be_changed():
    found = columns(reply(channel(said("one"))))
    with pytest.raises(ValueError, match="read-only"):
        found.start[0] = 5


def test_an_empty_transcript_has_empty_columns():
    found = columns(Transcript())
    assert len(found) == 0
    assert found.channel.dtype == np.int16
