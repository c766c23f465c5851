"""The models that the service offers."""

from __future__ import annotations

from msgspec import field

from dgnb.protocol.part import Part
from dgnb.results.listing import Listing
from dgnb.results.result import Result


class VoiceInfo(Part, frozen=True):
    """How a voice sounds and what it is for."""

    accent: str | None = None
    age: str | None = None
    color: str | None = None
    image: str | None = None
    sample: str | None = None
    tags: list[str] | None = None
    use_cases: list[str] | None = None
    display_name: str | None = None


class Model(Result, frozen=True):
    """A model: a recogniser has `batch` and `streaming`, a voice has `metadata`."""

    name: str | None = None
    canonical_name: str | None = None
    architecture: str | None = None
    languages: list[str] | None = None
    version: str | None = None
    uuid: str | None = None
    batch: bool | None = None
    streaming: bool | None = None
    formatted_output: bool | None = None
    metadata: VoiceInfo | None = None


class Models(Listing, frozen=True):
    """Recognisers (`stt`) and voices (`tts`)."""

    stt: list[Model] = field(default_factory=list)
    tts: list[Model] = field(default_factory=list)

    @property
    def items(self) -> list[Model]:
        """Recognisers, then voices."""
        return [*self.stt, *self.tts]


class Voice(Part, frozen=True):
    """A voice; `name` is what ``speak(model=...)`` takes, `sample` the URL of a recording."""

    name: str | None = None
    language: str | None = None
    accent: str | None = None
    age: str | None = None
    tags: list[str] | None = None
    use_cases: list[str] | None = None
    sample: str | None = None


class Voices(Listing, frozen=True):
    """Voices of ``speak``."""

    voices: list[Voice] = field(default_factory=list)


class ThinkModel(Part, frozen=True):
    """A language model that a voice agent can think with."""

    id: str
    name: str | None = None
    provider: str | None = None


class ThinkModels(Listing, frozen=True):
    """The language models that a voice agent can think with."""

    models: list[ThinkModel] = field(default_factory=list)
