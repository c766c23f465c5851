"""The page that records for somebody in this process."""

from __future__ import annotations

import json
import queue
import re
from collections.abc import Callable
from urllib.parse import urlsplit

import httpx
import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import ClientConnection, connect

from dgnb.sandbox import Server, recording
from dgnb.sandbox.recording import REFUSED, ROOT
from tests.sandbox.dialling import WAIT


class Visitor:
    """Keeps what it is told, and greets."""

    def __init__(self) -> None:
        self.waiting = True
        self.heard_of: queue.Queue[str | bytes] = queue.Queue()
        self.send: Callable[[str], None] | None = None

    def arrived(self, send: Callable[[str], None]) -> None:
        self.send = send
        send("welcome")

    def heard(self, frame: str | bytes) -> None:
        if isinstance(frame, str):
            json.loads(frame)
        self.heard_of.put(frame)

    def left(self) -> None:
        self.heard_of.put("left")


@pytest.fixture
def visitor() -> Visitor:
    return Visitor()


@pytest.fixture
def url(sandbox: Server, visitor: Visitor) -> str:
    return sandbox.invite("script()", "p { color: red }", visitor)


def dialled(url: str, origin: str | None = None) -> ClientConnection:
    parts = urlsplit(url)
    own = f"http://{parts.netloc}"
    return connect(f"ws://{parts.netloc}{parts.path}/audio", origin=own if origin is None else origin)  # type: ignore[arg-type]


def refused(connection: ClientConnection) -> bool:
    with pytest.raises(ConnectionClosed) as closed:
        connection.recv(WAIT)
    return closed.value.rcvd is not None and closed.value.rcvd.code == REFUSED


def test_the_page_has_all_that_it_needs_and_may_do_nothing_else(http: httpx.Client, url: str) -> None:
    answer = http.get(url)
    assert answer.status_code == 200
    policy = answer.headers["content-security-policy"]
    nonce = re.findall("'nonce-([^']+)'", policy)[0]
    assert f'nonce="{nonce}">script()</script>' in answer.text
    assert "p { color: red }" in answer.text
    assert "default-src 'none'" in policy
    assert f"connect-src ws://{urlsplit(url).netloc};" in policy
    assert (answer.headers["cache-control"], answer.headers["referrer-policy"]) == ("no-store", "no-referrer")


def test_frames_go_both_ways(url: str, visitor: Visitor) -> None:
    with dialled(url) as connection:
        assert connection.recv(WAIT) == "welcome"
        connection.send(b"audio")
        connection.send('{"kind": "end"}')
        assert [visitor.heard_of.get(timeout=WAIT) for _ in range(2)] == [b"audio", '{"kind": "end"}']
    assert visitor.heard_of.get(timeout=WAIT) == "left"
    assert visitor.send is not None
    visitor.send("nobody is there")  # and nothing happens


def test_an_address_works_once(http: httpx.Client, url: str) -> None:
    with dialled(url) as first, dialled(url) as second:
        assert first.recv(WAIT) == "welcome"
        assert refused(second)
        assert http.get(url).status_code == 404


def test_an_address_is_of_no_use_when_nobody_waits(http: httpx.Client, url: str, visitor: Visitor) -> None:
    visitor.waiting = False
    assert http.get(url).status_code == 404
    with dialled(url) as connection:
        assert refused(connection)


def test_an_address_expires(
    sandbox: Server, http: httpx.Client, visitor: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recording, "LIFE", 0.0)
    assert http.get(sandbox.invite("", "", visitor)).status_code == 404


def test_a_guess_leads_nowhere(http: httpx.Client, sandbox: Server, url: str) -> None:
    assert len(urlsplit(url).path) >= len(ROOT) + 32
    answer = http.get(f"{sandbox.url}{ROOT}guess")
    assert answer.status_code == 404
    assert "Press Record in the notebook again" in answer.text


@pytest.mark.parametrize(
    "origin", ["http://localhost:1", "http://127.0.0.1:1"], ids=["another-name", "another-port"]
)
def test_another_page_of_this_machine_may_not_connect(url: str, origin: str) -> None:
    with dialled(url, origin) as connection:
        assert refused(connection)
    with dialled(url) as connection:  # and has used nothing up
        assert connection.recv(WAIT) == "welcome"


def test_a_page_of_another_site_may_not_connect(url: str) -> None:
    with pytest.raises(InvalidStatus, match="403"):
        dialled(url, "https://evil.example")


def test_what_is_not_understood_ends_the_connection(url: str, visitor: Visitor) -> None:
    with dialled(url) as connection:
        assert connection.recv(WAIT) == "welcome"
        connection.send("{")
        with pytest.raises(ConnectionClosed) as closed:
            connection.recv(WAIT)
        assert closed.value.rcvd is not None
        assert closed.value.rcvd.code == 1007
    assert visitor.heard_of.get(timeout=WAIT) == "left"
