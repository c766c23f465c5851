"""The steps of turns, and the parts that turns have."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from dgnb.protocol.heard import Word
from dgnb.protocol.messages import flux, write
from dgnb.protocol.messages.flux import EVENTS
from dgnb.sessions.bounds import Bounds
from dgnb.sessions.course import Bar, Course, Step, spans
from dgnb.sessions.turns import Turns

moments = st.floats(0, 100)
steps = st.builds(Step, moments, moments, st.integers(0, 3), st.sampled_from(EVENTS), st.floats(0, 1))


def course(*messages: flux.TurnInfo | flux.ConfigureSuccess) -> Course:
    session = Turns({}, Bounds())
    session.opened("r", 0.0)
    for number, message in enumerate(messages):
        session.hear(write(replace(message, sequence_id=number)), float(number))
    found = Course(session, {"eager_eot_threshold": 0.4})
    found.follow()
    return found


def test_thresholds_hold_from_where_the_conversation_was_when_they_were_changed() -> None:
    found = course(
        flux.TurnInfo(audio_window_end=2.5),
        flux.ConfigureSuccess(thresholds=flux.Thresholds(eot_threshold=0.9)),
    )
    assert found.bars == [Bar(0.0, 0.7, 0.4, 5000), Bar(2.5, 0.9, 0.4, 5000)]


def test_a_step_is_never_before_the_one_that_came_before_it() -> None:
    word = Word("yes", 1.0, 1.5, 0.9)
    found = course(
        flux.TurnInfo("EagerEndOfTurn", audio_window_end=3.0, words=[word]),
        flux.TurnInfo("EndOfTurn", audio_window_end=2.8, words=[word]),
    )
    assert [(step.time, step.start) for step in found.steps] == [(3.0, 1.0), (3.0, 1.0)]


def test_an_early_end_that_is_taken_back_divides_the_turn() -> None:
    events = ("StartOfTurn", "EagerEndOfTurn", "TurnResumed", "Update", "EndOfTurn")
    found = list(spans([Step(float(at + 1), 0.5, 0, event, 0.5) for at, event in enumerate(events)]))
    assert [(span.start, span.end, span.open) for span in found] == [
        (0.5, 2.0, True),
        (2.0, 3.0, False),
        (3.0, 5.0, True),
    ]


def test_silence_is_no_turn() -> None:
    assert list(spans([Step(float(at), float(at), 0, "Update", 0.0) for at in range(5)])) == []


@given(st.lists(steps))
def test_whatever_comes_no_part_ends_before_it_starts_more_than_its_steps_do(found: list[Step]) -> None:
    for span in spans(found):
        assert any(step.time == span.end for step in found)
        assert any(span.start in (step.time, step.start) for step in found)
