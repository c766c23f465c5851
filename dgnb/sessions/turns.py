"""A session of ``/v2/listen``: the turns of a conversation, over all its connections."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import msgspec

from dgnb.protocol.heard import Word
from dgnb.protocol.messages import Message, Unknown, flux, write
from dgnb.protocol.params import FluxOptions, Options
from dgnb.sessions.bounds import Bounds
from dgnb.sessions.dialogue import Request
from dgnb.sessions.hearing import Hearing
from dgnb.sessions.ledger import Ledger
from dgnb.sessions.records import Event, Record


@dataclass(frozen=True)
class Turn:
    """What one speaker said without being interrupted.

    Parameters
    ----------
    index : int
        From 0, over all connections.
    start, end : float
        Its first and last word [s]; of its audio where there are no words.
    text : str
    words : tuple of Word
    confidence : float
        That it has ended [0, 1].
    trigger : str
        Why it ended: ``model``, ``timeout``, ``manual``; empty while it goes on.
    eager, resumed : int
        How often it seemed to end, and went on after all.
    eager_lead : float or None
        How long before its end the last early one came [s].
    latency : float or None
        From the moment when its last word's audio was sent to the news of its end [s].
    """

    index: int
    start: float = 0.0
    end: float = 0.0
    text: str = ""
    words: tuple[Word, ...] = field(default=(), repr=False)
    confidence: float = 0.0
    trigger: str = ""
    eager: int = 0
    resumed: int = 0
    eager_lead: float | None = None
    latency: float | None = None


class Turns(Hearing):
    """The state of a session; see `Hearing` for its parameters.

    Examples
    --------
    >>> session = Turns({"model": "flux-general-en"}, Bounds())
    >>> session.opened("r", now=0.0)
    >>> session.hear('{"type": "TurnInfo", "event": "StartOfTurn", "transcript": "Hello."}', now=1.0)
    >>> session.current.text
    'Hello.'
    """

    reader = flux.SERVER
    table = FluxOptions
    greetings = (flux.Connected,)
    about_audio = (flux.ForceEndTurn,)

    def __init__(self, options: Options, bounds: Bounds, *, played: bool = False) -> None:
        super().__init__(options, bounds, played=played)
        self.turns: list[Turn] = []
        """The turns that have ended."""
        self.current: Turn | None = None
        """The turn that is going on."""
        self.listeners: list[Callable[[Turn], None]] = []
        """Called with each turn that has ended."""
        self._first: list[int] = []
        self._eager_at: float | None = None
        self._sequence = -1

    def opened(self, request_id: str, now: float) -> None:
        """Note that there is a new connection; a turn that was going on is heard again."""
        super().opened(request_id, now)
        self._first.append(self._following)
        self.current, self._eager_at, self._sequence = None, None, -1

    @property
    def _following(self) -> int:
        """The index of the turn after those that have ended."""
        return self.turns[-1].index + 1 if self.turns else 0

    @property
    def said(self) -> list[Turn]:
        """The turns that have ended, and the one that the session's end has broken off."""
        rest = [self.current] if self.over and self.current else []
        return [*self.turns, *rest]

    def configure(
        self,
        thresholds: Mapping[str, Any] | None = None,
        keyterms: list[str] | None = None,
        language_hints: list[str] | None = None,
        numerals: bool | None = None,
    ) -> Request:
        """Ask for other thresholds, keyterms, hints."""
        return self.ask(
            flux.Configure(
                thresholds=flux.Thresholds(**thresholds) if thresholds else None,
                keyterms=keyterms,
                language_hints=language_hints,
                numerals=numerals,
            )
        )

    def force_end_turn(self) -> Request:
        """Ask for the turn's end."""
        return self.ask(flux.ForceEndTurn())

    def _filler(self, now: float) -> bytes:
        # There is no KeepAlive here, and only audio lets a turn come to its end.
        return self.uplink.silence(now)

    def _filled_at(self) -> float:
        return self.uplink.filled_at()

    def _ending(self, now: float) -> str | None:
        if self.finished:
            return None
        self.finished = True
        return _CLOSE

    def _log(self, text: str, message: Message | Unknown, now: float) -> None:
        latency, number = None, getattr(message, "sequence_id", None)
        replayed = number is not None and number <= self._sequence
        self._sequence = self._sequence if number is None else max(number, self._sequence)
        if replayed:
            pass  # the same message twice
        elif isinstance(message, flux.TurnInfo):
            latency = self.ledger.age(message.audio_window_end, now)
            self._turn(message, now)
            self.ledger.forget(message.audio_window_start)
        elif isinstance(message, flux.ConfigureSuccess | flux.ConfigureFailure):
            self._configured(message)
        elif isinstance(message, flux.Warning):
            self._answer(flux.ForceEndTurn, message)
        elif isinstance(message, flux.Error):
            self.error = f"{message.code} {message.description}".strip()
        self.records.append(Record(self._at(now), self.connection, text, None, latency, replayed))

    def _turn(self, info: flux.TurnInfo, now: float) -> None:
        moved = self._moved(info, self.connection)
        self.uplink.acknowledge(moved.audio_window_start)
        if info.event == "Update" and not info.transcript and self.current is None:
            return
        turn = self._seen(moved, now)
        if info.event != "EndOfTurn":
            self.current = turn
            return
        last = next((word.end for word in reversed(info.words) if word.timed), info.audio_window_end)
        turn = replace(turn, latency=self.ledger.age(last, now))
        self.uplink.acknowledge(moved.audio_window_end)
        self.current, self._eager_at = None, None
        self._answer(flux.ForceEndTurn, info)
        if moved.turn_index >= self._following:
            self.turns.append(turn)
            for listener in self.listeners:
                listener(turn)

    def _seen(self, info: flux.TurnInfo, now: float) -> Turn:
        """The turn as a message describes it."""
        old = self.current or Turn(info.turn_index)
        if old.index != info.turn_index:
            old, self._eager_at = Turn(info.turn_index), None
        if info.event == "EagerEndOfTurn":
            self._eager_at = now
        words = tuple(info.words)
        timed = [word for word in words if word.timed]
        return replace(
            old,
            start=timed[0].start if timed else info.audio_window_start,
            end=timed[-1].end if timed else info.audio_window_end,
            text=info.transcript,
            words=words,
            confidence=info.end_of_turn_confidence,
            trigger=info.trigger or "",
            eager=old.eager + (info.event == "EagerEndOfTurn"),
            resumed=old.resumed + (info.event == "TurnResumed"),
            eager_lead=None if self._eager_at is None else round(now - self._eager_at, 6),
        )

    def _configured(self, message: Message) -> None:
        asked = self._answer(flux.Configure, message)
        if not (isinstance(asked, flux.Configure) and isinstance(message, flux.ConfigureSuccess)):
            return
        wanted = msgspec.structs.asdict(asked.thresholds) if asked.thresholds else {}
        wanted |= {"keyterm": asked.keyterms, "language_hint": asked.language_hints}
        wanted |= {"numerals": asked.numerals}
        self.options |= {name: value for name, value in wanted.items() if value is not None}

    def event(self, record: Record) -> Event:
        """Return what a line of the log stands for, with the session's times and turns."""
        event = super().event(record)
        return self._moved(event, record.connection) if isinstance(event, flux.TurnInfo) else event

    def _moved(self, info: flux.TurnInfo, connection: int) -> flux.TurnInfo:
        ledger = self.ledgers[connection - 1]
        if connection == 1 and ledger.plain:
            return info
        return msgspec.structs.replace(
            info,
            turn_index=self._first[connection - 1] + info.turn_index,
            audio_window_start=ledger.source(info.audio_window_start),
            audio_window_end=ledger.source(info.audio_window_end, end=True),
            words=[_word(word, ledger) for word in info.words],
        )


_CLOSE = write(flux.CloseStream())


def _word(word: Word, ledger: Ledger) -> Word:
    # Where words have no times, they are both 0.
    return msgspec.structs.replace(word, **ledger.span(word)) if word.timed else word
