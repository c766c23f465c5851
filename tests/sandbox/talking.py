"""Speech for the sandbox's listening connections, and what they say of it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dgnb.sandbox.engines.decoding import decode
from dgnb.sandbox.engines.encoding import encode
from dgnb.sandbox.engines.synthesis import synthesise
from tests.sandbox.dialling import Call, dial

RATE = 16_000
RAW = {"encoding": "linear16", "sample_rate": RATE}

LIBRARY = "The library opens at ten and closes in the evening."
SISTER = "My sister plays the piano in a small band."
YEARS = "They have lived in this house for many years."

Samples = NDArray[np.int16]


@cache
def spoken(text: str, voice: str = "edward") -> Samples:
    """Speech at 16 kHz."""
    speech = synthesise(text, voice)
    return decode(encode(speech.samples, speech.rate)).samples[0]


def trimmed(samples: Samples) -> Samples:
    """Speech without the silence around it."""
    loud = np.flatnonzero(np.abs(samples) > 300)
    return samples[loud[0] : loud[-1]]


def silence(seconds: float) -> Samples:
    return np.zeros(round(seconds * RATE), np.int16)


def joined(*parts: Samples | float) -> Samples:
    """Speech and pauses [s], one behind the other."""
    return np.concatenate([part if isinstance(part, np.ndarray) else silence(part) for part in parts])


def send(call: Call, audio: Samples | bytes, piece: int = 2_560) -> None:
    """Send audio in pieces of so many bytes."""
    data = audio if isinstance(audio, bytes) else audio.astype("<i2").tobytes()
    for at in range(0, len(data), piece):
        call.raw.send(data[at : at + piece])


@contextmanager
def listening(url: str, **query: Any) -> Iterator[Call]:
    with dial(url, "/v1/listen", **{**RAW, **query}) as call:
        yield call


@contextmanager
def turning(url: str, **query: Any) -> Iterator[Call]:
    with dial(url, "/v2/listen", **{"model": "flux-general-en", **RAW, **query}) as call:
        yield call


def closed(call: Call) -> list[dict[str, Any]]:
    """All messages up to a normal close that `CloseStream` asks for."""
    call.say("CloseStream")
    _, messages, ending = call.end()
    assert ending == (1000, "")
    return messages


def kind(messages: list[dict[str, Any]], *kinds: str) -> list[dict[str, Any]]:
    """The messages of some types, or of events."""
    return [message for message in messages if message.get("event", message["type"]) in kinds]


def finals(messages: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [message for message in kind(messages, "Results") if message["is_final"]]


def words(messages: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The words of all final results."""
    return [word for message in finals(messages) for word in message["channel"]["alternatives"][0]["words"]]


def text(message: dict[str, Any]) -> str:
    return message["channel"]["alternatives"][0]["transcript"]


def texts(messages: list[dict[str, Any]]) -> str:
    """The text of all final results."""
    return " ".join(filter(None, map(text, finals(messages))))
