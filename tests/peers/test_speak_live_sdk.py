"""The official SDK's socket clients, as they are, speak through the sandbox."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import numpy as np
import pytest

pytest.importorskip("deepgram")
pytest.importorskip("starlette")
pytest.importorskip("pocketsphinx")

from deepgram import AsyncDeepgramClient, DeepgramClient
from deepgram.core.api_error import ApiError
from deepgram.core.events import EventType
from deepgram.speak.v1 import types as v1
from deepgram.speak.v2 import types as v2

import dgnb
from dgnb.audio.samples import wav
from tests.peers.calls import environment

pytestmark = pytest.mark.filterwarnings("ignore:websockets:DeprecationWarning")

TEXT = "I would like to order two tickets for the concert. The price is forty five dollars."
HEARD = {"order", "two", "tickets", "concert", "price", "dollars"}

Act = tuple[str, Any]
"""A method of the SDK's socket client and its message, or a type of message to wait for."""

WAIT = "wait"

AURA: tuple[Act, ...] = (
    ("send_text", v1.SpeakV1Text(type="Speak", text=TEXT)),
    ("send_flush", None),
    (WAIT, "Flushed"),
    ("send_text", v1.SpeakV1Text(type="Speak", text="Not this")),
    ("send_clear", None),
    (WAIT, "Cleared"),
    ("send_close", None),
)

FLUX: tuple[Act, ...] = (
    ("send_speak", v2.SpeakV2Speak(type="Speak", text=TEXT)),
    ("send_flush", None),
    (WAIT, "Flushed"),
    (
        "send_interrupt",
        v2.SpeakV2Interrupt(
            type="Interrupt", playback_offset=v2.SpeakV2InterruptPlaybackOffset(type="time_ms", value=700)
        ),
    ),
    (WAIT, "SpeechInterrupted"),
    ("send_configure", v2.SpeakV2Configure(type="Configure", speed=1.2)),
    (WAIT, "ConfigureSuccess"),
    ("send_configure", v2.SpeakV2Configure(type="Configure", speed=9)),
    (WAIT, "ConfigureFailure"),
    ("send_interrupt", None),
    (WAIT, "Warning"),
    ("send_close", None),
)

TYPES: dict[str, type] = {
    "Metadata": v1.SpeakV1Metadata,
    "Cleared": v1.SpeakV1Flushed,  # the SDK takes the first type of that shape; `type` tells them apart
    "Connected": v2.SpeakV2Connected,
    "SpeechStarted": v2.SpeakV2SpeechStarted,
    "SpeechMetadata": v2.SpeakV2SpeechMetadata,
    "SpeechInterrupted": v2.SpeakV2SpeechInterrupted,
    "ConfigureSuccess": v2.SpeakV2ConfigureSuccess,
    "ConfigureFailure": v2.SpeakV2ConfigureFailure,
    "Warning": v2.SpeakV2Warning,
    "SessionMetadata": v2.SpeakV2SessionMetadata,
}

Gathered = tuple[list[bytes], list[Any]]


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    with dgnb.sandbox.serve() as server:
        yield server.url


@pytest.fixture(autouse=True)
def no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")


def kind(message: Any) -> str:
    return "audio" if isinstance(message, bytes) else message.type


def sorted_out(messages: list[Any]) -> Gathered:
    return (
        [message for message in messages if isinstance(message, bytes)],
        [message for message in messages if not isinstance(message, bytes)],
    )


def blocking(url: str, version: str, model: str, acts: tuple[Act, ...]) -> Gathered:
    messages: list[Any] = []
    speak = DeepgramClient(api_key="any", environment=environment(url)).speak
    with getattr(speak, version).connect(model=model) as socket:
        for name, argument in acts:
            if name != WAIT:
                send = getattr(socket, name)
                send(argument) if argument else send()
                continue
            while not messages or kind(messages[-1]) != argument:
                messages.append(socket.recv())
        messages += list(socket)
    return sorted_out(messages)


def awaited(url: str, version: str, model: str, acts: tuple[Act, ...]) -> Gathered:
    async def converse() -> list[Any]:
        messages: list[Any] = []
        speak = AsyncDeepgramClient(api_key="any", environment=environment(url)).speak
        async with getattr(speak, version).connect(model=model) as socket:
            for name, argument in acts:
                if name != WAIT:
                    send = getattr(socket, name)
                    await (send(argument) if argument else send())
                    continue
                while not messages or kind(messages[-1]) != argument:
                    messages.append(await socket.recv())
            return messages + [message async for message in socket]

    return sorted_out(asyncio.run(converse()))


def words(url: str, audio: list[bytes]) -> set[str]:
    """What the sandbox's recogniser hears."""
    body = wav(np.frombuffer(b"".join(audio), "<i2"), 24000)
    headers = {"Authorization": "Token any"}
    reply = httpx.post(f"{url}/v1/listen", content=body, headers=headers, timeout=60, trust_env=False)
    return set(reply.json()["results"]["channels"][0]["alternatives"][0]["transcript"].split())


def check_types(messages: list[Any], flushed: type) -> None:
    for message in messages:
        assert type(message) is (flushed if message.type == "Flushed" else TYPES[message.type])


@pytest.mark.parametrize("run", [blocking, awaited])
def test_aura_speaks_through_the_sdk(url: str, run: Callable[..., Gathered]) -> None:
    audio, messages = run(url, "v1", "aura-2-apollo-en", AURA)
    assert [message.type for message in messages] == ["Metadata", "Flushed", "Cleared"]
    check_types(messages, v1.SpeakV1Flushed)
    assert messages[0].model_name == "aura-2-apollo-en"
    assert [message.sequence_id for message in messages[1:]] == [0, 1]
    if run is blocking:
        assert len(HEARD & words(url, audio)) >= 5


@pytest.mark.parametrize("run", [blocking, awaited])
def test_flux_speaks_through_the_sdk(url: str, run: Callable[..., Gathered]) -> None:
    audio, messages = run(url, "v2", "flux-kai-en", FLUX)
    assert [message.type for message in messages] == [
        "Connected", "SpeechStarted", "SpeechMetadata", "Flushed", "SpeechInterrupted", "ConfigureSuccess",
        "ConfigureFailure", "Warning", "SessionMetadata",
    ]  # fmt: skip
    check_types(messages, v2.SpeakV2Flushed)
    assert messages[1].speech_id == messages[2].speech_id == messages[3].speech_id
    cut = messages[4]
    assert cut.text_spoken + cut.text_remaining == TEXT
    assert cut.metadata.controls_applied.breaks_applied == 0
    assert messages[5].applied.speed == 1.2
    assert messages[6].code == "SPEED_OUT_OF_RANGE"
    assert messages[7].code == "NO_ACTIVE_SPEECH"
    assert messages[8].total_audio_duration_ms == 700
    if run is blocking:
        assert len(HEARD & words(url, audio)) >= 3


def test_the_sdks_listener_ends_cleanly(url: str) -> None:
    seen: list[EventType] = []
    client = DeepgramClient(api_key="any", environment=environment(url))
    with client.speak.v1.connect(model="aura-2-apollo-en", encoding="mulaw", sample_rate="8000") as socket:
        for event in EventType:
            socket.on(event, lambda _, event=event: seen.append(event))
        socket.send_text(v1.SpeakV1Text(type="Speak", text="Good morning."))
        socket.send_close()
        socket.start_listening()
    assert seen[0] is EventType.OPEN
    assert seen[-1] is EventType.CLOSE
    assert seen.count(EventType.MESSAGE) > 3
    assert EventType.ERROR not in seen


def test_the_sdk_gets_warnings_and_errors_of_the_right_type(url: str) -> None:
    errors: list[Any] = []
    messages: list[Any] = []
    client = DeepgramClient(api_key="any", environment=environment(url))
    with client.speak.v2.connect(model="flux-kai-en") as socket:
        socket.on(EventType.MESSAGE, messages.append)
        socket.on(EventType.ERROR, errors.append)
        socket.send_speak(v2.SpeakV2Speak(type="Speak", text=r"One. \{pause:1s\} Two."))
        socket.start_listening()
    assert type(messages[-1]) is v2.SpeakV2Error
    assert messages[-1].code == "DATA-0002"
    assert "1008" in str(errors[0])


def test_a_refused_upgrade_is_the_async_clients_error(url: str) -> None:
    async def refused() -> None:
        client = AsyncDeepgramClient(api_key="any", environment=environment(url))
        async with client.speak.v1.connect(model="flux-kai-en"):
            pass

    with pytest.raises(ApiError) as error:
        asyncio.run(refused())
    assert error.value.status_code == 400
