"""How a conversation begins: a welcome, then the settings, and nothing before them."""

from __future__ import annotations

from time import monotonic

import msgspec

from dgnb.errors import OptionError
from dgnb.protocol import closes
from dgnb.protocol.closes import Close
from dgnb.protocol.messages import agent
from dgnb.sandbox.agent import conversation
from dgnb.sandbox.agent.endings import OverError, message, received
from dgnb.sandbox.agent.session import Session
from dgnb.sandbox.dialogues import AHEAD
from dgnb.sandbox.sockets import Socket


async def serve(socket: Socket) -> None:
    """Hold a conversation on a connection."""
    await socket.accept()
    socket.narrow(AHEAD)
    begun = monotonic()
    await socket.send(agent.Welcome(request_id=socket.request_id))
    try:
        close: Close = await _held(socket, begun)
    except OverError as error:
        await socket.send(agent.Error(code=error.code, description=str(error)))
        close = error.close
    except Exception:
        failed = OverError("INTERNAL_SERVER_ERROR")
        await socket.send(agent.Error(code=failed.code, description=str(failed)))
        await socket.close(failed.close)
        raise
    await socket.close(close)


async def _held(socket: Socket, begun: float) -> Close:
    first = await _first(socket)
    if first is None:
        return closes.NORMAL
    session = _session(socket, first, begun)
    session.label()
    try:
        await session.begin()
        await session.run()
    finally:
        session.book()
        await session.end()
    return closes.NORMAL


async def _first(socket: Socket) -> str | None:
    """The first message, which has to be `Settings`; ``None`` when the other side has gone."""
    frame = await received(socket)
    if isinstance(frame, str):
        if message(frame).type != "Settings":
            raise OverError("NON_SETTINGS_MESSAGE_BEFORE_SETTINGS")
        return frame
    if frame is None:
        return None
    raise OverError("NON_SETTINGS_MESSAGE_BEFORE_SETTINGS", "Audio came before Settings.")


def _session(socket: Socket, text: str, begun: float) -> Session:
    try:
        tree = msgspec.json.decode(text)
        found = conversation.read(tree, socket.app.state.store, socket.project)
        return Session(socket, found, begun)
    except OptionError as error:
        raise OverError("INVALID_SETTINGS", str(error)) from error
