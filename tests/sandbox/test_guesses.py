import asyncio
from collections.abc import Coroutine
from typing import Any

import numpy as np
import pytest

from dgnb.protocol.heard import Word
from dgnb.sandbox.engines.segments import Segmenter
from dgnb.sandbox.guesses import Guesses
from tests.sandbox.talking import SISTER, spoken


class Slow:
    """A recogniser that answers when it is let."""

    def __init__(self) -> None:
        self.let = asyncio.Event()
        self.asked = 0

    async def __call__(self, samples: np.ndarray, start: float) -> list[Word]:
        self.asked += 1
        await self.let.wait()
        return [Word(word="heard", start=start, end=start + len(samples) / 16_000)]


@pytest.fixture
def segmenter() -> Segmenter:
    """With an open stretch of speech."""
    segmenter = Segmenter()
    list(segmenter.feed(spoken(SISTER)[:24_000]))
    assert segmenter.speaking
    return segmenter


def run(work: Coroutine[Any, Any, None]) -> None:
    async def main() -> None:
        await work
        assert asyncio.all_tasks() == {asyncio.current_task()}

    asyncio.run(main(), debug=True)


def test_one_guess_is_made_at_a_time(segmenter: Segmenter) -> None:
    async def work() -> None:
        slow = Slow()
        guesses = Guesses(slow, wait=False)
        assert await guesses.ask(segmenter)
        assert not await guesses.ask(segmenter)
        assert guesses.take() is None
        slow.let.set()
        while (guess := guesses.take()) is None:
            await asyncio.sleep(0)
        assert (guess.start, guess.until) == segmenter.stretch
        assert [word.word for word in guess.words] == ["heard"]
        assert guesses.take() is None
        assert slow.asked == 1
        assert await guesses.ask(segmenter)
        await guesses.close()

    run(work())


def test_a_guess_at_speech_that_has_ended_is_dropped(segmenter: Segmenter) -> None:
    async def work() -> None:
        slow = Slow()
        guesses = Guesses(slow, wait=False)
        await guesses.ask(segmenter)
        guesses.drop()
        slow.let.set()
        while not await guesses.ask(segmenter):
            assert guesses.take() is None
            await asyncio.sleep(0)
        await guesses.close()

    run(work())


def test_guesses_can_be_waited_for(segmenter: Segmenter) -> None:
    async def work() -> None:
        slow = Slow()
        slow.let.set()
        guesses = Guesses(slow, wait=True)
        assert await guesses.ask(segmenter)
        assert guesses.take() is not None

    run(work())


def test_a_recogniser_that_fails_is_an_error_where_its_guess_is_taken(segmenter: Segmenter) -> None:
    async def fail(samples: np.ndarray, start: float) -> list[Word]:
        raise ZeroDivisionError

    async def work() -> None:
        guesses = Guesses(fail, wait=True)
        await guesses.ask(segmenter)
        with pytest.raises(ZeroDivisionError):
            guesses.take()
        await guesses.close()

    run(work())
