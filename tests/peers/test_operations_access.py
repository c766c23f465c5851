"""Short-lived tokens and deliveries, from dgnb's client to the sandbox and back."""

from __future__ import annotations

from collections.abc import Iterator

import httpx
import numpy as np
import pytest

pytest.importorskip("starlette")
pytest.importorskip("pocketsphinx")

import dgnb
from dgnb import Deepgram, callbacks
from dgnb.errors import ApiError, NotAllowed
from dgnb.sandbox import Server
from tests.servers import Server as Host

SILENCE = (np.zeros(4000), 8000)


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Server]:
    with dgnb.sandbox.serve() as server:
        yield server


@pytest.fixture
def client(sandbox: Server) -> Iterator[Deepgram]:
    with Deepgram("any", base_url=sandbox.url) as client:
        yield client


def watched(client: Deepgram) -> list[tuple[str, str]]:
    """Path and scheme of every request that a client is going to send."""
    sent: list[tuple[str, str]] = []

    def note(request: httpx.Request) -> None:
        scheme, _, secret = request.headers["authorization"].partition(" ")
        assert (secret.count(".") == 2) == (scheme == "Bearer")
        sent.append((request.url.path, scheme))

    client._channel._http.event_hooks = {"request": [note], "response": []}
    return sent


def test_tokens_are_granted_by_themselves_and_used_where_they_may_be(
    sandbox: Server, client: Deepgram
) -> None:
    key = client.keys.create("for tokens", ["member"]).key
    with Deepgram(key, base_url=sandbox.url, tokens=True) as tokens:
        sent = watched(tokens)
        tokens.listen(SILENCE)
        tokens.speak("Hi.")
        tokens.speak("Hi.", model="flux-kai-en")
        tokens.read("I love it.", sentiment=True)
        (project,) = tokens.projects()
        assert len(tokens.requests(project.project_id, endpoint="listen")) >= 1
    assert sent == [
        ("/v1/auth/grant", "Token"),
        ("/v1/listen", "Bearer"),
        ("/v1/speak", "Bearer"),
        ("/v2/speak", "Bearer"),
        ("/v1/read", "Bearer"),
        ("/v1/projects", "Token"),
        (f"/v1/projects/{project.project_id}/requests", "Token"),
    ]


def test_without_tokens_the_key_is_used_for_all(client: Deepgram) -> None:
    sent = watched(client)
    client.read("I love it.", sentiment=True)
    assert sent == [("/v1/read", "Token")]


def test_a_key_that_grants_no_tokens_says_so(sandbox: Server, client: Deepgram) -> None:
    key = client.keys.create("too small", ["usage:write"]).key
    with (
        Deepgram(key, base_url=sandbox.url, tokens=True) as tokens,
        pytest.raises(NotAllowed, match="Insufficient permissions"),
    ):
        tokens.read("I love it.", sentiment=True)


def test_a_deleted_key_ends_its_tokens_too(sandbox: Server, client: Deepgram) -> None:
    made = client.keys.create("to be deleted", ["member"])
    with Deepgram(made.key, base_url=sandbox.url, tokens=True) as tokens:
        tokens.read("I love it.", sentiment=True)
        client.keys.delete(made.api_key_id)
        for call in (lambda: tokens.read("I love it.", sentiment=True), tokens.projects):
            with pytest.raises(NotAllowed) as caught:
                call()
            assert (caught.value.status, caught.value.code) == (401, "INVALID_AUTH")


@pytest.mark.parametrize("verb", ["POST", "PUT"])
def test_submitted_work_is_collected(client: Deepgram, verb: str) -> None:
    with callbacks.receive() as receiver:
        where = {"callback": receiver.url, "callback_method": verb}
        speech = client.listen.submit(SILENCE, **where)
        text = client.read.submit("I love this wonderful place.", sentiment=True, **where)
        assert receiver.wait(speech.request_id, timeout=60).duration == 0.5
        reading = receiver.wait(text.request_id, timeout=60)
    assert reading.request_id == text.request_id
    assert reading.sentiments["sentiment"].to_list() == ["positive"]
    logged = client.requests.get(text.request_id).request
    assert (logged.code, logged.callback, logged.response["details"]["method"]) == (
        200,
        receiver.url,
        "async",
    )


@pytest.mark.parametrize("voice", ["aura-2-thalia-en", "flux-kai-en"])
def test_submitted_speech_is_delivered_as_audio(client: Deepgram, voice: str) -> None:
    with Host() as host:
        form = {"model": voice, "encoding": "linear16", "sample_rate": 16000}
        job = client.speak.submit("Good morning.", callback=f"{host.url}/done", callback_method="PUT", **form)
        host.wait(1)
    (delivered,) = host.requests
    assert (delivered.method, delivered.path) == ("PUT", "/done")
    assert delivered.headers["content-type"] == "audio/wav"
    assert delivered.headers["dg-token"] == client.keys()[0].key.api_key_id
    assert delivered.body == client.speak("Good morning.", **form).audio
    details = client.requests.get(job.request_id).request.response["details"]
    assert (details["method"], details["tts_details"]["characters"]) == ("async", 13)


def test_a_job_that_fails_is_an_error(client: Deepgram) -> None:
    with callbacks.receive() as receiver:
        job = client.listen.submit(b"RIFF$\0\0\0WAVEjunk" + bytes(32), callback=receiver.url)
        with pytest.raises(ApiError, match="failed to process audio"):
            receiver.wait(job.request_id, timeout=60)
