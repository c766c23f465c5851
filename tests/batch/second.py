"""Recordings of a second that are cheap to make, each with another content."""

from __future__ import annotations

import hashlib
import struct
from pathlib import Path

RATE = 4000
"""The lowest rate that the sandbox takes [Hz]; a sample is one byte."""

_HEAD = (
    b"RIFF" + struct.pack("<I", 36 + RATE) + b"WAVEfmt "
    + struct.pack("<IHHIIHH", 16, 1, 1, RATE, RATE, 1, 8) + b"data" + struct.pack("<I", RATE)
)  # fmt: skip

COST = 72
"""What one costs with nova-3, in millionths of a dollar."""


def second(number: int) -> bytes:
    """A second of sound as a WAV file."""
    return _HEAD + struct.pack("<I", number) * (RATE // 4)


def digest(number: int) -> str:
    """The digest of `second`, which is also the text that `tests.limited` finds in it."""
    return hashlib.sha256(second(number)).hexdigest()


def files(folder: Path, count: int) -> list[Path]:
    """Write so many of them."""
    folder.mkdir(exist_ok=True)
    paths = [folder / f"{number:04}.wav" for number in range(count)]
    for number, path in enumerate(paths):
        path.write_bytes(second(number))
    return paths
