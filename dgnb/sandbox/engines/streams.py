"""Samples that come piece by piece, as frames of raw audio without a seam."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Any

import av
import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

CODECS = {"linear16": "pcm_s16le", "mulaw": "pcm_mulaw", "alaw": "pcm_alaw"}
"""Encodings without a container, as FFmpeg calls them."""

FRAME, SHORTEST = 0.08, 0.02
"""Length of a frame [s]; the last one has this much more at the most, rather than a shorter one after it."""


class Stream:
    """Mono samples into frames of raw audio.

    One resampler works on all pieces, so that a joint is not heard; at the end
    the audio is exactly as long as the samples.

    Parameters
    ----------
    encoding : {"linear16", "mulaw", "alaw"}
    rate : int, Hz
        Of the samples.
    wanted : int, Hz
        Of the audio.

    Examples
    --------
    >>> stream = Stream("linear16", 16000, 8000)
    >>> frames = stream.feed(np.zeros(4000, np.int16)) + stream.finish()
    >>> [len(frame) for frame in frames]
    [1280, 1280, 1440]
    """

    def __init__(self, encoding: str, rate: int, wanted: int) -> None:
        self._rate, self._wanted = rate, wanted
        self._resampler = av.AudioResampler("s16", "mono", wanted) if rate != wanted else None
        codec: Any = av.CodecContext.create(CODECS[encoding], "w")
        codec.sample_rate, codec.layout, codec.format = wanted, "mono", "s16"
        self._codec = codec
        self._width = 2 if encoding == "linear16" else 1
        self._waiting = bytearray()
        self._taken = self._given = 0

    @property
    def duration(self) -> float:
        """Length of the samples so far [s]."""
        return self._taken / self._rate

    def length(self, audio: bytes) -> float:
        """Return how long a piece of the audio is [s]."""
        return len(audio) / (self._width * self._wanted)

    def feed(self, samples: NDArray[np.int16]) -> list[bytes]:
        """Return the frames that are complete with these samples."""
        if not len(samples):
            return []
        frame = av.AudioFrame.from_ndarray(np.ascontiguousarray(samples)[None], format="s16", layout="mono")
        frame.sample_rate, frame.time_base, frame.pts = self._rate, Fraction(1, self._rate), self._taken
        self._taken += len(samples)
        self._take(self._resampler.resample(frame) if self._resampler else [frame])
        return self._frames()

    def finish(self) -> list[bytes]:
        """Return the last frames; the stream is at its end."""
        if self._resampler and self._taken:
            self._take(self._resampler.resample(None))
        # The filter gives a few samples more or less than the length that is due.
        missing = round(self._taken * self._wanted / self._rate) - self._given
        if missing > 0:
            self._waiting += self._encoded(np.zeros(missing, np.int16))
        elif missing < 0:
            del self._waiting[missing * self._width :]
        frames = self._frames()
        if self._waiting:
            frames.append(bytes(self._waiting))
        self._waiting.clear()
        return frames

    def _take(self, frames: list[av.AudioFrame]) -> None:
        for frame in frames:
            samples = frame.to_ndarray()[0]
            self._given += len(samples)
            self._waiting += self._encoded(samples)

    def _encoded(self, samples: NDArray[np.int16]) -> bytes:
        frame = av.AudioFrame.from_ndarray(np.ascontiguousarray(samples)[None], format="s16", layout="mono")
        frame.sample_rate, frame.time_base = self._wanted, Fraction(1, self._wanted)
        return b"".join(bytes(packet) for packet in self._codec.encode(frame))

    def _frames(self) -> list[bytes]:
        """Take whole frames; a little more than one is left for the last."""
        size, most = (round(length * self._wanted) * self._width for length in (FRAME, FRAME + SHORTEST))
        frames = []
        while len(self._waiting) > most:
            frames.append(bytes(self._waiting[:size]))
            del self._waiting[:size]
        return frames
