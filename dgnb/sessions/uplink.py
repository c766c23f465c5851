"""Audio on its way up: what is to be sent, at what pace, and what may have to be sent again."""

from __future__ import annotations

from collections import deque
from math import inf
from typing import NamedTuple

from dgnb.audio.raw import AudioFormat
from dgnb.protocol.limits import FRAME, KEEP_ALIVE
from dgnb.sessions.bounds import Bounds
from dgnb.sessions.ledger import Ledger

AHEAD = 1.0
"""Audio of a recording that is read before it is due [s]."""

BLOCK = AHEAD // FRAME * FRAME
"""Longest piece that is taken of a source [s]: whole frames, so that none is a short one."""

LONGEST_FRAME = 60.0
"""Longer pieces of a source are cut whatever it is [s]."""

_BURST = 0.25
"""Audio that may be sent at once after a delay of the timer [s]."""


class _Piece(NamedTuple):
    start: int
    end: int
    data: bytes


class Uplink:
    """The audio of one session, over all its connections; positions are samples of the source.

    Parameters
    ----------
    form : AudioFormat
    bounds : Bounds
    played : bool
        Whether it is a recording, which is sent as it would sound; other sources have their own pace.
    frame : float
        Longest piece that is sent at once [s].
    """

    def __init__(
        self, form: AudioFormat, bounds: Bounds, *, played: bool, frame: float = LONGEST_FRAME
    ) -> None:
        self.form, self._bounds, self._played = form, bounds, played
        self._rate = form.sample_rate if form.width else 0
        self._frame = max(round(frame * self._rate), 1)
        # Samples a second: as a recording is played, and at the most.
        self._pace, self._speed = bounds.pace * self._rate, bounds.rate * self._rate
        self._most = max(round(bounds.buffer * self._rate), 1)
        # The buffer must not lose what was not even sent.
        self._ahead = min(AHEAD * max(1.0, bounds.pace), bounds.buffer / 2) * self._rate or 8
        self._pieces: deque[_Piece] = deque()
        self._next = 0
        self._safe = 0
        self._told = 0
        self._free_at = 0.0
        self._begun: float | None = None
        self._seams: deque[int] = deque([0])
        self._quiet = False
        self.position = 0
        """Up to where the current connection has got the audio."""
        self.end = 0
        """How much the source has given."""
        self.over = False
        """Whether the source is at its end."""
        self.last = 0.0
        """When something was sent last."""
        self.gap: tuple[int, int] | None = None
        """Audio that the last piece sent does not follow on: from, to."""
        self.ledger = Ledger(self._rate)
        """The current connection's."""

    def take(self, data: bytes) -> None:
        """Add audio from the source."""
        if not data:
            return  # an empty frame would end the stream
        count = len(data) // self.form.width if self._rate else 0
        self._pieces.append(_Piece(self.end, self.end + count, data))
        self.end += count
        while count and self.end - self._pieces[0].end >= self._most:
            self._drop()

    def _drop(self) -> None:
        self._pieces.popleft()
        self._next = max(self._next - 1, 0)

    @property
    def full(self) -> bool:
        """Whether the source may wait: enough is there that was not sent yet."""
        return self._unsent > self._ahead

    @property
    def brimming(self) -> bool:
        """Whether more of the source would drop what was not sent yet."""
        unsent = self._unsent if self._rate else 0
        return unsent > 0 and unsent + BLOCK * self._rate > self._most

    @property
    def low(self) -> bool:
        """Whether the source may go on: only half of that is left."""
        return self._unsent <= self._ahead / 2

    @property
    def _unsent(self) -> int:
        """Samples that were not sent yet; pieces, where those cannot be counted."""
        if not self._rate:
            return len(self._pieces) - self._next
        if self._next >= len(self._pieces):
            return 0
        return self.end - max(self._pieces[self._next].start, self.position)

    @property
    def drained(self) -> bool:
        """Whether all audio of a source that has ended was sent."""
        return self.over and self._next >= len(self._pieces)

    @property
    def safe(self) -> float:
        """Up to where the source's audio was answered finally [s]."""
        return self._safe / self._rate if self._rate else 0.0

    @property
    def resumable(self) -> bool:
        """Whether a new connection can go on where the last one broke off."""
        return bool(self._rate) or not self.ledger.position

    def open(self, now: float) -> None:
        """Begin a new connection, from the last answered place on, or a little before it."""
        lead = self._safe - round(self._bounds.lead * self._rate)
        self.position = max((seam for seam in self._seams if seam <= lead), default=self._seams[0])
        later = (at for at, piece in enumerate(self._pieces) if piece.end > self.position or not self._rate)
        self._next = next(later, len(self._pieces))
        self.ledger, self.last = Ledger(self._rate), now
        self._free_at = now

    def due(self) -> float | None:
        """Return when the next piece may be sent, ``None`` when there is none."""
        if self._next >= len(self._pieces):
            return None
        if not self._played or self._begun is None or not self._rate:
            return self._free_at
        start = max(self._pieces[self._next].start, self.position)
        return max(self._free_at, self._begun + start / self._pace)

    def next(self, now: float) -> bytes | None:
        """Return the next piece to send, ``None`` when none is due."""
        # Called for each piece: what is not due by far is found out first.
        if self._next >= len(self._pieces) or now < self._free_at:
            return None
        piece = self._pieces[self._next]
        if not self._rate:
            return self._whole(piece, now)
        first, last, data = piece
        start = max(self.position, first)
        if self._played and self._begun is not None and now < self._begun + start / self._pace:
            return None
        self.gap = self._gap(first) if first > self.position else None
        end = min(start + self._frame, last)
        self.ledger.sent(start, end - start, now)
        self.position = end
        if end == last:
            self._next += 1
        self._quiet, self.last = False, now
        self._free_at = max(self._free_at, now - _BURST) + (end - start) / self._speed
        if self._begun is None:
            self._begun = now
        width = self.form.width
        return data[(start - first) * width : (end - first) * width]

    def _gap(self, start: int) -> tuple[int, int] | None:
        """What is left out before a piece, once: a later connection leaves it out as well."""
        begin = max(self.position, self._told)
        if begin >= start:
            return None
        self._told = start
        return begin, start

    def _whole(self, piece: _Piece, now: float) -> bytes:
        """A piece of audio without a clock, which cannot be sent again."""
        self._pieces.popleft()
        self.ledger.position += 1
        self.last = now
        return piece.data

    def filled_at(self) -> float:
        """Return when silence must stand in for the source: after a while, and then without a pause."""
        return self.last + (FRAME if self._quiet else KEEP_ALIVE) if self._rate else inf

    def silence(self, now: float) -> bytes:
        """Return silence to send while the source gives nothing."""
        data = self.form.silence(FRAME)
        count = len(data) // self.form.width
        self.ledger.paused(self.position, count, now)
        # Without a pause also when the timer is a little late every time.
        self.last = max(self.filled_at(), now - _BURST) if self._quiet else now
        self._quiet = True
        return data

    def acknowledge(self, time: float) -> None:
        """Note that all audio before `time` [s, the source's] was answered finally."""
        # No more than was sent, whatever a service says.
        position = round(min(time * self._rate, self.position))
        if position <= self._safe:
            return
        self._safe = position
        self._seams.append(position)
        lead = position - round(self._bounds.lead * self._rate)
        while len(self._seams) > 1 and self._seams[1] <= lead:
            self._seams.popleft()
        while self._pieces and self._next and self._pieces[0].end <= self._seams[0]:
            self._drop()

    def source(self, samples: int) -> float:
        """Return a position as time [s]."""
        return samples / self._rate if self._rate else 0.0
