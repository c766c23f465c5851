"""A reply of ``/v1/listen`` with every field that the API documents, once, and some that it does not."""

from __future__ import annotations

from typing import Any

WORD = {
    "word": "hello",
    "start": 0.08,
    "end": 0.4,
    "confidence": 0.98,
    "punctuated_word": "Hello,",
    "speaker": 0,
    "speaker_confidence": 0.75,
    "language": "en",
    "sentiment": "neutral",
    "sentiment_score": 0.1,
}

INFO = {"model_uuid": "m-2", "input_tokens": 12, "output_tokens": 3}

ALTERNATIVE = {
    "transcript": "Hello, world.",
    "confidence": 0.97,
    "words": [WORD, {"word": "world", "start": 0.5, "end": 0.9, "confidence": 0.5, "speaker": 1}],
    "languages": ["en", "es"],
    "languages_hinted": ["en"],
    "paragraphs": {
        "transcript": "\nHello, world.",
        "paragraphs": [
            {
                "sentences": [{"text": "Hello, world.", "start": 0.08, "end": 0.9}],
                "start": 0.08,
                "end": 0.9,
                "num_words": 2,
                "speaker": 0,
            }
        ],
    },
    "entities": [
        {
            "label": "GREETING",
            "value": "Hello",
            "raw_value": "hello",
            "confidence": 0.9,
            "start_word": 0,
            "end_word": 1,
        }
    ],
    "summaries": [{"summary": "Someone greets.", "start_word": 0, "end_word": 1}],
    "topics": [{"text": "hello", "start_word": 0, "end_word": 1, "topics": ["greetings"]}],
}

HIT = {"confidence": 0.6, "start": 0.5, "end": 0.9, "snippet": "world"}

TOPICS = {
    "segments": [
        {
            "text": "Hello, world.",
            "start_word": 0,
            "end_word": 1,
            "topics": [{"topic": "Greetings", "confidence_score": 0.8}],
        }
    ]
}

INTENTS = {
    "segments": [
        {
            "text": "Hello, world.",
            "start_word": 0,
            "end_word": 1,
            "intents": [{"intent": "Greet", "confidence_score": 0.7}],
        }
    ]
}

REPLY: dict[str, Any] = {
    "metadata": {
        "transaction_key": "deprecated",
        "request_id": "0f3c6a3e-5a4f-4d39-9df4-6b8f0a7f1a11",
        "sha256": "0" * 64,
        "created": "2026-05-01T12:00:00.000Z",
        "duration": 1.25,
        "channels": 1,
        "models": ["m-1"],
        "model_info": {"m-1": {"name": "general-nova-3", "version": "2026-01-01.0", "arch": "nova-3"}},
        "diarize_info": {"model_uuid": "m-3", "arch": "v2"},
        "summary_info": INFO,
        "sentiment_info": INFO,
        "topics_info": INFO,
        "intents_info": INFO,
        "tags": ["lesson"],
        "extra": {"case": "7"},
        "warnings": [{"parameter": "topics", "type": "unsupported_language", "message": "English only."}],
    },
    "results": {
        "channels": [
            {
                "search": [{"query": "world", "hits": [HIT]}],
                "alternatives": [ALTERNATIVE],
                "detected_language": "en",
                "language_confidence": 0.9,
            }
        ],
        "utterances": [
            {
                "start": 0.08,
                "end": 0.9,
                "confidence": 0.97,
                "channel": 0,
                "transcript": "Hello, world.",
                "languages": ["en"],
                "words": [WORD],
                "speaker": 0,
                "id": "u-1",
            }
        ],
        "summary": {"result": "success", "short": "A greeting."},
        "topics": TOPICS,
        "intents": INTENTS,
        "sentiments": {
            "segments": [
                {
                    "text": "Hello, world.",
                    "start_word": 0,
                    "end_word": 1,
                    "sentiment": "positive",
                    "sentiment_score": 0.5,
                }
            ],
            "average": {"sentiment": "positive", "sentiment_score": 0.5},
        },
    },
}
