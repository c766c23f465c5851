"""The audio of a listening connection as it comes, in the time that it may come in."""

from __future__ import annotations

import asyncio
import hashlib
import re
from collections.abc import Callable, Collection, Iterable, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from dgnb.protocol import closes, limits
from dgnb.protocol.closes import Close
from dgnb.sandbox import ledger
from dgnb.sandbox.engines.decoding import DecodeError
from dgnb.sandbox.engines.unpacking import Unpacker
from dgnb.sandbox.replies import bad_query
from dgnb.sandbox.sockets import Socket

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Samples = NDArray[np.int16]

_TOKEN = re.compile(r"\w{1,4}|[^\w\s]")


class OverError(Exception):
    """A connection is over; `close` says how, and is ``None`` when the other side has gone."""

    def __init__(self, close: Close | None = None) -> None:
        super().__init__(close)
        self.close = close


class Ear:
    """What a listening connection is sent.

    Parameters
    ----------
    socket : Socket
    options : mapping
        It says how the audio is encoded, and whether its channels are kept apart.

    Raises
    ------
    RefusedError
        Audio of this encoding and rate cannot be read.
    """

    def __init__(self, socket: Socket, options: Mapping[str, Any]) -> None:
        self._socket = socket
        self._apart = bool(options.get("multichannel"))
        try:
            self._unpacker = Unpacker(
                *(options.get(name) for name in ("encoding", "sample_rate", "channels"))
            )
        except DecodeError as error:
            raise bad_query(f"{error}.") from error
        self._pace = Pace(socket.app.state.rate)
        self._digest = hashlib.sha256()
        self._received = False

    @property
    def sha256(self) -> str:
        """Of all audio."""
        return self._digest.hexdigest()

    @property
    def duration(self) -> float:
        """How long the audio is so far [s]."""
        return self._unpacker.duration

    @property
    def channels(self) -> int:
        """How many channels are listened to; 0 before any audio."""
        return self._unpacker.channels if self._apart else min(1, self._unpacker.channels)

    async def next(self) -> str | Samples | None:
        """Return the next message, samples of shape (channels, n), or ``None`` at the end of the audio.

        Raises
        ------
        OverError
            The other side has gone or sends nothing any more, or what it sends is no audio.
        """
        await self._pace.wait(self.duration)
        try:
            async with asyncio.timeout(limits.IDLE):
                frame = await self._socket.receive()
        except TimeoutError as error:
            raise OverError(closes.SILENT) from error
        if frame is None:
            raise OverError
        if isinstance(frame, str):
            return frame
        if not frame:
            return None
        self._digest.update(frame)
        self._received = True
        return await self._decoded(lambda: self._unpacker.feed(frame))

    async def finish(self) -> Samples:
        """Return the last samples, when no more audio comes."""
        if not self._received:
            return np.zeros((0, 0), np.int16)
        return await self._decoded(self._unpacker.finish)

    def close(self) -> None:
        """Let go of what is not decoded yet."""
        self._unpacker.close()

    async def _decoded(self, decode: Callable[[], Samples]) -> Samples:
        try:
            samples = await asyncio.to_thread(decode)
        except DecodeError as error:
            raise OverError(closes.BAD_AUDIO) from error
        self._socket.book(ledger.Used(seconds=self.duration, channels=max(1, self.channels)))
        return samples if self._apart else mixed(samples)


class Pace:
    """How fast audio is taken: some at once, then at so many times real time.

    Parameters
    ----------
    rate : float or None
        ``None`` for as fast as it can be worked on.
    """

    def __init__(self, rate: float | None) -> None:
        self._rate = rate
        self._taken, self._room = 0.0, limits.BURST
        self._then: float | None = None

    async def wait(self, taken: float) -> None:
        """Return when more may be taken, after so much in all [s]."""
        if self._rate is None:
            await asyncio.sleep(0)
            return
        now = asyncio.get_running_loop().time()
        passed = 0.0 if self._then is None else now - self._then
        self._room = min(limits.BURST, self._room + passed * self._rate) - (taken - self._taken)
        self._taken, self._then = taken, now
        if self._room < 0:
            await asyncio.sleep(-self._room / self._rate)


def mixed(samples: Samples) -> Samples:
    """The channels averaged into one, as of a recording.

    Examples
    --------
    >>> mixed(np.array([[1, 3], [3, 5]], np.int16))
    array([[2, 4]], dtype=int16)
    """
    if len(samples) <= 1:
        return samples
    return np.asarray(samples.mean(axis=0, keepdims=True).round().astype(np.int16))


def tokens(terms: Iterable[str]) -> int:
    """About how many tokens a model makes of terms: one for every four letters of a word.

    Examples
    --------
    >>> tokens(["Köln & Bonn", "snuffleupagus"])
    7
    """
    return sum(len(_TOKEN.findall(term)) for term in terms)


def excess(terms: Collection[str]) -> str:
    """Why terms are too many to be listened for, empty when they are not."""
    count = tokens(terms)
    if count <= limits.KEYTERM_TOKENS:
        return ""
    return f"All keyterms together have at most {limits.KEYTERM_TOKENS} tokens, not {count}."
