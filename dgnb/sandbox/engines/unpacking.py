"""Audio that comes in frames of any size into samples that the recogniser reads, as it comes.

Raw audio and WAV are decoded at once. Any other format is read by FFmpeg in a
thread of its own, which asks for bytes and waits for them: what could be
decoded of a frame is there when the frame has been taken.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Protocol, cast

import av
import numpy as np

from dgnb.audio.waves import Wave, header
from dgnb.errors import AudioError
from dgnb.protocol.models import FIXED_RATES, WIDTHS
from dgnb.sandbox.engines.decoding import (
    RATED,
    RAW,
    DecodeError,
    Resampler,
    check_format,
    explained,
)
from dgnb.sandbox.engines.files import File

if TYPE_CHECKING:
    from numpy.typing import NDArray

_CODECS = {"linear16": "pcm_s16le", "linear32": "pcm_s32le", "mulaw": "pcm_mulaw", "alaw": "pcm_alaw"}
_MAGIC = 12


class _Source(Protocol):
    """Frames of FFmpeg from bytes."""

    def feed(self, data: bytes) -> Iterator[Any]: ...

    def finish(self) -> Iterator[Any]: ...

    def close(self) -> None: ...


class Unpacker:
    """The samples in audio that comes frame by frame.

    Parameters
    ----------
    encoding : str, optional
        Codec of raw audio, or of a container that has to have it; left out for a file whose
        container tells. Bare Opus packets are taken when each frame is one packet.
    sample_rate : int, Hz, optional
        Needed with linear16, linear32, mulaw and alaw.
    channels : int, optional
        Of the same four and of Opus packets, 1 when left out.

    Raises
    ------
    DecodeError
        The rate is missing, or cannot be read.

    Examples
    --------
    >>> unpacker = Unpacker("linear16", 8_000)
    >>> unpacker.feed(bytes(801)).shape, unpacker.duration
    ((1, 768), 0.05)
    """

    def __init__(
        self, encoding: str | None = None, sample_rate: int | None = None, channels: int | None = None
    ) -> None:
        self._encoding, self._count = encoding, channels or 1
        self._head: bytes | None = b""
        self._source: _Source | None = None
        self._resampler = Resampler()
        if encoding in FIXED_RATES and sample_rate not in (None, FIXED_RATES[encoding]):
            raise DecodeError(f"encoding={encoding} has a sample_rate of {FIXED_RATES[encoding]}")
        if encoding in RATED:
            if sample_rate is None:
                raise DecodeError(f"encoding={encoding} is raw audio, which needs sample_rate")
            self._source = _Raw(encoding, sample_rate, self._count)

    @property
    def channels(self) -> int:
        """How many channels there are; 0 until it is known."""
        return self._resampler.channels

    @property
    def duration(self) -> float:
        """How long the audio is that was decoded so far [s]."""
        return self._resampler.duration

    def feed(self, data: bytes) -> NDArray[np.int16]:
        """The samples that are known with one more frame, shape (channels, n); it may block.

        Raises
        ------
        DecodeError
            It is not audio, or not the audio that was announced.
        """
        if self._source is None:
            self._head = (self._head or b"") + data
            data = self._begin(self._head)
        if self._source is not None:
            self._take(self._source.feed(data))
        return self._resampler.take()

    def finish(self) -> NDArray[np.int16]:
        """The rest, when no more frame comes; it may block.

        Raises
        ------
        DecodeError
            There was nothing that can be decoded.
        """
        if self._source is None:
            self._source, data = self._container(), self._head or b""
            self._take(self._source.feed(data))
        self._take(self._source.finish())
        return self._resampler.finish()

    def close(self) -> None:
        """Give up what is not decoded yet."""
        if self._source is not None:
            self._source.close()

    def _take(self, found: Iterator[Any]) -> None:
        with explained(self._encoding):
            for frame in found:
                self._resampler.add(frame)

    def _begin(self, head: bytes) -> bytes:
        """Choose the source when the first bytes tell; what is to be fed to it is returned."""
        if len(head) < _MAGIC and self._encoding not in RAW and not self._is_packet(head):
            return b""
        if head[:4] in (b"RIFF", b"RF64", b"BW64") and head[8:12] == b"WAVE":
            try:
                told = header(head)
            except AudioError as error:
                raise DecodeError(str(error)) from error
            if told is None:
                return b""
            self._source = _Waves() if told.kind else self._container()
        else:
            self._source = _Packets(self._count) if self._is_packet(head) else self._container()
        self._head = None
        return head

    def _is_packet(self, head: bytes) -> bool:
        """Whether it is Opus without the container that it is mostly in."""
        return self._encoding == "opus" and head[:4] not in (b"OggS", b"\x1aE\xdf\xa3", b"RIFF")

    def _container(self) -> _Source:
        bare = self._encoding in RAW and not (self._head or b"").startswith(b"#!AMR")
        return File(RAW[self._encoding or ""] if bare else None)


def _decoder(name: str, rate: int, channels: int) -> Any:
    codec = cast(Any, av.CodecContext.create(name, "r"))
    codec.sample_rate, codec.layout = rate, f"{channels} channels"
    return codec


class _Raw:
    """Raw audio; a sample that is divided between two frames is waited for."""

    def __init__(self, encoding: str, rate: int, channels: int) -> None:
        check_format(rate, channels)
        self._codec = _decoder(_CODECS[encoding], rate, channels)
        self._width = WIDTHS[encoding] * channels
        self._rest = b""

    def feed(self, data: bytes) -> Iterator[Any]:
        audio = self._rest + data
        whole = len(audio) // self._width * self._width
        self._rest = audio[whole:]
        if whole:
            yield from self._codec.decode(av.Packet(audio[:whole]))

    def finish(self) -> Iterator[Any]:
        return iter(())

    def close(self) -> None:
        """Nothing is held."""


class _Waves:
    """WAV, whose samples begin behind a header."""

    def __init__(self) -> None:
        self._wave = Wave()
        self._raw: _Raw | None = None

    def feed(self, data: bytes) -> Iterator[Any]:
        audio = self._wave.feed(data)
        if self._raw is None and self._wave.format is not None:
            told = self._wave.format
            self._raw = _Raw(told.encoding, told.sample_rate, told.channels)
        return self._raw.feed(audio) if self._raw is not None else iter(())

    def finish(self) -> Iterator[Any]:
        return iter(())

    def close(self) -> None:
        """Nothing is held."""


class _Packets:
    """Opus packets, one in each frame."""

    def __init__(self, channels: int) -> None:
        self._codec = _decoder("opus", 48_000, channels)

    def feed(self, data: bytes) -> Iterator[Any]:
        yield from self._codec.decode(av.Packet(data))

    def finish(self) -> Iterator[Any]:
        yield from self._codec.decode(None)

    def close(self) -> None:
        """Nothing is held."""
