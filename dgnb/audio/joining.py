"""Pieces of audio joined without a gap."""

from __future__ import annotations

from collections.abc import Sequence
from struct import pack, unpack_from

from dgnb.errors import AudioError

_RIFF = b"RIFF"


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

    A stream's header may claim more than there is: its length was not known when it was sent.

    Raises
    ------
    AudioError
        It is not a WAV file, or has no samples.
    """
    at = 12
    while wav[:4] == _RIFF and at + 8 <= len(wav):
        (size,) = unpack_from("<I", wav, at + 4)
        if wav[at : at + 4] == b"data":
            return at + 8, min(at + 8 + size, len(wav))
        at += 8 + size + size % 2
    raise AudioError("The audio is not a WAV file with samples.")
