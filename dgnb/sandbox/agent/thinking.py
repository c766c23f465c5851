"""How the agent finds its words: by the rules of `policy`, or at a language model of the user's.

A model is asked when ``think.endpoint`` has a URL, whatever the provider is called: it
has to answer as OpenAI's chat completions do.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from typing import Any
from urllib.request import Request

import msgspec

from dgnb.protocol.messages.agent import History
from dgnb.protocol.part import Part
from dgnb.protocol.settings import Think
from dgnb.sandbox.agent import policy
from dgnb.sandbox.agent.policy import Call, Thought
from dgnb.sandbox.outgoing import send


class ThinkError(Exception):
    """A language model did not answer, or not in the form of OpenAI's."""


class _Function(Part, frozen=True):
    name: str
    arguments: str = "{}"


class _ToolCall(Part, frozen=True):
    function: _Function
    id: str = ""


class _Message(Part, frozen=True):
    content: str | None = None
    reasoning_content: str | None = None
    tool_calls: list[_ToolCall] | None = None


class _Choice(Part, frozen=True):
    message: _Message


class _Completion(Part, frozen=True):
    choices: list[_Choice]


async def think(think: Think | None, prompt: str, history: Sequence[History]) -> Thought:
    """Return what comes next in a conversation.

    Raises
    ------
    ThinkError
    """
    functions = think.functions if think else []
    if think is None or think.endpoint is None or not think.endpoint.url:
        return policy.think(prompt, functions, history)
    return await asyncio.to_thread(_asked, think, prompt, history)


def _asked(think: Think, prompt: str, history: Sequence[History]) -> Thought:
    endpoint = think.endpoint
    url = endpoint.url if endpoint else ""
    headers = {"Content-Type": "application/json", **(endpoint.headers if endpoint else {})}
    if not url.startswith(("http://", "https://")):
        raise ThinkError(f"think.endpoint.url is an address of http or https, not {url!r}.")
    body = msgspec.json.encode(request(think, prompt, history))
    try:
        with send(Request(url, body, headers, method="POST")) as reply:  # noqa: S310 - checked above
            found = msgspec.json.decode(reply.read(), type=_Completion)
    except (OSError, ValueError) as error:
        raise ThinkError(f"{url} did not answer as a chat completion: {error}") from error
    if not found.choices:
        raise ThinkError(f"{url} has answered without a choice.")
    return _thought(found.choices[0].message)


def _thought(message: _Message) -> Thought:
    calls = tuple(
        Call(call.function.name, call.function.arguments, call.id) for call in message.tool_calls or ()
    )
    return Thought(message.content or "", calls, message.reasoning_content or "")


def request(think: Think, prompt: str, history: Sequence[History]) -> dict[str, Any]:
    """Return the body of a request for a chat completion.

    Examples
    --------
    >>> from dgnb.protocol import settings
    >>> model = settings.read({"provider": {"type": "open_ai", "model": "small"}}, Think)
    >>> request(model, "Be brief.", [History(role="user", content="Hi.")])["messages"]
    [{'role': 'system', 'content': 'Be brief.'}, {'role': 'user', 'content': 'Hi.'}]
    """
    first = [{"role": "system", "content": prompt}] if prompt else []
    body: dict[str, Any] = {
        "model": think.provider.model or "",
        "messages": first + [message for one in _within(think, history) for message in _messages(one)],
    }
    if think.provider.temperature is not None:
        body["temperature"] = think.provider.temperature
    if think.functions:
        body["tools"] = [
            {
                "type": "function",
                "function": {
                    "name": one.name,
                    "description": one.description,
                    "parameters": one.parameters or {"type": "object", "properties": {}},
                },
            }
            for one in think.functions
        ]
    return body


def _within(think: Think, history: Sequence[History]) -> Sequence[History]:
    """The end of the conversation that the context's length [characters] allows, the last text at least."""
    if not isinstance(think.context_length, int | float):
        return history
    left, first = think.context_length, len(history)
    for at in range(len(history) - 1, -1, -1):
        left -= len(history[at].content or "")
        if left < 0 and at < len(history) - 1:
            break
        first = at
    return history[first:]


def _messages(one: History) -> Iterator[dict[str, Any]]:
    if one.function_calls is None:
        yield {"role": one.role or "user", "content": one.content or ""}
        return
    calls = [
        {"id": call.id, "type": "function", "function": {"name": call.name, "arguments": call.arguments}}
        for call in one.function_calls
    ]
    yield {"role": "assistant", "content": None, "tool_calls": calls}
    for call in one.function_calls:
        yield {"role": "tool", "tool_call_id": call.id, "content": call.response}
