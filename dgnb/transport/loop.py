"""Event loops: the one that dgnb owns, and the user's own."""

from __future__ import annotations

import asyncio
import contextvars
import os
import threading
from collections.abc import Callable, Coroutine
from concurrent.futures import CancelledError, Future, ThreadPoolExecutor
from concurrent.futures import TimeoutError as Late
from contextlib import suppress
from functools import cache
from typing import Any, TypeVar

T = TypeVar("T")

_HEARTBEAT = 0.1
"""How often a blocking wait lets signals in [s]."""


class LoopThread:
    """An event loop in a daemon thread: what runs on it goes on whatever the caller's thread does.

    Examples
    --------
    >>> async def answer():
    ...     return 42
    >>> result(shared().submit(answer()))
    42
    """

    def __init__(self) -> None:
        self.loop = asyncio.new_event_loop()
        threading.Thread(target=self.loop.run_forever, name="dgnb-loop", daemon=True).start()

    def submit(self, coroutine: Coroutine[Any, Any, T]) -> Future[T]:
        """Start a coroutine on the loop and return its result to be; cancelling that cancels it.

        It runs in a copy of the caller's context: what a notebook shows from there
        belongs to the cell that started it.
        """
        outcome: Future[T] = Future()
        context = contextvars.copy_context()

        def start() -> None:
            if outcome.cancelled():
                coroutine.close()
                return
            task = self.loop.create_task(coroutine, context=context)
            task.add_done_callback(lambda done: _settle(outcome, done))
            outcome.add_done_callback(lambda done: self.call(task.cancel) if done.cancelled() else None)

        self.loop.call_soon_threadsafe(start, context=context)
        return outcome

    def call(self, function: Any, *arguments: Any) -> None:
        """Call a function on the loop, soon."""
        self.loop.call_soon_threadsafe(function, *arguments)


def _settle(outcome: Future[T], task: asyncio.Task[T]) -> None:
    # Of a task that nobody waits for any more the error is taken, so that it is not reported as forgotten.
    error = None if task.cancelled() else task.exception()
    if task.cancelled():
        outcome.cancel()
    elif not outcome.set_running_or_notify_cancel():
        return
    elif error is not None:
        outcome.set_exception(error)
    else:
        outcome.set_result(task.result())


async def in_thread(function: Callable[[], T]) -> T:
    """Return what a function gives that may block; its thread ends with it."""
    thread = ThreadPoolExecutor(1, "dgnb-once")
    work = thread.submit(function)
    try:
        return await asyncio.wrap_future(work)
    finally:
        # Who gives up waiting must not hold the loop until it is done.
        thread.shutdown(wait=work.done())


@cache
def _of_process(_: int) -> LoopThread:
    return LoopThread()


def shared() -> LoopThread:
    """Return the loop of this process, which is started on first use; a forked process has its own."""
    return _of_process(os.getpid())


def result(future: Future[T], timeout: float | None = None) -> T:
    """Return a future's result; the wait can be interrupted.

    Raises
    ------
    TimeoutError
        It has not come within `timeout` [s].
    """
    left = timeout
    while True:
        try:
            return future.result(_HEARTBEAT if left is None else min(left, _HEARTBEAT))
        except Late:
            if future.done():
                return future.result()
            left = None if left is None else left - _HEARTBEAT
            if left is not None and left <= 0:
                raise


async def awaited(future: Future[T]) -> T:
    """Return the result of a future of another thread.

    The heartbeat is for notebooks: their interrupt does not wake a loop that sleeps.
    """
    loop, done = asyncio.get_running_loop(), asyncio.Event()

    def tell(_: Future[T]) -> None:
        # A loop that was closed has nobody who waits.
        with suppress(RuntimeError):
            loop.call_soon_threadsafe(done.set)

    future.add_done_callback(tell)
    while not future.done():
        with suppress(TimeoutError):
            async with asyncio.timeout(_HEARTBEAT):
                await done.wait()
    try:
        return future.result()
    except CancelledError:
        raise asyncio.CancelledError from None


def allow_nested_loops() -> None:
    """Let synchronous code run a coroutine on the event loop that is running around it.

    dgnb never needs this: its blocking client works inside a running loop. It is for code
    of yours that must call *your own* coroutine, bound to that loop, from a synchronous
    callback: ``asyncio.get_event_loop().run_until_complete(...)`` then works in a cell.
    The patch covers the whole process, cannot be undone, and makes every task switch slower.
    It comes from ``nest-asyncio2``; with ipykernel 7.1 or newer its archived
    predecessor drops every message that arrives meanwhile.

    Raises
    ------
    ValueError
        The loop is not one of asyncio's own (uvloop).

    Examples
    --------
    >>> import asyncio
    >>> async def inner():
    ...     return 42
    >>> async def outer():
    ...     allow_nested_loops()
    ...     return asyncio.get_running_loop().run_until_complete(inner())
    >>> asyncio.run(outer())  # doctest: +SKIP
    42
    """
    import nest_asyncio2  # noqa: PLC0415 - only those who ask for it pay for it

    nest_asyncio2.apply()
