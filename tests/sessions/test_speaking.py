"""A session of ``/v1/speak`` against a service that is played by hand."""

from __future__ import annotations

from collections import deque
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dgnb.errors import OptionError
from dgnb.protocol import closes
from dgnb.protocol.limits import CHARACTERS_A_MINUTE, FLUSHES_A_MINUTE, MINUTE
from dgnb.protocol.messages import Message, speak, write
from dgnb.protocol.models import SPEECH_LIMIT
from dgnb.sessions.fluxspeaking import FluxSpeaking
from dgnb.sessions.speaking import DRAIN, PAUSE, Audio, Speaking
from tests.sessions.spoken import Aura, Flux, frames, heard, said, voice

LATE = 1e6
"""A time at which everything is due [s]."""


def session(**options: Any) -> Speaking:
    talk = Speaking({"model": "aura-2-thalia-en", **options})
    talk.opened("first", 0.0)
    return talk


def hear(talk: Speaking, message: Message, now: float = 0.0) -> None:
    talk.hear(write(message), now)


# Text


def test_sentences_are_sent_when_they_are_complete_and_the_rest_when_nothing_follows() -> None:
    talk = session()
    talk.say("Good morn", 0.0)
    assert frames(talk, 0.0) == []
    talk.say("ing. How are", 0.5)
    assert frames(talk, 0.5) == ["Good morning. "]
    assert talk.due(0.5) == 0.5 + PAUSE
    assert frames(talk, 0.5 + PAUSE) == ["How are ", "[Flush]"]
    assert talk.due(LATE) is None


def test_a_flush_has_all_text_spoken_at_once_and_another_adds_nothing() -> None:
    talk = session()
    talk.say("One. Two", 0.0)
    talk.flush()
    talk.flush()
    assert frames(talk) == ["One. ", "Two ", "[Flush]"]
    talk.flush()
    assert frames(talk) == []


@pytest.mark.parametrize("text", ["", " ", "\n\n"])
def test_nothing_is_sent_of_no_text(text: str) -> None:
    talk = session()
    talk.say(text, 0.0)
    talk.flush()
    assert (frames(talk, LATE), talk.due(LATE)) == ([], None)


def test_a_control_is_sent_whole_however_it_arrives() -> None:
    talk = session()
    control = r'\{"word": "Ms. Day", "pronounce": "deI. x"\}'
    for at, letter in enumerate(f"Call {control}. Now"):
        talk.say(letter, at / 100)
    talk.flush()
    assert frames(talk, 1.0) == [f"Call {control}. ", "Now ", "[Flush]"]


@given(st.text(alphabet="ab .\n", min_size=1, max_size=5000))
@settings(max_examples=40)
def test_no_message_is_empty_or_longer_than_the_service_takes(text: str) -> None:
    talk = session()
    talk.say(text, 0.0)
    talk.flush()
    now, sent = 0.0, []
    while (due := talk.due(now)) is not None:
        now = max(now, due)
        sent += frames(talk, now)
    texts = [one for one in sent if one != "[Flush]"]
    assert all(one.strip() and len(one) <= SPEECH_LIMIT for one in texts)
    assert voice("".join(texts)) == voice(text)


def test_a_text_as_long_as_the_limit_is_not_sent_longer() -> None:
    talk = session()
    talk.say("a" * SPEECH_LIMIT, 0.0)
    talk.flush()
    assert [len(one) for one in frames(talk)] == [SPEECH_LIMIT, len("a "), len("[Flush]")]


def test_what_is_no_text_and_what_comes_after_the_end_is_refused() -> None:
    talk = session()
    with pytest.raises(OptionError, match="say takes text, not int"):
        talk.check(5)  # type: ignore[arg-type]
    talk.stop()
    with pytest.raises(OptionError, match="The session is finished"):
        talk.check("more")


# Pace


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.tuples(st.integers(1, 1900), st.booleans(), st.floats(0, 20)), min_size=1, max_size=25),
    st.integers(0, 2**16),
)
def test_the_service_never_gets_more_in_a_minute_than_it_takes(
    script: list[tuple[int, bool, float]], seed: int
) -> None:
    talk, now = session(), 0.0
    arrived: list[tuple[float, str]] = []

    def send(until: float) -> None:
        nonlocal now
        while (due := talk.due(now)) is not None and max(now, due) <= until:
            now = max(now, due)
            # Messages arrive up to a second late, but in their order.
            late = (len(arrived) * 7919 + seed) % 100 / 100
            before = arrived[-1][0] if arrived else 0.0
            arrived.extend((max(before, now + late), one) for one in frames(talk, now))
        now = max(now, until)

    for length, flush, pause in script:
        talk.say("a" * length + ". ", now)
        if flush:
            talk.flush()
        send(now + pause)
    talk.stop()
    send(1e5)
    for at, _ in arrived:
        window = [one for time, one in arrived if at <= time < at + MINUTE - 0.01]
        assert sum(len(one) for one in window if one[0] != "[") <= CHARACTERS_A_MINUTE
        assert window.count("[Flush]") <= FLUSHES_A_MINUTE
    assert arrived[-1][1] == "[Close]"
    letters = sum(one.count("a") for _, one in arrived)
    assert letters == sum(length for length, *_ in script)


def test_waiting_for_the_minute_ends_by_itself() -> None:
    talk = session()
    for _ in range(3):
        talk.say("a" * 1190 + ". ", 0.0)
    assert [len(one) for one in frames(talk, 0.0)] == [1192, 1192]
    due = talk.due(0.0)
    assert due == PAUSE  # to flush, behind what waits
    assert frames(talk, PAUSE) == []
    due = talk.due(PAUSE)
    assert due is not None
    assert MINUTE <= due <= MINUTE + 2
    assert [len(one) for one in frames(talk, due)] == [1192, len("[Flush]")]


def test_too_fast_is_waited_out_and_then_spoken_more_slowly_and_never_without_end() -> None:
    talk = session()
    talk.say("a" * 1190 + ". " + "b" * 1190 + ". ", 0.0)
    assert len(frames(talk)) == 2
    assert talk.held(closes.TOO_FAST, 1.0) == MINUTE
    talk.opened("second", 1.0 + MINUTE + 1)
    assert [one[0] for one in frames(talk, 62.0)] == ["a"]
    held = [talk.held(closes.TOO_FAST, 1.0) for _ in range(4)]
    assert held[0] == MINUTE
    assert held[-1] is None


# Audio


def test_audio_is_told_with_its_place_in_the_speech_and_the_time_since_it_was_asked_for() -> None:
    talk = session(sample_rate=8000)
    talk.say("Yes.", 10.0)
    talk.flush()
    frames(talk, 10.0)
    talk.hear_audio(bytes(8000), 10.25)
    talk.hear_audio(bytes(4000), 10.5)
    found = [(record.notice, record.latency) for record in talk.records[-2:]]
    assert found == [(Audio(0, 0.0, 0.5), 0.25), (Audio(1, 0.5, 0.75), None)]
    assert (talk.size, talk.rate, talk.content_type) == (12000, 16000, "audio/l16;rate=8000")


@pytest.mark.parametrize(
    ("options", "rate", "content_type"),
    [
        ({}, 48000, "audio/l16;rate=24000"),
        ({"encoding": "mulaw"}, 8000, "audio/mulaw;rate=8000"),
        ({"encoding": "alaw", "sample_rate": 16000}, 16000, "audio/alaw;rate=16000"),
    ],
    ids=["usual", "mulaw", "alaw"],
)
def test_the_format_of_the_audio_is_always_asked_for(
    options: dict[str, Any], rate: int, content_type: str
) -> None:
    talk = session(**options)
    assert (talk.rate, talk.content_type) == (rate, content_type)
    assert {"encoding", "sample_rate"} <= dict(talk.query).keys()


def test_about_the_voice_the_service_tells_at_once() -> None:
    talk = session()
    told = speak.Metadata(request_id="r", model_name="aura-2-thalia-en", model_uuid="u")
    hear(talk, told)
    assert talk.about == told


def test_clear_drops_the_text_that_waits_and_the_audio_that_is_on_its_way() -> None:
    talk = session()
    talk.say("One. Two. Thr", 0.0)
    talk.flush()
    frames(talk)
    talk.hear_audio(voice("One."), 0.5)
    talk.say("Four. Fi", 1.0)
    request = talk.clear()
    assert frames(talk, 1.0) == ["[Clear]"]
    talk.hear_audio(voice("Two."), 1.1)
    hear(talk, speak.Flushed(), 1.2)
    talk.say("Six.", 1.2)
    talk.flush()
    assert frames(talk, 1.2) == ["Six. ", "[Flush]"]
    hear(talk, speak.Cleared(), 1.3)
    talk.hear_audio(voice("Six."), 1.4)
    assert heard(talk) == "One.Six."
    assert isinstance(request.answer, speak.Cleared)
    # That of the dropped text was not taken for this one's.
    talk.opened("second", 2.0)
    assert frames(talk, 2.0) == ["Six. ", "[Flush]"]


# Connections


def test_what_was_not_spoken_to_its_end_is_said_again_and_what_was_heard_of_it_passed_over() -> None:
    talk = session()
    talk.say("One. Two. ", 0.0)
    talk.flush()
    frames(talk)
    talk.hear_audio(voice("One.Two."), 0.1)
    hear(talk, speak.Flushed())
    talk.say("Three. Four. ", 1.0)
    talk.flush()
    frames(talk, 1.0)
    talk.hear_audio(voice("Three.Fo"), 1.5)
    talk.opened("second", 2.0)
    assert frames(talk, 2.0) == ["Three. ", "Four. ", "[Flush]"]
    talk.hear_audio(voice("Thr"), 2.5)
    talk.hear_audio(voice("ee.Four"), 2.5)
    talk.hear_audio(voice("."), 2.5)
    hear(talk, speak.Flushed(), 2.5)
    assert heard(talk) == "One.Two.Three.Four."
    starts = [record.notice.start for record in talk.records if isinstance(record.notice, Audio)]
    assert starts == sorted(set(starts))


class Person:
    """Says a text piece by piece, and stops."""

    def __init__(self, script: list[tuple[str, bool]]) -> None:
        self.todo = deque(script)

    def speak(self, talk: Speaking, now: float) -> None:
        if self.todo:
            text, flush = self.todo.popleft()
            talk.say(text, now)
            if flush:
                talk.flush()
        elif not talk.stopping:
            talk.stop()


def converse(talk: Speaking, person: Person, service: Aura, count: int, now: float) -> float:
    """One connection, which breaks after so many frames either way; return when."""
    talk.opened("r", now)
    answers: deque[str | bytes] = deque()
    for _ in range(count):
        person.speak(talk, now)
        if answers:
            hear_any(talk, answers.popleft(), now)
            continue
        now = max(now, talk.due(now) or now)
        frame = talk.outgoing(now)
        if frame is None and talk.finished:
            break
        answers.extend(service.take(frame) if frame else ())
    return now


def hear_any(talk: Speaking, answer: str | bytes, now: float) -> None:
    if isinstance(answer, str):
        talk.hear(answer, now)
    else:
        talk.hear_audio(answer, now)


@pytest.mark.parametrize("flux", [False, True], ids=["aura", "flux"])
@given(
    st.lists(
        st.tuples(st.sampled_from(["One. ", "Two three. ", "four ", "Five"]), st.booleans()), max_size=8
    ),
    st.lists(st.integers(0, 25), max_size=4),
    st.integers(1, 5),
)
@settings(max_examples=60, deadline=None)
def test_whatever_breaks_all_is_heard_once_and_in_order(
    flux: bool, script: list[tuple[str, bool]], plan: list[int], size: int
) -> None:
    talk = FluxSpeaking({"model": "flux-alexis-en"}) if flux else Speaking({})
    person, now = Person(script), 0.0
    for count in [*plan, 1000]:
        service = (Flux if flux else Aura)(2 * size)
        now = converse(talk, person, service, count, now)
    assert service.closed
    assert heard(talk) == said(voice("".join(text for text, _ in script)))


def test_a_clear_that_was_not_answered_is_asked_for_again_and_drops_nothing_else() -> None:
    talk = session()
    talk.say("One.", 0.0)
    talk.flush()
    frames(talk)
    request = talk.clear()
    frames(talk)
    talk.opened("second", 1.0)
    talk.say("Two.", 1.0)
    talk.flush()
    assert frames(talk, 1.0) == ["[Clear]", "Two. ", "[Flush]"]
    hear(talk, speak.Cleared())
    talk.hear_audio(voice("Two."), 1.5)
    assert (heard(talk), request.answer is not None) == ("Two.", True)


# The end


def test_the_end_is_all_that_was_said_and_close_when_it_was_spoken() -> None:
    talk = session()
    talk.say("One. Tw", 0.0)
    talk.stop()
    assert frames(talk) == ["One. ", "Tw ", "[Flush]"]
    assert not talk.finished
    hear(talk, speak.Flushed(), 2.0)
    assert frames(talk, 2.0) == ["[Close]"]
    assert (talk.finished, talk.due(LATE)) == (True, None)


def test_a_last_flush_that_is_never_answered_does_not_hold_up_the_end() -> None:
    talk = session()
    talk.say("One.", 0.0)
    talk.stop()
    frames(talk)
    talk.hear_audio(b"ab", 4.0)
    assert talk.due(5.0) == 4.0 + DRAIN
    assert frames(talk, 4.0 + DRAIN) == ["[Close]"]


def test_after_a_break_at_the_end_the_rest_is_said_again() -> None:
    talk = session()
    talk.say("One.", 0.0)
    talk.stop()
    frames(talk)
    talk.opened("second", 1.0)
    assert not talk.finished
    assert frames(talk, 1.0) == ["One. ", "[Flush]"]
    hear(talk, speak.Flushed(), 2.0)
    assert frames(talk, 2.0) == ["[Close]"]


def test_without_text_the_end_is_close_alone() -> None:
    talk = session()
    talk.stop()
    assert talk.due(0.0) == 0.0
    assert frames(talk) == ["[Close]"]
