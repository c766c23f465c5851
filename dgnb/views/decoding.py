"""Audio as samples of one channel."""

from __future__ import annotations

from io import BytesIO
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from dgnb.audio.decoding import Decoding
from dgnb.audio.formats import HEAD, sniff
from dgnb.audio.pcm import samples
from dgnb.audio.waves import Wave, header
from dgnb.errors import AudioError

Samples = NDArray[np.int16]


class Sound(NamedTuple):
    """Samples, shape (samples,), and their rate [Hz]."""

    samples: Samples
    rate: int

    @property
    def duration(self) -> float:
        """Length [s]."""
        return len(self.samples) / self.rate


def decoded(audio: bytes, content_type: str) -> Sound:
    r"""Return audio as samples; several channels are averaged.

    Parameters
    ----------
    audio : bytes
    content_type : str
        It says what raw audio is; a file says it itself.

    Raises
    ------
    MissingExtra
        The audio is compressed, and PyAV is not installed.
    AudioError
        It cannot be decoded.

    Examples
    --------
    >>> decoded(b"\x01\x00\x02\x00", "audio/l16;rate=8000")
    Sound(samples=array([1, 2], dtype=int16), rate=8000)
    """
    kind, _, parameters = content_type.lower().partition(";")
    if kind.strip() in _RAW:
        rate = parameters.partition("rate=")[2].strip()
        if not rate.isdecimal() or int(rate) == 0:
            raise AudioError(f"'{content_type}' does not tell the sample rate.")
        return Sound(samples(audio, _RAW[kind.strip()]), int(rate))
    if audio[:4] == b"RIFF":
        return _wav(audio)
    return _compressed(audio, content_type)


_RAW = {"audio/l16": "linear16", "audio/mulaw": "mulaw", "audio/alaw": "alaw"}


def _wav(audio: bytes) -> Sound:
    found = header(audio)
    if found is None or not found.kind:
        return _compressed(audio, "audio/wav")
    raw = Wave(mono=True).feed(audio)
    return Sound(samples(raw, found.format(mono=True).encoding), found.rate)


def _compressed(audio: bytes, content_type: str) -> Sound:
    form = sniff(audio[:HEAD])
    decoding = Decoding(BytesIO(audio), form.name if form else content_type, mono=True, extra="sandbox")
    return Sound(samples(b"".join(decoding.pieces()), "linear16"), decoding.format.sample_rate)
