"""A small HTTP server that keeps what it is sent, and answers or misbehaves as it is told."""

from __future__ import annotations

import hashlib
import json
import socket
import struct
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self
from urllib.parse import parse_qsl, urlsplit

PIECE = 1 << 16


@dataclass(frozen=True)
class Answer:
    """What the server does with one request.

    Parameters
    ----------
    take : int or None
        Bytes of the request's body that are read, all by default.
    cut : bool
        The connection is reset in place of an answer.
    hang : bool
        No answer comes for as long as the server runs.
    missing : int
        Bytes that are announced and never come.
    then : callable
        Called when the request has been read, before it is answered.
    """

    status: int = 200
    body: bytes = b"{}"
    headers: Mapping[str, str] = field(default_factory=dict)
    take: int | None = None
    cut: bool = False
    hang: bool = False
    missing: int = 0
    then: Callable[[], None] = lambda: None


def transcript(text: str = "hello", **headers: str) -> Answer:
    """An answer of ``/v1/listen`` with one channel."""
    alternative = {"transcript": text, "confidence": 0.5, "words": []}
    body = {"metadata": {"request_id": "r"}, "results": {"channels": [{"alternatives": [alternative]}]}}
    return Answer(body=json.dumps(body).encode(), headers=headers)


def refused(status: int, code: str = "SOME_CODE", **headers: str) -> Answer:
    """A refusal in the shape that ``/v1/listen`` uses."""
    body = {"err_code": code, "err_msg": "No.", "request_id": "r"}
    return Answer(status, json.dumps(body).encode(), headers)


@dataclass(frozen=True)
class Received:
    """A request as it came; `body` is kept only of small ones, `digest` of all."""

    method: str
    path: str
    query: list[tuple[str, str]]
    headers: dict[str, str]
    size: int
    digest: str
    body: bytes


class Server:
    """Answers each request with the next of its answers, and the last one again and again.

    Examples
    --------
    >>> with Server(refused(503), transcript()) as server:
    ...     print(server.requests)
    []
    """

    def __init__(self, *answers: Answer) -> None:
        self.answers = list(answers) or [transcript()]
        self.requests: list[Received] = []
        self.arrived = threading.Condition()
        self.ended = threading.Event()
        self._http = _Listener(self)
        self.url = f"http://127.0.0.1:{self._http.server_port}"

    def next(self, received: Received) -> Answer:
        with self.arrived:
            self.requests.append(received)
            self.arrived.notify_all()
            return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]

    def planned(self) -> Answer:
        return self.answers[0]

    def wait(self, count: int) -> None:
        """Return when `count` requests have come."""
        with self.arrived:
            assert self.arrived.wait_for(lambda: len(self.requests) >= count, 60), "no request came"

    def __enter__(self) -> Self:
        threading.Thread(target=self._http.serve_forever, args=(0.01,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self.ended.set()
        self._http.shutdown()
        self._http.close_connections()
        self._http.server_close()

    @property
    def digests(self) -> list[str]:
        return [request.digest for request in self.requests]


class _Listener(ThreadingHTTPServer):
    daemon_threads = False  # so that closing waits for the handlers

    def __init__(self, owner: Server) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.owner = owner
        self.open: set[socket.socket] = set()

    def process_request(self, request: Any, client_address: Any) -> None:
        self.open.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        self.open.discard(request)
        super().shutdown_request(request)

    def close_connections(self) -> None:
        for connection in list(self.open):
            try:
                connection.shutdown(socket.SHUT_RDWR)
            except OSError:
                continue

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that goes away is a part of many tests."""


class _Handler(BaseHTTPRequestHandler):
    server: _Listener
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True  # else the body waits 40 ms for the ACK of the headers

    def respond(self) -> None:
        owner = self.server.owner
        received = self.receive(owner.planned().take)
        answer = owner.next(received)
        answer.then()
        if answer.hang:
            owner.ended.wait()
        if answer.cut or answer.hang:
            self.reset()
        else:
            self.write(answer)

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = respond  # noqa: N815 - the base class asks for these

    def receive(self, take: int | None) -> Received:
        digest, kept, size = hashlib.sha256(), bytearray(), 0
        for piece in self.pieces():
            digest.update(piece)
            kept += piece if len(kept) < PIECE else b""
            size += len(piece)
            if take is not None and size >= take:
                break
        url = urlsplit(self.path)
        query = parse_qsl(url.query, keep_blank_values=True)
        headers = {name.lower(): value for name, value in self.headers.items()}
        return Received(self.command, url.path, query, headers, size, digest.hexdigest(), bytes(kept))

    def pieces(self) -> Iterator[bytes]:
        if self.headers.get("Transfer-Encoding") == "chunked":
            while length := int(self.rfile.readline(), 16):
                yield self.rfile.read(length)
                self.rfile.readline()
            self.rfile.readline()
            return
        left = int(self.headers.get("Content-Length", 0))
        while left and (piece := self.rfile.read(min(left, PIECE))):
            left -= len(piece)
            yield piece

    def write(self, answer: Answer) -> None:
        self.send_response(answer.status)
        for name, value in answer.headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.send_header("Content-Length", str(len(answer.body) + answer.missing))
        self.end_headers()
        self.wfile.write(answer.body)
        if answer.take is not None:
            self.drain()
        self.close_connection = self.close_connection or bool(answer.missing) or answer.take is not None

    def drain(self) -> None:
        """Read on after an early answer: an abrupt close would destroy it on its way."""
        self.connection.shutdown(socket.SHUT_WR)
        while self.rfile.read(PIECE):
            continue

    def reset(self) -> None:
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.close_connection = True

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the base class's name
        """Nothing is written to stderr."""
