"""What the text analysis found: sentiment, topics, intents, a summary.

The same shapes come back from ``listen`` and from ``read``. Word positions
count the transcript's words from 0; ``end_word`` is inclusive.
"""

from __future__ import annotations

from msgspec import field

from dgnb.protocol.part import Part


class SentimentSegment(Part, frozen=True):
    """A stretch of words with one tendency; the score runs from -1 to 1."""

    text: str
    start_word: int
    end_word: int
    sentiment: str
    sentiment_score: float


class SentimentAverage(Part, frozen=True):
    """The tendency of the whole; labels change at -1/3 and 1/3."""

    sentiment: str
    sentiment_score: float


class Sentiments(Part, frozen=True):
    """Tendency by segment and on average."""

    segments: list[SentimentSegment] = field(default_factory=list)
    average: SentimentAverage | None = None


class Topic(Part, frozen=True):
    """A topic and how sure the service is of it [0, 1]."""

    topic: str
    confidence_score: float


class TopicSegment(Part, frozen=True):
    """A stretch of words and its topics."""

    text: str
    start_word: int
    end_word: int
    topics: list[Topic] = field(default_factory=list)


class Intent(Part, frozen=True):
    """What a speaker wants, and how sure the service is of it [0, 1]."""

    intent: str
    confidence_score: float


class IntentSegment(Part, frozen=True):
    """A stretch of words and its intents."""

    text: str
    start_word: int
    end_word: int
    intents: list[Intent] = field(default_factory=list)


class NestedTopics(Part, frozen=True):
    """The inner half of the nested form of topics."""

    topics: Topics | None = None


class Topics(Part, frozen=True):
    """Topics by segment. An older published schema nests them once more; both forms are read."""

    segments: list[TopicSegment] = field(default_factory=list)
    results: NestedTopics | None = None

    @property
    def found(self) -> list[TopicSegment]:
        """Segments of whichever form came."""
        inner = self.results.topics if self.results else None
        return self.segments or (inner.segments if inner else [])


class NestedIntents(Part, frozen=True):
    """The inner half of the nested form of intents."""

    intents: Intents | None = None


class Intents(Part, frozen=True):
    """Intents by segment. An older published schema nests them once more; both forms are read."""

    segments: list[IntentSegment] = field(default_factory=list)
    results: NestedIntents | None = None

    @property
    def found(self) -> list[IntentSegment]:
        """Segments of whichever form came."""
        inner = self.results.intents if self.results else None
        return self.segments or (inner.segments if inner else [])


class Summary(Part, frozen=True):
    """A short summary; `result` is ``success`` or ``failure``."""

    result: str = ""
    short: str = ""


class AnalysisInfo(Part, frozen=True):
    """Which model analysed, and how many tokens it read and wrote."""

    model_uuid: str = ""
    input_tokens: int = 0
    output_tokens: int = 0
