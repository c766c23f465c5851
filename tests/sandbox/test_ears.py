import asyncio
from time import monotonic

import numpy as np

from dgnb.sandbox.ears import Pace, mixed, tokens


def waited(rate: float | None, *taken: float) -> float:
    """How long it takes to take so much audio in all, one amount after the other [s]."""

    async def take() -> float:
        pace, began = Pace(rate), monotonic()
        for amount in taken:
            await pace.wait(amount)
        return monotonic() - began

    return asyncio.run(take())


def test_one_second_is_taken_at_once() -> None:
    assert waited(0.01, 0.0, 0.5, 1.0) < 10


def test_more_is_taken_in_its_time() -> None:
    assert 0.45 < waited(10.0, 0.0, 2.0, 4.0, 6.0) < 10


def test_time_without_audio_gives_no_credit_beyond_a_second() -> None:
    async def late() -> float:
        pace = Pace(20.0)
        await pace.wait(0.0)
        await asyncio.sleep(0.3)
        began = monotonic()
        await pace.wait(6.0)
        return monotonic() - began

    assert 0.2 < asyncio.run(late()) < 10


def test_without_a_rate_nothing_is_waited_for() -> None:
    assert waited(None, 0.0, 1e6) < 10


def test_channels_are_mixed_into_their_mean() -> None:
    assert mixed(np.array([[32767, -3], [32767, 1]], np.int16)).tolist() == [[32767, -1]]
    assert mixed(np.zeros((0, 0), np.int16)).shape == (0, 0)


def test_tokens_grow_with_the_letters() -> None:
    assert [tokens([term]) for term in ("", "a", "deepgram", "Köln & Bonn")] == [0, 1, 2, 3]
