"""Audio that reaches the sandbox: uploaded, or fetched from a URL."""

from __future__ import annotations

import asyncio
import hashlib
import tempfile
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from http.client import HTTPException
from typing import Any, Self
from urllib.error import URLError
from urllib.parse import urlsplit
from urllib.request import Request

import msgspec
from starlette import requests

from dgnb.sandbox.outgoing import send
from dgnb.sandbox.replies import RefusedError, bad_request

LARGEST = 2 << 30
"""Bytes of one recording; the service's documented limit."""

_IN_MEMORY = 8 << 20
_PIECE = 1 << 18


class Link(msgspec.Struct):
    """The body that names a recording instead of holding it."""

    url: str


@dataclass(frozen=True)
class Upload:
    """A recording's bytes, in memory or in a temporary file, and their SHA-256."""

    file: Any
    sha256: str


class _Receiver:
    """Takes a recording piece by piece."""

    def __init__(self) -> None:
        self.file = tempfile.SpooledTemporaryFile(_IN_MEMORY)  # noqa: SIM115 - lives as long as the upload
        self.digest = hashlib.sha256()
        self.size = 0

    def take(self, piece: bytes) -> None:
        self.size += len(piece)
        if self.size > LARGEST:
            raise RefusedError(413, "PAYLOAD_TOO_LARGE", "The recording is larger than 2 GB.")
        self.digest.update(piece)
        self.file.write(piece)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, error: object, *_: object) -> None:
        if error is not None:
            self.file.close()

    def upload(self) -> Upload:
        if not self.size:
            raise bad_request("Bad Request: failed to process audio: corrupt or unsupported data")
        self.file.seek(0)
        return Upload(self.file, self.digest.hexdigest())


async def receive(request: requests.Request) -> Upload:
    """Return the recording in a request's body, or behind the URL in it.

    Raises
    ------
    RefusedError
        It is empty or too large, the JSON is not ``{"url": ...}``, or the URL cannot be fetched.
    """
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind == "application/json":
        return await asyncio.to_thread(fetch, _url(await request.body()))
    with _Receiver() as receiver:
        async for piece in request.stream():
            receiver.take(piece)
        return receiver.upload()


def _url(body: bytes) -> str:
    try:
        return msgspec.json.decode(body, type=Link).url
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise bad_request(f'Bad Request: the JSON body is not {{"url": ...}}: {error}') from error


def fetch(url: str) -> Upload:
    """Return the recording behind an ``http(s)`` URL.

    Raises
    ------
    RefusedError
        The URL is not HTTP(S), or nothing comes from it.
    """
    _check(url)
    with _Receiver() as receiver:
        try:
            with send(Request(url)) as response:  # noqa: S310 - the scheme was checked
                _copy(response.read, receiver)
                if response.length:  # read() of a cut connection ends like any other
                    raise URLError("the download was cut short")
        except (URLError, OSError, ValueError, HTTPException) as error:
            reason = getattr(error, "reason", error)
            text = f"The remote server hosting the media returned an error or could not be reached: {reason}"
            raise RefusedError(400, "REMOTE_CONTENT_ERROR", text) from error
        return receiver.upload()


def _check(url: str) -> None:
    with suppress(ValueError):
        parts = urlsplit(url)
        if parts.scheme in ("http", "https") and parts.hostname and parts.port != 0:
            return
    raise RefusedError(400, "PAYLOAD_ERROR", "The URL is not an http or https URL.")


def _copy(read: Callable[[int], bytes], receiver: _Receiver) -> None:
    while piece := read(_PIECE):
        receiver.take(piece)
