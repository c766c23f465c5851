"""The turns of a conversation over time."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import to_rgba_array
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from dgnb.live.log import FluxLog
from dgnb.sessions.course import Bar, Course, Span, Step, spans
from dgnb.views import axes, colours
from dgnb.views.latency import SessionPlots

SIGNS = {"EagerEndOfTurn": "D", "TurnResumed": "^", "EndOfTurn": "v"}

_NAMES = {"EagerEndOfTurn": "early end", "TurnResumed": "goes on", "EndOfTurn": "end"}

_LANES, _HALF = (-0.16, -0.34), 0.08
"""Where the bars of two turns in a row lie, below the confidence."""

_LEGEND: dict[str, Any] = {"loc": "lower right", "bbox_to_anchor": (1, 1), "frameon": False, "ncols": 6}


class TurnsPlots(SessionPlots):
    """Plots of a conversation: those of its transcript, and its turns.

    Parameters
    ----------
    session : FluxLog
        A session that runs, has ended, or was saved.
    """

    def __init__(self, session: FluxLog) -> None:
        super().__init__(session)
        self._course = Course(session._dialogue, session._given)
        self._course.follow()
        last = max((step.time for step in self._course.steps), default=0.0)
        self._scene.duration = max(self._scene.duration, last)

    def turns(self, ax: Axes | None = None) -> Axes:
        """Return a plot of how sure the service was that a turn had ended, over bars of the turns.

        A sign stands where a turn seemed to end early, went on after all, or ended; the dotted
        lines are the thresholds. A bar is pale from an early end on.

        Parameters
        ----------
        ax : matplotlib.axes.Axes, optional
            Where to draw; without it, a new figure.

        Examples
        --------
        >>> from dgnb.sessions.bounds import Bounds
        >>> from dgnb.sessions.turns import Turns
        >>> FluxLog(Turns({}, Bounds()), {}).plot.turns().get_ylabel()
        'end of turn [0, 1]'
        """
        if ax is None:
            ax = axes.new(2.8, self._scene.alt("Turns, and the confidence of their ends"))
        steps = self._course.steps
        _bars(ax, list(spans(steps)))
        _curve(ax, steps)
        handles = [*_signs(ax, steps), *_thresholds(ax, self._course.bars, self._scene.duration)]
        axes.show_time(ax, self._scene.duration)
        ax.set_ylim(-0.5, 1.05)
        ax.set_yticks([sum(_LANES) / 2, 0, 0.5, 1], ["turns", "0", "0.5", "1"])
        ax.set_ylabel("end of turn [0, 1]")
        speech = Patch(color=colours.TURNS["Update"], label="speech")
        ax.legend(handles=[speech, *handles], labelcolor=ax.yaxis.label.get_color(), **_LEGEND)
        return ax


def _bars(ax: Axes, found: list[Span]) -> None:
    if not found:
        return
    lane = np.array([_LANES[span.turn % 2] for span in found])
    shades = to_rgba_array([colours.TURNS["Update"]] * len(found))
    shades[:, 3] = [1.0 if span.open else 0.4 for span in found]
    time = (np.array([span.start for span in found]), np.array([span.end for span in found]))
    axes.add_boxes(ax, time, (lane - _HALF, lane + _HALF), shades)


def _curve(ax: Axes, steps: list[Step]) -> None:
    time = np.array([step.time for step in steps])
    height = np.array([step.confidence for step in steps])
    # After a new connection a turn is heard again: the line does not run back in time.
    back = np.flatnonzero(np.diff(time) < 0) + 1
    ax.plot(np.insert(time, back, np.nan), np.insert(height, back, np.nan), color=colours.TEXT, linewidth=1)


def _signs(ax: Axes, steps: list[Step]) -> list[Line2D]:
    handles = []
    for event, sign in SIGNS.items():
        found = [step for step in steps if step.event == event]
        if found:
            time, height = [step.time for step in found], [step.confidence for step in found]
            look: dict[str, Any] = {"color": colours.TURNS[event], "marker": sign, "linestyle": "none"}
            handles += ax.plot(time, height, label=_NAMES[event], clip_on=False, zorder=3, **look)
    return handles


def _thresholds(ax: Axes, bars: list[Bar], duration: float) -> list[Line2D]:
    time = [*(bar.time for bar in bars), duration]
    eot = [bar.eot_threshold for bar in bars]
    eager = [np.nan if bar.eager_eot_threshold is None else bar.eager_eot_threshold for bar in bars]
    handles = []
    for name, event, values in (("end at", "EndOfTurn", eot), ("early at", "EagerEndOfTurn", eager)):
        if not np.isnan(values).all():
            look: dict[str, Any] = {"color": colours.TURNS[event], "linestyle": ":", "linewidth": 1.5}
            label = f"{name} {values[-1]:g}"
            handles += ax.plot(
                time, [*values, values[-1]], drawstyle="steps-post", scaley=False, label=label, **look
            )
    return handles
