"""How far a live connection is, by its audio or by the clock."""

from __future__ import annotations

from collections.abc import Mapping
from time import monotonic

from dgnb.protocol import models, routes

LISTENING = (routes.LISTEN_LIVE.path, routes.FLUX_LIVE.path)
SPEAKING = (routes.SPEAK_LIVE.path, routes.FLUX_SPEAK_LIVE.path)


class Meter:
    """How far a live connection is: in seconds of audio where the format is known, else of time.

    Parameters
    ----------
    path : str
    query : mapping

    Examples
    --------
    >>> meter = Meter("/v1/listen", {"encoding": "linear16", "sample_rate": "8000"})
    >>> meter.start()
    >>> meter.received(4000)
    >>> meter.seconds
    0.25
    """

    def __init__(self, path: str, query: Mapping[str, str]) -> None:
        self._heard = _rate(query) if path in LISTENING else 0
        self._spoken = _rate(_speech(query)) if path in SPEAKING else 0
        self.audio = bool(self._heard or self._spoken)
        """Whether it counts audio."""
        self.running = False
        self._length, self._begun = 0.0, 0.0

    def start(self) -> None:
        """Begin, when the connection is open."""
        self.running, self._begun = True, monotonic()

    def received(self, size: int) -> None:
        """Count bytes of audio that came."""
        self._length += size / self._heard if self._heard else 0

    def sent(self, size: int) -> None:
        """Count bytes of audio that went."""
        self._length += size / self._spoken if self._spoken else 0

    @property
    def seconds(self) -> float:
        """How far it is."""
        return self._length if self.audio else monotonic() - self._begun


def _speech(query: Mapping[str, str]) -> dict[str, str]:
    encoding = query.get("encoding", "linear16")
    rates = models.LIVE_SPEECH_RATES.get(encoding, (0,))
    return {"encoding": encoding, "sample_rate": query.get("sample_rate", str(rates[0]))}


def _rate(query: Mapping[str, str]) -> int:
    """Give bytes of audio a second; 0 when the query does not say."""
    try:
        rate, channels = float(query.get("sample_rate", 0)), float(query.get("channels", 1))
        return models.WIDTHS.get(query.get("encoding", ""), 0) * int(rate) * int(channels)
    except (ValueError, OverflowError):
        return 0
