"""The sandbox as an ASGI application."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from uuid import uuid4

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from dgnb.protocol import routes
from dgnb.sandbox import listening
from dgnb.sandbox.engines.workers import Workers
from dgnb.sandbox.replies import RefusedError, refuse

SCHEMES = ("token", "bearer")
"""Forms of ``Authorization`` that are taken, in any case of letters."""


def app() -> Starlette:
    """Return the sandbox as an ASGI application.

    Its workers start with the first recording and end with the application's lifespan.

    Examples
    --------
    >>> [route.path for route in app().routes]
    ['/v1/listen']
    """
    return Starlette(
        routes=[Route(routes.LISTEN.path, listening.listen, methods=[routes.LISTEN.method])],
        middleware=[Middleware(_Front)],
        exception_handlers={RefusedError: refuse, HTTPException: _no_route, Exception: refuse},
        lifespan=_lifespan,
    )


@asynccontextmanager
async def _lifespan(application: Starlette) -> AsyncIterator[None]:
    application.state.workers = Workers()
    application.state.jobs = listening.Jobs()
    try:
        yield
    finally:
        await application.state.jobs.close()
        await application.state.workers.close()


class _Front:
    """Names every request, labels every answer, and asks for a credential."""

    def __init__(self, inner: ASGIApp) -> None:
        self.inner = inner

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return await self.inner(scope, receive, send)
        request_id = str(uuid4())
        scope.setdefault("state", {})["request_id"] = request_id

        async def label(message: Message) -> None:
            if message["type"] == "http.response.start":
                names = ((b"dg-request-id", request_id.encode()), (b"server", b"dgnb sandbox"))
                message["headers"] = [*message["headers"], *names]
            await send(message)

        if _credential(Request(scope)):
            return await self.inner(scope, receive, label)
        error = RefusedError(401, "INVALID_AUTH", "Invalid credentials.")
        response = await refuse(Request(scope), error)
        return await response(scope, receive, label)


def _credential(request: Request) -> str:
    """The key or token of a request, empty without one."""
    scheme, _, secret = request.headers.get("authorization", "").partition(" ")
    return secret.strip() if scheme.lower() in SCHEMES else ""


async def _no_route(request: Request, error: Exception) -> object:
    status = error.status_code if isinstance(error, HTTPException) else 404
    words = {404: "The sandbox does not answer this path.", 405: "The path takes another method."}
    return await refuse(request, RefusedError(status, "Not Found", words.get(status, str(error))))
