"""The official SDK, as it is, against the sandbox; its typed response and dgnb's say the same."""

from __future__ import annotations

import json
import warnings
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import httpx
import msgspec
import numpy as np
import pytest

pytest.importorskip("deepgram")
pytest.importorskip("starlette")
pytest.importorskip("pocketsphinx")

from deepgram import DeepgramClient
from deepgram.core.unchecked_base_model import construct_type
from deepgram.listen.v1.media.types import MediaTranscribeResponse

import dgnb
from dgnb import Transcript
from dgnb.audio.samples import wav
from dgnb.sandbox.engines.synthesis import RATE, synthesise
from tests.peers.calls import environment, sdk_parameters
from tests.results.samples import REPLY
from tests.servers import Answer, Server

pytestmark = pytest.mark.filterwarnings("ignore:websockets:DeprecationWarning")

SPOKEN = (
    ("aura-2-apollo-en", "I would like to order two tickets for the concert in London on Friday."),
    ("aura-2-thalia-en", "Thank you, that is wonderful. The price is forty five dollars."),
)

OPTIONS: dict[str, Any] = {
    "model": "nova-3",
    "version": "latest",
    "language": "en",
    "keyterm": ["concert", "London"],
    "search": ["tickets", "phone number"],
    "diarize": True,
    "diarize_model": "latest",
    "smart_format": True,
    "punctuate": True,
    "paragraphs": True,
    "utterances": True,
    "utt_split": 0.6,
    "numerals": True,
    "measurements": True,
    "filler_words": True,
    "profanity_filter": True,
    "redact": "pci",
    "replace": ["wonderful:great"],
    "summarize": "v2",
    "sentiment": True,
    "topics": True,
    "custom_topic": ["concert"],
    "custom_topic_mode": "extended",
    "intents": True,
    "custom_intent": ["order tickets"],
    "custom_intent_mode": "extended",
    "detect_entities": True,
    "detect_language": True,
    "tag": ["lesson"],
    "extra": ["case:7"],
    "mip_opt_out": True,
}


@pytest.fixture(scope="module")
def speech() -> bytes:
    pause = np.zeros(RATE * 7 // 10, np.int16)
    parts = [part for voice, text in SPOKEN for part in (synthesise(text, voice).samples, pause)]
    return wav(np.concatenate(parts), RATE)


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    with dgnb.sandbox.serve() as server:
        yield server.url


class Peer:
    """The SDK's client; it keeps the JSON that it was answered."""

    def __init__(self, url: str) -> None:
        self.raw = b""
        self.http = httpx.Client(trust_env=False, timeout=120, event_hooks={"response": [self.keep]})
        self.client = DeepgramClient(api_key="any", environment=environment(url), httpx_client=self.http)
        with warnings.catch_warnings(action="ignore", category=DeprecationWarning):
            self.media = self.client.listen.v1.media

    def keep(self, response: httpx.Response) -> None:
        self.raw = response.read()


@pytest.fixture(scope="module")
def peer(url: str) -> Iterator[Peer]:
    peer = Peer(url)
    yield peer
    peer.http.close()


@pytest.fixture(scope="module")
def answered(peer: Peer, speech: bytes) -> tuple[bytes, Any]:
    """The JSON that the SDK was answered for a file, and what it made of it."""
    response = peer.media.transcribe_file(request=speech, **OPTIONS)
    return peer.raw, response


def shared(raw: Any, ours: Any, theirs: Any, path: str = "") -> Iterator[tuple[str, Any, Any]]:
    """Path and both values of every leaf of the JSON that both know."""
    if isinstance(raw, dict):
        for key in raw.keys() & ours.keys() & theirs.keys():
            yield from shared(raw[key], ours[key], theirs[key], f"{path}.{key}")
    elif isinstance(raw, list):
        assert len(raw) == len(ours) == len(theirs)
        for one, our, their in zip(raw, ours, theirs, strict=True):
            yield from shared(one, our, their, f"{path}[]")
    else:
        yield path, ours, theirs


def plain(value: Any) -> Any:
    """A value of the SDK in the wire's form."""
    return (
        value.isoformat(timespec="milliseconds").replace("+00:00", "Z")
        if isinstance(value, datetime)
        else value
    )


def agreed(raw: bytes, theirs: Any) -> set[str]:
    """Paths of the leaves on which both agree; it fails at the first on which they do not."""
    ours = msgspec.to_builtins(Transcript.from_json(raw))
    leaves = list(shared(json.loads(raw), ours, theirs.model_dump()))
    for path, our, their in leaves:
        assert our == plain(their), path
    return {path for path, _, _ in leaves}


def test_every_documented_field_is_read_alike() -> None:
    raw = json.dumps(REPLY).encode()
    theirs = construct_type(type_=MediaTranscribeResponse, object_=json.loads(raw))
    paths = agreed(raw, theirs)
    for group in ("topics", "intents", "sentiments", "summary", "utterances", "channels"):
        assert any(path.startswith(f".results.{group}") for path in paths), group
    assert len(paths) > 80


FOUND = (
    ".metadata.request_id",
    ".metadata.sha256",
    ".metadata.tags[]",
    ".results.channels[].alternatives[].transcript",
    ".results.channels[].alternatives[].words[].start",
    ".results.channels[].alternatives[].words[].speaker",
    ".results.channels[].alternatives[].words[].punctuated_word",
    ".results.channels[].alternatives[].paragraphs.paragraphs[].sentences[].text",
    ".results.channels[].search[].query",
    ".results.utterances[].words[].word",
    ".results.summary.short",
    ".results.topics.segments[].topics[].topic",
    ".results.intents.segments[].intents[].intent",
    ".results.sentiments.segments[].sentiment_score",
    ".results.sentiments.average.sentiment",
)


def test_the_sdk_transcribes_a_file(answered: tuple[bytes, Any]) -> None:
    assert len(OPTIONS) >= 25
    raw, response = answered
    assert set(FOUND) - agreed(raw, response) == set()
    assert response.results.channels[0].alternatives[0].transcript


def test_the_sdk_transcribes_an_address(peer: Peer, speech: bytes) -> None:
    with Server(Answer(body=speech, headers={"Content-Type": "audio/wav"})) as host:
        response = peer.media.transcribe_url(url=f"{host.url}/call.wav", **OPTIONS)
    assert host.requests[0].method == "GET"
    assert set(FOUND) - agreed(peer.raw, response) == set()


def test_dgnb_and_the_sdk_are_answered_alike(answered: Any, url: str, speech: bytes) -> None:
    with dgnb.Deepgram("any", base_url=url) as dg:
        ours = dg.listen(speech, **OPTIONS).to_dict()
    theirs = json.loads(answered[0])
    for reply in (ours, theirs):
        del reply["metadata"]["request_id"], reply["metadata"]["created"]
    assert ours["results"].keys() == theirs["results"].keys()
    assert ours["metadata"] == theirs["metadata"]


def test_a_refusal_of_the_sandbox_is_the_sdks_error(peer: Peer) -> None:
    from deepgram.errors import BadRequestError

    with pytest.raises(BadRequestError) as caught:
        peer.media.transcribe_file(request=b"no audio at all")
    assert caught.value.body["err_code"]
    assert caught.value.headers["dg-request-id"]


def test_the_options_of_this_test_are_parameters_of_the_sdk() -> None:
    assert set(OPTIONS) <= sdk_parameters("transcribe_file")
