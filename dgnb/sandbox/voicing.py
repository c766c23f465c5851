"""A text with its controls as samples, whole or sentence by sentence."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from dgnb.sandbox.controls import Pause, Piece, Pronunciation, billed
from dgnb.sandbox.engines import ipa
from dgnb.sandbox.engines.streams import Stream
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
        else:
            said += _signs(piece, voice)
    yield said


def _signs(piece: str | Pronunciation, voice: Voice) -> str:
    if isinstance(piece, str):
        return piece.replace("[[", "((")  # would begin signs for sounds
    signs = ipa.phonemes(piece.pronounce) if knows_ipa(voice) else ""
    return f"[[{signs}]]" if signs else piece.word


class Utterance:
    """Text into frames of raw audio, sentence by sentence, in one stream.

    Parameters
    ----------
    voice : Voice
    encoding : {"linear16", "mulaw", "alaw"}
    sample_rate : int, Hz

    Examples
    --------
    >>> utterance = Utterance(voice("flux-kai-en"), "linear16", 24000)
    >>> frames = utterance.say(["Good morning. "]) + utterance.say(["How are you?"]) + utterance.finish()
    >>> len(frames[0]), utterance.text[utterance.spoken(1.0) :]
    (3840, 'How are you?')
    """

    def __init__(self, voice: Voice, encoding: str, sample_rate: int) -> None:
        self.voice = voice
        self.text = ""
        """All that was said, without controls."""
        self._words: list[tuple[float, int]] = []
        self._ended = False
        self._stream = Stream(encoding, RATE, sample_rate)
        self.length = self._stream.length

    def say(self, found: Sequence[str | Pronunciation]) -> list[bytes]:
        """Return the frames that are complete with this sentence."""
        said, places = "", []
        for piece in found:
            places.append((len(said), len(self.text), isinstance(piece, str)))
            said += _signs(piece, self.voice)
            self.text += billed([piece])
        speech = synthesise(said, self.voice, phonemes=True) if said.strip() else None
        if speech is None or not speech.words:
            return []
        pause = _pause(self.voice) if self._ended else 0
        self._ended = said.rstrip().endswith((".", "!", "?", "…"))
        begun = self._stream.duration + pause / RATE
        self._words += [(begun + word.start, _place(word.position, places)) for word in speech.words]
        return self._stream.feed(np.pad(speech.samples, (pause, 0)))

    def finish(self) -> list[bytes]:
        """Return the last frames."""
        return self._stream.finish()

    def spoken(self, time: float) -> int:
        """Return how many characters of the text were spoken at a time [s]: up to the next word's first."""
        return next((place for start, place in self._words if start > time), len(self.text))


def _place(position: int, places: Sequence[tuple[int, int, bool]]) -> int:
    """Give where a word stands in the text, from where it stands in what espeak-ng reads."""
    said, plain, written = next(place for place in reversed(places) if place[0] <= position)
    return plain + position - said if written else plain


@lru_cache(256)
def _pause(voice: Voice) -> int:
    """Give how many samples espeak-ng puts between two sentences, which it does not put after the last."""
    two, one = (len(synthesise(text, voice).samples) for text in ("Yes. Yes.", "Yes."))
    return max(0, two - 2 * one)
