"""Audio as samples: WAV and raw audio by NumPy, compressed formats by PyAV."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from dgnb.audio.formats import HEAD, sniff
from dgnb.audio.joining import data, layout
from dgnb.errors import AudioError, MissingExtra

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
        return Sound(_RAW[kind.strip()](audio), int(rate))
    if audio[:4] == b"RIFF":
        return _wav(audio)
    return _compressed(audio, content_type)


def _linear(audio: bytes) -> Samples:
    return np.frombuffer(audio, "<i2", len(audio) // 2).astype(np.int16)


def _mulaw(audio: bytes) -> Samples:
    """Decode mu-law by ITU-T G.711."""
    code = ~np.arange(256) & 0xFF
    size = (((code & 0x0F) << 3) + 0x84 << (code >> 4 & 7)) - 0x84
    return np.where(code & 0x80, -size, size).astype(np.int16)[np.frombuffer(audio, np.uint8)]


def _alaw(audio: bytes) -> Samples:
    """Decode A-law by ITU-T G.711."""
    code = np.arange(256) ^ 0x55
    exponent, step = code >> 4 & 7, ((code & 0x0F) << 4) + 8
    size = np.where(exponent, step + 0x100 << np.maximum(exponent - 1, 0), step)
    return np.where(code & 0x80, size, -size).astype(np.int16)[np.frombuffer(audio, np.uint8)]


_RAW: dict[str, Callable[[bytes], Samples]] = {
    "audio/l16": _linear,
    "audio/mulaw": _mulaw,
    "audio/alaw": _alaw,
}
_CODECS: dict[tuple[int, int], Callable[[bytes], Samples]] = {(1, 16): _linear, (6, 8): _alaw, (7, 8): _mulaw}


def _wav(audio: bytes) -> Sound:
    codec, channels, rate, bits = layout(audio)
    if (codec, bits) not in _CODECS or channels < 1 or rate < 1:
        return _compressed(audio, "audio/wav")
    samples = _CODECS[codec, bits](audio[slice(*data(audio))])
    return Sound(_mixed(samples, channels), rate)


def _mixed(samples: Samples, channels: int) -> Samples:
    if channels == 1:
        return samples
    whole = samples[: len(samples) // channels * channels].reshape(-1, channels)
    mixed: Samples = whole.mean(axis=1).round().astype(np.int16)
    return mixed


def _compressed(audio: bytes, content_type: str) -> Sound:
    form = sniff(audio[:HEAD])
    name = form.name if form else content_type
    try:
        import av  # noqa: PLC0415 - in the optional extra
    except ImportError as error:
        raise MissingExtra(f"Decoding {name}", "sandbox") from error
    try:
        with av.open(BytesIO(audio)) as file:
            return _read(file, av)
    except (av.FFmpegError, ValueError, IndexError) as error:
        raise AudioError(f"The audio ({name}) cannot be decoded: {error}") from error


def _read(file: Any, av: Any) -> Sound:
    stream = file.streams.audio[0]
    rate = int(stream.rate)
    resampler = av.AudioResampler("s16", "mono", rate)
    frames = [part for frame in file.decode(stream) for part in resampler.resample(frame)]
    frames += resampler.resample(None) if frames else []
    parts = [frame.to_ndarray()[0] for frame in frames]
    return Sound(np.concatenate([np.zeros(0, np.int16), *parts]), rate)
