"""A receiver on this machine for results that are delivered to a callback.

>>> from dgnb import Deepgram, callbacks
>>> import numpy as np
>>> with callbacks.receive() as receiver, Deepgram(sandbox=True) as dg:
...     job = dg.listen.submit((np.zeros(8000), 16000), callback=receiver.url)
...     call = receiver.wait(job.request_id, timeout=60)
>>> call.duration
0.5
"""

from __future__ import annotations

import secrets
import threading
import time
from email.message import Message
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self

import msgspec

from dgnb.errors import ReplyError, TimedOut
from dgnb.protocol.refusals import refusal
from dgnb.results import Reading, Result, Speech, Transcript

HOST = "127.0.0.1"

Delivered = Result | Speech | Exception
"""What arrives: a transcript, a reading, speech, or why a job failed."""


class _Metadata(msgspec.Struct):
    request_id: str | None = None
    duration: float | None = None
    metadata: _Metadata | None = None


class _Delivery(msgspec.Struct):
    """As much of a delivered reply as tells what it is."""

    metadata: _Metadata | None = None
    request_id: str | None = None
    err_code: str | None = None

    @property
    def about(self) -> str:
        """The request's id."""
        inner = self.metadata.metadata or self.metadata if self.metadata else None
        return self.request_id or (inner.request_id if inner else None) or ""

    @property
    def kind(self) -> type[Result]:
        """What it holds: only a transcript has a duration."""
        heard = self.metadata is not None and self.metadata.duration is not None
        return Transcript if heard else Reading


class Receiver:
    """A running receiver; `url` goes into ``callback=``, `wait` gives what arrives.

    Its URL holds a secret, so that no other page or program can deliver to it.
    """

    def __init__(self, port: int = 0) -> None:
        self._path = f"/{secrets.token_urlsafe(16)}"
        self._arrived = threading.Condition()
        self._results: dict[str, Delivered] = {}
        self._server = ThreadingHTTPServer((HOST, port), self._handler())
        self._thread = threading.Thread(target=self._server.serve_forever, name="dgnb-callbacks", daemon=True)
        self._thread.start()

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                taken = secrets.compare_digest(self.path, receiver._path)
                size = int(self.headers.get("Content-Length", 0))
                taken = taken and receiver._take(self.rfile.read(size), self.headers)
                self.send_response(200 if taken else 404)
                self.send_header("Content-Length", "0")
                self.end_headers()

            do_PUT = do_POST  # noqa: N815 - named by the verb

            def log_message(self, *_: Any) -> None:
                """Keep silent: the path is a secret."""

        return Handler

    def _take(self, body: bytes, headers: Message) -> bool:
        """Keep a delivery; false when it is not a result."""
        kind = headers.get("Content-Type", "")
        if kind.startswith("audio/"):
            about = headers.get("dg-request-id", "")
            return self._keep(about, _speech(body, kind, headers))
        try:
            delivery = msgspec.json.decode(body, type=_Delivery)
            failed = delivery.err_code is not None
            return self._keep(delivery.about, refusal(400, body) if failed else delivery.kind.from_json(body))
        except (msgspec.DecodeError, ReplyError):
            return False

    def _keep(self, request_id: str, result: Delivered) -> bool:
        with self._arrived:
            self._results[request_id] = result
            self._arrived.notify_all()
        return True

    @property
    def url(self) -> str:
        """Where results are to be delivered; for a service on this machine only."""
        return f"http://{HOST}:{self._server.server_port}{self._path}"

    @property
    def results(self) -> dict[str, Delivered]:
        """What has arrived so far, by request id; a failed job is an error."""
        with self._arrived:
            return dict(self._results)

    def wait(self, request_id: str, timeout: float | None = None) -> Any:
        """Return the result of a request when it has arrived.

        Parameters
        ----------
        request_id : str
            As `submit` returned it.
        timeout : float, optional
            The longest to wait [s].

        Raises
        ------
        TimedOut
            Nothing has arrived in time.
        ApiError
            The job failed.
        """
        end = None if timeout is None else time.monotonic() + timeout
        with self._arrived:
            while request_id not in self._results:
                left = None if end is None else end - time.monotonic()
                if left is not None and left <= 0:
                    raise TimedOut(f"No result of request {request_id} has arrived within {timeout:g} s.")
                # In slices, so that an interrupt is heard.
                self._arrived.wait(0.2 if left is None else min(left, 0.2))
            result = self._results[request_id]
        if isinstance(result, Exception):
            raise result
        return result

    def close(self) -> None:
        """Stop receiving; what has arrived stays."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"<receiver with {len(self.results)} results>"


def _speech(body: bytes, kind: str, headers: Message) -> Speech:
    return Speech(
        body,
        kind,
        text="",
        model=headers.get("dg-model-name", ""),
        characters=int(headers.get("dg-char-count", 0)),
        request_ids=(headers.get("dg-request-id", ""),),
        model_uuid=headers.get("dg-model-uuid", ""),
    )


def receive(port: int = 0) -> Receiver:
    """Return a receiver of callbacks on 127.0.0.1, running in the background.

    Parameters
    ----------
    port : int, default 0
        0 takes a free one.
    """
    return Receiver(port)
