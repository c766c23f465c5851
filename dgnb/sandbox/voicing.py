"""A text with its controls as samples."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from dgnb.sandbox.controls import Pause, Piece
from dgnb.sandbox.engines import ipa
from dgnb.sandbox.engines.synthesis import RATE, Voice, synthesise, voice_for

SLOWEST, FASTEST = 80, 450
"""Words a minute that espeak-ng can speak; a speed beyond is brought back to them."""


def voice(model: str, speed: float = 1.0, expressivity: int = 0) -> Voice:
    """Return the voice that stands for a model, at a speed, and calm (-2) to animated (2).

    Examples
    --------
    >>> usual, quick = voice("flux-kai-en"), voice("flux-kai-en", speed=1.5)
    >>> quick.rate_wpm / usual.rate_wpm > 1.4
    True
    """
    usual = voice_for(model)
    rate = min(max(round(usual.rate_wpm * speed), SLOWEST), FASTEST)
    return replace(usual, rate_wpm=rate, pitch_range=usual.pitch_range + 20 * expressivity)


def knows_ipa(voice: Voice) -> bool:
    """Whether pronunciations are followed: only their American English sounds are known here."""
    return voice.language.startswith("en")


def samples(found: Sequence[Piece], voice: Voice) -> NDArray[np.int16]:
    """Return a text in pieces as samples at 22,050 Hz; empty when nothing in it can be spoken.

    Examples
    --------
    >>> samples(["Hello."], voice("flux-kai-en")).any(), samples(["..."], voice("flux-kai-en")).any()
    (np.True_, np.False_)
    """
    parts = [_part(part, voice) for part in _spelt(found, voice)]
    return np.concatenate([np.zeros(0, np.int16), *parts])


def _part(part: str | Pause, voice: Voice) -> NDArray[np.int16]:
    if isinstance(part, Pause):
        return np.zeros(round(part.length_ms * RATE / 1000), np.int16)
    if not part.strip():
        return np.zeros(0, np.int16)
    spoken = synthesise(part, voice, phonemes=True)
    return spoken.samples if spoken.words else np.zeros(0, np.int16)


def _spelt(found: Sequence[Piece], voice: Voice) -> Iterator[str | Pause]:
    """Give the text between pauses as espeak-ng reads it."""
    said = ""
    for piece in found:
        if isinstance(piece, Pause):
            yield from (said, piece)
            said = ""
        elif isinstance(piece, str):
            said += piece.replace("[[", "[ [")  # would begin signs for sounds
        else:
            signs = ipa.phonemes(piece.pronounce) if knows_ipa(voice) else ""
            said += f"[[{signs}]]" if signs else piece.word
    yield said
