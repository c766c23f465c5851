"""Answers and refusals in the service's own form."""

from __future__ import annotations

from typing import Any

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from dgnb.protocol.refusals import legacy_body
from dgnb.results import to_wire


class RefusedError(Exception):
    """A request that is refused: HTTP status, the service's code, and its words."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(message)
        self.status, self.code, self.message = status, code, message


def bad_query(message: str) -> RefusedError:
    """A refusal of a query parameter."""
    return RefusedError(400, "INVALID_QUERY_PARAMETER", message)


def bad_request(message: str) -> RefusedError:
    """A refusal of what a request holds."""
    return RefusedError(400, "Bad Request", message)


def answer(content: Any) -> Response:
    """A result as JSON."""
    return Response(to_wire(content), media_type="application/json")


async def refuse(request: Request, error: Exception) -> Response:
    """A refusal as the legacy error body; anything unexpected is a 500 without details."""
    known = error if isinstance(error, RefusedError) else RefusedError(500, "INTERNAL", "The sandbox failed.")
    body = legacy_body(known.code, known.message, request.state.request_id)
    return Response(msgspec.json.encode(body), known.status, label(known.message), "application/json")


def label(text: str) -> dict[str, str]:
    """Return the header with a refusal's words; what a header cannot hold becomes a question mark."""
    kept = "".join(sign if sign.isprintable() else "?" for sign in text)
    return {"dg-error": kept.encode("ascii", "replace").decode()}
