"""The course of a conversation: how sure the service was of the ends of turns, and what it asked for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from dgnb.protocol.messages import flux
from dgnb.protocol.options import rows
from dgnb.protocol.params import FluxOptions
from dgnb.sessions.turns import Turns


class Step(NamedTuple):
    """A message about a turn.

    Parameters
    ----------
    time : float, seconds
        End of the audio that it is about.
    start : float, seconds
        The turn's first word; `time` while there is none.
    turn : int
    event : str
        What happened to the turn.
    confidence : float
        That it has ended [0, 1].
    """

    time: float
    start: float
    turn: int
    event: str
    confidence: float


class Bar(NamedTuple):
    """What ends turns from a time [s] on, by the options' names; ``None`` where no end is early."""

    time: float
    eot_threshold: float
    eager_eot_threshold: float | None
    eot_timeout_ms: int


ENDINGS = Bar._fields[1:]
"""The options that say when a turn ends."""

_DEFAULTS = {name: rows(FluxOptions)[name].param.default for name in ENDINGS}


class Span(NamedTuple):
    """A part of a turn, from `start` to `end` [s]; `open` until it seems to have ended, then not."""

    turn: int
    start: float
    end: float
    open: bool


class Course:
    """The steps of a session so far, in the order in which they came.

    Parameters
    ----------
    dialogue : Turns
    options : mapping
        What the session began with.

    Examples
    --------
    >>> from dgnb.sessions.bounds import Bounds
    >>> session = Turns({}, Bounds())
    >>> session.opened("r", now=0.0)
    >>> session.hear('{"type": "TurnInfo", "event": "Update", "end_of_turn_confidence": 0.25}', now=1.0)
    >>> course = Course(session, {})
    >>> course.follow()
    >>> course.steps[0].confidence, course.bars
    (0.25, [Bar(time=0.0, eot_threshold=0.7, eager_eot_threshold=None, eot_timeout_ms=5000)])
    """

    def __init__(self, dialogue: Turns, options: Mapping[str, Any]) -> None:
        self._dialogue, self._done, self._connection = dialogue, 0, 0
        self.steps: list[Step] = []
        self.bars = [Bar(0.0, *({**_DEFAULTS, **options}[name] for name in ENDINGS))]

    def follow(self) -> None:
        """Take what has come since the last time."""
        records = self._dialogue.records
        while self._done < len(records):
            record = records[self._done]
            self._done += 1
            if not record.replayed and record.raw:
                self._take(self._dialogue.event(record), record.connection)

    def _take(self, event: Any, connection: int) -> None:
        if isinstance(event, flux.TurnInfo):
            # What comes later was found out later, wherever its window ends; only a new connection goes back.
            least = self.steps[-1].time if self.steps and connection == self._connection else 0.0
            self._connection = connection
            self.steps.append(_step(event, least))
        elif isinstance(event, flux.ConfigureSuccess):
            told = {name: getattr(event.thresholds, name) for name in ENDINGS}
            known = {name: value for name, value in told.items() if value is not None}
            time = self.steps[-1].time if self.steps else 0.0
            self.bars.append(self.bars[-1]._replace(time=time, **known))


def _step(info: flux.TurnInfo, least: float) -> Step:
    end = max(info.audio_window_end, least)
    start = next((word.start for word in info.words if word.end), end)
    return Step(end, min(start, end), info.turn_index, info.event, info.end_of_turn_confidence)


def spans(steps: Sequence[Step]) -> Iterator[Span]:
    """Give the parts of the turns that had words.

    Examples
    --------
    >>> steps = [
    ...     Step(1.0, 0.2, 0, "StartOfTurn", 0.1),
    ...     Step(2.0, 0.2, 0, "EagerEndOfTurn", 0.6),
    ...     Step(2.5, 0.2, 0, "EndOfTurn", 0.8),
    ... ]
    >>> [(span.start, span.end, span.open) for span in spans(steps)]
    [(0.2, 2.0, True), (2.0, 2.5, False)]
    """
    open_at: float | None = None
    is_open = True
    for before, step in zip([None, *steps], steps, strict=False):
        if before is None or step.turn != before.turn or step.time < before.time:
            open_at, is_open = None, True
        if open_at is None:
            open_at = None if step.event == "Update" and step.start == step.time else step.start
        if open_at is None or step.event in ("Update", "StartOfTurn"):
            continue
        yield Span(step.turn, open_at, step.time, is_open)
        open_at, is_open = step.time, step.event != "EagerEndOfTurn"
        if step.event == "EndOfTurn":
            open_at = None
    if steps and open_at is not None and steps[-1].time > open_at:
        yield Span(steps[-1].turn, open_at, steps[-1].time, is_open)
