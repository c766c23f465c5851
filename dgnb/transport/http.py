"""Flows driven over HTTP: a blocking driver and its asynchronous twin."""

from __future__ import annotations

import asyncio
import time
from asyncio import AbstractEventLoop
from collections.abc import AsyncGenerator, Generator, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import (
    AbstractAsyncContextManager,
    AbstractContextManager,
    aclosing,
    closing,
    contextmanager,
    nullcontext,
    suppress,
)
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Any, TypeVar
from weakref import WeakKeyDictionary, finalize

import httpx

from dgnb.audio import Body
from dgnb.errors import ConnectionFailed, OptionError, ReplyError, TimedOut
from dgnb.operations import Flow, Reply, Request
from dgnb.protocol import limits
from dgnb.protocol.options import Query
from dgnb.protocol.routes import GRANT, TOKEN_PATHS, Hosts, Route
from dgnb.results import Token
from dgnb.transport.credentials import Credential
from dgnb.transport.gate import Gate, gate
from dgnb.transport.retry import Retry, Tries
from dgnb.transport.traces import bare

T = TypeVar("T")

SLICE = 1 << 17
"""Bytes that an asynchronous connection takes at a time.

Each slice must leave within the time limit, also when many uploads share a slow line.
"""

LANE = 6
"""Requests at the same time that one asynchronous client of httpx works on."""

_FINAL = (httpx.ReadTimeout, httpx.UnsupportedProtocol, httpx.LocalProtocolError, httpx.DecodingError)
"""Failures that are not tried again.

After a read time-out the service may still be at work, and would bill the same audio twice.
"""

Outcome = Reply | httpx.RequestError


@dataclass(frozen=True)
class Settings:
    """How to reach the service.

    Parameters
    ----------
    hosts : Hosts
    credential : Credential
    user_agent : str
    timeout : float
        To connect, and between two pieces of data [s]. What the service may take
        to answer is added by each operation.
    retry : Retry
    proxy : str or None
        URL of a proxy; ``None`` follows the environment.
    tokens : bool
        Whether audio and text are sent with short-lived tokens, and the key only to get these.
    places : int or None
        How many requests are worked on at the same time, where that is known and not to be found out.
    """

    hosts: Hosts
    credential: Credential
    user_agent: str
    timeout: float = 30.0
    retry: Retry = field(default_factory=Retry)
    proxy: str | None = field(default=None, repr=False)
    tokens: bool = False
    places: int | None = None


class _Authorization(httpx.Auth):
    """Adds the credential, or a token that it is used to get."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.requires_response_body = settings.tokens
        self._token, self._good_until = settings.credential, 0.0

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        if not (self.settings.tokens and request.url.path.endswith(TOKEN_PATHS)):
            yield from _signed(request, self.settings.credential)
            return
        if time.monotonic() > self._good_until:
            refused = yield from self._grant()
            if refused:
                return
        yield from _signed(request, self._token)

    def _grant(self) -> Generator[httpx.Request, httpx.Response, bool]:
        """Ask for a token; true when it is refused, and the refusal is then the answer."""
        request = httpx.Request(GRANT.method, self.settings.hosts.url(GRANT), json={})
        answer = yield from _signed(request, self.settings.credential)
        if answer.status_code >= 400:
            return True
        token = Token.from_json(answer.content)
        # Half of its life is kept back for clocks and for the way to the service.
        self._good_until = time.monotonic() + (token.expires_in or 0.0) / 2
        self._token = Credential("Bearer", token.access_token, "auth.grant")
        return False


def _signed(
    request: httpx.Request, credential: Credential
) -> Generator[httpx.Request, httpx.Response, httpx.Response]:
    """Send a request that holds the credential neither before nor after: an error keeps its request."""
    request.headers["Authorization"] = credential.header
    try:
        return (yield request)
    finally:
        del request.headers["Authorization"]


class _Link:
    """What both drivers know: settings into httpx's arguments, requests into httpx's requests."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings

    def arguments(self) -> dict[str, Any]:
        return {
            "auth": _Authorization(self.settings),
            "headers": {"User-Agent": self.settings.user_agent},
            "proxy": _proxy(self.settings.proxy),
            "trust_env": not on_loopback(self.settings.hosts),
        }

    def message(self, request: Request, content: Any) -> dict[str, Any]:
        headers = {"Content-Type": request.content_type} if request.content_type else {}
        length = request.body.length if isinstance(request.body, Body) else None
        if length is not None:
            headers["Content-Length"] = str(length)
        wait = self.settings.timeout
        return {
            "method": request.route.method,
            "url": self.settings.hosts.url(request.route),
            "params": list(request.query) or None,
            "headers": headers,
            "content": content,
            "timeout": httpx.Timeout(wait, read=wait + request.patience),
        }

    def room(self, request: Request) -> tuple[Gate, float] | None:
        """The gate that a request goes through, and how heavy it is; account calls go as they are."""
        if request.route not in limits.CONCURRENT:
            return None
        return self.gate(request.route), self.weight(request.route, request.query)

    def weight(self, route: Route, query: Query) -> float:
        """How heavy a request is; where the room is known, all are alike."""
        return 1.0 if self.settings.places is not None else limits.weight(route, query)

    def gate(self, route: Route) -> Gate:
        """The gate of all requests to a route in this name."""
        settings = self.settings
        return gate(settings.hosts.api, settings.credential.header, route.path, settings.places)

    def pause(self, tries: Tries, outcome: Outcome) -> float | None:
        if isinstance(outcome, Reply):
            return tries.pause(outcome.status, outcome.headers.get("retry-after", ""))
        found = tries.pause(None)
        return None if isinstance(outcome, _FINAL) else found

    def reply(self, outcome: Outcome, tries: Tries) -> Reply:
        if isinstance(outcome, Reply):
            return replace(outcome, attempts=tries.made)
        error = self.failure(outcome)
        error.attempts = tries.made
        raise error from outcome

    def failure(self, outcome: httpx.RequestError) -> ConnectionFailed | ReplyError:
        host = httpx.URL(self.settings.hosts.api).host
        if isinstance(outcome, httpx.TimeoutException):
            return TimedOut(f"{host} did not answer in time; Deepgram(timeout=...) waits longer.")
        if isinstance(outcome, httpx.DecodingError):
            return ReplyError(f"The reply of {host} cannot be decompressed: {outcome}")
        return ConnectionFailed(f"The connection to {host} failed: {outcome}")


class Channel(_Link):
    """The blocking driver. It works in any thread, also while an event loop runs in it."""

    def __init__(self, settings: Settings) -> None:
        super().__init__(settings)
        self._http = httpx.Client(**self.arguments())
        finalize(self, self._http.close)  # a channel that is dropped leaves no socket behind

    def run(self, flow: Flow[T]) -> T:
        """Return what a flow returns, sending what it yields."""
        try:
            request = next(flow)
            while True:
                request = flow.send(self._exchange(request))
        except StopIteration as stop:
            value: T = stop.value
            return value

    def _exchange(self, request: Request) -> Reply:
        tries = Tries(self.settings.retry)
        while True:
            outcome = self._let_in(request)
            pause = self.pause(tries, outcome)
            if pause is None:
                return self.reply(outcome, tries)
            time.sleep(pause)

    def _let_in(self, request: Request) -> Outcome:
        room = self.room(request)
        if room is None:
            return self._send(request)
        place, outcome = room[0].enter(room[1]), None
        try:
            outcome = self._send(request)
            return outcome
        finally:
            room[0].leave(place, _status(outcome))

    def _send(self, request: Request) -> Outcome:
        with _content(request.body) as content:
            message = self._http.build_request(**self.message(request, content))
            try:
                return _reply(self._http.send(message))
            except httpx.RequestError as error:
                return bare(error)

    def close(self) -> None:
        """Close all connections."""
        self._http.close()


class AsyncChannel(_Link):
    """The asynchronous driver. It works on any loop, also on one after another."""

    def __init__(self, settings: Settings) -> None:
        super().__init__(settings)
        # A connection can only be used on the loop that it was opened on.
        self._by_loop: WeakKeyDictionary[AbstractEventLoop, _Lanes] = WeakKeyDictionary()

    @property
    def _lanes(self) -> _Lanes:
        loop = asyncio.get_running_loop()
        if loop not in self._by_loop:
            self._by_loop[loop] = _Lanes(self.arguments())
        return self._by_loop[loop]

    async def run(self, flow: Flow[T]) -> T:
        """Return what a flow returns, sending what it yields."""
        step = await asyncio.to_thread(_step, flow)
        while isinstance(step, Request):
            step = await asyncio.to_thread(_step, flow, await self.exchange(step))
        value: T = step.value
        return value

    async def exchange(self, request: Request) -> Reply:
        """Return the reply to one request, after as many attempts as it takes.

        Raises
        ------
        ConnectionFailed
            There is none; `attempts` tells how many were made.
        """
        tries = Tries(self.settings.retry)
        while True:
            outcome = await self._let_in(request)
            pause = self.pause(tries, outcome)
            if pause is None:
                return self.reply(outcome, tries)
            await asyncio.sleep(pause)

    async def _let_in(self, request: Request) -> Outcome:
        room = self.room(request)
        if room is None:
            return await self._send(request)
        place, outcome = await room[0].entered(room[1]), None
        try:
            outcome = await self._send(request)
            return outcome
        finally:
            room[0].leave(place, _status(outcome))

    async def _send(self, request: Request) -> Outcome:
        async with _pieces(request.body) as content:
            with self._lanes.lane() as http:
                message = http.build_request(**self.message(request, content))
                try:
                    return _reply(await http.send(message))
                except httpx.RequestError as error:
                    return bare(error)

    async def close(self) -> None:
        """Close all connections of the running loop."""
        lanes = self._by_loop.pop(asyncio.get_running_loop(), None)
        if lanes is not None:
            await lanes.close()


class _Lanes:
    """Several clients of httpx with few connections each.

    For every request httpx goes through all the connections that a client has: with fifty at work
    that takes three times as long as the request itself.
    """

    def __init__(self, arguments: dict[str, Any]) -> None:
        limits = httpx.Limits(max_connections=None, max_keepalive_connections=None)
        self._arguments = {**arguments, "limits": limits}
        self._lanes: list[_Lane] = []

    @contextmanager
    def lane(self) -> Iterator[httpx.AsyncClient]:
        """Give the first client that is not fully at work."""
        lane = next((lane for lane in self._lanes if lane.busy < LANE), None)
        if lane is None:
            lane = _Lane(self._made())
            self._lanes.append(lane)
        lane.busy += 1
        try:
            yield lane.http
        finally:
            lane.busy -= 1

    def _made(self) -> httpx.AsyncClient:
        return httpx.AsyncClient(verify=_certificates(self._arguments["trust_env"]), **self._arguments)

    async def close(self) -> None:
        """Close all of them."""
        for lane in self._lanes:
            await lane.http.aclose()


@cache
def _certificates(trust_env: bool) -> Any:
    """Those that are trusted, loaded once: that takes longer than many requests."""
    return httpx.create_ssl_context(trust_env=trust_env)


@dataclass
class _Lane:
    """A client, and how many requests it is at work on."""

    http: httpx.AsyncClient
    busy: int = 0


def _step(flow: Flow[T], reply: Reply | None = None) -> Request | StopIteration:
    """A flow's next request; made in a thread, since it looks at the audio and reads the answer.

    A future cannot carry ``StopIteration`` as an exception, so it is returned.
    """
    try:
        return next(flow) if reply is None else flow.send(reply)
    except StopIteration as stop:
        return stop


def _content(body: Body | bytes) -> AbstractContextManager[Any]:
    """What httpx is given. A source is let go of at once, also when the upload is cut short.

    Otherwise a cut upload would set the caller's stream back while the next one reads it.
    """
    return nullcontext(body) if isinstance(body, bytes) else closing(body.chunks())


def _pieces(body: Body | bytes) -> AbstractAsyncContextManager[Any]:
    """The same for the asynchronous client."""
    return nullcontext(body) if isinstance(body, bytes) else aclosing(_read(body))


async def _read(body: Body) -> AsyncGenerator[bytes, None]:
    """A body's pieces, read in a thread: a slow disk must not hold up the event loop."""
    chunks = body.chunks()
    loop = asyncio.get_running_loop()
    # One thread, so that a cancelled upload closes its source after the last read, not during it.
    with ThreadPoolExecutor(max_workers=1) as thread:
        try:
            while piece := await loop.run_in_executor(thread, next, chunks, b""):
                for start in range(0, len(piece), SLICE):
                    yield piece[start : start + SLICE]
        finally:
            await loop.run_in_executor(thread, chunks.close)


def _proxy(url: str | None) -> httpx.Proxy | None:
    with suppress(ValueError, httpx.InvalidURL):
        return None if url is None else httpx.Proxy(url)
    # It is not quoted, nor is the cause kept: the URL may hold a password.
    raise OptionError("proxy starts with http://, https:// or socks5://.", "proxy")


def _status(outcome: Outcome | None) -> int | None:
    return outcome.status if isinstance(outcome, Reply) else None


def _reply(response: httpx.Response) -> Reply:
    model = "" if response.is_success else response.url.params.get("model", "")
    return Reply(response.status_code, response.content, dict(response.headers), model=model)


def on_loopback(hosts: Hosts) -> bool:
    """Whether the service is on this machine, where a proxy from the environment does not lead."""
    return httpx.URL(hosts.api).host in ("127.0.0.1", "localhost", "::1")


def download(url: str) -> Iterator[bytes]:
    """Give what stands at an ``http(s)`` URL, piece by piece; no credential goes there.

    Raises
    ------
    ConnectionFailed
        It cannot be reached, or answers with an error.
    """
    try:
        with httpx.stream("GET", url, follow_redirects=True, timeout=30.0) as response:
            if not response.is_success:
                # httpx would tell the whole URL, which may be signed.
                told = f"{response.status_code} {response.reason_phrase}"
                raise ConnectionFailed(f"The audio at the URL cannot be fetched: {told}")
            yield from response.iter_bytes()
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise ConnectionFailed(f"The audio at the URL cannot be fetched: {error}") from error
