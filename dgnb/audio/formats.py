"""Audio file formats by their first bytes.

Sources of the signatures: the formats' own specifications (RIFF, ISO 11172-3
and 13818-7 frame headers, RFC 9639, RFC 3533, RFC 4867, ISO 14496-12, EBML).
"""

from __future__ import annotations

import re
from dataclasses import dataclass

HEAD = 4096
"""How many bytes `sniff` wants to see."""


@dataclass(frozen=True)
class Format:
    """A format with a header.

    Parameters
    ----------
    name : str
        For messages.
    encodings : tuple of str
        Values of ``encoding`` that agree with this format; with any other it is in conflict.
    """

    name: str
    encodings: tuple[str, ...] = ()


_WAV = Format("WAV")
_MP3 = Format("MP3")
_AAC = Format("AAC")

_SIGNATURES: tuple[tuple[re.Pattern[bytes], Format], ...] = tuple(
    (re.compile(pattern, re.DOTALL), form)
    for pattern, form in (
        (rb"(RIFF|RF64|BW64)....WAVE", _WAV),
        (rb"fLaC", Format("FLAC", ("flac",))),
        (rb"OggS.{24,60}OpusHead", Format("Ogg Opus", ("ogg-opus",))),
        (rb"OggS.{24,60}Speex", Format("Ogg Speex")),
        (rb"OggS", Format("Ogg")),
        (rb"ID3", _MP3),
        (rb"....ftyp", Format("MP4/M4A")),
        (rb"\x1aE\xdf\xa3", Format("WebM/Matroska")),
        (rb"#!AMR-WB(_MC1\.0)?\n", Format("AMR-WB", ("amr-wb",))),
        (rb"#!AMR(_MC1\.0)?\n", Format("AMR", ("amr-nb",))),
        (rb"FORM....AIF[FC]", Format("AIFF")),
        (rb"caff", Format("CAF")),
        (rb"\.snd", Format("AU")),
        (rb"0&\xb2u\x8ef\xcf\x11", Format("WMA/ASF")),
        (rb"RIFF....AVI ", Format("AVI")),
        (rb"G.{187}G.{187}G", Format("MPEG-TS")),
        (rb"\x00\x00\x01\xba", Format("MPEG")),
    )
)


def sniff(head: bytes) -> Format | None:
    """Return the format that a file's first bytes announce, ``None`` for raw or unknown data.

    Parameters
    ----------
    head : bytes
        The first `HEAD` bytes, or all of a shorter file.

    Examples
    --------
    >>> sniff(b"fLaC" + bytes(38)).name
    'FLAC'
    >>> sniff(bytes(64)) is None
    True
    """
    for pattern, form in _SIGNATURES:
        if pattern.match(head):
            return form
    if _mpeg_frames(head):
        return _MP3
    return _AAC if _adts_frames(head) else None


_KBITS_V1 = (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 0)
_KBITS_V2 = (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160, 0)
_RATES = (44100, 48000, 32000)


def _mpeg_frames(head: bytes) -> bool:
    """Whether two MPEG layer III frames follow each other: a lone sync word also occurs in raw audio."""
    length = _mpeg_frame(head)
    return length > 0 and len(head) >= length + 4 and _mpeg_frame(head[length:]) > 0


def _mpeg_frame(data: bytes) -> int:
    """Bytes of the layer III frame at the start, 0 if there is none."""
    if len(data) < 4 or data[0] != 0xFF or data[1] & 0xE6 != 0xE2:
        return 0
    version, rate_index = (data[1] >> 3) & 3, (data[2] >> 2) & 3
    kbits = (_KBITS_V1 if version == 3 else _KBITS_V2)[data[2] >> 4]
    if version == 1 or rate_index == 3 or not kbits:
        return 0
    rate = _RATES[rate_index] >> (0, 0, 1, 0)[version] >> (2 if version == 0 else 0)
    return (144 if version == 3 else 72) * kbits * 1000 // rate + ((data[2] >> 1) & 1)


def _adts_frames(head: bytes) -> bool:
    """Whether two AAC frames follow each other."""
    length = _adts_frame(head)
    return length > 0 and len(head) >= length + 7 and _adts_frame(head[length:]) > 0


def _adts_frame(data: bytes) -> int:
    if len(data) < 7 or data[0] != 0xFF or data[1] & 0xF6 != 0xF0:
        return 0
    length = (data[3] & 3) << 11 | data[4] << 3 | data[5] >> 5
    return length if length > 7 else 0


_MARKUP = re.compile(rb"(\xef\xbb\xbf)?\s*<(!doctype|html|head|body|\?xml|!--)", re.IGNORECASE)
_JSON = re.compile(rb"(\xef\xbb\xbf)?\s*[{\[]\s*[\"{\[]")


def text_kind(head: bytes) -> str:
    """Return what kind of text the bytes are, empty if they are none.

    Examples
    --------
    >>> text_kind(b"<!DOCTYPE html><title>Not found</title>")
    'an HTML page'
    """
    if _MARKUP.match(head):
        return "an HTML page" if b"<?xml" not in head[:8] else "an XML document"
    if _JSON.match(head):
        return "JSON text"
    return "plain text" if _readable(head) else ""


def _readable(head: bytes) -> bool:
    try:
        text = head.decode("utf-8")
    except UnicodeDecodeError as error:
        if error.start < len(head) - 4:
            return False
        text = head[: error.start].decode("utf-8")
    return all(char.isprintable() or char in "\r\n\t\f\ufeff" for char in text)
