"""WAV that comes in pieces, as the raw audio in it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from struct import unpack_from

from dgnb.audio.formats import sniff
from dgnb.audio.joining import chunks, layout
from dgnb.audio.pcm import SIZES, Recoder
from dgnb.audio.raw import AudioFormat
from dgnb.audio.samples import MOST_CHANNELS
from dgnb.errors import AudioError
from dgnb.protocol.models import WIDTHS

_LINEAR, _FLOAT, _ALAW, _MULAW = 1, 3, 6, 7
_KINDS = {
    (_LINEAR, 1): "unsigned8",
    (_LINEAR, 2): "linear16",
    (_LINEAR, 3): "linear24",
    (_LINEAR, 4): "linear32",
    (_FLOAT, 4): "float32",
    (_FLOAT, 8): "float64",
    (_ALAW, 1): "alaw",
    (_MULAW, 1): "mulaw",
}
"""Kinds of samples by codec and bytes."""

CODECS = {kind: codec for codec, kind in _KINDS.items()}
"""Codec and bytes of each kind of samples."""

_LONGEST_HEADER = 1 << 24
_IN_DS64 = 0xFFFFFFFF


@dataclass(frozen=True)
class Header:
    """What the header of a WAV file says.

    Parameters
    ----------
    kind : str
        The kind of its samples, one of `dgnb.audio.pcm.SIZES`; empty for a codec that is not read here.
    channels : int
    rate : int, Hz
    start : int
        Where in the file the samples begin.
    length : int or None
        Bytes of the samples as they are claimed. A stream's header claims none, or too many.
    """

    kind: str
    channels: int
    rate: int
    start: int
    length: int | None

    def format(self, *, mono: bool = False) -> AudioFormat:
        """Return what `Wave` makes of the audio in the file."""
        if self.kind not in WIDTHS or (mono and self.channels > 1):
            return AudioFormat("linear16", self.rate, 1 if mono else self.channels)
        return AudioFormat(self.kind, self.rate, self.channels)

    def seconds(self, size: int) -> float:
        """Return how long the audio in a file of so many bytes lasts [s]."""
        there = size - self.start
        length = there if self.length is None else min(there, self.length)
        return length // (SIZES[self.kind] * self.channels) / self.rate


def header(head: bytes) -> Header | None:
    """Return what the header of a WAV file says, ``None`` when more of it has to come.

    Parameters
    ----------
    head : bytes
        The first bytes of the file.

    Raises
    ------
    AudioError
        It is not a WAV file, or has no samples.
    """
    found = {name: (start, size) for name, start, size in chunks(head)}
    if b"data" not in found:
        if len(head) > _LONGEST_HEADER or (len(head) >= 12 and sniff(head[:12]) is None):
            raise AudioError("The audio is not a WAV file with samples.")
        return None
    start, size = found[b"data"]
    if size == _IN_DS64 and b"ds64" in found:
        (size,) = unpack_from("<Q", head, found[b"ds64"][0] + 8)
    codec, channels, rate, bits = layout(head)
    if not 1 <= channels <= MOST_CHANNELS or rate < 1:
        raise AudioError(f"The header of the WAV file is wrong: {channels} channels of {rate} Hz.")
    return Header(_KINDS.get((codec, (bits + 7) // 8), ""), channels, rate, start, size or None)


class Wave:
    """The raw audio in a WAV file that comes in pieces of any size.

    Linear audio of 16 and 32 bits, mu-law and A-law are left as they are; every other kind
    becomes linear16. What stands before and behind the samples is left out.

    Parameters
    ----------
    mono : bool
        Whether several channels are mixed, to linear16.

    Examples
    --------
    >>> import numpy as np
    >>> from dgnb.audio.samples import wav
    >>> wave = Wave()
    >>> wave.feed(wav(np.arange(4, dtype=np.int16), 8000)).hex()
    '0000010002000300'
    >>> wave.format
    AudioFormat(encoding='linear16', sample_rate=8000, channels=1)
    """

    def __init__(self, *, mono: bool = False) -> None:
        self.header: Header | None = None
        self._mono = mono
        self._head = b""
        self._taken = 0
        self._recode: Callable[[bytes], bytes] = bytes

    @property
    def format(self) -> AudioFormat | None:
        """What the audio is, known when the header has come."""
        return None if self.header is None else self.header.format(mono=self._mono)

    def feed(self, piece: bytes) -> bytes:
        """Return the audio in the next piece of the file.

        Raises
        ------
        AudioError
            The header is not WAV's, or its codec is not read here.
        """
        if self.header is None:
            self._head += piece
            self.header = header(self._head)
            if self.header is None:
                return b""
            piece, self._head = self._head[self.header.start :], b""
            self._recode = self._recoder(self.header)
        if self.header.length is not None:
            piece = piece[: max(self.header.length - self._taken, 0)]
        self._taken += len(piece)
        return self._recode(piece)

    def _recoder(self, header: Header) -> Callable[[bytes], bytes]:
        if not header.kind:
            raise AudioError("The audio in the WAV file is compressed by a codec that is not read here.")
        mono = self._mono and header.channels > 1
        if header.kind in WIDTHS and not mono:
            return bytes
        return Recoder(header.kind, header.channels, mono)
