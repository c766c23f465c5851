"""How a conversation ends before its time, and what leads to that."""

from __future__ import annotations

import asyncio

from dgnb.errors import ReplyError
from dgnb.protocol import limits
from dgnb.protocol.closes import CONVERSING, Close
from dgnb.protocol.messages import Message, Unknown, agent
from dgnb.sandbox.sockets import Socket


class OverError(Exception):
    """The conversation is over, for one of the reasons in `agent.ERRORS`."""

    def __init__(self, code: str, text: str = "") -> None:
        super().__init__(text or agent.ERRORS[code])
        self.code = code

    @property
    def close(self) -> Close:
        """How the connection is closed."""
        return next(close for close in CONVERSING if close.reason == self.code)


async def received(socket: Socket) -> str | bytes | None:
    """Return the next frame; ``None`` when the other side has gone.

    Raises
    ------
    OverError
        Nothing comes for too long.
    """
    try:
        async with asyncio.timeout(limits.CONVERSATION_IDLE):
            return await socket.receive()
    except TimeoutError as error:
        raise OverError("CLIENT_MESSAGE_TIMEOUT") from error


def message(text: str) -> Message | Unknown:
    """Return the message in a frame.

    Raises
    ------
    OverError
        It is not JSON.
    """
    try:
        return agent.CLIENT.read(text)
    except ReplyError as error:
        raise OverError("UNPARSABLE_CLIENT_MESSAGE", str(error)) from error
