"""Audio whose samples are their own places in the source, so that it can be told what a frame is."""

from __future__ import annotations

import numpy as np

from dgnb.audio.raw import AudioFormat

RATE = 1000
"""[Hz]"""

FORM = AudioFormat("linear16", RATE)


def audio(start: float, end: float) -> bytes:
    """The source from `start` to `end` [s], no more than half a minute in all."""
    return np.arange(round(start * RATE), round(end * RATE), dtype="<i2").tobytes()


def places(frame: str | bytes | None) -> tuple[float, float]:
    """Which part of the source a frame is, from, to [s]."""
    assert isinstance(frame, bytes)
    samples = np.frombuffer(frame, "<i2").astype(int)
    assert len(samples), "an empty frame ends the stream"
    assert (np.diff(samples) == 1).all()
    return float(samples[0] / RATE), float((samples[-1] + 1) / RATE)
