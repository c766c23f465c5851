"""A page on loopback that records for somebody in this process, for hosts that keep the microphone away.

An address is made for one page, cannot be guessed, and is used up by the first browser that
connects; it is no use any more when nobody waits for it.
"""

from __future__ import annotations

import asyncio
import logging
import secrets
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from time import monotonic
from typing import Protocol

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route, WebSocketRoute
from starlette.websockets import WebSocket

ROOT = "/record/"
"""Where the pages are; no path of the service is below it."""

LIFE = 600.0
"""How long an address can be used [s]."""

REFUSED = 4404
"""Close of a connection to an address that is of no use."""

_PAGE = """<!doctype html>
<html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>Record for the notebook</title>
<style nonce="{nonce}">{style}</style>
<body><main><h1>Record for the notebook</h1><div id="widget"></div></main>
<script type="module" nonce="{nonce}">{script}</script>
"""

_GONE = """<!doctype html>
<html lang="en"><meta charset="utf-8"><title>No recording</title>
<p>This address was used before, or nobody waits for a recording any more.
Press Record in the notebook again to get a new one.
"""

_LOG = logging.getLogger(__name__)


class Guest(Protocol):
    """Who talks with a page. It is called on the server's loop, and so returns at once."""

    @property
    def waiting(self) -> bool:
        """Whether a page is still of use."""
        ...

    def arrived(self, send: Callable[[str], None]) -> None:
        """Note that the page has connected; `send` may be called from any thread."""
        ...

    def heard(self, frame: str | bytes) -> None:
        """Take a frame of the page's; ValueError, KeyError or TypeError when it is not understood."""
        ...

    def left(self) -> None:
        """Note that the page is gone."""
        ...


@dataclass(frozen=True)
class _Invitation:
    script: str
    style: str
    guest: Guest
    until: float

    @property
    def holds(self) -> bool:
        return self.guest.waiting and monotonic() < self.until


class Desk:
    """The addresses that were given out.

    Examples
    --------
    >>> Desk().find("a guess") is None
    True
    """

    def __init__(self) -> None:
        self._invitations: dict[str, _Invitation] = {}

    def invite(self, script: str, style: str, guest: Guest) -> str:
        """Return a new token for a page."""
        for token, old in list(self._invitations.items()):
            if not old.holds:
                self._invitations.pop(token, None)
        token = secrets.token_urlsafe(24)
        self._invitations[token] = _Invitation(script, style, guest, monotonic() + LIFE)
        return token

    def find(self, token: str) -> _Invitation | None:
        """Return what a token is good for; ``None`` when it is of no use."""
        found = self._invitations.get(token)
        return found if found is not None and found.holds else None

    def take(self, token: str) -> Guest | None:
        """Return the guest that a token leads to, and use the token up."""
        found = self.find(token)
        self._invitations.pop(token, None)
        return found.guest if found is not None else None


async def page(request: Request) -> Response:
    """Return the page; it may be loaded again until it has connected."""
    found = request.app.state.desk.find(request.path_params["token"])
    if found is None:
        return HTMLResponse(_GONE, 404, _headers("default-src 'none'"))
    nonce = secrets.token_urlsafe(16)
    policy = (
        f"default-src 'none'; script-src 'nonce-{nonce}' blob: data:; style-src 'nonce-{nonce}'; "
        f"connect-src ws://{request.url.netloc}; frame-ancestors 'none'; base-uri 'none'"
    )
    return HTMLResponse(
        _PAGE.format(nonce=nonce, style=found.style, script=found.script), headers=_headers(policy)
    )


def _headers(policy: str) -> dict[str, str]:
    return {
        "content-security-policy": policy,
        "cache-control": "no-store",
        "referrer-policy": "no-referrer",
        "x-content-type-options": "nosniff",
    }


async def talk(websocket: WebSocket) -> None:
    """Carry frames between the page and its guest."""
    await websocket.accept()
    own = websocket.headers.get("origin") == f"http://{websocket.url.netloc}"
    guest = websocket.app.state.desk.take(websocket.path_params["token"]) if own else None
    if guest is None:
        await websocket.close(REFUSED, "This address is of no use.")
        return
    telling: asyncio.Queue[str] = asyncio.Queue()
    loop = asyncio.get_running_loop()
    guest.arrived(lambda text: _post(loop, telling, text))
    sending = asyncio.ensure_future(_send(websocket, telling))
    try:
        await _hear(websocket, guest)
    finally:
        sending.cancel()
        await asyncio.gather(sending, return_exceptions=True)
        guest.left()


def _post(loop: asyncio.AbstractEventLoop, telling: asyncio.Queue[str], text: str) -> None:
    with suppress(RuntimeError):  # the loop is closed, also if that was a moment ago
        loop.call_soon_threadsafe(telling.put_nowait, text)


async def _send(websocket: WebSocket, telling: asyncio.Queue[str]) -> None:
    while True:
        await websocket.send_text(await telling.get())


async def _hear(websocket: WebSocket, guest: Guest) -> None:
    while (message := await websocket.receive())["type"] != "websocket.disconnect":
        text = message.get("text")
        try:
            guest.heard(message["bytes"] if text is None else text)
        except (ValueError, KeyError, TypeError):
            _LOG.warning("The recording page sent what is not understood.")
            await websocket.close(1007)
            return


def table() -> list[Route | WebSocketRoute]:
    """Return what the application's table of routes has of this."""
    return [Route(f"{ROOT}{{token}}", page, methods=["GET"]), WebSocketRoute(f"{ROOT}{{token}}/audio", talk)]
