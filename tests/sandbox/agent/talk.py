"""One conversation with the sandbox's agent, over a plain socket."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from dgnb.protocol.routes import AGENT_LIVE
from tests.sandbox.dialling import Call, dial

FLUX = {"provider": {"type": "deepgram", "version": "v2", "model": "flux-general-en"}}
MODEL = {"type": "open_ai", "model": "gpt-4o-mini"}
VOICE = {"provider": {"type": "deepgram", "model": "aura-2-thalia-en"}}
WEATHER = {
    "name": "get_weather",
    "description": "The weather in a city",
    "parameters": {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]},
}


def tree(
    *,
    functions: Any = (),
    prompt: str = "",
    think: Any = None,
    top: Any = None,
    audio: Any = None,
    **agent: Any,
) -> dict[str, Any]:
    """Settings; `agent` are further parts of the agent."""
    thinks = think or {"provider": MODEL, "prompt": prompt, "functions": list(functions)}
    sound = {"input": {"encoding": "linear16", "sample_rate": 16_000}, **(audio or {})}
    return {
        "audio": sound,
        "agent": {"listen": FLUX, "think": thinks, "speak": VOICE, **agent},
        **(top or {}),
    }


@contextmanager
def raw(url: str, key: str = "any") -> Iterator[Call]:
    """A connection that has been welcomed, without settings."""
    with dial(url, AGENT_LIVE.path, key=key) as call:
        assert call.next() == {"type": "Welcome", "request_id": call.request_id}
        yield call


@contextmanager
def talking(
    url: str, settings: dict[str, Any] | None = None, *, key: str = "any", **parts: Any
) -> Iterator[Call]:
    """A connection whose settings are applied."""
    with raw(url, key) as call:
        call.say("Settings", **(settings or tree(**parts)))
        assert call.next() == {"type": "SettingsApplied"}
        yield call


def kinds(messages: list[dict[str, Any]]) -> list[str]:
    return [message["type"] for message in messages]


def failure(call: Call) -> tuple[str, int, str]:
    """The code of the error that ends a connection, and the close."""
    _, messages, (code, reason) = call.end()
    assert messages[-1]["type"] == "Error"
    assert messages[-1]["description"]
    return messages[-1]["code"], code, reason


def turn(call: Call, text: str) -> dict[str, list[dict[str, Any]]]:
    """The messages that a text of the user leads to, up to the end of the reply, by type."""
    call.say("InjectUserMessage", content=text)
    return reply(call)


def reply(call: Call) -> dict[str, list[dict[str, Any]]]:
    """The messages up to the end of a reply, by type."""
    found: dict[str, list[dict[str, Any]]] = {}
    for message in call.until("LatencyReport")[1]:
        found.setdefault(message["type"], []).append(message)
    return found


def said(found: dict[str, list[dict[str, Any]]], role: str = "assistant") -> str:
    """What somebody has said in a turn."""
    return " ".join(one["content"] for one in found["ConversationText"] if one["role"] == role)
