"""Functions that the agent has called: by the client, or at an endpoint of their own."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from urllib.parse import urlencode
from urllib.request import Request
from uuid import uuid4

import msgspec

from dgnb.protocol import limits
from dgnb.protocol.messages.agent import FunctionCall, FunctionCallResponse, FunctionName
from dgnb.protocol.settings import Endpoint, Function
from dgnb.sandbox.agent.policy import Call
from dgnb.sandbox.outgoing import send


class CallError(Exception):
    """A function gave no result."""


def requested(calls: Sequence[Call], functions: Mapping[str, Function]) -> list[FunctionCall]:
    """Return calls as they are told to the client, each with an id."""
    return [
        FunctionCall(
            id=call.id or f"call_{uuid4().hex[:16]}",
            name=call.name,
            arguments=call.arguments,
            client_side=not (call.name in functions and functions[call.name].endpoint),
            thought_signature=call.signature,
        )
        for call in calls
    ]


class Calls:
    """Calls that the client has not answered yet.

    Examples
    --------
    >>> async def answered():
    ...     calls = Calls()
    ...     result = calls.begin(FunctionCall(id="1", name="f"))
    ...     calls.answer(FunctionCallResponse(id="1", name="f", content="done"))
    ...     return await result
    >>> asyncio.run(answered())
    'done'
    """

    def __init__(self) -> None:
        self._waiting: dict[str, tuple[str, asyncio.Future[str]]] = {}
        self._over: set[str] = set()

    def begin(self, call: FunctionCall) -> asyncio.Future[str]:
        """Wait for the answer to a call."""
        future: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        self._waiting[call.id] = call.name, future
        return future

    def answer(self, response: FunctionCallResponse) -> bool:
        """Take an answer; false when no call asks for it. A late one is dropped.

        An answer without an id is that to the oldest call of its name.
        """
        if response.id in self._over:
            return True
        named = (key for key, (name, _) in self._waiting.items() if name == response.name)
        key = response.id if response.id is not None else next(named, None)
        if key not in self._waiting:
            return False
        _, future = self._waiting[key]
        self.end(key)
        if not future.done():
            future.set_result(response.content)
        return True

    def end(self, key: str) -> None:
        """Wait no longer for an answer."""
        self._waiting.pop(key, None)
        self._over.add(key)

    def cancel(self) -> list[FunctionName]:
        """Wait for nothing any more; the calls that are taken back."""
        names = [FunctionName(id=key, name=name) for key, (name, _) in self._waiting.items()]
        for one in names:
            self.end(one.id)
        return names


async def result(call: FunctionCall, future: asyncio.Future[str], calls: Calls) -> str:
    """Return the client's answer.

    Raises
    ------
    CallError
        It did not come in time.
    """
    try:
        async with asyncio.timeout(limits.FUNCTION_PATIENCE):
            return await future
    except TimeoutError as error:
        calls.end(call.id)
        raise CallError(f"'{call.name}' was not answered in {limits.FUNCTION_PATIENCE:g} s.") from error


async def fetched(call: FunctionCall, endpoint: Endpoint) -> str:
    """Return what an endpoint answers; the arguments are its JSON body, of a GET its query.

    Raises
    ------
    CallError
    """
    return await asyncio.to_thread(_fetched, call, endpoint)


def _fetched(call: FunctionCall, endpoint: Endpoint) -> str:
    url, method = endpoint.url, (endpoint.method or "POST").upper()
    if not url.startswith(("http://", "https://")):
        raise CallError(f"The endpoint of '{call.name}' is an address of http or https, not {url!r}.")
    body = None if method == "GET" else call.arguments.encode()
    try:
        if method == "GET":
            query = urlencode(msgspec.json.decode(call.arguments, type=dict[str, object]), doseq=True)
            url = f"{url}?{query}" if query else url
        headers = {"Content-Type": "application/json", **endpoint.headers}
        with send(Request(url, body, headers, method=method)) as reply:  # noqa: S310 - checked above
            return str(reply.read().decode())
    except (OSError, ValueError) as error:
        raise CallError(f"'{call.name}' failed at its endpoint: {error}") from error
