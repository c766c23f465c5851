"""A session of ``/v2/speak`` against a service that is played by hand."""

from __future__ import annotations

import json
from typing import Any

import pytest

from dgnb.protocol.messages import Message, fluxspeak, write
from dgnb.sessions.fluxspeaking import FluxSpeaking
from tests.sessions.spoken import frames, heard, voice


@pytest.fixture
def talk() -> FluxSpeaking:
    found = FluxSpeaking({"model": "flux-alexis-en"})
    found.opened("first", 0.0)
    return found


def say(talk: FluxSpeaking, text: str, now: float = 0.0) -> list[str]:
    talk.say(text, now)
    talk.flush()
    return frames(talk, now)


def hear(talk: FluxSpeaking, *answers: Message | bytes) -> None:
    for answer in answers:
        if isinstance(answer, bytes):
            talk.hear_audio(answer, 0.0)
        else:
            talk.hear(write(answer), 0.0)


def started(name: str) -> Message:
    return fluxspeak.SpeechStarted(speech_id=name)


def done(name: str) -> tuple[Message, Message]:
    return fluxspeak.SpeechMetadata(speech_id=name), fluxspeak.Flushed(speech_id=name)


def interrupted(name: str, **more: Any) -> Message:
    return fluxspeak.SpeechInterrupted(metadata=fluxspeak.Spoken(speech_id=name), **more)


def warning(code: str) -> Message:
    return fluxspeak.Warning(code=code)


def test_one_turn_at_a_time_is_with_the_service(talk: FluxSpeaking) -> None:
    assert say(talk, "One. Two.") == ["One. ", "Two. ", "[Flush]"]
    assert say(talk, "Three.") == []
    assert talk.due(0.0) is None
    hear(talk, started("a"), voice("One.Two."), *done("a"))
    assert frames(talk) == ["Three. ", "[Flush]"]
    assert heard(talk) == "One.Two."


def test_the_service_says_who_it_is_and_what_went_wrong(talk: FluxSpeaking) -> None:
    told = fluxspeak.Connected(request_id="r", model_name="flux-alexis-en")
    hear(talk, told, fluxspeak.Error(code="DATA-0002", description="A pause."))
    assert (talk.about, talk.error) == (told, "DATA-0002 A pause.")


# Interrupts


def test_an_interrupt_drops_the_turn_and_all_that_was_to_follow(talk: FluxSpeaking) -> None:
    say(talk, "One.")
    say(talk, "Two.")
    hear(talk, started("a"), voice("O"))
    request = talk.interrupt(0.5)
    assert talk.outgoing(0.0) == '{"type":"Interrupt","playback_offset":{"type":"time_ms","value":500}}'
    hear(talk, voice("ne."))
    assert say(talk, "Three.") == []
    answer = interrupted("a", audio_played_ms=500, text_spoken="O", text_remaining="ne.")
    hear(talk, answer)
    assert request.answer == answer
    assert frames(talk) == ["Three. ", "[Flush]"]
    hear(talk, started("b"), voice("Three."), *done("b"))
    assert heard(talk) == "OThree."


def test_an_interrupt_without_an_offset_names_none(talk: FluxSpeaking) -> None:
    talk.interrupt()
    assert talk.outgoing(0.0) == '{"type":"Interrupt"}'


@pytest.mark.parametrize("code", fluxspeak.IGNORED)
def test_an_interrupt_of_nothing_is_answered_by_a_warning(talk: FluxSpeaking, code: str) -> None:
    request = talk.interrupt()
    frames(talk)
    hear(talk, warning(code))
    assert request.answer == fluxspeak.Warning(code=code)
    assert say(talk, "One.") == ["One. ", "[Flush]"]
    hear(talk, voice("One."))
    assert heard(talk) == "One."


def test_another_warning_is_no_answer_to_an_interrupt(talk: FluxSpeaking) -> None:
    say(talk, "One.")
    hear(talk, started("a"), voice("O"))
    request = talk.interrupt()
    frames(talk)
    hear(talk, warning("PRONUNCIATION_WARNINGS"), voice("ne."))
    assert (request.answer, heard(talk)) == (None, "O")


@pytest.mark.parametrize("code", ["NO_AUDIO_GENERATED", "NO_ACTIVE_SPEECH", "INVALID_INTERRUPT_OFFSET"])
def test_a_turn_that_goes_on_after_an_interrupt_is_not_heard(talk: FluxSpeaking, code: str) -> None:
    say(talk, "One.")
    talk.interrupt(0.0)
    frames(talk)
    hear(talk, warning(code))
    assert say(talk, "Two.") == []
    hear(talk, started("a"), voice("One."), *done("a"))
    assert frames(talk) == ["Two. ", "[Flush]"]
    hear(talk, started("b"), voice("Two."), *done("b"))
    assert heard(talk) == "Two."


def test_text_that_the_service_holds_after_an_interrupt_is_not_spoken_with_what_follows(
    talk: FluxSpeaking,
) -> None:
    talk.say("One. ", 0.0)
    assert frames(talk) == ["One. "]
    talk.interrupt()
    talk.say("Two. ", 0.0)
    assert frames(talk) == ["[Interrupt]"]
    hear(talk, warning("NO_AUDIO_GENERATED"))
    assert frames(talk) == ["[Flush]"]
    hear(talk, started("a"), voice("One."), *done("a"))
    assert frames(talk) == ["Two. "]
    assert heard(talk) == ""


def test_a_turn_that_ends_while_the_interrupt_is_on_its_way_is_over(talk: FluxSpeaking) -> None:
    say(talk, "One.")
    hear(talk, started("a"), voice("One."))
    talk.interrupt()
    frames(talk)
    hear(talk, *done("a"), warning("NO_ACTIVE_SPEECH"))
    assert say(talk, "Two.") == ["Two. ", "[Flush]"]
    hear(talk, started("b"), voice("Two."))
    assert heard(talk) == "One.Two."


def test_an_interrupt_of_an_earlier_turn_lets_a_silent_one_go_on_unheard(talk: FluxSpeaking) -> None:
    say(talk, "One.")
    hear(talk, started("a"), voice("One."), *done("a"))
    say(talk, "Two.")
    talk.interrupt(0.0)
    frames(talk)
    hear(talk, interrupted("a"))
    assert say(talk, "Three.") == []
    hear(talk, started("b"), voice("Two."), *done("b"))
    assert frames(talk) == ["Three. ", "[Flush]"]
    hear(talk, started("c"), voice("Three."), *done("c"))
    assert heard(talk) == "One.Three."


def test_an_interrupt_of_an_earlier_turn_ends_a_sounding_one(talk: FluxSpeaking) -> None:
    say(talk, "One.")
    hear(talk, started("a"), voice("One."), *done("a"))
    say(talk, "Two.")
    hear(talk, started("b"), voice("T"))
    talk.interrupt(0.0)
    frames(talk)
    hear(talk, fluxspeak.SpeechMetadata(speech_id="b"), interrupted("a"))
    assert say(talk, "Three.") == ["Three. ", "[Flush]"]


def test_an_answer_that_comes_too_late_lets_the_audio_through_again(talk: FluxSpeaking) -> None:
    say(talk, "One.")
    hear(talk, started("a"), voice("O"))
    talk.forget(talk.interrupt())
    frames(talk)
    hear(talk, interrupted("a"))
    assert say(talk, "Two.") == ["Two. ", "[Flush]"]
    hear(talk, started("b"), voice("Two."))
    assert heard(talk) == "OTwo."


def test_two_interrupts_have_two_answers(talk: FluxSpeaking) -> None:
    say(talk, "One.")
    hear(talk, started("a"), voice("O"))
    first, second = talk.interrupt(), talk.interrupt()
    assert frames(talk) == ["[Interrupt]", "[Interrupt]"]
    hear(talk, interrupted("a"))
    assert say(talk, "Two.") == []
    hear(talk, warning("NO_ACTIVE_SPEECH"))
    assert frames(talk) == ["Two. ", "[Flush]"]
    assert first.answer == interrupted("a")
    assert second.answer == warning("NO_ACTIVE_SPEECH")


def test_on_a_new_connection_an_interrupt_counts_from_its_beginning(talk: FluxSpeaking) -> None:
    say(talk, "One.")
    hear(talk, started("a"), bytes(talk.rate), *done("a"))  # one second
    say(talk, "Two.")
    hear(talk, started("b"), bytes(talk.rate // 2))
    talk.opened("second", 5.0)
    assert frames(talk, 5.0) == ["Two. ", "[Flush]"]
    # Half a second of the turn is passed over, and a quarter is new.
    hear(talk, started("b"), bytes(talk.rate // 4 * 3))
    assert talk.size == talk.rate * 7 // 4
    talk.interrupt(1.6)
    assert json.loads(talk.outgoing(5.0) or "")["playback_offset"]["value"] == 600


def test_an_interrupt_of_a_lost_connection_is_answered_on_the_next_and_holds_nothing(
    talk: FluxSpeaking,
) -> None:
    say(talk, "One.")
    hear(talk, started("a"), voice("O"))
    request = talk.interrupt()
    frames(talk)
    talk.opened("second", 1.0)
    talk.say("Two.", 1.0)
    talk.flush()
    assert frames(talk, 1.0) == ["[Interrupt]"]
    hear(talk, warning("NO_AUDIO_GENERATED"))
    assert frames(talk, 1.0) == ["Two. ", "[Flush]"]
    hear(talk, started("a"), voice("Two."))
    assert (heard(talk), request.answer is not None) == ("OTwo.", True)


# Configure


def test_configure_is_in_force_when_it_succeeds_also_on_a_new_connection(talk: FluxSpeaking) -> None:
    request = talk.configure(1.25)
    assert talk.outgoing(0.0) == '{"type":"Configure","speed":1.25}'
    assert "speed" not in dict(talk.query)
    hear(talk, fluxspeak.ConfigureSuccess(applied=fluxspeak.Applied(speed=1.25)))
    assert isinstance(request.answer, fluxspeak.ConfigureSuccess)
    assert dict(talk.query)["speed"] == "1.25"


def test_a_configure_that_was_refused_changes_nothing(talk: FluxSpeaking) -> None:
    request = talk.configure(1.27)
    frames(talk)
    hear(talk, fluxspeak.ConfigureFailure(code="SPEED_INCREMENT_INVALID"))
    assert isinstance(request.answer, fluxspeak.ConfigureFailure)
    assert "speed" not in dict(talk.query)


# The end


def test_the_end_waits_for_the_turns_that_wait(talk: FluxSpeaking) -> None:
    say(talk, "One.")
    talk.say("Two.", 0.0)
    talk.stop()
    assert frames(talk) == []
    hear(talk, started("a"), voice("One."), *done("a"))
    assert frames(talk) == ["Two. ", "[Flush]"]
    hear(talk, started("b"), voice("Two."), *done("b"))
    assert frames(talk) == ["[Close]"]
    hear(talk, fluxspeak.SessionMetadata())
    assert (heard(talk), talk.finished, talk.due(0.0)) == ("One.Two.", True, None)
