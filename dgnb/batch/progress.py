"""How far a batch is, as a bar of tqdm: in a notebook a widget, elsewhere a line."""

from __future__ import annotations

import time
from typing import Any

from tqdm.auto import tqdm

from dgnb.batch.record import Record
from dgnb.protocol.prices import dollars

LEAST = 0.2
"""Least time between two updates [s]."""


class _Tqdm(tqdm):  # type: ignore[type-arg]
    monitor_interval = 0  # no thread of its own: the batch itself sees to it that it is up to date


class Bar:
    """A bar that follows a record."""

    def __init__(self) -> None:
        self._bar: Any = _Tqdm(unit="file", dynamic_ncols=True)
        self._last = 0.0

    def show(self, record: Record, total: int | None, *, last: bool = False) -> None:
        """Bring it up to date, unless that was just done."""
        now = time.monotonic()
        if now - self._last < LEAST and not last:
            return
        self._last = now
        self._bar.total = total
        self._bar.set_postfix_str(told(record), refresh=False)
        self._bar.update(len(record.rows) - self._bar.n)
        if last:
            self._bar.close()


def told(record: Record) -> str:
    """Return sums of a record on one line.

    Examples
    --------
    >>> record = Record(None, lambda: None)
    >>> told(record)
    '0.00 h audio, 0 failed, $0.0000'
    """
    kept = f", {record.cached:,} kept" if record.cached else ""
    money = f"${dollars(record.microdollars):,.4f}"
    return f"{record.seconds / 3600:,.2f} h audio, {record.failed:,} failed{kept}, {money}"
