"""Recognised words into the reply of ``/v1/listen``, as its options ask."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from dgnb.results import (
    Alternative,
    AnalysisInfo,
    Channel,
    Notice,
    Results,
    Search,
    Word,
)
from dgnb.sandbox.engines import (
    formatting,
    grouping,
    intents,
    numerals,
    punctuation,
    redaction,
    sentiment,
    summary,
    topics,
)
from dgnb.sandbox.engines.entities import detect_entities
from dgnb.sandbox.engines.search import search

Words = list[Word]

PUNCTUATING = ("punctuate", "smart_format", "paragraphs", "detect_entities")
"""Options that switch punctuation on."""

_INFOS = {
    "summarize": "summary_info",
    "sentiment": "sentiment_info",
    "topics": "topics_info",
    "intents": "intents_info",
}

UNHEARD = ("detect_language", "language_hint", "version")
"""Options that need what the sandbox does not have: other languages, other versions."""


@dataclass
class Transcription:
    """What one request asks of the text, and what is to be told of it.

    Parameters
    ----------
    options : mapping
        Decoded query parameters.
    """

    options: Mapping[str, Any]
    notices: list[Notice] = field(default_factory=list)

    def on(self, *names: str) -> bool:
        """Whether any of these options is on."""
        return any(self.options.get(name) for name in names)

    def values(self, name: str) -> list[str]:
        """The values of an option that may repeat."""
        value = self.options.get(name, [])
        return [
            str(item).lower() if item is True else item
            for item in (value if isinstance(value, list) else [value])
        ]

    @property
    def english(self) -> bool:
        """Whether the recogniser, which knows English, may be asked."""
        language = str(self.options.get("language", "en")).lower()
        return language == "multi" or language.partition("-")[0] == "en"

    @property
    def keyterms(self) -> list[str]:
        """Terms to be heard better, of either generation of models."""
        return self.values("keyterm") + [word.partition(":")[0] for word in self.values("keywords")]

    @property
    def diarized(self) -> bool:
        """Whether speakers are told apart."""
        return self.on("diarize", "diarize_model")

    @property
    def extra(self) -> dict[str, str] | None:
        """What is to be given back; of a key that comes twice the last counts."""
        return dict(item.partition(":")[::2] for item in self.values("extra")) or None

    def warn(self, parameter: str, message: str, kind: str = "unsupported_by_sandbox") -> None:
        """Tell of an option that is not followed, once."""
        notice = Notice(parameter=parameter, type=kind, message=message)
        if notice not in self.notices:
            self.notices.append(notice)

    def results(self, heard: Sequence[Words]) -> Results:
        """The reply's results.

        Parameters
        ----------
        heard : sequence of list of Word
            The recognised words of each channel; with speakers where they were told apart.
        """
        self.warn_of_options()
        written = [self.written(words) for words in heard]
        channels = [self._channel(raw, words) for raw, words in zip(heard, written, strict=True)]
        everything = [word for words in written for word in words]
        return Results(
            channels=channels,
            utterances=self._utterances(written),
            summary=summary.summarize(everything) if self.options.get("summarize") == "v2" else None,
            topics=self._own(topics.topics, everything, "topic") if self.on("topics") else None,
            intents=self._own(intents.intents, everything, "intent") if self.on("intents") else None,
            sentiments=sentiment.sentiments(everything) if self.on("sentiment") else None,
        )

    def channel(self, heard: Words) -> Channel:
        """One channel's part of the reply, which is what a live connection sends of a stretch of speech."""
        return self._channel(heard, self.written(heard))

    def warn_of_options(self) -> None:
        """Tell of the options that the sandbox cannot follow."""
        if not self.english:
            language = self.options["language"]
            text = f"The sandbox recognises English only; nothing was recognised as '{language}'."
            self.warn("language", text, "unsupported_language")
        for name in UNHEARD:
            if self.on(name) and self.options[name] != "latest":
                self.warn(name, f"The sandbox has one English recogniser; {name} has no effect.")

    def _own(self, find: Callable[..., Any], words: Words, name: str) -> Any:
        mode = self.options.get(f"custom_{name}_mode", "extended")
        return find(words, self.values(f"custom_{name}"), mode)

    def written(self, words: Words) -> Words:
        """The words as they are written."""
        steps: list[tuple[bool, Callable[[Words], Words]]] = [
            (True, lambda heard: formatting.fillers(heard, keep=self.on("filler_words"))),
            (self.on("replace"), self._replaced),
            (self.on("profanity_filter"), formatting.profanity),
            (self.on("dictation"), formatting.dictation),
            (self.on("measurements"), formatting.measurements),
            (self.on("smart_format"), formatting.smart_format),
            (self.on("numerals") and not self.on("smart_format"), numerals.numerals),
            (self.on(*PUNCTUATING) and not self.on("smart_format"), punctuation.punctuate),
            (self.on("redact"), self._redacted),
            (self.on("sentiment"), sentiment.word_sentiments),
        ]
        for wanted, step in steps:
            words = step(words) if wanted else words
        return words

    def _replaced(self, words: Words) -> Words:
        pairs = [
            (find, new or None) for find, _, new in (item.partition(":") for item in self.values("replace"))
        ]
        return formatting.replace(words, pairs)

    def _redacted(self, words: Words) -> Words:
        found = redaction.redact(words, self.values("redact"))
        for name in found.unsupported:
            self.warn("redact", f"The sandbox cannot find '{name}'; nothing was redacted for it.")
        return found.words

    def _channel(self, heard: Words, words: Words) -> Channel:
        terms = self.values("search")
        return Channel(
            alternatives=[self._alternative(words)],
            search=[Search(query=term, hits=search(heard, term)) for term in terms] or None,
        )

    def _alternative(self, words: Words) -> Alternative:
        return Alternative(
            transcript=grouping.transcript(words),
            confidence=sum(word.confidence for word in words) / len(words) if words else 0.0,
            words=words,
            languages=["en"] if self.options.get("language") == "multi" and words else None,
            paragraphs=grouping.paragraphs(words) if self.on("paragraphs", "smart_format") else None,
            entities=detect_entities(words) if self.on("detect_entities") else None,
            summaries=summary.old_summaries(words) if self.options.get("summarize") is True else None,
        )

    def _utterances(self, channels: list[Words]) -> Any:
        if not self.on("utterances"):
            return None
        return grouping.utterances(channels, float(self.options.get("utt_split", 0.8)))

    def infos(self, words: int, uuid: str) -> dict[str, AnalysisInfo]:
        """For the metadata: which analyses were made, of how many words, by which model."""
        about = AnalysisInfo(model_uuid=uuid, input_tokens=words)
        return {info: about for name, info in _INFOS.items() if self.on(name)}
