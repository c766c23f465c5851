"""Any audio into samples that the recogniser reads: 16 kHz, one row a channel.

PyAV (FFmpeg) opens every container. Formats that name other files or addresses,
such as playlists, are not among those it may open here.
"""

from __future__ import annotations

from collections import Counter
from contextlib import contextmanager
from dataclasses import dataclass, replace
from io import BytesIO
from typing import TYPE_CHECKING, Any, BinaryIO

import av
import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

RATE = 16_000
MOST_CHANNELS = 20

RAW = {
    "linear16": "s16le",
    "linear32": "s32le",
    "mulaw": "mulaw",
    "alaw": "alaw",
    "amr-nb": "amrnb",
    "amr-wb": "amrwb",
    "g729": "g729",
}
"""Encodings whose bytes need no container, with FFmpeg's name for the bare bytes."""

CONTAINED = {"opus": "Ogg, WebM or MP4", "ogg-opus": "Ogg", "speex": "Ogg", "flac": "FLAC or Ogg"}
"""Encodings that are read from a container only: bare packets do not tell where they end."""

RATED = ("linear16", "linear32", "mulaw", "alaw")
"""Encodings that do not tell their sample rate."""

CONTAINERS = (
    "wav,w64,aiff,au,caf,mp3,flac,ogg,mov,mp4,m4a,3gp,3g2,mj2,matroska,webm,"
    "aac,ac3,eac3,amr,asf,avi,flv,mpeg,mpegts,ape,wv,tta,dsf,gsm,voc"
)
"""FFmpeg's names of the file formats that are opened."""

# a file of 1 Hz would grow 16,000-fold
_RATES = range(4_000, 768_001)


class DecodeError(ValueError):
    """The bytes are not audio, or not the audio that was announced."""


@dataclass(frozen=True, eq=False)
class Recording:
    """Decoded audio.

    Parameters
    ----------
    samples : int16 array, shape (channels, n)
        At 16 kHz.
    duration : float, seconds
        Of the source, before resampling.
    sample_rate : int, Hz
        Of the source.
    """

    samples: NDArray[np.int16]
    duration: float
    sample_rate: int

    @property
    def channels(self) -> int:
        """How many channels there are."""
        return len(self.samples)

    def mixed(self) -> Recording:
        """The same with its channels averaged into one."""
        mono = self.samples.mean(axis=0, keepdims=True).round().astype(np.int16)
        return replace(self, samples=mono) if self.channels > 1 else self


def decode(
    body: bytes | BinaryIO,
    *,
    encoding: str | None = None,
    sample_rate: int | None = None,
    channels: int | None = None,
) -> Recording:
    """The samples in a file of any format, or in raw audio when `encoding` says so.

    Parameters
    ----------
    body : bytes or binary file object
        A file object must be able to seek; it is read from its start and stays open.
    encoding : str, optional
        One of `RAW` or `CONTAINED`; left out for a file whose container tells.
    sample_rate : int, Hz, optional
        Needed with linear16, linear32, mulaw and alaw, else without effect.
    channels : int, optional
        Of the same four, 1 when left out.

    Raises
    ------
    DecodeError
        The bytes cannot be decoded, `encoding` is unknown, its rate is missing
        or the audio has no sample or more than 20 channels.

    Examples
    --------
    >>> decode(bytes(16_000), encoding="linear16", sample_rate=8_000).duration
    1.0
    """
    file = BytesIO(body) if isinstance(body, bytes) else body
    file.seek(0)
    format_, options = _opening(file, encoding, sample_rate, channels)
    with explained(encoding), av.open(file, "r", format=format_, options=options) as container:
        return _read(container)


def _opening(
    file: BinaryIO, encoding: str | None, sample_rate: int | None, channels: int | None
) -> tuple[str | None, dict[str, str]]:
    """FFmpeg's format, or None to look at the bytes, with options."""
    if encoding is None or encoding in CONTAINED or _has_amr_header(file):
        return None, {"format_whitelist": CONTAINERS}
    if encoding not in RAW:
        raise DecodeError(f"encoding {encoding!r} is none of {', '.join((*RAW, *CONTAINED))}")
    if encoding not in RATED:
        return RAW[encoding], {}
    if sample_rate is None:
        raise DecodeError(f"encoding={encoding} is raw audio, which needs sample_rate")
    count = 1 if channels is None else channels
    check_format(sample_rate, count)
    return RAW[encoding], {"sample_rate": str(sample_rate), "ch_layout": f"{count} channels"}


def _has_amr_header(file: BinaryIO) -> bool:
    """Whether the bytes are an AMR file, not bare frames; the file is at its start again."""
    start = file.read(5)
    file.seek(0)
    return start == b"#!AMR"


def check_format(rate: int, channels: int) -> None:
    """Raise `DecodeError` for a sample rate [Hz] or number of channels that cannot be read."""
    if rate not in _RATES:
        raise DecodeError(f"a sample rate of {rate} Hz is outside {_RATES.start} to {_RATES.stop - 1} Hz")
    if not 1 <= channels <= MOST_CHANNELS:
        raise DecodeError(f"the audio has {channels} channels; 1 to {MOST_CHANNELS} can be read")


@contextmanager
def explained(encoding: str | None) -> Iterator[None]:
    """Errors of FFmpeg as a `DecodeError`."""
    try:
        yield
    except DecodeError:
        raise
    except (av.FFmpegError, ValueError, OverflowError, RuntimeError) as error:
        hint = f"; {encoding} is read from {CONTAINED[encoding]} only" if encoding in CONTAINED else ""
        raise DecodeError(f"corrupt or unsupported data{hint}") from error


def _read(container: Any) -> Recording:
    """The first audio stream of an open container."""
    if not container.streams.audio:
        raise DecodeError("there is no audio in it")
    resampler = Resampler()
    for frame in frames(container):
        resampler.add(frame)
    samples = resampler.finish()
    return Recording(samples, resampler.duration, resampler.rate)


def frames(container: Any) -> Iterator[Any]:
    """The frames that can be decoded: a damaged packet is left out, damage to the file ends it."""
    packets = container.demux(audio=0)
    while True:
        try:
            packet = next(packets)
        except (StopIteration, av.FFmpegError):
            return
        try:
            yield from packet.decode()
        except av.FFmpegError:
            continue


class Resampler:
    """Brings frames to 16 kHz in the layout of the first one."""

    def __init__(self) -> None:
        self._pieces: list[NDArray[np.int16]] = []
        self._counts: Counter[int] = Counter()
        self.rate, self.channels = 0, 0
        self._layout: Any = None
        self._source: tuple[int, str, str] | None = None
        self._filter: Any = None

    @property
    def duration(self) -> float:
        """How long the frames were [s]."""
        return sum(count / rate for rate, count in self._counts.items())

    def add(self, frame: Any) -> None:
        """Take one more frame; its rate and layout may differ from the last one's."""
        source = (frame.sample_rate, frame.layout.name, frame.format.name)
        if source != self._source:
            self._change(frame, source)
        self._counts[frame.sample_rate] += frame.samples
        frame.pts = None
        self._keep(self._filter.resample(frame))

    def take(self) -> NDArray[np.int16]:
        """What is ready and was not taken yet, shape (channels, n); no channel before the first frame."""
        pieces, self._pieces = self._pieces, []
        if not pieces:
            return np.zeros((self.channels, 0), np.int16)
        return np.ascontiguousarray(np.concatenate(pieces).reshape(-1, self.channels).T)

    def finish(self) -> NDArray[np.int16]:
        """The rest, when no more frame comes.

        Raises
        ------
        DecodeError
            There was no frame at all.
        """
        if self._filter is None:
            raise DecodeError("there is no sample in it that can be decoded")
        self._keep(self._filter.resample(None))
        return self.take()

    def _change(self, frame: Any, source: tuple[int, str, str]) -> None:
        """Begin with a frame of another kind."""
        check_format(frame.sample_rate, frame.layout.nb_channels)
        if self._filter is None:
            self._layout, self.channels = frame.layout, frame.layout.nb_channels
            self.rate = frame.sample_rate
        else:
            self._keep(self._filter.resample(None))
        self._source = source
        # packed samples: PyAV cannot reach the ninth plane and those after it
        self._filter = av.AudioResampler("s16", self._layout, RATE)

    def _keep(self, frames: list[Any]) -> None:
        self._pieces += [frame.to_ndarray()[0] for frame in frames]
