"""The tree of an agent's `Settings`: what it hears, thinks and says with.

A tree is a plain mapping, as it is on the wire. `read` gives a typed view of one and
says what is wrong with it; what travels is the mapping, so that keys that are not
known here are kept.
Source: the official Python SDK 7.17.0 and Deepgram's published AsyncAPI document.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal, TypeVar, overload

import msgspec
from msgspec import field

from dgnb.errors import OptionError
from dgnb.protocol import models, options
from dgnb.protocol.messages import flux
from dgnb.protocol.messages.agent import History
from dgnb.protocol.params import EARLY_END, FluxLiveSpeakOptions, FluxOptions
from dgnb.protocol.part import Part

P = TypeVar("P", bound=Part)

THINKERS = ("open_ai", "anthropic", "google", "groq", "aws_bedrock", "deepgram")
"""Providers of language models; each needs a ``model``."""

SPEAKERS = {
    "deepgram": ("model",),
    "eleven_labs": ("model_id",),
    "cartesia": ("model_id", "voice"),
    "open_ai": ("model", "voice"),
    "aws_polly": ("voice", "language", "engine", "credentials"),
}
"""Providers of voices, and the fields that each needs; all but Deepgram need an ``endpoint``."""

Interval = Annotated[int, msgspec.Meta(ge=1000, le=60_000)]


class Input(Part, frozen=True):
    """How the user's audio is encoded."""

    encoding: str = "linear16"
    sample_rate: int = 24_000


class Output(Part, frozen=True):
    """How the agent's audio is encoded."""

    encoding: str = "linear16"
    sample_rate: int | None = None
    bitrate: int | None = None
    container: str = "none"


class Audio(Part, frozen=True):
    """Both directions."""

    input: Input = field(default_factory=Input)
    output: Output = field(default_factory=Output)


class Flags(Part, frozen=True):
    """What is told beside the conversation."""

    history: bool = True


class Endpoint(Part, frozen=True):
    """Where a provider or a function is reached, and how."""

    url: str = ""
    method: str | None = None
    headers: dict[str, str] = field(default_factory=dict)


class ListenProvider(Part, frozen=True):
    """A recogniser: version v1 is Nova, v2 is Flux, which decides itself when a turn ends."""

    type: Literal["deepgram"] = "deepgram"
    version: Literal["v1", "v2"] = "v1"
    model: str | None = None
    language: str | None = None
    smart_format: bool | None = None
    keyterms: list[str] | None = None
    language_hints: list[str] | None = None
    language_hint: str | list[str] | None = None
    eot_threshold: float | None = None
    eager_eot_threshold: float | None = None
    eot_timeout_ms: int | None = None


class Listen(Part, frozen=True):
    """How the user is heard."""

    provider: ListenProvider = field(default_factory=ListenProvider)


class ThinkProvider(Part, frozen=True):
    """A language model."""

    type: str
    model: str | None = None
    version: str | None = None
    temperature: float | None = None
    reasoning_mode: str | None = None
    credentials: dict[str, str] | None = None
    voice_prompt_opt_out: bool | None = None


class Function(Part, frozen=True):
    """Something that the agent can have done; without `endpoint` the client does it.

    `parameters` is a JSON schema. Fillers are said while it takes long; they need Think Live.
    """

    name: str
    description: str = ""
    parameters: dict[str, Any] = field(default_factory=dict)
    endpoint: Endpoint | None = None
    defer_until_eot: bool | None = None
    initial_agent_filler: bool | None = None
    agent_filler_max_count: int | None = None
    agent_filler_interval_ms: Interval | None = None

    @property
    def fills(self) -> bool:
        """Whether something is said while it takes long."""
        return bool(self.initial_agent_filler or self.agent_filler_max_count or self.agent_filler_interval_ms)


class Think(Part, frozen=True):
    """How the agent finds its words; `context_length` is in characters."""

    provider: ThinkProvider
    endpoint: Endpoint | None = None
    functions: list[Function] = field(default_factory=list)
    prompt: str = ""
    context_length: float | Literal["max"] | None = None


class ThinkLiveProvider(Part, frozen=True):
    """Rules of a conversation that is never silent for long."""

    type: Literal["deepgram"] = "deepgram"
    version: Literal["v1"] = "v1"
    agent_backchannel_sensitivity: float | None = None
    presence_check_max_count: int | None = None
    presence_check_interval_ms: int | None = None
    frustration_max_count: int | None = None
    restricted_terms: list[str] | None = None


class ThinkLive(Part, frozen=True):
    """The agent reacts while the user speaks, or is silent."""

    provider: ThinkLiveProvider


class SpeakProvider(Part, frozen=True):
    """A voice."""

    type: str
    version: str | None = None
    model: str | None = None
    model_id: str | None = None
    voice: Any = None
    language: str | None = None
    language_code: str | None = None
    speed: float | None = None
    expressivity: int | None = None
    volume: float | None = None
    engine: str | None = None
    credentials: dict[str, str] | None = None


class Speak(Part, frozen=True):
    """How the agent sounds."""

    provider: SpeakProvider
    endpoint: Endpoint | None = None


class Context(Part, frozen=True):
    """A conversation that is taken up again."""

    messages: list[History] = field(default_factory=list)


class Agent(Part, frozen=True):
    """All that makes an agent; `think` and `speak` may be lists, the first is preferred."""

    language: str = "en"
    greeting: str = ""
    context: Context = field(default_factory=Context)
    listen: Listen = field(default_factory=Listen)
    think: Think | list[Think] | None = None
    think_live: ThinkLive | None = None
    speak: Speak | list[Speak] | None = None

    @property
    def thinks(self) -> list[Think]:
        """The language models in the order they are tried."""
        return _several(self.think)

    @property
    def speaks(self) -> list[Speak]:
        """The voices in the order they are tried."""
        return _several(self.speak)


class Settings(Part, frozen=True):
    """The whole tree; `agent` may be the id of a stored one."""

    audio: Audio
    agent: Agent | str
    tags: list[str] = field(default_factory=list)
    experimental: bool = False
    mip_opt_out: bool = False
    flags: Flags = field(default_factory=Flags)


@overload
def read(tree: Any) -> Settings: ...


@overload
def read(tree: Any, kind: type[P]) -> P: ...


def read(tree: Any, kind: type[Part] = Settings) -> Part:
    """Return the typed view of settings or of a part of them.

    Parameters
    ----------
    tree : mapping
        As it is on the wire.
    kind : type
        `Settings`, or what the part is: `Agent`, `Listen`, `Think`, `ThinkLive`, `Speak`.

    Raises
    ------
    OptionError
        A value is missing, of the wrong type, out of range, or in conflict with another;
        `option` is the path to it.

    Examples
    --------
    >>> think = {"provider": {"type": "open_ai", "model": "gpt-4o-mini"}, "prompt": "Be brief."}
    >>> read({"audio": {}, "agent": {"think": think}}).agent.thinks[0].prompt
    'Be brief.'
    >>> read({"audio": {"input": {"sample_rate": "fast"}}, "agent": {}})
    Traceback (most recent call last):
    ...
    dgnb.errors.OptionError: audio.input.sample_rate: Expected `int`, got `str`
    """
    try:
        found = msgspec.convert(tree, kind)
    except msgspec.ValidationError as error:
        text, _, path = str(error).partition(" - at `$")
        where = path.rstrip("`").lstrip(".")
        raise OptionError(f"{where}: {text}" if where else text, where) from error
    check(found)
    return found


def write(tree: Mapping[str, Any]) -> str:
    """Return a tree as the message `Settings`; every key is kept.

    Examples
    --------
    >>> write({"audio": {}, "agent": {"greeting": "Hi."}, "newer": 1})
    '{"type":"Settings","audio":{},"agent":{"greeting":"Hi."},"newer":1}'
    """
    return msgspec.json.encode({"type": "Settings", **tree}).decode()


def check(part: Part) -> None:
    """Raise `OptionError` where values of settings, or of a part of them, do not go together."""
    match part:
        case Settings(agent=Agent() as agent):
            check(agent)
        case Agent():
            _check_agent(part)
        case Listen(provider=provider):
            _check_listen(provider)
        case Think():
            _check_think(part)
        case Speak():
            _check_speak(part)


def _check_agent(agent: Agent) -> None:
    for part in (agent.listen, *agent.thinks, *agent.speaks):
        check(part)
    if agent.think_live is None:
        check_fillers(agent.thinks)


def check_fillers(thinks: list[Think]) -> None:
    """Raise `OptionError` when a function has fillers; to be asked where there is no Think Live."""
    for function in (function for think in thinks for function in think.functions):
        if function.fills:
            text = f"Function '{function.name}' has fillers, which need agent.think_live."
            raise OptionError(text, "agent.think_live")


_FLUX_ONLY = ("language_hints", "language_hint", *flux.THRESHOLDS)
_NOVA_ONLY = ("language", "smart_format")


def _check_listen(provider: ListenProvider) -> None:
    is_flux = provider.version == "v2"
    for name in _NOVA_ONLY if is_flux else _FLUX_ONLY:
        if getattr(provider, name) is not None:
            other = "v1" if is_flux else "v2"
            raise OptionError(
                f"listen.provider.{name} belongs to version '{other}'.", f"listen.provider.{name}"
            )
    if not is_flux and (provider.model or "").startswith("flux"):
        raise OptionError(f"Model '{provider.model}' needs version 'v2'.", "listen.provider.version")
    if is_flux and not provider.model:
        known = " or ".join(models.FLUX_MODELS)
        raise OptionError(f"listen.provider.model is required: {known}.", "listen.provider.model")
    thresholds = {name: getattr(provider, name) for name in flux.THRESHOLDS}
    options.encode(thresholds, FluxOptions)
    options.check(thresholds, [EARLY_END])


def _check_think(think: Think) -> None:
    if think.provider.type in THINKERS and not think.provider.model:
        raise OptionError("think.provider.model is required.", "think.provider.model")


def _check_speak(speak: Speak) -> None:
    provider = speak.provider
    for name in SPEAKERS.get(provider.type, ()):
        if getattr(provider, name) is None:
            raise OptionError(f"speak.provider.{name} is required.", f"speak.provider.{name}")
    if provider.type != "deepgram" and (speak.endpoint is None or not speak.endpoint.url):
        raise OptionError(f"Voices of {provider.type} need speak.endpoint.url.", "speak.endpoint.url")
    if provider.type == "deepgram":
        names = ("speed", "expressivity")
        options.encode({name: getattr(provider, name) for name in names}, FluxLiveSpeakOptions)


def _several(value: P | list[P] | None) -> list[P]:
    if value is None:
        return []
    return value if isinstance(value, list) else [value]
