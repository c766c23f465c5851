"""How long it takes from the bytes of a reply to a DataFrame of its words."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from statistics import median
from time import perf_counter
from typing import Any

import msgspec
import pandas as pd
from deepgram.core.unchecked_base_model import construct_type
from deepgram.listen.v1.media.types import MediaTranscribeResponse

from dgnb.results import Transcript

WORDS = 100_000
RUNS = 7


def reply(words: int = WORDS, diarized: bool = True) -> bytes:
    """Return a reply of the service with so many words of random letters."""
    chance = random.Random(1)
    vocabulary = ["".join(chance.choices("etaoinshrdlu", k=chance.randint(2, 9))) for _ in range(8000)]
    spoken: list[dict[str, Any]] = []
    time = 0.0
    for number in range(words):
        spoken.append(_word(chance, vocabulary, number, time, diarized))
        time = spoken[-1]["end"] + (0.6 if number % 12 == 11 else 0.02)
    alternative = {
        "transcript": " ".join(word["punctuated_word"] for word in spoken),
        "confidence": 0.9,
        "words": spoken,
    }
    metadata = {"request_id": "bench", "duration": time, "channels": 1}
    return json.dumps(
        {"metadata": metadata, "results": {"channels": [{"alternatives": [alternative]}]}}
    ).encode()


def official(raw: bytes) -> pd.DataFrame:
    """Return the words with the official SDK's parser and the usual pandas code."""
    # What the SDK's client does with a reply: deepgram/listen/v1/media/raw_client.py
    response: Any = construct_type(type_=MediaTranscribeResponse, object_=json.loads(raw))
    words = response.results.channels[0].alternatives[0].words
    names = ("word", "start", "end", "confidence", "speaker", "speaker_confidence")
    return pd.DataFrame([{name: getattr(word, name, None) for name in names} for word in words])


def seconds(*works: Callable[[], object], runs: int = RUNS) -> list[float]:
    """Return the median duration of each work [s], all run in turn so that they share good and bad times."""
    taken: list[list[float]] = [[] for _ in works]
    for _ in range(runs):
        for work, times in zip(works, taken, strict=True):
            begin = perf_counter()
            work()
            times.append(perf_counter() - begin)
    return [median(times) for times in taken]


def main() -> None:
    """Print the figures."""
    print(f"{WORDS:,} words, reply to DataFrame, median of {RUNS}")
    print("             bare decode   dgnb      SDK   dgnb / bare   SDK / dgnb")
    for name, diarized in (("diarized", True), ("plain", False)):
        raw = reply(diarized=diarized)
        bare, ours, theirs = seconds(
            lambda raw=raw: msgspec.json.decode(raw, type=Transcript),
            lambda raw=raw: Transcript.from_json(raw).words,
            lambda raw=raw: official(raw),
        )
        times = f"{bare * 1e3:8.0f} ms {ours * 1e3:4.0f} ms {theirs * 1e3:5.0f} ms"
        print(f"  {name:10} {times} {ours / bare:13.2f} {theirs / ours:12.1f}")
    print("  wanted                                       <= 2.5        >= 10")


def _word(
    chance: random.Random, vocabulary: list[str], number: int, time: float, diarized: bool
) -> dict[str, Any]:
    word = chance.choice(vocabulary)
    begins, ends = number % 12 == 0, number % 12 == 11
    found = {
        "word": word,
        "start": round(time, 6),
        "end": round(time + chance.uniform(0.1, 0.5), 6),
        "confidence": round(chance.uniform(0.4, 1), 7),
        "punctuated_word": (word.capitalize() if begins else word) + ("." if ends else ""),
    }
    if diarized:
        found |= {"speaker": number // 60 % 3, "speaker_confidence": round(chance.uniform(0.3, 1), 6)}
    return found


if __name__ == "__main__":
    main()
