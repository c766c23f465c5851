"""Answers and refusals in the service's own form."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Mapping
from typing import Any, TypeVar

import msgspec
from starlette.requests import HTTPConnection, Request
from starlette.responses import Response

from dgnb.protocol.refusals import legacy_body
from dgnb.results import to_wire

T = TypeVar("T")


class RefusedError(Exception):
    """A request that is refused: HTTP status, the service's code, its words, and further headers."""

    def __init__(
        self, status: int, code: str, message: str, headers: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(message)
        self.status, self.code, self.message, self.headers = status, code, message, dict(headers or {})


def bad_query(message: str) -> RefusedError:
    """A refusal of a query parameter."""
    return RefusedError(400, "INVALID_QUERY_PARAMETER", message)


def bad_request(message: str) -> RefusedError:
    """A refusal of what a request holds."""
    return RefusedError(400, "Bad Request", message)


def answer(content: Any) -> Response:
    """A result as JSON."""
    return Response(to_wire(content), media_type="application/json")


async def refuse(request: HTTPConnection, error: Exception) -> Response:
    """A refusal as the legacy error body; anything unexpected is a 500 without details."""
    known = error if isinstance(error, RefusedError) else RefusedError(500, "INTERNAL", "The sandbox failed.")
    body = legacy_body(known.code, known.message, request.state.request_id)
    headers = label(known.message) | known.headers
    return Response(msgspec.json.encode(body), known.status, headers, "application/json")


def label(text: str) -> dict[str, str]:
    """Return the header with a refusal's words; what a header cannot hold becomes a question mark."""
    kept = "".join(sign if sign.isprintable() else "?" for sign in text)
    return {"dg-error": kept.encode("ascii", "replace").decode()}


async def attended(request: Request, work: Coroutine[Any, Any, T]) -> T:
    """Return what `work` gives; it is cancelled when its caller has gone.

    Raises
    ------
    RefusedError
        The caller has gone; the status is seen in the log only.
    """
    task, gone = asyncio.ensure_future(work), asyncio.ensure_future(_gone(request))
    try:
        await asyncio.wait((task, gone), return_when=asyncio.FIRST_COMPLETED)
        if not task.done():
            raise RefusedError(499, "CLIENT_CLOSED_REQUEST", "The caller has gone.")
        return task.result()
    finally:
        gone.cancel()
        task.cancel()
        await asyncio.gather(task, gone, return_exceptions=True)


async def _gone(request: Request) -> None:
    while (await request.receive())["type"] != "http.disconnect":
        pass
