"""The exchanges of a conversation with an agent over time."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import to_rgba_array
from matplotlib.patches import Patch

from dgnb.sessions.conversing import Conversing
from dgnb.views import axes, colours, conversations

_LANES = ("waiting", "calls", "agent")
_HALF = 0.3


class ConversationPlots:
    """Plots of a conversation.

    Parameters
    ----------
    dialogue : Conversing
        A conversation that goes on, or has ended.
    """

    def __init__(self, dialogue: Conversing) -> None:
        self._dialogue = dialogue

    def turns(self, ax: Axes | None = None) -> Axes:
        """Return a plot of each exchange: the wait for the reply, the calls in it, the reply's audio.

        A reply that was interrupted is pale; a vertical line is what the user said.

        Parameters
        ----------
        ax : matplotlib.axes.Axes, optional
            Where to draw; without it, a new figure.

        Examples
        --------
        >>> from dgnb.sessions.bounds import Bounds
        >>> ConversationPlots(Conversing({"audio": {}, "agent": {}}, Bounds())).turns().get_xlabel()
        'time [s]'
        """
        turns, calls = conversations.turns(self._dialogue), conversations.calls(self._dialogue)
        if ax is None:
            ax = axes.new(2.2, f"{len(turns)} turns of a conversation, and {len(calls)} calls")
        heard = turns[turns["duration"].fillna(0) > 0]
        begun = (heard["start"] + heard["latency"].fillna(0)).to_numpy()
        waited = turns[turns["latency"].notna()]
        spans = [
            (waited["start"].to_numpy(), (waited["start"] + waited["latency"]).to_numpy()),
            (calls["at"].to_numpy(), (calls["at"] + calls["duration"].fillna(0)).to_numpy()),
            (begun, begun + heard["duration"].to_numpy()),
        ]
        for lane, (start, end) in enumerate(spans):
            shades = to_rgba_array([colours.VOICES[lane]] * len(start)).reshape(-1, 4)
            if lane == len(spans) - 1:
                shades[:, 3] = np.where(heard["interrupted"].to_numpy(), 0.4, 1.0)
            if len(start):
                axes.add_boxes(ax, (start, end), (lane - _HALF, lane + _HALF), shades)
        said = turns.loc[turns["user"] != "", "start"]
        ax.vlines(said, 0, 1, transform=ax.get_xaxis_transform(), color=colours.TEXT, linewidth=1)
        axes.show_lanes(ax, _LANES)
        axes.show_time(ax, max((float(end.max()) for _, end in spans if len(end)), default=0.0))
        axes.explain(ax, [Patch(color=colours.TEXT, label="the user has spoken")] if len(said) else [])
        return ax
