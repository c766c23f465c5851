"""Arrays of samples as WAV bytes."""

from __future__ import annotations

from math import isfinite
from struct import pack
from typing import TYPE_CHECKING, Any

from dgnb.errors import AudioError

if TYPE_CHECKING:
    from numpy.typing import NDArray

MOST_CHANNELS = 20
"""Channels that the service accepts."""


def wav(samples: Any, rate: float) -> bytes:
    """Return samples as a WAV file of 16-bit PCM.

    Parameters
    ----------
    samples : array_like
        Shape ``(samples,)``, ``(samples, channels)`` or ``(channels, samples)``: the shorter
        axis is taken as the channels. Floats lie in [-1, 1]; ``int16``, ``int32`` and ``uint8``
        use their full range.
    rate : float
        Samples a second [Hz].

    Raises
    ------
    AudioError
        The array is empty, has another shape or type, or floats outside [-1, 1].

    Examples
    --------
    >>> import numpy as np
    >>> len(wav(np.zeros(8000, dtype=np.float32), 8000))
    16044
    """
    import numpy as np  # noqa: PLC0415 - NumPy is loaded only when an array comes

    frames = _frames(np.asarray(samples))
    if not hasattr(rate, "__int__") or not 1 <= rate <= 1_000_000 or rate != int(rate):
        raise AudioError(f"The sample rate is a whole number of Hz, not {rate!r}.")
    data = _int16(frames).astype("<i2").tobytes()
    return _header(len(data), int(rate), frames.shape[1]) + data


def linear16(samples: Any, channels: int = 0) -> tuple[bytes, int]:
    """Return samples as raw audio of 16 bits, and the channels it has.

    Parameters
    ----------
    samples : array_like
        As for `wav`, or interleaved: shape ``(samples * channels,)``.
    channels : int
        0 when it is not known: the shorter axis is taken.

    Raises
    ------
    AudioError
        The array has another shape or type, or floats outside [-1, 1].

    Examples
    --------
    >>> import numpy as np
    >>> linear16(np.array([[1, 2], [3, 4]], np.int16), 2)[0].hex()
    '0100020003000400'
    """
    import numpy as np  # noqa: PLC0415 - NumPy is loaded only when an array comes

    given = np.asarray(samples)
    if not given.size:
        return b"", channels
    if not channels:
        frames = _frames(given)
    elif given.ndim == 1 or given.shape[1:] == (channels,):
        frames = given
    elif given.ndim == 2 and given.shape[0] == channels:
        frames = given.T
    else:
        raise AudioError(f"The array's shape is {given.shape}, but there are {channels} channel(s).")
    return _int16(frames).astype("<i2").tobytes(), channels or frames.shape[1]


def _frames(samples: NDArray[Any]) -> NDArray[Any]:
    """The samples with shape (samples, channels)."""
    if samples.ndim not in (1, 2) or not samples.size:
        raise AudioError(
            f"An array of samples has one or two axes and is not empty; its shape is {samples.shape}."
        )
    columns = samples if samples.ndim == 2 else samples[:, None]
    frames = columns.T if columns.shape[0] < columns.shape[1] else columns
    if frames.shape[1] > MOST_CHANNELS:
        raise AudioError(
            f"At most {MOST_CHANNELS} channels can be sent; the array's shape is {samples.shape}."
        )
    return frames


def _int16(frames: NDArray[Any]) -> NDArray[Any]:
    kind = frames.dtype.name
    if kind == "int16":
        return frames
    if kind == "int32":
        return frames >> 16
    if kind == "uint8":
        return (frames.astype("int16") - 128) << 8
    if frames.dtype.kind != "f":
        raise AudioError(f"Samples are float, int16, int32 or uint8, not {kind}.")
    return _from_float(frames)


def _from_float(frames: NDArray[Any]) -> NDArray[Any]:
    peak = float(abs(frames).max())
    # A resampler overshoots full scale a little; integers kept as floats overshoot it a lot.
    if not peak <= 2:
        fix = f"the peak is {peak:g}" if isfinite(peak) else "there are NaN or infinite values"
        raise AudioError(f"Float samples lie in [-1, 1], but {fix}. Divide 16-bit counts by 32768.")
    # Half precision cannot count to 32767.
    return (frames.clip(-1, 1).astype("float32", copy=False) * 32767).round()


def _header(size: int, rate: int, channels: int) -> bytes:
    layout = pack("<HHIIHH", 1, channels, rate, rate * channels * 2, channels * 2, 16)
    return (
        b"RIFF" + pack("<I", 36 + size) + b"WAVEfmt " + pack("<I", 16) + layout + b"data" + pack("<I", size)
    )
