"""How much came in the last stretch of time."""

from __future__ import annotations

from collections import deque

from dgnb.protocol import limits


class Rate:
    """A limit on what may come within any minute.

    Parameters
    ----------
    most : int

    Examples
    --------
    >>> rate = Rate(10)
    >>> rate.take(8, now=0.0), rate.take(3, now=59.0), rate.take(3, now=60.0)
    (True, False, True)
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._taken: deque[tuple[float, int]] = deque()

    def take(self, count: int, now: float) -> bool:
        """Count what comes at a time [s]; what would be too much is refused, and not counted."""
        while self._taken and self._taken[0][0] <= now - limits.MINUTE:
            self._taken.popleft()
        if sum(count for _, count in self._taken) + count > self._most:
            return False
        self._taken.append((now, count))
        return True
