"""One connection's clock against the source's.

A connection counts the audio that it was sent, from 0. The source goes on while
there is no connection, loses what no buffer could keep, and stands still while
silence is sent in its place. A ledger knows which is which.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from typing import Protocol


class Timed(Protocol):
    """What starts and ends."""

    @property
    def start(self) -> float: ...  # noqa: D102
    @property
    def end(self) -> float: ...  # noqa: D102


Seam = tuple[int, int, bool]
"""From this sample of the connection on the source is at that one, and runs or stands still."""


class Ledger:
    """What was sent on one connection.

    Parameters
    ----------
    rate : int
        Samples a second [Hz]; 0 when the audio has no clock, and times stay as they are.

    Examples
    --------
    >>> ledger = Ledger(1000)
    >>> ledger.sent(source=5000, count=2000, now=0.0)  # the source's seconds 5 to 7
    >>> ledger.sent(source=9000, count=1000, now=2.0)  # two seconds were lost
    >>> ledger.source(1.5), ledger.source(2.5), ledger.source(2.0, end=True)
    (6.5, 9.5, 7.0)
    """

    def __init__(self, rate: int) -> None:
        self.rate = rate
        self._clock: list[int] = []
        self._source: list[int] = []
        self._runs: list[bool] = []
        self._follows = -1
        self._ends: list[int] = []
        self._times: list[float] = []
        self.position = 0
        """Samples sent."""

    @classmethod
    def cut(cls, rate: int, seams: Iterable[Seam]) -> Ledger:
        """Return the ledger with given seams; it tells times, and no ages."""
        ledger = cls(rate)
        for clock, source, runs in seams:
            ledger.position = clock
            ledger._seam(source, runs=runs)
        return ledger

    @property
    def seams(self) -> list[Seam]:
        """Where the connection's clock and the source's part or meet."""
        return list(zip(self._clock, self._source, self._runs, strict=True))

    def sent(self, source: int, count: int, now: float) -> None:
        """Note that `count` samples from `source` on were sent at the time `now` [s]."""
        if source != self._follows:
            self._seam(source, runs=True)
        self._follows = source + count
        self._advance(count, now)

    def paused(self, source: int, count: int, now: float) -> None:
        """Note that so much silence was sent while the source stood at `source`."""
        if not self._runs or self._runs[-1]:
            self._seam(source, runs=False)
        self._follows = -1
        self._advance(count, now)

    @property
    def plain(self) -> bool:
        """Whether both clocks have always been the same."""
        return not self.rate or (self._runs == [True] and self._source == [0])

    def _seam(self, source: int, *, runs: bool) -> None:
        self._clock.append(self.position)
        self._source.append(source)
        self._runs.append(runs)

    def _advance(self, count: int, now: float) -> None:
        self.position += count
        self._ends.append(self.position)
        self._times.append(now)

    def source(self, time: float, *, end: bool = False) -> float:
        """Return the source's time for the connection's.

        Parameters
        ----------
        time : float, seconds
        end : bool
            Whether something ends then: at a seam it belongs to what was before.

        Returns
        -------
        float, seconds
        """
        if not self.rate or not self._clock:
            return time
        at = time * self.rate
        # A whole number of samples must not fall on the wrong side of a seam by a rounding.
        near = round(at)
        at = near if abs(at - near) < 1e-3 else at
        seam = max((bisect_left if end else bisect_right)(self._clock, at) - 1, 0)
        moved = at - self._clock[seam] if self._runs[seam] else 0
        return round((self._source[seam] + moved) / self.rate, 6)

    def span(self, part: Timed) -> dict[str, float]:
        """Return the source's start and end of something that has both."""
        return {"start": self.source(part.start), "end": self.source(part.end, end=True)}

    def age(self, time: float, now: float) -> float | None:
        """Return how long ago the audio up to `time` [s, the connection's] was sent; ``None`` if unknown."""
        at = bisect_left(self._ends, round(time * self.rate) - 1)
        return round(now - self._times[at], 6) if self.rate and at < len(self._times) else None

    def forget(self, time: float) -> None:
        """Forget when the audio before `time` [s, the connection's] was sent."""
        at = bisect_left(self._ends, round(time * self.rate))
        del self._ends[:at], self._times[:at]
