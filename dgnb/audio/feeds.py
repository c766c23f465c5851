"""Items of a source that blocks, or that lives on another event loop, awaited one at a time.

Nothing is read ahead: the next item is taken when it is asked for.
"""

from __future__ import annotations

import asyncio
import queue
import threading
from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable, Coroutine, Iterable, Iterator
from contextlib import suppress
from typing import Any

from dgnb.errors import AudioError

END: Any = object()
"""What is given when there are no more items."""

GRACE = 1.0
"""How long a source may take to let go when it is closed [s]: code of the user's own may hang."""

_Answer = asyncio.Future[tuple[Any, BaseException | None]]
_HOMELESS = "The event loop that the source of audio belongs to has ended."


class Feed(ABC):
    """A source of items."""

    def __init__(self) -> None:
        self._waiting: _Answer | None = None
        self._closed = False

    async def next(self) -> Any:
        """Return the next item, `END` at the end; what the source raises is raised."""
        if self._closed:
            return END
        if self._waiting is None:
            self._waiting = asyncio.get_running_loop().create_future()
            self._ask(self._waiting)
        # A wait that is cancelled loses no item: the next one gets it.
        item, error = await asyncio.shield(self._waiting)
        self._waiting = None
        if error is not None:
            raise error
        return item

    async def close(self) -> None:
        """Let go of the source, once; whoever waits for an item gets `END`."""
        if self._closed:
            return
        self._closed = True
        if self._waiting is not None:
            _settle(self._waiting, END)
        released: _Answer = asyncio.get_running_loop().create_future()
        self._end(released)
        await asyncio.wait({released}, timeout=GRACE)

    @abstractmethod
    def _ask(self, answer: _Answer) -> None:
        """Have the next item put into `answer`."""

    @abstractmethod
    def _end(self, answer: _Answer) -> None:
        """Have the source released, and `answer` settled when it is."""


class Pulled(Feed):
    """Items of a blocking iterable, taken in a thread of its own.

    The thread is a daemon, since nothing can stop code of the user's own that blocks.

    Parameters
    ----------
    items : iterable
    release : callable, optional
        Called once at the end, in the thread if it was started.

    Examples
    --------
    >>> async def main():
    ...     feed = Pulled(["a"])
    ...     return await feed.next(), await feed.next() is END
    >>> asyncio.run(main())
    ('a', True)
    """

    def __init__(self, items: Iterable[Any], release: Callable[[], None] | None = None) -> None:
        super().__init__()
        self._items, self._release = items, release
        self._asked: queue.SimpleQueue[_Answer] = queue.SimpleQueue()
        self._last: _Answer | None = None
        self._thread: threading.Thread | None = None
        self._over = False

    async def close(self) -> None:
        """Let go of the source, once; only a thread that is blocked in it is left behind."""
        await super().close()
        if self._over and self._thread is not None:
            self._thread.join()  # it has nothing left to do

    def _ask(self, answer: _Answer) -> None:
        self._asked.put(answer)
        if self._over:
            _settle(answer, END)
        elif self._thread is None:
            self._thread = threading.Thread(target=self._run, name="dgnb audio", daemon=True)
            self._thread.start()

    def _end(self, answer: _Answer) -> None:
        self._last = answer
        if self._thread is None:
            self._let_go()
        else:
            self._asked.put(answer)
        if self._thread is None or self._over:
            _settle(answer, END)

    def _run(self) -> None:
        iterator: Iterator[Any] | None = None
        while (answer := self._asked.get()) is not self._last:
            item, error = END, None
            try:
                iterator = iter(self._items) if iterator is None else iterator
                item = next(iterator, END)
            except Exception as raised:
                error = raised
            except BaseException as raised:  # SystemExit would end the loop of whoever waits
                error = AudioError(f"The source of audio gave up: {type(raised).__name__}.")
            _settle(answer, item, error)
            if item is END:
                break
        self._let_go()
        # Whoever asks from now on sees that it is over; who has asked meanwhile is answered here.
        self._over = True
        while not self._asked.empty():
            _settle(self._asked.get(), END)
        _settle(answer, END)

    def _let_go(self) -> None:
        # What goes wrong in a source that is being closed no longer matters to its audio.
        with suppress(Exception):
            if self._release is not None:
                self._release()


class Hosted(Feed):
    """Items of an asynchronous source, taken on the event loop that it belongs to.

    Parameters
    ----------
    take : callable
        Awaited for each item; ``StopAsyncIteration`` is the end.
    release : callable, optional
        Awaited once at the end.
    home : event loop, optional
        The loop that the source belongs to; by default the one that first asks.
    """

    def __init__(
        self,
        take: Callable[[], Awaitable[Any]],
        release: Callable[[], Awaitable[None]] | None = None,
        home: asyncio.AbstractEventLoop | None = None,
    ) -> None:
        super().__init__()
        self._take, self._release, self._home = take, release, home
        self._task: asyncio.Task[Any] | None = None

    def _ask(self, answer: _Answer) -> None:
        self._at_home(self._one(answer), answer)

    def _end(self, answer: _Answer) -> None:
        self._at_home(self._let_go(answer), answer)

    def _at_home(self, work: Coroutine[Any, Any, None], answer: _Answer) -> None:
        self._home = self._home or asyncio.get_running_loop()
        if self._home.is_closed():
            work.close()
            _settle(answer, END, AudioError(_HOMELESS))
        else:
            self._home.call_soon_threadsafe(asyncio.ensure_future, work)

    async def _one(self, answer: _Answer) -> None:
        self._task = asyncio.current_task()
        item: Any = END
        error: Exception | None = None
        try:
            item = await self._take()
        except StopAsyncIteration:
            pass
        except asyncio.CancelledError:
            error = AudioError(_HOMELESS)
            raise
        except Exception as raised:
            error = raised
        finally:
            _settle(answer, item, error)

    async def _let_go(self, answer: _Answer) -> None:
        # The loop has but a weak reference to a task that waits.
        taking, self._task = self._task, asyncio.current_task()
        if taking is not None and not taking.done():
            taking.cancel()
            await asyncio.wait({taking}, timeout=GRACE / 2)
        if self._release is not None:
            with suppress(Exception):
                await self._release()
        _settle(answer, END)


def _settle(answer: _Answer, item: Any, error: BaseException | None = None) -> None:
    """Answer, from any thread; nobody may be waiting any more."""

    def settle() -> None:
        if not answer.done():
            answer.set_result((item, error))

    with suppress(RuntimeError):  # the loop of whoever waited is closed
        answer.get_loop().call_soon_threadsafe(settle)
