"""Where in a recording somebody speaks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dgnb.sandbox.engines.segments import LONGEST, RATE, Piece, Segmenter, Stretch

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = ["LONGEST", "RATE", "Stretch", "cut", "stretches"]


def stretches(samples: NDArray[np.int16], longest: float = LONGEST) -> list[Stretch]:
    """Start and end [s] of each stretch of speech, in order and without overlap.

    They are those that a `Segmenter` finds in the same audio as it comes.

    Parameters
    ----------
    samples : int16 array, shape (n,)
        Mono at 16 kHz.
    longest : float, seconds
        Speech without a pause is cut at its quietest place before this.

    Examples
    --------
    >>> import numpy as np
    >>> stretches(np.zeros(16_000, np.int16))
    []
    """
    segmenter = Segmenter(longest)
    found = [*segmenter.feed(samples), *segmenter.finish()]
    return [piece.speech for piece in found if isinstance(piece, Piece) and piece.speech]


def cut(samples: NDArray[np.int16], stretch: Stretch) -> NDArray[np.int16]:
    """The samples of a stretch."""
    start, end = stretch
    return samples[round(start * RATE) : round(end * RATE)]
