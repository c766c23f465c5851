"""When requests are booked: on a day that is over, so that no midnight comes between them."""

from datetime import UTC, datetime, timedelta
from itertools import count

NOW = datetime.now(UTC).replace(hour=12, minute=0, second=0, microsecond=0) - timedelta(days=1)
"""The first request's moment."""

_later = count()


def next_moment() -> datetime:
    """A moment after all others, on the day of `NOW`."""
    return NOW + timedelta(milliseconds=next(_later))
