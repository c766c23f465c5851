# ruff: noqa: RUF001 - the phonetic alphabet
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import jiwer
import numpy as np
import pytest

from dgnb import Deepgram
from dgnb.protocol.models import FLUX_VOICES, VOICES
from dgnb.results import Speech, Transcript
from dgnb.sandbox.server import shared
from dgnb.views.decoding import decoded
from tests.servers import Answer, Server

TEXT = "Good morning. How are you?"
KAI = {"model": "flux-kai-en"}
JSON = {"Content-Type": "application/json"}
PLAIN = {"Content-Type": "text/plain"}


@pytest.fixture
def http() -> Iterator[httpx.Client]:
    headers = {"Authorization": "Token anything"}
    with httpx.Client(base_url=shared().url, headers=headers, timeout=60, trust_env=False) as client:
        yield client


def duration(reply: httpx.Response) -> float:
    assert reply.status_code == 200, reply.text
    return decoded(reply.content, reply.headers["content-type"]).duration


@pytest.mark.parametrize(
    ("path", "model"), [("/v1/speak", "aura-2-thalia-en"), ("/v2/speak", "flux-kai-en")], ids=["aura", "flux"]
)
def test_speech_is_streamed_with_the_services_headers(http: httpx.Client, path: str, model: str) -> None:
    with http.stream("POST", path, params={"model": model}, json={"text": TEXT}) as reply:
        pieces = list(reply.iter_raw())
    assert reply.status_code == 200
    assert len(pieces) > 1 or sum(map(len, pieces)) < 1 << 14
    assert decoded(b"".join(pieces), "audio/mpeg").duration > 1
    assert reply.headers["content-type"] == "audio/mpeg"
    assert reply.headers["transfer-encoding"] == "chunked"
    assert reply.headers["dg-model-name"] == model
    assert reply.headers["dg-model-uuid"].startswith("sandbox-")
    assert reply.headers["dg-char-count"] == str(len(TEXT))
    assert reply.headers["dg-request-id"]
    assert "dg-warnings" not in reply.headers


def test_the_default_voice_is_the_services(http: httpx.Client) -> None:
    assert http.post("/v1/speak", json={"text": "Hi."}).headers["dg-model-name"] == "aura-asteria-en"


def test_text_comes_as_json_plain_or_behind_a_url(http: httpx.Client) -> None:
    with Server(Answer(body=TEXT.encode())) as host:
        replies = [
            http.post("/v1/speak", json={"text": TEXT}),
            http.post("/v1/speak", content=TEXT, headers={"Content-Type": "text/plain; charset=utf-8"}),
            http.post("/v1/speak", json={"url": host.url}),
        ]
    assert len({reply.content for reply in replies}) == 1


@pytest.mark.parametrize(
    ("path", "query", "kind", "rate"),
    [
        ("/v1/speak", {"encoding": "linear16"}, "audio/wav", 24000),
        ("/v1/speak", {"encoding": "mulaw", "container": "none"}, "audio/mulaw;rate=8000", 8000),
        ("/v1/speak", {"encoding": "flac", "sample_rate": "48000"}, "audio/flac", 48000),
        ("/v1/speak", {"encoding": "opus", "bit_rate": "24000"}, "audio/ogg;codecs=opus", 48000),
        ("/v2/speak", {**KAI, "encoding": "linear16", "sample_rate": "44100.0"}, "audio/wav", 44100),
    ],
    ids=["wav", "mulaw", "flac", "opus", "44.1 kHz"],
)
def test_formats_are_followed(
    http: httpx.Client, path: str, query: dict[str, str], kind: str, rate: int
) -> None:
    reply = http.post(path, params=query, json={"text": TEXT})
    sound = decoded(reply.content, reply.headers["content-type"])
    assert (reply.headers["content-type"], sound.rate) == (kind, rate)
    assert sound.duration == pytest.approx(
        duration(http.post(path, params=KAI if "v2" in path else {}, json={"text": TEXT})), abs=0.01
    )


def test_voices_differ(http: httpx.Client) -> None:
    models = [*VOICES[:3], VOICES[-1]]
    sounds = {
        http.post("/v1/speak", params={"model": model, "encoding": "flac"}, json={"text": "Hi."}).content
        for model in models
    }
    assert len(sounds) == len(models)


def test_speed_is_followed(http: httpx.Client) -> None:
    usual, quick = (
        duration(http.post("/v2/speak", params={**KAI, "speed": speed}, json={"text": TEXT}))
        for speed in (1.0, 1.5)
    )
    assert usual / quick == pytest.approx(1.5, rel=0.2)


def test_a_pause_is_heard_and_not_billed(http: httpx.Client) -> None:
    plain = http.post("/v2/speak", params=KAI, json={"text": "One. Two."})
    paused = http.post("/v2/speak", params=KAI, json={"text": r"One.\{pause:3s\} Two."})
    assert duration(paused) - duration(plain) == pytest.approx(3 - 0.3, abs=0.3)
    assert paused.headers["dg-char-count"] == plain.headers["dg-char-count"]
    assert (paused.headers["dg-breaks-applied"], plain.headers["dg-breaks-applied"]) == ("1", "0")


@pytest.mark.parametrize(
    ("path", "model", "applied", "codes"),
    [
        ("/v2/speak", "flux-kai-en", "2", "PRON-001"),
        ("/v1/speak", "aura-2-thalia-en", "2", "PRON-008,PRON-001,PRON-008"),
        ("/v1/speak", "aura-2-diana-es", "0", "PRON-008,PRON-001,PRON-008"),
    ],
    ids=["flux", "aura", "spanish"],
)
def test_pronunciations_are_counted_and_doubts_told(
    http: httpx.Client, path: str, model: str, applied: str, codes: str
) -> None:
    text = r'Say \{"word": "SQL", "pronounce": "ˈsiːkwəl"\} or \{"word": "win", "pronounce": "ˈw1n"\}.'
    reply = http.post(path, params={"model": model}, json={"text": text})
    assert reply.headers["dg-pronunciations-applied"] == applied
    assert reply.headers["dg-warnings"] == codes
    assert reply.headers["dg-char-count"] == str(len("Say SQL or win."))


HEARD: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "linear16": ({"encoding": "linear16"}, {}),
    "linear16 raw": (
        {"encoding": "linear16", "container": "none", "sample_rate": 16000},
        {"encoding": "linear16", "sample_rate": 16000},
    ),
    "mulaw": ({"encoding": "mulaw", "sample_rate": 16000}, {}),
    "mulaw raw": (
        {"encoding": "mulaw", "container": "none", "sample_rate": 16000},
        {"encoding": "mulaw", "sample_rate": 16000},
    ),
    "alaw": ({"encoding": "alaw", "sample_rate": 16000}, {}),
    "mp3": ({"encoding": "mp3"}, {}),
    "opus": ({"encoding": "opus", "bit_rate": 64000}, {}),
    "flac": ({"encoding": "flac", "sample_rate": 22050}, {}),
    "aac": ({"encoding": "aac"}, {}),
}
"""Each encoding: how it is asked for, and what a listener must be told of it."""


@pytest.mark.parametrize(("spoken", "told"), HEARD.values(), ids=HEARD)
def test_what_is_spoken_is_recognised(
    http: httpx.Client, spoken: dict[str, Any], told: dict[str, Any]
) -> None:
    text = "Please send the report to the office in London before Monday."
    audio = http.post(
        "/v1/speak", params={"model": "aura-2-apollo-en", **spoken}, json={"text": text}
    ).content
    heard = Transcript.from_json(http.post("/v1/listen", params=told, content=audio).content)
    assert jiwer.wer(text.lower().strip("."), heard.text) < 0.4


def test_requests_at_the_same_time_do_not_disturb_each_other(http: httpx.Client) -> None:
    def spoken(number: int) -> bytes:
        query = {"model": VOICES[number % 4], "encoding": "flac"}
        return http.post("/v1/speak", params=query, json={"text": f"Number {number}."}).content

    with ThreadPoolExecutor(8) as pool:
        together = list(pool.map(spoken, range(8)))
    assert together == [spoken(number) for number in range(8)]


def v1(**request: Any) -> tuple[str, dict[str, Any]]:
    return "/v1/speak", request


def v2(**query: Any) -> tuple[str, dict[str, Any]]:
    return "/v2/speak", {"params": {**KAI, **query}}


def said(text: str) -> tuple[str, dict[str, Any]]:
    return "/v2/speak", {"params": KAI, "json": {"text": text}}


QUERY = "INVALID_QUERY_PARAMETER"
REFUSED: dict[str, tuple[tuple[str, dict[str, Any]], int, str]] = {
    "empty text": (v1(json={"text": ""}), 400, "Bad Request"),
    "blank text": (v1(json={"text": " \n"}), 400, "Bad Request"),
    "nothing to speak": (v1(json={"text": "..."}), 400, "Bad Request"),
    "only a pause": (said(r"\{pause:1s\}"), 400, "Bad Request"),
    "no text": (v1(json={}), 400, "PAYLOAD_ERROR"),
    "text and url": (v1(json={"text": "a", "url": "b"}), 400, "PAYLOAD_ERROR"),
    "not utf-8": (v1(content=b"\xff", headers=PLAIN), 400, "PAYLOAD_ERROR"),
    "broken json": (v1(content=b"{", headers=JSON), 400, "Bad Request"),
    "a number": (v1(json={"text": 1}), 400, "Bad Request"),
    "html": (v1(content=b"hi", headers={"Content-Type": "text/html"}), 415, "UNSUPPORTED_MEDIA_TYPE"),
    "no type": (v1(content=b"hi"), 415, "UNSUPPORTED_MEDIA_TYPE"),
    "2001 characters": (v1(json={"text": "a" * 2001}), 413, "Payload Too Large"),
    "2 MB": (v1(content=b"a" * 2_000_001, headers=PLAIN), 413, "PAYLOAD_TOO_LARGE"),
    "file url": (v1(json={"url": "file:///etc/passwd"}), 400, "PAYLOAD_ERROR"),
    "no such host": (v1(json={"url": "http://127.0.0.1:1/"}), 400, "REMOTE_CONTENT_ERROR"),
    "unknown voice": (v1(params={"model": "aura-2-nobody-en"}), 400, "Bad Request"),
    "flux on v1": (v1(params=KAI), 400, "Bad Request"),
    "aura on v2": (v2(model="aura-2-thalia-en"), 400, "Bad Request"),
    "no model on v2": (("/v2/speak", {}), 400, QUERY),
    "unknown encoding": (v1(params={"encoding": "wav"}), 400, QUERY),
    "mp3 in wav": (v1(params={"container": "wav"}), 400, QUERY),
    "44.1 kHz on v1": (v1(params={"encoding": "linear16", "sample_rate": 44100}), 400, QUERY),
    "no number": (v1(params={"sample_rate": "high"}), 400, QUERY),
    "callback port": (v1(params={"callback": "http://example.org:99/"}), 400, QUERY),
    "aura speed": (v1(params={"speed": 9}), 400, "speed_out_of_range"),
    "french speed": (v1(params={"model": "aura-2-hector-fr", "speed": 1.1}), 400, "SPEED_NOT_SUPPORTED"),
    "slow flux": (v2(speed=0.45), 400, "SPEED_OUT_OF_RANGE"),
    "fast flux": (v2(speed=1.55), 400, "SPEED_OUT_OF_RANGE"),
    "speed step": (v2(speed=1.03), 400, "SPEED_INCREMENT_INVALID"),
    "speed no number": (v2(speed="fast"), 400, QUERY),
    "speed nan": (v2(speed="nan"), 400, QUERY),
    "expressivity": (v2(expressivity=3), 400, "EXPRESSIVITY_OUT_OF_RANGE"),
    "expressivity step": (v2(expressivity=0.5), 400, "EXPRESSIVITY_INCREMENT_INVALID"),
    "pause syntax": (said("a {pause:1s} b"), 400, "BREAK_SYNTAX_INVALID"),
    "pause and speed": (
        ("/v2/speak", {"params": {**KAI, "speed": 1.2}, "json": {"text": r"a \{pause:1s\} b"}}),
        400,
        "PAUSE_SPEED_CAP_EXCEEDED",
    ),
}


@pytest.mark.parametrize(("request_", "status", "code"), REFUSED.values(), ids=REFUSED)
def test_a_bad_request_gets_the_services_own_error(
    http: httpx.Client, request_: tuple[str, dict[str, Any]], status: int, code: str
) -> None:
    path, given = request_
    body = {} if given.keys() & {"json", "content"} else {"json": {"text": TEXT}}
    reply = http.post(path, **{**body, **given})
    assert (reply.status_code, reply.json()["err_code"]) == (status, code)
    assert reply.json()["request_id"] == reply.headers["dg-request-id"]
    assert reply.headers["dg-error"]


def test_messages_are_the_services(http: httpx.Client) -> None:
    def message(**request: Any) -> str:
        text: str = http.post("/v1/speak", **request).json()["err_msg"]
        return text

    assert message(json={"text": ""}) == "Input text contains no characters."
    assert "No such model/version combination found." in message(params={"model": "x"}, json={"text": "a"})
    unsupported = message(params={"encoding": "mp3", "container": "ogg"}, json={"text": "a"})
    assert unsupported.startswith("Unsupported audio format: ")


@pytest.mark.parametrize("speed", [0.5, 0.55, 0.85, 1.0, 1.15, 1.45, 1.5])
def test_every_step_of_speed_is_taken(http: httpx.Client, speed: float) -> None:
    assert duration(http.post("/v2/speak", params={**KAI, "speed": speed}, json={"text": "Hi."}))


@pytest.mark.parametrize("method", ["POST", "PUT"])
def test_a_callback_gets_the_audio(http: httpx.Client, method: str) -> None:
    with Server(Answer()) as receiver:
        query = {"callback": receiver.url, "callback_method": method, "encoding": "linear16"}
        receipt = http.post("/v1/speak", params=query, json={"text": TEXT})
        receiver.wait(1)
    (delivery,) = receiver.requests
    assert receipt.json() == {"request_id": receipt.headers["dg-request-id"]}
    assert (delivery.method, delivery.headers["content-type"]) == (method, "audio/wav")
    assert delivery.headers["dg-token"]
    assert decoded(delivery.body, "audio/wav").samples.any()


@pytest.mark.parametrize(
    "text", ["<b>bold</b> & [[h@'loU]]", "日本語 🙂 \u202e", "a\x00b", "\\{ } {"], ids=repr
)
def test_any_text_can_be_spoken(http: httpx.Client, text: str) -> None:
    assert duration(http.post("/v2/speak", params=KAI, json={"text": text}))


def test_the_client_speaks_long_text_in_one_sound() -> None:
    text = "This sentence is said again. " * 150
    with Deepgram(sandbox=True) as dg:
        speech = dg.speak(text, encoding="linear16", sample_rate=8000)
        alone = dg.speak(text[: 29 * 10], encoding="linear16", sample_rate=8000)
    assert isinstance(speech, Speech)
    assert speech.sandbox
    assert len(speech.request_ids) == 3
    assert speech.duration == pytest.approx(15 * alone.duration, rel=0.05)
    assert np.abs(speech.samples).max() > 3000


def test_the_client_chooses_the_endpoint_by_the_voice() -> None:
    with Deepgram(sandbox=True) as dg:
        speech = dg.speak("Hello.", model=FLUX_VOICES[0], expressivity=2)
    assert (speech.model, speech.content_type) == (FLUX_VOICES[0], "audio/mpeg")
