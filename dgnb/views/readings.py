"""What a reading looks like: tables, a few lines of text, and the text itself marked up.

Every table begins with the same columns:

==================== ======= =========================================================
column               dtype   what it holds
==================== ======= =========================================================
text                 string  the segment
start, end           Int64   its characters, ``reading.text[start:end]``; ``<NA>`` when
                             the text is not known here, as that behind a URL
start_word, end_word int64   its words, counted from 0, both included
==================== ======= =========================================================

and then has ``sentiment, sentiment_score`` [-1, 1], ``topic, confidence`` or
``intent, confidence`` [0, 1]. An empty table has the same columns and types.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import pandas as pd

from dgnb.results import IntentSegment, Reading, SentimentSegment, TopicSegment
from dgnb.views import colours, fragments
from dgnb.views.fragments import escape
from dgnb.views.frames import STRING
from dgnb.views.text import count, shorten

Segment = SentimentSegment | TopicSegment | IntentSegment

_SEGMENT = {
    "text": STRING,
    "start": "Int64",
    "end": "Int64",
    "start_word": "int64",
    "end_word": "int64",
}
_SENTIMENTS = {**_SEGMENT, "sentiment": STRING, "sentiment_score": "float64"}
_TOPICS = {**_SEGMENT, "topic": STRING, "confidence": "float64"}
_INTENTS = {**_SEGMENT, "intent": STRING, "confidence": "float64"}

_WORD = re.compile(r"\S+")

_WIDTH = 176
"""Characters of a line of the summary: two lines of a terminal."""

_LARGEST = 50_000
"""Characters of text that are marked up, for each analysis."""

_STYLE = """.dgnb-result .dgnb-marked { white-space: pre-line; overflow-wrap: anywhere; line-height: 1.8 }
.dgnb-result summary, .dgnb-result h4 { margin: .5em 0 .25em; font-size: 1em; font-weight: 600 }
.dgnb-result summary { cursor: pointer }"""


def sentiments(reading: Reading) -> pd.DataFrame:
    """Return one row a segment of one tendency; empty unless ``sentiment=True`` was asked for.

    Examples
    --------
    >>> from dgnb.results import Reading
    >>> sentiments(Reading())["sentiment_score"].dtype
    dtype('float64')
    """
    found = reading.results.sentiments
    rows = [
        (*place, segment.sentiment, segment.sentiment_score)
        for segment, place in _placed(reading, found.segments if found else [])
    ]
    return _frame(rows, _SENTIMENTS)


def topics(reading: Reading) -> pd.DataFrame:
    """Return one row a topic of a segment; empty unless ``topics=True`` was asked for."""
    found = reading.results.topics
    rows = [
        (*place, topic.topic, topic.confidence_score)
        for segment, place in _placed(reading, found.found if found else [])
        for topic in segment.topics
    ]
    return _frame(rows, _TOPICS)


def intents(reading: Reading) -> pd.DataFrame:
    """Return one row an intent of a segment; empty unless ``intents=True`` was asked for."""
    found = reading.results.intents
    rows = [
        (*place, intent.intent, intent.confidence_score)
        for segment, place in _placed(reading, found.found if found else [])
        for intent in segment.intents
    ]
    return _frame(rows, _INTENTS)


def _frame(rows: list[Any], schema: dict[str, Any]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=list(schema)).astype(schema)


def _placed(reading: Reading, segments: Iterable[Segment]) -> Iterator[tuple[Any, tuple[Any, ...]]]:
    """Give segments, each with the columns of `_SEGMENT`."""
    spans = [word.span() for word in _WORD.finditer(reading.text)]
    done = 0
    for segment in segments:
        start, end = _place(reading.text, spans, segment, done)
        done = end or done
        yield segment, (segment.text, start, end, segment.start_word, segment.end_word)


def _place(
    text: str, spans: list[tuple[int, int]], segment: Segment, done: int
) -> tuple[int, int] | tuple[None, None]:
    """Give a segment's characters: those of its words if they say what it says, else where it is found."""
    words = spans[max(segment.start_word, 0) : max(segment.end_word + 1, 0)]
    if words:
        start, end = words[0][0], words[-1][1]
        if text[start:end].split() == segment.text.split():
            return start, end
    at = text.find(segment.text, done) if segment.text else -1
    return (at, at + len(segment.text)) if at >= 0 else (None, None)


def summary(reading: Reading) -> str:
    """Return what a reading is and what it found, in ten lines at most.

    Examples
    --------
    >>> from dgnb.results import Reading
    >>> print(summary(Reading.from_json({"results": {"summary": {"text": "All is well."}}})))
    Reading
    Summary: All is well.
    """
    first = ", ".join(_facts(reading))
    found = [
        ("Summary", reading.summary),
        ("Sentiment", _average(reading)),
        ("Topics", ", ".join(dict.fromkeys(topics(reading)["topic"]))),
        ("Intents", ", ".join(dict.fromkeys(intents(reading)["intent"]))),
    ]
    lines = [f"Reading {first}".rstrip() + (" (sandbox)" if reading.sandbox else "")]
    return "\n".join(lines + [shorten(f"{name}: {text}", _WIDTH) for name, text in found if text])


def _facts(reading: Reading) -> Iterator[str]:
    if reading.text:
        yield count(len(reading.text.split()), "word")
    if reading.language:
        yield reading.language


def _average(reading: Reading) -> str:
    found = reading.results.sentiments
    average = found.average if found else None
    return f"{average.sentiment} {average.sentiment_score:+.2f}" if average else ""


def html(reading: Reading) -> str:
    """Return a reading as HTML: its summary, and the text with the segments marked and labelled.

    Examples
    --------
    >>> from dgnb.results import Reading
    >>> "All is well." in html(Reading.from_json({"results": {"summary": {"text": "All is well."}}}))
    True
    """
    average = _average(reading)
    facts = [*_facts(reading), f"average sentiment {average}" if average else ""]
    parts = [fragments.head("Reading", reading.sandbox, facts)]
    if reading.summary:
        parts.append(f"<p><b>Summary</b> {fragments.foreign(reading.summary)}</p>")
    sections = list(_sections(reading))
    if not sections and not reading.summary:
        parts.append("<p>Nothing was asked for: summarize, sentiment, topics or intents.</p>")
    for number, (title, labelled) in enumerate(sections):
        text = f'<p class="dgnb-marked" dir="auto">{"".join(_marked(reading, labelled))}</p>'
        if not labelled:
            text = "<p>None were found.</p>"
        if number:
            parts.append(f"<details><summary>{title}</summary>{text}</details>")
        else:
            parts.append(f"<h4>{title}</h4>{text}")
    return fragments.article("Reading", parts, _STYLE)


@dataclass(frozen=True)
class _Labelled:
    """A segment with what is written behind it and the colour it is marked with."""

    segment: Segment
    label: str
    colour: str


def _sections(reading: Reading) -> Iterator[tuple[str, list[_Labelled]]]:
    """Give the analyses that were made: title and labelled segments."""
    results = reading.results
    if results.sentiments:
        yield "Sentiment", [_by_sentiment(segment) for segment in results.sentiments.segments]
    if results.topics:
        told = [[(t.topic, t.confidence_score) for t in s.topics] for s in results.topics.found]
        yield "Topics", list(_by_name(results.topics.found, told))
    if results.intents:
        told = [[(i.intent, i.confidence_score) for i in s.intents] for s in results.intents.found]
        yield "Intents", list(_by_name(results.intents.found, told))


def _by_sentiment(segment: SentimentSegment) -> _Labelled:
    label = f"{segment.sentiment} {segment.sentiment_score:+.2f}"
    return _Labelled(segment, label, colours.sentiment(segment.sentiment))


def _by_name(segments: Iterable[Segment], told: list[list[tuple[str, float]]]) -> Iterator[_Labelled]:
    """Label segments with names and confidences; each first name has a colour."""
    numbers: dict[str, int] = {}
    for segment, names in zip(segments, told, strict=True):
        if names:
            number = numbers.setdefault(names[0][0], len(numbers))
            label = ", ".join(f"{name} {confidence:.2f}" for name, confidence in names)
            yield _Labelled(segment, label, colours.voice(number))


def _marked(reading: Reading, labelled: list[_Labelled]) -> Iterator[str]:
    """Give the text as HTML, as far as it is not too long."""
    room = _LARGEST
    for text, mark in _pieces(reading, labelled):
        if room > 0:
            shown = escape(text[:room].replace("\r\n", "\n").replace("\r", "\n"))
            yield _mark(shown, mark) if mark else shown
        room -= len(text)
    if room < 0:
        yield f"… (cut after {_LARGEST:,} characters)"


def _pieces(reading: Reading, labelled: list[_Labelled]) -> Iterator[tuple[str, _Labelled | None]]:
    """Divide the text where segments begin and end; without the text there are only the segments."""
    places = [place[1:3] for _, place in _placed(reading, [each.segment for each in labelled])]
    if any(start is None for start, _ in places):
        for each in labelled:
            yield from ((each.segment.text, each), (" ", None))
        return
    done = 0
    for each, (start, end) in zip(labelled, places, strict=True):
        yield reading.text[done:start], None
        yield reading.text[max(start, done) : end], each
        done = max(done, end)
    yield reading.text[done:], None


def _mark(shown: str, mark: _Labelled) -> str:
    return fragments.mark(shown, mark.colour, mark.label)
