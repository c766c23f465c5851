"""What is heard of speech that goes on."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, NamedTuple

from dgnb.protocol.heard import Word

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from dgnb.sandbox.engines.segments import Segmenter

    Hear = Callable[[NDArray[np.int16], float], Awaitable[list[Word]]]


class Guess(NamedTuple):
    """The words of a stretch of speech up to a time [s], and its samples."""

    words: list[Word]
    start: float
    until: float
    samples: NDArray[np.int16]


class Guesses:
    """Guesses at an open stretch of speech, each from the whole of it so far.

    One is made at a time, and nothing waits for it: audio goes on being heard. A
    guess that comes when the stretch has ended is dropped. Its job is left to end by
    itself, for a recogniser that is stopped has to be started again.

    Parameters
    ----------
    hear : callable
        Recognises samples that start at a time [s].
    wait : bool
        Whether each guess is waited for, so that the same audio always gives the same ones,
        however fast it comes.
    """

    def __init__(self, hear: Hear, wait: bool) -> None:
        self._hear, self._wait = hear, wait
        self._job: asyncio.Task[Guess] | None = None
        self._valid = False

    async def ask(self, segmenter: Segmenter) -> bool:
        """Begin another guess at the open stretch; false while the last one is not ready."""
        if self._job is not None:
            return False
        start, until = segmenter.stretch
        self._valid = True
        self._job = asyncio.create_task(self._made(segmenter.samples, start, until))
        if self._wait:
            await asyncio.wait({self._job})
        return True

    def take(self) -> Guess | None:
        """The guess that has become ready, once."""
        if self._job is None or not self._job.done():
            return None
        job, self._job = self._job, None
        guess = job.result()
        return guess if self._valid else None

    def drop(self) -> None:
        """The stretch has ended."""
        self._valid = False

    async def close(self) -> None:
        """Give up a guess that is not ready."""
        if self._job is not None:
            self._job.cancel()
            await asyncio.gather(self._job, return_exceptions=True)
            self._job = None

    async def _made(self, samples: NDArray[np.int16], start: float, until: float) -> Guess:
        return Guess(await self._hear(samples, start), start, until, samples)
