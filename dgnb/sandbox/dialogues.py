"""How a speaking connection is kept: commands are heard while audio is sent, in one order."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Iterable
from functools import partial

from dgnb.errors import ReplyError
from dgnb.protocol import closes, limits
from dgnb.protocol.closes import Close
from dgnb.protocol.messages import Message, Reader, Unknown
from dgnb.sandbox.sockets import Socket

AHEAD = 1 << 17
"""Bytes of audio that may wait for a slow reader: the kernel would take minutes of it."""

Step = Callable[[], Awaitable[Close | None]]
"""Something that is sent, or made and sent; a `Close` ends the connection."""


class Line:
    """What is to be sent, one step after the other; steps are added at any time.

    Parameters
    ----------
    socket : Socket
    """

    def __init__(self, socket: Socket) -> None:
        self._socket = socket
        self._steps: deque[Step] = deque()
        self._first: deque[Step] = deque()
        self._changed = asyncio.Event()

    def put(self, step: Step) -> None:
        """Add a step at the end."""
        self._steps.append(step)
        self._changed.set()

    def first(self, step: Step) -> None:
        """Add a step that is next when the one under way is done."""
        self._first.append(step)
        self._changed.set()

    def answer(self, message: Message) -> None:
        """Send a message as soon as the step under way is done."""
        self.first(partial(self._send, message))

    def close(self, close: Close) -> None:
        """End the connection when all before it is done."""
        self.put(partial(_ended, close))

    async def run(self) -> Close:
        """Do the steps, and return the close that one of them asks for."""
        while True:
            steps = self._first or self._steps
            if not steps:
                self._changed.clear()
                await self._changed.wait()
            elif close := await steps.popleft()():
                return close

    async def _send(self, message: Message) -> None:
        await self._socket.send(message)


async def _ended(close: Close) -> Close:
    return close


async def attend(socket: Socket, line: Line, hear: Callable[[str | bytes], Close | None]) -> Close | None:
    """Keep a connection, and return how it is to be closed; ``None`` when the other side has gone.

    Parameters
    ----------
    socket : Socket
        Accepted.
    line : Line
        What is sent.
    hear : callable
        Takes each frame; what it returns ends the connection at once.
    """
    socket.narrow(AHEAD)
    tasks = [asyncio.ensure_future(_heard(socket, hear)), asyncio.ensure_future(line.run())]
    try:
        done, _ = await asyncio.wait(tasks, timeout=limits.LONGEST, return_when=asyncio.FIRST_COMPLETED)
        return done.pop().result() if done else closes.TOO_LONG
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _heard(socket: Socket, hear: Callable[[str | bytes], Close | None]) -> Close | None:
    while (frame := await socket.receive()) is not None:
        if close := hear(frame):
            return close
    return None


def command(frame: str | bytes, reader: Reader[Message]) -> Message | Close:
    """Return the message in a frame, or the close that the frame leads to.

    Examples
    --------
    >>> from dgnb.protocol.messages import speak
    >>> command('{"type": "Flush"}', speak.CLIENT), command(b"audio", speak.CLIENT).reason
    (Flush(), 'MESSAGE-0000')
    """
    if isinstance(frame, bytes):
        return closes.NOT_TEXT
    if len(frame.encode()) > limits.LARGEST_COMMAND:
        return closes.BIG_MESSAGE
    try:
        message = reader.read(frame)
    except ReplyError:
        return closes.BAD_COMMAND
    return closes.BAD_COMMAND if isinstance(message, Unknown) else message


async def send_frames(socket: Socket, frames: Iterable[bytes], over: Callable[[], bool]) -> bool:
    """Send audio frame by frame, and return whether all was sent; it stops when `over` says so."""
    for frame in frames:
        if over():
            return False
        await socket.send_audio(frame)
    return True
