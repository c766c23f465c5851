"""Asynchronous iterators as sources of a batch."""

import asyncio

import pytest

from dgnb import AsyncDeepgram, Deepgram, DgnbError, OptionError
from tests.batch.second import digest, second

QUIET = {"progress": False, "model": "nova-3", "cache": False}
WAIT = 60


class Seconds:
    """Recordings that come one after another; who has asked for them, and how often."""

    def __init__(self, count: int, error: Exception | None = None) -> None:
        self.count, self.error = count, error
        self.taken, self.tasks, self.ended = 0, set(), asyncio.Event()

    async def __aiter__(self):
        try:
            for number in range(self.count):
                await asyncio.sleep(0)
                self.taken += 1
                self.tasks.add(asyncio.current_task())
                yield second(number)
            if self.error is not None:
                raise self.error
        finally:
            self.ended.set()


def test_its_files_are_done_on_the_loop_that_it_belongs_to(quick):
    async def main():
        sources = Seconds(30)
        async with AsyncDeepgram("key", base_url=quick) as dg:
            done = await dg.batch(sources, **QUIET).wait(WAIT)
        assert done.frame["text"].to_list() == [digest(number) for number in range(30)]
        assert [task.get_loop() for task in sources.tasks] == [asyncio.get_running_loop()]

    asyncio.run(main())


def test_it_is_read_a_little_ahead_and_ended_with_the_batch(quick):
    async def main():
        sources = Seconds(10**9)
        async with AsyncDeepgram("key", base_url=quick) as dg:
            running = dg.batch(sources, concurrency=2, **QUIET)
            async for _ in running:
                assert sources.taken <= len(running) + 20
                if len(running) > 50:
                    break
            await running.stop()
        await asyncio.wait_for(sources.ended.wait(), WAIT)
        assert (running.status, running.error) == ("ended", None)

    asyncio.run(main())


def test_its_error_ends_the_run_after_what_it_gave(quick):
    async def main():
        async with AsyncDeepgram("key", base_url=quick) as dg:
            running = dg.batch(Seconds(3, ValueError("the stream is torn")), **QUIET)
            with pytest.raises(ValueError, match="the stream is torn"):
                await running.wait(WAIT)
        assert len(running) == 3

    asyncio.run(main())


def test_a_loop_that_ends_before_is_told(quick):
    async def main():
        return AsyncDeepgram("key", base_url=quick).batch(Seconds(10**9), concurrency=2, **QUIET)

    running = asyncio.run(main())
    with pytest.raises(DgnbError, match="has ended before they had"):
        list(running)


def test_without_a_loop_or_with_a_client_that_blocks_it_is_refused(quick):
    sources = aiter_of_nothing()
    with pytest.raises(OptionError, match="none runs here"):
        AsyncDeepgram("key", base_url=quick).batch(sources, **QUIET)
    with Deepgram("key", base_url=quick) as dg:
        with pytest.raises(OptionError, match="use AsyncDeepgram"):
            dg.batch(sources, **QUIET)
        with pytest.raises(OptionError, match="sources that are there"):
            dg.estimate(sources)


async def aiter_of_nothing():
    return
    yield
