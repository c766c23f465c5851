"""Replies of the service, put together for one test."""

from __future__ import annotations

from typing import Any

from dgnb.results import Transcript

Fields = dict[str, Any]


def said(text: str, start: float = 0.0, **more: Any) -> list[Fields]:
    """Return words of 0.2 s, each 0.3 s after the one before."""
    return [
        {
            "word": word.strip(".,?!").lower(),
            "punctuated_word": word,
            "start": round(start + 0.3 * number, 6),
            "end": round(start + 0.3 * number + 0.2, 6),
            "confidence": 0.9,
            **more,
        }
        for number, word in enumerate(text.split())
    ]


def channel(words: list[Fields], **more: Any) -> Fields:
    """Return a channel with one reading."""
    text = " ".join(word["punctuated_word"] for word in words)
    return {"alternatives": [{"transcript": text, "confidence": 0.9, "words": words, **more}]}


def reply(*channels: Fields, metadata: Fields | None = None, **results: Any) -> Transcript:
    """Return the transcript of a reply with these channels."""
    about = {"duration": 12.5, "channels": len(channels)} | (metadata or {})
    return Transcript.from_json({"metadata": about, "results": {"channels": list(channels), **results}})


def paragraph(text: str, start: float, end: float, **more: Any) -> Fields:
    """Return a paragraph of one sentence."""
    sentence = {"text": text, "start": start, "end": end}
    return {"sentences": [sentence], "start": start, "end": end, "num_words": len(text.split()), **more}


def dialogue(**more: Any) -> Transcript:
    """Return two speakers on one channel, with all that a reply can have."""
    first, second = "Hello, this is Ava.", "My router is dead!"
    words = said(first, 0.5, speaker=0, speaker_confidence=0.8) + said(second, 4.0, speaker=1)
    turns = [(0, first, 0.5, 1.6, words[:4]), (1, second, 4.0, 5.1, words[4:])]
    segments = [
        {"text": first, "start_word": 0, "end_word": 3},
        {"text": second, "start_word": 4, "end_word": 7},
    ]
    entity = {
        "label": "NAME",
        "value": "Ava",
        "raw_value": "ava",
        "start_word": 3,
        "end_word": 4,
        "confidence": 0.7,
    }
    paragraphs = [paragraph(text, start, end, speaker=who) for who, text, start, end, _ in turns]
    here = channel(words, paragraphs={"transcript": "", "paragraphs": paragraphs}, entities=[entity])
    hit = {"confidence": 0.6, "start": 4.3, "end": 4.5, "snippet": "router"}
    here["search"] = [{"query": "router", "hits": [hit]}]
    tendencies = [("positive", 0.5), ("negative", -0.75)]
    results = {
        "utterances": [
            {"start": start, "end": end, "transcript": text, "confidence": 0.9, "channel": 0}
            | {"words": spoken, "speaker": who, "id": f"u{who}"}
            for who, text, start, end, spoken in turns
        ],
        "sentiments": {
            "segments": [
                segment | {"sentiment": label, "sentiment_score": score}
                for segment, (label, score) in zip(segments, tendencies, strict=True)
            ]
        },
        "topics": {"segments": [segments[1] | {"topics": [{"topic": "Repair", "confidence_score": 0.8}]}]},
        "intents": {
            "segments": [segments[1] | {"intents": [{"intent": "Get help", "confidence_score": 0.4}]}]
        },
    }
    return reply(here, **(results | more))
