"""Pieces of audio joined without a gap, and what the header of WAV tells."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from struct import pack, unpack_from

from dgnb.errors import AudioError

_MAGIC = (b"RIFF", b"RF64", b"BW64")
_EXTENSIBLE = 0xFFFE


def join(pieces: Sequence[bytes], content_type: str) -> bytes:
    """Return pieces of raw audio or of WAV as one.

    Parameters
    ----------
    pieces : sequence of bytes
        Of one format.
    content_type : str
        WAV files are joined sample by sample, everything else byte by byte.

    Raises
    ------
    AudioError
        A WAV file has no samples.

    Examples
    --------
    >>> join([b"ab", b"cd"], "audio/mulaw;rate=8000")
    b'abcd'
    """
    if len(pieces) == 1 or not content_type.startswith("audio/wav"):
        return b"".join(pieces)
    start, _ = data(pieces[0])
    samples = b"".join(piece[slice(*data(piece))] for piece in pieces)
    header = bytearray(pieces[0][:start])
    header[4:8] = pack("<I", start - 8 + len(samples))
    header[start - 4 : start] = pack("<I", len(samples))
    return bytes(header) + samples


def data(wav: bytes) -> tuple[int, int]:
    """Return where a WAV file's samples start and end.

    A stream's header may claim more than there is, or nothing: its length was
    not known when it was sent.

    Raises
    ------
    AudioError
        It is not a WAV file, or has no samples.
    """
    for name, start, size in chunks(wav):
        if name == b"data":
            return start, min(start + size, len(wav)) if size else len(wav)
    raise AudioError("The audio is not a WAV file with samples.")


def layout(wav: bytes) -> tuple[int, int, int, int]:
    """Return codec, channels, rate [Hz] and bits a sample of a WAV file.

    The codecs are those of the format's registry: 1 linear, 6 A-law, 7 mu-law.

    Raises
    ------
    AudioError
        It is not a WAV file, or does not say.
    """
    for name, start, size in chunks(wav):
        if name == b"fmt " and size >= 16 and start + size <= len(wav):
            codec, channels, rate, _, _, bits = unpack_from("<HHIIHH", wav, start)
            if codec == _EXTENSIBLE and size >= 26:
                (codec,) = unpack_from("<H", wav, start + 24)
            return codec, channels, rate, bits
    raise AudioError("The audio is not a WAV file, or has no header of its format.")


def chunks(wav: bytes) -> Iterator[tuple[bytes, int, int]]:
    """Give the chunks of a WAV file: name, start, and size as it is claimed."""
    at = 12
    while wav[:4] in _MAGIC and at + 8 <= len(wav):
        (size,) = unpack_from("<I", wav, at + 4)
        yield wav[at : at + 4], at + 8, size
        at += 8 + size + size % 2
