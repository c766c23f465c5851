"""Sources, taken by a thread of their own a little before they are needed."""

from __future__ import annotations

import asyncio
import threading
from collections import deque
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress

from dgnb.batch.sources import Source

AHEAD = 8
"""Sources that are taken before anybody asks for them; they may be large."""


class Feed:
    """Sources for an event loop, whatever their iterator does: it may block, and it may never end.

    Parameters
    ----------
    sources : iterable of Source
        It is gone through in the feed's thread.
    loop : AbstractEventLoop

    Examples
    --------
    >>> async def names():
    ...     feed = Feed([Source("a", b""), Source("b", b"")], asyncio.get_running_loop())
    ...     return [(await feed.next()).name, (await feed.next()).name, await feed.next()]
    >>> asyncio.run(names())
    ['a', 'b', None]
    """

    def __init__(self, sources: Iterable[Source], loop: asyncio.AbstractEventLoop) -> None:
        self._sources, self._loop = sources, loop
        self._ready: deque[Source] = deque()
        self._room = threading.Semaphore(AHEAD)
        self._news = asyncio.Event()
        self._hungry = self._closed = self._over = False
        self.error: Exception | None = None
        """Why there are no more sources, if their iterator failed."""
        threading.Thread(target=self._work, name="dgnb-feed", daemon=True).start()

    async def next(self) -> Source | None:
        """Return the next source, ``None`` when there are no more, or the feed was closed."""
        while not self._closed:
            if self._ready:
                self._room.release()
                return self._ready.popleft()
            if self._over:
                break
            self._news.clear()
            # Said before the last look, so that what comes in between is not slept through.
            self._hungry = True
            if not self._ready and not self._over:
                await self._news.wait()
            self._hungry = False
        return None

    def close(self) -> None:
        """Take no more; called on the loop."""
        self._closed = True
        self._ready.clear()
        self._room.release()
        self._news.set()

    def _work(self) -> None:
        try:
            with _closed(iter(self._sources)) as sources:
                self._fill(sources)
        except Exception as error:
            self.error = error
        finally:
            self._over = True
            self._tell()

    def _fill(self, sources: Iterator[Source]) -> None:
        for source in sources:
            self._room.acquire()
            if self._closed:
                return
            self._ready.append(source)
            if self._hungry:
                self._tell()

    def _tell(self) -> None:
        with suppress(RuntimeError):  # the loop is closed, also if that was a moment ago
            self._loop.call_soon_threadsafe(self._news.set)


@contextmanager
def _closed(sources: Iterator[Source]) -> Iterator[Iterator[Source]]:
    """Give an iterator, and end it if it is one that can be ended."""
    try:
        yield sources
    finally:
        close = getattr(sources, "close", None)
        if close is not None:
            close()
