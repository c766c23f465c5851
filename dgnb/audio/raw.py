"""Raw audio: what it is made of, how long it lasts, and its silence."""

from __future__ import annotations

import builtins
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from dgnb.protocol.models import WIDTHS

_ZEROS = {"mulaw": b"\xff", "alaw": b"\xd5"}
"""The byte of silence where it is not 0."""


@dataclass(frozen=True)
class AudioFormat:
    """What a live connection is told of its audio.

    Parameters
    ----------
    encoding : str
        The codec of raw audio; empty for a file format that is passed on as it is.
    sample_rate : int, Hz
        0 when it is not known.
    channels : int

    Examples
    --------
    >>> AudioFormat("linear16", 16000, 2).query()
    {'encoding': 'linear16', 'sample_rate': 16000, 'channels': 2}
    """

    encoding: str
    sample_rate: int = 0
    channels: int = 1

    @cached_property  # it is asked for with every piece of audio
    def width(self) -> int:
        """Bytes of one sample of all channels; 0 when the audio cannot be cut between samples."""
        return WIDTHS.get(self.encoding, 0) * self.channels if self.sample_rate else 0

    def seconds(self, size: int) -> float:
        """Return how long so many bytes last [s]; 0 when that is not known.

        Examples
        --------
        >>> AudioFormat("linear16", 16000).seconds(32000)
        1.0
        """
        return size / (self.width * self.sample_rate) if self.width else 0.0

    def bytes(self, seconds: float) -> int:
        """Return how many bytes last so long, whole samples; 0 when that is not known.

        Examples
        --------
        >>> AudioFormat("linear16", 16000, 2).bytes(0.08)
        5120
        """
        return round(seconds * self.sample_rate) * self.width

    def silence(self, seconds: float) -> builtins.bytes:
        """Return silence that lasts so long [s]; none for audio that cannot be cut.

        Examples
        --------
        >>> AudioFormat("alaw", 8000).silence(0.0005).hex()
        'd5d5d5d5'
        """
        return _ZEROS.get(self.encoding, b"\0") * self.bytes(seconds)

    def query(self) -> dict[str, Any]:
        """Return the options of the connection; none for a file format, which says it all itself.

        Examples
        --------
        >>> AudioFormat("mulaw", 8000).query(), AudioFormat("").query()
        ({'encoding': 'mulaw', 'sample_rate': 8000}, {})
        """
        if not self.encoding or not self.sample_rate:
            return {}
        channels = {"channels": self.channels} if self.channels > 1 else {}
        return {"encoding": self.encoding, "sample_rate": self.sample_rate, **channels}


OPAQUE = AudioFormat("")
"""A file format that is passed on as it is; it has no clock."""
