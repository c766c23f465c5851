"""Transcripts of other tools and services as a `Transcript`.

============= ==========================================================================
kind          what it is
============= ==========================================================================
deepgram      a reply of ``/v1/listen``
srt, vtt      SubRip, WebVTT; the time of a cue is shared among its words by their letters
ass, ttml     subtitles that need the extra "captions"
whisper       JSON of Whisper, its API, whisper.cpp, faster-whisper, WhisperX
aws           Amazon Transcribe
google        Google Cloud Speech-to-Text, v1 and v2
assemblyai    AssemblyAI
azure         Azure Speech, batch and fast transcription
============= ==========================================================================

Speakers become numbers, and keep their names where they have any.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from math import nan
from pathlib import Path
from statistics import fmean
from typing import Any
from unicodedata import east_asian_width

import msgspec

from dgnb.errors import ReplyError
from dgnb.lazy import load
from dgnb.protocol.heard import Alternative, Channel, ModelInfo, Word
from dgnb.protocol.spelling import bare
from dgnb.results.speakers import Numbers
from dgnb.results.transcript import Metadata, Results, Transcript, Utterance

_CAPTIONS = ("srt", "vtt", "ass", "ttml")
_VENDORS = ("whisper", "aws", "google", "assemblyai", "azure")


@dataclass
class Stretch:
    """What somebody says without a break; `speaker` is what the source calls them, empty if it does not."""

    words: list[Word]
    speaker: str = ""
    channel: int = 0


@dataclass
class Import:
    """What a file of another tool holds; `duration` in seconds, 0 if it does not say."""

    stretches: list[Stretch] = field(default_factory=list)
    language: str = ""
    duration: float = 0.0


def read(path: str | os.PathLike[str], kind: str = "") -> Transcript:
    """Return the transcript in a file of any kind that is known here."""
    found = Path(path)
    return imported(found.read_bytes(), kind or found.suffix.lower().removeprefix("."))


def imported(content: bytes | str, kind: str = "") -> Transcript:
    r"""Return the transcript in the content of a file.

    Parameters
    ----------
    content : bytes or str
    kind : str, optional
        See the table in `dgnb.results.imports`; looked at the content if not given.

    Raises
    ------
    ReplyError
        It is no transcript that is known here.

    Examples
    --------
    >>> imported("WEBVTT\n\n00:01.000 --> 00:02.000\n<v Ava>Hello!", "vtt").text
    'Hello!'
    """
    text = content if isinstance(content, str) else _decoded(content)
    if kind not in (*_CAPTIONS, *_VENDORS, "deepgram"):
        kind = _sniffed(text)
    if kind in _CAPTIONS:
        return assembled(load("dgnb.results.subtitles:read")(text, kind), kind)
    body = _parsed(text)
    kind = kind if kind in _VENDORS or kind == "deepgram" else _vendor(body)
    if kind == "deepgram":
        return Transcript.from_json(text)
    reader: Callable[[dict[str, Any]], Import] = load(f"dgnb.results.vendors:{kind}")
    try:
        return assembled(reader(body), kind)
    except (KeyError, TypeError, ValueError, AttributeError, IndexError) as wrong:
        raise ReplyError(f"Not a transcript of the kind {kind}: {wrong!r}") from wrong


def _decoded(content: bytes) -> str:
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return content.decode("utf-16", "replace")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", "replace")  # old subtitles


def _sniffed(text: str) -> str:
    head = text.lstrip("\ufeff \t\r\n")
    if head.startswith("WEBVTT"):
        return "vtt"
    if head.startswith("[Script Info]"):
        return "ass"
    if head.startswith("<") and "http://www.w3.org/ns/ttml" in head:
        return "ttml"
    return "json" if head.startswith(("{", "[")) else "srt"


def _parsed(text: str) -> dict[str, Any]:
    try:
        body = msgspec.json.decode(text)
    except (msgspec.DecodeError, RecursionError) as wrong:
        raise ReplyError(f"Not a transcript: {wrong}") from wrong
    if isinstance(body, list) and body and isinstance(body[0], dict):
        body = {"segments": body} if "text" in body[0] else body[0]
    if not isinstance(body, dict):
        raise ReplyError("Not a transcript: the JSON is no object.")
    return body


def _vendor(body: dict[str, Any]) -> str:
    """Give whose shape it is."""
    results = body.get("results")
    if isinstance(results, dict) and "channels" in results:
        return "deepgram"
    if isinstance(results, dict) and "items" in results:
        return "aws"
    if isinstance(results, list) or isinstance(body.get("response"), dict):
        return "google"
    if "recognizedPhrases" in body or "combinedPhrases" in body:
        return "azure"
    if "audio_duration" in body or ("utterances" in body and "words" in body):
        return "assemblyai"
    if "segments" in body or "transcription" in body or ("text" in body and "words" in body):
        return "whisper"
    raise ReplyError(
        f"Not a transcript that is known here: an object with {', '.join(sorted(body)[:6]) or 'nothing'}. "
        f"Known are {', '.join((*_CAPTIONS, 'deepgram', *_VENDORS))}."
    )


def spread(text: str, start: float, end: float, confidence: float | None = None) -> list[Word]:
    """Return the words of a text, which share its time by their letters.

    Examples
    --------
    >>> [(word.word, word.start, word.end) for word in spread("Oh, well", 1.0, 2.0)]
    [('oh', 1.0, 1.428571), ('well', 1.428571, 2.0)]
    """
    words = text.split()
    total, done, found = sum(map(len, words)), 0, []
    for word in words:
        begin, done = done, done + len(word)
        times = (round(start + (end - start) * letters / total, 6) for letters in (begin, done))
        found.append(spoken(word, next(times), next(times), confidence))
    return found


def spoken(text: str, start: float, end: float, confidence: float | None = None) -> Word:
    """Return a word as it is written.

    Examples
    --------
    >>> spoken(" Hello,", 0.5, 1.0, 0.75).word
    'hello'
    """
    text = text.strip()
    sure = nan if confidence is None else float(confidence)
    return Word(word=bare(text), punctuated_word=text, start=float(start), end=float(end), confidence=sure)


def assembled(found: Import, kind: str) -> Transcript:
    """Return what was read as a transcript; every stretch is an utterance.

    Examples
    --------
    >>> assembled(Import([Stretch(spread("Good morning.", 0.0, 1.0), "Ava")]), "srt").text
    'Good morning.'
    """
    numbers = Numbers()
    said = [
        _utterance(stretch, numbers.number(stretch.channel, stretch.speaker), _gap(found.stretches))
        for stretch in found.stretches
        if stretch.words
    ]
    count = 1 + max((one.channel for one in said), default=0)
    channels = [_channel([one for one in said if one.channel == at], found) for at in range(count)]
    said.sort(key=lambda one: (one.start, one.channel))
    return Transcript(
        metadata=Metadata(
            duration=found.duration or max((one.end for one in said), default=0.0),
            channels=count,
            models=[kind],
            model_info={kind: ModelInfo(name=kind)},
            speaker_names=numbers.names or None,
        ),
        results=Results(channels=channels, utterances=said),
    )


def _gap(stretches: Iterable[Stretch]) -> str:
    """Give what stands between words: nothing where text is written in wide characters alone."""
    texts = [word.text for stretch in stretches for word in stretch.words]
    wide = sum(east_asian_width(text[-1]) in "WF" for text in texts if text)
    return "" if len(texts) > 1 and wide > len(texts) / 2 else " "


def _utterance(stretch: Stretch, speaker: int | None, gap: str) -> Utterance:
    words = [msgspec.structs.replace(word, speaker=speaker) for word in stretch.words]
    return Utterance(
        start=words[0].start,
        end=max(word.end for word in words),
        transcript=gap.join(word.text for word in words),
        confidence=fmean(word.confidence for word in words),
        channel=stretch.channel,
        words=words,
        speaker=speaker,
    )


def _channel(said: list[Utterance], found: Import) -> Channel:
    words = [word for one in said for word in one.words]
    whole = Alternative(
        transcript=_gap(found.stretches).join(one.transcript for one in said),
        words=words,
        confidence=fmean(word.confidence for word in words) if words else 0.0,
    )
    return Channel(alternatives=[whole], detected_language=found.language or None)
