"""Who speaks which word, roughly.

Words between two pauses are taken for one speaker's. Their sound (mel cepstrum)
and pitch are compared, and what sounds alike becomes one speaker. That tells
clearly different voices apart when they pause before taking turns. It hears no
change within a sentence and no two people at once, and one lively or moving
speaker can become two. It was measured on synthetic voices only.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from dgnb.sandbox.engines.activity import RATE, cut
from dgnb.sandbox.engines.pitch import pitches

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from dgnb.protocol.heard import Word

_PAUSE = 0.2
# Seconds of speech from which a voice can be told; shorter turns go to the nearest speaker.
_ENOUGH = 1.0
# Of 12 sentences in each of 9 voices, two of the same voice are 0.26 apart (0.53 at most in
# 99 of 100), two of different ones 0.6 (nearest pair of tutorial voices) to 1.9.
_SAME = 0.5
_PITCH_WEIGHT = 3.0  # for a difference of one octave
_MOST_COMPARED = 600
_REMEMBERED = 10  # turns of each speaker while audio comes
_WINDOW, _HOP, _BANDS, _CEPSTRA = 400, 160, 26, 12


class _Voices(NamedTuple):
    """How each turn sounds: mean and variance of its cepstrum, and its pitch [octaves]."""

    mean: NDArray[np.float64]
    variance: NDArray[np.float64]
    pitch: NDArray[np.float64]


def label(samples: NDArray[np.int16], words: Sequence[Word]) -> list[tuple[int, float]]:
    """Speaker and its confidence [0, 1] for each word; speakers count from 0 as they appear.

    The confidence compares the distance to the speaker with that to the next best
    one: 0.5 says that both are as near.

    Parameters
    ----------
    samples : int16 array, shape (n,)
        Mono at 16 kHz.
    words : sequence of Word
        In order of time, with times in `samples`.

    Examples
    --------
    >>> label(np.zeros(16_000, np.int16), [])
    []
    """
    if not words:
        return []
    turns = _turns(words)
    spans = [(words[turn.start].start, words[turn.stop - 1].end) for turn in turns]
    voices = _voices([cut(samples, span) for span in spans])
    long = [number for number, (start, end) in enumerate(spans) if end - start >= _ENOUGH]
    compared = (long or list(range(len(turns))))[:: 1 + len(turns) // _MOST_COMPARED]
    distances = _distances(voices, compared)
    groups = _cluster(distances[compared])
    speakers = _nearest(np.stack([distances[:, group].mean(axis=1) for group in groups], axis=1))
    return [speaker for turn, speaker in zip(turns, speakers, strict=True) for _ in words[turn]]


class Roll:
    """Who speaks in audio that comes stretch by stretch, numbered as they appear.

    What was said once is not changed by what comes later: two voices that sound
    alike at first stay one speaker, as `label` would see them only from the whole.

    Examples
    --------
    >>> Roll().label(np.zeros(16_000, np.int16), [])
    []
    """

    def __init__(self) -> None:
        self._known: list[list[_Voices]] = []
        self._sure: set[int] = set()

    def label(
        self, samples: NDArray[np.int16], words: Sequence[Word], *, learn: bool = True
    ) -> list[tuple[int, float]]:
        """Speaker and its confidence [0, 1] for each word of one more stretch; see the function `label`.

        Parameters
        ----------
        samples : int16 array, shape (n,)
            Mono at 16 kHz.
        words : sequence of Word
            In order of time, with times in `samples`.
        learn : bool
            Whether the voices are remembered; not of words that are provisional.
        """
        found: list[tuple[int, float]] = []
        for turn in _turns(words) if words else []:
            span = (words[turn.start].start, words[turn.stop - 1].end)
            voice = _voices([cut(samples, span)], self._usual_pitch())
            speaker = self._speaker(voice, span[1] - span[0] >= _ENOUGH, learn)
            found += [speaker] * len(words[turn])
        return found

    def _usual_pitch(self) -> float:
        pitch = [voice.pitch[0] for voices in self._known for voice in voices]
        return float(np.median(pitch)) if pitch else 0.0

    def _speaker(self, voice: _Voices, long: bool, learn: bool) -> tuple[int, float]:
        apart = [self._distance(voice, voices) for voices in self._known]
        number = int(np.argmin(apart)) if apart else 0
        # who was only heard briefly is not known well
        near = apart and (not long or apart[number] < _SAME * (1 if number in self._sure else 2))
        if not near:
            number, apart = len(self._known), [*apart, 0.0]
        if learn and (long or number == len(self._known)):
            self._remember(number, voice, long)
        rival = min((distance for other, distance in enumerate(apart) if other != number), default=2 * _SAME)
        return number, round(rival / max(rival + apart[number], 1e-9), 4)

    def _distance(self, voice: _Voices, voices: list[_Voices]) -> float:
        joined = _Voices(*(np.concatenate(parts) for parts in zip(voice, *voices, strict=True)))
        return float(_distances(joined, list(range(1, len(voices) + 1)))[0].mean())

    def _remember(self, number: int, voice: _Voices, long: bool) -> None:
        if number == len(self._known):
            self._known.append([])
        elif number not in self._sure:
            self._known[number].clear()
        self._sure |= {number} if long else set()
        self._known[number] = [*self._known[number], voice][-_REMEMBERED:]


def _turns(words: Sequence[Word]) -> list[slice]:
    """The words between pauses."""
    starts = [
        number
        for number, word in enumerate(words)
        if not number or word.start - words[number - 1].end >= _PAUSE
    ]
    return [slice(start, stop) for start, stop in zip(starts, [*starts[1:], len(words)], strict=True)]


def _voices(pieces: Sequence[NDArray[np.int16]], usual: float = 0.0) -> _Voices:
    """How the pieces sound; those without a pitch get the usual one."""
    cepstra = [_cepstra(piece) for piece in pieces]
    pitch = np.array([np.median(np.log2(found)) if len(found := pitches(p)) else np.nan for p in pieces])
    usual = float(np.nanmedian(pitch)) if np.isfinite(pitch).any() else usual
    return _Voices(
        np.stack([frames.mean(axis=0) for frames in cepstra]),
        np.stack([frames.var(axis=0) + 1.0 for frames in cepstra]),
        np.where(np.isfinite(pitch), pitch, usual),
    )


def _cepstra(samples: NDArray[np.int16]) -> NDArray[np.float64]:
    """The mel cepstrum of each loud frame, without its loudness."""
    padded = np.pad(samples.astype(np.float64), (0, max(0, _WINDOW - len(samples))))
    frames = np.lib.stride_tricks.sliding_window_view(padded, _WINDOW)[::_HOP] * np.hamming(_WINDOW)
    power = np.abs(np.fft.rfft(frames, 512)) ** 2
    energy = power.sum(axis=1)
    bands = np.log(power[energy >= 0.02 * np.percentile(energy, 95)] @ _mel().T + 1e3)
    waves = np.outer(np.arange(1, _CEPSTRA + 1), np.arange(_BANDS) + 0.5)
    return np.asarray(bands @ np.cos(np.pi * waves / _BANDS).T)


def _mel() -> NDArray[np.float64]:
    """Triangular bands from 100 to 7000 Hz on the mel scale, shape (bands, 257)."""
    low, high = 2595 * np.log10(1 + np.array([100, 7000]) / 700)
    edges = 700 * (10 ** (np.linspace(low, high, _BANDS + 2) / 2595) - 1)
    tones, widths = np.fft.rfftfreq(512, 1 / RATE), np.diff(edges)[:, None]
    rising = (tones - edges[:-2, None]) / widths[:-1]
    falling = (edges[2:, None] - tones) / widths[1:]
    return np.asarray(np.clip(np.minimum(rising, falling), 0, None))


def _distances(voices: _Voices, compared: list[int]) -> NDArray[np.float64]:
    """How far each turn is from each compared one."""
    apart = (voices.mean[:, None] - voices.mean[compared]) ** 2
    spread = (voices.variance[:, None] + voices.variance[compared]) / 2
    octaves = voices.pitch[:, None] - voices.pitch[compared]
    return np.asarray(np.sqrt((apart / spread).mean(axis=2) + _PITCH_WEIGHT * octaves**2))


def _cluster(distances: NDArray[np.float64]) -> list[list[int]]:
    """Groups of columns that are near each other on average, joined one pair at a time."""
    groups = [[number] for number in range(len(distances))]
    apart = distances + np.diag(np.full(len(distances), np.inf))
    while len(groups) > 1 and apart.min() < _SAME:
        first, second = sorted(np.unravel_index(apart.argmin(), apart.shape))
        sizes = len(groups[first]), len(groups[second])
        row = (apart[first] * sizes[0] + apart[second] * sizes[1]) / sum(sizes)
        apart[first], apart[:, first], apart[first, first] = row, row, np.inf
        apart = np.delete(np.delete(apart, second, 0), second, 1)
        groups[first] += groups.pop(second)
    return groups


def _nearest(distances: NDArray[np.float64]) -> list[tuple[int, float]]:
    """The nearest speaker to each turn, counted as they appear, and how clearly it is that one."""
    nearest = distances.argmin(axis=1)
    order = {group: number for number, group in enumerate(dict.fromkeys(nearest.tolist()))}
    rivals = np.sort(np.pad(distances, ((0, 0), (0, 1)), constant_values=2 * _SAME), axis=1)
    share = rivals[:, 1] / np.maximum(rivals[:, 0] + rivals[:, 1], 1e-9)
    return [(order[int(group)], round(float(part), 4)) for group, part in zip(nearest, share, strict=True)]
