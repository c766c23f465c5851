"""What ``/v1/listen`` answers: words with times, grouped and analysed."""

from __future__ import annotations

from math import nan
from typing import TYPE_CHECKING, Any

from msgspec import field

from dgnb.lazy import View, load
from dgnb.results.analysis import AnalysisInfo, Intents, Sentiments, Summary, Topics
from dgnb.results.part import Part
from dgnb.results.result import Result

if TYPE_CHECKING:
    from pandas import DataFrame  # noqa: F401 - named in a View

    from dgnb.views.plots import TranscriptPlots  # noqa: F401 - named in a View


class Word(Part, frozen=True, gc=False):
    """A recognised word; times in seconds, confidences in [0, 1].

    `word` is bare and lower-case, `punctuated_word` is as it is written.
    """

    word: str
    start: float
    end: float
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


class Utterance(Part, frozen=True):
    """Words between two pauses; times in seconds."""

    start: float
    end: float
    transcript: str
    confidence: float = nan
    channel: int = 0
    words: list[Word] = field(default_factory=list)
    speaker: int | None = None
    id: str | None = None
    languages: list[str] | None = None


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


class Metadata(Part, frozen=True):
    """About the request: the audio's length [s], digest and channels, the models used."""

    request_id: str = ""
    created: str = ""
    duration: float = 0.0
    channels: int = 0
    sha256: str = ""
    models: list[str] = field(default_factory=list)
    model_info: dict[str, ModelInfo] = field(default_factory=dict)
    transaction_key: str | None = None
    diarize_info: DiarizeInfo | None = None
    summary_info: AnalysisInfo | None = None
    sentiment_info: AnalysisInfo | None = None
    topics_info: AnalysisInfo | None = None
    intents_info: AnalysisInfo | None = None
    tags: list[str] | None = None
    extra: dict[str, Any] | None = None
    warnings: list[Notice] | None = None


class Results(Part, frozen=True):
    """The recognised speech and what was found in it."""

    channels: list[Channel] = field(default_factory=list)
    utterances: list[Utterance] | None = None
    summary: Summary | None = None
    topics: Topics | None = None
    intents: Intents | None = None
    sentiments: Sentiments | None = None


class Transcript(Result, frozen=True):
    """Recognised speech: the service's reply to ``listen``, and every view of it.

    Times are seconds, confidences lie in [0, 1]. The fields `metadata` and
    `results` have the wire's shape; everything else is read from them.

    Examples
    --------
    >>> from dgnb import Transcript
    >>> word = {"word": "hi", "punctuated_word": "Hi.", "start": 0.1, "end": 0.4, "confidence": 0.9}
    >>> alternative = {"transcript": "Hi.", "confidence": 0.9, "words": [word]}
    >>> call = Transcript.from_json({"results": {"channels": [{"alternatives": [alternative]}]}})
    >>> call.text
    'Hi.'
    >>> call.words[["word", "start", "confidence"]].to_numpy().tolist()
    [['hi', 0.1, 0.9]]
    """

    metadata: Metadata = field(default_factory=Metadata)
    results: Results = field(default_factory=Results)

    words = View["DataFrame"]("dgnb.views.frames:words", "One row a word, see `dgnb.views.frames`.")
    utterances = View["DataFrame"]("dgnb.views.frames:utterances", "One row an utterance.")
    paragraphs = View["DataFrame"]("dgnb.views.frames:paragraphs", "One row a paragraph.")
    sentences = View["DataFrame"]("dgnb.views.frames:sentences", "One row a sentence.")
    sentiments = View["DataFrame"]("dgnb.views.frames:sentiments", "One row a segment of one tendency.")
    topics = View["DataFrame"]("dgnb.views.frames:topics", "One row a topic of a segment.")
    intents = View["DataFrame"]("dgnb.views.frames:intents", "One row an intent of a segment.")
    entities = View["DataFrame"]("dgnb.views.frames:entities", "One row an entity.")
    search = View["DataFrame"]("dgnb.views.frames:search", "One row a hit of a search term.")
    plot = View["TranscriptPlots"]("dgnb.views.plots:TranscriptPlots", "Plots of the transcript.")

    @property
    def best(self) -> list[Alternative]:
        """The first reading of each channel."""
        return [channel.alternatives[0] for channel in self.results.channels if channel.alternatives]

    @property
    def text(self) -> str:
        """What was said, one line a channel."""
        return "\n".join(alternative.transcript for alternative in self.best if alternative.transcript)

    @property
    def duration(self) -> float:
        """Length of the audio [s]."""
        return self.metadata.duration

    @property
    def request_id(self) -> str:
        """The service's name for the request."""
        return self.metadata.request_id

    @property
    def speakers(self) -> list[int]:
        """Numbers of the speakers, empty without diarization."""
        found = {word.speaker for alternative in self.best for word in alternative.words}
        return sorted(speaker for speaker in found if speaker is not None)

    @property
    def summary(self) -> str:
        """The short summary, empty when none was asked for or none could be made."""
        summary = self.results.summary
        if summary is not None:
            return summary.short
        return " ".join(part.summary for alternative in self.best for part in alternative.summaries or [])

    @property
    def language(self) -> str:
        """The language that was found, empty when the service does not say."""
        for channel in self.results.channels:
            if channel.detected_language:
                return channel.detected_language
        spoken = [language for alternative in self.best for language in alternative.languages or []]
        return spoken[0] if spoken else ""

    @property
    def confidence(self) -> float:
        """Mean confidence of the words [0, 1]; ``nan`` without words."""
        values = [word.confidence for alternative in self.best for word in alternative.words]
        return sum(values) / len(values) if values else nan

    @property
    def sandbox(self) -> bool:
        """Whether dgnb's offline sandbox made this, and not the service."""
        return any(model.arch == "sandbox" for model in self.metadata.model_info.values())

    def __repr__(self) -> str:
        return str(load("dgnb.views.text:summary")(self))

    def _repr_html_(self) -> str:
        return str(load("dgnb.views.html:transcript")(self))


class Accepted(Result, frozen=True):
    """The service took a request and will deliver its result to the callback."""

    request_id: str
