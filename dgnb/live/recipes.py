"""What makes an agent: a few words of everyday use, or a whole tree, as the `Settings` that are sent."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from copy import deepcopy
from typing import Annotated, Any, TypedDict

import msgspec

from dgnb.errors import OptionError
from dgnb.live.tools import Tool
from dgnb.protocol import settings
from dgnb.protocol.models import FLUX_MODELS, FLUX_VOICES, LISTEN_MODELS, VOICES
from dgnb.protocol.options import Param

LISTEN, THINK, SPEAK = "flux-general-en", "gpt-4o-mini", "aura-2-thalia-en"

OUTPUT = {"encoding": "linear16", "sample_rate": 24_000, "container": "none"}
INPUT = {"encoding": "linear16", "sample_rate": 16_000}

_PROVIDERS = {
    "open_ai": r"(gpt|chatgpt|o\d)",
    "anthropic": "claude",
    "google": "gemini",
    "groq": "(llama|openai/gpt-oss)",
    "deepgram": "(think-|phonellm)",
}
"""How the models of each provider begin."""

_ID = re.compile(r"[\w-]{8,}")
_PARTS = ("listen", "think", "think_live", "speak")

Part = str | Mapping[str, Any]


class AgentOptions(TypedDict, total=False):
    """What the agent is."""

    listen: Annotated[str, Param("recogniser", LISTEN, known=(*FLUX_MODELS, *LISTEN_MODELS))]
    think: Annotated[str, Param("language model, by its name or provider:name", THINK)]
    speak: Annotated[str, Param("voice", SPEAK, known=(*VOICES, *FLUX_VOICES))]
    greeting: Annotated[str, Param("what it says first")]
    language: Annotated[str, Param("of the user")]
    settings: Annotated[str, Param("id of a stored agent, in place of the cell")]
    source: Annotated[str, Param("what the user says by voice: mic, a path or URL")]
    pace: Annotated[float, Param("how fast a recording is played, 1 is real time", 1.0)]


def recipe(  # noqa: PLR0913 - each is a choice of the user's
    *,
    prompt: str | None = None,
    greeting: str | None = None,
    listen: Part | None = None,
    think: Part | list[Part] | None = None,
    speak: Part | list[Part] | None = None,
    language: str | None = None,
    tools: Iterable[Any] = (),
    given: Mapping[str, Any] | str | None = None,
) -> dict[str, Any]:
    """Return settings, checked; what is not given is taken from `given`, or else has a default.

    Raises
    ------
    OptionError
        Something cannot be right; the text names its path.

    Examples
    --------
    >>> recipe(prompt="Be brief.")["agent"]["think"]["provider"]
    {'type': 'open_ai', 'model': 'gpt-4o-mini'}
    """
    tree = whole(given)
    functions = [definition(one) for one in tools]
    named = {"prompt": prompt, "greeting": greeting, "listen": listen, "think": think, "speak": speak}
    said = [name for name, value in {**named, "language": language}.items() if value is not None]
    if isinstance(tree["agent"], str):
        if said or functions:
            name = said[0] if said else "tools"
            raise OptionError(f"A stored agent has its own {name}; leave it out.", name)
        return _checked(tree)
    own = tree["agent"]
    if greeting is not None:
        own["greeting"] = greeting
    _listening(own, listen, language)
    _thinking(own, think, prompt, functions)
    if speak is not None or "speak" not in own:
        voices = speak if isinstance(speak, list) else [speak or SPEAK]
        own["speak"] = _one([voice(each) for each in voices])
    return _checked(tree)


def whole(given: Mapping[str, Any] | str | None) -> dict[str, Any]:
    """Return settings that were given as a dictionary, as YAML or as the id of a stored agent."""
    tree: Any = _loaded(given) if isinstance(given, str) else deepcopy(dict(given or {}))
    if isinstance(tree, str):
        tree = {"agent": tree}
    if not isinstance(tree, dict):
        raise OptionError(f"settings are a mapping, not {type(tree).__name__}.", "settings")
    found: dict[str, Any] = tree
    found.pop("type", None)
    if "agent" not in found and set(found) & {*_PARTS, "greeting", "context"}:
        found = {"agent": found}
    found.setdefault("agent", {})
    audio = found.setdefault("audio", {})
    audio.setdefault("input", dict(INPUT))
    audio.setdefault("output", dict(OUTPUT))
    return found


def _loaded(text: str) -> Any:
    if _ID.fullmatch(text.strip()):
        return text.strip()
    try:
        return msgspec.yaml.decode(text)
    except msgspec.DecodeError as error:
        raise OptionError(f"settings are no YAML: {error}", "settings") from error


def _checked(tree: dict[str, Any]) -> dict[str, Any]:
    try:
        settings.read(tree)
    except OptionError as error:
        option = error.option or ""
        if not option.startswith(_PARTS):
            raise
        text = str(error) if option in str(error) else f"{option}: {error}"
        raise OptionError(text.replace(option, f"agent.{option}", 1), f"agent.{option}") from None
    return tree


def _listening(own: dict[str, Any], listen: Part | None, language: str | None) -> None:
    if listen is not None or "listen" not in own:
        own["listen"] = hearing(listen or LISTEN)
    if language is None:
        return
    provider = own["listen"].setdefault("provider", {"type": "deepgram"})
    if provider.get("version") == "v2":
        provider["language_hints"] = [language]
    else:
        provider["language"] = language


def _thinking(
    own: dict[str, Any], think: Part | list[Part] | None, prompt: str | None, functions: list[dict[str, Any]]
) -> None:
    if think is not None or "think" not in own:
        models = think if isinstance(think, list) else [think or THINK]
        own["think"] = _one([thinking(each) for each in models])
    found = own["think"]
    for one in found if isinstance(found, list) else [found]:
        if prompt is not None and isinstance(one, dict):
            one["prompt"] = prompt
        if functions and isinstance(one, dict):
            one["functions"] = [*(one.get("functions") or []), *functions]


def _one(several: list[dict[str, Any]]) -> Any:
    return several[0] if len(several) == 1 else several


def hearing(part: Part) -> dict[str, Any]:
    """Return how the user is heard: by a model's name, a provider, or the part itself.

    Examples
    --------
    >>> hearing("nova-3")
    {'provider': {'type': 'deepgram', 'version': 'v1', 'model': 'nova-3'}}
    """
    if not isinstance(part, str):
        return _nested(part)
    version = "v2" if part.startswith("flux") else "v1"
    return {"provider": {"type": "deepgram", "version": version, "model": part}}


def thinking(part: Part) -> dict[str, Any]:
    """Return a language model: by its name, ``provider:name``, a provider, or the part itself.

    Raises
    ------
    OptionError
        It is not known whose it is.

    Examples
    --------
    >>> thinking("google:gemma-3")
    {'provider': {'type': 'google', 'model': 'gemma-3'}}
    """
    if not isinstance(part, str):
        return _nested(part)
    provider, colon, name = part.partition(":")
    if not colon or provider not in settings.THINKERS:
        name = part
        provider = next((one for one, start in _PROVIDERS.items() if re.match(start, part)), "")
    if not provider:
        known = ", ".join(settings.THINKERS)
        raise OptionError(f"Whose model is {part!r}? Write provider:model with one of {known}.", "think")
    return {"provider": {"type": provider, "model": name}}


def voice(part: Part) -> dict[str, Any]:
    """Return a voice: by its name, a provider, or the part itself.

    Examples
    --------
    >>> voice("aura-2-thalia-en")
    {'provider': {'type': 'deepgram', 'version': 'v1', 'model': 'aura-2-thalia-en'}}
    """
    if not isinstance(part, str):
        return _nested(part)
    version = "v2" if part.startswith("flux") else "v1"
    return {"provider": {"type": "deepgram", "version": version, "model": part}}


def _nested(part: Mapping[str, Any]) -> dict[str, Any]:
    """A part, where only its provider may be given."""
    found = deepcopy(dict(part))
    return found if "provider" in found or "type" not in found else {"provider": found}


def definition(one: Any) -> dict[str, Any]:
    """Return what is sent of a tool, of a plain function, or of a definition as it is."""
    if isinstance(one, Mapping):
        return dict(one)
    return (one if isinstance(one, Tool) else Tool(one)).definition
