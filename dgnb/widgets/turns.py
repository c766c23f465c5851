"""The turns of a conversation while they happen."""

from __future__ import annotations

from collections.abc import Coroutine, Sequence
from typing import Any, ClassVar

from dgnb.live.turns import FluxSession
from dgnb.protocol.messages.flux import EVENTS
from dgnb.protocol.options import rows
from dgnb.protocol.params import FluxOptions
from dgnb.sessions.course import ENDINGS, Course
from dgnb.sessions.records import Record
from dgnb.sessions.turns import Turn
from dgnb.views import colours
from dgnb.widgets.assets import css, esm
from dgnb.widgets.following import Content, Following, gap, parts

STEPS = 600
"""Steps that a page which comes late is shown: two minutes and more."""


class TurnsView(Following):
    """A conversation, turn by turn, and sliders for what ends a turn.

    Parameters
    ----------
    session : FluxSession

    Examples
    --------
    >>> import numpy as np
    >>> from dgnb import Deepgram
    >>> with Deepgram(sandbox=True) as dg, dg.flux.live((np.zeros(8000), 16000)) as talk:
    ...     view = TurnsView(talk)
    ...     _ = talk.wait()
    >>> view
    <TurnsView: ended, 0 turns>
    """

    _esm = esm("turns")
    _css = css("turns")
    _session: FluxSession[Any]

    commands: ClassVar = Following.commands | {
        "force": lambda self, _: self._session._force_end_turn(),
        "configure": lambda self, content: self._configure(content),
    }

    def __init__(self, session: FluxSession[Any]) -> None:
        self._course = Course(session._dialogue, session._given)
        self._steps = self._ended = self._bars = 0
        self._current: Turn | None = None
        self._gaps: list[tuple[float, float]] = []
        super().__init__(session, _ABOUT)

    def __repr__(self) -> str:
        return f"<TurnsView: {self._session.status}, {self._ended} turns>"

    def _all(self) -> Content:
        course, dialogue = self._course, self._session._dialogue
        return {
            "steps": list(map(_step, course.steps[-STEPS:])),
            "bars": [bar._asdict() for bar in course.bars],
            "turns": [_shown(turn, ended=True) for turn in dialogue.turns[: self._ended]],
            "current": self._going_on(),
            "gaps": self._gaps,
        }

    def _news(self, fresh: Sequence[Record]) -> Content:
        course, dialogue = self._course, self._session._dialogue
        course.follow()
        gaps = [lost for lost in map(gap, fresh) if lost is not None]
        self._gaps += gaps
        ended = dialogue.turns[self._ended :]
        self._words += sum(len(turn.words) for turn in ended)
        news: Content = {
            "steps": list(map(_step, course.steps[self._steps :])),
            "bars": [bar._asdict() for bar in course.bars[self._bars :]],
            "turns": [_shown(turn, ended=True) for turn in ended],
            "current": self._going_on(),
            "gaps": gaps,
        }
        self._steps, self._bars = len(course.steps), len(course.bars)
        self._ended += len(ended)
        return news

    def _going_on(self) -> Content | None:
        current = self._session._dialogue.current
        return None if current is None else _shown(current, ended=False)

    def _configure(self, content: Content) -> Coroutine[Any, Any, Any]:
        found = {name: content[name] for name in ENDINGS if content.get(name) is not None}
        work: Coroutine[Any, Any, Any] = self._session._configure(**found)
        return work


def _step(step: Any) -> tuple[float, float, int, int, float]:
    event = EVENTS.index(step.event) if step.event in EVENTS else 0
    return (round(step.time, 3), round(step.start, 3), step.turn, event, round(step.confidence, 3))


def _shown(turn: Turn, *, ended: bool) -> Content:
    state = "end" if ended else "early" if turn.eager > turn.resumed else "again" if turn.resumed else "open"
    return {
        "turn": turn.index,
        "start": round(turn.start, 2),
        "end": round(turn.end, 2),
        "parts": parts(turn.text, turn.words),
        "state": state,
        "confidence": round(turn.confidence, 2),
        "trigger": turn.trigger,
        "eager": turn.eager,
        "resumed": turn.resumed,
    }


def _bounds(name: str) -> Content:
    param = rows(FluxOptions)[name].param
    return {"low": param.low, "high": param.high, "default": param.default, "help": param.help}


_ABOUT: Content = {
    "title": "Turns",
    "file": "conversation",
    "events": EVENTS,
    "colours": colours.TURNS | {"text": colours.TEXT},
    "bounds": {name: _bounds(name) for name in ENDINGS},
}
