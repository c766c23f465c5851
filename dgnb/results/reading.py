"""What ``/v1/read`` answers: an analysis of a text."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from msgspec import field

from dgnb.lazy import View, load
from dgnb.protocol.part import Part
from dgnb.results.analysis import AnalysisInfo, Intents, Sentiments, Topics
from dgnb.results.result import Result

if TYPE_CHECKING:
    from pandas import DataFrame  # noqa: F401 - named in a View


class NestedSummary(Part, frozen=True):
    """The inner half of the nested form of a summary."""

    summary: ReadingSummary | None = None


class ReadingSummary(Part, frozen=True):
    """A summary. An older published schema nests it once more; both forms are read."""

    text: str | None = None
    results: NestedSummary | None = None

    @property
    def found(self) -> str:
        """The text of whichever form came."""
        inner = self.results.summary if self.results else None
        return self.text or (inner.found if inner else "")


class ReadingMetadata(Part, frozen=True):
    """About the request. The flat form and the older nested one are read."""

    request_id: str | None = None
    created: str | None = None
    language: str | None = None
    summary_info: AnalysisInfo | None = None
    sentiment_info: AnalysisInfo | None = None
    topics_info: AnalysisInfo | None = None
    intents_info: AnalysisInfo | None = None
    metadata: ReadingMetadata | None = None

    @property
    def found(self) -> ReadingMetadata:
        """Whichever form came."""
        return self.metadata or self

    @property
    def infos(self) -> list[AnalysisInfo]:
        """About each analysis that was made."""
        infos = (self.summary_info, self.sentiment_info, self.topics_info, self.intents_info)
        return [info for info in infos if info]


class ReadingResults(Part, frozen=True):
    """What was found in the text."""

    summary: ReadingSummary | None = None
    topics: Topics | None = None
    intents: Intents | None = None
    sentiments: Sentiments | None = None


class Reading(Result, frozen=True):
    """An analysed text: its summary, and frames on the text's own words.

    Positions count the text's words from 0, ``end_word`` is inclusive.

    Examples
    --------
    >>> from dgnb.results import Reading
    >>> Reading.from_json({"results": {"summary": {"text": "All is well."}}}).summary
    'All is well.'
    """

    metadata: ReadingMetadata = field(default_factory=ReadingMetadata)
    results: ReadingResults = field(default_factory=ReadingResults)

    sentiments = View["DataFrame"]("dgnb.views.readings:sentiments", "One row a segment of one tendency.")
    topics = View["DataFrame"]("dgnb.views.readings:topics", "One row a topic of a segment.")
    intents = View["DataFrame"]("dgnb.views.readings:intents", "One row an intent of a segment.")

    @property
    def summary(self) -> str:
        """The summary, empty when none was asked for."""
        return self.results.summary.found if self.results.summary else ""

    @property
    def request_id(self) -> str:
        """The service's name for the request."""
        return self.metadata.found.request_id or ""

    @property
    def language(self) -> str:
        """The language that the text was read in."""
        return self.metadata.found.language or ""

    @property
    def sandbox(self) -> bool:
        """Whether dgnb's offline sandbox made this, and not the service."""
        return any(info.model_uuid.startswith("sandbox") for info in self.metadata.found.infos)

    @property
    def text(self) -> str:
        """The text that was read, as far as it is known here; empty for a URL."""
        kept: str = self.__dict__.get("text", "")
        return kept

    def of(self, text: str) -> Reading:
        """Remember the text that was read, which the reply does not hold."""
        self.__dict__["text"] = text
        return self

    def __reduce__(self) -> tuple[Any, ...]:
        return _restored, (self.json, self.text)

    def __repr__(self) -> str:
        return str(load("dgnb.views.readings:summary")(self))

    def _repr_html_(self) -> str:
        return str(load("dgnb.views.readings:html")(self))


def _restored(json: bytes, text: str) -> Reading:
    return Reading.from_json(json).of(text)
