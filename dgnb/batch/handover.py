"""What an asynchronous iterator gives, for a thread that may block."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterable, Callable, Iterator
from contextlib import suppress
from queue import SimpleQueue
from typing import Generic, TypeVar

from dgnb.errors import DgnbError, OptionError

T = TypeVar("T")


class Handover(Iterator[T], Generic[T]):
    """Goes through an asynchronous iterator on the loop that runs, one thing ahead of who takes them.

    It is made where that loop runs, and gone through in another thread.

    Parameters
    ----------
    things : asynchronous iterable

    Raises
    ------
    OptionError
        No loop runs.

    Examples
    --------
    >>> async def numbers():
    ...     for number in range(3):
    ...         yield number
    >>> async def main():
    ...     return await asyncio.to_thread(list, Handover(numbers()))
    >>> asyncio.run(main())
    [0, 1, 2]
    """

    def __init__(self, things: AsyncIterable[T]) -> None:
        try:
            self._loop = asyncio.get_running_loop()
        except RuntimeError:
            raise OptionError(
                "An asynchronous iterator is gone through on the event loop that it belongs to, and none "
                "runs here: call this in a coroutine, or give another iterable.",
                "sources",
            ) from None
        self._ready: SimpleQueue[tuple[T] | BaseException | None] = SimpleQueue()
        self._taken = asyncio.Event()
        # One task from first to last: what the iterator opens it closes in the same.
        self._task = self._loop.create_task(self._fill(things))

    async def _fill(self, things: AsyncIterable[T]) -> None:
        end: BaseException | None = DgnbError("The event loop of the sources has ended before they had.")
        try:
            async for thing in things:
                self._taken.clear()
                self._ready.put((thing,))
                await self._taken.wait()
            end = None
        except Exception as error:
            end = error
        finally:
            self._ready.put(end)

    def __next__(self) -> T:
        found = self._ready.get()
        if isinstance(found, tuple):
            self._tell(self._taken.set)
            return found[0]
        self._ready.put(found)
        raise StopIteration if found is None else found

    def close(self) -> None:
        """Take no more."""
        self._tell(self._task.cancel)

    def _tell(self, function: Callable[[], object]) -> None:
        with suppress(RuntimeError):  # the loop is closed, and the task with it
            self._loop.call_soon_threadsafe(function)
