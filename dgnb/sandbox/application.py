"""The sandbox as an ASGI application."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from urllib.parse import urlsplit
from uuid import uuid4

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import HTTPConnection, Request
from starlette.responses import Response
from starlette.routing import Route, WebSocketRoute
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from dgnb.protocol import limits, routes
from dgnb.sandbox import (
    access,
    account,
    failing,
    fluxlistening,
    fluxspeaking,
    ledger,
    listening,
    livelistening,
    livespeaking,
    reading,
    recording,
    speaking,
)
from dgnb.sandbox.agent.opening import serve as converse
from dgnb.sandbox.calls import BadIdError, BadJsonError, refuse_id, refuse_json
from dgnb.sandbox.engines.workers import Workers
from dgnb.sandbox.faults import Faults
from dgnb.sandbox.jobs import Jobs
from dgnb.sandbox.outgoing import LOCAL
from dgnb.sandbox.replies import RefusedError, refuse
from dgnb.sandbox.sockets import endpoint
from dgnb.sandbox.store import Store

_WORK = (
    (routes.LISTEN, listening.listen),
    (routes.READ, reading.read),
    (routes.SPEAK, speaking.speak),
    (routes.SPEAK_FLUX, speaking.speak_flux),
)

_LIVE = (
    (routes.LISTEN_LIVE, livelistening.serve),
    (routes.FLUX_LIVE, fluxlistening.serve),
    (routes.SPEAK_LIVE, livespeaking.serve),
    (routes.FLUX_SPEAK_LIVE, fluxspeaking.serve),
    (routes.AGENT_LIVE, converse),
)

_REFUSALS = {BadJsonError: refuse_json, BadIdError: refuse_id, RefusedError: refuse, Exception: refuse}


def app(
    store: Store | str | Path | None = None, *, faults: str = "", rate: float | None = limits.RATE
) -> Starlette:
    """Return the sandbox as an ASGI application.

    Its workers start with the first recording and end with the application's lifespan.

    Parameters
    ----------
    store : Store, str or Path, optional
        What it remembers, or the file to keep it in; in memory by default. A
        store that is given stays open, any other is closed at the end.
    faults : str, optional
        A script of what is to go wrong, see `dgnb.sandbox.faults`.
    rate : float or None
        At how many times real time a listening connection takes audio; ``None`` for as fast as it
        can be worked on.

    Raises
    ------
    OptionError
        The file is not a sandbox's store, or the script has a step that there is not.

    Examples
    --------
    >>> [route.path for route in app().routes][:2]
    ['/v1/listen', '/v1/read']
    """
    script = Faults(faults)
    work = [Route(route.path, respond, methods=[route.method]) for route, respond in _WORK]
    live = [WebSocketRoute(route.path, endpoint(serve)) for route, serve in _LIVE]
    application = Starlette(
        routes=[*work, *live, *account.table(), *recording.table()],
        # A page of another site must not reach it under a name that was pointed at this machine.
        middleware=[Middleware(TrustedHostMiddleware, allowed_hosts=LOCAL), Middleware(_Front)],
        exception_handlers={HTTPException: _no_route, **_REFUSALS},
        lifespan=_lifespan,
    )
    application.state.faults = script
    application.state.desk = recording.Desk()
    application.state.rate = rate
    application.state.given = isinstance(store, Store)
    application.state.store = store if isinstance(store, Store) else Store(store)
    return application


@asynccontextmanager
async def _lifespan(application: Starlette) -> AsyncIterator[None]:
    application.state.workers = Workers()
    application.state.jobs = Jobs()
    try:
        yield
    finally:
        await application.state.jobs.close()
        await application.state.workers.close()
        if not application.state.given:
            application.state.store.close()


_OPENINGS = ("http.response.start", "websocket.accept", "websocket.http.response.start")
_BODIES = ("http.response.body", "websocket.http.response.body")


class _Visit:
    """One exchange: it labels the answer, keeps its status, and is booked before the answer is complete.

    Whoever has the answer can therefore already find it in the log and in the balance.
    """

    def __init__(self, scope: Scope, send: Send) -> None:
        self.request_id = str(uuid4())
        self.status = 500
        self.booking: Callable[[], None] | None = None
        self._send = send
        scope.setdefault("state", {})["request_id"] = self.request_id

    async def send(self, message: Message) -> None:
        kind = message["type"]
        if kind in _OPENINGS:
            self.status = message.get("status", 200)
            names = ((b"dg-request-id", self.request_id.encode()), (b"server", b"dgnb sandbox"))
            message["headers"] = [*message.get("headers", ()), *names]
        elif kind == "websocket.close" or (kind in _BODIES and not message.get("more_body", False)):
            self.end()
        await self._send(message)

    def end(self) -> None:
        """Book the exchange, once."""
        booking, self.booking = self.booking, None
        if booking:
            booking()


class _Front:
    """Names every request, labels every answer, asks for a credential, and keeps the book of requests."""

    def __init__(self, inner: ASGIApp) -> None:
        self.inner = inner

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket"):
            return await self.inner(scope, receive, send)
        visit, request = _Visit(scope, send), HTTPConnection(scope)
        try:
            _admit(request)
            _book(request, visit)
            if visit.booking is None:
                return await self.inner(scope, receive, visit.send)
            await failing.through(self.inner, scope, receive, visit.send, request.app.state.faults)
        except RefusedError as error:
            response = await refuse(request, error)
            await response(scope, receive, visit.send)
        finally:
            visit.end()


def _book(request: HTTPConnection, visit: _Visit) -> None:
    """Book a request for work, which needs a permission and credit; any other is free."""
    url, live = request.url, request.scope["type"] == "websocket"
    endpoint = (
        ledger.LIVE_ENDPOINTS.get(url.path)
        if live
        else ledger.ENDPOINTS.get((request.scope["method"], url.path))
    )
    if endpoint is None:
        return
    store, caller = request.app.state.store, request.state.caller
    caller.need("usage:write")
    path = f"{url.path}?{url.query}" if url.query else url.path
    query = request.query_params.multi_items()
    method = "streaming" if live else ""
    ledger.begin(store, caller, ledger.Asked(visit.request_id, endpoint, path, query, method))

    def booking() -> None:
        ledger.finish(store, visit.request_id, visit.status, getattr(request.state, "used", None))

    visit.booking = booking
    ledger.need_credit(store, caller.project)


def _admit(request: HTTPConnection) -> None:
    """Find out who calls; a few paths are open to all."""
    path = request.url.path
    if request.scope["type"] == "websocket":
        _check_origin(request.headers.get("origin"))
    if path != routes.MODELS.path and not path.startswith((f"{routes.MODELS.path}/", recording.ROOT)):
        request.state.caller = access.identify(request.app.state.store, request.headers)


def _check_origin(origin: str | None) -> None:
    """Refuse a page of another site: a browser lets it open sockets anywhere, and read from them."""
    if origin is not None and urlsplit(origin).hostname not in LOCAL:
        raise RefusedError(403, "FORBIDDEN", "Pages of other sites may not connect.")


async def _no_route(request: Request, error: Exception) -> Response:
    status = error.status_code if isinstance(error, HTTPException) else 404
    words = {404: "The sandbox does not answer this path.", 405: "The path takes another method."}
    return await refuse(request, RefusedError(status, "Not Found", words.get(status, str(error))))
