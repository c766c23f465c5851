"""Where in a recording somebody speaks."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from pocketsphinx import Vad

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

RATE = 16_000
LONGEST = 12.0

FRAME = 0.02
ON = 4  # frames: 80 ms
OFF = 14  # frames
PADDING = 0.3


def frames(samples, mode=2):
    vad = Vad(mode, RATE, FRAME)
    size = vad.frame_bytes // 2
    whole = len(samples) // size * size
    raw = np.ascontiguousarray(samples[:whole]).tobytes()
    step = size * 2
    return np.array([vad.is_speech(raw[i : i + step]) for i in range(0, len(raw), step)], dtype=bool)


def _runs(flags):
    edges = np.flatnonzero(np.diff(np.concatenate(([False], flags, [False])).astype(np.int8)))
    return edges.reshape(-1, 2)


def stretches(samples, mode=2, off=OFF, pad=PADDING):
    runs = [r for r in _runs(frames(samples, mode)) if r[1] - r[0] >= ON]
    merged = []
    for a, b in runs:
        if merged and a - merged[-1][1] < off:
            merged[-1][1] = b
        else:
            merged.append([a, b])
    total = len(samples) / RATE
    out = []
    for i, (a, b) in enumerate(merged):
        lo = max(a * FRAME - pad, 0.0 if i == 0 else (merged[i - 1][1] + a) * FRAME / 2)
        hi = min(b * FRAME + pad, total if i == len(merged) - 1 else (merged[i + 1][0] + b) * FRAME / 2)
        while hi - lo > LONGEST:
            out.append((lo, lo + LONGEST)); lo += LONGEST
        out.append((lo, hi))
    return out
