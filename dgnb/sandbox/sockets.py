"""A live connection as the sandbox sees it: frames in, messages and audio out, one close."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from socket import SO_SNDBUF, SOL_SOCKET
from typing import Any, cast

from starlette.websockets import WebSocket, WebSocketDisconnect, WebSocketState
from uvicorn.protocols.http.h11_impl import H11Protocol
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.frames import Frame
from websockets.http11 import Request as Handshake

from dgnb.errors import OptionError
from dgnb.protocol.closes import INTERNAL, Close
from dgnb.protocol.messages import Message, write
from dgnb.protocol.options import Rule, check, decode
from dgnb.sandbox import access, ledger
from dgnb.sandbox.replies import RefusedError, bad_query, refuse

TRANSPORT = "dgnb.transport"
"""Where a connection's transport stands in the extensions of its scope."""


AHEAD = 400
"""Frames that are read before the application takes them: 32 s of audio in frames of 80 ms.

An application that is busy with audio would else answer no ping, and count as gone.
"""


class Protocol(WebSocketsSansIOProtocol):
    """Uvicorn's WebSockets, with the transport in reach of what has to break a connection."""

    silent = parted = False

    def handle_connect(self, event: Handshake) -> None:
        """Begin an exchange."""
        super().handle_connect(event)
        if hasattr(self, "scope"):
            cast(Any, self.scope)["extensions"][TRANSPORT] = self.transport

    async def send(self, message: Any) -> None:
        """Send what the application says; a refusal completes the handshake as well, and is no error."""
        await super().send(message)
        if message["type"] == "websocket.http.response.body" and not message.get("more_body", False):
            self.handshake_complete = True

    def send_receive_event_to_app(self) -> None:
        """Keep what has come for the application, and read on for a while: a ping behind it is answered."""
        super().send_receive_event_to_app()
        if not self.silent:
            self._read_on(AHEAD)

    def fall_silent(self) -> None:
        """Read nothing more, and answer no ping; what is written is up to the application."""
        self.silent = True
        self.stop_keepalive()
        self.transport.pause_reading()

    async def receive(self) -> Any:
        """Return what comes next."""
        message = await super().receive()
        if self.silent:
            self.transport.pause_reading()  # uvicorn has taken it up again
        else:
            self._read_on(AHEAD // 2)
        return message

    def _read_on(self, most: int) -> None:
        """Take up reading, if it has paused and fewer than so many frames wait."""
        if self.read_paused and self.queue.qsize() < most:
            self.read_paused = False
            self.transport.resume_reading()

    def handle_close(self, event: Frame) -> None:
        """Note that the other side says goodbye: what it has sent before still counts."""
        self.parted = True
        super().handle_close(event)

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget what nobody waits for any more; before the handshake is over that is nothing."""
        while self.handshake_complete and not self.parted and not self.queue.empty():
            self.queue.get_nowait()
        super().connection_lost(exc)

    def shutdown(self) -> None:
        """End with the server; nobody waits for one that is silent."""
        self.transport.abort() if self.silent else super().shutdown()


class Requests(H11Protocol):
    """Uvicorn's HTTP, likewise."""

    silent = False

    def handle_events(self) -> None:
        """Take what has come."""
        super().handle_events()
        if self.scope is not None:
            cast(Any, self.scope).setdefault("extensions", {})[TRANSPORT] = self.transport

    def fall_silent(self) -> None:
        """Note that no answer will come; reading goes on, else nobody sees that the other side goes."""
        self.silent = True

    def shutdown(self) -> None:
        """End with the server; nobody waits for one that is silent."""
        self.transport.abort() if self.silent else super().shutdown()


class Socket:
    """A live connection.

    Parameters
    ----------
    websocket : WebSocket
    """

    def __init__(self, websocket: WebSocket) -> None:
        self._websocket = websocket
        self.request_id: str = websocket.state.request_id
        self.app = websocket.app

    @property
    def key(self) -> str:
        """Id of the caller's key."""
        return str(self._websocket.state.caller.key)

    @property
    def project(self) -> str:
        """Id of the caller's project."""
        return str(self._websocket.state.caller.project)

    @property
    def query(self) -> list[tuple[str, str]]:
        """The query's pairs."""
        return self._websocket.query_params.multi_items()

    def options(self, table: type, rules: tuple[Rule, ...] = (), *, closed: bool = False) -> dict[str, Any]:
        """Return the options in the query.

        Parameters
        ----------
        table : type
        rules : tuple of Rule
        closed : bool
            Whether a key that is not in the table is refused.

        Raises
        ------
        RefusedError
            A value is not one of its parameter's, or a combination is refused.
        """
        query = self.query
        try:
            check(dict(query), rules)
            options = decode(query, table)
            check(options, rules)
        except OptionError as error:
            raise bad_query(str(error)) from error
        unknown = set(dict(query)).difference(table.__annotations__) if closed else set()
        if unknown:
            raise bad_query(f"Unknown parameter: {', '.join(sorted(unknown))}.")
        return options

    async def accept(self) -> None:
        """Open the connection; of the subprotocols that a browser offers, the scheme is taken."""
        offered = self._websocket.scope.get("subprotocols", [])
        scheme = next((name for name in offered if name.lower() in access.SCHEMES), None)
        await self._websocket.accept(subprotocol=scheme)

    def narrow(self, size: int) -> None:
        """Let at most about so many bytes wait for a slow reader in this machine's buffers."""
        transport = self._websocket.scope.get("extensions", {}).get(TRANSPORT)
        if transport is not None:
            transport.get_extra_info("socket").setsockopt(SOL_SOCKET, SO_SNDBUF, size)

    async def receive(self) -> str | bytes | None:
        """Return the next frame, text or audio; ``None`` when the other side has gone."""
        message = await self._websocket.receive()
        if message["type"] == "websocket.disconnect":
            return None
        text: str | None = message.get("text")
        return message["bytes"] if text is None else text

    async def send(self, message: Message) -> None:
        """Send a message; nothing happens when the other side has gone."""
        await self._send(self._websocket.send_text(write(message)))

    async def send_audio(self, audio: bytes) -> None:
        """Send a piece of audio; nothing happens when the other side has gone."""
        await self._send(self._websocket.send_bytes(audio))

    async def close(self, close: Close) -> None:
        """Close the connection; a second time nothing happens."""
        if self._websocket.application_state is WebSocketState.CONNECTED:
            await self._send(self._websocket.close(close.code, close.reason))

    async def _send(self, sending: Awaitable[None]) -> None:
        try:
            await sending
        except (WebSocketDisconnect, RuntimeError):  # RuntimeError: it was closed meanwhile
            return

    def book(self, used: ledger.Used) -> None:
        """Note all that the connection has consumed so far; it is booked at its end."""
        self._websocket.state.used = used


def endpoint(serve: Callable[[Socket], Awaitable[None]]) -> Callable[[WebSocket], Awaitable[None]]:
    """Return a route's endpoint; what `serve` refuses before it accepts is refused as a request is."""

    async def answered(websocket: WebSocket) -> None:
        socket = Socket(websocket)
        try:
            await serve(socket)
        except RefusedError as error:
            if websocket.application_state is WebSocketState.CONNECTING:
                response = await refuse(websocket, error)
                await websocket.send_denial_response(response)
                return
            await socket.close(INTERNAL)
        except Exception:
            await socket.close(INTERNAL)
            raise

    return answered
