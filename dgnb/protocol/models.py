"""Models, languages and encodings that the service documents.

All of these lists are open: the service adds to them, and a custom model has a
name of its own. They serve completion and hints; an unknown name is sent as it is.
Source: Deepgram's documentation of models, languages and encodings, and the
official Python SDK 7.17.0.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

DEFAULT_LISTEN_MODEL = "base-general"

LISTEN_MODELS = (
    "nova-3",
    "nova-3-general",
    "nova-3-medical",
    "nova-2",
    "nova-2-general",
    "nova-2-meeting",
    "nova-2-phonecall",
    "nova-2-finance",
    "nova-2-conversationalai",
    "nova-2-voicemail",
    "nova-2-video",
    "nova-2-medical",
    "nova-2-drivethru",
    "nova-2-automotive",
    "nova-2-atc",
    "nova",
    "nova-general",
    "nova-phonecall",
    "nova-medical",
    "enhanced",
    "enhanced-general",
    "enhanced-meeting",
    "enhanced-phonecall",
    "enhanced-finance",
    "base",
    "base-general",
    "meeting",
    "phonecall",
    "finance",
    "conversationalai",
    "voicemail",
    "video",
    "whisper",
    "whisper-tiny",
    "whisper-base",
    "whisper-small",
    "whisper-medium",
    "whisper-large",
)

DEFAULT_FLUX_MODEL = "flux-general-en"

FLUX_MODELS = ("flux-general-en", "flux-general-multi")
"""Models of ``/v2/listen``."""

_BASE_VARIANTS = ("meeting", "phonecall", "finance", "conversationalai", "voicemail", "video")


def family(model: str) -> str:
    """Return the family of a documented model, empty for a custom one.

    Examples
    --------
    >>> family("nova-3-medical"), family("phonecall"), family("my-own-id")
    ('nova-3', 'base', '')
    """
    if model in _BASE_VARIANTS:
        return "base"
    for name in ("flux", "nova-3", "nova-2", "nova", "enhanced", "base", "whisper"):
        if model == name or model.startswith(name + "-"):
            return name
    return ""


LANGUAGES = (
    "en", "en-US", "en-AU", "en-GB", "en-IN", "en-NZ", "multi",
    "ar", "be", "bg", "bn", "bs", "ca", "cs", "da", "da-DK", "de", "de-CH", "el", "es", "es-419", "et",
    "fa", "fi", "fr", "fr-CA", "he", "hi", "hr", "hu", "id", "it", "ja", "kn", "ko", "ko-KR", "lt", "lv",
    "mk", "mr", "ms", "nl", "nl-BE", "no", "pl", "pt", "pt-BR", "pt-PT", "ro", "ru", "sk", "sl", "sr",
    "sv", "sv-SE", "ta", "taq", "te", "th", "th-TH", "tl", "tr", "uk", "ur", "vi",
    "zh", "zh-CN", "zh-HK", "zh-Hans", "zh-Hant", "zh-TW",
)  # fmt: skip

Encoding = Literal[
    "linear16", "linear32", "flac", "mulaw", "alaw", "amr-nb", "amr-wb", "opus", "ogg-opus", "speex", "g729"
]

FluxEncoding = Literal["linear16", "linear32", "mulaw", "alaw", "opus", "ogg-opus"]

LiveSpeechEncoding = Literal["linear16", "mulaw", "alaw"]

SpeechEncoding = Literal["linear16", "flac", "mulaw", "alaw", "mp3", "opus", "aac"]

PRODUCTS = (
    "self-hosted:products",
    *(
        f"self-hosted:product:{name}"
        for name in ("api", "engine", "license-proxy", "dgtools", "billing", "hotpepper", "metrics-server")
    ),
)
"""Scopes of self-hosted credentials."""

WIDTHS = {"linear16": 2, "linear32": 4, "mulaw": 1, "alaw": 1}
"""Bytes of a sample of the encodings whose audio can be cut anywhere between two samples."""

FIXED_RATES = {"amr-nb": 8000, "amr-wb": 16000}
"""Sample rates [Hz] that an encoding prescribes."""


def processing_limit(model: str) -> float:
    """Return the longest that the service works on one recording before it gives up [s].

    Source: the service's documented limits, 10 minutes and for Whisper 20.

    Examples
    --------
    >>> processing_limit("nova-3")
    600.0
    """
    return 1200.0 if family(model) == "whisper" else 600.0


_AURA = "angus arcas asteria athena helios hera luna orion orpheus perseus stella zeus"

_AURA_2 = {
    "en": (
        "amalthea andromeda apollo arcas aries asteria athena atlas aurora callista cora cordelia delia "
        "draco electra harmonia helena hera hermes hyperion iris janus juno jupiter luna mars minerva "
        "neptune odysseus ophelia orion orpheus pandora phoebe pluto saturn selene thalia theia vesta "
        "zeus"
    ),
    "es": (
        "agustina alvaro antonia aquila carina celeste diana estrella gloria javier luciano nestor "
        "olivia selena silvia sirio valerio"
    ),
    "de": ("aurelia elara fabian julius kara lara viktoria"),
    "nl": ("beatrix cornelia daphne hestia lars leda rhea roman sander"),
    "fr": ("agathe hector"),
    "it": ("cesare cinzia demetra dionisio elio flavio livia maia melia"),
    "ja": ("ama ebisu fujin izanami uzume"),
}

_FLUX = (
    "alexis bree brittany brooke bruce cliff cole colin conor donovan drew elise gemma haley hannah "
    "heather jack kai kelsey kit maeve marcelo marcus meena meghan miles naveen paige priya rufus "
    "sean sharon sienna tanner wade wes"
)

VOICES = (
    *(f"aura-2-{name}-{language}" for language, names in _AURA_2.items() for name in names.split()),
    *(f"aura-{name}-en" for name in _AURA.split()),
)
"""Voices of ``/v1/speak``: Aura-2, then Aura-1."""

_MASCULINE = (
    "angus arcas helios orion orpheus perseus zeus apollo aries atlas draco hermes hyperion jupiter "
    "mars neptune odysseus pluto saturn alvaro aquila javier luciano nestor sirio valerio fabian "
    "julius lars roman sander hector cesare dionisio elio flavio ebisu fujin bruce cliff cole colin "
    "conor donovan drew jack kai marcelo marcus miles naveen rufus sean tanner wade wes"
)
MASCULINE = frozenset(_MASCULINE.split())
"""Names of the voices that are described as masculine; the others are feminine."""

FLUX_VOICES = tuple(f"flux-{name}-en" for name in _FLUX.split())
"""Voices of ``/v2/speak``."""

DEFAULT_VOICE = "aura-asteria-en"

NAMES = (*LISTEN_MODELS, *FLUX_MODELS, *VOICES, *FLUX_VOICES)
"""All documented models and voices; there are also custom ones, and newer ones."""

VOICE_FAMILIES = ("aura-2", "aura", "flux")
"""With which the names of voices begin."""


@dataclass(frozen=True)
class SpeechFormat:
    """What ``speak`` can give in one encoding; the first of several is the default.

    Parameters
    ----------
    containers : tuple of str
        Empty where the encoding has none to choose.
    sample_rates : tuple of int, Hz
    bit_rates : tuple of int
        Lowest and highest bits a second, or the two allowed ones for MP3; empty where there is no choice.
    bit_rate : int
        The default, 0 where there is no choice.
    """

    containers: tuple[str, ...]
    sample_rates: tuple[int, ...]
    bit_rates: tuple[int, ...] = ()
    bit_rate: int = 0


SPEECH_FORMATS = {
    "linear16": SpeechFormat(("wav", "none"), (24000, 8000, 16000, 32000, 48000)),
    "mulaw": SpeechFormat(("wav", "none"), (8000, 16000)),
    "alaw": SpeechFormat(("wav", "none"), (8000, 16000)),
    "mp3": SpeechFormat((), (22050,), (32000, 48000), 48000),
    "opus": SpeechFormat(("ogg",), (48000,), (4000, 650000), 12000),
    "flac": SpeechFormat((), (8000, 16000, 22050, 32000, 48000)),
    "aac": SpeechFormat((), (22050,), (4000, 192000), 48000),
}
"""Encodings of ``speak``. MP3 takes one of its two bit rates, Opus and AAC any between."""

LIVE_SPEECH_RATES = {
    "linear16": (24000, 8000, 16000, 32000, 48000),
    "mulaw": (8000, 16000),
    "alaw": (8000, 16000),
}
"""Sample rates [Hz] of speech that comes as it is spoken; the first is the default."""

FLUX_SPEECH_RATES = {"linear16": (44100,)}
"""Sample rates [Hz] that voices of Flux give beside those of all."""

SPEECH_LIMIT = 2000
"""Characters of one request to ``speak``; sources differ (1000 to 2400), this is the one that most name."""
