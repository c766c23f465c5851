# ruff: noqa: RUF001 - the phonetic alphabet
import json
import re
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from websockets.exceptions import InvalidStatus

from dgnb.protocol import limits
from dgnb.protocol.messages.fluxspeak import SpeechInterrupted
from dgnb.sandbox import Server, fluxturns, voicing
from dgnb.sandbox.fluxturns import Turns
from dgnb.sandbox.voicing import Utterance, voice
from tests.sandbox.dialling import Call, dial

VOICE = "flux-kai-en"
SENTENCES = ("Good morning, everyone. ", "I would like to order two tickets. ", "Thank you very much.")
SQL = '\\{"word": "SQL", "pronounce": "ˈsiːkwəl"\\}'


def speaking(sandbox: Server, **query: Any):
    return dial(sandbox.url, "/v2/speak", **{"model": VOICE, **query})


@pytest.fixture
def call(sandbox: Server):
    with speaking(sandbox) as call:
        call.next()
        yield call


def length(audio: list[bytes], rate: int = 24000) -> int:
    return round(sum(map(len, audio)) / (2 * rate) * 1000)


def spoken(call: Call, text: str) -> tuple[list[bytes], list[dict[str, Any]]]:
    call.say("Speak", text=text)
    call.say("Flush")
    return call.until("Flushed")


def interrupt(call: Call, milliseconds: int) -> dict[str, Any]:
    call.say("Interrupt", playback_offset={"type": "time_ms", "value": milliseconds})
    return call.next()


def kinds(messages: list[dict[str, Any]]) -> list[str]:
    return [message["type"] for message in messages]


def test_the_first_message_names_request_and_voice(sandbox: Server) -> None:
    with speaking(sandbox) as call:
        about = call.next()
    assert about["type"] == "Connected"
    assert about["request_id"] == call.request_id
    assert about["model_name"] == VOICE
    assert about["model_uuids"][0].startswith("sandbox-")


def test_a_turn_has_its_audio_between_its_start_and_its_metadata(call: Call) -> None:
    call.say("Speak", text="Good morning.")
    call.say("Flush")
    started = call.next()
    audio, messages = call.until("Flushed")
    assert started["type"] == "SpeechStarted"
    assert re.fullmatch("dg_sp_[0-9a-f]{12}", started["speech_id"])
    assert kinds(messages) == ["SpeechMetadata", "Flushed"]
    about = messages[0]
    assert {message["speech_id"] for message in messages} == {started["speech_id"]}
    assert about["audio_duration_ms"] == pytest.approx(length(audio), abs=1)
    assert about["input_character_count"] == about["billable_character_count"] == 13
    assert about["controls_applied"]["breaks_applied"] == 0


def test_speech_begins_before_the_turn_is_complete(call: Call) -> None:
    call.say("Speak", text="Good morning. How")
    assert call.next()["type"] == "SpeechStarted"
    assert isinstance(call.next(), bytes)


def test_later_turns_wait_for_the_one_before(call: Call) -> None:
    for sentence in SENTENCES:
        call.say("Speak", text=sentence)
        call.say("Flush")
    ids = []
    for _ in SENTENCES:
        audio, messages = call.until("Flushed")
        assert kinds(messages) == ["SpeechStarted", "SpeechMetadata", "Flushed"]
        assert length(audio) > 500
        (one,) = {message["speech_id"] for message in messages}
        ids.append(one)
    assert len(set(ids)) == 3


def test_close_speaks_all_turns_and_sums_them_up(call: Call) -> None:
    call.say("Speak", text=SENTENCES[0])
    call.say("Flush")
    call.say("Speak", text="Goodbye")
    call.say("Close")
    call.say("Speak", text="Nobody hears this.")
    audio, messages, close = call.end()
    assert kinds(messages) == [
        "SpeechStarted", "SpeechMetadata", "Flushed", "SpeechStarted", "SpeechMetadata", "SessionMetadata",
    ]  # fmt: skip
    assert messages[-1]["total_audio_duration_ms"] == pytest.approx(length(audio), abs=1)
    assert messages[-1]["total_input_character_count"] == len(SENTENCES[0]) + 7
    assert close == (1000, "")


@pytest.mark.parametrize("text", ["...", "  ", ""])
def test_text_without_words_makes_an_empty_turn(call: Call, text: str) -> None:
    audio, messages = spoken(call, text)
    assert audio == []
    assert kinds(messages) == ["Warning", "SpeechMetadata", "Flushed"]
    assert messages[0]["code"] == "NO_SYNTHESIZABLE_TEXT"
    assert messages[1]["audio_duration_ms"] == 0


@pytest.mark.parametrize(
    ("kind", "code"), [("Flush", "NO_ACTIVE_SPEECH"), ("Interrupt", "NO_AUDIO_GENERATED")]
)
def test_what_has_nothing_to_act_on_is_warned_of(call: Call, kind: str, code: str) -> None:
    call.say(kind)
    warning = call.next()
    assert (warning["type"], warning["code"]) == ("Warning", code)
    assert warning["description"]


def test_an_interrupt_parts_the_text_where_it_was_heard(call: Call) -> None:
    text = "".join(SENTENCES)
    audio, messages = spoken(call, text)
    cut = interrupt(call, 1400)
    assert cut["audio_played_ms"] == 1400
    assert cut["text_spoken"] + cut["text_remaining"] == text
    assert cut["text_spoken"] == SENTENCES[0]
    assert cut["metadata"]["speech_id"] == messages[0]["speech_id"]
    assert cut["metadata"]["audio_duration_ms"] == pytest.approx(length(audio), abs=1)


def test_the_word_that_was_being_spoken_counts_as_spoken(call: Call) -> None:
    spoken(call, "Extraordinarily long words")
    assert interrupt(call, 300)["text_spoken"] == "Extraordinarily "


def test_an_offset_counts_from_the_sessions_start_and_without_what_was_not_heard(call: Call) -> None:
    first, _ = spoken(call, SENTENCES[0])
    spoken(call, SENTENCES[1])
    cut = interrupt(call, length(first) + 250)
    assert SENTENCES[1].startswith(cut["text_spoken"])
    spoken(call, SENTENCES[2])
    again = interrupt(call, length(first) + 250 + 550)
    assert again["text_spoken"] + again["text_remaining"] == SENTENCES[2]
    assert again["text_spoken"] == "Thank you "
    call.say("Close")
    _, messages, _ = call.end()
    assert messages[-1]["total_audio_duration_ms"] == pytest.approx(length(first) + 800, abs=2)


@pytest.mark.parametrize("value", [500, 499, 0, -1])
def test_an_offset_must_advance(call: Call, value: int) -> None:
    spoken(call, SENTENCES[0])
    assert interrupt(call, 500)["type"] == "SpeechInterrupted"
    assert interrupt(call, value)["code"] == "INVALID_INTERRUPT_OFFSET"


def test_a_speech_that_was_heard_to_its_end_is_not_interrupted(call: Call) -> None:
    audio, _ = spoken(call, SENTENCES[0])
    assert interrupt(call, length(audio) + 5)["code"] == "NO_ACTIVE_SPEECH"


def test_an_interrupt_stops_audio_that_a_slow_reader_has_not_taken(sandbox: Server) -> None:
    with speaking(sandbox, buffer=1 << 16, sample_rate=48000) as call:
        call.next()
        for _ in range(24):
            call.say(
                "Speak",
                text="I would like to order two tickets for the concert in London on Friday evening. ",
            )
        call.say("Flush")
        call.say("Speak", text="The next turn")
        call.say("Flush")
        assert call.next()["type"] == "SpeechStarted"
        assert isinstance(call.next(), bytes)
        call.say("Interrupt")
        audio, messages = call.until("SpeechInterrupted")
        assert kinds(messages) == ["SpeechInterrupted"]
        assert length(audio, 48000) < 30_000
        assert messages[0]["audio_played_ms"] == pytest.approx(length(audio, 48000), abs=101)
        assert "text_spoken" not in messages[0]
        assert "text_remaining" not in messages[0]
        _, messages = call.until("Flushed")
        assert kinds(messages) == ["SpeechStarted", "SpeechMetadata", "Flushed"]


def test_an_interrupt_ends_a_turn_that_is_still_being_written(call: Call) -> None:
    call.say("Speak", text="Good morning. How are")
    assert call.next()["type"] == "SpeechStarted"
    assert isinstance(call.next(), bytes)
    call.say("Interrupt", playback_offset={"type": "time_ms", "value": 100})
    _, messages = call.until("SpeechInterrupted")
    assert messages[-1]["text_remaining"].endswith("How are")
    call.say("Flush")
    assert call.next()["code"] == "NO_ACTIVE_SPEECH"
    assert spoken(call, "Sorry.")[1][1]["input_character_count"] == 6


def test_speed_holds_from_the_next_turn_on(call: Call) -> None:
    usual, _ = spoken(call, SENTENCES[1])
    call.say("Configure", speed=1.5)
    assert call.next() == {"type": "ConfigureSuccess", "applied": {"speed": 1.5}}
    quick, _ = spoken(call, SENTENCES[1])
    assert length(usual) > 1.3 * length(quick)


def test_a_configure_without_a_value_tells_what_was_set(call: Call) -> None:
    call.say("Configure")
    assert call.next() == {"type": "ConfigureSuccess", "applied": {}}


@pytest.mark.parametrize(
    ("speed", "code"),
    [(0.45, "SPEED_OUT_OF_RANGE"), (3, "SPEED_OUT_OF_RANGE"), (1.01, "SPEED_INCREMENT_INVALID")],
)
def test_a_wrong_speed_leaves_everything_as_it_was(call: Call, speed: float, code: str) -> None:
    call.say("Configure", speed=speed)
    failure = call.next()
    assert (failure["type"], failure["code"]) == ("ConfigureFailure", code)
    assert (failure["field"], failure["value"]) == ("speed", speed)
    assert failure["description"]
    call.say("Configure")
    assert call.next()["applied"] == {}


def test_a_waiting_turn_with_a_pronunciation_bars_another_speed(sandbox: Server) -> None:
    with speaking(sandbox, buffer=1 << 16, sample_rate=48000) as call:
        call.next()
        call.say("Speak", text="A sentence that nobody reads to its end. " * 40)
        call.say("Flush")
        call.say("Speak", text=f"This is {SQL}.")
        call.say("Configure", speed=1.2)
        call.say("Configure", speed=1.0)
        _, messages = call.until("ConfigureSuccess")
    (failure,) = [message for message in messages if message["type"] == "ConfigureFailure"]
    assert (failure["code"], failure["value"]) == ("CONTROL_COMBINATION_INVALID", 1.2)


def test_pronunciations_are_followed_counted_and_not_billed(call: Call) -> None:
    text = f"This is {SQL} here."
    audio, messages = spoken(call, text)
    about = messages[-2]
    assert about["controls_applied"]["pronunciations_applied"] == 1
    assert about["input_character_count"] == len(text)
    assert about["billable_character_count"] == len("This is SQL here.")
    plain = Utterance(voice(VOICE), "linear16", 24000)
    letters = plain.say(["This is SQL here."]) + plain.finish()
    assert length(audio) != length(letters)


def test_doubtful_pronunciations_are_warned_of(call: Call) -> None:
    long = '\\{"word": "SQL", "pronounce": "' + "a" * 90 + '"\\}'
    _, messages = spoken(call, f'{long} \\{{"word": "x", "pronounce": "7"\\}}.')
    codes = [message["code"] for message in messages if message["type"] == "Warning"]
    assert codes == ["PRONUNCIATION_TOO_LONG", "PRONUNCIATION_WARNINGS"]
    assert messages[-2]["controls_applied"]["pronunciation_warnings"] >= 2


def test_more_pronunciations_than_a_turn_may_have_are_warned_of(
    call: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fluxturns, "MOST_PRONUNCIATIONS", 2)
    _, messages = spoken(call, f"{SQL}, " * 3)
    codes = [message["code"] for message in messages if message["type"] == "Warning"]
    assert codes == ["PRONUNCIATIONS_LIMIT_EXCEEDED"]
    assert messages[-2]["controls_applied"]["pronunciations_applied"] == 2


@pytest.mark.parametrize(
    ("frame", "code", "reason"),
    [
        pytest.param(b"audio", 1003, "MESSAGE-0000", id="binary"),
        pytest.param("{", 1008, "DATA-0000", id="no-json"),
        pytest.param('{"type": "Clear"}', 1008, "DATA-0000", id="unknown"),
        pytest.param(
            '{"type": "Speak", "text": "One. \\\\{pause:1s\\\\} Two."}', 1008, "DATA-0002", id="pause"
        ),
        pytest.param(
            '{"type": "Speak", "text": "{pause:{duration_ms:500}}"}', 1008, "DATA-0002", id="pause-json"
        ),
        pytest.param(
            '{"type": "Speak", "text": "\\\\{\\"word\\": 1\\\\}. A"}', 1008, "DATA-0002", id="malformed"
        ),
        pytest.param(" " * (limits.LARGEST_COMMAND + 1), 1009, "BIG-0000", id="long-message"),
    ],
)
def test_an_error_comes_before_the_close(call: Call, frame: str | bytes, code: int, reason: str) -> None:
    call.raw.send(frame)
    _, messages, close = call.end()
    assert close == (code, reason)
    assert (messages[-1]["type"], messages[-1]["code"]) == ("Error", reason)
    assert messages[-1]["description"]


def test_a_failure_of_the_engine_is_told(call: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object, **__: object) -> None:
        raise MemoryError

    monkeypatch.setattr(voicing, "synthesise", broken)
    call.say("Speak", text="Hello. ")
    call.say("Flush")
    _, messages, close = call.end()
    assert messages[-1]["code"] == "NET-0000"
    assert close == (1011, "NET-0000")


def test_a_pause_in_pieces_is_noticed(call: Call) -> None:
    call.say("Speak", text="One. \\{pau")
    call.say("Speak", text="se:1s\\} Two.")
    assert call.end()[2] == (1008, "DATA-0002")


def test_a_pronunciation_at_another_speed_ends_the_connection(sandbox: Server) -> None:
    with speaking(sandbox, speed=1.2) as call:
        call.say("Speak", text=f"This is {SQL}.")
        call.say("Flush")
        _, messages, close = call.end()
    assert "speed" in messages[-1]["description"]
    assert close == (1008, "DATA-0002")


def test_text_may_be_longer_than_on_the_other_connection(call: Call) -> None:
    for _ in range(2):
        call.say("Speak", text="a" * 2500)
    call.say("Flush")
    assert call.until("Flushed")[1][-2]["input_character_count"] == 5000


def test_a_connection_ends_after_its_longest_time(sandbox: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "LONGEST", 0.05)
    with speaking(sandbox) as call:
        _, messages, close = call.end()
    assert messages[-1]["code"] == "NET-0003"
    assert close == (1011, "NET-0003")


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ({"model": "aura-2-thalia-en"}, "Bad Request"),
        ({"encoding": "opus"}, "INVALID_QUERY_PARAMETER"),
        ({"encoding": "alaw", "sample_rate": 24000}, "INVALID_QUERY_PARAMETER"),
        ({"container": "none"}, "INVALID_QUERY_PARAMETER"),
        ({"priority": "low"}, "INVALID_QUERY_PARAMETER"),
        ({"speed": 1.6}, "SPEED_OUT_OF_RANGE"),
        ({"speed": 1.01}, "SPEED_INCREMENT_INVALID"),
        ({"expressivity": 3}, "EXPRESSIVITY_OUT_OF_RANGE"),
    ],
    ids=str,
)
def test_a_bad_query_is_refused_at_the_upgrade(sandbox: Server, query: dict[str, object], code: str) -> None:
    with pytest.raises(InvalidStatus) as refused, speaking(sandbox, **query):
        pass
    assert refused.value.response.status_code == 400
    assert json.loads(refused.value.response.body)["err_code"] == code


def test_a_model_is_needed(sandbox: Server) -> None:
    with pytest.raises(InvalidStatus) as refused, dial(sandbox.url, "/v2/speak"):
        pass
    assert "model is required" in refused.value.response.headers["dg-error"]


def test_44100_hz_is_there_and_expressivity_is_heard(sandbox: Server) -> None:
    said = []
    for expressivity in (-2, 2):
        with speaking(sandbox, sample_rate=44100, expressivity=expressivity, tag="x") as call:
            call.next()
            said.append(b"".join(spoken(call, SENTENCES[0])[0]))
    assert 1000 < length(said[:1], 44100) < 2000
    assert np.frombuffer(said[0], "<i2").std() > 100
    assert said[0] != said[1]


def test_what_was_spoken_is_booked(sandbox: Server, call: Call) -> None:
    spoken(call, f"This is {SQL} here.")
    call.say("Close")
    call.end()
    row = sandbox.store.row("select * from requests where id = ?", call.request_id)
    assert (row["characters"], row["method"]) == (len("This is SQL here."), "streaming")


@given(
    st.lists(st.integers(1, 40), min_size=1, max_size=6),
    st.lists(st.integers(0, 250) | st.none(), max_size=6),
)
def test_what_was_heard_is_never_more_than_was_made(made: list[int], offsets: list[int | None]) -> None:
    turns, position = Turns(), -1
    for tenths in made:
        turns.open().sent(tenths / 10)
        turns.done(turns.open())
    turns.open().sent(1)
    for offset in offsets:
        answer = turns.interrupt(None if offset is None else offset * 100)
        if isinstance(answer, SpeechInterrupted):
            assert answer.audio_played_ms > position
            position = answer.audio_played_ms
        assert 0 <= turns.summary.total_audio_duration_ms <= sum(made) * 100 + 1000
