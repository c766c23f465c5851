"""A batch as its user sees it: it runs by itself, and is read at any time."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Self

from dgnb.batch.record import Record
from dgnb.batch.rows import FAILED, Outcome, Row
from dgnb.batch.run import Order, Run
from dgnb.errors import TimedOut
from dgnb.lazy import load
from dgnb.live.running import Running
from dgnb.protocol.prices import dollars
from dgnb.results import Transcript
from dgnb.transport.loop import in_thread

if TYPE_CHECKING:
    from pandas import DataFrame

    from dgnb.batch.progress import Bar

STOP = 60.0
"""How long files that are on their way are waited for when a batch is stopped [s]."""


class Batch(Running[Outcome]):
    """Many files on their way: it goes on by itself, on dgnb's own event loop.

    Reading it never waits. It can be iterated, with ``for`` or ``async for``, which gives an
    `Outcome` for every file from the first one on, and ends with the batch. A script that ends
    before its batch ends the batch: it is to `wait`.
    """

    def __init__(self, client: Any, order: Order, *, progress: bool) -> None:
        self._client, self._order = client, order
        self.total: int | None = None
        """How many files there are, as far as that is known."""
        self.sandbox = bool(client.sandbox)
        """Whether the offline sandbox answers."""
        self._record = Record(order.plan.kept, self._changed)
        self._bar: Bar | None = load("dgnb.batch.progress:Bar")() if progress else None
        self._run: Any = None
        self._stopping = False
        self._begin(client, self._work())

    async def _work(self) -> None:
        self._task = asyncio.current_task()
        try:
            await self._run_through()
        finally:
            self._record.end()
            self._order.sources.close()
            self._show(last=True)

    async def _run_through(self) -> None:
        self.total = await in_thread(self._order.sources.count)
        # In a thread: the libraries may have to be loaded, and the sandbox to be started.
        self._run = await in_thread(self._made)
        if self._stopping:
            self._run.end()
        await self._run.run()

    def _made(self) -> Any:
        if self._order.executor is None:
            return Run(self._order, self._channel(), self._record)
        return load("dgnb.batch.cluster:Cluster")(self._client, self._order, self._record, self.total)

    def _channel(self) -> Any:
        """A channel of its own: it outlives the client, and is patient when the account is at its limit."""
        settings = self._client._settings
        retry = replace(settings.retry, patient=True)
        return load("dgnb.transport.http:AsyncChannel")(replace(settings, retry=retry))

    def _changed(self) -> None:
        self._show()
        super()._changed()

    def _show(self, *, last: bool = False) -> None:
        """Bring the count and the bar up to date."""
        if self._record.rows and self.total is not None:
            self.total = max(self.total, len(self._record.rows))
        if self._bar is not None:
            self._bar.show(self._record, self.total, last=last)

    # What it tells

    @property
    def status(self) -> str:
        """How it stands: ``running``, ``stopping``, ``ended`` or ``failed``."""
        if self._future.done():
            return "failed" if self.error else "ended"
        return "stopping" if self._stopping else "running"

    @property
    def error(self) -> BaseException | None:
        """Why it ended before all was done, ``None`` while it runs and when all went well.

        A file that failed is no such error: see its row.
        """
        return super().error

    @property
    def warning(self) -> str:
        """Why replies could not be kept on disk and are in memory only; empty when they could."""
        return self._record.warning

    @property
    def rows(self) -> list[Row]:
        """What is known of each file, in the order in which they were done."""
        return list(self._record.rows)

    @property
    def frame(self) -> DataFrame:
        """One row a file, in the order of the sources; see `dgnb.views.batches`."""
        table: DataFrame = load("dgnb.views.batches:frame")(self.rows)
        return table

    @property
    def failed(self) -> dict[str, str]:
        """The files that failed, and why."""
        return {row.source: row.error for row in self._record.rows if row.status == FAILED}

    @property
    def cost(self) -> float:
        """What it has cost so far, in dollars, at the published prices."""
        return dollars(self._record.microdollars)

    @property
    def seconds(self) -> float:
        """Audio that was transcribed so far, kept replies included [s]."""
        return self._record.seconds

    @property
    def elapsed(self) -> float:
        """How long it has taken so far [s]."""
        return self._record.elapsed

    def transcript(self, file: int | str | Row) -> Transcript | None:
        """Return the transcript of a file, ``None`` if it failed or is not done yet.

        Parameters
        ----------
        file : int, str or Row
            Its position among the sources, its name, or its row.
        """
        row = file if isinstance(file, Row) else self._row(file)
        return None if row is None else self._record.transcript(row)

    def _row(self, file: int | str) -> Row | None:
        return next((row for row in self._record.rows if file in (row.position, row.source)), None)

    @property
    def transcripts(self) -> Iterator[Transcript]:
        """The transcripts so far, in the order of the sources, each read when its turn comes."""
        for row in sorted(self._record.rows, key=lambda row: row.position):
            found = self._record.transcript(row)
            if found is not None:
                yield found

    # What it does

    def wait(self, timeout: float | None = None) -> Any:
        """Wait until all is done, and return the batch; on an asynchronous client it is awaited.

        Interrupting the wait stops the batch: nothing more is sent, what is on its way is still
        recorded, and everything stays readable.

        Parameters
        ----------
        timeout : float, optional
            The longest to wait [s].

        Raises
        ------
        TimedOut
            It goes on.
        NotAllowed, PaymentRequired, BudgetExceeded
            It ended before all was done; what came before is kept.
        """
        return self._do(self._wait(timeout))

    def stop(self, timeout: float = STOP) -> Any:
        """Send nothing more, and return the batch when what is on its way has come.

        Parameters
        ----------
        timeout : float, default 60.0
            How long that is waited for [s]; what has not come by then is given up.
        """
        return self._do(self._stop(timeout))

    async def _wait(self, timeout: float | None = None) -> Self:
        if not await self._settled(timeout):
            raise TimedOut(f"The batch has not ended within {timeout:g} s; it goes on.")
        self._raise()
        return self

    async def _stop(self, timeout: float = STOP) -> Self:
        self._finish()
        if not await self._settled(timeout):
            await self._give_up()
        return self

    def _finish(self) -> None:
        """Send nothing more; called on the loop."""
        self._stopping = True
        if self._run is not None:
            self._run.end()

    def _halt(self) -> None:
        # What is on its way is paid for, and not given up: it is recorded whenever it comes.
        self._loop.call(self._finish)

    _abandon = _halt

    # Iteration

    @property
    def _things(self) -> list[Row]:
        return self._record.rows

    def _shown(self, row: Row) -> list[Outcome]:
        return [Outcome(row, self._record.transcript(row))]

    async def _shown_awaited(self, row: Row) -> list[Outcome]:
        return await asyncio.to_thread(self._shown, row)

    def __len__(self) -> int:
        return len(self._record.rows)

    def __bool__(self) -> bool:
        return True  # also while nothing is done

    def __repr__(self) -> str:
        return str(load("dgnb.views.batches:text")(self))

    def _repr_html_(self) -> str:
        return str(load("dgnb.views.batches:html")(self))
