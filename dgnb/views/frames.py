"""The tables of a transcript: pandas DataFrames with one schema.

Every table begins with the same five columns:

=========== ========= ======= =====================================================
column      dtype     unit    what it holds
=========== ========= ======= =====================================================
channel     int16             channel of the audio, from 0
speaker     Int16             speaker from 0; ``<NA>`` when nobody told them apart
text        string            what was said, as it is written
start       float64   s       from the beginning of the audio, as everywhere
end         float64   s
=========== ========= ======= =====================================================

(`words` has the column `word` before `text`.) Then each adds its own:

=========== =======================================================================
table       further columns
=========== =======================================================================
words       word, confidence, speaker_confidence, language, sentiment,
            sentiment_score
utterances  confidence, num_words, id
paragraphs  num_words
sentences   paragraph: the row of `paragraphs`
sentiments  start_word, end_word, sentiment, sentiment_score
topics      start_word, end_word, topic, confidence
intents     start_word, end_word, intent, confidence
entities    start_word, end_word, label, value, raw_value, confidence
search      query, confidence
=========== =======================================================================

with these types:

================================= ========= =======================================
column                            dtype     unit
================================= ========= =======================================
confidence, speaker_confidence    float64   [0, 1], ``nan`` when not known
sentiment_score                   float64   [-1, 1], ``nan`` when not known
num_words, paragraph              int64
start_word, end_word              int64     rows of `words`, both included
all others                        string    ``<NA>`` when not known
================================= ========= =======================================

An empty table has the same columns and types. ``words.loc[start_word:end_word]``
are the words of a sentiment, topic, intent or entity: on the wire `end_word`
is inclusive for the first three and exclusive for entities, and counts from
the channel's first word; here it means one thing. Their `start` and `end` come
from these words, and `speaker` is who says most of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from math import nan
from typing import Any

import numpy as np
import pandas as pd

from dgnb.results import Paragraph, Transcript
from dgnb.views.columns import Shorts, Strings, WordColumns, columns
from dgnb.views.voices import told_apart

# "str" is an object column before pandas 3 and "string" depends on whether pyarrow is there: this is neither.
STRING = pd.StringDtype("python")

_COMMON = {"channel": "int16", "speaker": "Int16", "text": STRING, "start": "float64", "end": "float64"}
_SPAN = {**_COMMON, "start_word": "int64", "end_word": "int64"}
_UTTERANCES = {**_COMMON, "confidence": "float64", "num_words": "int64", "id": STRING}
_PARAGRAPHS = {**_COMMON, "num_words": "int64"}
_SENTENCES = {**_COMMON, "paragraph": "int64"}
_SENTIMENTS = {**_SPAN, "sentiment": STRING, "sentiment_score": "float64"}
_TOPICS = {**_SPAN, "topic": STRING, "confidence": "float64"}
_INTENTS = {**_SPAN, "intent": STRING, "confidence": "float64"}
_ENTITIES = {**_SPAN, "label": STRING, "value": STRING, "raw_value": STRING, "confidence": "float64"}
_SEARCH = {**_COMMON, "query": STRING, "confidence": "float64"}
_OVERVIEW = {
    "source": STRING,
    "duration": "float64",
    "words": "int64",
    "speakers": "int64",
    "confidence": "float64",
    "text": STRING,
}

Row = tuple[Any, ...]


def words(transcript: Transcript) -> pd.DataFrame:
    """Return one row a word, channel after channel.

    Examples
    --------
    >>> from dgnb.results import Transcript
    >>> words(Transcript())["confidence"].dtype
    dtype('float64')
    """
    found = columns(transcript)
    # The user's own copy, made here: pandas would copy each string column twice, a tenth of the whole time.
    return pd.DataFrame(
        {
            "channel": found.channel.copy(),
            "speaker": pd.arrays.IntegerArray(found.speaker.copy(), found.speaker < 0),
            "word": _strings(found.word),
            "text": _strings(found.text),
            "start": found.start.copy(),
            "end": found.end.copy(),
            "confidence": found.confidence.copy(),
            "speaker_confidence": found.speaker_confidence.copy(),
            "language": _strings(found.language),
            "sentiment": _strings(found.sentiment),
            "sentiment_score": found.sentiment_score.copy(),
        },
        copy=False,
    )


def utterances(transcript: Transcript) -> pd.DataFrame:
    """Return one row an utterance; empty unless ``utterances=True`` was asked for."""
    return table(
        _UTTERANCES,
        [
            (u.channel, u.speaker, u.transcript, u.start, u.end, u.confidence, len(u.words), u.id)
            for u in transcript.results.utterances or []
        ],
    )


def paragraphs(transcript: Transcript) -> pd.DataFrame:
    """Return one row a paragraph; empty unless ``paragraphs=True`` was asked for."""
    return table(
        _PARAGRAPHS,
        [(channel, p.speaker, p.text, p.start, p.end, p.num_words) for channel, p in _paragraphs(transcript)],
    )


def sentences(transcript: Transcript) -> pd.DataFrame:
    """Return one row a sentence; empty unless ``paragraphs=True`` was asked for."""
    return table(
        _SENTENCES,
        [
            (channel, paragraph.speaker, sentence.text, sentence.start, sentence.end, row)
            for row, (channel, paragraph) in enumerate(_paragraphs(transcript))
            for sentence in paragraph.sentences
        ],
    )


def sentiments(transcript: Transcript) -> pd.DataFrame:
    """Return one row a segment of one tendency; empty unless ``sentiment=True`` was asked for."""
    found = transcript.results.sentiments
    return table(
        _SENTIMENTS,
        [
            (*_span(transcript, 0, s.start_word, s.end_word, s.text), s.sentiment, s.sentiment_score)
            for s in (found.segments if found else [])
        ],
    )


def topics(transcript: Transcript) -> pd.DataFrame:
    """Return one row a topic of a segment; empty unless ``topics=True`` was asked for."""
    found = transcript.results.topics
    rows = [
        (*_span(transcript, 0, s.start_word, s.end_word, s.text), topic.topic, topic.confidence_score)
        for s in (found.found if found else [])
        for topic in s.topics
    ]
    return table(_TOPICS, rows or list(_old_topics(transcript)))


def intents(transcript: Transcript) -> pd.DataFrame:
    """Return one row an intent of a segment; empty unless ``intents=True`` was asked for."""
    found = transcript.results.intents
    return table(
        _INTENTS,
        [
            (*_span(transcript, 0, s.start_word, s.end_word, s.text), intent.intent, intent.confidence_score)
            for s in (found.found if found else [])
            for intent in s.intents
        ],
    )


def entities(transcript: Transcript) -> pd.DataFrame:
    """Return one row an entity; empty unless ``detect_entities=True`` was asked for."""
    return table(
        _ENTITIES,
        [
            (
                *_span(transcript, channel, e.start_word, e.end_word - 1),
                e.label,
                e.value,
                e.raw_value,
                e.confidence,
            )
            for channel, each in enumerate(transcript.results.channels)
            for alternative in each.alternatives[:1]
            for e in alternative.entities or []
        ],
    )


def search(transcript: Transcript) -> pd.DataFrame:
    """Return one row a hit of a search term; empty unless ``search=...`` was asked for."""
    found = columns(transcript)
    return table(
        _SEARCH,
        [
            (
                channel,
                _speaker_between(found, channel, hit.start, hit.end),
                hit.snippet,
                hit.start,
                hit.end,
                term.query,
                hit.confidence,
            )
            for channel, each in enumerate(transcript.results.channels)
            for term in each.search or []
            for hit in term.hits
        ],
    )


def overview(transcripts: Iterable[tuple[str, Transcript]]) -> pd.DataFrame:
    """Return one row a transcript: source, duration [s], words, speakers, mean confidence, text.

    Parameters
    ----------
    transcripts : iterable of (str, Transcript)
        What each was made from, and the transcript.

    Examples
    --------
    >>> from dgnb.results import Metadata, Transcript
    >>> call = Transcript(metadata=Metadata(duration=1.5))
    >>> overview([("call.wav", call)])["duration"].to_list()
    [1.5]
    """
    return table(
        _OVERVIEW,
        [
            (source, t.duration, len(columns(t)), told_apart(t), t.confidence, t.text)
            for source, t in transcripts
        ],
    )


def together(transcripts: Iterable[tuple[str, Transcript]]) -> pd.DataFrame:
    """Return the words of several transcripts, with a column ``source`` before the others.

    Parameters
    ----------
    transcripts : iterable of (str, Transcript)
        What each was made from, and the transcript.

    Examples
    --------
    >>> list(together([]).columns[:3])
    ['source', 'channel', 'speaker']
    """
    # Without any transcript the columns are still there.
    return pd.concat(
        [_sourced(*pair) for pair in transcripts] or [_sourced("", Transcript())], ignore_index=True
    )


def _sourced(source: str, transcript: Transcript) -> pd.DataFrame:
    frame = words(transcript)
    frame.insert(0, "source", pd.Series([source] * len(frame), dtype=STRING))
    return frame


def table(schema: dict[str, Any], rows: list[Row]) -> pd.DataFrame:
    """Return rows as a table with these columns and types, also when there are none.

    Examples
    --------
    >>> table({"start": "float64"}, []).dtypes["start"]
    dtype('float64')
    """
    by_column = zip(*rows, strict=True) if rows else ((),) * len(schema)
    return pd.DataFrame(
        {
            name: pd.Series(list(values), dtype=dtype)
            for (name, dtype), values in zip(schema.items(), by_column, strict=True)
        }
    )


def _strings(values: Strings) -> Any:
    return pd.array(values, dtype=STRING)


def _paragraphs(transcript: Transcript) -> Iterator[tuple[int, Paragraph]]:
    for channel, each in enumerate(transcript.results.channels):
        for alternative in each.alternatives[:1]:
            if alternative.paragraphs:
                yield from ((channel, paragraph) for paragraph in alternative.paragraphs.paragraphs)


def _old_topics(transcript: Transcript) -> Iterator[Row]:
    """Topics in the older form: by channel, and without a confidence."""
    for channel, each in enumerate(transcript.results.channels):
        for alternative in each.alternatives[:1]:
            for s in alternative.topics or []:
                yield from (
                    (*_span(transcript, channel, s.start_word, s.end_word, s.text), topic, nan)
                    for topic in s.topics
                )


def _span(transcript: Transcript, channel: int, first: int, last: int, text: str | None = None) -> Row:
    """Return the columns of `_SPAN` for words of a channel, `last` included.

    Without `text` it is what these words say. Times and speaker stay unknown
    where the positions lie outside of the words.
    """
    found = columns(transcript)
    rows = found.rows(channel)
    inside = rows[max(first, 0) : max(last + 1, 0)]
    speaker, start, end = None, nan, nan
    if inside:
        speaker = _most(found.speaker[inside.start : inside.stop])
        start, end = found.start[inside[0]], found.end[inside[-1]]
    if text is None:
        text = " ".join(found.words[row].text for row in inside)
    return channel, speaker, text, start, end, rows.start + first, rows.start + last


def _speaker_between(found: WordColumns, channel: int, start: float, end: float) -> int | None:
    rows = found.rows(channel)
    here = slice(rows.start, rows.stop)
    spoken = (found.start[here] < end) & (found.end[here] > start)
    return _most(found.speaker[here][spoken])


def _most(speakers: Shorts) -> int | None:
    """Return who says most of some words, the lower number when it is a draw."""
    known = speakers[speakers >= 0]
    return int(np.bincount(known).argmax()) if known.size else None
