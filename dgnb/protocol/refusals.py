"""Refusals of the service: the three shapes of an error body, read and written.

``legacy``  ``{"err_code", "err_msg", "request_id"}``: listen, speak, read, auth;
``modern``  ``{"category", "message", "details", "request_id"}``: account calls;
``text``    a bare sentence.
"""

from __future__ import annotations

from typing import Any

import msgspec

from dgnb import errors
from dgnb.protocol import models
from dgnb.protocol.options import nearest

HINTS = {
    301: "The service is elsewhere: check base_url.",
    302: "The service is elsewhere: check base_url.",
    307: "The service is elsewhere: check base_url.",
    308: "The service is elsewhere: check base_url.",
    400: "",
    401: "Check the key: it may be wrong, deleted, expired or lack a permission. "
    "Set DEEPGRAM_API_KEY, or use Deepgram(sandbox=True) to work without one.",
    402: "The project has no credit left; add some in the service's console.",
    403: "The key lacks a permission; use a key with the needed role or scope.",
    408: "The service waited too long for the audio; try again.",
    413: "The body is too large; send it in parts.",
    429: "Too many requests at the same time: the limit is on concurrency, so run fewer at once.",
    504: "The service ran out of time; split the audio into shorter files.",
}
"""What to do next, by status."""

CODE_HINTS = {
    "REMOTE_CONTENT_ERROR": "The service fetches the URL itself: it must be public. "
    "For a private file, pass its path instead.",
}
"""What to do next, by the service's code; goes before the status."""

_CLASSES: dict[int, type[errors.ApiError]] = {
    400: errors.BadRequest,
    401: errors.NotAllowed,
    402: errors.PaymentRequired,
    403: errors.NotAllowed,
    404: errors.NotFound,
    413: errors.BadRequest,
    415: errors.BadRequest,
    422: errors.BadRequest,
    429: errors.TooManyRequests,
}


NO_MODEL = "No such model/version combination found."
"""What the service says of a model, or a voice, that it does not have."""


def refusal(status: int, body: bytes, request_id: str = "", model: str = "") -> errors.ApiError:
    """Return the error that a refusing reply stands for, whichever shape its body has.

    Parameters
    ----------
    status : int
        HTTP status.
    body : bytes
        The reply's body.
    request_id : str
        From the header ``dg-request-id``; a body's own one goes before it.
    model : str
        The model or voice that was asked for: where there is none of this name, the nearest is told.

    Examples
    --------
    >>> refusal(404, b"UUID parsing failed")
    NotFound(404, '', 'UUID parsing failed', '', '')
    """
    fields = _fields(body)
    code = str(fields.get("err_code") or fields.get("error_code") or fields.get("category") or "")
    message = str(fields.get("err_msg") or fields.get("message") or "The service gave no reason.")
    if fields.get("details"):
        message += f" {fields['details']}"
    found = str(fields.get("request_id") or request_id)
    kind = _CLASSES.get(status, errors.ServerError if status >= 500 else errors.ApiError)
    hint = CODE_HINTS.get(code) or model_hint(message, model) or HINTS.get(status, "")
    return kind(status, code, message, found, hint)


def model_hint(message: str, model: str) -> str:
    """Return what to do about a model that the service does not have, or an empty string.

    Examples
    --------
    >>> model_hint("No such model/version combination found.", "nova3")
    "dgnb knows no model 'nova3'. Did you mean 'nova-3'? dg.models() lists those of the service."
    """
    if NO_MODEL not in message or not model or model in models.NAMES:
        return ""
    close = nearest(model, models.NAMES)
    return f"dgnb knows no model {model!r}.{close} dg.models() lists those of the service."


def _fields(body: bytes) -> dict[str, Any]:
    text = body.decode("utf-8", "replace").strip()
    try:
        content = msgspec.json.decode(text)
    except (msgspec.DecodeError, RecursionError):
        content = text
    if isinstance(content, dict):
        return content
    return {"message": str(content)[:500]} if content else {}


def legacy_body(code: str, message: str, request_id: str) -> dict[str, str]:
    """Return the error body of listen, speak, read and auth."""
    return {"err_code": code, "err_msg": message, "request_id": request_id}


def modern_body(category: str, message: str, details: str, request_id: str) -> dict[str, str]:
    """Return the error body of the account calls."""
    return {"category": category, "message": message, "details": details, "request_id": request_id}
