"""Where in a recording somebody speaks.

WebRTC's detector, which comes with pocketsphinx, judges frames of 20 ms. The
judgements are smoothed, and what has no pitch anywhere is taken for noise: the
detector lets loud or changing noise through, and the recogniser then makes
words of it (31 of 60 noises without the check on pitch, none with it).
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
from pocketsphinx import Vad

from dgnb.sandbox.engines.pitch import pitches

if TYPE_CHECKING:
    from numpy.typing import NDArray

RATE = 16_000
LONGEST = 12.0

_FRAME = 0.02
_HOP = int(_FRAME * RATE)
_STRICTNESS = 2
_ON = 3  # frames of speech that begin a stretch: 60 ms
_OFF = 14  # frames without speech that end one: 280 ms
_PADDING = 0.3
_SHORTEST_CUT = 6.0
_PITCHED = 3  # frames that must have one

Stretch = tuple[float, float]


def stretches(samples: NDArray[np.int16], longest: float = LONGEST) -> list[Stretch]:
    """Start and end [s] of each stretch of speech, in order and without overlap.

    A pause of 0.28 s ends a stretch. Up to 0.3 s around the speech belong to it,
    less where the next one is nearer.

    Parameters
    ----------
    samples : int16 array, shape (n,)
        Mono at 16 kHz.
    longest : float, seconds
        Speech without a pause is cut at its quietest place before this.

    Examples
    --------
    >>> stretches(np.zeros(16_000, np.int16))
    []
    """
    spoken = _smooth(_judge(samples))
    padded = _pad(spoken, len(samples) / RATE)
    return [
        piece
        for start, end in padded
        if len(pitches(cut(samples, (start, end)))) >= _PITCHED
        for piece in _cut(samples, start, end, longest)
    ]


def cut(samples: NDArray[np.int16], stretch: Stretch) -> NDArray[np.int16]:
    """The samples of a stretch."""
    start, end = stretch
    return samples[round(start * RATE) : round(end * RATE)]


def _judge(samples: NDArray[np.int16]) -> NDArray[np.bool_]:
    """Speech or not, for each whole frame."""
    vad = Vad(_STRICTNESS, RATE, _FRAME)
    raw, size = np.ascontiguousarray(samples).tobytes(), vad.frame_bytes
    last = len(raw) - size
    return np.array([vad.is_speech(raw[at : at + size]) for at in range(0, last + 1, size)], dtype=bool)


def _smooth(flags: NDArray[np.bool_]) -> list[Stretch]:
    """Runs of speech [s], without short pauses between and short noises among them."""
    edges = np.flatnonzero(np.diff(flags.astype(np.int8), prepend=0, append=0)).reshape(-1, 2)
    groups = np.split(edges, np.flatnonzero(edges[1:, 0] - edges[:-1, 1] >= _OFF) + 1)
    return [
        (float(group[0, 0]) * _FRAME, float(group[-1, 1]) * _FRAME)
        for group in groups
        if len(group) and (group[:, 1] - group[:, 0]).max() >= _ON
    ]


def _pad(spoken: list[Stretch], duration: float) -> list[Stretch]:
    """The stretches with padding, each at most to the middle of the pause before and after."""
    middles = [(before[1] + after[0]) / 2 for before, after in pairwise(spoken)]
    limits = [0.0, *middles, duration]
    return [
        (max(start - _PADDING, limits[i]), min(end + _PADDING, limits[i + 1]))
        for i, (start, end) in enumerate(spoken)
    ]


def _cut(samples: NDArray[np.int16], start: float, end: float, longest: float) -> list[Stretch]:
    """The stretch in pieces no longer than allowed."""
    pieces = []
    while end - start > longest:
        first = start + min(_SHORTEST_CUT, longest / 2)
        middle = first + _quietest(cut(samples, (first, start + longest)))
        pieces.append((start, middle))
        start = middle
    return [*pieces, (start, end)]


def _quietest(samples: NDArray[np.int16]) -> float:
    """The time [s] around which 100 ms have the least energy."""
    power = np.square(samples.astype(np.float64))
    energy = np.convolve(power, np.ones(RATE // 10), mode="valid")
    return float(np.argmin(energy) + RATE // 20) / RATE
