"""Transcripts of any length whose words say their own number, and audio as long."""

from __future__ import annotations

import json
from typing import Any

import numpy as np

from dgnb.audio.samples import wav
from dgnb.results import Transcript

STEP, LENGTH = 0.4, 0.3
"""Time from word to word, and of a word [s]."""

RATE = 8000

READY = "() => document.querySelector('.dgnb-player')?.dataset.ready === 'true'"

BOX = """async number => {
  const words = document.querySelector('.dgnb-words');
  const walker = document.createTreeWalker(words, NodeFilter.SHOW_TEXT);
  const name = `word${number}`;
  while (walker.nextNode()) {
    const at = walker.currentNode.data.search(new RegExp(`\\\\b${name}\\\\b`));
    if (at < 0) continue;
    const range = document.createRange();
    range.setStart(walker.currentNode, at);
    range.setEnd(walker.currentNode, at + name.length);
    const box = range.getBoundingClientRect(), around = words.getBoundingClientRect();
    words.scrollTop += box.top - around.top - around.height / 2;
    // What comes into sight is laid out now, and may move the rest.
    for (const _ of [1, 2, 3]) await new Promise(requestAnimationFrame);
    const now = range.getBoundingClientRect();
    return [now.left + now.width / 2, now.top + now.height / 2];
  }
}"""
"""Where a word is on the page, scrolled into sight."""

MARKED = """name => {
  if (!CSS.highlights) return [...document.querySelectorAll(`mark.${name}`)].map(mark => mark.textContent);
  return [...(CSS.highlights.get(name) ?? [])]
    .map(range => range.startContainer.data.slice(range.startOffset, range.endOffset));
}"""
"""Texts that are marked in some way."""


def words(size: int, speakers: int = 2, turn: int = 60) -> list[dict[str, Any]]:
    return [
        {
            "word": f"word{number}",
            "start": round(STEP * number, 3),
            "end": round(STEP * number + LENGTH, 3),
            "confidence": 0.4 if number % 10 == 3 else 0.95,
            "speaker": number // turn % speakers,
        }
        for number in range(size)
    ]


def transcript(size: int, **results: Any) -> Transcript:
    said = words(size)
    alternative = {"transcript": " ".join(word["word"] for word in said), "words": said}
    about = {"duration": STEP * size, "channels": 1}
    return Transcript.from_json(
        {"metadata": about, "results": {"channels": [{"alternatives": [alternative]}], **results}}
    )


def analysed(size: int) -> Transcript:
    """A transcript with sentiments and topics, each a third of it."""
    third = size // 3
    spans = [{"text": "", "start_word": third * n, "end_word": third * (n + 1) - 1} for n in range(3)]
    moods, about = ("positive", "neutral", "negative"), ("Greeting", "Router", "Farewell")
    return transcript(
        size,
        sentiments={
            "segments": [
                s | {"sentiment": m, "sentiment_score": 0.5} for s, m in zip(spans, moods, strict=True)
            ]
        },
        topics={
            "segments": [
                s | {"topics": [{"topic": t, "confidence_score": 0.9}]}
                for s, t in zip(spans, about, strict=True)
            ]
        },
    )


def tone(seconds: float) -> bytes:
    """A quiet tone of 8 bits a sample, WAV."""
    time = np.arange(int(seconds * RATE)) / RATE
    return wav((1000 * np.sin(2 * np.pi * 220 * time)).astype(np.int16), RATE)


def saved(call: Transcript) -> str:
    """The JSON of a transcript, as a cell may load it."""
    return json.dumps(call.to_dict())
