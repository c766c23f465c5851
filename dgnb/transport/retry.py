"""Whether, and when, to try again."""

from __future__ import annotations

import random
import time
from dataclasses import dataclass
from email.utils import parsedate_to_datetime

PASSING = frozenset({408, 429, 500, 502, 503, 504})
"""Statuses that may pass by themselves."""

LONGEST = 60.0
"""The longest ``Retry-After`` that is waited for [s]; a longer one is the caller's to decide."""

LONGEST_PATIENCE = 3600.0
"""The same for a request that is patient [s]."""

MOST_REFUSALS = 100
"""So often a patient request is refused for too many others, half an hour or longer, before it gives up."""

_TOO_MANY = 429


@dataclass(frozen=True)
class Retry:
    """How often to try again, and after which pause.

    Parameters
    ----------
    limit : int
        Further attempts after the first one.
    first : float
        Pause before the second attempt [s]; it doubles from then on.
    patient : bool
        Whether a refusal for too many requests (429) costs no attempt: it passes when others are done.

    Examples
    --------
    >>> Retry(limit=2).pause(1, 503, "3")
    3.0
    >>> Retry(limit=2).pause(3, 503) is None
    True
    """

    limit: int = 2
    first: float = 0.5
    patient: bool = False

    def pause(self, attempt: int, status: int | None, retry_after: str = "") -> float | None:
        """Return the pause before the next attempt [s], ``None`` to give up.

        Parameters
        ----------
        attempt : int
            Attempts made so far, from 1.
        status : int or None
            Status of the reply, ``None`` when the connection failed.
        retry_after : str
            The reply's ``Retry-After``, seconds or a date.
        """
        if attempt > self.limit or (status is not None and status not in PASSING):
            return None
        asked = _seconds(retry_after)
        if asked is not None:
            return asked if asked <= LONGEST else None
        # Spread out, so that clients refused together do not come back together.
        return float(self.first * 2 ** (attempt - 1) * random.uniform(0.8, 1.2))  # noqa: S311


class Tries:
    """The attempts of one request.

    Parameters
    ----------
    retry : Retry

    Examples
    --------
    >>> tries = Tries(Retry(limit=0, patient=True))
    >>> tries.pause(429, "3"), tries.pause(429, "4"), tries.pause(503), tries.made
    (3.0, 4.0, None, 3)
    """

    def __init__(self, retry: Retry) -> None:
        self._retry = retry
        self.made = 0
        """How many there were."""
        self._refused = 0

    def pause(self, status: int | None, retry_after: str = "") -> float | None:
        """Return the pause before the next attempt [s], ``None`` to give up; see `Retry.pause`."""
        self.made += 1
        if status == _TOO_MANY and self._retry.patient:
            self._refused += 1
            return self._patience(retry_after)
        return self._retry.pause(self.made - self._refused, status, retry_after)

    def _patience(self, retry_after: str) -> float | None:
        asked = _seconds(retry_after)
        if self._refused > MOST_REFUSALS or (asked or 0.0) > LONGEST_PATIENCE:
            return None
        if asked is not None:
            return asked
        doubled = self._retry.first * 2 ** min(self._refused - 1, 8)
        return float(min(doubled, LONGEST / 2) * random.uniform(0.8, 1.2))  # noqa: S311


def _seconds(retry_after: str) -> float | None:
    try:
        return max(0.0, float(retry_after))
    except ValueError:
        pass
    try:
        return max(0.0, parsedate_to_datetime(retry_after).timestamp() - time.time())
    except ValueError:
        return None
