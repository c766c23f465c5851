"""Sentiment of sentences by VADER, a lexicon with rules for negation and emphasis.

C.J. Hutto and E.E. Gilbert (2014): VADER, a parsimonious rule-based model for
sentiment analysis of social media text. ICWSM-14.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from itertools import groupby
from typing import Any, NamedTuple

from msgspec.structs import replace

from dgnb.errors import MissingExtra
from dgnb.protocol.heard import Word
from dgnb.results.analysis import SentimentAverage, Sentiments, SentimentSegment
from dgnb.sandbox.engines.grouping import line, spans

LIMIT = 1 / 3
"""The score from which a text counts as positive, or negative below zero."""


class _Scored(NamedTuple):
    """A sentence's words and its score."""

    start: int
    end: int
    score: float


def sentiments(words: Sequence[Word]) -> Sentiments:
    """Sentiment of a text by segment and on average.

    Parameters
    ----------
    words : sequence of Word

    Returns
    -------
    Sentiments
        Neighbouring sentences with one label make one segment; scores are averages over words.

    Examples
    --------
    >>> from dgnb.sandbox.engines.grouping import words_of
    >>> found = sentiments(words_of("I love it. It is wonderful. The delivery was awful."))
    >>> [(segment.sentiment, segment.start_word, segment.end_word) for segment in found.segments]
    [('positive', 0, 5), ('negative', 6, 9)]
    """
    scored = _scored(words)
    segments = [
        _segment(words, list(group)) for _, group in groupby(scored, key=lambda part: label(part.score))
    ]
    score = _mean(scored)
    return Sentiments(
        segments=segments, average=SentimentAverage(sentiment=label(score), sentiment_score=score)
    )


def word_sentiments(words: Sequence[Word]) -> list[Word]:
    """Words with the sentiment of their sentence.

    Parameters
    ----------
    words : sequence of Word

    Returns
    -------
    list of Word

    Examples
    --------
    >>> from dgnb.sandbox.engines.grouping import words_of
    >>> [word.sentiment for word in word_sentiments(words_of("Great! We meet at noon."))]
    ['positive', 'neutral', 'neutral', 'neutral', 'neutral']
    """
    return [
        replace(word, sentiment=label(part.score), sentiment_score=part.score)
        for part in _scored(words)
        for word in words[part.start : part.end]
    ]


def label(score: float) -> str:
    """``positive``, ``neutral`` or ``negative``, changing at 1/3 and -1/3.

    Examples
    --------
    >>> label(0.5), label(0.3), label(-0.4)
    ('positive', 'neutral', 'negative')
    """
    if abs(score) < LIMIT:
        return "neutral"
    return "positive" if score > 0 else "negative"


def score(text: str) -> float:
    """Sentiment of one sentence, from -1 to 1.

    Raises
    ------
    MissingExtra
        When ``vaderSentiment`` is not installed.

    Examples
    --------
    >>> score("The food was good.") > 0 > score("The food was not good.")
    True
    """
    return float(_analyzer().polarity_scores(text)["compound"])


@cache
def _analyzer() -> Any:
    """Give the analyser; its lexicon takes some 20 ms to read."""
    try:
        from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer  # noqa: PLC0415
    except ImportError as error:
        raise MissingExtra("sentiment", "sandbox") from error
    return SentimentIntensityAnalyzer()


def _scored(words: Sequence[Word]) -> list[_Scored]:
    return [_Scored(start, end, score(line(words[start:end]))) for start, end in spans(words)]


def _mean(parts: Sequence[_Scored]) -> float:
    """Give the average score over words."""
    count = sum(part.end - part.start for part in parts)
    return sum(part.score * (part.end - part.start) for part in parts) / count if count else 0.0


def _segment(words: Sequence[Word], parts: Sequence[_Scored]) -> SentimentSegment:
    start, end, score = parts[0].start, parts[-1].end, _mean(parts)
    return SentimentSegment(
        text=line(words[start:end]),
        start_word=start,
        end_word=end - 1,
        sentiment=label(score),
        sentiment_score=score,
    )
