"""A batch at work on a Dask cluster.

Files go out in chunks, one chunk a task, and never more tasks than the workers' threads will need
soon: a million files are sixteen thousand tasks, a few hundred at a time. A thread works on one file
after another, so ``threads_per_worker`` times workers is how many files are on their way, up to the
leases of a ``distributed.Semaphore``, which all batches of the account on the cluster share. A worker
that is killed gives its leases back after ``distributed.scheduler.locks.lease-timeout`` (30 s) in
Dask's configuration; a worker that stands still for longer than that may go beyond the limit for a
moment. Every worker finds the key in its own environment: it is in no task.

For a million files: as many threads in all workers together as there are leases, 20 to 50 in a process,
since they wait most of the time (a small file takes 17 ms of a worker's processor and 3 ms of the
scheduler's and this process's, see ``tests/bench/cluster.py``); ``corpus`` and ``cache`` in folders that
all workers see; sources as paths or URLs, which workers open themselves. The scheduler holds a few
hundred tasks, and this process about 600 bytes a file.
"""

from __future__ import annotations

import asyncio
from concurrent.futures import CancelledError
from contextlib import suppress
from pickle import PickleError
from typing import Any
from uuid import uuid4

from dgnb.batch.affording import price
from dgnb.batch.errands import errand
from dgnb.batch.feed import Feed
from dgnb.batch.record import Record
from dgnb.batch.rows import FAILED, Outcome, Row
from dgnb.batch.run import NO_LENGTH, Order, opened
from dgnb.batch.sources import Source
from dgnb.batch.worker import Chunk, Told, work
from dgnb.cache.keeping import marked
from dgnb.errors import BudgetExceeded, ConnectionFailed, DgnbError
from dgnb.lazy import load
from dgnb.results import Transcript

CHUNK = 64
"""Files of a task at the most."""

AHEAD = 2
"""Tasks for every thread of the cluster, those at work included."""

PATIENCE = 1.0
"""How long a source is waited for before a chunk goes out that is not full [s]."""


class Cluster:
    """Gives chunks of sources to a Dask cluster, and records what comes; stands in the place of `Run`.

    Parameters
    ----------
    client : Deepgram or AsyncDeepgram
    order : Order
    record : Record
    total : int or None
        How many sources there are, as far as that is known.
    """

    def __init__(self, client: Any, order: Order, record: Record, total: int | None) -> None:
        self._order, self._record, self._total = order, record, total
        self._executor, self._errand = order.executor, errand(client, order)
        record.corpus = order.corpus
        self._tasks: set[asyncio.Task[None]] = set()
        self._futures: set[Any] = set()
        self._room = asyncio.Event()
        self._coming: asyncio.Task[Source | None] | None = None
        self._feed: Feed | None = None
        self._ending, self._stop = False, asyncio.Event()
        self._fatal: Exception | None = None
        self._taken = self._made = 0
        # Set, it tells the workers to leave the rest; Dask itself cannot stop what a thread has begun.
        self._over = load("distributed:Event")(self._errand.name, client=self._executor)

    async def run(self) -> None:
        """Work until there are no more sources, or the run is ended.

        Raises
        ------
        DgnbError
            Why it was ended before; what came until then is recorded.
        """
        order = self._order
        self._feed = await opened(order)
        telling = asyncio.create_task(self._tell())
        try:
            await self._dispatch(self._feed)
            while self._tasks:
                await asyncio.wait(self._tasks)
        finally:
            self._feed.close()
            telling.cancel()
            await self._quit()
        error = self._fatal or self._feed.error
        if error is not None:
            raise error

    def end(self, error: Exception | None = None) -> None:
        """Send nothing more; what is on its way is still recorded. Called on the loop."""
        self._ending = True
        self._fatal = self._fatal or error
        self._room.set()
        if not isinstance(error, BudgetExceeded):  # what its money was put aside for is still sent
            self._stop.set()
        if self._feed is not None:
            self._feed.close()

    async def _tell(self) -> None:
        """Tell the workers when the run is ended before all is done."""
        await self._stop.wait()
        await asyncio.to_thread(self._over.set)

    async def _quit(self) -> None:
        """Leave nothing behind: neither work for a batch that was given up, nor the event."""
        left = [task for task in self._tasks if task.cancel()]
        if left:
            await asyncio.to_thread(self._over.set)
            await asyncio.to_thread(self._executor.cancel, list(self._futures))
        elif self._stop.is_set() and self._executor.status == "running":
            await asyncio.to_thread(self._over.clear)

    async def _dispatch(self, feed: Feed) -> None:
        while not self._ending:
            threads = await asyncio.to_thread(self._threads)
            while len(self._tasks) >= AHEAD * threads and not self._ending:
                self._room.clear()
                await self._room.wait()
            chunk = await self._chunk(feed, self._size(threads))
            if not chunk:
                return
            task = asyncio.create_task(self._paid(chunk))
            self._tasks.add(task)
            task.add_done_callback(self._left)

    def _threads(self) -> int:
        return max(1, sum(map(int, self._executor.nthreads().values())))

    def _size(self, threads: int) -> int:
        """How many files the next task has: few at the beginning and at the end, so that no thread idles."""
        shares = AHEAD * threads
        self._made += 1
        if self._total is None:
            return min(CHUNK, 1 << min(self._made // shares, 10))
        return max(1, min(CHUNK, (self._total - self._taken) // shares))

    async def _chunk(self, feed: Feed, size: int) -> Chunk:
        """Take sources; where they come slowly, what there is goes out."""
        chunk = Chunk()
        while len(chunk) < size and not self._ending:
            self._coming = self._coming or asyncio.create_task(feed.next())
            done, _ = await asyncio.wait({self._coming}, timeout=PATIENCE if chunk else None)
            if not done:
                break
            source, self._coming = self._coming.result(), None
            if source is None:
                break
            chunk.append(source)
        self._taken += len(chunk)
        return chunk

    def _left(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        self._room.set()
        if not task.cancelled() and (error := task.exception()) is not None:
            self.end(error if isinstance(error, Exception) else None)

    async def _paid(self, chunk: Chunk) -> None:
        """Have a chunk worked on, as far as the budget allows."""
        chunk, reserved = await self._reserved(chunk)
        spent = 0
        try:
            spent = await self._done(chunk) if chunk else 0
        finally:
            self._order.purse.pay(reserved, spent)

    async def _reserved(self, chunk: Chunk) -> tuple[Chunk, int]:
        """Put aside what files will cost; give those that can be paid for, and the sum."""
        purse, reserved, affordable = self._order.purse, 0, Chunk()
        if purse.budget is None:
            return chunk, 0
        for source in chunk:
            try:
                amount = await asyncio.to_thread(price, source, self._order.plan.options)
                purse.reserve(amount)
            except BudgetExceeded as error:
                self.end(error)
                break
            except (DgnbError, OSError) as error:
                self._add(_failed(source, NO_LENGTH.format(error)))
            else:
                reserved += amount
                affordable.append(source)
        return affordable, reserved

    async def _done(self, chunk: Chunk) -> int:
        """Have a chunk worked on, and return what it cost in millionths of a dollar."""
        while not self._stop.is_set():
            try:
                future = await asyncio.to_thread(self._submit, chunk)
            except (TypeError, AttributeError, PickleError) as error:
                return await self._halved(
                    chunk, f"It cannot be sent to a worker, give its path or URL: {error}"
                )
            await self._settled(future)
            found = await asyncio.to_thread(_found, future)
            if isinstance(found, Exception):
                return await self._lost(chunk, found)
            if found is not None:
                return self._recorded(found)
        return 0

    def _submit(self, chunk: Chunk) -> Any:
        if self._executor.status != "running":
            raise ConnectionFailed(
                "The Dask cluster is gone. What was done is kept: the same call on another one goes on."
            )
        name = f"{self._errand.name}-{chunk[0].position}-{uuid4().hex[:6]}"
        return self._executor.submit(work, chunk, self._errand, key=name, pure=False)

    async def _settled(self, future: Any) -> None:
        """Wait for a future of Dask."""
        loop, done = asyncio.get_running_loop(), asyncio.Event()

        def tell(_: Any) -> None:
            with suppress(RuntimeError):  # the loop was closed
                loop.call_soon_threadsafe(done.set)

        self._futures.add(future)
        try:
            future.add_done_callback(tell)
            await done.wait()
        finally:
            self._futures.discard(future)

    async def _lost(self, chunk: Chunk, error: Exception) -> int:
        if not isinstance(error, load("distributed:KilledWorker")):
            raise error
        return await self._halved(chunk, "Every worker that it was given to was lost; for want of memory?")

    async def _halved(self, chunk: Chunk, error: str) -> int:
        """Find the file that is to blame: it must not take others with it."""
        if len(chunk) == 1:
            self._add(_failed(chunk[0], error))
            return 0
        middle = len(chunk) // 2
        return await self._done(Chunk(chunk[:middle])) + await self._done(Chunk(chunk[middle:]))

    def _recorded(self, told: list[Told]) -> int:
        for one in told:
            self._add(one)
            if one.error is not None:
                self.end(one.error)
        return sum(one.row.microdollars for one in told)

    def _add(self, told: Told) -> None:
        transcript = marked(Transcript.from_json(told.reply), told.provenance) if told.reply else None
        self._record.add(Outcome(told.row, transcript, unkept=told.unkept))


def _found(future: Any) -> list[Told] | Exception | None:
    """What a task gave, or its error; ``None`` when a restarted cluster has forgotten it, also just now."""
    try:
        told: list[Told] = future.result()
    except (CancelledError, asyncio.CancelledError):  # one or the other, by Dask's version
        return None
    except Exception as error:  # whatever a worker met
        return error
    return told


def _failed(source: Source, error: str) -> Told:
    return Told(Row(position=source.position, source=source.name, status=FAILED, error=error))
