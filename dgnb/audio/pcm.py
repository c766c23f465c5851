"""Samples of every kind as 16-bit integers."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from dgnb.protocol.models import WIDTHS

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Samples = NDArray[np.int16]

SIZES = WIDTHS | {"unsigned8": 1, "linear24": 3, "float32": 4, "float64": 8}
"""Bytes of one sample of each kind that `samples` reads."""


def samples(audio: bytes, kind: str) -> Samples:
    r"""Return raw audio as samples; a part of a sample at the end is left out.

    Parameters
    ----------
    audio : bytes
        Little-endian.
    kind : str
        One of `SIZES`. Floats have full scale at 1, and are cut there.

    Returns
    -------
    int16 array, shape (samples,)

    Examples
    --------
    >>> samples(b"\x01\x00\x02\x00", "linear16").tolist()
    [1, 2]
    >>> samples(b"\xff\x80\x00", "mulaw").tolist()
    [0, 32124, -32124]
    """
    return _READERS[kind](audio[: len(audio) // SIZES[kind] * SIZES[kind]])


def mixed(found: Samples, channels: int) -> Samples:
    """Return the mean of interleaved channels, shape (samples,).

    Examples
    --------
    >>> import numpy as np
    >>> mixed(np.array([1, 3, 5, 7], np.int16), 2).tolist()
    [2, 6]
    """
    if channels == 1:
        return found
    whole = found[: len(found) // channels * channels].reshape(-1, channels)
    mean: Samples = whole.mean(axis=1).round().astype("int16")
    return mean


class Recoder:
    r"""Raw audio of any kind that comes in pieces, as linear16.

    Parameters
    ----------
    kind : str
        One of `SIZES`.
    channels : int
    mono : bool
        Whether the channels are mixed.

    Examples
    --------
    >>> recode = Recoder("unsigned8", 2, mono=True)
    >>> recode(b"\x80"), recode(b"\x82\x80")
    (b'', b'\x00\x01')
    """

    def __init__(self, kind: str, channels: int, mono: bool) -> None:
        self.kind, self.channels, self.mono = kind, channels, mono
        self._rest = b""

    def __call__(self, piece: bytes) -> bytes:
        """Return what is whole of the audio so far; the rest is kept for the next piece."""
        audio = self._rest + piece
        size = SIZES[self.kind] * self.channels
        whole = len(audio) // size * size
        self._rest = audio[whole:]
        found = samples(audio[:whole], self.kind)
        return (mixed(found, self.channels) if self.mono else found).astype("<i2").tobytes()


def _integers(audio: bytes, kind: str) -> NDArray[Any]:
    import numpy as np  # noqa: PLC0415 - NumPy is loaded only when samples are looked at

    return np.frombuffer(audio, kind)


def _linear16(audio: bytes) -> Samples:
    return _integers(audio, "<i2").astype("int16")


def _linear24(audio: bytes) -> Samples:
    # The two upper bytes of three.
    return _integers(audio, "u1").reshape(-1, 3)[:, 1:].copy().view("<i2")[:, 0].astype("int16")


def _linear32(audio: bytes) -> Samples:
    found: Samples = (_integers(audio, "<i4") >> 16).astype("int16")
    return found


def _unsigned8(audio: bytes) -> Samples:
    found: Samples = (_integers(audio, "u1").astype("int16") - 128) << 8
    return found


def _float(kind: str) -> Callable[[bytes], Samples]:
    def read(audio: bytes) -> Samples:
        import numpy as np  # noqa: PLC0415 - NumPy is loaded only when samples are looked at

        value = np.nan_to_num(np.frombuffer(audio, kind), nan=0.0)
        found: Samples = (value.clip(-1, 1) * 32767).round().astype(np.int16)
        return found

    return read


def _mulaw(audio: bytes) -> Samples:
    """Decode mu-law by ITU-T G.711."""
    import numpy as np  # noqa: PLC0415 - NumPy is loaded only when samples are looked at

    code = ~np.arange(256) & 0xFF
    size = (((code & 0x0F) << 3) + 0x84 << (code >> 4 & 7)) - 0x84
    return np.where(code & 0x80, -size, size).astype(np.int16)[np.frombuffer(audio, np.uint8)]


def _alaw(audio: bytes) -> Samples:
    """Decode A-law by ITU-T G.711."""
    import numpy as np  # noqa: PLC0415 - NumPy is loaded only when samples are looked at

    code = np.arange(256) ^ 0x55
    exponent, step = code >> 4 & 7, ((code & 0x0F) << 4) + 8
    size = np.where(exponent, step + 0x100 << np.maximum(exponent - 1, 0), step)
    return np.where(code & 0x80, size, -size).astype(np.int16)[np.frombuffer(audio, np.uint8)]


_READERS: dict[str, Callable[[bytes], Samples]] = {
    "linear16": _linear16,
    "linear32": _linear32,
    "mulaw": _mulaw,
    "alaw": _alaw,
    "unsigned8": _unsigned8,
    "linear24": _linear24,
    "float32": _float("<f4"),
    "float64": _float("<f8"),
}
