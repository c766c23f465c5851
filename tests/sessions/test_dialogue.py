"""What all dialogues have in common: the log, requests and their answers, the end."""

from __future__ import annotations

import json

import pytest

from dgnb.errors import ReplyError
from dgnb.protocol import closes
from dgnb.protocol.closes import Close
from dgnb.protocol.messages import Message, Unknown, flux, fluxspeak, speak, write
from dgnb.sessions.bounds import Bounds
from dgnb.sessions.dialogue import Dialogue, Request
from dgnb.sessions.fluxspeaking import FluxSpeaking
from dgnb.sessions.records import Ended, Lost, Opened, Record
from dgnb.sessions.speaking import Speaking
from dgnb.sessions.turns import Turns


def connected(dialogue: Dialogue, now: float = 0.0) -> Dialogue:
    dialogue.opened(f"request-{dialogue.connection + 1}", now)
    return dialogue


def messages(dialogue: Dialogue, now: float = 0.0) -> list[dict[str, object]]:
    """What is to be sent."""
    found = []
    while (frame := dialogue.outgoing(now)) is not None:
        found.append(json.loads(frame))
    return found


@pytest.fixture
def talk() -> FluxSpeaking:
    """A dialogue with a message that is always answered."""
    return FluxSpeaking({"model": "flux-alexis-en"})


SUCCESS, FAILURE = fluxspeak.ConfigureSuccess(), fluxspeak.ConfigureFailure(code="SPEED_OUT_OF_RANGE")


def hear(dialogue: Dialogue, message: Message, now: float = 0.0) -> None:
    dialogue.hear(write(message), now)


def test_the_log_says_when_on_which_connection_and_what() -> None:
    dialogue = Speaking({})
    dialogue.opened("first", 100.0)
    dialogue.hear('{"type": "Applause", "volume": 11}', 100.5)
    dialogue.lost(Lost(code=1006, pause=0.25), 101.0)
    dialogue.opened("second", 101.5)
    dialogue.ended("", 102.0)
    assert dialogue.records == [
        Record(0.0, 1, notice=Opened(1, "first")),
        Record(0.5, 1, '{"type": "Applause", "volume": 11}'),
        Record(1.0, 1, notice=Lost(code=1006, pause=0.25)),
        Record(1.5, 2, notice=Opened(2, "second")),
        Record(2.0, 2, notice=Ended()),
    ]
    assert dialogue.request_ids == ["first", "second"]


def test_a_message_that_is_not_known_is_an_event_like_any_other_and_ends_nothing() -> None:
    dialogue = connected(Speaking({}))
    dialogue.hear('{"type": "Applause", "volume": 11}', 0.5)
    assert dialogue.event(dialogue.records[-1]) == Unknown("Applause", {"type": "Applause", "volume": 11})
    assert (dialogue.open, dialogue.progress, dialogue.error) == (True, 1, "")


def test_what_is_cut_off_is_no_message_and_no_progress() -> None:
    dialogue = connected(Speaking({}))
    with pytest.raises(ReplyError):
        dialogue.hear('{"type": "Flus', 0.5)
    assert (len(dialogue.records), dialogue.progress) == (1, 0)


def test_whether_it_is_open_and_over_is_told() -> None:
    dialogue = Speaking({})
    states = [(dialogue.open, dialogue.over)]
    dialogue.opened("r", 0.0)
    states.append((dialogue.open, dialogue.over))
    dialogue.lost(Lost(), 1.0)
    states.append((dialogue.open, dialogue.over))
    dialogue.ended("It was cancelled.", 2.0)
    states.append((dialogue.open, dialogue.over))
    assert states == [(False, False), (True, False), (False, False), (False, True)]


def test_answers_settle_requests_in_their_order(talk: FluxSpeaking) -> None:
    connected(talk)
    first, second = talk.configure(1.2), talk.configure(1.7)
    assert [sent["speed"] for sent in messages(talk)] == [1.2, 1.7]
    hear(talk, SUCCESS)
    hear(talk, FAILURE)
    assert (first.answer, second.answer) == (SUCCESS, FAILURE)
    assert talk.options["speed"] == 1.2


def test_an_answer_that_comes_too_late_is_not_taken_for_that_of_another(talk: FluxSpeaking) -> None:
    connected(talk)
    first = talk.configure(1.2)
    messages(talk)
    talk.forget(first)
    second = talk.configure(1.7)
    messages(talk)
    hear(talk, SUCCESS)
    assert second.answer is None
    hear(talk, FAILURE)
    assert second.answer == FAILURE
    # It is in force all the same.
    assert talk.options["speed"] == 1.2


def test_a_request_is_sent_again_on_a_new_connection_until_it_is_answered(talk: FluxSpeaking) -> None:
    request = talk.configure(1.2)
    assert talk.due(0.0) is not None
    for _ in range(2):
        connected(talk)
        assert messages(talk) == [{"type": "Configure", "speed": 1.2}]
    hear(talk, SUCCESS)
    connected(talk)
    assert (messages(talk), request.answer) == ([], SUCCESS)
    assert ("speed", "1.2") in talk.query


def test_a_request_that_nobody_waits_for_is_not_sent_again(talk: FluxSpeaking) -> None:
    connected(talk)
    request = talk.configure(1.2)
    messages(talk)
    talk.forget(request)
    connected(talk)
    assert messages(talk) == []
    hear(talk, SUCCESS)
    assert "speed" not in talk.options


def test_an_answer_that_nobody_has_asked_for_changes_nothing(talk: FluxSpeaking) -> None:
    connected(talk)
    unsent = talk.configure(1.2)
    hear(talk, SUCCESS)
    assert (unsent.answer, talk.options.get("speed")) == (None, None)


@pytest.mark.parametrize(
    ("close", "held"),
    [
        (closes.NORMAL, None),
        (closes.BAD_COMMAND, None),
        (closes.BIG_TEXT, None),
        (closes.INTERNAL, 0.0),
        (closes.TOO_LONG, 0.0),
        (Close(1006, passing=True), 0.0),
    ],
    ids=lambda value: f"{value.code}-{value.reason}" if isinstance(value, Close) else None,
)
def test_another_connection_is_tried_only_when_it_may_help(close: Close, held: float | None) -> None:
    assert Speaking({}).held(close, 0.0) == held


def test_what_the_service_said_was_wrong_is_that_of_its_connection(talk: FluxSpeaking) -> None:
    connected(talk)
    hear(talk, fluxspeak.Error(code="NET-0000", description="Internal."))
    assert talk.error == "NET-0000 Internal."
    connected(talk)
    assert talk.error == ""


@pytest.mark.parametrize(
    ("dialogue", "greeting"),
    [
        (Turns({}, Bounds()), flux.Connected()),
        (Speaking({}), speak.Metadata()),
        (FluxSpeaking({"model": "flux-alexis-en"}), fluxspeak.Connected()),
    ],
    ids=["flux", "speak", "fluxspeak"],
)
def test_that_the_service_is_there_is_no_progress(dialogue: Dialogue, greeting: Message) -> None:
    hear(connected(dialogue), greeting)
    assert dialogue.progress == 0
    dialogue.hear('{"type": "Applause"}', 1.0)
    assert dialogue.progress == 1


def test_what_is_heard_again_is_no_progress() -> None:
    talk = Turns({}, Bounds())
    connected(talk)
    for _ in range(2):
        hear(talk, flux.TurnInfo(event="StartOfTurn", sequence_id=1, transcript="Yes"))
    assert talk.progress == 1
    speaking = connected(Speaking({}))
    speaking.hear_audio(bytes(10), 0.0)
    connected(speaking)
    speaking.hear_audio(bytes(10), 1.0)
    assert speaking.progress == 1


def test_a_request_knows_its_message() -> None:
    request = Request(speak.Clear())
    assert (request.message, request.answer) == (speak.Clear(), None)
