"""Chromium's fake microphone: it plays what is spoken, once each time that it is opened."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from dgnb.audio.samples import wav
from dgnb.sandbox.engines.synthesis import RATE, synthesise
from dgnb.sandbox.sounds import resampled

TEXT = "The weather was cold, but the people were friendly."
DEVICE = 44_100
"""Chromium's fake device runs at this rate, and brings any other to it by means of its own [Hz]."""


def options(folder: Path) -> list[str]:
    """What a browser is started with; the sound is written to a folder."""
    # It begins to play when the device is opened, a moment before anybody listens.
    spoken = np.pad(resampled(synthesise(TEXT, "edward").samples, RATE, DEVICE), (DEVICE // 2, 0))
    path = folder / "speech.wav"
    path.write_bytes(wav(spoken, DEVICE))
    return ["--use-fake-device-for-media-stream", f"--use-file-for-fake-audio-capture={path}%noloop"]


def understood(text: str) -> bool:
    """Whether a text has most of the words that are spoken."""
    return len(set(text.lower().split()) & set(TEXT.lower().replace(",", "").replace(".", "").split())) >= 5
