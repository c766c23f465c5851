"""A dialogue driven over WebSockets: as many connections as it takes."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from contextlib import aclosing, suppress
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, cast
from urllib.parse import urlencode, urlsplit

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake, InvalidStatus
from websockets.protocol import State

from dgnb.audio.streams import Stream
from dgnb.errors import ApiError, ConnectionFailed, DgnbError, LiveError, ReplyError
from dgnb.operations import stored
from dgnb.protocol.closes import close as known_close
from dgnb.protocol.limits import FRAME
from dgnb.protocol.refusals import model_hint, refusal
from dgnb.protocol.routes import TOKEN_PATHS, Route
from dgnb.sessions.bounds import Bounds
from dgnb.sessions.dialogue import Dialogue
from dgnb.sessions.hearing import Hearing
from dgnb.sessions.records import Lost
from dgnb.sessions.uplink import AHEAD, BLOCK
from dgnb.transport.credentials import Credential
from dgnb.transport.http import AsyncChannel, Settings, on_loopback
from dgnb.transport.retry import Retry
from dgnb.transport.traces import bare

LARGEST = 1 << 24
"""Bytes of a frame that is taken."""

_TOGETHER = 1 << 15
"""Bytes that may wait on a line, and that are given to it at a time."""

FIRST_PAUSE = 0.25
"""Pause before the second connection [s]; it doubles from then on."""

LATE = 4.0
"""How much longer a session that is stopped hears what a source has given all at once [s]."""

_OPAQUE = (
    "Audio in a file format cannot go on in the middle; raw audio can: "
    "give a path, or encoding='linear16' and sample_rate."
)

# Its debug messages would have the handshake's headers, and with them the credential.
_SILENT = logging.Logger("dgnb.socket", logging.WARNING)


class _Connect(connect):
    """A connection that goes nowhere else: a redirection is refused, not followed."""

    def process_redirect(self, exc: Exception) -> Exception:
        return exc


@dataclass(frozen=True)
class _Broken:
    """Why there is no connection any more, and what the next attempt has to do with it."""

    error: DgnbError
    code: int = 0
    reason: str = ""
    status: int = 0
    retry_after: str = ""
    wait: float = 0.0


class Pump:
    """Carries frames between a dialogue and the service.

    Parameters
    ----------
    settings : Settings
    route : Route
    dialogue : Dialogue
    bounds : Bounds
    stream : Stream, optional
        The audio that a listening dialogue is about.
    changed : callable
        Called after every event, on the loop.
    """

    def __init__(  # noqa: PLR0913 - what it carries, from where to where
        self,
        settings: Settings,
        route: Route,
        dialogue: Dialogue,
        bounds: Bounds,
        *,
        changed: Callable[[], None],
        stream: Stream | None = None,
    ) -> None:
        self._settings, self._route, self._dialogue, self._bounds = settings, route, dialogue, bounds
        self._stream, self._changed = stream, changed
        self._retry = Retry(bounds.retries, FIRST_PAUSE)
        self._failure: Exception | None = None
        self._fault: BaseException | None = None
        self._full = self._away = False
        self._stopped = 0.0
        self._heard_at = 0.0
        self._wake, self._moved = asyncio.Event(), asyncio.Event()

    @property
    def now(self) -> float:
        """The loop's time [s]."""
        return asyncio.get_running_loop().time()

    async def run(self) -> None:
        """Carry the dialogue to its end.

        Raises
        ------
        ApiError, LiveError, ConnectionFailed
            The service refused it, ended it, or could not be reached again.
        Exception
            Whatever the source raised; what it gave before was heard.
        """
        feeding: asyncio.Future[None] | None = None
        error = "The session was cancelled."
        try:
            if self._stream is not None:
                cast(Hearing, self._dialogue).begin(await self._stream.ready(), FRAME)
                feeding = asyncio.ensure_future(self._feed(self._stream))
            await self._converse()
            error = str(self._failure or "")
        except Exception as failure:
            error = str(failure)
            raise
        finally:
            await self._let_go(feeding)
            self._dialogue.ended(error, self.now)
            self._changed()
        if self._failure is not None:
            raise self._failure

    async def _let_go(self, feeding: asyncio.Future[None] | None) -> None:
        if self._stream is not None:
            await self._stream.close()
        if feeding is not None:
            feeding.cancel()
            await asyncio.gather(feeding, return_exceptions=True)

    def wake(self) -> None:
        """Look again whether there is something to send, or to wait for."""
        self._wake.set()
        self._moved.set()

    # The source

    async def _feed(self, stream: Stream) -> None:
        """Take the source's audio, not much before it is due."""
        hearing = cast(Hearing, self._dialogue)
        try:
            # It is cut into frames when they are sent: that is half the work.
            async with aclosing(cast(Any, stream.pieces(BLOCK))) as pieces:
                async for piece in pieces:
                    hearing.take(piece)
                    self._wake.set()
                    if not await self._room(hearing, stream):
                        break
        except Exception as error:
            self._failure = error
        hearing.finish()
        self._wake.set()

    async def _room(self, hearing: Hearing, stream: Stream) -> bool:
        """Wait until more audio may come: a source that is not live waits for what was read to be sent.

        One that is live may wait as well, unless the connection is lost: what is too much is then dropped.

        Returns
        -------
        bool
            Whether more is wanted: not what a session that is stopped would have heard long after.
        """
        if stream.live and hearing.duration:
            if stream.bursts and hearing.stopping and self._is_late():
                return False
            # No more of it than can have come by itself, also when it gives all at once.
            early = self._begun + (hearing.duration + BLOCK - AHEAD) / self._bounds.rate - self.now
            if early > 0 or hearing.uplink.full:
                await asyncio.sleep(max(early, 0.0))
            while not self._away and hearing.uplink.brimming:
                await self._some_sent()
            return True
        while hearing.uplink.full and not hearing.stopping:
            await self._some_sent()
        return True

    async def _some_sent(self) -> None:
        """Wait until little is left to be sent, or something else has changed."""
        self._full = True
        self._moved.clear()
        await self._moved.wait()

    def _is_late(self) -> bool:
        """Whether the session was stopped `LATE` ago; called from then on."""
        self._stopped = self._stopped or self.now
        return self.now > self._stopped + LATE

    def _tell_source(self) -> None:
        """Let the source go on when little is left: waking it for every piece costs as much as sending it."""
        if cast(Hearing, self._dialogue).uplink.low:
            self._full = False
            self._moved.set()

    # The connections

    async def _converse(self) -> None:
        self._begun, attempt = self.now, 0
        while True:
            before = self._dialogue.progress
            broken = await self._one_connection()
            if broken is None:
                return
            attempt = 1 if self._dialogue.progress > before else attempt + 1
            pause = self._retry.pause(attempt, broken.status or None, broken.retry_after)
            if pause is None:
                raise broken.error
            pause = max(pause, broken.wait)
            lost = Lost(code=broken.code, reason=broken.reason, status=broken.status, pause=round(pause, 3))
            self._dialogue.lost(lost, self.now)
            self._away = True
            self._moved.set()
            self._changed()
            if broken.retry_after or broken.wait:
                await asyncio.sleep(pause)
            else:
                await self._rest(pause)

    async def _rest(self, pause: float) -> None:
        """Wait before the next attempt, which a stop in the meantime brings at once."""
        stopping = self._dialogue.stopping
        with suppress(TimeoutError):
            async with asyncio.timeout(pause):
                while self._dialogue.stopping == stopping:
                    self._wake.clear()
                    await self._wake.wait()

    async def _one_connection(self) -> _Broken | None:
        """Drive one connection to its end; ``None`` when it was the session's."""
        try:
            socket = await self._open()
        except _BrokenError as error:
            return error.broken
        response, self._away = socket.response, False
        self._dialogue.opened(response.headers.get("dg-request-id", "") if response else "", self.now)
        self._changed()
        beside = [asyncio.ensure_future(work(socket)) for work in (self._send, self._watch)]
        for work in beside:
            work.add_done_callback(lambda done: self._give_up(socket, done))
        try:
            await self._receive(socket)
            if self._fault is not None:
                raise self._fault
        except ReplyError as error:
            await socket.close(1007)
            return self._broken(1007, "", error)
        finally:
            for work in beside:
                work.cancel()
            await asyncio.gather(*beside, return_exceptions=True)
            await self._hang_up(socket)
        return self._ended(socket)

    def _give_up(self, socket: ClientConnection, done: asyncio.Future[None]) -> None:
        """End a connection that cannot be served any more, so that nobody waits for it."""
        if not done.cancelled() and (fault := done.exception()):
            self._fault = fault
            socket.transport.abort()

    @staticmethod
    async def _hang_up(socket: ClientConnection) -> None:
        """Leave no socket behind, whatever has happened."""
        with suppress(Exception):
            await socket.close()

    async def _receive(self, socket: ClientConnection) -> None:
        dialogue, now = self._dialogue, asyncio.get_running_loop().time
        with suppress(ConnectionClosed):
            async for frame in socket:
                self._heard_at = now()
                if isinstance(frame, str):
                    dialogue.hear(frame, self._heard_at)
                else:
                    dialogue.hear_audio(frame, self._heard_at)
                self._wake.set()
                self._changed()

    async def _send(self, socket: ClientConnection) -> None:
        dialogue, loop = self._dialogue, asyncio.get_running_loop()
        with suppress(ConnectionClosed):
            while True:
                frame = _sent_at_once(socket, partial(dialogue.outgoing, loop.time()))
                if self._full:
                    self._tell_source()
                if frame is not None:
                    await socket.send(frame)
                    continue
                if dialogue.leaving:
                    await socket.close()
                    return
                self._wake.clear()
                due = dialogue.due(loop.time())
                timer = None if due is None else loop.call_at(due, self._wake.set)
                try:
                    await self._wake.wait()
                finally:
                    if timer is not None:
                        timer.cancel()

    async def _watch(self, socket: ClientConnection) -> None:
        """Break a connection that has given no sign of life for too long.

        A message is a sign as good as a pong: behind much audio a ping has to wait for its turn.
        """
        self._heard_at = self.now
        ping: asyncio.Future[None] | None = None
        try:
            while self.now - self._heard_at <= self._bounds.patience:
                if ping is None or ping.done():
                    ping = asyncio.ensure_future(self._ping(socket))
                await asyncio.sleep(self._bounds.patience / 2)
            socket.transport.abort()
        finally:
            if ping is not None:
                ping.cancel()

    async def _ping(self, socket: ClientConnection) -> None:
        with suppress(ConnectionClosed):
            await (await socket.ping())
            self._heard_at = self.now

    def _ended(self, socket: ClientConnection) -> _Broken | None:
        """What a closed connection means."""
        code = socket.close_code or 1006
        reason = socket.close_reason or ""
        if self._dialogue.finished and (code == 1000 or self._dialogue.complete):
            return None
        return self._broken(code, reason)

    def _broken(self, code: int, reason: str, cause: Exception | None = None) -> _Broken:
        """A lost connection, if another one may help.

        Raises
        ------
        LiveError
            It may not.
        """
        end = known_close(code, reason, self._dialogue.ends)
        wait = 0.0 if cause else self._dialogue.held(end, self.now)
        about, hint = (code, reason, self._dialogue.request_ids[-1]), self._dialogue.hint
        told = f"{code} {self._dialogue.error or reason}".strip()
        if wait is None:
            raise LiveError(f"The service ended the session: {told}.", *about, end.hint or hint)
        if not self._dialogue.resumable:
            raise LiveError(f"The connection was lost: {told}.", *about, hint or _OPAQUE)
        error = ConnectionFailed(f"The connection was lost ({told}), and could not be made again.")
        error.__cause__ = cause
        return _Broken(error, code, reason, wait=wait)

    # The handshake

    async def _open(self) -> ClientConnection:
        """A new connection.

        Raises
        ------
        _BrokenError
            There is none, and another attempt may help.
        ApiError, ConnectionFailed
            Another attempt would not help.
        """
        try:
            credential = await self._credential()
            socket = await _Connect(**self._arguments(credential))
        except InvalidStatus as error:
            raise self._refused(bare(error)) from None
        except (OSError, InvalidHandshake, TimeoutError, EOFError) as error:
            if isinstance(error, DgnbError):
                raise
            host = urlsplit(self._settings.hosts.api).hostname
            failed = ConnectionFailed(f"No connection to {host}: {error or type(error).__name__}")
            failed.__cause__ = bare(error)
            raise _BrokenError(_Broken(failed)) from None
        if socket.request is not None:
            del socket.request.headers["Authorization"]
        return socket

    def _arguments(self, credential: Credential) -> dict[str, Any]:
        settings = self._settings
        query = urlencode(self._dialogue.query)
        return {
            "uri": settings.hosts.socket(self._route) + (f"?{query}" if query else ""),
            "additional_headers": {"Authorization": credential.header},
            "user_agent_header": settings.user_agent,
            # Audio does not get smaller, and small messages hardly do.
            "compression": None,
            "open_timeout": settings.timeout,
            "close_timeout": 2.0,
            "ping_interval": None,
            "max_size": LARGEST,
            "proxy": None if on_loopback(settings.hosts) else settings.proxy or True,
            "logger": _SILENT,
        }

    async def _credential(self) -> Credential:
        """The credential, or a token that is got for this handshake alone."""
        settings = self._settings
        if not (settings.tokens and self._route.path.endswith(TOKEN_PATHS)):
            return settings.credential
        channel = AsyncChannel(replace(settings, tokens=False))
        try:
            token = await channel.run(stored.grant())
        finally:
            await channel.close()
        return Credential("Bearer", token.access_token, "auth.grant")

    def _refused(self, error: InvalidStatus) -> Exception:
        """A refused handshake: an error, or a reason to try again."""
        response = error.response
        model = dict(self._dialogue.query).get("model", "")
        refused = _refusal(response.status_code, bytes(response.body or b""), response.headers, model)
        if self._retry.pause(1, response.status_code) is None:
            return refused
        retry_after = response.headers.get("Retry-After", "")
        return _BrokenError(_Broken(refused, status=response.status_code, retry_after=retry_after))


def _sent_at_once(socket: ClientConnection, outgoing: Callable[[], str | bytes | None]) -> str | bytes | None:
    """Send the audio that is due as far as nothing has to be waited for; return what comes then.

    Nothing has to be waited for while the line is free, and no other message is half sent: what
    `send` does to make sure of that takes as long as the sending itself. Nor does a frame go to
    the system alone when others go with it.
    """
    if socket.state is not State.OPEN:
        return outgoing()
    room, protocol = _TOGETHER - socket.transport.get_write_buffer_size(), socket.protocol
    while isinstance(frame := outgoing(), bytes) and room > 0:
        protocol.send_binary(frame)
        room -= len(frame)
    if data := protocol.data_to_send():
        socket.transport.write(b"".join(data))
    return frame


class _BrokenError(Exception):
    """There is no connection, and another attempt may help."""

    def __init__(self, broken: _Broken) -> None:
        super().__init__()
        self.broken = broken


def _refusal(status: int, body: bytes, headers: Any, model: str) -> ApiError:
    """The error of a refused handshake; what the header says goes before a body that says nothing."""
    found = refusal(status, body, headers.get("dg-request-id", ""), model)
    told = headers.get("dg-error", "")
    if told and told not in found.message:
        hint = model_hint(told, model) or found.hint
        return type(found)(status, found.code, told, found.request_id, hint)
    return found
