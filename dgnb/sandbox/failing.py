"""Connections that a step of a script spoils."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from functools import partial
from http import HTTPStatus
from math import ceil
from urllib.parse import parse_qsl

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from dgnb.sandbox.faults import Done, Faults, Step
from dgnb.sandbox.metering import SPEAKING, Meter
from dgnb.sandbox.replies import RefusedError
from dgnb.sandbox.sockets import TRANSPORT

GARBAGE = "<html>This is not JSON.</html>"

_CODES = {
    400: "Bad Request",
    401: "INVALID_AUTH",
    402: "ASR_PAYMENT_REQUIRED",
    403: "INSUFFICIENT_PERMISSIONS",
    413: "PAYLOAD_TOO_LARGE",
    429: "TOO_MANY_REQUESTS",
}
_GONE = {"http": "http.disconnect", "websocket": "websocket.disconnect"}


async def through(inner: ASGIApp, scope: Scope, receive: Receive, send: Send, faults: Faults) -> None:
    """Serve a connection, and spoil it as the script's next step says.

    Raises
    ------
    RefusedError
        It is to be refused.
    """
    step = faults.next()
    tell = partial(_tell, faults, scope)
    if faults.delay and faults.delay.wait:
        tell(faults.delay)
        await asyncio.sleep(faults.delay.wait)
    if step.kind == "status":
        tell(step)
        raise _refusal(step, scope["path"])
    if step.kind == "ok":
        return await inner(scope, receive, send)
    live = scope["type"] == "websocket"
    spoiled = (SpoiltSocket if live else SpoiltRequest)(step, scope, receive, send, tell)
    await inner(scope, spoiled.receive, spoiled.send)
    return await spoiled.hold()


def _tell(faults: Faults, scope: Scope, step: Step) -> None:
    faults.done.append(Done(scope["state"]["request_id"], scope["path"], step.text))


def _refusal(step: Step, path: str) -> RefusedError:
    known = {status.value: status for status in HTTPStatus}
    phrase = known[step.number].phrase if step.number in known else "Refused"
    code = _CODES.get(step.number, phrase.upper().replace(" ", "_"))
    if step.number == 429 and path in SPEAKING:
        code = phrase
    headers = {"retry-after": str(ceil(step.wait))} if step.wait else {}
    return RefusedError(step.number, code, f"{phrase}: the sandbox's script of faults says so.", headers)


class _Spoilt:
    """What both kinds have in common: how they break, fall silent, and end."""

    def __init__(
        self, step: Step, scope: Scope, receive: Receive, send: Send, tell: Callable[[Step], None]
    ) -> None:
        self.step, self.kind = step, step.kind
        self._receive, self._send, self._tell = receive, send, tell
        self._gone = _GONE[scope["type"]]
        self._transport = scope.get("extensions", {}).get(TRANSPORT)
        self._timer: asyncio.Task[None] | None = None
        self.fired = self.over = self._left = False

    def later(self, act: Callable[[], Awaitable[None]]) -> None:
        """Do something when the step's time has come, if the connection is still there."""

        async def wait() -> None:
            await asyncio.sleep(self.step.at)
            await act()

        self._timer = asyncio.ensure_future(wait())

    def fire(self) -> bool:
        """Note that the fault happens; false when it did before."""
        first, self.fired = not self.fired, True
        if first:
            self._tell(self.step)
        return first

    def abort(self) -> None:
        """Break the connection."""
        self.over = True
        if self._transport:
            self._transport.abort()

    def silence(self) -> None:
        """Neither read nor write any more."""
        self.over = True
        if self._transport:
            self._transport.get_protocol().fall_silent()

    async def next(self) -> Message:
        """Return the next message of the other side; when it is over, only its end."""
        while True:
            message = await self._receive()
            self._left = self._left or message["type"] == self._gone
            if self._left or not self.over:
                return message

    async def hold(self) -> None:
        """Return when the connection may end: a broken or silent one when it has gone."""
        if self._timer:
            self._timer.cancel()
        if self.over and self._transport and not self._left:
            await self.next()


class SpoiltSocket(_Spoilt):
    """A live connection that is spoilt."""

    def __init__(
        self, step: Step, scope: Scope, receive: Receive, send: Send, tell: Callable[[Step], None]
    ) -> None:
        super().__init__(step, scope, receive, send, tell)
        self._meter = Meter(scope["path"], dict(parse_qsl(scope["query_string"].decode("latin-1"))))
        self._spoke = False

    async def receive(self) -> Message:
        """Return what comes."""
        message = await self.next()
        self._meter.received(len(message.get("bytes") or b""))
        await self._check()
        return {"type": self._gone, "code": 1006} if self.over else message

    async def send(self, message: Message) -> None:
        """Pass on what is sent."""
        if message.get("text") is not None:
            await self._send_text(message)
        elif not self.over:
            await self._send(message)
            self._begin(message)
            self._spoke = self._spoke or message.get("bytes") is not None
            self._meter.sent(len(message.get("bytes") or b""))
            await self._check()

    def _begin(self, message: Message) -> None:
        if message["type"] == "websocket.accept":
            self._meter.start()
            if self.step.at and not self._meter.audio:
                self.later(self._check)

    async def _send_text(self, message: Message) -> None:
        if self.over:
            return
        text = message["text"]
        if self.kind == "truncate" and self._due and self.fire():
            message = {**message, "text": text[: len(text) // 2]}
        await self._send(message)
        if self.kind == "duplicate":
            self.fire()
            await self._send(message)

    async def _check(self) -> None:
        """Let happen what is due."""
        acts = {
            "drop": self._drop, "close": self._close, "half-open": self._fall_silent, "garbage": self._garble,
        }  # fmt: skip
        act = acts.get(self.kind)
        if act and self._due and self.fire():
            await act()

    @property
    def _due(self) -> bool:
        if self.step.spoken:
            return self._spoke
        # A timer may come a little early.
        return self._meter.running and self._meter.seconds > self.step.at - 1e-3

    async def _drop(self) -> None:
        self.abort()

    async def _fall_silent(self) -> None:
        self.silence()

    async def _close(self) -> None:
        self.over = True
        await self._send({"type": "websocket.close", "code": self.step.number, "reason": self.step.reason})

    async def _garble(self) -> None:
        await self._send({"type": "websocket.send", "text": GARBAGE})


class SpoiltRequest(_Spoilt):
    """A request that is spoilt, or its answer."""

    def __init__(
        self, step: Step, scope: Scope, receive: Receive, send: Send, tell: Callable[[Step], None]
    ) -> None:
        super().__init__(step, scope, receive, send, tell)
        self._start: Message = {}
        self._body = b""
        if step.at and self.kind in ("drop", "close", "half-open"):
            self.later(self._break)
        elif self.kind == "half-open":
            self.fire()
            self.silence()

    async def receive(self) -> Message:
        """Return what comes."""
        return await self.next()

    async def send(self, message: Message) -> None:
        """Pass on what is sent."""
        if self.over:
            return
        if self.kind in ("truncate", "garbage"):
            await self._change(message)
        elif self.kind in ("drop", "close") and not self.step.at and message.get("body"):
            half = message["body"][: len(message["body"]) // 2]
            await self._send({**message, "body": half, "more_body": True})
            await self._break()
        else:
            await self._send(message)

    async def _break(self) -> None:
        if self.fire():
            (self.silence if self.kind == "half-open" else self.abort)()

    async def _change(self, message: Message) -> None:
        """Collect the answer, and send it when it is complete."""
        if message["type"] == "http.response.start":
            self._start = message
            return
        self._body += message.get("body", b"")
        if message.get("more_body", False):
            return
        self.fire()
        body = GARBAGE.encode() if self.kind == "garbage" else self._body[: len(self._body) // 2]
        headers = [pair for pair in self._start["headers"] if pair[0] != b"content-length"]
        headers.append((b"content-length", str(len(body)).encode()))
        await self._send({**self._start, "headers": headers})
        await self._send({**message, "body": body})
