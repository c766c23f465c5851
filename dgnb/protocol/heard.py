"""What was heard: words, and what groups and describes them.

A reply of ``/v1/listen`` and a message of a live session have these pieces in common.
"""

from __future__ import annotations

from math import isnan, nan

from msgspec import field

from dgnb.protocol.part import Part


class Word(Part, frozen=True, gc=False):
    """A recognised word; times in seconds, confidences in [0, 1].

    `word` is bare and lower-case, `punctuated_word` is as it is written. A word of Flux
    may come without times, which are then ``nan``.
    """

    word: str
    start: float = nan
    end: float = nan
    confidence: float = nan
    punctuated_word: str | None = None
    speaker: int | None = None
    speaker_confidence: float | None = None
    language: str | None = None
    sentiment: str | None = None
    sentiment_score: float | None = None

    @property
    def text(self) -> str:
        """The word as it is written."""
        return self.punctuated_word or self.word

    @property
    def timed(self) -> bool:
        """Whether it is known when it was said."""
        return not isnan(self.end)


class Sentence(Part, frozen=True, gc=False):
    """A sentence; times in seconds."""

    text: str
    start: float
    end: float


class Paragraph(Part, frozen=True):
    """Sentences that belong together; times in seconds."""

    sentences: list[Sentence]
    start: float
    end: float
    num_words: int = 0
    speaker: int | None = None

    @property
    def text(self) -> str:
        """The paragraph's sentences in one line."""
        return " ".join(sentence.text for sentence in self.sentences)


class Paragraphs(Part, frozen=True):
    """A channel's text in paragraphs."""

    transcript: str = ""
    paragraphs: list[Paragraph] = field(default_factory=list)


class Entity(Part, frozen=True):
    """A name, number, place...; words from `start_word` up to, not including, `end_word`."""

    label: str
    value: str
    start_word: int
    end_word: int
    raw_value: str | None = None
    confidence: float = nan


class OldSummary(Part, frozen=True):
    """A summary of a stretch of words, as the older ``summarize=true`` gives it."""

    summary: str
    start_word: int
    end_word: int


class OldTopics(Part, frozen=True):
    """Topics of a stretch of words in the older form."""

    text: str = ""
    start_word: int = 0
    end_word: int = 0
    topics: list[str] = field(default_factory=list)


class Alternative(Part, frozen=True):
    """One reading of a channel."""

    transcript: str = ""
    confidence: float = nan
    words: list[Word] = field(default_factory=list)
    languages: list[str] | None = None
    languages_hinted: list[str] | None = None
    paragraphs: Paragraphs | None = None
    entities: list[Entity] | None = None
    summaries: list[OldSummary] | None = None
    topics: list[OldTopics] | None = None

    @property
    def gap(self) -> str:
        """What stands between words: nothing where text has no spaces, as in Chinese."""
        written = self.transcript.strip()
        return "" if written and " " not in written and len(self.words) > 1 else " "


class Hit(Part, frozen=True):
    """A place where a search term was heard; times in seconds."""

    confidence: float
    start: float
    end: float
    snippet: str | None = None


class Search(Part, frozen=True):
    """A search term and its hits."""

    query: str
    hits: list[Hit] = field(default_factory=list)


class Channel(Part, frozen=True):
    """One channel of the audio."""

    alternatives: list[Alternative] = field(default_factory=list)
    search: list[Search] | None = None
    detected_language: str | None = None
    language_confidence: float | None = None


class ModelInfo(Part, frozen=True):
    """A model that took part."""

    name: str = ""
    version: str = ""
    arch: str = ""


class DiarizeInfo(Part, frozen=True):
    """The model that told the speakers apart."""

    model_uuid: str
    arch: str


class Notice(Part, frozen=True):
    """An option that the service did not follow."""

    parameter: str = ""
    type: str = ""
    message: str = ""
