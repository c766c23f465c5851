# ruff: noqa: RUF001 - the phonetic alphabet
import json

import httpx
import numpy as np
import pytest
from websockets.exceptions import InvalidStatus

from dgnb.audio.samples import wav
from dgnb.protocol import limits
from dgnb.sandbox import Server, voicing
from dgnb.sandbox.controls import MALFORMED
from dgnb.sandbox.livespeaking import TOO_MANY
from tests.sandbox.dialling import Call, dial

VOICE = "aura-2-apollo-en"
TEXT = "Good morning. How are you? I would like to order two tickets for the concert in London."


def speaking(sandbox: Server, **query):
    return dial(sandbox.url, "/v1/speak", **{"model": VOICE, **query})


@pytest.fixture
def call(sandbox: Server):
    with speaking(sandbox) as call:
        call.next()
        yield call


def seconds(audio: list[bytes], rate: int = 24000, width: int = 2) -> float:
    return sum(map(len, audio)) / (rate * width)


def test_the_first_message_names_request_and_voice(sandbox: Server) -> None:
    with speaking(sandbox) as call:
        about = call.next()
    assert about["type"] == "Metadata"
    assert about["request_id"] == call.request_id
    assert about["model_name"] == VOICE
    assert about["model_uuid"].startswith("sandbox-")


def test_a_whole_sentence_is_spoken_without_a_flush(call: Call) -> None:
    call.say("Speak", text="Good mor")
    call.say("Speak", text="ning. How")
    assert isinstance(call.next(), bytes)


def test_flush_speaks_the_rest_and_is_answered_in_order(call: Call) -> None:
    for number, text in enumerate(("Good morning", "How are you", "Thank you")):
        call.say("Speak", text=text)
        call.say("Flush")
        audio, messages = call.until("Flushed")
        assert seconds(audio) > 0.3
        assert messages == [{"type": "Flushed", "sequence_id": number}]


def test_frames_are_short_and_none_is_lost(call: Call) -> None:
    call.say("Speak", text=TEXT)
    call.say("Flush")
    audio, _ = call.until("Flushed")
    assert all(0.02 <= seconds([frame]) <= 0.1 for frame in audio)


@pytest.mark.parametrize(
    ("encoding", "rate", "width"), [("linear16", 48000, 2), ("mulaw", 8000, 1), ("alaw", 16000, 1)]
)
def test_a_text_lasts_as_long_as_in_one_request(
    sandbox: Server, http: httpx.Client, encoding: str, rate: int, width: int
) -> None:
    query = {"model": VOICE, "encoding": encoding, "sample_rate": rate}
    headers = {"Authorization": "Token any"}
    whole = http.post(
        "/v1/speak", params={**query, "container": "none"}, json={"text": TEXT}, headers=headers
    )
    with speaking(sandbox, **query) as call:
        for word in TEXT.split(" "):
            call.say("Speak", text=f"{word} ")
        call.say("Close")
        audio, _, close = call.end()
    assert close == (1000, "")
    # espeak-ng's pauses between sentences differ by a few milliseconds.
    assert seconds(audio, rate, width) == pytest.approx(seconds([whole.content], rate, width), abs=0.05)


def test_what_is_spoken_is_what_was_written(http: httpx.Client, call: Call) -> None:
    call.say("Speak", text=TEXT)
    call.say("Close")
    samples = np.frombuffer(b"".join(call.end()[0]), "<i2")
    headers = {"Authorization": "Token any"}
    reply = http.post("/v1/listen", content=wav(samples, 24000), headers=headers, timeout=60).json()
    heard = reply["results"]["channels"][0]["alternatives"][0]["transcript"].split()
    assert {"morning", "order", "two", "tickets", "concert"} <= set(heard)


def test_two_pieces_are_joined_without_a_click(call: Call) -> None:
    call.say("Speak", text="Good morning. Good morning. ")
    call.say("Flush")
    samples = np.frombuffer(b"".join(call.until("Flushed")[0]), "<i2").astype(int)
    middle = samples[len(samples) // 2 - 2400 : len(samples) // 2 + 2400]
    assert np.abs(np.diff(middle)).max() < 3000


def test_clear_drops_text_and_audio(call: Call) -> None:
    call.say("Speak", text="This is not heard")
    call.say("Clear")
    assert call.next() == {"type": "Cleared", "sequence_id": 0}
    call.say("Flush")
    assert call.next() == {"type": "Flushed", "sequence_id": 1}


def test_clear_drops_audio_that_a_slow_reader_has_not_taken(sandbox: Server) -> None:
    sentence = "I would like to order two tickets for the concert in London on Friday evening. "
    with speaking(sandbox, buffer=1 << 16, sample_rate=48000) as call:
        for _ in range(24):
            call.say("Speak", text=sentence)
        call.say("Flush")
        assert isinstance(call.next(), dict)
        assert isinstance(call.next(), bytes)
        call.say("Clear")
        audio, messages = call.until("Cleared")
    assert messages == [{"type": "Cleared", "sequence_id": 0}]
    assert seconds(audio, 48000) < 30


def test_close_speaks_what_is_left(call: Call) -> None:
    call.say("Speak", text="Goodbye")
    call.say("Close")
    call.say("Speak", text="Nobody hears this.")
    audio, messages, close = call.end()
    assert 0.3 < seconds(audio) < 0.9
    assert (messages, close) == ([], (1000, ""))


@pytest.mark.parametrize(
    ("frame", "code", "reason"),
    [
        pytest.param(b"audio", 1003, "MESSAGE-0000", id="binary"),
        pytest.param("{", 1008, "DATA-0000", id="no-json"),
        pytest.param("[]", 1008, "DATA-0000", id="no-object"),
        pytest.param('{"type": "KeepAlive"}', 1008, "DATA-0000", id="unknown"),
        pytest.param('{"type": "Speak", "text": 1}', 1008, "DATA-0000", id="wrong-shape"),
        pytest.param('{"type": "Speak", "text": ""}', 1008, "DATA-0000", id="empty"),
        pytest.param(json.dumps({"type": "Speak", "text": "a" * 2001}), 1009, "BIG-0001", id="long-text"),
        pytest.param(" " * (limits.LARGEST_COMMAND + 1), 1009, "BIG-0000", id="long-message"),
    ],
)
def test_what_is_not_taken_ends_the_connection(
    call: Call, frame: str | bytes, code: int, reason: str
) -> None:
    call.raw.send(frame)
    assert call.end()[2] == (code, reason)


def test_too_many_characters_in_a_minute_end_the_connection(
    call: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "MINUTE", 3600.0)  # it may take that long here
    call.say("Speak", text="a" * 2000)
    call.say("Speak", text="b" * 400)
    call.say("Flush")
    call.until("Flushed")
    call.say("Speak", text="c")
    assert call.end()[2] == (1008, "DATA-0001")


def test_too_many_flushes_are_warned_of_and_ignored(call: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "MINUTE", 3600.0)
    for _ in range(21):
        call.say("Flush")
    call.say("Close")
    _, messages, close = call.end()
    assert [message["type"] for message in messages].count("Flushed") == 20
    (warning,) = [message for message in messages if message["type"] == "Warning"]
    assert warning["code"] == TOO_MANY
    assert warning["description"]
    assert close == (1000, "")


def test_a_connection_ends_after_its_longest_time(sandbox: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "LONGEST", 0.05)
    with speaking(sandbox) as call:
        assert call.end()[2] == (1011, "NET-0003")


@pytest.mark.parametrize(
    "query",
    [
        {"encoding": "mp3"},
        {"encoding": "mulaw", "sample_rate": 24000},
        {"sample_rate": 44100},
        {"container": "wav"},
        {"model": "flux-kai-en"},
        {"model": "nova-3"},
        {"model": "aura-2-hector-fr", "speed": 1.2},
        {"speed": 9},
    ],
    ids=str,
)
def test_a_bad_query_is_refused_at_the_upgrade(sandbox: Server, query: dict[str, object]) -> None:
    with pytest.raises(InvalidStatus) as refused, speaking(sandbox, **query):
        pass
    answer = refused.value.response
    assert answer.status_code == 400
    assert answer.headers["dg-request-id"]
    assert json.loads(answer.body)["err_msg"] == answer.headers["dg-error"]


def test_speed_changes_the_length(sandbox: Server) -> None:
    lengths = []
    for speed in (1, 2):
        with speaking(sandbox, speed=speed, container="none") as call:
            call.say("Speak", text=TEXT)
            call.say("Close")
            lengths.append(seconds(call.end()[0]))
    assert lengths[0] > 1.5 * lengths[1]


def test_pronunciations_are_followed_and_their_faults_warned_of(call: Call) -> None:
    call.say("Speak", text='A \\{"word": "tomato", "pron')
    call.say("Speak", text='ounce": "təˈmɑːtoʊ"\\} and \\{"word": 1\\} ')
    call.say("Speak", text='\\{"word": "SQL", "pronounce": "' + "a" * 90 + '"\\}.')
    call.say("Flush")
    audio, messages = call.until("Flushed")
    assert 1 < seconds(audio) < 4
    assert {message.get("code") for message in messages[:-1]} == {
        MALFORMED,
        "PRONUNCIATION_TOO_LONG",
        "PRONUNCIATION_WARNINGS",  # Aura takes a stress mark in front of a vowel only
    }


def test_what_was_spoken_is_booked_without_its_controls(sandbox: Server, call: Call) -> None:
    call.say("Speak", text='A \\{"word": "tomato", "pronounce": "təˈmɑːtoʊ"\\}. Not this')
    call.next()
    call.say("Clear")
    call.until("Cleared")
    call.say("Close")
    call.end()
    row = sandbox.store.row("select * from requests where id = ?", call.request_id)
    assert (row["characters"], row["method"], row["endpoint"]) == (len("A tomato. "), "streaming", "speak")


def test_a_failure_of_the_engine_ends_the_connection(call: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(voicing, "synthesise", broken)
    call.say("Speak", text="Hello. ")
    call.say("Flush")
    assert call.end()[2] == (1011, "NET-0000")


def broken(*_: object, **__: object) -> None:
    raise MemoryError
