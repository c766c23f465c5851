"""Every query parameter of the API, written once.

A row is a name, a type and a `Param`. From it come the encoding and the check
before sending, the Python signature and Tab, the magic's flag, help and
completion, and what the sandbox accepts and refuses.
Sources: Deepgram's published OpenAPI document, the official Python SDK 7.17.0,
and the service's documentation pages (limits, AMR sample rates).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Annotated, Any, Literal, TypedDict

from dgnb.protocol import models
from dgnb.protocol.options import Pairs, Param, Repeat, Rule


class Delivery(TypedDict, total=False):
    """Where a result goes when the caller does not wait for it."""

    callback: Annotated[str, Param("deliver the result to this URL; the call answers at once")]
    callback_method: Annotated[Literal["POST", "PUT"], Param("verb of that delivery", "POST")]


class Account(TypedDict, total=False):
    """How a request is booked."""

    tag: Annotated[Repeat, Param("label for usage reports", longest=128)]
    extra: Annotated[Pairs, Param("key:value, given back in metadata.extra", longest=2048)]
    mip_opt_out: Annotated[bool, Param("leave the model improvement programme", False)]


class Recognition(TypedDict, total=False):
    """Which model hears what."""

    model: Annotated[
        str, Param("model name or custom id", models.DEFAULT_LISTEN_MODEL, known=models.LISTEN_MODELS)
    ]
    version: Annotated[str, Param("model version", "latest", known=("latest",))]
    language: Annotated[str, Param("spoken language (BCP-47), or multi", "en", known=models.LANGUAGES)]
    language_hint: Annotated[
        Repeat, Param("likely languages, for nova-3 with language=multi", known=models.LANGUAGES)
    ]
    detect_language: Annotated[
        bool | Repeat, Param("find the language, of all or of those listed", False, known=models.LANGUAGES)
    ]
    keyterm: Annotated[Repeat, Param("term or phrase to be heard better (Nova-3)", most=500)]
    keywords: Annotated[Pairs, Param("word:weight to be heard better (Nova-2 and older)", most=100)]
    search: Annotated[Repeat, Param("term to be found by its sound", most=50)]
    encoding: Annotated[models.Encoding, Param("codec of raw audio; leave out for files with a header")]
    sample_rate: Annotated[int, Param("sample rate of raw audio [Hz]", low=1)]
    channels: Annotated[int, Param("channels of raw audio", 1, low=1, high=20)]
    multichannel: Annotated[bool, Param("one transcript for each channel", False)]


class Speakers(TypedDict, total=False):
    """Who speaks."""

    diarize: Annotated[bool, Param("tell speakers apart", False)]
    diarize_model: Annotated[str, Param("diarizer; switches it on", known=("latest", "v1", "v2"))]


class Formatting(TypedDict, total=False):
    """How the text is written."""

    smart_format: Annotated[
        bool, Param("write numbers, dates, ... as a person would; adds punctuation", False)
    ]
    punctuate: Annotated[bool, Param("punctuation and capitals", False)]
    paragraphs: Annotated[bool, Param("paragraphs and sentences; adds punctuation", False)]
    utterances: Annotated[bool, Param("stretches of speech between pauses", False)]
    utt_split: Annotated[float, Param("pause that ends an utterance [s]", 0.8, low=0)]
    numerals: Annotated[bool, Param("digits for number words", False)]
    measurements: Annotated[bool, Param("abbreviate units", False)]
    dictation: Annotated[bool, Param("follow spoken punctuation", False)]
    filler_words: Annotated[bool, Param("keep uh and um", False)]
    profanity_filter: Annotated[bool, Param("mask profanity", False)]
    redact: Annotated[bool | Repeat, Param("hide sensitive words", False, known=("pci", "pii", "numbers"))]
    replace: Annotated[Pairs, Param("find:replacement, or find alone to delete", most=200)]


class Analysis(TypedDict, total=False):
    """What the text is about (English)."""

    summarize: Annotated[bool | str, Param("a short summary; True means v2", False, known=("v2",), true="v2")]
    sentiment: Annotated[bool, Param("tendency of words and segments, -1 to 1", False)]
    topics: Annotated[bool, Param("topics of segments", False)]
    custom_topic: Annotated[Repeat, Param("topic of your own to be found", most=100)]
    custom_topic_mode: Annotated[
        Literal["extended", "strict"], Param("strict: only your own topics", "extended")
    ]
    intents: Annotated[bool, Param("what speakers want", False)]
    custom_intent: Annotated[Repeat, Param("intent of your own to be found", most=100)]
    custom_intent_mode: Annotated[
        Literal["extended", "strict"], Param("strict: only your own intents", "extended")
    ]
    detect_entities: Annotated[bool, Param("names, numbers, dates, ...", False)]


class ListenOptions(Recognition, Speakers, Formatting, Analysis, Account, total=False):
    """Options of ``POST /v1/listen`` when the caller waits for the transcript."""


class ListenSubmitOptions(ListenOptions, Delivery, total=False):
    """Options of ``POST /v1/listen`` when the transcript is delivered to a callback."""


Options = Mapping[str, Any]


def _family(options: Options) -> str:
    return models.family(str(options.get("model", models.DEFAULT_LISTEN_MODEL)))


def _without(option: str, needed: str) -> Callable[[Options], bool]:
    return lambda options: option in options and needed not in options


LISTEN_RULES = (
    Rule(
        ("model",),
        lambda options: _family(options) == "flux",
        "Flux models answer on /v2/listen, a live connection; for recorded audio use model='nova-3'.",
    ),
    Rule(
        ("keyterm", "model"),
        lambda options: "keyterm" in options and _family(options) not in ("nova-3", ""),
        "keyterm needs model='nova-3'; older models take keywords='word:weight'.",
    ),
    Rule(
        ("keywords", "model"),
        lambda options: "keywords" in options and _family(options) == "nova-3",
        "Nova-3 takes keyterm='...' (no weights) instead of keywords.",
    ),
    Rule(
        ("language_hint", "model", "language"),
        lambda options: (
            "language_hint" in options
            and (_family(options) not in ("nova-3", "") or options.get("language") != "multi")
        ),
        "language_hint needs model='nova-3' and language='multi'.",
    ),
    Rule(
        ("callback_method", "callback"),
        _without("callback_method", "callback"),
        "callback_method needs callback='https://...'.",
    ),
    Rule(
        ("custom_topic_mode", "custom_topic"),
        _without("custom_topic_mode", "custom_topic"),
        "custom_topic_mode needs custom_topic='...'.",
    ),
    Rule(
        ("custom_intent_mode", "custom_intent"),
        _without("custom_intent_mode", "custom_intent"),
        "custom_intent_mode needs custom_intent='...'.",
    ),
)
"""Combinations that ``/v1/listen`` refuses, or that would silently do nothing."""
