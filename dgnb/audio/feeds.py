"""Items of a source that blocks, or that lives on another event loop, awaited one at a time.

What is asked for is brought from one thread to another, and that takes longer than anything
else that happens to a piece of audio. So a source that gives without a pause is taken from
until whoever asked has come to fetch the first item, `TOGETHER` or `MUCH` at the most; further
ahead nothing is read. What was taken is given, also after the source was let go.
"""

from __future__ import annotations

import asyncio
import queue
import threading
from abc import ABC, abstractmethod
from collections import deque
from collections.abc import Awaitable, Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from dgnb.errors import AudioError

END: Any = object()
"""What is given when there are no more items."""

GRACE = 1.0
"""How long a source may take to let go when it is closed [s]: code of the user's own may hang."""

TOGETHER = 64
"""Items that are taken at a time, from a source that gives them without a pause."""

MUCH = 1 << 16
"""Bytes, or samples of arrays, after which no more are taken at a time."""

_Call = asyncio.Future[None]
"""Wakes whoever waits for it, from any thread."""

_HOMELESS = "The event loop that the source of audio belongs to has ended."


@dataclass(frozen=True)
class _Failed:
    """In place of an item: the source has raised something."""

    error: BaseException


class Feed(ABC):
    """A source of items."""

    def __init__(self) -> None:
        self._items: deque[Any] = deque()
        """What was taken of the source and not yet given."""
        self._waiting: _Call | None = None
        self._closed = False

    async def next(self) -> Any:
        """Return the next item, `END` at the end; what the source raises is raised."""
        while not self.ready:
            if self._waiting is None or self._waiting.done():
                self._waiting = asyncio.get_running_loop().create_future()
                self._ask(self._waiting)
            # A wait that is cancelled loses no item: the next one gets it.
            await asyncio.shield(self._waiting)
        return self.pop()

    @property
    def ready(self) -> bool:
        """Whether there is an item, or the end, that needs no waiting for."""
        return self._closed or bool(self._items)

    def pop(self) -> Any:
        """Return the next item of a source that is `ready`, as `next` does."""
        if not self._items or self._items[0] is END:
            return END
        item = self._items.popleft()
        if isinstance(item, _Failed):
            raise item.error
        return item

    @abstractmethod
    async def finish(self) -> None:
        """Take what is there without waiting, and no more: what was taken is given, and then `END`."""

    async def close(self) -> None:
        """Let go of the source, once; whoever waits for an item gets what was taken, and then `END`."""
        if self._closed:
            return
        self._closed = True
        if self._waiting is not None:
            _wake(self._waiting)
        released: _Call = asyncio.get_running_loop().create_future()
        self._end(released)
        await asyncio.wait({released}, timeout=GRACE)

    def _put(self, item: Any) -> bool:
        """Keep an item that was taken; return whether there may be more."""
        if self._closed:
            return False
        self._items.append(item)
        failed = isinstance(item, _Failed)
        if failed:
            self._items.append(END)
        return not failed and item is not END

    @abstractmethod
    def _ask(self, call: _Call) -> None:
        """Have the next items taken, and wake the caller when the first is there."""

    @abstractmethod
    def _end(self, call: _Call) -> None:
        """Have the source released, and wake the caller when it is."""


class Pulled(Feed):
    """Items of a blocking iterable, taken in a thread of its own.

    The thread is a daemon, since nothing can stop code of the user's own that blocks.

    Parameters
    ----------
    items : iterable
    release : callable, optional
        Called once at the end, in the thread if it was started.
    most : int
        Items that are taken at a time.
    end : callable, optional
        Ends the items soon, after what is there; it must not block. Without it no more are taken.

    Examples
    --------
    >>> async def main():
    ...     feed = Pulled(["a"])
    ...     return await feed.next(), await feed.next() is END
    >>> asyncio.run(main())
    ('a', True)
    """

    def __init__(
        self,
        items: Iterable[Any],
        release: Callable[[], None] | None = None,
        most: int = TOGETHER,
        end: Callable[[], None] | None = None,
    ) -> None:
        super().__init__()
        self._source, self._release, self._most, self._stop = items, release, most, end
        self._iterator: Iterator[Any] | None = None
        self._asked: queue.SimpleQueue[_Call] = queue.SimpleQueue()
        self._last: _Call | None = None
        self._thread: threading.Thread | None = None
        self._over = False

    async def finish(self) -> None:
        """Take what is there without waiting, and no more."""
        if self._stop is None:
            await self.close()
        else:
            _quietly(self._stop)

    async def close(self) -> None:
        """Let go of the source, once; only a thread that is blocked in it is left behind."""
        await super().close()
        if self._over and self._thread is not None:
            self._thread.join()  # it has nothing left to do

    def _ask(self, call: _Call) -> None:
        self._asked.put(call)
        if self._over:
            _wake(call)
        elif self._thread is None:
            self._thread = threading.Thread(target=self._run, name="dgnb audio", daemon=True)
            self._thread.start()

    def _end(self, call: _Call) -> None:
        self._last = call
        if self._thread is None:
            self._let_go()
        else:
            self._asked.put(call)
        if self._thread is None or self._over:
            _wake(call)

    def _run(self) -> None:
        while (call := self._asked.get()) is not self._last:
            if not self._serve(call):
                break
        self._let_go()
        # Whoever asks from now on sees that it is over; who has asked meanwhile is answered here.
        self._over = True
        while not self._asked.empty():
            _wake(self._asked.get())
        _wake(call)

    def _serve(self, call: _Call) -> bool:
        """Take items until the caller has come for the first; return whether there may be more."""
        told = False
        if self._items:  # the last one came after its caller had gone
            told = _wake(call)
        size = 0
        for _ in range(self._most):
            item = self._take()
            more, size = self._put(item), size + _size(item)
            told = told or _wake(call)
            if not more or call.done() or size >= MUCH:
                return more
        return True

    def _take(self) -> Any:
        """Take the next item, or in its place what the source raises."""
        try:
            if self._iterator is None:
                self._iterator = iter(self._source)
            return next(self._iterator, END)
        except Exception as raised:
            return _Failed(raised)
        except BaseException as raised:  # SystemExit would end the loop of whoever waits
            return _Failed(AudioError(f"The source of audio gave up: {type(raised).__name__}."))

    def _let_go(self) -> None:
        if self._release is not None:
            _quietly(self._release)


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
    rest : callable, optional
        Gives the items that are there.
    """

    def __init__(
        self,
        take: Callable[[], Awaitable[Any]],
        release: Callable[[], Awaitable[None]] | None = None,
        home: asyncio.AbstractEventLoop | None = None,
        rest: Callable[[], Iterable[Any]] = tuple,
    ) -> None:
        super().__init__()
        self._take, self._release, self._home, self._rest = take, release, home, rest
        self._call: _Call
        self._woken: _Call | None = None
        self._count = self._size = 0
        self._task: asyncio.Task[Any] | None = None

    async def finish(self) -> None:
        """Take what is there without waiting, and no more."""
        taken: _Call = asyncio.get_running_loop().create_future()
        self._at_home(self._drain, taken)
        await asyncio.wait({taken}, timeout=GRACE)
        await self.close()

    def _drain(self, call: _Call) -> None:
        with suppress(Exception):  # as in `_quietly`
            for item in self._rest():
                self._put(item)
        _wake(call)

    def _ask(self, call: _Call) -> None:
        self._at_home(self._serve, call)

    def _end(self, call: _Call) -> None:
        self._at_home(self._leave, call)

    def _at_home(self, work: Callable[[_Call], None], call: _Call) -> None:
        self._home = self._home or asyncio.get_running_loop()
        try:
            self._home.call_soon_threadsafe(work, call)
        except RuntimeError:  # it is closed
            self._put(_Failed(AudioError(_HOMELESS)))
            _wake(call)

    def _serve(self, call: _Call) -> None:
        self._call, self._count, self._size = call, 0, 0
        if self._items:  # the last one came after its caller had gone
            self._answer()
        if self._task is None or self._task.done():
            self._task = asyncio.ensure_future(self._some())

    def _answer(self) -> None:
        if self._woken is not self._call:
            self._woken = self._call
            _wake(self._call)

    async def _some(self) -> None:
        """Take items until the last one who has called has come for the first."""
        more = True
        # On its own loop that one may call again at any moment, also before this begins.
        while more and self._count < TOGETHER and self._size < MUCH and not self._call.done():
            self._count += 1
            try:
                item = await self._one()
            except BaseException:  # as a rule the task was cancelled
                self._put(_Failed(AudioError(_HOMELESS)))
                self._answer()
                raise
            more = self._put(item)
            self._size += _size(item)
            self._answer()

    async def _one(self) -> Any:
        """The next item, or in its place what the source raises."""
        try:
            return await self._take()
        except StopAsyncIteration:
            return END
        except Exception as raised:
            return _Failed(raised)

    def _leave(self, call: _Call) -> None:
        # The loop has but a weak reference to a task that waits.
        self._task = asyncio.ensure_future(self._let_go(self._task, call))

    async def _let_go(self, taking: asyncio.Task[Any] | None, call: _Call) -> None:
        if taking is not None and not taking.done():
            taking.cancel()
            await asyncio.wait({taking}, timeout=GRACE / 2)
        if self._release is not None:
            with suppress(Exception):
                await self._release()
        _wake(call)


def _size(item: Any) -> int:
    try:
        return len(item)
    except Exception:  # what is no piece of audio is refused by whoever gets it
        return 0


def _quietly(function: Callable[[], None]) -> None:
    """Call what ends a source: what goes wrong in that no longer matters to its audio."""
    with suppress(Exception):
        function()


def _wake(call: _Call) -> bool:
    """Wake a caller, from any thread; nobody may be waiting any more."""

    def wake() -> None:
        if not call.done():
            call.set_result(None)

    with suppress(RuntimeError):  # the loop of whoever waited is closed
        call.get_loop().call_soon_threadsafe(wake)
    return True
