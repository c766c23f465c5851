"""Subtitles as stretches of words."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from html import unescape

from dgnb.errors import MissingExtra, ReplyError
from dgnb.results.imports import Import, Stretch, spread

_TIME = r"(?:(\d+):)?(\d{1,2}):(\d{1,2})[.,](\d{1,3})"
_TIMING = re.compile(rf"\s*{_TIME}\s*-->\s*{_TIME}")
_VOICE = re.compile(r"<v(?:\.[^\s>]*)?\s+([^>]*)>")
_TAG = re.compile(r"</?[^>]*>")
_OLD_TAG = re.compile(r"</?(?:b|i|u|s|font)\b[^>]*>|\{\\[^}]*\}", re.IGNORECASE)
_PREFIX = re.compile(r"((?:Channel \d+, )?Speaker (?:\d+|\?)): ", re.IGNORECASE)


def read(text: str, kind: str) -> Import:
    r"""Return what subtitles say, a stretch for each voice of a cue.

    Parameters
    ----------
    text : str
    kind : {"srt", "vtt", "ass", "ttml"}

    Examples
    --------
    >>> found = read("1\n00:00:01,000 --> 00:00:02,500\n<i>Hello</i>\nworld!\n", "srt")
    >>> [(word.text, word.start, word.end) for word in found.stretches[0].words]
    [('Hello', 1.0, 1.681818), ('world!', 1.681818, 2.5)]
    """
    if kind in ("ass", "ttml"):
        return Import(_carried(_others(text, kind)))
    voiced = _voiced if kind == "vtt" else _prefixed
    cues = list(_cues(text))
    if text.strip() and not cues and not text.lstrip("\ufeff").startswith("WEBVTT"):
        raise ReplyError("Not subtitles: there is no line with two times and an arrow between them.")
    found = [stretch for start, end, lines in cues for stretch in voiced(start, end, lines)]
    return Import(found if kind == "vtt" else _carried(found))


def _carried(found: Iterable[Stretch]) -> list[Stretch]:
    """Give stretches with the speaker who was written last: only a change is written."""
    carried, last = [], ""
    for stretch in found:
        last = stretch.speaker or last
        carried.append(Stretch(stretch.words, last))
    return carried


def _cues(text: str) -> Iterator[tuple[float, float, str]]:
    """Give the times and the text of each cue; what is no cue (styles, notes) is passed over."""
    for block in re.split(r"\n[ \t]*\n", text.replace("\r\n", "\n").replace("\r", "\n").strip("\ufeff\n ")):
        lines = block.strip("\n").split("\n")
        for at, line in enumerate(lines[:2]):
            if timing := _TIMING.match(line):
                yield _seconds(timing.groups()[:4]), _seconds(timing.groups()[4:]), "\n".join(lines[at + 1 :])
                break


def _seconds(groups: tuple[str | None, ...]) -> float:
    hours, minutes, seconds, fraction = (group or "0" for group in groups)
    return 3600 * int(hours) + 60 * int(minutes) + int(seconds) + float(f"0.{fraction}")


def _voiced(start: float, end: float, text: str) -> Iterator[Stretch]:
    """Give the voices of a cue of WebVTT; they share its time by their letters."""
    spoken = _VOICE.split(text)  # text, name, text, name, text...
    parts = [("", spoken[0]), *zip(spoken[1::2], spoken[2::2], strict=True)]
    plain = [(unescape(name).strip(), unescape(_TAG.sub("", said))) for name, said in parts]
    words = spread(" ".join(said for _, said in plain), start, end)
    for name, said in plain:
        count = len(said.split())
        if count:
            yield Stretch(words[:count], name)
        words = words[count:]


def _prefixed(start: float, end: float, text: str) -> Iterator[Stretch]:
    """Give a cue of SubRip, which may begin with its speaker."""
    plain = _OLD_TAG.sub("", text).strip()
    prefix = _PREFIX.match(plain)
    said = plain[prefix.end() :] if prefix else plain
    yield Stretch(spread(said, start, end), prefix[1].split(", ")[-1] if prefix else "")


def _others(text: str, kind: str) -> Iterator[Stretch]:
    try:
        import pysubs2  # noqa: PLC0415 - an extra
    except ImportError as missing:
        raise MissingExtra(f"Reading {kind}", "captions") from missing
    try:
        events = pysubs2.SSAFile.from_string(text, kind).events
    except (pysubs2.exceptions.Pysubs2Error, ValueError, SyntaxError) as wrong:
        raise ReplyError(f"Not subtitles of the kind {kind}: {wrong}") from wrong
    for event in events:
        if event.is_text:
            (stretch,) = _prefixed(event.start / 1000, event.end / 1000, event.plaintext)
            yield Stretch(stretch.words, event.name or stretch.speaker)
