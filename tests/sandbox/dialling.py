"""A plain WebSocket client for the sandbox's live connections."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlencode, urlsplit

from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect

WAIT = 120
"""How long a test waits for a frame before it fails [s]."""


class Call:
    """One connection: what is written to it, and what comes."""

    def __init__(self, connection: ClientConnection) -> None:
        self.raw = connection
        self.request_id = connection.response.headers["dg-request-id"]

    def say(self, kind: str, **fields: Any) -> None:
        self.raw.send(json.dumps({"type": kind, **fields}))

    def next(self) -> bytes | dict[str, Any]:
        frame = self.raw.recv(WAIT)
        return frame if isinstance(frame, bytes) else json.loads(frame)

    def until(self, kind: str) -> tuple[list[bytes], list[dict[str, Any]]]:
        """Audio and messages up to, and with, one of a kind."""
        audio, messages = [], []
        while not messages or messages[-1]["type"] != kind:
            frame = self.next()
            (audio if isinstance(frame, bytes) else messages).append(frame)
        return audio, messages

    def end(self) -> tuple[list[bytes], list[dict[str, Any]], tuple[int, str]]:
        """Audio and messages up to the close, and its code and reason; 1006 where there is none."""
        audio, messages = [], []
        try:
            while True:
                frame = self.next()
                (audio if isinstance(frame, bytes) else messages).append(frame)
        except ConnectionClosed as closed:
            return audio, messages, (closed.rcvd.code, closed.rcvd.reason) if closed.rcvd else (1006, "")


@contextmanager
def dial(url: str, path: str, *, buffer: int = 0, key: str = "any", **query: Any) -> Iterator[Call]:
    """A connection; `buffer` is how many bytes wait for a slow reader, as many as ever by default."""
    parts = urlsplit(url)
    own = socket.socket()
    if buffer:
        own.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, buffer)
    own.connect((parts.hostname, parts.port))
    target = f"{url.replace('http', 'ws', 1)}{path}?{urlencode(query, doseq=True)}"
    headers = {"Authorization": f"Token {key}"}
    with own, connect(target, additional_headers=headers, sock=own, open_timeout=WAIT) as connection:
        yield Call(connection)
