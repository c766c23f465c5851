"""Speech from text by espeak-ng, with the time of every word.

espeak-ng is one library for the whole process and not safe in threads, so one
lock guards it. It is loaded for each text and unloaded after it: it keeps a
little of what it said (the phase of its flutter, its random numbers), and only
a fresh one speaks the same text the same way twice. That takes about a
millisecond, and for other languages than English leaves 0.2 MB behind (its
dictionary of English words, which espeak-ng does not free).
"""

from __future__ import annotations

import _ctypes
import ctypes
import re
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any
from zlib import crc32

import numpy as np

from dgnb.errors import MissingExtra
from dgnb.protocol.models import MASCULINE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

RATE = 22_050

# figures of espeak-ng's speak_lib.h
_SYNCHRONOUS, _DONT_EXIT = 2, 0x8000
_CHARACTERS, _UTF8, _PHONEMES = 1, 1, 0x100
_WORDS_A_MINUTE, _PITCH, _PITCH_RANGE = 1, 3, 4
_END_OF_LIST, _WORD = 0, 1

_LOCK = Lock()


@dataclass(frozen=True)
class Voice:
    """A way to speak: espeak-ng's language and variant, pitch and its range [0-99], words a minute."""

    language: str
    variant: str
    pitch: int = 50
    rate_wpm: int = 150
    pitch_range: int = 50


VOICES = {
    "edward": Voice("en-us", "edward"),
    "klatt": Voice("en-us", "klatt5"),
    "fay": Voice("en-us", "f5", pitch=30),
    "scot": Voice("en-gb-scotland", "m6", pitch=35),
}
"""Voices by plain names. The recogniser reads ``edward`` and ``klatt`` best."""

# Variants with the pitch from which they are used: those that the recogniser reads best
# (of 0.1 to 0.5 of the words wrong; most of espeak-ng's hundred are above 0.6).
_MASCULINE = (("edward", 15), ("edward2", 20), ("klatt4", 15), ("m6", 20), ("m1", 25))
_FEMININE = (("f2", 28), ("f5", 25), ("klatt5", 70), ("edward", 70), ("f1", 30))

_LANGUAGES = {"en": "en-us", "es": "es", "de": "de", "fr": "fr", "it": "it", "ja": "ja", "nl": "nl"}
_MODEL = re.compile(r"(?:aura|aura-2|flux)-(?P<name>[a-z]+)-(?P<language>[a-z]{2})")


@dataclass(frozen=True)
class SpokenWord:
    """A word as it was spoken: where it is in the text, and when it starts [s]."""

    position: int
    word: str
    start: float


@dataclass(frozen=True, eq=False)
class Speech:
    """Mono int16 samples and the words in them."""

    samples: NDArray[np.int16]
    words: tuple[SpokenWord, ...]
    rate: int = RATE

    @property
    def duration(self) -> float:
        """Length in seconds."""
        return len(self.samples) / self.rate


def voice_for(model: str) -> Voice:
    """The voice that stands for a model of Aura or Flux, always the same one.

    Language and gender are the model's; variant, pitch and rate follow from its name.

    Raises
    ------
    ValueError
        The name is not of the form ``aura-2-thalia-en``, or in a language that is not spoken.

    Examples
    --------
    >>> voice_for("aura-2-hector-fr").language
    'fr'
    """
    match = _MODEL.fullmatch(model)
    if not match or match["language"] not in _LANGUAGES:
        languages = ", ".join(_LANGUAGES)
        raise ValueError(f"{model!r} is no voice such as aura-2-thalia-en, in one of {languages}")
    variants = _MASCULINE if match["name"] in MASCULINE else _FEMININE
    number = crc32(model.encode())
    number, variant = divmod(number, len(variants))
    number, pitch = divmod(number, 27)
    name, lowest = variants[variant]
    return Voice(_LANGUAGES[match["language"]], name, lowest + pitch, 138 + number % 25)


def synthesise(
    text: str, voice: str | Voice = "edward", rate_wpm: int | None = None, *, phonemes: bool = False
) -> Speech:
    """The spoken text; the same text and voice always give the same samples.

    Parameters
    ----------
    text : str
    voice : str or Voice
        A name in `VOICES`, a model of Aura or Flux, or a voice of one's own.
    rate_wpm : int, words a minute, optional
        Instead of the voice's own, 80 to 450.
    phonemes : bool
        Whether ``[[h@'loU]]`` in the text is spoken by espeak-ng's signs for sounds.

    Raises
    ------
    ValueError
        An unknown voice, or a rate out of range.
    MissingExtra
        espeakng-loader is not installed.

    Examples
    --------
    >>> [word.word for word in synthesise("Good morning.").words]
    ['Good', 'morning']
    """
    if isinstance(voice, str):
        voice = VOICES.get(voice) or voice_for(voice)
    rate = voice.rate_wpm if rate_wpm is None else rate_wpm
    if not 80 <= rate <= 450:
        raise ValueError(f"{rate} words a minute are outside 80 to 450")
    with _LOCK, _library() as (library, data):
        _set(library, data, voice, rate)
        samples, events = _speak(library, text, _PHONEMES if phonemes else 0)
    words = (SpokenWord(at, text[at : at + length], sample / RATE) for at, length, sample in events)
    return Speech(samples, tuple(word for word in words if word.word.strip()))


class _Event(ctypes.Structure):
    """What espeak-ng tells beside the samples, see speak_lib.h."""

    _fields_ = (
        ("type", ctypes.c_int),
        ("unique_identifier", ctypes.c_uint),
        ("text_position", ctypes.c_int),
        ("length", ctypes.c_int),
        ("audio_position", ctypes.c_int),
        ("sample", ctypes.c_int),
        ("user_data", ctypes.c_void_p),
        ("id", ctypes.c_char * 8),
    )


_Callback = ctypes.CFUNCTYPE(
    ctypes.c_int, ctypes.POINTER(ctypes.c_short), ctypes.c_int, ctypes.POINTER(_Event)
)


@contextmanager
def _library() -> Iterator[tuple[Any, str]]:
    """A fresh library and the folder of its data."""
    try:
        import espeakng_loader  # noqa: PLC0415 - in the optional extra
    except ImportError as error:
        raise MissingExtra("speech synthesis", "sandbox") from error
    data = espeakng_loader.get_data_path()
    library = ctypes.CDLL(espeakng_loader.get_library_path())
    try:
        if library.espeak_Initialize(_SYNCHRONOUS, 0, data.encode(), _DONT_EXIT) != RATE:
            raise RuntimeError(f"espeak-ng cannot read its data in {data}")
        library.espeak_ng_SetRandSeed(ctypes.c_long(1))
        yield library, data
        library.espeak_Terminate()
    finally:
        _unload(library)


def _unload(library: Any) -> None:
    """Give the library back; loading it again starts it afresh."""
    if unload := getattr(_ctypes, "dlclose", None) or getattr(_ctypes, "FreeLibrary", None):
        unload(library._handle)


def _set(library: Any, data: str, voice: Voice, rate: int) -> None:
    """Choose voice, pitch and rate."""
    # espeak-ng passes over a variant that it does not have
    known = not voice.variant or Path(data, "voices", "!v", voice.variant).is_file()
    name = f"{voice.language}+{voice.variant}" if voice.variant else voice.language
    if not known or library.espeak_SetVoiceByName(name.encode()) != 0:
        raise ValueError(f"espeak-ng has no voice {name!r}")
    library.espeak_SetParameter(_WORDS_A_MINUTE, rate, 0)
    library.espeak_SetParameter(_PITCH, voice.pitch, 0)
    library.espeak_SetParameter(_PITCH_RANGE, voice.pitch_range, 0)


def _speak(library: Any, text: str, flags: int) -> tuple[NDArray[np.int16], list[tuple[int, int, int]]]:
    """The samples, and position, length and first sample of each word."""
    pieces, words = [np.zeros(0, np.int16)], []

    def take(samples: Any, count: int, events: Any) -> int:
        if samples and count > 0:
            pieces.append(np.ctypeslib.as_array(samples, (count,)).copy())
        at = 0
        while events[at].type != _END_OF_LIST:
            event = events[at]
            if event.type == _WORD:
                words.append((event.text_position - 1, event.length, event.sample))
            at += 1
        return 0

    callback = _Callback(take)
    library.espeak_SetSynthCallback(callback)
    # a NUL would end the text
    raw = text.replace("\0", " ").encode() + b"\0"
    library.espeak_Synth(raw, ctypes.c_size_t(len(raw)), 0, _CHARACTERS, 0, _UTF8 | flags, None, None)
    return np.concatenate(pieces), words
