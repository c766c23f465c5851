import hashlib
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import httpx
import numpy as np
import pytest

from dgnb import Transcript, callbacks
from dgnb.audio.samples import wav
from dgnb.sandbox.engines.encoding import encode
from dgnb.sandbox.engines.synthesis import RATE, synthesise
from dgnb.sandbox.server import serve, shared

# The recogniser works for long where it has a tenth of a processor.
pytestmark = pytest.mark.timeout(600)

SENTENCE = "Please send the report to the office in London before Monday."
ALIKE = {"Authorization": "Token anything"}


@pytest.fixture(scope="module")
def speech() -> bytes:
    return encode(synthesise(SENTENCE).samples, RATE, "wav")


@pytest.fixture(scope="module")
def dialogue() -> bytes:
    """Two channels: one voice on each, the second a second later."""
    left, right = (synthesise("Good morning.", "edward").samples, synthesise("Thank you.", "klatt").samples)
    samples = np.zeros((2, RATE + max(len(left), len(right))), dtype=np.int16)
    samples[0, : len(left)], samples[1, RATE : RATE + len(right)] = left, right
    return encode(samples, RATE, "wav")


@pytest.fixture
def http() -> Iterator[httpx.Client]:
    with httpx.Client(base_url=shared().url, headers=ALIKE, timeout=60) as client:
        yield client


def heard(http: httpx.Client, body: bytes, **query: Any) -> Transcript:
    reply = http.post("/v1/listen", params=query, content=body)
    assert reply.status_code == 200, reply.text
    return Transcript.from_json(reply.content)


def test_a_reply_has_the_shape_of_the_service_and_says_that_it_is_the_sandbox(
    http: httpx.Client, speech: bytes
) -> None:
    reply = http.post("/v1/listen", content=speech, params={"tag": ["a", "b"], "extra": "k:v:w"})
    content = reply.json()
    about = content["metadata"]
    assert about["request_id"] == reply.headers["dg-request-id"]
    assert about["sha256"] == hashlib.sha256(speech).hexdigest()
    assert about["transaction_key"] == "deprecated"
    assert about["created"].endswith("Z")
    assert (about["channels"], about["tags"], about["extra"]) == (1, ["a", "b"], {"k": "v:w"})
    assert about["duration"] == pytest.approx(synthesise(SENTENCE).duration, abs=0.01)
    (model,) = about["model_info"].values()
    assert model["arch"] == "sandbox"
    assert "sandbox" in model["name"]
    words = content["results"]["channels"][0]["alternatives"][0]["words"]
    assert {"word", "start", "end", "confidence"} <= words[0].keys()
    assert "punctuated_word" not in words[0]
    assert "utterances" not in content["results"]


def test_silence_gives_an_empty_transcript(http: httpx.Client) -> None:
    reply = http.post("/v1/listen", content=wav(np.zeros(16000), 16000)).json()
    alternative = reply["results"]["channels"][0]["alternatives"][0]
    assert alternative == {"transcript": "", "confidence": 0.0, "words": []}


def test_every_option_gives_its_part_of_the_reply(http: httpx.Client, speech: bytes) -> None:
    call = heard(
        http,
        speech,
        smart_format="true",
        diarize="true",
        utterances="true",
        sentiment="true",
        topics="true",
        intents="true",
        summarize="v2",
        detect_entities="true",
        search=["report", "banana"],
    )
    alternative = call.best[0]
    assert alternative.paragraphs is not None
    assert alternative.paragraphs.paragraphs[0].speaker == 0
    assert alternative.transcript[0].isupper()
    assert alternative.entities is not None
    assert call.results.utterances is not None
    assert call.results.utterances[0].words == alternative.words
    assert call.results.sentiments is not None
    assert call.results.topics is not None
    assert call.results.intents is not None
    assert call.summary
    assert call.metadata.sentiment_info is not None
    searches = call.results.channels[0].search or []
    assert [search.query for search in searches] == ["report", "banana"]
    assert call.metadata.warnings is None


def test_channels_are_told_apart_only_when_asked(http: httpx.Client, dialogue: bytes) -> None:
    together, apart = heard(http, dialogue), heard(http, dialogue, multichannel="true")
    assert (len(together.results.channels), len(apart.results.channels)) == (1, 2)
    first, second = (alternative.words for alternative in apart.best)
    assert (first[0].start, second[0].start) == pytest.approx((0.0, 1.0), abs=0.5)


def test_raw_audio_is_read_as_its_encoding_says(http: httpx.Client, speech: bytes) -> None:
    raw = synthesise(SENTENCE).samples.astype("<i2").tobytes()
    text = heard(http, raw, encoding="linear16", sample_rate=RATE).text
    assert text == heard(http, speech).text != ""


def test_replacement_and_redaction_change_the_words(http: httpx.Client, speech: bytes) -> None:
    text = heard(http, speech, replace=["office:parcel", "send"]).text
    assert "parcel" in text
    assert "office" not in text
    assert "send" not in text


def test_what_the_sandbox_cannot_do_is_a_warning_and_no_invention(http: httpx.Client, speech: bytes) -> None:
    call = heard(http, speech, language="es", detect_language="true")
    assert call.text == ""
    notices = {notice.parameter: notice.type for notice in call.metadata.warnings or []}
    assert notices == {"language": "unsupported_language", "detect_language": "unsupported_by_sandbox"}


REFUSED = {
    "no credential": ({"headers": {"Authorization": ""}}, 401, "INVALID_AUTH"),
    "not audio": ({"content": b"\x00\x01 not audio at all"}, 400, "Bad Request"),
    "empty": ({"content": b""}, 400, "Bad Request"),
    "unknown model": ({"params": {"model": "nova-9"}}, 400, "Bad Request"),
    "flux model": ({"params": {"model": "flux-general-en"}}, 400, "INVALID_QUERY_PARAMETER"),
    "not a boolean": ({"params": {"diarize": "maybe"}}, 400, "INVALID_QUERY_PARAMETER"),
    "out of range": ({"params": {"utt_split": "-1"}}, 400, "INVALID_QUERY_PARAMETER"),
    "wrong encoding": ({"params": {"encoding": "mp9"}}, 400, "INVALID_QUERY_PARAMETER"),
    "callback port": ({"params": {"callback": "http://example.org:99/"}}, 400, "INVALID_QUERY_PARAMETER"),
    "broken json": ({"content": b"{", "headers": {"Content-Type": "application/json"}}, 400, "Bad Request"),
    "file url": ({"json": {"url": "file:///etc/passwd"}}, 400, "PAYLOAD_ERROR"),
    "no such host": ({"json": {"url": "http://127.0.0.1:1/x.wav"}}, 400, "REMOTE_CONTENT_ERROR"),
}


@pytest.mark.parametrize(("request_", "status", "code"), REFUSED.values(), ids=REFUSED)
def test_a_bad_request_gets_the_services_own_error(
    http: httpx.Client, speech: bytes, request_: dict[str, Any], status: int, code: str
) -> None:
    body = {} if "json" in request_ else {"content": speech}
    reply = http.post("/v1/listen", **{**body, **request_})
    error = reply.json()
    assert (reply.status_code, error["err_code"]) == (status, code)
    assert error["err_msg"]
    assert error["request_id"] == reply.headers["dg-request-id"]
    assert reply.headers["dg-error"]


@pytest.mark.parametrize("scheme", ["Token", "token", "Bearer", "bearer"])
def test_every_form_of_credential_is_taken(scheme: str, http: httpx.Client) -> None:
    reply = http.post("/v1/listen", content=b"", headers={"Authorization": f"{scheme} key"})
    assert reply.status_code == 400


def test_a_path_that_does_not_exist_is_not_found(http: httpx.Client) -> None:
    assert http.get("/v1/nothing").status_code == 404
    assert http.put("/v1/listen").status_code == 405


@pytest.fixture
def host(speech: bytes) -> Iterator[str]:
    """A web server with one recording."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Length", str(len(speech)))
            self.end_headers()
            self.wfile.write(speech)

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/speech.wav"
    server.shutdown()
    server.server_close()
    thread.join()


def test_a_url_is_fetched(http: httpx.Client, host: str, speech: bytes) -> None:
    fetched = http.post("/v1/listen", json={"url": host}).json()
    assert fetched["metadata"]["sha256"] == hashlib.sha256(speech).hexdigest()


@pytest.mark.parametrize("method", ["POST", "PUT"])
def test_a_callback_gets_the_result(http: httpx.Client, method: str) -> None:
    with callbacks.receive() as receiver:
        query = {"callback": receiver.url, "callback_method": method}
        receipt = http.post("/v1/listen", params=query, content=wav(np.zeros(800), 16000)).json()
        assert receiver.wait(receipt["request_id"], timeout=60).duration == pytest.approx(0.05)


def test_a_callback_hears_of_a_failure(http: httpx.Client) -> None:
    with callbacks.receive() as receiver:
        receipt = http.post("/v1/listen", params={"callback": receiver.url}, content=b"no audio").json()
        with pytest.raises(Exception, match="failed to process audio"):
            receiver.wait(receipt["request_id"], timeout=60)


def test_work_ends_when_its_caller_has_gone(speech: bytes) -> None:
    """A recording of minutes is given up with its connection, and the next call is answered."""
    samples = np.tile(synthesise(SENTENCE).samples, 60)
    long = encode(samples, RATE, "flac")
    with serve() as server, httpx.Client(base_url=server.url, headers=ALIKE, timeout=60) as http:
        assert http.post("/v1/listen", content=speech).status_code == 200
        with pytest.raises(httpx.ReadTimeout):
            http.post("/v1/listen", content=long, timeout=httpx.Timeout(60, read=1))
        assert http.post("/v1/listen", content=speech).status_code == 200
        codes = [request["code"] for request in logged(http)]
    assert codes == [200, 499, 200]


def logged(http: httpx.Client) -> list[Any]:
    project = http.get("/v1/projects").json()["projects"][0]["project_id"]
    found: list[Any] = http.get(f"/v1/projects/{project}/requests").json()["requests"]
    return found


def test_a_recogniser_that_cannot_be_loaded_is_named(monkeypatch: pytest.MonkeyPatch, speech: bytes) -> None:
    monkeypatch.setenv("DGNB_SANDBOX_ENGINE", "nope.mod:factory")
    with serve() as server, httpx.Client(base_url=server.url, headers=ALIKE, timeout=60) as http:
        error = http.post("/v1/listen", content=speech)
        assert error.status_code == 500
        assert "nope.mod:factory" in error.json()["err_msg"]
        with callbacks.receive() as receiver:
            job = http.post("/v1/listen", content=speech, params={"callback": receiver.url}).json()
            with pytest.raises(Exception, match=r"nope\.mod:factory"):
                receiver.wait(job["request_id"], timeout=60)
