"""The official SDK's socket clients, as they are, are heard by the sandbox."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from typing import Any

import pytest

pytest.importorskip("deepgram")
pytest.importorskip("starlette")
pytest.importorskip("pocketsphinx")

from deepgram import AsyncDeepgramClient, DeepgramClient
from deepgram.core.api_error import ApiError
from deepgram.core.events import EventType
from deepgram.listen.v1 import types as v1
from deepgram.listen.v2 import types as v2

import dgnb
from tests.peers.calls import environment
from tests.sandbox.talking import SISTER, joined, spoken

pytestmark = pytest.mark.filterwarnings("ignore:websockets:DeprecationWarning")

Act = tuple[str, Any]
"""A method of the SDK's socket client and what it is given, or a type of message to wait for."""

WAIT = "wait"

RAW = {"encoding": "linear16", "sample_rate": 16000}

AUDIO = joined(spoken(SISTER), 1.6).astype("<i2").tobytes()
MEDIA = tuple(("send_media", AUDIO[at : at + 8_000]) for at in range(0, len(AUDIO), 8_000))

NOVA: tuple[Act, ...] = (
    ("send_keep_alive", None),
    ("send_configure", v1.ListenV1Configure(type="Configure", features={"numerals": True})),
    (WAIT, "ConfigureSuccess"),
    ("send_configure", v1.ListenV1Configure(type="Configure", keyterms=["word"] * 501)),
    (WAIT, "ConfigureFailure"),
    ("_send", "not JSON"),
    (WAIT, "Error"),
    *MEDIA,
    (WAIT, "UtteranceEnd"),
    ("send_finalize", None),
    (WAIT, "Results"),
    ("send_close_stream", None),
)

FLUX: tuple[Act, ...] = (
    ("send_force_end_turn", None),
    (WAIT, "Warning"),
    (
        "send_configure",
        v2.ListenV2Configure(
            type="Configure", thresholds=v2.ListenV2ConfigureThresholds(eot_threshold=0.8), keyterms=["piano"]
        ),
    ),
    (WAIT, "ConfigureSuccess"),
    ("send_configure", {"type": "Configure", "thresholds": {"eot_threshold": 7}}),
    (WAIT, "ConfigureFailure"),
    *MEDIA,
    ("send_close_stream", None),
)

NOVA_TYPES: dict[str, type] = {
    "Results": v1.ListenV1Results,
    "Metadata": v1.ListenV1Metadata,
    "UtteranceEnd": v1.ListenV1UtteranceEnd,
    "SpeechStarted": v1.ListenV1SpeechStarted,
    "ConfigureSuccess": v1.ListenV1ConfigureSuccess,
    "ConfigureFailure": v1.ListenV1ConfigureFailure,
    "Error": v1.ListenV1Error,
}

FLUX_TYPES: dict[str, type] = {
    "Connected": v2.ListenV2Connected,
    "TurnInfo": v2.ListenV2TurnInfo,
    "ConfigureSuccess": v2.ListenV2ConfigureSuccess,
    "ConfigureFailure": v2.ListenV2ConfigureFailure,
    "Warning": v2.ListenV2Warning,
}


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    with dgnb.sandbox.serve(rate=None) as server:
        yield server.url


@pytest.fixture(autouse=True)
def no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")


def blocking(url: str, version: str, acts: tuple[Act, ...], **options: Any) -> list[Any]:
    messages: list[Any] = []
    listen = DeepgramClient(api_key="any", environment=environment(url)).listen
    with getattr(listen, version).connect(**RAW, **options) as socket:
        for name, argument in acts:
            if name != WAIT:
                send = getattr(socket, name)
                send(argument) if argument else send()
                continue
            messages.append(socket.recv())
            while messages[-1].type != argument:
                messages.append(socket.recv())
        return messages + list(socket)


def awaited(url: str, version: str, acts: tuple[Act, ...], **options: Any) -> list[Any]:
    async def converse() -> list[Any]:
        messages: list[Any] = []
        listen = AsyncDeepgramClient(api_key="any", environment=environment(url)).listen
        async with getattr(listen, version).connect(**RAW, **options) as socket:
            for name, argument in acts:
                if name != WAIT:
                    send = getattr(socket, name)
                    await (send(argument) if argument else send())
                    continue
                messages.append(await socket.recv())
                while messages[-1].type != argument:
                    messages.append(await socket.recv())
            return messages + [message async for message in socket]

    return asyncio.run(converse())


def check_types(messages: list[Any], types: dict[str, type]) -> None:
    for message in messages:
        assert type(message) is types[message.type]
    assert {message.type for message in messages} == set(types)


@pytest.mark.parametrize("run", [blocking, awaited])
def test_nova_hears_the_sdk(url: str, run: Callable[..., list[Any]]) -> None:
    messages = run(
        url,
        "v1",
        NOVA,
        model="nova-3",
        interim_results="true",
        utterance_end_ms="1000",
        vad_events="true",
        smart_format="true",
        diarize="true",
        keyterm=["piano"],
        endpointing="300",
    )
    check_types(messages, NOVA_TYPES)
    assert messages[1].code == "CONFIGURE_KEYTERM_LIMIT_EXCEEDED"
    assert (messages[2].variant, messages[2].message) == ("SchemaError", "not JSON")
    final, *_ = [message for message in messages if message.type == "Results" and message.is_final]
    best = final.channel.alternatives[0]
    assert "sister plays the piano" in best.transcript
    assert best.words[0].speaker == 0
    assert best.words[0].punctuated_word == "My"
    assert final.metadata.model_info.arch == "sandbox"
    assert any(not message.is_final for message in messages if message.type == "Results")
    assert any(message.from_finalize for message in messages if message.type == "Results")
    assert messages[-1].duration == pytest.approx(len(AUDIO) / 32_000)


@pytest.mark.parametrize("run", [blocking, awaited])
def test_flux_hears_the_sdk(url: str, run: Callable[..., list[Any]]) -> None:
    messages = run(url, "v2", FLUX, model="flux-general-en", eager_eot_threshold=0.4)
    check_types(messages, FLUX_TYPES)
    assert [message.sequence_id for message in messages] == list(range(len(messages)))
    told = [message for message in messages if message.type == "TurnInfo" and message.event != "Update"]
    assert [message.event for message in told] == ["StartOfTurn", "EagerEndOfTurn", "EndOfTurn"]
    assert "sister plays the piano" in told[-1].transcript
    assert (told[-1].trigger, told[-1].words[0].word) == ("model", "My")
    success = next(message for message in messages if message.type == "ConfigureSuccess")
    assert (success.thresholds.eot_threshold, success.keyterms) == (0.8, ["piano"])


@pytest.mark.parametrize(
    ("version", "model"), [("v1", "nova-3"), ("v2", "flux-general-en")], ids=["nova", "flux"]
)
def test_the_sdks_listener_ends_cleanly(url: str, version: str, model: str) -> None:
    seen: list[EventType] = []
    client = DeepgramClient(api_key="any", environment=environment(url))
    with getattr(client.listen, version).connect(model=model, **RAW) as socket:
        for event in EventType:
            socket.on(event, lambda _, event=event: seen.append(event))
        socket.send_media(AUDIO)
        socket.send_close_stream()
        socket.start_listening()
    assert seen[0] is EventType.OPEN
    assert seen[-1] is EventType.CLOSE
    assert seen.count(EventType.MESSAGE) >= 2
    assert EventType.ERROR not in seen


def test_a_close_for_bad_audio_is_the_sdks_error(url: str) -> None:
    errors: list[Any] = []
    client = DeepgramClient(api_key="any", environment=environment(url))
    with client.listen.v1.connect(model="nova-3") as socket:
        socket.on(EventType.ERROR, errors.append)
        socket.send_media(b"no audio at all " * 6_000)
        socket.start_listening()
    assert "1008" in str(errors[0])
    assert "DATA-0000" in str(errors[0])


@pytest.mark.parametrize(
    ("version", "model"), [("v1", "flux-general-en"), ("v2", "nova-3")], ids=["nova", "flux"]
)
def test_a_refused_upgrade_is_the_async_clients_error(url: str, version: str, model: str) -> None:
    async def refused() -> None:
        client = AsyncDeepgramClient(api_key="any", environment=environment(url))
        async with getattr(client.listen, version).connect(model=model):
            pass

    with pytest.raises(ApiError) as error:
        asyncio.run(refused())
    assert error.value.status_code == 400
