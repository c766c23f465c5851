"""The JSON of other services and tools as stretches of words, one function each."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import Any

from dgnb.protocol.heard import Word
from dgnb.results.imports import Import, Stretch, spoken, spread

_DURATION = re.compile(r"PT(?:([\d.]+)H)?(?:([\d.]+)M)?(?:([\d.]+)S)?")
_TICKS = 1e7
"""Ticks of Azure in a second."""

Body = dict[str, Any]


def whisper(body: Body) -> Import:
    """JSON of Whisper, its API, faster-whisper, WhisperX, or whisper.cpp.

    Examples
    --------
    >>> segment = {"start": 0.0, "end": 1.0, "text": " Hi you"}
    >>> [word.text for word in whisper({"segments": [segment], "language": "en"}).stretches[0].words]
    ['Hi', 'you']
    """
    language = body.get("language") or body.get("result", {}).get("language", "")
    if "transcription" in body:
        return Import([_whisper_cpp(part) for part in body["transcription"]], language)
    segments = body.get("segments") or []
    if not segments and body.get("words"):
        return Import(_together(_whisper_words(body["words"], 0.0)), language, body.get("duration", 0.0))
    top = body.get("words") if segments and not segments[0].get("words") else None
    stretches = [found for segment in segments for found in _whisper_segment(segment, top)]
    return Import(stretches, language, float(body.get("duration") or 0.0))


def _whisper_segment(segment: Body, top: list[Body] | None) -> list[Stretch]:
    """Give a segment; its words may stand beside all segments, and some may have no times."""
    start, end = float(segment["start"]), float(segment["end"])
    words = segment.get("words") or [word for word in top or [] if start <= word["start"] < end]
    if words:
        return _together(_whisper_words(words, start), segment.get("speaker", ""))
    return [Stretch(spread(segment["text"], start, end), segment.get("speaker") or "")]


def _whisper_words(words: list[Body], at: float) -> Iterator[tuple[str, Word]]:
    for word in words:
        start = float(word.get("start", at))
        at = float(word.get("end", start))
        sure = word.get("probability", word.get("score"))
        if word["word"].strip():
            yield word.get("speaker") or "", spoken(word["word"], start, at, sure)


def _whisper_cpp(part: Body) -> Stretch:
    offsets = part["offsets"]
    return Stretch(
        spread(part["text"], offsets["from"] / 1000, offsets["to"] / 1000), str(part.get("speaker", ""))
    )


def _together(words: Iterable[tuple[str, Word]], speaker: str = "", channel: int = 0) -> list[Stretch]:
    """Give words as stretches of one speaker each."""
    return [
        Stretch([word for _, word in said], who or speaker or "", channel)
        for who, said in groupby(words, key=lambda word: word[0])
    ]


def aws(body: Body) -> Import:
    """JSON of Amazon Transcribe; punctuation is written to the word before it."""
    results = body["results"]
    labelled = {
        item["start_time"]: item["speaker_label"]
        for segment in results.get("speaker_labels", {}).get("segments", [])
        for item in segment.get("items", [])
    }
    language = results.get("language_code") or body.get("language_code") or ""
    channels = results.get("channel_labels", {}).get("channels") or [{"items": results["items"]}]
    return Import(
        [
            stretch
            for number, channel in enumerate(channels)
            for stretch in _together(_aws_words(channel["items"], labelled), channel=number)
        ],
        language,
    )


def _aws_words(items: list[Body], labelled: dict[str, str]) -> Iterator[tuple[str, Word]]:
    for at, item in enumerate(items):
        if item.get("type") == "punctuation":
            continue
        best = item["alternatives"][0]
        after = items[at + 1] if at + 1 < len(items) else {}
        mark = after["alternatives"][0]["content"] if after.get("type") == "punctuation" else ""
        times = float(item["start_time"]), float(item["end_time"])
        who = item.get("speaker_label") or labelled.get(item["start_time"], "")
        yield who, spoken(best["content"] + mark, *times, float(best.get("confidence") or 0.0))


def google(body: Body) -> Import:
    """JSON of Google Cloud Speech-to-Text, v1 or v2, also within a long-running operation."""
    found = [result for result in body.get("response", body)["results"] if result.get("alternatives")]
    tagged = [
        one for one in found if any(w.get("speakerTag") for w in one["alternatives"][0].get("words", []))
    ]
    if tagged:
        found = tagged[-1:]  # v1 tells all words once more, with their speakers, at the end
    stretches = []
    at: dict[int, float] = {}
    for result in found:
        channel = max(int(result.get("channelTag") or 1) - 1, 0)
        stretches += _google(result, channel, at.get(channel, 0.0))
        at[channel] = stretches[-1].words[-1].end if stretches and stretches[-1].words else 0.0
    return Import(stretches, (found[0].get("languageCode") or "") if found else "")


def _google_words(result: Body) -> list[Body]:
    return result["alternatives"][0].get("words") or []


def _google(result: Body, channel: int, start: float) -> list[Stretch]:
    best = result["alternatives"][0]
    if best.get("words"):
        return _together((_google_word(word, best) for word in best["words"]), channel=channel)
    end = _google_time(result.get("resultEndTime") or result.get("resultEndOffset") or start)
    return [Stretch(spread(best.get("transcript", ""), start, end, best.get("confidence")), "", channel)]


def _google_word(word: Body, best: Body) -> tuple[str, Word]:
    start, end = (
        _google_time(word.get(f"{at}Time") or word.get(f"{at}Offset") or 0) for at in ("start", "end")
    )
    who = str(word.get("speakerLabel") or word.get("speakerTag") or "")
    return who, spoken(word["word"], start, end, word.get("confidence") or best.get("confidence"))


def _google_time(time: Any) -> float:
    """Give ``"1.500s"``, or seconds and nanoseconds, in seconds."""
    if isinstance(time, dict):
        return float(time.get("seconds") or 0) + float(time.get("nanos") or 0) / 1e9
    return float(str(time).removesuffix("s"))


def assemblyai(body: Body) -> Import:
    """JSON of AssemblyAI, whose times are milliseconds."""
    said = body.get("utterances") or [{"words": body.get("words") or []}]
    stretches = [
        stretch
        for one in said
        for stretch in _together(
            (_assemblyai_word(word) for word in one["words"]), _speaker(one), _channel(one)
        )
    ]
    return Import(stretches, body.get("language_code") or "", float(body.get("audio_duration") or 0.0))


def _speaker(one: Body) -> str:
    """Give who speaks; with several channels, and nobody told apart, it is the channel once more."""
    who = one.get("speaker") or ""
    return "" if who == str(one.get("channel")) else who


def _channel(one: Body) -> int:
    return max(int(one.get("channel") or 1) - 1, 0)


def _assemblyai_word(word: Body) -> tuple[str, Word]:
    times = word["start"] / 1000, word["end"] / 1000
    return _speaker(word), spoken(word["text"], *times, word.get("confidence"))


def azure(body: Body) -> Import:
    """JSON of Azure Speech: of a batch transcription, or of the fast transcription."""
    if "recognizedPhrases" in body:
        stretches = [_azure(phrase) for phrase in body["recognizedPhrases"] if phrase.get("nBest")]
        return Import(stretches, _locale(body["recognizedPhrases"]), _azure_time(body, "duration"))
    stretches = [_azure_fast(phrase) for phrase in body["phrases"]]
    return Import(stretches, _locale(body["phrases"]), body.get("durationMilliseconds", 0) / 1000)


def _locale(phrases: list[Body]) -> str:
    return (phrases[0].get("locale") or "") if phrases else ""


def _azure(phrase: Body) -> Stretch:
    best = phrase["nBest"][0]
    shown = [(word, word["displayText"]) for word in best.get("displayWords") or []]
    said = shown or [(word, word["word"]) for word in best.get("words") or []]
    sure = best.get("confidence")
    words = [
        spoken(text, _azure_time(word, "offset"), _azure_end(word), word.get("confidence", sure))
        for word, text in said
    ] or spread(best["display"], _azure_time(phrase, "offset"), _azure_end(phrase), sure)
    return Stretch(words, str(phrase.get("speaker") or ""), int(phrase.get("channel") or 0))


def _azure_end(thing: Body) -> float:
    return _azure_time(thing, "offset") + _azure_time(thing, "duration")


def _azure_time(thing: Body, name: str) -> float:
    """Give a time that is told in ticks, or as a duration of ISO 8601."""
    if f"{name}InTicks" in thing:
        return float(thing[f"{name}InTicks"]) / _TICKS
    parts = _DURATION.fullmatch(str(thing.get(name) or "PT0S"))
    if parts is None:
        raise ValueError(f"{name}={thing.get(name)!r} is no duration")
    hours, minutes, seconds = (float(part or 0) for part in parts.groups())
    return 3600 * hours + 60 * minutes + seconds


def _azure_fast(phrase: Body) -> Stretch:
    sure = phrase.get("confidence")
    words = [spoken(word["text"], *_azure_fast_times(word), sure) for word in phrase.get("words") or []]
    words = words or spread(phrase["text"], *_azure_fast_times(phrase), sure)
    return Stretch(words, str(phrase.get("speaker") or ""), int(phrase.get("channel") or 0))


def _azure_fast_times(thing: Body) -> tuple[float, float]:
    # The preview of the API wrote the names without the unit.
    unit = "Milliseconds" if "offsetMilliseconds" in thing else ""
    start, duration = thing[f"offset{unit}"], thing[f"duration{unit}"]
    return start / 1000, (start + duration) / 1000
