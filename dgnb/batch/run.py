"""A batch at work on dgnb's event loop."""

from __future__ import annotations

import asyncio
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import Any

from dgnb.batch.affording import afford, price
from dgnb.batch.estimate import asked
from dgnb.batch.feed import Feed
from dgnb.batch.flights import Flights, Landed, flights
from dgnb.batch.jobs import Job, Plan
from dgnb.batch.purse import Purse
from dgnb.batch.record import Record
from dgnb.batch.rows import Outcome, Sink
from dgnb.batch.sources import Source, Sources
from dgnb.errors import BudgetExceeded, CredentialError, DgnbError, NotAllowed, PaymentRequired
from dgnb.protocol import routes

CERTAIN = (NotAllowed, PaymentRequired, CredentialError, BudgetExceeded)
"""Errors that every other file would meet as well: they end a batch."""

SPARE = 4
"""One file more than this part of those on their way is looked at meanwhile, so that the next is ready."""

NO_LENGTH = "Its cost cannot be told beforehand, and there is a budget: {} Leave budget out, or download it."


@dataclass(frozen=True)
class Order:
    """What a run is to do.

    Parameters
    ----------
    sources : Sources
    plan : Plan
    concurrency : int or None
        Files at the same time at the most; ``None`` for as many as the account allows.
    purse : Purse
    sink : Sink or None
        Where results are written as they come.
    executor : distributed.Client or None
        The Dask cluster that does the work, if one does.
    corpus : Corpus or None
        Where its workers write.
    """

    sources: Sources
    plan: Plan
    concurrency: int | None
    purse: Purse
    sink: Sink | None = None
    executor: Any = None
    corpus: Any = None


async def opened(order: Order) -> Feed:
    """Return the sources of an order, one after another, when all that is known of them can be paid.

    Raises
    ------
    BudgetExceeded
        They would cost more than they may.
    """
    if order.purse.budget is not None and order.sources.again:
        await asyncio.to_thread(afford, order.sources, order.plan, order.purse)
    return Feed(order.sources, asyncio.get_running_loop())


class Run:
    """Takes sources one after another, as many at a time as there is room for, and records what comes.

    Parameters
    ----------
    order : Order
    channel : AsyncChannel
    record : Record
    """

    def __init__(self, order: Order, channel: Any, record: Record) -> None:
        self._order, self._channel, self._record = order, channel, record
        self._weight = channel.weight(routes.LISTEN, asked(order.plan.options))
        self._gate = channel.gate(routes.LISTEN)
        self._tasks: set[asyncio.Task[None]] = set()
        self._flights = Flights()
        self._room = asyncio.Event()
        self._cap = asyncio.Semaphore(order.concurrency or sys.maxsize)
        self._feed: Feed | None = None
        self._ending = False
        self._fatal: Exception | None = None
        self._writer = ThreadPoolExecutor(1, "dgnb-sink")

    async def run(self) -> None:
        """Work until there are no more sources, or the run is ended.

        Raises
        ------
        DgnbError
            Why it was ended before; what came until then is recorded.
        """
        order = self._order
        if order.concurrency is not None:
            self._gate.allow(order.concurrency * self._weight)
        if order.plan.kept is not None:
            self._flights = flights(order.plan.kept)
        self._feed = await opened(order)
        if self._ending:
            self._feed.close()
        try:
            await self._dispatch(self._feed)
            await self._finished()
        finally:
            self._feed.close()
            for task in self._tasks:
                task.cancel()
            try:
                await self._flush()
            finally:  # also where a sink cannot write
                await self._channel.close()
        self._raise(self._fatal or self._feed.error)

    @staticmethod
    def _raise(error: Exception | None) -> None:
        if error is not None:
            raise error

    def end(self, error: Exception | None = None) -> None:
        """Send nothing more; what is on its way is still recorded. Called on the loop."""
        self._ending = True
        self._fatal = self._fatal or error
        self._room.set()
        if self._feed is not None:
            self._feed.close()

    async def _dispatch(self, feed: Feed) -> None:
        while not self._ending:
            while len(self._tasks) >= self._most and not self._ending:
                self._room.clear()
                await self._room.wait()
            source = await feed.next()
            if source is None:
                return
            task = asyncio.create_task(self._one(source))
            self._tasks.add(task)
            task.add_done_callback(self._left)

    @property
    def _most(self) -> int:
        """How many files are worked on: those on their way, and some that are got ready."""
        room = self._order.concurrency or int(self._gate.limit / self._weight)
        return room + room // SPARE + 1

    def _left(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        self._room.set()
        if not task.cancelled() and (error := task.exception()) is not None:
            self.end(error if isinstance(error, Exception) else None)

    async def _finished(self) -> None:
        while self._tasks:
            await asyncio.wait(self._tasks)

    async def _one(self, source: Source) -> None:
        job = Job(source, self._order.plan)
        outcome = await asyncio.to_thread(job.begin)
        if outcome is None:
            outcome = await self._asked(job)
        if outcome is not None:
            await self._told(outcome)

    async def _asked(self, job: Job) -> Outcome | None:
        """What becomes of a file whose reply is not kept; ``None`` when the run ends before it is sent."""
        if job.where is None:
            return await self._paid(job)
        key, flying = job.where.key, self._flights.flying
        while key in flying:
            # The same audio is on its way already: it is paid for once.
            landed = await asyncio.shield(flying[key])
            if landed is not None:
                return await asyncio.to_thread(job.share, *landed)
        if key in self._flights.landed and (found := await self._landed(job, key)) is not None:
            return found
        # Meanwhile another may have asked for what is kept no more.
        return await (self._asked(job) if key in flying else self._first(job, key))

    async def _landed(self, job: Job, key: str) -> Outcome | None:
        """What becomes of a file whose reply has just come; ``None`` when it is kept no more."""
        unkept = self._flights.landed[key]
        return await asyncio.to_thread(partial(job.share, *unkept) if unkept else job.look)

    async def _first(self, job: Job, key: str) -> Outcome | None:
        flights = self._flights
        flights.flying[key] = asyncio.get_running_loop().create_future()
        landed: Landed | None = None
        try:
            outcome = await self._paid(job)
            if outcome is not None and outcome.error is None and job.reply is not None:
                landed = job.reply, outcome.unkept
                flights.landed[key] = landed if outcome.unkept else None
            return outcome
        finally:
            flights.flying.pop(key).set_result(landed)

    async def _paid(self, job: Job) -> Outcome | None:
        purse, reserved, cost = self._order.purse, 0, 0
        if self._ending:
            return None
        try:
            reserved = await self._price(job) if purse.budget is not None else 0
            purse.reserve(reserved)
        except BudgetExceeded as error:
            self.end(error)
            return None
        except DgnbError as error:
            return job.fail(error)
        try:
            outcome = await self._sent(job)
            cost = outcome.row.microdollars
            return outcome
        finally:
            purse.pay(reserved, cost)

    async def _price(self, job: Job) -> int:
        try:
            return await asyncio.to_thread(price, job.source, self._order.plan.options)
        except (DgnbError, OSError) as error:
            raise DgnbError(NO_LENGTH.format(error)) from error

    async def _sent(self, job: Job) -> Outcome:
        assert job.request is not None  # noqa: S101 - begin made it
        try:
            async with self._cap:
                reply = await self._channel.exchange(job.request)
        except Exception as error:  # also of the source, which is read again while it is sent
            return job.fail(error)
        # From here on it is paid for: nothing may come between it and the store.
        return await asyncio.shield(asyncio.to_thread(job.finish, reply))

    async def _told(self, outcome: Outcome) -> None:
        self._record.add(outcome)
        sink = self._order.sink
        if sink is not None:
            loop = asyncio.get_running_loop()
            await loop.run_in_executor(self._writer, sink.write, outcome.transcript, outcome.row)
        if isinstance(outcome.error, CERTAIN):
            self.end(outcome.error)

    async def _flush(self) -> None:
        loop = asyncio.get_running_loop()
        try:
            if self._order.sink is not None:
                await loop.run_in_executor(self._writer, self._order.sink.flush)
        finally:
            self._writer.shutdown(wait=False)
