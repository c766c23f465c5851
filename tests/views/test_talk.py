from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings

from dgnb.results import Transcript
from dgnb.views.metrics import metrics
from dgnb.views.talk import crowd, stretches, turns
from tests.views.replies import channel, dialogue, reply, said
from tests.views.transcripts import transcripts


def word(start, end, speaker, text="word"):
    return said(text, speaker=speaker)[0] | {"start": start, "end": end}


def talk(*spans, duration=10.0, **more):
    """Return words of speakers: (start, end, speaker)."""
    words = sorted((word(*span) for span in spans), key=lambda each: each["start"])
    return reply(channel(words), metadata={"duration": duration}, **more)


def passed(call):
    """Return start, end, voice and wait of the turns."""
    return [
        tuple(round(float(value), 3) for value in row) for row in zip(*turns(stretches(call)), strict=True)
    ]


def figure(call, name):
    return [round(float(value), 3) for value in metrics(call)[name]]


def test_a_long_word_holds_its_stretch_together():
    found = stretches(talk((0, 5, 0), (0.5, 1, 0), (5.5, 6, 0)))
    assert (found.start.tolist(), found.end.tolist()) == ([0.0], [6.0])


def test_words_without_times_are_left_out():
    words = [*said("one"), said("two")[0] | {"start": None, "end": None}]
    words[1] = {name: value for name, value in words[1].items() if value is not None}
    assert stretches(reply(channel(words))).end.tolist() == [0.2]
    assert figure(reply(channel(words)), "words") == [2.0]


def test_a_turn_lasts_until_another_has_the_floor():
    call = talk((0, 1, 0), (3, 4, 0), (5, 6, 1), (7, 8, 0))
    assert [row[:3] for row in passed(call)] == [(0, 4, 0), (5, 6, 1), (7, 8, 0)]
    assert figure(call, "turns") == [2, 1]
    assert figure(call, "wait") == [1.0, 1.0]


def test_a_hm_while_another_talks_is_no_turn():
    call = talk((0, 4, 0), (1, 1.5, 1))
    assert figure(call, "turns") == [1, 0]
    assert figure(call, "interruptions") == [0, 0]
    assert figure(call, "overlap") == [0.5, 0.5]


def test_who_takes_the_floor_early_interrupts():
    call = talk((0, 4, 0), (3, 6, 1))
    assert figure(call, "interruptions") == [0, 1]
    assert figure(call, "wait")[1] == -1.0


def test_a_touch_is_no_interruption():
    assert figure(talk((0, 4, 0), (3.9, 6, 1)), "interruptions") == [0, 0]


def test_silence_belongs_to_who_talked_before_it():
    call = talk((1, 2, 0), (4, 5, 1), duration=10)
    assert figure(call, "silence") == [2.0, 5.0]


def test_pace_is_of_the_time_talked():
    call = talk((0, 1, 0), (1, 2, 0), (8, 10, 1))
    assert figure(call, "pace") == [60.0, 30.0]
    assert figure(call, "share") == [0.5, 0.5]


@pytest.mark.parametrize(("language", "fillers"), [("", 2), ("en-US", 2), ("de", 1)])
def test_fillers_depend_on_the_language(language, fillers):
    here = channel(said("um uh word"))
    if language:
        here["detected_language"] = language
    assert figure(reply(here), "fillers") == [fillers]


def test_several_at_once_are_found():
    start, end = crowd(stretches(talk((0, 4, 0), (1, 2, 1), (3, 5, 2)))).spans(2)
    assert (start.tolist(), end.tolist()) == ([1.0, 3.0], [2.0, 4.0])


def test_names_and_types_are_those_of_the_other_tables():
    found = dialogue().metrics
    assert found["name"].to_list() == ["speaker 0", "speaker 1"]
    assert found.dtypes.astype(str).to_dict()["speaker"] == "Int16"
    empty = Transcript().metrics
    assert len(empty) == 0
    assert empty.dtypes.equals(found.dtypes)


@settings(deadline=None)
@given(transcripts(most=40))
def test_talk_and_silence_add_up(call):
    found = metrics(call)
    said = stretches(call)
    assert found["words"].sum() == len(call.words)
    assert (found[["talk", "overlap", "silence"]].fillna(0) >= -1e-6).all(axis=None)
    if len(said.start):
        begin, end = crowd(said).spans(1)
        quiet = max(call.duration, said.end.max()) - said.start.min() - (end - begin).sum()
        assert found["silence"].sum() == pytest.approx(quiet, abs=1e-4)
        assert found["share"].sum() == pytest.approx(1) or found["talk"].sum() == 0
    assert found["turns"].sum() == len(turns(said).start) <= len(said.start)
    assert np.all(np.diff(turns(said).start) >= 0)
