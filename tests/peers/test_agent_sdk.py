"""The official SDK's agent client, as it is, talks with the sandbox's agent."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest

pytest.importorskip("deepgram")
pytest.importorskip("starlette")
pytest.importorskip("pocketsphinx")

from deepgram import AsyncDeepgramClient, DeepgramClient
from deepgram.agent.v1 import types as v1

import dgnb
from tests.peers.calls import environment
from tests.sandbox.agent.talk import FLUX, MODEL, VOICE, WEATHER, tree
from tests.sandbox.talking import joined, spoken

pytestmark = pytest.mark.filterwarnings("ignore:websockets:DeprecationWarning")

Act = tuple[str, Any]
"""A method of the SDK's socket client and its message, or a type of message to wait for."""

WAIT = "wait"
QUESTION = joined(spoken("When does the library open?"), 2.0).astype("<i2").tobytes()
OPENING = {"name": "opening_hours", "description": "When the library opens and closes", "parameters": {}}
THINK = {"provider": MODEL, "prompt": "Your name is Ada.", "functions": [WEATHER, OPENING]}

ACTS: tuple[Act, ...] = (
    (WAIT, "Welcome"),
    ("send_settings", v1.AgentV1Settings(**tree(think=THINK, greeting="Hello.", top={"experimental": True}))),
    (WAIT, "LatencyReport"),
    ("send_keep_alive", None),
    ("send_inject_user_message", v1.AgentV1InjectUserMessage(content="What is your name?")),
    (WAIT, "LatencyReport"),
    ("send_update_prompt", v1.AgentV1UpdatePrompt(prompt="Your name is Bob.")),
    (WAIT, "PromptUpdated"),
    ("send_update_think", v1.AgentV1UpdateThink(think=THINK)),
    (WAIT, "ThinkUpdated"),
    ("send_update_speak", v1.AgentV1UpdateSpeak(speak=VOICE)),
    (WAIT, "SpeakUpdated"),
    ("send_update_listen", v1.AgentV1UpdateListen(listen=FLUX)),
    (WAIT, "ListenUpdated"),
    (
        "send_update_think_live",
        v1.AgentV1UpdateThinkLive(think_live={"provider": {"type": "deepgram", "version": "v1"}}),
    ),
    (WAIT, "ThinkLiveUpdated"),
    ("send_media", QUESTION),
    (WAIT, "FunctionCallRequest"),
    ("send_inject_agent_message", v1.AgentV1InjectAgentMessage(message="Not now.")),
    (WAIT, "InjectionRefused"),
    (
        "send_function_call_response",
        v1.AgentV1SendFunctionCallResponse(name="opening_hours", content="It opens at ten."),
    ),
    (WAIT, "LatencyReport"),
    ("send_inject_user_message", v1.AgentV1InjectUserMessage(content="What is the weather in Paris?")),
    (WAIT, "FunctionCallRequest"),
    ("send_inject_user_message", v1.AgentV1InjectUserMessage(content="Goodbye.")),
    (WAIT, "FunctionCallCancelled"),
    (WAIT, "LatencyReport"),
    ("send_force_end_turn", None),
    (WAIT, "Warning"),
    ("send_inject_dynamic_agent_message", v1.AgentV1InjectDynamicAgentMessage(is_dynamic=True)),
    (WAIT, "LatencyReport"),
    ("send_settings", v1.AgentV1Settings(**tree())),
    (WAIT, "Error"),
)

TYPES: dict[str, set[str]] = {
    "History": {"ConversationHistoryMessage", "FunctionCallHistoryMessage"},
    "FunctionCallResponse": {"AgentV1ReceiveFunctionCallResponse"},
}


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    with dgnb.sandbox.serve(rate=None) as server:
        yield server.url


@pytest.fixture(autouse=True)
def no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")


def kind(message: Any) -> str:
    return "audio" if isinstance(message, bytes) else str(message.type)


def blocking(url: str) -> list[Any]:
    messages: list[Any] = []
    client = DeepgramClient(api_key="any", environment=environment(url))
    with client.agent.v1.connect() as socket:
        for name, argument in ACTS:
            if name != WAIT:
                send = getattr(socket, name)
                send(argument) if argument else send()
                continue
            messages.append(socket.recv())
            while kind(messages[-1]) != argument:
                messages.append(socket.recv())
    return messages


def awaited(url: str) -> list[Any]:
    async def converse() -> list[Any]:
        messages: list[Any] = []
        client = AsyncDeepgramClient(api_key="any", environment=environment(url))
        async with client.agent.v1.connect() as socket:
            for name, argument in ACTS:
                if name != WAIT:
                    send = getattr(socket, name)
                    await (send(argument) if argument else send())
                    continue
                messages.append(await socket.recv())
                while kind(messages[-1]) != argument:
                    messages.append(await socket.recv())
        return messages

    return asyncio.run(converse())


@pytest.mark.parametrize("run", [blocking, awaited])
def test_a_conversation_through_the_sdk(url: str, run: Callable[[str], list[Any]]) -> None:
    received = run(url)
    messages = [message for message in received if not isinstance(message, bytes)]
    for message in messages:
        assert type(message).__name__ in TYPES.get(message.type, {f"AgentV1{message.type}"})
    texts = [(one.role, one.content) for one in messages if one.type == "ConversationText"]
    assert ("assistant", "Hello.") in texts
    assert ("assistant", "My name is Ada.") in texts
    assert ("assistant", "It opens at ten.") in texts
    assert ("assistant", "Goodbye.") in texts
    assert any(role == "user" and "library" in text.lower() for role, text in texts)
    requests = [one for one in messages if one.type == "FunctionCallRequest"]
    assert json.loads(requests[1].functions[0].arguments) == {"city": "Paris"}
    assert {"UserStartedSpeaking", "AgentStartedSpeaking", "AgentThinking", "AgentAudioDone"} <= {
        message.type for message in messages
    }
    assert messages[-1].code == "SETTINGS_ALREADY_APPLIED"
    assert len(received) > len(messages)
