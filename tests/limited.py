"""A service of fixed latency that takes so many requests at a time and refuses the others.

``python -m tests.limited '{"latency": 0.05, "limit": 20}'`` prints its port. ``GET /told`` tells what it
has seen; a transcript's text is the digest of the audio.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from functools import partial
from typing import Any
from urllib.request import urlopen


@dataclass(frozen=True)
class Terms:
    """How it works.

    Parameters
    ----------
    latency : float
        Between the end of a request and its answer [s].
    limit : int
        Requests at the same time; more are refused (429).
    status : int
        If not 200, what everything is answered with after the first `good` answers.
    good : int
    retry_after : str
        What is added to a refusal.
    refusals : int
        Nothing is answered until so many were refused, however slowly they come.
    port : int
    """

    latency: float = 0.0
    limit: int = 1_000_000
    status: int = 200
    good: int = 0
    retry_after: str = ""
    refusals: int = 0
    port: int = 0


class Service:
    """What all connections share."""

    def __init__(self, terms: Terms) -> None:
        self.terms = terms
        self.busy = self.most = self.refused = 0
        self.served: Counter[str] = Counter()
        self._held: list[Callable[[], None]] = []

    def answer(self, done: Callable[[], None]) -> None:
        """Answer a request in its time."""
        self._held.append(done)
        self._go_on()

    def refuse(self) -> None:
        """Note a refusal, which others may wait for."""
        self.refused += 1
        self._go_on()

    def _go_on(self) -> None:
        while self._held and self.refused >= self.terms.refusals:
            asyncio.get_running_loop().call_later(self.terms.latency, self._held.pop())

    def told(self) -> bytes:
        return json.dumps({"most": self.most, "refused": self.refused, "served": self.served}).encode()


def refusal(body: bytes) -> tuple[str, str] | None:
    """Why audio is refused: it is cut off, or stands at a URL where there is none."""
    if body.startswith(b"{"):
        return ("REMOTE_CONTENT_ERROR", "404") if b"missing" in body else None
    if body[:4] == b"RIFF" and len(body) < 8 + int.from_bytes(body[4:8], "little"):
        return "Bad Request", "Bad Request: failed to process audio"
    return None


class Connection(asyncio.Protocol):
    """One connection, kept open."""

    def __init__(self, service: Service) -> None:
        self.service, self.data = service, bytearray()

    def connection_made(self, transport: Any) -> None:
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        self.data += data
        while (end := self.data.find(b"\r\n\r\n")) >= 0:
            head = bytes(self.data[:end]).lower()
            length = int(head.partition(b"content-length:")[2].split(b"\r\n")[0] or 0)
            if len(self.data) < end + 4 + length:
                return
            body = bytes(self.data[end + 4 : end + 4 + length])
            del self.data[: end + 4 + length]
            self.asked(head, body)

    def asked(self, head: bytes, body: bytes) -> None:
        service = self.service
        if head.startswith(b"get /told"):
            self.write(200, service.told())
        elif service.terms.status != 200 and service.served.total() >= service.terms.good:
            self.write(service.terms.status, b'{"err_code": "NO", "err_msg": "No."}')
        elif service.busy >= service.terms.limit:
            service.refuse()
            self.write(429, b'{"err_code": "TOO_MANY_REQUESTS", "err_msg": "No."}', service.terms.retry_after)
        elif (wrong := refusal(body)) is not None:
            self.write(400, json.dumps({"err_code": wrong[0], "err_msg": wrong[1]}).encode())
        else:
            service.busy += 1
            service.most = max(service.most, service.busy)
            digest = hashlib.sha256(body).hexdigest()
            service.served[digest] += 1
            service.answer(partial(self.done, digest))

    def done(self, digest: str) -> None:
        self.service.busy -= 1
        alternative = {"transcript": digest, "confidence": 0.5, "words": []}
        about = {"request_id": digest[:8], "duration": 1.0, "channels": 1}
        reply = {"metadata": about, "results": {"channels": [{"alternatives": [alternative]}]}}
        self.write(200, json.dumps(reply).encode())

    def write(self, status: int, body: bytes, retry_after: str = "") -> None:
        if self.transport.is_closing():
            return
        more = f"Retry-After: {retry_after}\r\n" if retry_after else ""
        head = f"HTTP/1.1 {status} X\r\nContent-Type: application/json\r\n{more}Content-Length: {len(body)}"
        self.transport.write(head.encode() + b"\r\n\r\n" + body)


async def serve(terms: Terms) -> None:
    """Serve until standard input ends."""
    service = Service(terms)
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: Connection(service), "127.0.0.1", terms.port)
    print(server.sockets[0].getsockname()[1], flush=True)  # noqa: T201 - for who has started it
    await loop.run_in_executor(None, sys.stdin.read)


@contextmanager
def limited(**terms: Any) -> Iterator[str]:
    """Run it in a process of its own; its URL."""
    command = [sys.executable, "-m", "tests.limited", json.dumps(asdict(Terms(**terms)))]
    pipes: dict[str, Any] = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    with subprocess.Popen(command, **pipes) as process:
        assert process.stdout is not None
        yield f"http://127.0.0.1:{process.stdout.readline().strip()}"
        process.kill()


def told(url: str) -> dict[str, Any]:
    """What it has seen: ``most`` at a time, how often it ``refused``, and what it ``served`` by digest."""
    with urlopen(f"{url}/told") as reply:
        found: dict[str, Any] = json.load(reply)
        return found


if __name__ == "__main__":
    asyncio.run(serve(Terms(**json.loads(sys.argv[1]))))
