"""Every query parameter of the API, written once.

A row is a name, a type and a `Param`. From it come the encoding and the check
before sending, the Python signature and Tab, the magic's flag, help and
completion, and what the sandbox accepts and refuses.
Sources: Deepgram's published OpenAPI document, the official Python SDK 7.17.0,
and the service's documentation pages (limits, AMR sample rates).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Annotated, Any, Literal, TypedDict

from dgnb.protocol import models
from dgnb.protocol.options import Pairs, Param, Repeat, Rule

USED = Param("only requests that used this option")


class Delivery(TypedDict, total=False):
    """Where a result goes when the caller does not wait for it."""

    callback: Annotated[str, Param("deliver the result to this URL; the call answers at once")]
    callback_method: Annotated[Literal["POST", "PUT"], Param("verb of that delivery", "POST")]


class Account(TypedDict, total=False):
    """How a request is booked."""

    tag: Annotated[Repeat, Param("label for usage reports", longest=128)]
    extra: Annotated[Pairs, Param("key:value, given back in metadata.extra", longest=2048)]
    mip_opt_out: Annotated[bool, Param("leave the model improvement programme", False)]


class Hearing(TypedDict, total=False):
    """Which model hears what."""

    model: Annotated[
        str, Param("model name or custom id", models.DEFAULT_LISTEN_MODEL, known=models.LISTEN_MODELS)
    ]
    version: Annotated[str, Param("model version", "latest", known=("latest",))]
    language: Annotated[str, Param("spoken language (BCP-47), or multi", "en", known=models.LANGUAGES)]
    language_hint: Annotated[
        Repeat, Param("likely languages, for nova-3 with language=multi", known=models.LANGUAGES)
    ]
    keyterm: Annotated[Repeat, Param("term or phrase to be heard better (Nova-3)", most=500)]
    keywords: Annotated[Pairs, Param("word:weight to be heard better (Nova-2 and older)", most=100)]
    search: Annotated[Repeat, Param("term to be found by its sound", most=50)]
    encoding: Annotated[models.Encoding, Param("codec of raw audio; leave out for files with a header")]
    sample_rate: Annotated[int, Param("sample rate of raw audio [Hz]", low=1)]
    channels: Annotated[int, Param("channels of raw audio", 1, low=1, high=20)]
    multichannel: Annotated[bool, Param("one transcript for each channel", False)]


class Recognition(Hearing, total=False):
    """Which model hears what."""

    detect_language: Annotated[
        bool | Repeat, Param("find the language, of all or of those listed", False, known=models.LANGUAGES)
    ]


class Speakers(TypedDict, total=False):
    """Who speaks."""

    diarize: Annotated[bool, Param("tell speakers apart", False)]
    diarize_model: Annotated[str, Param("diarizer; switches it on", known=("latest", "v1", "v2"))]


class Writing(TypedDict, total=False):
    """How the text is written."""

    smart_format: Annotated[
        bool, Param("write numbers, dates, ... as a person would; adds punctuation", False)
    ]
    punctuate: Annotated[bool, Param("punctuation and capitals", False)]
    numerals: Annotated[bool, Param("digits for number words", False)]
    measurements: Annotated[bool, Param("abbreviate units", False)]
    dictation: Annotated[bool, Param("follow spoken punctuation", False)]
    filler_words: Annotated[bool, Param("keep uh and um", False)]
    profanity_filter: Annotated[bool, Param("mask profanity", False)]
    redact: Annotated[bool | Repeat, Param("hide sensitive words", False, known=("pci", "pii", "numbers"))]
    replace: Annotated[Pairs, Param("find:replacement, or find alone to delete", most=200)]


class Formatting(Writing, total=False):
    """How the text is written and grouped."""

    paragraphs: Annotated[bool, Param("paragraphs and sentences; adds punctuation", False)]
    utterances: Annotated[bool, Param("stretches of speech between pauses", False)]
    utt_split: Annotated[float, Param("pause that ends an utterance [s]", 0.8, low=0)]


class TextAnalysis(TypedDict, total=False):
    """What a text is about (English)."""

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


class Naming(TypedDict, total=False):
    """What is named in it."""

    detect_entities: Annotated[bool, Param("names, numbers, dates, ...", False)]


class Analysis(TextAnalysis, Naming, total=False):
    """What recorded speech is about (English)."""


class ListenOptions(Recognition, Speakers, Formatting, Analysis, Account, total=False):
    """Options of ``POST /v1/listen`` when the caller waits for the transcript."""


class ListenSubmitOptions(ListenOptions, Delivery, total=False):
    """Options of ``POST /v1/listen`` when the transcript is delivered to a callback."""


class Pacing(TypedDict, total=False):
    """When a live connection writes what it hears."""

    interim_results: Annotated[bool, Param("provisional results while somebody speaks", False)]
    endpointing: Annotated[bool | int, Param("pause that ends an utterance [ms], or False", 10, low=0)]
    utterance_end_ms: Annotated[
        int, Param("gap between words that ends an utterance [ms], from 1000; needs interim_results", low=1)
    ]
    vad_events: Annotated[bool, Param("tell when somebody begins to speak", False)]
    no_delay: Annotated[bool, Param("final at once, even if less well formatted", False)]


class LiveDelivery(TypedDict, total=False):
    """Where the results of a live connection go instead."""

    callback: Annotated[str, Param("deliver each message to this URL")]
    callback_method: Annotated[
        Literal["POST", "GET", "PUT", "DELETE"], Param("verb of that delivery", "POST")
    ]


class LiveListenOptions(Hearing, Pacing, Speakers, Writing, Naming, Account, LiveDelivery, total=False):
    """Options of the live connection ``/v1/listen``."""


class FluxOptions(TypedDict, total=False):
    """Options of the live connection ``/v2/listen``."""

    model: Annotated[str, Param("model", models.DEFAULT_FLUX_MODEL, known=models.FLUX_MODELS)]
    eot_threshold: Annotated[
        float, Param("confidence that ends a turn; 1 leaves it to force_end_turn", 0.7, low=0.5, high=1)
    ]
    eager_eot_threshold: Annotated[
        float, Param("confidence of an early end, which may be taken back", low=0.3, high=0.9)
    ]
    eot_timeout_ms: Annotated[int, Param("silence that always ends a turn [ms]", 5000, low=500, high=60000)]
    encoding: Annotated[models.FluxEncoding, Param("codec of raw audio; leave out for files with a header")]
    sample_rate: Annotated[int, Param("sample rate of raw audio [Hz]", low=1)]
    keyterm: Annotated[Repeat, Param("term or phrase to be heard better", most=500)]
    language_hint: Annotated[
        Repeat, Param("likely languages, for flux-general-multi", known=models.LANGUAGES)
    ]
    numerals: Annotated[bool, Param("digits for number words", False)]
    profanity_filter: Annotated[bool, Param("mask profanity", False)]
    redact: Annotated[Literal["numbers", "aggressive_numbers"], Param("hide numbers")]
    tag: Annotated[Repeat, Param("label for usage reports", longest=128)]
    mip_opt_out: Annotated[bool, Param("leave the model improvement programme", False)]


class Tags(TypedDict, total=False):
    """How a request is booked."""

    tag: Annotated[Repeat, Param("label for usage reports", longest=128)]


class Voicing(TypedDict, total=False):
    """How speech sounds."""

    encoding: Annotated[models.SpeechEncoding, Param("codec of the audio", "mp3")]
    container: Annotated[Literal["none", "wav", "ogg"], Param("file format; none gives raw audio", "wav")]
    sample_rate: Annotated[int, Param("sample rate [Hz]; depends on the encoding", 24000, low=1)]
    bit_rate: Annotated[int, Param("bits a second; depends on the encoding", 48000, low=1)]
    mip_opt_out: Annotated[bool, Param("leave the model improvement programme", False)]


class SpeakOptions(Voicing, Tags, total=False):
    """Options of ``POST /v1/speak`` when the caller waits for the speech."""

    model: Annotated[str, Param("voice", models.DEFAULT_VOICE, known=models.VOICES)]
    speed: Annotated[float, Param("rate of speech, 1 is normal", 1.0, low=0.1, high=4)]


class FluxSpeakOptions(Voicing, Tags, total=False):
    """Options of ``POST /v2/speak`` when the caller waits for the speech."""

    model: Annotated[str, Param("voice", known=models.FLUX_VOICES)]
    speed: Annotated[float, Param("rate of speech in steps of 0.05", 1.0, low=0.5, high=1.5)]
    expressivity: Annotated[int, Param("from calm (-2) to animated (2)", 0, low=-2, high=2)]
    priority: Annotated[Literal["low"], Param("low: in the background")]


class AnySpeakOptions(SpeakOptions, total=False):
    """Options of ``speak``; the voice's family decides which endpoint is asked and which options it takes."""

    expressivity: Annotated[int, Param("from calm (-2) to animated (2); Flux voices", 0, low=-2, high=2)]
    priority: Annotated[Literal["low"], Param("low: in the background; Flux voices")]


class SpeakSubmitOptions(SpeakOptions, Delivery, total=False):
    """Options of ``POST /v1/speak`` when the speech is delivered to a callback."""


class FluxSpeakSubmitOptions(FluxSpeakOptions, Delivery, total=False):
    """Options of ``POST /v2/speak`` when the speech is delivered to a callback."""


class AnySpeakSubmitOptions(AnySpeakOptions, Delivery, total=False):
    """Options of ``speak.submit``; the voice's family decides which of them it takes."""


class LiveVoicing(TypedDict, total=False):
    """How speech sounds that comes as it is spoken: always raw audio."""

    encoding: Annotated[models.LiveSpeechEncoding, Param("codec of the audio", "linear16")]
    sample_rate: Annotated[int, Param("sample rate [Hz]; mulaw and alaw: 8000 or 16000", 24000, low=1)]
    mip_opt_out: Annotated[bool, Param("leave the model improvement programme", False)]


class LiveSpeakOptions(LiveVoicing, total=False):
    """Options of the live connection ``/v1/speak``."""

    model: Annotated[str, Param("voice", models.DEFAULT_VOICE, known=models.VOICES)]
    speed: Annotated[float, Param("rate of speech, 1 is normal", 1.0, low=0.1, high=4)]


class FluxLiveSpeakOptions(LiveVoicing, Tags, total=False):
    """Options of the live connection ``/v2/speak``."""

    model: Annotated[str, Param("voice", known=models.FLUX_VOICES)]
    speed: Annotated[float, Param("rate of speech in steps of 0.05", 1.0, low=0.5, high=1.5)]
    expressivity: Annotated[int, Param("from calm (-2) to animated (2)", 0, low=-2, high=2)]


class AnyLiveSpeakOptions(LiveSpeakOptions, Tags, total=False):
    """Options of ``speak.live``; the voice's family decides which connection is opened and which it takes."""

    expressivity: Annotated[int, Param("from calm (-2) to animated (2); Flux voices", 0, low=-2, high=2)]


class ReadOptions(TextAnalysis, Tags, total=False):
    """Options of ``POST /v1/read`` when the caller waits for the analysis."""

    language: Annotated[str, Param("language of the text; English only", "en", known=("en",))]


class ReadSubmitOptions(ReadOptions, Delivery, total=False):
    """Options of ``POST /v1/read`` when the analysis is delivered to a callback."""


class ProjectOptions(TypedDict, total=False):
    """Options of ``GET /v1/projects/{project_id}``; published, without a word on what is paged."""

    limit: Annotated[float, Param("results a page", 10, low=1, high=1000)]
    page: Annotated[float, Param("page, from 0", low=0)]


class Period(TypedDict, total=False):
    """From when to when."""

    start: Annotated[str | date, Param("first day, YYYY-MM-DD")]
    end: Annotated[str | date, Param("last day, YYYY-MM-DD")]


class Selection(Period, total=False):
    """Which requests are counted."""

    accessor: Annotated[str, Param("id of the key that was used")]
    deployment: Annotated[Literal["hosted", "beta", "self-hosted"], Param("where they ran")]


class RequestsOptions(Selection, total=False):
    """Options of ``GET /v1/projects/{project_id}/requests``."""

    endpoint: Annotated[Literal["listen", "read", "speak", "agent"], Param("what was called")]
    method: Annotated[Literal["sync", "async", "streaming"], Param("how it was called")]
    status: Annotated[Literal["succeeded", "failed"], Param("how it ended")]
    request_id: Annotated[str, Param("one request's id")]
    limit: Annotated[float, Param("requests a page", 10, low=1, high=1000)]
    page: Annotated[float, Param("page, from 0", low=0, high=1_000_000)]


class UsageOptions(Selection, total=False):
    """Options of ``GET /v1/projects/{project_id}/usage``; a feature counts requests that used it."""

    endpoint: Annotated[Literal["listen", "read", "speak", "agent"], Param("what was called")]
    method: Annotated[Literal["sync", "async", "streaming"], Param("how it was called")]
    model: Annotated[str, Param("model's id")]
    tag: Annotated[str, Param("label of the requests")]
    alternatives: Annotated[bool, USED]
    callback_method: Annotated[bool, USED]
    callback: Annotated[bool, USED]
    channels: Annotated[bool, USED]
    custom_intent_mode: Annotated[bool, USED]
    custom_intent: Annotated[bool, USED]
    custom_topic_mode: Annotated[bool, USED]
    custom_topic: Annotated[bool, USED]
    detect_entities: Annotated[bool, USED]
    detect_language: Annotated[bool, USED]
    diarize: Annotated[bool, USED]
    dictation: Annotated[bool, USED]
    encoding: Annotated[bool, USED]
    extra: Annotated[bool, USED]
    filler_words: Annotated[bool, USED]
    intents: Annotated[bool, USED]
    keyterm: Annotated[bool, USED]
    keywords: Annotated[bool, USED]
    language: Annotated[bool, USED]
    measurements: Annotated[bool, USED]
    multichannel: Annotated[bool, USED]
    numerals: Annotated[bool, USED]
    paragraphs: Annotated[bool, USED]
    profanity_filter: Annotated[bool, USED]
    punctuate: Annotated[bool, USED]
    redact: Annotated[bool, USED]
    replace: Annotated[bool, USED]
    sample_rate: Annotated[bool, USED]
    search: Annotated[bool, USED]
    sentiment: Annotated[bool, USED]
    smart_format: Annotated[bool, USED]
    summarize: Annotated[bool, USED]
    topics: Annotated[bool, USED]
    utt_split: Annotated[bool, USED]
    utterances: Annotated[bool, USED]
    version: Annotated[bool, USED]


class UsageBreakdownOptions(UsageOptions, total=False):
    """Options of ``GET /v1/projects/{project_id}/usage/breakdown``."""

    grouping: Annotated[
        Literal["accessor", "endpoint", "feature_set", "models", "method", "tags", "deployment"],
        Param("what the rows stand for"),
    ]


class BillingOptions(Selection, total=False):
    """Options of ``GET /v1/projects/{project_id}/billing/breakdown``."""

    tag: Annotated[str, Param("label of the requests")]
    line_item: Annotated[str, Param("position on the bill, as billing.fields lists them")]
    grouping: Annotated[
        Repeat, Param("what the rows stand for", known=("accessor", "deployment", "line_item", "tags"))
    ]


class PurchasesOptions(TypedDict, total=False):
    """Options of ``GET /v1/projects/{project_id}/purchases``."""

    limit: Annotated[float, Param("orders at the most", 10, low=1, high=1000)]


class KeysOptions(TypedDict, total=False):
    """Options of ``GET /v1/projects/{project_id}/keys``."""

    status: Annotated[Literal["active", "expired"], Param("which keys")]


class ModelsOptions(TypedDict, total=False):
    """Options of ``GET /v1/models``."""

    include_outdated: Annotated[bool, Param("superseded versions too", False)]


class CredentialOptions(TypedDict, total=False):
    """Options of ``POST .../self-hosted/distribution/credentials``."""

    scopes: Annotated[Repeat, Param("products", "self-hosted:products", known=models.PRODUCTS)]
    provider: Annotated[Literal["quay"], Param("registry of the images", "quay")]


Options = Mapping[str, Any]


def _family(options: Options) -> str:
    return models.family(str(options.get("model", models.DEFAULT_LISTEN_MODEL)))


def _without(option: str, needed: str) -> Callable[[Options], bool]:
    return lambda options: option in options and needed not in options


ANALYSIS_RULES = (
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
"""Combinations that would silently do nothing in an analysis."""

_HEARING_RULES = (
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
)

LISTEN_RULES = (
    Rule(
        ("model",),
        lambda options: _family(options) == "flux",
        "Flux models answer on /v2/listen, a live connection; for recorded audio use model='nova-3'.",
    ),
    *_HEARING_RULES,
    *ANALYSIS_RULES,
)
"""Combinations that ``/v1/listen`` refuses, or that would silently do nothing."""

LIVE_LISTEN_RULES = (
    Rule(
        ("model",),
        lambda options: _family(options) == "flux",
        "Flux models answer on /v2/listen: flux.live(source, model='flux-general-en').",
    ),
    Rule(
        ("diarize_model",),
        lambda options: options.get("diarize_model") == "v2",
        "diarize_model='v2' is for recorded audio; live connections take 'latest' or 'v1'.",
    ),
    Rule(
        ("endpointing",),
        lambda options: options.get("endpointing") is True,
        "endpointing is a pause in ms, or False.",
    ),
    Rule(
        ("utterance_end_ms", "interim_results"),
        lambda options: "utterance_end_ms" in options and not options.get("interim_results"),
        "utterance_end_ms needs interim_results=True; without them UtteranceEnd never comes.",
    ),
    *_HEARING_RULES,
)
"""Combinations that the live ``/v1/listen`` refuses, or that would silently do nothing."""

NOT_FLUX = (
    "language", "detect_language", "smart_format", "punctuate", "diarize", "diarize_model", "multichannel",
    "channels", "interim_results", "endpointing", "utterance_end_ms", "vad_events",
)  # fmt: skip
"""Options of ``/v1/listen`` that are often tried with Flux, which refuses them."""

_NOT_FLUX = {
    "language": "Flux takes no language: model='flux-general-multi' hears several, language_hint='es' helps.",
    "detect_language": "Flux takes no detect_language: model='flux-general-multi' hears several languages.",
    "diarize": "Flux does not tell speakers apart; listen.live(..., model='nova-3', diarize=True) does.",
    "multichannel": "Flux hears one channel; open a session for each.",
    "endpointing": "Flux ends turns itself: use eot_threshold, eager_eot_threshold, eot_timeout_ms.",
    "utterance_end_ms": "Flux ends turns itself: use eot_timeout_ms.",
}


def _flux_refuses(name: str) -> Rule:
    problem = _NOT_FLUX.get(name, f"Flux takes no {name}: its text is punctuated and comes as it is heard.")
    return Rule((name,), lambda options: name in options, problem)


def _is_late(options: Mapping[str, Any]) -> bool:
    early, end = options.get("eager_eot_threshold"), options.get("eot_threshold")
    return isinstance(early, int | float) and isinstance(end, int | float) and early > end


EARLY_END = Rule(
    ("eager_eot_threshold", "eot_threshold"),
    _is_late,
    "eager_eot_threshold is at most eot_threshold: the early end of a turn comes before its end.",
)
"""Also refused in the messages that change a running session."""

FLUX_RULES = (
    EARLY_END,
    Rule(
        ("model",),
        lambda options: options.get("model") == "flux",
        "'flux' alone is no model: model='flux-general-en' or 'flux-general-multi'.",
    ),
    Rule(
        ("model",),
        lambda options: (
            models.family(str(options.get("model", models.DEFAULT_FLUX_MODEL))) not in ("flux", "")
        ),
        "/v2/listen takes Flux models only; for Nova use listen.live(source, model='nova-3').",
    ),
    Rule(
        ("language_hint", "model"),
        lambda options: "language_hint" in options and options.get("model") != "flux-general-multi",
        "language_hint needs model='flux-general-multi'.",
    ),
    *(_flux_refuses(name) for name in NOT_FLUX),
)
"""Combinations that ``/v2/listen`` refuses."""
