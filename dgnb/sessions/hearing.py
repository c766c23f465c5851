"""What the two listening sessions share: audio goes up, its clock is kept, its end is brought home."""

from __future__ import annotations

from math import inf

from dgnb.audio.raw import OPAQUE, AudioFormat
from dgnb.protocol.closes import LISTENING, Close
from dgnb.protocol.limits import KEEP_ALIVE
from dgnb.protocol.params import Options
from dgnb.sessions.bounds import Bounds
from dgnb.sessions.dialogue import Dialogue
from dgnb.sessions.ledger import Ledger
from dgnb.sessions.records import Gap
from dgnb.sessions.uplink import LONGEST_FRAME, Uplink


class Hearing(Dialogue):
    """A dialogue that listens to a source.

    Parameters
    ----------
    options : mapping
        Of the connection; those of raw audio are added from the format.
    bounds : Bounds
    played : bool
        Whether the source is a recording.
    """

    ends: tuple[Close, ...] = LISTENING

    def __init__(self, options: Options, bounds: Bounds, *, played: bool = False) -> None:
        super().__init__(options)
        self._bounds, self._played = bounds, played
        self.ledgers: list[Ledger] = []
        self.kept: list[bytes] | None = None
        """The audio, if it is to be kept."""
        self.begin(OPAQUE)

    def begin(self, form: AudioFormat, frame: float = LONGEST_FRAME) -> None:
        """Note what the audio is, and in which frames [s] it is sent, before the first connection."""
        self.uplink = Uplink(form, self._bounds, played=self._played, frame=frame)
        self.options |= form.query()

    def opened(self, request_id: str, now: float) -> None:
        """Note that there is a new connection; audio that was not answered is sent again."""
        super().opened(request_id, now)
        self.uplink.open(now)
        self.ledgers.append(self.uplink.ledger)

    def take(self, data: bytes) -> None:
        """Take audio from the source; what comes after `finish` is left out."""
        if not self.uplink.over:
            self.uplink.take(data)
            if self.kept is not None:
                self.kept.append(data)

    def finish(self) -> None:
        """Note that the source is at its end."""
        self.uplink.over = True

    def outgoing(self, now: float) -> str | bytes | None:
        """Return the next frame to send."""
        if self._requests and (text := self._text()) is not None:
            return text
        piece = self.uplink.next(now)
        if piece is not None:
            if self.uplink.gap:
                start, end = map(self.uplink.source, self.uplink.gap)
                self.note(Gap(start, end), now)
            return piece
        if self.uplink.drained:
            return self._ending(now)
        return self._filler(now) if now >= self._filled_at() else None

    def due(self, now: float) -> float | None:
        """Return when there will be something to send."""
        if self._ready():
            return now
        if self.uplink.drained:
            return self._ending_due(now)
        piece, filler = self.uplink.due(), self._filled_at()
        due = filler if piece is None else min(piece, filler)
        return None if due == inf else due

    def _filled_at(self) -> float:
        """When something must be sent although the source gives nothing."""
        return self.uplink.last + KEEP_ALIVE

    def _filler(self, now: float) -> str | bytes | None:
        """What keeps the connection alive."""
        raise NotImplementedError

    def _ending(self, now: float) -> str | None:
        """What asks for the last results, when all audio was sent."""
        raise NotImplementedError

    def _ending_due(self, now: float) -> float | None:
        """When that is to be sent."""
        return None if self.finished else now

    @property
    def _position(self) -> int:
        return self.uplink.position

    @property
    def resumable(self) -> bool:
        """Whether a new connection can go on where the last one broke off."""
        return self.uplink.resumable

    @property
    def ledger(self) -> Ledger:
        """The current connection's."""
        return self.uplink.ledger

    @property
    def duration(self) -> float:
        """How much audio the source has given [s]."""
        return self.uplink.source(self.uplink.end)
