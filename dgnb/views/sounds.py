"""What the audio of a transcript looks like, with the words that are said in it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap, to_rgba
from numpy.typing import NDArray

from dgnb.audio.pcm import mixed, samples
from dgnb.audio.source import AudioLike
from dgnb.errors import OptionError
from dgnb.views import axes, clips, colours, labels
from dgnb.views.columns import Numbers
from dgnb.views.decoding import Samples, Sound
from dgnb.views.scene import Indices, Scene

COLUMNS = 1600
"""Columns of a waveform or a spectrogram: the dots of a figure."""

HIGHEST = 8000.0
"""Highest frequency of a spectrogram: speech has little above [Hz]."""

_RANGE = 60.0
"""How far below the loudest a spectrogram reaches [dB]."""

_ROOM = 0.45
"""Height of the words, as a share of the height of the sound."""


@dataclass(frozen=True)
class Excerpt:
    """A part of the audio of a transcript.

    Parameters
    ----------
    sound : Sound
        All of it, one channel.
    start, end : float, seconds
    """

    sound: Sound
    start: float
    end: float

    @property
    def samples(self) -> Samples:
        """Those of the part, shape (samples,)."""
        return self.sound.samples[round(self.start * self.sound.rate) : round(self.end * self.sound.rate)]


def excerpt(scene: Scene, audio: AudioLike, start: float | None, end: float | None) -> Excerpt:
    """Return a part of the audio; several channels are averaged.

    Raises
    ------
    OptionError
        There is no such part.
    AudioError
        The recording is not known, or cannot be read.
    """
    take = clips.recording(scene.transcript, audio)
    sound = Sound(mixed(samples(take.data, take.kind), take.channels), take.rate)
    first, last = start or 0.0, sound.duration if end is None else min(end, sound.duration)
    if not 0 <= first < last:
        raise OptionError(
            f"A part of {sound.duration:.1f} s of audio ends after it starts, not from {start} s to {end} s.",
            "start",
        )
    return Excerpt(sound, first, last)


def waveform(scene: Scene, ax: Axes | None, part: Excerpt) -> Axes:
    """Return the plot of the lowest and highest sample, in the colour of who speaks."""
    ax = scene.axes(ax, 2.4, "Waveform with the words")
    edge, low, high = _envelope(part.samples, COLUMNS)
    time = part.start + edge / part.sound.rate
    peak = max(float(np.abs([low, high]).max(initial=0)), 0.01)
    shades = _speaking(scene, time)
    axes.add_boxes(ax, (time[:-1], time[1:]), (low, high), shades)
    ax.set_ylabel("amplitude [-1, 1]")
    _show(scene, ax, part, (-peak, peak))
    return ax


class Spectrum(NamedTuple):
    """Levels relative to the loudest [dB], shape (frequencies, times), up to the frequency `top` [Hz]."""

    level: NDArray[np.float32]
    top: float


def spectrogram(scene: Scene, ax: Axes | None, part: Excerpt) -> Axes:
    """Return the plot of how loud each frequency is, darker or lighter than the page the louder it is."""
    ax = scene.axes(ax, 3.0, "Spectrogram with the words")
    found = spectrum(part.samples, part.sound.rate)
    ax.imshow(
        found.level,
        cmap=_inks(),
        vmin=-_RANGE,
        vmax=0,
        origin="lower",
        aspect="auto",
        extent=(part.start, part.end, 0, found.top / 1000),
        interpolation="antialiased",
    )
    ax.set_ylabel("frequency [kHz]")
    _show(scene, ax, part, (0, found.top / 1000))
    return ax


def spectrum(sound: Samples, rate: int) -> Spectrum:
    """Return the levels of frequencies in windows of 25 ms, `COLUMNS` of them at most.

    Examples
    --------
    >>> tone = (9000 * np.sin(2 * np.pi * 1000 * np.arange(8000) / 8000)).astype(np.int16)
    >>> found = spectrum(tone, 8000)
    >>> loudest = found.level.argmax(axis=0) * found.top / (len(found.level) - 1)
    >>> bool(np.abs(loudest - 1000).max() < 50)
    True
    """
    size = max(round(rate * 0.025), 16)
    padded = np.pad(sound, (0, max(size - len(sound), 0)))
    many = int(min(COLUMNS, max((len(padded) - size) // (size // 4), 1)))
    first = np.linspace(0, len(padded) - size, many).astype(np.intp)
    pieces = padded[first[:, None] + np.arange(size)] * np.hanning(size).astype(np.float32)
    power = np.abs(np.fft.rfft(pieces, axis=1)).astype(np.float32) ** 2
    top = min(HIGHEST, rate / 2)
    power = power[:, : round(top * size / rate) + 1].T
    level = 10 * np.log10(np.maximum(power / max(float(power.max()), 1.0), 1e-12))
    return Spectrum(level, top)


def _envelope(found: Samples, most: int) -> tuple[Indices, Numbers, Numbers]:
    """Give the edges of `most` stretches at the most, and the lowest and highest value of each [-1, 1]."""
    edge = np.linspace(0, len(found), min(most, len(found)) + 1).astype(np.intp)
    low, high = (pick.reduceat(found, edge[:-1]) / 32768 for pick in (np.minimum, np.maximum))
    return edge, low, high


def _speaking(scene: Scene, time: Numbers) -> NDArray[np.float64]:
    """Colours of who speaks in each column, grey where nobody does; later words cover earlier ones."""
    words, many = scene.words, len(time) - 1
    whose = np.full(many, -1)
    seen = np.flatnonzero((words.end > time[0]) & (words.start < time[-1]))
    first = np.clip(np.searchsorted(time, words.start[seen], "right") - 1, 0, many - 1)
    last = np.clip(np.searchsorted(time, words.end[seen], "left"), first + 1, many)
    for row, begin, end in zip(seen.tolist(), first.tolist(), last.tolist(), strict=True):
        whose[begin:end] = scene.voice[row]
    shades = np.tile(to_rgba(colours.TEXT), (many, 1))
    shades[whose >= 0] = scene.colours(whose[whose >= 0])
    return shades


def _show(scene: Scene, ax: Axes, part: Excerpt, height: tuple[float, float]) -> None:
    """Set the limits, and write the words above the sound where there is room."""
    bottom, top = height
    tall = top - bottom
    axes.show_time(ax, part.end, part.start)
    ax.set_ylim(bottom, top + _ROOM * tall)
    ax.set_yticks([tick for tick in ax.get_yticks() if bottom <= tick <= top])
    axes.settle(ax)
    words = scene.words
    written = labels.with_room(ax, words, np.zeros(len(words), np.intp))
    if not written:
        ax.set_ylim(bottom, top)
        return
    seen = np.flatnonzero((words.end > part.start) & (words.start < part.end))
    bar = (top + 0.02 * tall, top + 0.05 * tall)
    axes.add_boxes(ax, (words.start[seen], words.end[seen]), bar, scene.colours(scene.voice[seen]))
    labels.write(ax, words, dict.fromkeys(written, top + 0.07 * tall), room=(_ROOM - 0.1) * tall)


def _inks() -> LinearSegmentedColormap:
    """From nothing to a full colour: what is silent shows the page, white or dark."""
    red, green, blue, _ = to_rgba(colours.TEXT)
    clear, full = (red, green, blue, 0.0), (red, green, blue, 1.0)
    return LinearSegmentedColormap.from_list("dgnb", [clear, full])
