"""Results that are delivered to a callback."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from typing import Any
from urllib.parse import urlsplit
from urllib.request import Request

from starlette import requests
from starlette.responses import Response

from dgnb.results import Accepted
from dgnb.sandbox.outgoing import LOCAL, send
from dgnb.sandbox.replies import answer, bad_query

PORTS = (80, 443, 8080, 8443)
"""Ports that a callback may have, as documented; on this machine any port will do."""

ATTEMPTS, PAUSE = 10, 30.0
"""How often a delivery that was not taken is tried again, and the pause between [s], as documented."""


def check(url: str) -> None:
    """Raise `RefusedError` when a callback's URL is not one that the service takes."""
    if not _reachable(url):
        raise bad_query(f"Invalid callback URL: http(s) on port {', '.join(map(str, PORTS))}.")


def _reachable(url: str) -> bool:
    try:
        parts = urlsplit(url)
        port = parts.port or {"http": 80, "https": 443}.get(parts.scheme, 0)
    except ValueError:
        return False
    local = parts.hostname in LOCAL
    return parts.scheme in ("http", "https") and bool(parts.hostname) and (local or port in PORTS)


class Jobs:
    """Deliveries under way. They end with the server."""

    def __init__(self) -> None:
        self._tasks: set[asyncio.Task[None]] = set()

    def start(
        self,
        asked: requests.Request,
        options: Mapping[str, Any],
        work: Callable[[], Awaitable[bytes]],
        kind: str = "application/json",
        about: Mapping[str, str] | None = None,
    ) -> Response:
        """Do `work` in the background, deliver what it gives, and return the receipt.

        Parameters
        ----------
        asked : Request
            It names the key and the request.
        options : mapping
            With the callback's URL and verb.
        work : callable
            Makes the body to deliver.
        kind : str
            Its content type.
        about : mapping, optional
            Headers that tell of the body.
        """
        request_id = asked.state.request_id
        headers = {"Content-Type": kind, "dg-token": asked.state.caller.key, "dg-request-id": request_id}
        headers |= about or {}
        method = options.get("callback_method", "POST")
        self._begin(_deliver(options["callback"], method, headers, work))
        return answer(Accepted(request_id=request_id))

    def line(self, request_id: str, key: str, options: Mapping[str, Any]) -> asyncio.Queue[bytes | None]:
        """Return where messages are put that are delivered one by one, in order; ``None`` is the last.

        Parameters
        ----------
        request_id, key : str
            The connection's.
        options : mapping
            With the callback's URL and verb.
        """
        headers = {"Content-Type": "application/json", "dg-token": key, "dg-request-id": request_id}
        line: asyncio.Queue[bytes | None] = asyncio.Queue()

        async def deliver() -> None:
            while (body := await line.get()) is not None:
                await _delivered(options["callback"], options.get("callback_method", "POST"), headers, body)

        self._begin(deliver())
        return line

    def _begin(self, delivery: Coroutine[Any, Any, None]) -> None:
        task = asyncio.get_running_loop().create_task(delivery)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def close(self) -> None:
        """Give up what is not delivered yet."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)


async def _deliver(
    url: str, method: str, headers: dict[str, str], work: Callable[[], Awaitable[bytes]]
) -> None:
    await _delivered(url, method, headers, await work())


async def _delivered(url: str, method: str, headers: dict[str, str], body: bytes) -> None:
    for _ in range(ATTEMPTS + 1):
        if await asyncio.to_thread(_taken, url, method, headers, body):
            return
        await asyncio.sleep(PAUSE)


def _taken(url: str, method: str, headers: dict[str, str], body: bytes) -> bool:
    """Whether the receiver answered with a 2xx status."""
    request = Request(url, body, headers, method=method)  # noqa: S310 - the scheme was checked
    try:
        with send(request) as response:
            return bool(200 <= response.status < 300)
    except OSError:
        return False
