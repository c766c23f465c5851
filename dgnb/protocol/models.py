"""Models, languages and encodings that the service documents.

All of these lists are open: the service adds to them, and a custom model has a
name of its own. They serve completion and hints; an unknown name is sent as it is.
Source: Deepgram's documentation of models, languages and encodings, and the
official Python SDK 7.17.0.
"""

from __future__ import annotations

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
