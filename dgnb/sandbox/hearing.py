"""Samples into the turns of a conversation."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable
from typing import TYPE_CHECKING

from dgnb.protocol.heard import Word
from dgnb.protocol.messages.flux import Thresholds, TurnInfo
from dgnb.sandbox.engines.segments import Begun, Event, Segmenter, heed
from dgnb.sandbox.guesses import Guesses
from dgnb.sandbox.turns import Turns

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Samples = NDArray[np.int16]
    Hear = Callable[[Samples, float], Awaitable[list[Word]]]

_SOONEST, _SHARE = 0.25, 0.25
"""More speech [s], and share of the speech so far, after which it is recognised again."""


class Hearing:
    """What is heard on one connection; time passes with its audio.

    Parameters
    ----------
    thresholds : Thresholds
        When a turn ends.
    hear : callable
        Recognises samples that start at a time [s].
    write : callable
        Punctuates the words of a turn.
    tell : callable
        Takes what is to be told of turns, in order.
    wait : bool
        Whether guesses are waited for, see `Guesses`.
    """

    def __init__(
        self,
        thresholds: Thresholds,
        hear: Hear,
        write: Callable[[list[Word]], list[Word]],
        tell: Callable[[Iterable[TurnInfo]], Awaitable[None]],
        *,
        wait: bool,
    ) -> None:
        self._hear, self._tell = hear, tell
        self._segmenter = Segmenter()
        self._guesses = Guesses(hear, wait)
        self._guessed = self._now = 0.0
        self.turns = Turns(thresholds, write)

    async def feed(self, samples: Samples) -> None:
        """Hear more audio, int16 of shape (n,) at 16 kHz."""
        await heed(self._segmenter, samples, self._take, self._pass)

    async def finish(self) -> None:
        """Hear the rest, when there is no more audio; a turn that is open ends."""
        for event in self._segmenter.finish():
            await self._take(event)
        await self._tell(self.turns.force())

    async def force(self) -> bool:
        """End the turn now; false when there is none."""
        if self._segmenter.speaking:
            for event in self._segmenter.flush():
                await self._take(event)
        if not self.turns.open:
            return False
        await self._tell(self.turns.force())
        return True

    async def close(self) -> None:
        """Give up what is not ready."""
        await self._guesses.close()

    async def _take(self, event: Event) -> None:
        self._now = max(self._now, self._segmenter.now)
        if isinstance(event, Begun):
            self._guessed = event.time
            await self._tell(self.turns.begun(self._now))
            return
        self._guesses.drop()
        words = await self._hear(event.samples, event.speech[0]) if event.speech else []
        await self._tell(self.turns.ended(words, event.start, event.end, self._now))

    async def _pass(self) -> None:
        """Do what is due now."""
        segmenter = self._segmenter
        now = self._now = max(self._now, segmenter.now)
        if segmenter.speaking:
            start, until = segmenter.stretch
            due = now - self._guessed >= max(_SOONEST, _SHARE * (until - start))
            if due and await self._guesses.ask(segmenter):
                self._guessed = now
        if guess := self._guesses.take():
            await self._tell(self.turns.guessed(guess.words, now))
        await self._tell(self.turns.passed(now, segmenter.silence, segmenter.speaking))
