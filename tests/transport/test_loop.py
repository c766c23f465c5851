"""dgnb's own event loop, and the waits for it.

The opt-in to nested event loops patches the whole process, so it runs in another one.
"""

from __future__ import annotations

import asyncio
import contextvars
import gc
import logging
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import CancelledError, Future
from contextlib import contextmanager

import pytest

from dgnb.transport.loop import LoopThread, awaited, in_thread, result, shared

WAIT = 60.0
"""How long what must come is waited for [s]."""

LONGER = 0.25
"""More than two beats of a wait [s]."""


async def answer() -> int:
    return 42


async def failing() -> None:
    raise LookupError("no such word")


@contextmanager
def held(loop: LoopThread) -> Iterator[None]:
    """The loop does nothing until the block ends."""
    begun, over = threading.Event(), threading.Event()

    def hold() -> None:
        begun.set()
        over.wait(WAIT)

    loop.call(hold)
    assert begun.wait(WAIT)
    yield
    over.set()


def settled(loop: LoopThread) -> None:
    """Wait until the loop has done what it was given, and what followed from that."""
    for _ in range(3):
        result(loop.submit(asyncio.sleep(0)), WAIT)


class Sleeper:
    """A coroutine that waits to be told to end, and notes how it ended."""

    def __init__(self) -> None:
        self.begun, self.ended = threading.Event(), threading.Event()
        self.cancelled = False
        self._go: asyncio.Event | None = None

    async def run(self) -> str:
        self._go = asyncio.Event()
        self.begun.set()
        try:
            await self._go.wait()
        except asyncio.CancelledError:
            self.cancelled = True
            raise
        finally:
            self.ended.set()
        return "slept well"

    async def fail(self) -> None:
        await self.run()
        raise LookupError("no such word")

    def wake(self) -> None:
        assert self.begun.wait(WAIT)
        assert self._go is not None
        shared().call(self._go.set)


def test_a_coroutine_runs_on_a_thread_of_its_own_and_the_caller_gets_its_result() -> None:
    async def where() -> str:
        return threading.current_thread().name

    assert result(shared().submit(where()), WAIT) == "dgnb-loop"


def test_there_is_one_loop_a_process_and_its_thread_does_not_hold_the_process() -> None:
    assert shared() is shared()
    (thread,) = [one for one in threading.enumerate() if one.name == "dgnb-loop"]
    assert thread.daemon


@pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork here")
def test_a_forked_process_gets_a_loop_of_its_own() -> None:
    program = """
import os
from dgnb.transport.loop import result, shared

async def answer():
    return 42

assert result(shared().submit(answer())) == 42
child = os.fork()
if not child:
    os._exit(result(shared().submit(answer()), 20))
print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
"""
    done = subprocess.run(
        [sys.executable, "-W", "ignore::DeprecationWarning", "-c", program],
        capture_output=True,
        text=True,
        check=True,
    )
    assert (done.stdout, done.stderr) == ("42\n", "")


def test_an_error_comes_to_the_caller_as_it_is() -> None:
    with pytest.raises(LookupError, match="no such word"):
        result(shared().submit(failing()), WAIT)


def test_it_runs_in_a_copy_of_the_callers_context() -> None:
    cell = contextvars.ContextVar("cell", default="none")
    cell.set("third")

    async def told() -> str:
        found = cell.get()
        cell.set("another")
        return found

    assert result(shared().submit(told()), WAIT) == "third"
    assert cell.get() == "third"


def test_cancelling_the_future_cancels_the_coroutine() -> None:
    sleeper = Sleeper()
    future = shared().submit(sleeper.run())
    assert sleeper.begun.wait(WAIT)
    assert future.cancel()
    assert sleeper.ended.wait(WAIT)
    assert sleeper.cancelled


def test_a_coroutine_that_is_cancelled_before_its_turn_never_begins() -> None:
    sleeper = Sleeper()
    with held(shared()):
        future = shared().submit(sleeper.run())
        assert future.cancel()
    settled(shared())
    assert not sleeper.begun.is_set()


def test_a_coroutine_that_cancels_itself_is_a_cancelled_future() -> None:
    async def gives_up() -> None:
        raise asyncio.CancelledError

    future = shared().submit(gives_up())
    with pytest.raises(CancelledError):
        result(future, WAIT)
    assert future.cancelled()


def test_what_goes_wrong_after_a_cancellation_is_nobodys_business(caplog: pytest.LogCaptureFixture) -> None:
    async def untidy() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            raise LookupError("while tidying up")

    with caplog.at_level(logging.ERROR):
        future = shared().submit(untidy())
        settled(shared())
        future.cancel()
        settled(shared())
        gc.collect()
    assert caplog.records == []


def test_a_future_that_is_cancelled_while_its_result_is_set_disturbs_nothing(
    caplog: pytest.LogCaptureFixture,
) -> None:
    with caplog.at_level(logging.ERROR):
        for _ in range(200):
            shared().submit(answer()).cancel()
        settled(shared())
    assert caplog.records == []


def test_a_wait_longer_than_its_time_is_a_timeout_and_the_work_goes_on() -> None:
    sleeper = Sleeper()
    future = shared().submit(sleeper.run())
    with pytest.raises(TimeoutError):
        result(future, 0.0)
    assert sleeper.begun.wait(WAIT)
    sleeper.wake()
    assert result(future, WAIT) == "slept well"


def test_a_timeout_of_the_work_itself_is_its_error() -> None:
    async def late() -> None:
        raise TimeoutError("of the work")

    with pytest.raises(TimeoutError, match="of the work"):
        result(shared().submit(late()), WAIT)


class _JustInTime(Future[int]):
    """Its result comes between a wait's end and the look whether it is there."""

    def result(self, timeout: float | None = None) -> int:
        if not self.done():
            self.set_result(42)
            raise TimeoutError
        return super().result(timeout)


def test_a_result_that_comes_at_the_last_moment_is_not_a_timeout() -> None:
    assert result(_JustInTime(), WAIT) == 42


def test_another_loop_can_await_a_result_longer_than_a_beat() -> None:
    sleeper = Sleeper()

    async def main() -> str:
        future = shared().submit(sleeper.run())
        asyncio.get_running_loop().call_later(LONGER, sleeper.wake)
        return await awaited(future)

    assert asyncio.run(main()) == "slept well"


def test_an_error_after_some_beats_is_told_once_and_to_the_caller_alone(
    caplog: pytest.LogCaptureFixture,
) -> None:
    sleeper = Sleeper()

    async def main() -> None:
        future = shared().submit(sleeper.fail())
        asyncio.get_running_loop().call_later(LONGER, sleeper.wake)
        with pytest.raises(LookupError):
            await awaited(future)
        gc.collect()

    with caplog.at_level(logging.ERROR):
        asyncio.run(main())
    assert caplog.records == []


def test_a_future_that_was_cancelled_elsewhere_cancels_who_awaits_it() -> None:
    sleeper = Sleeper()

    async def main() -> None:
        future = shared().submit(sleeper.run())
        asyncio.get_running_loop().call_later(0, future.cancel)
        with pytest.raises(asyncio.CancelledError):
            await awaited(future)

    asyncio.run(main())


@pytest.mark.parametrize("way", ["run", "fail"])
def test_who_stops_waiting_stops_nothing_and_leaves_no_trace(
    way: str, caplog: pytest.LogCaptureFixture
) -> None:
    sleeper = Sleeper()
    future: Future[object] = shared().submit(getattr(sleeper, way)())

    async def main() -> None:
        waiting = asyncio.ensure_future(awaited(future))
        await asyncio.sleep(0)
        waiting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiting

    with caplog.at_level(logging.ERROR):
        asyncio.run(main())
        assert sleeper.begun.wait(WAIT)
        assert not future.done()
        # Its loop is closed by now.
        sleeper.wake()
        assert sleeper.ended.wait(WAIT)
        settled(shared())
        gc.collect()
    assert not sleeper.cancelled
    assert caplog.records == []


def test_what_blocks_runs_in_a_thread_that_ends_with_it() -> None:
    before = set(threading.enumerate())
    thread = result(shared().submit(in_thread(threading.current_thread)), WAIT)
    assert thread not in before
    assert not thread.is_alive()


def test_giving_up_on_what_blocks_does_not_hold_the_loop() -> None:
    begun, over = threading.Event(), threading.Event()

    def block() -> bool:
        begun.set()
        return over.wait(WAIT)

    future = shared().submit(in_thread(block))
    assert begun.wait(WAIT)
    future.cancel()
    assert result(shared().submit(answer()), WAIT / 2) == 42
    over.set()


PROGRAM = """
import asyncio
from dgnb import allow_nested_loops

async def inner():
    await asyncio.sleep(0)
    return 42

async def outer():
    loop = asyncio.get_running_loop()
    coroutine = inner()
    try:
        loop.run_until_complete(coroutine)
    except RuntimeError:
        coroutine.close()
    allow_nested_loops()
    return loop.run_until_complete(inner())

print(asyncio.run(outer()))
"""


def test_a_coroutine_runs_inside_a_running_loop_once_it_is_allowed() -> None:
    done = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=True)
    assert done.stdout == "42\n"
