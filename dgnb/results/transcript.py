"""What ``/v1/listen`` answers: words with times, grouped and analysed."""

from __future__ import annotations

import os
from collections.abc import Callable  # noqa: F401 - named in a Method
from math import nan
from typing import TYPE_CHECKING, Any

from msgspec import field

from dgnb.lazy import Method, View, load
from dgnb.protocol.heard import (
    Alternative,
    Channel,
    DiarizeInfo,
    ModelInfo,
    Notice,
    Word,
)
from dgnb.protocol.part import Part
from dgnb.results.analysis import AnalysisInfo, Intents, Sentiments, Summary, Topics
from dgnb.results.result import Result

if TYPE_CHECKING:
    from pathlib import Path  # noqa: F401 - named in a Method

    from pandas import DataFrame  # noqa: F401 - named in a View
    from polars import DataFrame as PolarsFrame  # noqa: F401 - named in a Method

    from dgnb.results.edits import Edits  # noqa: F401 - named in a View
    from dgnb.results.speech import Speech  # noqa: F401 - named in a Method
    from dgnb.views.captions import Captions  # noqa: F401 - named in a Method
    from dgnb.views.markup import Markup  # noqa: F401 - named in a Method
    from dgnb.views.player import TranscriptPlayer  # noqa: F401 - named in a Method
    from dgnb.views.plots import TranscriptPlots  # noqa: F401 - named in a View


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
    speaker_names: dict[str, str] | None = None
    """Names of speakers, ``{"0:1": "Ava"}`` is speaker 1 on channel 0. The service has none: they come from
    a correction or an import."""


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
    metrics = View["DataFrame"](
        "dgnb.views.metrics:metrics", "One row a voice: talk, pace, turns..., see `dgnb.views.metrics`."
    )
    markup = Method["Callable[..., Markup]"]("dgnb.views.markup:markup")
    chunks = Method["Callable[..., DataFrame]"]("dgnb.views.chunks:chunks")
    to_text = Method["Callable[..., str]"]("dgnb.views.prose:to_text")
    to_markdown = Method["Callable[..., str]"]("dgnb.views.prose:to_markdown")
    to_pandas = Method["Callable[..., DataFrame]"]("dgnb.views.handover:to_pandas")
    to_polars = Method["Callable[..., PolarsFrame]"]("dgnb.views.handover:to_polars")
    to_arrow = Method["Callable[..., Any]"]("dgnb.views.handover:to_arrow")
    to_parquet = Method["Callable[..., Path]"]("dgnb.views.handover:to_parquet")
    __arrow_c_stream__ = Method["Callable[..., object]"]("dgnb.views.handover:stream")
    captions = Method["Callable[..., Captions]"]("dgnb.views.captions:captions")
    find = Method["Callable[..., DataFrame]"]("dgnb.views.finding:find")
    edit = View["Edits"]("dgnb.results.edits:Edits", "Corrections, none so far, see `dgnb.results.edits`.")
    clip = Method["Callable[..., Speech]"]("dgnb.views.clips:clip")
    bleep = Method["Callable[..., Speech]"]("dgnb.views.clips:bleep")
    player = Method["Callable[..., TranscriptPlayer]"]("dgnb.views.player:player")
    to_html = Method["Callable[..., Path]"]("dgnb.views.player:to_html")

    @staticmethod
    def read(path: str | os.PathLike[str], kind: str = "") -> Transcript:
        """Return the transcript in a file of another tool or service.

        Parameters
        ----------
        path : path
        kind : {"srt", "vtt", "ass", "ttml", "whisper", "aws", "google", "assemblyai", "azure"}, optional
            Found out if not given.

        Raises
        ------
        ReplyError
            It is no transcript that is known here.

        Examples
        --------
        >>> import tempfile
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     call = Transcript().captions("vtt").save(f"{folder}/call.vtt")
        ...     Transcript.read(call).duration
        0.0
        """
        found: Transcript = load("dgnb.results.imports:read")(path, kind)
        return found

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
