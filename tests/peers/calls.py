"""Calls that dgnb and the official SDK both make, and what each of them sends."""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from typing import Any

from deepgram import DeepgramClient
from deepgram.environment import DeepgramClientEnvironment
from deepgram.listen.v1.media.client import MediaClient

from dgnb import Deepgram
from tests.servers import Received, Server

KEY = "a-key"

SAMPLES: dict[str, list[Any]] = {
    "callback": ["https://example.org:8443/done?case=7&who=a b"],
    "callback_method": ["PUT"],
    "extra": ["case:7", ["case:7", "who:a b"]],
    "sentiment": [True, False],
    "summarize": ["v2"],
    "tag": ["lesson", ["one", "two", "one"]],
    "topics": [True],
    "custom_topic": ["weather", ["weather", "road works"]],
    "custom_topic_mode": ["strict"],
    "intents": [True],
    "custom_intent": ["order", ["order", "cancel a thing"]],
    "custom_intent_mode": ["extended"],
    "detect_entities": [True],
    "detect_language": [True, False, ["en", "es"]],
    "diarize": [True, False],
    "diarize_model": ["latest", "v2"],
    "dictation": [True],
    "encoding": ["linear16", "mulaw", "alaw"],
    "filler_words": [True],
    "keyterm": ["snuffleupagus", ["Köln & Bonn", "50% + 1 = ?"]],
    "keywords": ["epistemology:1.5", ["a:1", "b:-2"]],
    "language": ["en-GB", "multi"],
    "language_hint": ["es", ["es", "en"]],
    "measurements": [True],
    "model": ["nova-3", "a-custom-id"],
    "multichannel": [True],
    "numerals": [True],
    "paragraphs": [True],
    "profanity_filter": [True],
    "punctuate": [True, False],
    "redact": ["pci", ["pci", "numbers"]],
    "replace": ["aura:Aura", ["um", "gonna:going to"]],
    "search": ["epistemology", ["a", "b c"]],
    "smart_format": [True],
    "utterances": [True],
    "utt_split": [0.8, 1.0, 1, 2.125],
    "version": ["latest"],
    "mip_opt_out": [True, False],
    "sample_rate": [8000, 44100],
    "channels": [1, 2],
}
"""Values of every parameter of ``/v1/listen``, as both sides take them."""

NEEDED: dict[str, dict[str, Any]] = {
    "callback_method": {"callback": "https://example.org"},
    "custom_topic_mode": {"custom_topic": "weather"},
    "custom_intent_mode": {"custom_intent": "order"},
    "keyterm": {"model": "nova-3"},
    "keywords": {"model": "nova-2"},
    "language_hint": {"model": "nova-3", "language": "multi"},
    "encoding": {"sample_rate": 8000},
    "sample_rate": {"encoding": "linear16"},
    "channels": {"encoding": "linear16", "sample_rate": 8000},
}
"""Other options without which a parameter would be refused."""

MANY: dict[str, Any] = {
    "model": "nova-3",
    "version": "latest",
    "language": "multi",
    "language_hint": ["en", "es"],
    "keyterm": ["Deepgram", "Köln & Bonn"],
    "search": ["a", "b c"],
    "multichannel": True,
    "diarize": True,
    "diarize_model": "latest",
    "smart_format": True,
    "punctuate": True,
    "paragraphs": True,
    "utterances": True,
    "utt_split": 1.25,
    "numerals": True,
    "measurements": True,
    "dictation": False,
    "filler_words": True,
    "profanity_filter": True,
    "redact": ["pci", "numbers"],
    "replace": ["um", "gonna:going to"],
    "summarize": "v2",
    "sentiment": True,
    "topics": True,
    "custom_topic": ["weather", "road works"],
    "custom_topic_mode": "strict",
    "intents": True,
    "custom_intent": "order",
    "custom_intent_mode": "extended",
    "detect_entities": True,
    "detect_language": ["en", "es"],
    "tag": ["one", "two"],
    "extra": ["case:7", "who:me"],
    "mip_opt_out": True,
}
"""One call with nearly everything."""


def environment(url: str) -> DeepgramClientEnvironment:
    """The SDK's environment for a server on this machine."""
    socket = url.replace("http", "ws", 1)
    return DeepgramClientEnvironment(base=url, production=socket, agent=socket, agent_rest=url)


def sdk_parameters(method: str) -> set[str]:
    """Query parameters that a method of the SDK has."""
    return set(inspect.signature(getattr(MediaClient, method)).parameters) - {
        "self", "url", "request", "request_options",
    }  # fmt: skip


def through_dgnb(server: Server, source: Any, options: Mapping[str, Any], **client: Any) -> Received:
    """The request that dgnb sends."""
    with Deepgram(**{"api_key": KEY, "base_url": server.url, **client}) as dg:
        operation = dg.listen.submit if "callback" in options else dg.listen
        operation(source, **options)
    return server.requests[-1]


def through_sdk(server: Server, source: Any, options: Mapping[str, Any], **client: Any) -> Received:
    """The request that the SDK sends; what it has no parameter for goes as additional ones."""
    method = "transcribe_url" if isinstance(source, str) else "transcribe_file"
    known = {name: value for name, value in options.items() if name in sdk_parameters(method)}
    if isinstance(known.get("detect_language"), list):
        del known["detect_language"]
    more = {name: value for name, value in options.items() if name not in known}
    body = {"url": source} if isinstance(source, str) else {"request": source}
    dg = DeepgramClient(**{"api_key": KEY, "environment": environment(server.url), **client})
    try:
        call = getattr(dg.listen.v1.media, method)
        call(**body, **known, request_options={"additional_query_parameters": more})
    finally:
        dg._client_wrapper.httpx_client.httpx_client.close()
    return server.requests[-1]
