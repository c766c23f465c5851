import hashlib
import json
from itertools import pairwise
from time import monotonic
from typing import Any

import httpx
import numpy as np
import pytest
from websockets.exceptions import InvalidStatus

from dgnb.protocol import limits
from dgnb.results import Transcript
from dgnb.sandbox import Server
from dgnb.sandbox.engines.encoding import encode
from dgnb.sandbox.engines.synthesis import RATE as OWN_RATE
from dgnb.sandbox.engines.synthesis import synthesise
from tests.sandbox.dialling import dial
from tests.sandbox.talking import (
    LIBRARY,
    RATE,
    RAW,
    SISTER,
    YEARS,
    closed,
    finals,
    joined,
    kind,
    listening,
    send,
    silence,
    spoken,
    text,
    texts,
    words,
)

# The recogniser works for long where it has a tenth of a processor.
pytestmark = pytest.mark.timeout(600)

TALK = joined(0.3, spoken(LIBRARY), 0.6, spoken(SISTER), 4.0, spoken(YEARS), 0.1)
SHORT = joined(0.3, spoken("Open the window."), 0.6, spoken("How are you?"), 4.0)


def heard(url: str, audio: Any = TALK, piece: int = 2_560, **query: Any) -> list[dict[str, Any]]:
    """All messages about some audio."""
    with listening(url, **query) as call:
        send(call, audio, piece)
        return closed(call)


def recorded(http: httpx.Client, audio: bytes, **query: Any) -> Transcript:
    reply = http.post(
        "/v1/listen", content=audio, params=query, headers={"Authorization": "Token any"}, timeout=60
    )
    assert reply.status_code == 200, reply.text
    return Transcript.from_json(reply.content)


@pytest.fixture(scope="module")
def plain(fast: Server) -> list[dict[str, Any]]:
    return heard(fast.url)


@pytest.fixture(scope="module")
def rich(fast: Server) -> list[dict[str, Any]]:
    return heard(fast.url, interim_results=True, vad_events=True, utterance_end_ms=1000, smart_format=True)


def test_results_have_the_shape_of_the_service_and_say_that_they_are_the_sandboxs(plain) -> None:
    result = plain[0]
    assert result["type"] == "Results"
    assert result["channel_index"] == [0, 1]
    assert (result["is_final"], result["speech_final"], result["from_finalize"]) == (True, True, False)
    assert result["metadata"]["model_info"]["arch"] == "sandbox"
    assert "sandbox" in result["metadata"]["model_info"]["name"]
    (word, *_) = result["channel"]["alternatives"][0]["words"]
    assert word.keys() == {"word", "start", "end", "confidence"}


def test_the_last_message_is_about_the_whole(fast: Server) -> None:
    with listening(fast.url, extra=["case:6", "case:7", "who:a:b"]) as call:
        send(call, TALK)
        *_, about = closed(call)
    assert about["type"] == "Metadata"
    assert about["request_id"] == call.request_id
    assert about["sha256"] == hashlib.sha256(TALK.astype("<i2").tobytes()).hexdigest()
    assert about["duration"] == pytest.approx(len(TALK) / RATE)
    assert about["channels"] == 1
    assert about["extra"] == {"case": "7", "who": "a:b"}
    assert about["created"].endswith("Z")
    assert about["models"] == list(about["model_info"])
    assert "warnings" not in about


def test_live_text_is_that_of_the_recording(plain, fast: Server, http: httpx.Client) -> None:
    call = recorded(http, TALK.astype("<i2").tobytes(), **RAW)
    told = [(word.word, word.start, word.end, word.confidence) for word in call.best[0].words]
    assert [(word["word"], word["start"], word["end"], word["confidence"]) for word in words(plain)] == told
    assert len(told) > 20


def test_how_the_audio_is_cut_changes_nothing(fast: Server) -> None:
    """Not even when a frame ends within a sample."""
    asked = {"interim_results": True, "vad_events": True, "utterance_end_ms": 1000, "endpointing": 400}
    said = [heard(fast.url, SHORT, piece, **asked) for piece in (2_560, 333, 1_000_001)]
    first, *others = [[without_id(message) for message in messages] for messages in said]
    assert others == [first, first]
    assert {"SpeechStarted", "UtteranceEnd"} < {message["type"] for message in first}


def without_id(message: dict[str, Any]) -> dict[str, Any]:
    bare = {name: value for name, value in message.items() if name not in ("request_id", "created")}
    if "metadata" in bare:
        bare["metadata"] = without_id(bare["metadata"])
    return bare


def test_who_connects_again_after_a_final_hears_the_same_words(plain, fast: Server) -> None:
    end = finals(plain)[0]["start"] + finals(plain)[0]["duration"]
    again = heard(fast.url, TALK[round(end * RATE) :])
    assert texts(again) == " ".join(filter(None, map(text, finals(plain)[1:])))
    late = [word["start"] + end for word in words(again)]
    assert late == pytest.approx([word["start"] for word in words(plain)][-len(late) :], abs=0.002)


def test_final_results_cover_the_audio_without_gap_or_overlap(rich) -> None:
    spans = [(final["start"], final["start"] + final["duration"]) for final in finals(rich)]
    assert spans[0][0] == 0.0
    assert spans[-1][1] == pytest.approx(len(TALK) / RATE)
    assert all(before[1] == pytest.approx(after[0]) for before, after in pairwise(spans))
    for final in finals(rich):
        for word in final["channel"]["alternatives"][0]["words"]:
            assert final["start"] <= word["start"] < word["end"] <= final["start"] + final["duration"]


def test_silence_gives_an_empty_final_now_and_then(fast: Server) -> None:
    results = finals(heard(fast.url, silence(10)))
    assert [text(final) for final in results] == [""] * 4
    assert all(2 <= final["duration"] <= 4 for final in results[:3])
    assert not any(final["speech_final"] for final in results)


def test_provisional_results_come_every_second_of_speech_and_are_replaced(rich) -> None:
    open_since: float = 0.0
    provisional = [message for message in kind(rich, "Results") if not message["is_final"]]
    assert len(provisional) >= 5
    for message in kind(rich, "Results"):
        assert message["start"] == pytest.approx(open_since)
        if message["is_final"]:
            open_since = message["start"] + message["duration"]
        else:
            assert not message["speech_final"]
    steps = [after["duration"] - before["duration"] for before, after in pairwise(provisional)]
    assert all(0.97 < step < 1.05 for step in steps if step > 0)


def test_without_being_asked_only_finals_and_the_end_are_told(plain) -> None:
    assert {message["type"] for message in plain} == {"Results", "Metadata"}
    assert all(message["is_final"] for message in plain[:-1])


def test_the_beginning_of_speech_is_told(rich) -> None:
    times = [message["timestamp"] for message in kind(rich, "SpeechStarted")]
    starts = [
        final["channel"]["alternatives"][0]["words"][0]["start"] for final in finals(rich) if text(final)
    ]
    assert times == pytest.approx(starts, abs=0.3)


def test_the_end_of_an_utterance_is_told_after_its_last_word(rich) -> None:
    ends = [message["last_word_end"] for message in kind(rich, "UtteranceEnd")]
    assert ends == [words(rich)[len(words(finals(rich)[:2])) - 1]["end"]]
    at = next(number for number, message in enumerate(rich) if message["type"] == "UtteranceEnd")
    assert rich[at]["channel"] == [0, 1]
    assert len(finals(rich[:at])) == 2


@pytest.mark.parametrize(
    ("endpointing", "ends"),
    [
        (10, [True, True, False, False]),
        (500, [True, True, False, False]),
        (1500, [False, True, False, False]),
        ("false", [False, False, False, False]),
    ],
    ids=str,
)
def test_an_utterance_ends_when_the_silence_is_long_enough(fast: Server, endpointing, ends) -> None:
    results = finals(heard(fast.url, SHORT, endpointing=endpointing))
    assert [result["speech_final"] for result in results] == ends
    assert [bool(text(result)) for result in results] == [True, True, False, False]


def test_an_utterance_that_ends_after_an_empty_result_is_told_with_the_next_one(fast: Server) -> None:
    results = finals(heard(fast.url, joined(spoken("Open the window."), 9.0), endpointing=4000))
    assert [bool(text(result)) for result in results] == [True, False, False, False, False]
    assert [result["speech_final"] for result in results] == [False, False, True, False, False]


def test_finalize_gives_what_was_heard_so_far(fast: Server) -> None:
    half = len(spoken(LIBRARY)) // 2
    with listening(fast.url) as call:
        send(call, spoken(LIBRARY)[:half])
        call.say("Finalize")
        (result,) = call.until("Results")[1]
        assert (result["is_final"], result["from_finalize"]) == (True, True)
        assert "library" in text(result)
        assert result["duration"] == pytest.approx(half / RATE, abs=0.02)
        call.say("Finalize")
        (empty,) = call.until("Results")[1]
        assert (empty["from_finalize"], empty["duration"], text(empty)) == (True, 0.0, "")
        send(call, spoken(LIBRARY)[half:])
        (rest, _) = closed(call)
    assert rest["start"] == pytest.approx(result["duration"])
    assert "evening" in text(rest)


def test_a_result_that_waits_for_silence_is_given_by_finalize(fast: Server) -> None:
    with listening(fast.url, endpointing=5000) as call:
        send(call, joined(spoken(SISTER), 0.6))
        call.say("Finalize")
        first, second = call.next(), call.next()
        assert ("sister" in text(first), text(second)) == (True, "")
        assert first["from_finalize"]
        assert second["from_finalize"]


def test_one_channel_can_be_finalized(fast: Server) -> None:
    stereo = np.stack([spoken(LIBRARY)[: 2 * RATE], spoken(SISTER)[: 2 * RATE]], axis=1).ravel()
    with listening(fast.url, channels=2, multichannel=True) as call:
        send(call, stereo)
        call.say("Finalize", channel=1)
        (result,) = call.until("Results")[1]
        assert result["channel_index"] == [1, 2]
        call.say("Finalize", channel=5)
        last = kind(closed(call), "Results")
    assert [message["channel_index"] for message in last if text(message)] == [[0, 2]]


def test_channels_are_heard_apart_when_asked_and_together_otherwise(fast: Server) -> None:
    left, right = joined(spoken(LIBRARY), 4.0), joined(4.5, spoken(SISTER))
    length = max(len(left), len(right))
    stereo = np.stack([np.pad(side, (0, length - len(side))) for side in (left, right)], axis=1).ravel()
    apart = heard(fast.url, stereo, channels=2, multichannel=True)
    first, second = ([m for m in apart[:-1] if m["channel_index"] == [number, 2]] for number in (0, 1))
    assert apart[-1]["channels"] == 2
    assert ("library" in texts(first), "sister" in texts(second)) == (True, True)
    assert ("sister" in texts(first), "library" in texts(second)) == (False, False)
    together = heard(fast.url, stereo, channels=2)
    assert together[-1]["channels"] == 1
    assert "sister" in texts(together)
    assert {tuple(message["channel_index"]) for message in together[:-1]} == {(0, 1)}


def test_the_last_words_are_not_lost_when_the_stream_ends_in_mid_word(fast: Server, http) -> None:
    cut = spoken(LIBRARY)[: int(2.9 * RATE)]
    live = texts(heard(fast.url, cut))
    assert "closes" in live
    assert live == recorded(http, cut.astype("<i2").tobytes(), **RAW).text


def test_an_empty_frame_ends_the_stream(fast: Server) -> None:
    with listening(fast.url) as call:
        send(call, spoken(SISTER))
        call.raw.send(b"")
        _, messages, ending = call.end()
    assert ending == (1000, "")
    assert [message["type"] for message in messages] == ["Results", "Metadata"]


def test_no_audio_at_all_has_no_length_and_no_channel(fast: Server) -> None:
    with listening(fast.url) as call:
        call.say("KeepAlive")
        (about,) = closed(call)
    assert (about["duration"], about["channels"]) == (0.0, 0)
    assert about["sha256"] == hashlib.sha256(b"").hexdigest()


def test_a_keep_alive_is_not_answered_and_as_binary_it_is_audio(fast: Server) -> None:
    keep = json.dumps({"type": "KeepAlive"})
    with listening(fast.url) as call:
        call.say("KeepAlive")
        call.raw.send(keep.encode())
        about = closed(call)[-1]
    assert about["sha256"] == hashlib.sha256(keep.encode()).hexdigest()
    assert about["duration"] == pytest.approx(len(keep) // 2 / RATE)


@pytest.mark.parametrize(
    "frame", ["{", "[]", '{"type": "Applause"}', '{"type": "Finalize", "channel": "one"}', '"x"'], ids=str
)
def test_a_message_that_cannot_be_read_is_told_and_the_connection_goes_on(fast: Server, frame: str) -> None:
    with listening(fast.url) as call:
        call.raw.send(frame)
        error = call.next()
        assert (error["type"], error["variant"], error["message"]) == ("Error", "SchemaError", frame)
        send(call, spoken(SISTER))
        assert "sister" in texts(closed(call))


def test_other_keyterms_and_features_count_from_now_on(fast: Server) -> None:
    with listening(fast.url, model="nova-3") as call:
        call.say("Configure", features={"punctuate": True})
        assert call.next() == {"type": "ConfigureSuccess", "request_id": call.request_id}
        send(call, joined(spoken("Please ask deepgram about the price."), 0.5))
        (before,) = call.until("Results")[1]
        call.say("Configure", keyterms=["Deepgram"], features={"punctuate": False})
        assert call.next()["keyterms"] == ["Deepgram"]
        send(call, joined(spoken("Please ask deepgram about the price."), 0.5))
        after = texts(closed(call))
    assert text(before)[0].isupper()
    assert "deepgram" not in text(before).lower()
    assert "deepgram" in after


@pytest.mark.parametrize(
    ("model", "fields", "code"),
    [
        ("nova-2", {"keyterms": ["a"]}, "CONFIGURE_KEYTERMS_NOT_SUPPORTED"),
        ("nova-3", {"keyterms": ["word"] * (limits.KEYTERM_TOKENS + 1)}, "CONFIGURE_KEYTERM_LIMIT_EXCEEDED"),
        ("nova-3", {"features": {"levitate": True}}, "CONFIGURE_INTERNAL_ERROR"),
    ],
    ids=["model", "tokens", "feature"],
)
def test_a_configuration_that_cannot_be_followed_changes_nothing(fast: Server, model, fields, code) -> None:
    with listening(fast.url, model=model, punctuate=True) as call:
        call.say("Configure", **{"features": {"punctuate": False}, **fields})
        failure = call.next()
        assert (failure["type"], failure["code"]) == ("ConfigureFailure", code)
        assert failure["description"]
        send(call, spoken(SISTER))
        assert texts(closed(call))[0].isupper()


def test_every_option_of_writing_changes_the_text(fast: Server) -> None:
    line = spoken("The doctor gave twenty three dollars to my sister in the evening.")
    base = texts(heard(fast.url, line))
    assert "twenty three dollars" in base
    assert "$23" in texts(heard(fast.url, line, smart_format=True))
    assert "23" in texts(heard(fast.url, line, numerals=True))
    assert "brother" in texts(heard(fast.url, line, replace="sister:brother"))
    assert "[" in texts(heard(fast.url, line, redact="numbers"))
    assert texts(heard(fast.url, line, punctuate=True)).endswith(".")
    (result, _) = heard(fast.url, line, search="sister", detect_entities=True)
    assert result["channel"]["search"][0]["hits"][0]["confidence"] > 0.5
    assert result["entities"]
    assert "paragraphs" not in result["channel"]["alternatives"][0]


def test_speakers_are_numbered_as_they_appear(fast: Server) -> None:
    lines = [spoken(LIBRARY), spoken(SISTER, "fay"), spoken(YEARS), spoken(LIBRARY, "fay")]
    talk = joined(*(part for line in lines for part in (line, 0.6)))
    messages = heard(fast.url, talk, diarize=True)
    assert finals(messages)[0]["metadata"]["diarize_info"]["arch"] == "sandbox"
    parts = [final["channel"]["alternatives"][0]["words"] for final in finals(messages) if text(final)]
    assert [{word["speaker"] for word in part} for part in parts] == [{0}, {1}, {0}, {1}]


def test_what_the_sandbox_cannot_do_is_told_at_the_end_and_nothing_is_invented(fast: Server) -> None:
    messages = heard(fast.url, spoken(SISTER), language="es", interim_results=True)
    assert texts(messages) == ""
    (notice,) = messages[-1]["warnings"]
    assert (notice["parameter"], notice["type"]) == ("language", "unsupported_language")


@pytest.mark.parametrize("container", ["wav", "flac", "ogg", "webm", "mp3"])
def test_files_need_no_encoding(fast: Server, http: httpx.Client, container: str) -> None:
    speech = synthesise(SISTER)
    file = encode(speech.samples, OWN_RATE, container)
    with dial(fast.url, "/v1/listen") as call:
        send(call, file, 1_000)
        messages = closed(call)
    rest = recorded(http, file)
    assert texts(messages) == rest.text != ""
    late = [
        word["start"] - told.start for word, told in zip(words(messages), rest.best[0].words, strict=True)
    ]
    assert abs(np.median(late)) < 0.05
    assert messages[-1]["duration"] == pytest.approx(speech.duration, abs=0.1)


def test_telephone_audio_is_heard(fast: Server) -> None:
    import av

    codec = av.CodecContext.create("pcm_mulaw", "w")
    codec.sample_rate, codec.layout, codec.format = 8_000, "mono", "s16"
    samples = np.ascontiguousarray(spoken(LIBRARY)[::2])[None]
    frame = av.AudioFrame.from_ndarray(samples, format="s16", layout="mono")
    frame.sample_rate = 8_000
    audio = b"".join(bytes(packet) for packet in codec.encode(frame))
    messages = heard(fast.url, audio, encoding="mulaw", sample_rate=8_000)
    assert messages[-1]["duration"] == pytest.approx(len(audio) / 8_000)
    assert "evening" in texts(messages)


@pytest.mark.parametrize("query", [{}, {"encoding": "flac"}], ids=["any file", "flac"])
def test_what_is_no_audio_ends_the_connection(fast: Server, query: dict[str, Any]) -> None:
    with dial(fast.url, "/v1/listen", **query) as call:
        send(call, np.random.default_rng(0).bytes(100_000), 100_000)
        _, messages, ending = call.end()
    assert (messages, ending) == ([], (1008, "DATA-0000"))


REFUSED = {
    "unknown model": ({"model": "nova-9"}, "No such model"),
    "flux model": ({"model": "flux-general-en"}, "/v2/listen"),
    "not a number": ({"endpointing": "soon"}, "endpointing"),
    "no interim results": ({"utterance_end_ms": 1000}, "interim_results"),
    "diarizer of recordings": ({"diarize_model": "v2"}, "recorded"),
    "no rate": ({"encoding": "linear16"}, "sample_rate"),
    "wrong rate": ({"encoding": "amr-nb", "sample_rate": 16000}, "8000"),
    "low rate": ({"encoding": "mulaw", "sample_rate": 50}, "outside"),
    "unknown encoding": ({"encoding": "mp9"}, "encoding"),
    "callback": ({"callback": "ftp://example.org"}, "callback"),
}


@pytest.mark.parametrize(("query", "words_"), REFUSED.values(), ids=REFUSED)
def test_what_cannot_be_followed_is_refused_before_the_connection(fast: Server, query, words_: str) -> None:
    with pytest.raises(InvalidStatus) as refused, dial(fast.url, "/v1/listen", **query):
        pass
    response = refused.value.response
    assert response.status_code == 400
    assert words_ in response.headers["dg-error"]
    assert json.loads(response.body)["request_id"] == response.headers["dg-request-id"]


def test_a_recogniser_that_cannot_be_loaded_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    from dgnb.sandbox import serve

    monkeypatch.setenv("DGNB_SANDBOX_ENGINE", "nope.mod:factory")
    with serve() as server, pytest.raises(InvalidStatus) as refused, dial(server.url, "/v1/listen"):
        pass
    assert refused.value.response.status_code == 500
    assert "nope.mod:factory" in refused.value.response.headers["dg-error"]


def test_messages_can_go_to_a_callback_instead(fast: Server) -> None:
    from tests.servers import Answer
    from tests.servers import Server as Receiver

    with Receiver(Answer(), Answer()) as receiver, listening(fast.url, callback=receiver.url) as call:
        send(call, joined(spoken(SISTER), 0.5))
        assert closed(call) == []
        receiver.wait(3)
        bodies = [json.loads(request.body) for request in receiver.requests]
    assert [body["type"] for body in bodies] == ["Results", "Results", "Metadata"]
    assert "sister" in texts(bodies)
    assert receiver.requests[0].headers["dg-request-id"] == call.request_id


def test_seconds_and_channels_are_booked(fast: Server) -> None:
    stereo = np.zeros(4 * RATE, np.int16)
    with listening(fast.url, channels=2, multichannel=True, model="nova-3") as call:
        send(call, stereo)
        closed(call)
    (row,) = fast.store.rows("select * from requests where id = ?", call.request_id)
    assert (row["method"], row["endpoint"], row["code"]) == ("streaming", "listen", 200)
    assert (row["seconds"], row["channels"], row["model"]) == (2.0, 2, "nova-3-general")


def test_audio_is_taken_a_little_faster_than_real_time(sandbox: Server) -> None:
    """One second at once, the rest at 1.25 times: four seconds take 2.4 s."""
    assert sandbox._server.config.app.state.rate == 1.25
    with listening(sandbox.url) as call:
        began = monotonic()
        send(call, silence(4))
        closed(call)
    assert monotonic() - began > 1.8


def test_a_client_that_goes_away_leaves_nothing_behind(fast: Server) -> None:
    with listening(fast.url, interim_results=True) as call:
        send(call, spoken(LIBRARY))
        call.raw.close()
    assert "sister" in texts(heard(fast.url, spoken(SISTER)))


@pytest.mark.parametrize(
    ("path", "query"),
    [("/v1/listen", {}), ("/v2/listen", {"model": "flux-general-en"})],
    ids=["nova", "flux"],
)
def test_a_connection_that_is_sent_nothing_is_closed_after_ten_seconds(
    fast: Server, monkeypatch: pytest.MonkeyPatch, path: str, query: dict[str, str]
) -> None:
    assert limits.IDLE == 10.0
    monkeypatch.setattr(limits, "IDLE", 0.2)
    began = monotonic()
    with dial(fast.url, path, **query) as call:
        assert call.end()[2] == (1011, "NET-0001")
    assert monotonic() - began > 0.2


def test_a_message_counts_as_something(fast: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    with listening(fast.url) as call:
        monkeypatch.setattr(limits, "IDLE", 0.2)
        call.say("KeepAlive")  # the next silence is the shorter one
        assert call.end()[2] == (1011, "NET-0001")
