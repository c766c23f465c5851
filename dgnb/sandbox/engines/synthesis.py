"""Speech from text by espeak-ng, with the time of every word.

espeak-ng is one library for the whole process and not safe in threads, so one
lock guards it. It is loaded at the first call, never at import.
"""

from __future__ import annotations

import ctypes
from dataclasses import dataclass
from functools import cache
from threading import Lock
from typing import TYPE_CHECKING, Any
from zlib import crc32

import numpy as np

from dgnb.errors import MissingExtra

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

RATE = 22_050

# figures of espeak-ng's speak_lib.h
_SYNCHRONOUS, _DONT_EXIT, _CHARACTERS, _UTF8 = 2, 0x8000, 1, 1
_WORDS_A_MINUTE, _PITCH = 1, 3
_WORD_EVENT = 1

_LOCK = Lock()


@dataclass(frozen=True)
class Voice:
    """A way to speak: espeak-ng's language and variant, pitch [0-99] and words a minute."""

    language: str
    variant: str
    pitch: int = 50
    rate_wpm: int = 150

    @property
    def name(self) -> str:
        """The name under which espeak-ng knows it."""
        return f"{self.language}+{self.variant}" if self.variant else self.language


@dataclass(frozen=True)
class SpokenWord:
    """A word as it was spoken: its place in the text and when it starts [s]."""

    position: int
    word: str
    start: float


@dataclass(frozen=True, eq=False)
class Speech:
    """Mono int16 samples at 22,050 Hz, and the words in them."""

    samples: NDArray[np.int16]
    words: tuple[SpokenWord, ...]
    rate: int = RATE

    @property
    def duration(self) -> float:
        """Length in seconds."""
        return len(self.samples) / self.rate


class _Event(ctypes.Structure):
    """espeak_EVENT of speak_lib.h."""

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


_CALLBACK = ctypes.CFUNCTYPE(
    ctypes.c_int, ctypes.POINTER(ctypes.c_short), ctypes.c_int, ctypes.POINTER(_Event)
)


def synthesise(text: str, voice: str | Voice = "edward", rate_wpm: int | None = None) -> Speech:
    pass


@cache
def _library() -> Any:
    """The library, loaded and pointed at its data."""
    try:
        import espeakng_loader
    except ImportError as error:
        raise MissingExtra("speech synthesis", "sandbox") from error
    library = ctypes.CDLL(espeakng_loader.get_library_path())
    data = espeakng_loader.get_data_path().encode()
    rate = library.espeak_Initialize(_SYNCHRONOUS, 0, data, _DONT_EXIT)
    if rate != RATE:
        raise RuntimeError(f"espeak-ng did not start with its data in {data.decode()} (answer {rate})")
    return library
