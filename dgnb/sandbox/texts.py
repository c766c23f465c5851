"""Text that reaches the sandbox: in a request's body, or behind a URL in it."""

from __future__ import annotations

import asyncio

import msgspec
from starlette.requests import Request

from dgnb.sandbox.intake import fetch
from dgnb.sandbox.replies import RefusedError, bad_request


class Source(msgspec.Struct):
    """The JSON body: a text, or where one is."""

    text: str | None = None
    url: str | None = None


async def receive(request: Request, kinds: tuple[str, ...], longest: int) -> str:
    """Return the text of a request.

    Parameters
    ----------
    request : Request
    kinds : tuple of str
        Content types that are taken.
    longest : int
        Bytes that a body may have, and a text behind a URL.

    Raises
    ------
    RefusedError
        The body is of another type, too large, not UTF-8, unusable JSON, or not
        exactly one of text and URL; or the URL cannot be fetched.
    """
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind not in kinds:
        text = f"Content-Type must be {' or '.join(kinds)}, not '{kind}'."
        raise RefusedError(415, "UNSUPPORTED_MEDIA_TYPE", text)
    body = await _body(request, longest)
    if kind == "text/plain":
        return _decoded(body)
    source = _source(body)
    if source.url is None:
        return source.text or ""
    return _decoded(await asyncio.to_thread(_fetched, source.url, longest))


async def _body(request: Request, longest: int) -> bytes:
    body, size = bytearray(), 0
    async for piece in request.stream():
        # Read to its end whatever its size: a client that still sends would miss the refusal.
        size += len(piece)
        body += piece if size <= longest else b""
    _check_size(size, longest)
    return bytes(body)


def _check_size(size: int, longest: int) -> None:
    if size > longest:
        raise RefusedError(413, "PAYLOAD_TOO_LARGE", f"The body is larger than {longest / 1e6:g} MB.")


def _decoded(body: bytes) -> str:
    try:
        return body.decode()
    except UnicodeDecodeError as error:
        raise RefusedError(400, "PAYLOAD_ERROR", f"The text is not UTF-8: {error.reason}.") from error


def _source(body: bytes) -> Source:
    text = _decoded(body)
    try:
        source = msgspec.json.decode(text, type=Source)
    except (msgspec.DecodeError, RecursionError) as error:
        raise bad_request(f"Bad Request: the body is not usable JSON: {error}") from error
    if (source.text is None) == (source.url is None):
        raise RefusedError(400, "PAYLOAD_ERROR", 'Give exactly one of "text" and "url".')
    return source


def _fetched(url: str, longest: int) -> bytes:
    try:
        upload = fetch(url)
    except RefusedError as error:
        if error.code == "Bad Request":  # nothing came
            return b""
        raise
    with upload.file as file:
        body: bytes = file.read(longest + 1)
    _check_size(len(body), longest)
    return body
