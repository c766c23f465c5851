"""Plots of a live session: those of its transcript, and how quickly it was answered."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.lines import Line2D

from dgnb.live.log import HearingLog
from dgnb.views import axes, colours, sessions
from dgnb.views.plots import TranscriptPlots

_KINDS = (("interim", "o", colours.VOICES[0]), ("final", "s", colours.VOICES[1]))
"""What an answer is, its sign and its colour."""


class SessionPlots(TranscriptPlots):
    """Plots of a session that listens.

    Parameters
    ----------
    session : HearingLog
        A session that runs, has ended, or was saved.
    """

    def __init__(self, session: HearingLog) -> None:
        super().__init__(session.transcript)
        self._session = session

    def latency(self, ax: Axes | None = None) -> Axes:
        """Return a plot of the time from the last audio sent that an answer is about to the answer.

        Horizontal lines are the median and the 95th percentile; a vertical one is a connection
        that was lost. What repeats what was known, after a new connection, is left out.

        Parameters
        ----------
        ax : matplotlib.axes.Axes, optional
            Where to draw; without it, a new figure.

        Examples
        --------
        >>> from dgnb.live.log import ListenLog
        >>> from dgnb.sessions.bounds import Bounds
        >>> from dgnb.sessions.listening import Listening
        >>> ListenLog(Listening({}, Bounds()), {}).plot.latency().get_ylabel()
        'latency [s]'
        """
        found = sessions.events(self._session._dialogue)
        length = float(found["at"].max()) if len(found) else 0.0
        if ax is None:
            ax = axes.new(2.4, f"Latency of the answers over {length:.1f} seconds")
        told = found[found["latency"].notna() & ~found["replayed"]]
        handles = [*_signs(ax, told), *_levels(ax, told["latency"].to_numpy())]
        lost = found.loc[found["type"] == "Lost", "at"]
        ax.vlines(lost, 0, 1, transform=ax.get_xaxis_transform(), color=colours.TEXT, linewidth=1)
        axes.show_time(ax, length)
        ax.set_xlabel(ax.get_xlabel().replace("time", "time of the session"))
        ax.set_ylim(bottom=0)
        ax.set_ylabel("latency [s]")
        axes.explain(ax, handles)
        return ax


def _signs(ax: Axes, told: pd.DataFrame) -> list[Line2D]:
    final = told["final"].fillna(False).to_numpy(bool)
    handles = []
    for (kind, sign, colour), which in zip(_KINDS, (~final, final), strict=True):
        if which.any():
            look: dict[str, Any] = {"color": colour, "marker": sign, "markersize": 3, "linestyle": "none"}
            at, latency = (told[name].to_numpy()[which] for name in ("at", "latency"))
            handles += ax.plot(at, latency, label=kind, **look)
    return handles


def _levels(ax: Axes, latency: np.ndarray[Any, np.dtype[np.float64]]) -> list[Line2D]:
    if not len(latency):
        return []
    ink, handles = ax.yaxis.label.get_color(), []
    for name, share, style in (("median", 50, "--"), ("p95", 95, ":")):
        value = float(np.percentile(latency, share))
        handles.append(
            ax.axhline(value, color=ink, linewidth=1, linestyle=style, label=f"{name} {value:.2f} s")
        )
    return handles
