"""A session of ``/v2/listen`` against a service that is played by hand."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dgnb.audio.raw import AudioFormat
from dgnb.protocol.heard import Word
from dgnb.protocol.limits import FRAME, KEEP_ALIVE
from dgnb.protocol.messages import Message, flux, write
from dgnb.sessions.assembly import conversation
from dgnb.sessions.bounds import Bounds
from dgnb.sessions.turns import Turn, Turns
from tests.sessions.counted import FORM, audio, places

FAST = Bounds(pace=1e6)


def session(bounds: Bounds = FAST, form: AudioFormat = FORM, **options: Any) -> Turns:
    talk = Turns({"model": "flux-general-en", **options}, bounds)
    talk.begin(form)
    talk.opened("first", 0.0)
    return talk


class Service:
    """Numbers its messages as the service does."""

    def __init__(self, talk: Turns) -> None:
        self.talk, self.sequence = talk, 0
        self.tell(flux.Connected(request_id="r"))

    def tell(self, message: Message, now: float = 0.0) -> str:
        text = json.dumps({**json.loads(write(message)), "sequence_id": self.sequence})
        self.sequence += 1
        self.talk.hear(text, now)
        return text

    def turn(  # noqa: PLR0917 - as they stand on the wire
        self, event: str, index: int, start: float, end: float, said: str = "", now: float = 0.0, **more: Any
    ) -> str:
        """A step of a turn, with its words a quarter of a second each from its start on."""
        found = [
            Word(word=word, start=start + 0.25 * at, end=start + 0.25 * at + 0.2)
            for at, word in enumerate(said.split())
        ]
        info = flux.TurnInfo(
            event=event,
            turn_index=index,
            audio_window_start=start,
            audio_window_end=end,
            transcript=said,
            **{"words": found, **more},
        )
        return self.tell(info, now)


def frames(talk: Turns, now: float = 0.0) -> list[Any]:
    """What is sent: parts of the source as (from, to), silence, messages as their type."""
    found: list[Any] = []
    while (due := talk.due(now)) is not None and due < now + 0.001:
        frame = talk.outgoing(max(now, due))
        if frame is None:
            break
        if frame == FORM.silence(FRAME):
            found.append("silence")
        else:
            found.append(json.loads(frame)["type"] if isinstance(frame, str) else places(frame))
    return found


def take(talk: Turns, end: float, now: float = 0.0) -> list[Any]:
    talk.take(audio(talk.duration, end))
    return frames(talk, now)


# Turns


def test_a_turn_grows_seems_to_end_goes_on_and_ends() -> None:
    talk = session()
    take(talk, 4.0)
    service = Service(talk)
    ended: list[Turn] = []
    talk.listeners.append(ended.append)
    service.turn("StartOfTurn", 0, 0.0, 0.5, "Good", 1.0)
    service.turn("Update", 0, 0.0, 1.0, "Good morning", 1.5)
    assert talk.current is not None
    assert (talk.current.text, talk.turns) == ("Good morning", [])
    service.turn("EagerEndOfTurn", 0, 0.0, 1.2, "Good morning.", 1.7)
    service.turn("TurnResumed", 0, 0.0, 1.4, "Good morning", 1.9)
    service.turn("EagerEndOfTurn", 0, 0.0, 2.0, "Good morning to you.", 2.5)
    service.turn(
        "EndOfTurn", 0, 0.0, 2.2, "Good morning to you.", 3.0, trigger="model", end_of_turn_confidence=0.8
    )
    (turn,) = talk.turns
    assert ended == [turn]
    assert talk.current is None
    assert (turn.index, turn.text, turn.trigger, turn.confidence) == (0, "Good morning to you.", "model", 0.8)
    assert (turn.eager, turn.resumed, turn.eager_lead) == (2, 1, 0.5)
    assert (turn.start, turn.end, len(turn.words)) == (0.0, 0.95, 4)


def test_updates_without_text_are_no_turn() -> None:
    talk = session()
    take(talk, 1.0)
    Service(talk).turn("Update", 0, 0.0, 0.5)
    assert (talk.current, talk.turns) == (None, [])


def test_words_without_times_leave_the_turn_its_audio_window() -> None:
    talk = session()
    take(talk, 4.0)
    service = Service(talk)
    untimed = [Word(word="Hello", confidence=0.9)]
    service.turn("EndOfTurn", 0, 1.0, 2.5, "Hello", words=untimed)
    (turn,) = talk.turns
    assert (turn.start, turn.end) == (1.0, 2.5)
    (said,) = conversation(talk).results.utterances or []
    assert (said.start, said.end, said.transcript) == (1.0, 2.5, "Hello")
    talk.opened("second", 5.0)
    take(talk, 6.0, 5.0)
    Service(talk).turn("EndOfTurn", 0, 0.5, 1.5, "Hello", words=untimed)
    assert (talk.turns[1].start, talk.turns[1].end) == (3.0, 4.0)


def test_latency_is_since_the_audio_of_the_last_word_was_sent() -> None:
    talk = session()
    take(talk, 1.0, now=10.0)
    take(talk, 2.0, now=11.0)
    service = Service(talk)
    service.turn("EndOfTurn", 0, 0.0, 2.0, "Good morning", 11.5)
    assert talk.turns[0].latency == pytest.approx(1.5, abs=0.01)
    assert talk.records[-1].latency == pytest.approx(0.5, abs=0.01)


def test_a_message_that_comes_twice_counts_once() -> None:
    talk = session()
    take(talk, 2.0)
    service = Service(talk)
    text = service.turn("EagerEndOfTurn", 0, 0.0, 1.0, "Yes.")
    talk.hear(text, 1.0)
    assert talk.current is not None
    assert (talk.current.eager, [record.replayed for record in talk.records[-2:]]) == (1, [False, True])


def test_a_turn_whose_end_was_never_told_does_not_lend_its_number_to_the_next() -> None:
    talk = session()
    take(talk, 4.0)
    service = Service(talk)
    service.turn("StartOfTurn", 0, 0.0, 1.0, "Yes")
    service.turn("EagerEndOfTurn", 0, 0.0, 1.0, "Yes.")
    service.turn("StartOfTurn", 1, 1.0, 2.0, "No")
    assert talk.current == Turn(
        1, start=1.0, end=1.2, text="No", words=talk.current.words if talk.current else ()
    )
    service.turn("EndOfTurn", 1, 1.0, 2.0, "No.")
    talk.opened("second", 5.0)
    take(talk, 5.0, 5.0)
    Service(talk).turn("EndOfTurn", 0, 0.0, 1.0, "Maybe.")
    assert [turn.index for turn in talk.turns] == [1, 2]


# Connections


def test_a_turn_that_was_going_on_is_heard_again_and_told_once() -> None:
    talk = session()
    take(talk, 4.0)
    service = Service(talk)
    service.turn("EndOfTurn", 0, 0.0, 2.0, "One.")
    service.turn("StartOfTurn", 1, 2.0, 3.0, "Two")
    talk.opened("second", 5.0)
    assert talk.current is None
    assert take(talk, 5.0, 5.0) == [(2.0, 4.0), (4.0, 5.0)]
    service = Service(talk)
    service.turn("StartOfTurn", 0, 0.0, 1.0, "Two")
    service.turn("EndOfTurn", 0, 0.0, 2.5, "Two it is.")
    assert [(turn.index, turn.text, turn.start) for turn in talk.turns] == [
        (0, "One.", 0.0),
        (1, "Two it is.", 2.0),
    ]
    event = talk.event(talk.records[-1])
    assert isinstance(event, flux.TurnInfo)
    assert (event.turn_index, event.audio_window_start, event.audio_window_end) == (1, 2.0, 4.5)
    assert event.words == list(talk.turns[1].words)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.integers(2, 12), min_size=1, max_size=8),
    st.lists(st.integers(0, 30), max_size=4),
)
def test_whatever_breaks_every_turn_is_told_once_at_its_time(lengths: list[int], plan: list[int]) -> None:
    """The service ends a turn wherever the source does, and tells of it with every quarter of a second."""
    ends = [sum(lengths[: at + 1]) * 0.25 for at in range(len(lengths))]
    talk = Turns({}, FAST)
    talk.begin(FORM)
    for at in range(sum(lengths)):
        talk.take(audio(at * 0.25, (at + 1) * 0.25))
    talk.finish()
    now = 0.0
    for count in [*plan, 10**6]:
        talk.opened("r", now)
        service, index, began, begun = Service(talk), 0, None, 0.0
        for _ in range(count):
            now = max(now, talk.due(now) or now)
            frame = talk.outgoing(now)
            if frame is None or isinstance(frame, str):
                break
            place, place_end = places(frame)
            began = place if began is None else began
            over = place_end in ends
            service.turn("EndOfTurn" if over else "Update", index, begun, place_end - began, "so it is", now)
            index, begun = (index + 1, place_end - began) if over else (index, begun)
    assert [turn.index for turn in talk.turns] == list(range(len(lengths)))
    assert [turn.start for turn in talk.turns] == [0.0, *ends[:-1]]
    assert talk.uplink.safe == ends[-1]


def test_a_file_format_gets_neither_silence_nor_a_timer() -> None:
    talk = session(form=AudioFormat(""))
    assert (talk.due(0.0), talk.due(100.0), talk.outgoing(100.0)) == (None, None, None)


# Silence


def test_silence_stands_in_after_four_seconds_without_a_pause_until_audio_comes_back() -> None:
    talk = session()
    assert take(talk, 1.0, 10.0) == [(0.0, 1.0)]
    assert talk.due(10.0) == pytest.approx(10.0 + KEEP_ALIVE)
    sent = [frame for tick in range(900) for frame in frames(talk, 10.0 + tick / 100)]
    assert set(sent) == {"silence"}
    assert len(sent) == pytest.approx((19.0 - 14.0) / FRAME, abs=1.5)
    assert take(talk, 2.0, 19.0) == [(1.0, 2.0)]
    assert talk.due(19.0) == pytest.approx(19.0 + KEEP_ALIVE)


def test_turns_after_silence_have_the_times_of_the_source() -> None:
    talk = session()
    take(talk, 2.0)
    for _ in range(25):
        talk.outgoing(talk.due(0.0) or 0.0)
    service = Service(talk)
    service.turn("EndOfTurn", 0, 0.0, 4.0, "One two", trigger="timeout")
    take(talk, 4.0, 10.0)
    service.turn("EndOfTurn", 1, 4.0, 6.0, "Three")
    assert [(turn.start, turn.end) for turn in talk.turns] == [(0.0, 0.45), (2.0, 2.2)]
    assert talk.uplink.safe == 4.0


# Requests


def test_configure_is_in_force_when_it_succeeds_also_on_a_new_connection() -> None:
    talk = session(keyterm=["old"], eot_threshold=0.7)
    service = Service(talk)
    request = talk.configure({"eot_threshold": 0.6, "eot_timeout_ms": 3000}, ["new"])
    assert talk.outgoing(0.0) == (
        '{"type":"Configure","thresholds":{"eot_threshold":0.6,"eot_timeout_ms":3000},"keyterms":["new"]}'
    )
    assert ("keyterm", "old") in talk.query
    service.tell(flux.ConfigureSuccess(keyterms="new"))
    assert isinstance(request.answer, flux.ConfigureSuccess)
    query = dict(talk.query)
    assert (query["keyterm"], query["eot_threshold"], query["eot_timeout_ms"]) == ("new", "0.6", "3000")


def test_a_configure_that_was_refused_changes_nothing() -> None:
    talk = session(keyterm=["old"])
    service = Service(talk)
    request = talk.configure(language_hints=["de"], numerals=True)
    frames(talk)
    service.tell(flux.ConfigureFailure(code="LANGUAGE_HINTS_NOT_SUPPORTED"))
    assert isinstance(request.answer, flux.ConfigureFailure)
    assert dict(talk.query).keys() == {"model", "keyterm", "encoding", "sample_rate"}


def test_forcing_the_end_of_a_turn_is_answered_by_its_end() -> None:
    talk = session()
    take(talk, 2.0)
    service = Service(talk)
    service.turn("StartOfTurn", 0, 0.0, 1.0, "Yes")
    request = talk.force_end_turn()
    assert frames(talk) == ["ForceEndTurn"]
    service.turn("EndOfTurn", 0, 0.0, 1.0, "Yes", trigger="manual")
    assert isinstance(request.answer, flux.TurnInfo)
    assert talk.turns[-1].trigger == "manual"


def test_forcing_the_end_of_no_turn_is_answered_by_a_warning() -> None:
    talk = session()
    service = Service(talk)
    request = talk.force_end_turn()
    frames(talk)
    service.tell(flux.Warning(code="NO_TURN_IN_PROGRESS"))
    assert isinstance(request.answer, flux.Warning)


def test_on_a_new_connection_the_turn_is_heard_again_before_it_is_ended() -> None:
    talk = session()
    take(talk, 2.0)
    talk.force_end_turn()
    frames(talk)
    talk.opened("second", 1.0)
    assert take(talk, 3.0, 1.0) == [(0.0, 2.0), "ForceEndTurn", (2.0, 3.0)]


def test_an_error_is_remembered_for_the_close() -> None:
    talk = session()
    Service(talk).tell(flux.Error(code="INTERNAL_SERVER_ERROR", description="Sorry."))
    assert talk.error == "INTERNAL_SERVER_ERROR Sorry."


# The end


def test_the_end_is_close_stream_and_what_is_pending() -> None:
    talk = session()
    take(talk, 2.0)
    service = Service(talk)
    service.turn("StartOfTurn", 0, 0.0, 1.0, "Yes")
    talk.finish()
    assert frames(talk, 1.0) == ["CloseStream"]
    assert (talk.finished, talk.due(1.0), talk.complete) == (True, None, False)
    service.turn("EndOfTurn", 0, 0.0, 2.0, "Yes, please.", trigger="model")
    assert [turn.text for turn in talk.turns] == ["Yes, please."]


def test_after_a_break_at_the_end_what_was_not_answered_is_heard_again() -> None:
    talk = session()
    take(talk, 2.0)
    talk.finish()
    frames(talk, 1.0)
    talk.opened("second", 2.0)
    assert frames(talk, 2.0) == [(0.0, 2.0), "CloseStream"]


def test_the_answer_to_a_request_is_heard_also_after_close_stream() -> None:
    talk = session()
    service = Service(talk)
    request = talk.configure({"eot_threshold": 0.6})
    talk.finish()
    assert frames(talk) == ["Configure", "CloseStream"]
    service.tell(flux.ConfigureSuccess())
    assert request.answer is not None
