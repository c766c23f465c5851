"""Speech and silence in audio that comes piece by piece.

WebRTC's detector, which comes with pocketsphinx, judges frames of 20 ms. The
judgements are smoothed, and what has no pitch anywhere is taken for noise: the
detector lets loud or changing noise through, and the recogniser then makes
words of it (31 of 60 noises without the check on pitch, none with it).

The audio is divided at *boundaries*: behind each stretch of speech, and now and
then in silence. The detector learns from what it has judged, so at a boundary a
new one takes over and judges what follows from scratch: whoever begins again at
a boundary, after a lost connection for example, finds the very same stretches.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
from pocketsphinx import Vad

from dgnb.sandbox.engines.pitch import pitches

if TYPE_CHECKING:
    from numpy.typing import NDArray

RATE = 16_000
LONGEST = 12.0
FRAME = RATE // 50
"""Samples that are judged at once: 20 ms."""

_SECONDS = FRAME / RATE
_STRICTNESS = 2
_ON = 3  # frames of speech that begin a stretch: 60 ms
_OFF = 14  # frames without speech that end one: 280 ms
_BEFORE = 15  # frames of padding: 300 ms
# Known when the stretch ends, however long the pause becomes. Of pairs of sentences in three
# voices as many words were wrong as with half of the pause, up to 0.3 s: 0.22 to 0.37 of them.
_AFTER = _OFF // 2
_SHORTEST_CUT = 6.0
_QUIET = 6  # frames whose energy is compared
_SILENT = 150  # frames without speech after which there is a boundary: 3 s
_PITCHED = 3  # frames of 80 ms that must have one
_LOOK, _EVERY = 25, 5  # frames in which it is looked for, and how often, while the stretch is open

Stretch = tuple[float, float]


@dataclass(frozen=True)
class Begun:
    """Somebody speaks.

    Parameters
    ----------
    time : float, seconds
        Since when.
    """

    time: float


@dataclass(frozen=True, eq=False)
class Piece:
    """Audio between two boundaries.

    Parameters
    ----------
    start, end : float, seconds
        The boundaries; the next piece starts where this one ends.
    speech : (float, float), seconds, or None
        The stretch of speech in it, with padding.
    samples : int16 array, shape (n,)
        Those of the stretch.
    paused : bool
        Whether a pause ended the speech, not its length or the end of the audio.
    silence : float, seconds
        How long nobody had spoken when this was found.
    """

    start: float
    end: float
    speech: Stretch | None = None
    samples: NDArray[np.int16] = field(default_factory=lambda: np.zeros(0, np.int16))
    paused: bool = False
    silence: float = 0.0


Event = Begun | Piece


@dataclass
class _Group:
    """Frames of speech and what stands between them; frames count from the boundary."""

    first: int
    last: int
    run: int = 0
    qualified: bool = False
    begun: bool = False

    @property
    def start(self) -> int:
        """The first frame of the padding."""
        return max(0, self.first - _BEFORE)

    def add(self, at: int, speech: bool) -> None:
        """Take one more frame."""
        self.run = self.run + 1 if speech else 0
        self.last = at + 1 if speech else self.last
        self.qualified |= self.run >= _ON


class Segmenter:
    """Finds stretches of speech; what it finds does not depend on how the audio is cut into pieces.

    A pause of 0.28 s ends a stretch. It is padded by up to 0.3 s before and by
    0.14 s behind.

    Parameters
    ----------
    longest : float, seconds
        Speech without a pause is cut at its quietest place before this.

    Examples
    --------
    >>> segmenter = Segmenter()
    >>> [(piece.start, piece.end) for piece in segmenter.feed(np.zeros(16_000 * 4, np.int16))]
    [(0.0, 2.7)]
    >>> [(piece.start, piece.end) for piece in segmenter.finish()]
    [(2.7, 4.0)]
    """

    def __init__(self, longest: float = LONGEST) -> None:
        self._longest = round(longest / _SECONDS)
        self._shortest = round(min(_SHORTEST_CUT, longest / 2) / _SECONDS)
        self._waiting = np.zeros(0, np.int16)
        self._origin = 0
        self._spoken = 0
        self._restart()

    def _restart(self) -> None:
        self._vad = Vad(_STRICTNESS, RATE, _SECONDS)
        self._judged = 0
        self._group: _Group | None = None

    @property
    def boundary(self) -> float:
        """End of the last piece [s]."""
        return self._origin / RATE

    @property
    def now(self) -> float:
        """How far the audio is judged [s]."""
        return self._time(self._judged)

    @property
    def speaking(self) -> bool:
        """Whether a stretch of speech is open."""
        return self._group is not None and self._group.begun

    @property
    def silence(self) -> float:
        """How long nobody has spoken [s]."""
        return (self._origin + self._judged * FRAME - self._spoken) / RATE

    @property
    def stretch(self) -> Stretch:
        """The open stretch so far, or an empty one."""
        first = self._group.start if self._group is not None and self.speaking else self._judged
        return self._time(first), self.now

    @property
    def samples(self) -> NDArray[np.int16]:
        """Those of the open stretch so far."""
        first = self._group.start if self._group is not None and self.speaking else self._judged
        return self._waiting[first * FRAME : self._judged * FRAME]

    def feed(self, samples: NDArray[np.int16]) -> Iterator[Event]:
        """What is found in more audio, as it is found.

        Parameters
        ----------
        samples : int16 array, shape (n,)
            Mono at 16 kHz.
        """
        self._waiting = np.concatenate([self._waiting, samples])
        while (self._judged + 1) * FRAME <= len(self._waiting):
            yield from self._judge()

    def flush(self) -> Iterator[Event]:
        """What was not found yet, up to the last whole frame: a boundary is set there."""
        yield from self._end(self._judged * FRAME)

    def finish(self) -> Iterator[Event]:
        """The rest, when there is no more audio."""
        yield from self._end(len(self._waiting))

    def _end(self, end: int) -> Iterator[Event]:
        if end:
            yield from self._begin(end // FRAME, pause=True)
            yield self._piece(end)

    def _time(self, frame: int) -> float:
        return (self._origin + frame * FRAME) / RATE

    def _judge(self) -> Iterator[Event]:
        """Judge the next frame."""
        at = self._judged
        speech = self._vad.is_speech(self._waiting[at * FRAME : (at + 1) * FRAME].tobytes())
        self._judged += 1
        if self._group is None and speech:
            self._group = _Group(at, at)
        if self._group is not None:
            self._group.add(at, speech)
            yield from self._grouped(self._group)
        elif self._judged >= _SILENT:
            # speech that begins just now has its padding behind the boundary
            yield self._piece((self._judged - _BEFORE) * FRAME)

    def _grouped(self, group: _Group) -> Iterator[Event]:
        """What a frame within a group shows."""
        paused = self._judged - group.last >= _OFF
        too_long = self._judged - group.start >= self._longest
        yield from self._begin(group.last + _AFTER if paused else self._judged, pause=paused or too_long)
        if group.begun:
            self._spoken = self._origin + group.last * FRAME
        if paused and not group.begun:
            self._group = None
        elif paused:
            yield self._piece((group.last + _AFTER) * FRAME, paused=True)
        elif too_long:
            yield self._piece(self._quietest(group.start) * FRAME)

    def _begin(self, end: int, pause: bool) -> Iterator[Begun]:
        """Tell that a group is speech: as soon as there is a pitch, or when all of it is there."""
        group = self._group
        if group is None or group.begun or not group.qualified:
            return
        if not pause and (self._judged - group.first) % _EVERY:
            return
        first = group.start if pause else max(group.first, end - _LOOK)
        if len(pitches(self._waiting[first * FRAME : end * FRAME])) >= _PITCHED:
            group.begun = True
            yield Begun(self._time(group.first))

    def _piece(self, end: int, paused: bool = False) -> Piece:
        """The audio up to a sample behind the boundary, which becomes the next one."""
        start, group, waiting = self._origin, self._group, self._waiting
        speech, samples = None, waiting[:0]
        if group is not None and group.begun:
            first, last = group.start * FRAME, min(end, (group.last + _AFTER) * FRAME)
            speech, samples = ((start + first) / RATE, (start + last) / RATE), waiting[first:last]
        silence = self.silence
        self._origin, self._waiting = start + end, waiting[end:]
        self._restart()
        return Piece(start / RATE, self._origin / RATE, speech, samples, paused, silence)

    def _quietest(self, start: int) -> int:
        """The frame before which it is quietest, in a stretch that has become too long."""
        first = start + self._shortest
        frames = self._waiting[first * FRAME : self._judged * FRAME].astype(np.float64).reshape(-1, FRAME)
        energy = np.convolve(np.square(frames).sum(axis=1), np.ones(_QUIET), mode="valid")
        return first + int(np.argmin(energy)) + _QUIET // 2


async def heed(
    segmenter: Segmenter,
    samples: NDArray[np.int16],
    take: Callable[[Event], Awaitable[None]],
    passed: Callable[[], Awaitable[None]],
) -> None:
    """Have a segmenter hear audio as if it came frame by frame.

    Parameters
    ----------
    segmenter : Segmenter
    samples : int16 array, shape (n,)
        Mono at 16 kHz.
    take : callable
        Takes what is found.
    passed : callable
        Called after each frame: does what is due then.
    """
    for at in range(0, len(samples), FRAME):
        if at % RATE == 0:  # a message may hold minutes: others have their turn
            await asyncio.sleep(0)
        for event in segmenter.feed(samples[at : at + FRAME]):
            await take(event)
        await passed()
