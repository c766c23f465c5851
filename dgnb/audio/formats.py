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
_MP2 = Format("MP2")
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
        (rb"....(ftyp|moov|mdat|wide|free|skip)", Format("MP4/M4A")),
        (rb"\x1aE\xdf\xa3", Format("WebM/Matroska")),
        (rb"#!AMR-WB(_MC1\.0)?\n", Format("AMR-WB", ("amr-wb",))),
        (rb"#!AMR(_MC1\.0)?\n", Format("AMR", ("amr-nb",))),
        (rb"FORM....AIF[FC]", Format("AIFF")),
        (rb"caff", Format("CAF")),
        (rb"\.snd", Format("AU")),
        (rb"0&\xb2u\x8ef\xcf\x11", Format("WMA/ASF")),
        (rb"riff.\x91\xcf\x11", Format("W64")),
        (rb"wvpk", Format("WavPack")),
        (rb"TTA1", Format("TTA")),
        (rb"Creative Voice File", Format("VOC")),
        (rb"FLV\x01", Format("FLV")),
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
    if len(head) < 7 or head[0] != 0xFF:
        return None
    if _repeats(head, _mpeg_frame(head), b"\xff\xfe\x0c"):
        return _MP3 if head[1] & 6 == _LAYER_3 else _MP2
    return _AAC if _repeats(head, _adts_frame(head), b"\xff\xff\xfd") else None


def _repeats(head: bytes, length: int, fixed: bytes) -> bool:
    """Whether a frame is followed by one of its kind: a lone sync word also occurs in raw audio."""
    following = head[length : length + len(fixed)]
    same = all((one ^ other) & mask == 0 for one, other, mask in zip(head, following, fixed, strict=False))
    return length > 0 and len(following) == len(fixed) and same


_LAYER_3, _LAYER_2 = 2, 4
_KBITS = {
    (3, _LAYER_3): (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 0),
    (3, _LAYER_2): (0, 32, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384, 0),
}
_KBITS_LOW = (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160, 0)
_RATES = {3: (44100, 48000, 32000), 2: (22050, 24000, 16000), 0: (11025, 12000, 8000)}


def _mpeg_frame(data: bytes) -> int:
    """Bytes of the layer II or III frame at the start, 0 if there is none."""
    version, layer = data[1] >> 3 & 3, data[1] & 6
    rate_index = data[2] >> 2 & 3
    kbits = _KBITS.get((version, layer), _KBITS_LOW)[data[2] >> 4]
    synchronous = data[1] >> 5 == 7 and version in _RATES and layer in (_LAYER_3, _LAYER_2)
    if not synchronous or rate_index == 3 or not kbits:
        return 0
    samples = 576 if layer == _LAYER_3 and version != 3 else 1152
    return samples * kbits * 125 // _RATES[version][rate_index] + (data[2] >> 1 & 1)


def _adts_frame(data: bytes) -> int:
    """Bytes of the AAC frame at the start, 0 if there is none."""
    length = (data[3] & 3) << 11 | data[4] << 3 | data[5] >> 5
    return length if data[1] & 0xF6 == 0xF0 and length > 7 else 0


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
        if error.reason != "unexpected end of data":
            return False
        text = head[: error.start].decode("utf-8")
    return all(char.isprintable() or char in "\r\n\t\f\ufeff" for char in text)
