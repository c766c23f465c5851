"""What the plots of a transcript have in common: its words, its voices, its time."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import to_rgba_array
from numpy.typing import NDArray

from dgnb.results import Transcript
from dgnb.views import axes
from dgnb.views.columns import columns
from dgnb.views.voices import voices

Indices = NDArray[np.intp]
Colours = NDArray[np.float64]


class Scene:
    """A transcript as its plots see it.

    Parameters
    ----------
    transcript : Transcript

    Attributes
    ----------
    transcript : Transcript
    words : WordColumns
    voices : list of Voice
    voice : array of int, shape (n,)
        The voice of each word.
    duration : float, seconds
        That of the audio, or where the last word ends if that is later.
    told : bool
        Whether the colours of the voices are told elsewhere, so that no legend needs to.

    Examples
    --------
    >>> scene = Scene(Transcript())
    >>> scene.duration, scene.alt("Words")
    (0.0, 'Words over 0.0 seconds')
    """

    def __init__(self, transcript: Transcript) -> None:
        self.transcript = transcript
        self.words = columns(transcript)
        self.voices, self.voice = voices(transcript)
        self.told = False
        # Words of Flux may have no times: `fmax` passes over ``nan``.
        self.duration = float(np.fmax.reduce(self.words.end, initial=transcript.duration))

    def alt(self, what: str) -> str:
        """Return what a screen reader says of a plot."""
        return f"{what} over {self.duration:.1f} seconds"

    def axes(self, ax: Axes | None, height: float, what: str) -> Axes:
        """Return the axes that were given, or new ones in a figure of their own, `height` [in]."""
        return axes.new(height, self.alt(what)) if ax is None else ax

    def lanes(self, height: float) -> float:
        """Return the height of a figure with a lane for each voice, as far as it fits on a screen [in]."""
        return min(0.7 + height * max(len(self.voices), 1), 10.0)

    def colours(self, voice: Indices) -> Colours:
        """Return the colour of each voice, shape (n, 4)."""
        return to_rgba_array([one.colour for one in self.voices])[voice]

    def show_lanes(self, ax: Axes, above: float, below: float) -> None:
        """Name the lanes, with so much room over the middle of the first and under that of the last."""
        axes.show_lanes(ax, [voice.name for voice in self.voices], above, below)
