"""Audio that is recorded elsewhere, and comes from there in numbered frames."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Iterator

from dgnb.audio.live import queued
from dgnb.audio.raw import AudioFormat
from dgnb.errors import AudioError
from dgnb.protocol.limits import FRAME

KEPT = 600.0
"""Audio that is kept for whoever does not take it [s]; what follows is lost."""

FILLED = 60.0
"""The longest gap that silence stands in for [s], so that times stay those of the recording."""


class Frames:
    """Numbered frames of one recording, given to one taker.

    Every method may be called from any thread, and none of them waits.

    Parameters
    ----------
    name : str
        For messages.
    form : AudioFormat
        Known before the first frame.
    release : callable, optional
        Called when the taker lets go.

    Examples
    --------
    >>> frames = Frames("The microphone", AudioFormat("linear16", 16000))
    >>> frames.put(0, bytes(2560))
    >>> frames.put(2, bytes(2560))
    >>> frames.finish(4)
    >>> frames.gaps, frames.lost, round(sum(map(len, frames.pieces())) / 32000, 3)
    ([(1, 2), (3, 4)], 2, 0.32)
    """

    def __init__(self, name: str, form: AudioFormat, release: Callable[[], None] = lambda: None) -> None:
        self.name, self.format, self._release = name, form, release
        self.gaps: list[tuple[int, int]] = []
        """Numbers of frames that never came: first, and first that came again."""
        self._queue: queue.SimpleQueue[bytes | None] = queue.SimpleQueue()
        self._lock = threading.Lock()
        self._next = 0
        self._size = 0
        self._error = ""
        self._over = self._closed = self._claimed = False

    @property
    def lost(self) -> int:
        """How many frames never came."""
        return sum(end - first for first, end in self.gaps)

    @property
    def duration(self) -> float:
        """How long the recording is, with its gaps [s]."""
        return self.format.seconds(self._size)

    @property
    def over(self) -> bool:
        """Whether nothing more is taken."""
        return self._over

    def put(self, number: int, data: bytes) -> None:
        """Add a frame; one that came before, or after the end, is left out."""
        with self._lock:
            if self._over or number < self._next:
                return
            self._miss(number)
            self._next = number + 1
            if self._queue.qsize() * FRAME >= KEPT:
                self._note(number, number + 1)
            else:
                self._add(data[: len(data) // self.format.width * self.format.width])

    def finish(self, count: int = 0, error: str = "") -> None:
        """Note that the recording is over, once.

        Parameters
        ----------
        count : int
            How many frames were sent.
        error : str
            Why it is, if that is to be raised after what was recorded.
        """
        with self._lock:
            if self._over:
                return
            self._miss(count)
            self._over, self._error = True, error
            self._queue.put(None)

    def claim(self) -> None:
        """Note that somebody takes the frames.

        Raises
        ------
        AudioError
            Somebody else does.
        """
        if self._claimed:
            raise AudioError(f"{self.name} is heard by another session; make a new one.")
        self._claimed = True

    def pieces(self) -> Iterator[bytes]:
        """Give what is recorded; an empty piece now and then while nothing comes.

        Raises
        ------
        AudioError
            The recording has ended by a fault.
        """
        yield from queued(self._queue)
        if self._error and not self._closed:
            raise AudioError(self._error)

    def close(self) -> None:
        """Take nothing more."""
        with self._lock:
            first, self._closed, self._over = not self._closed, True, True
        self._queue.put(None)
        if first:
            self._release()

    def _miss(self, number: int) -> None:
        """Note that no frame between the last one and this came."""
        if number > self._next:
            self._note(self._next, number)
            self._add(self.format.silence(min((number - self._next) * FRAME, FILLED)))
            self._next = number

    def _note(self, first: int, end: int) -> None:
        if self.gaps and self.gaps[-1][1] == first:
            first = self.gaps.pop()[0]
        self.gaps.append((first, end))

    def _add(self, data: bytes) -> None:
        if data:
            self._size += len(data)
            self._queue.put(data)
