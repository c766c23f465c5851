"""How far a live session goes to survive a bad connection."""

from __future__ import annotations

from dataclasses import dataclass

from dgnb.errors import OptionError
from dgnb.protocol.limits import RATE


@dataclass(frozen=True)
class Bounds:
    """Limits of a session.

    Parameters
    ----------
    pace : float
        How fast a recording is played, 1 is real time.
    retries : int
        Attempts in a row to connect again, without any progress between them.
    buffer : float
        Audio that is kept to be sent again [s]; what is older is lost to a new connection, and told.
    patience : float
        A connection without any sign of life for so long counts as broken [s].
    lead : float
        Audio before the last final word that a new connection hears again [s], so that it
        knows the speakers; 0 without them.

    Examples
    --------
    >>> Bounds(pace=2.0).rate
    2.5
    """

    pace: float = 1.0
    retries: int = 8
    buffer: float = 60.0
    patience: float = 10.0
    lead: float = 0.0

    def __post_init__(self) -> None:
        for name in ("pace", "buffer", "patience"):
            if not getattr(self, name) > 0:
                raise OptionError(f"{name} is more than 0, not {getattr(self, name)!r}.", name)
        if self.retries < 0:
            raise OptionError(f"retries is 0 or more, not {self.retries!r}.", "retries")

    @property
    def rate(self) -> float:
        """How many times real time audio is sent at the most, also to catch up."""
        return RATE * self.pace
