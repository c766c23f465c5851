"""The pump between a dialogue and a socket, on its own."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from websockets.asyncio.server import ServerConnection, serve

from dgnb.errors import ConnectionFailed
from dgnb.protocol import routes
from dgnb.protocol.routes import hosts
from dgnb.sessions.bounds import Bounds
from dgnb.sessions.speaking import Speaking
from dgnb.transport.credentials import Credential
from dgnb.transport.http import Settings
from dgnb.transport.socket import Pump
from tests.servers import deaf


def pump(url: str, dialogue: Speaking, **bounds: Any) -> Pump:
    settings = Settings(hosts(url), Credential("Token", "key", "a test"), "agent", timeout=60.0)
    return Pump(settings, routes.SPEAK_LIVE, dialogue, Bounds(**bounds), changed=lambda: None)


async def listening(socket: ServerConnection) -> None:
    async for _ in socket:
        continue


class _Broken(Speaking):
    def outgoing(self, now: float) -> str | None:
        raise ZeroDivisionError("a fault of ours")


def test_a_fault_of_the_dialogue_ends_the_session_with_it() -> None:
    async def main() -> None:
        async with serve(listening, "127.0.0.1", 0) as server:
            port = server.sockets[0].getsockname()[1]
            await pump(f"http://127.0.0.1:{port}", _Broken({})).run()

    with pytest.raises(ZeroDivisionError, match="a fault of ours"):
        asyncio.run(main())


def test_where_nobody_listens_it_is_told_after_the_last_attempt() -> None:
    dialogue = Speaking({})

    async def main() -> None:
        with deaf() as url:
            await pump(url, dialogue, retries=1).run()

    with pytest.raises(ConnectionFailed, match=r"No connection to 127\.0\.0\.1"):
        asyncio.run(main())
    assert [record.notice.type for record in dialogue.records if record.notice] == ["Lost", "Ended"]
