"""A transcript at a glance: its most telling plots in one figure, over one another in time."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from copy import copy

from matplotlib.axes import Axes
from matplotlib.figure import FigureBase

from dgnb.views import axes, certainty, colours, lanes, moods, pace
from dgnb.views.scene import Scene

Draw = Callable[[Scene, Axes], Axes]

_CURVE = 1.7
"""Height of a plot with a vertical scale [in]."""


def overview(scene: Scene, figure: FigureBase | None) -> FigureBase:
    """Return the figure: who speaks, how surely, how fast; sentiment and topics if asked for; shares of talk.

    Examples
    --------
    >>> from dgnb.results import Transcript
    >>> [ax.get_title(loc="left") for ax in overview(Scene(Transcript()), None).axes]
    ['who speaks', 'how surely', 'how fast', 'how much']
    """
    scene = copy(scene)
    scene.told = True
    rows = list(_rows(scene))
    if figure is None:
        figure = axes.sheet(min(sum(row[1] for row in rows), 20.0), scene.alt("Overview"))
    grid = figure.add_gridspec(len(rows), 1, height_ratios=[height for _, height, _ in rows])
    for number, (title, _, draw) in enumerate(rows):
        ax = axes.add(figure, grid[number, 0])
        draw(scene, ax)
        ax.set_title(title, loc="left", color=ax.yaxis.label.get_color(), size=10)
        if number < len(rows) - 2:
            # All but the last share the time, told once below them.
            ax.set_xlabel("")
            ax.tick_params(labelbottom=False)
    return figure


def _rows(scene: Scene) -> Iterator[tuple[str, float, Draw]]:
    """Give title, height [in] and plot of what there is to see."""
    found = scene.transcript.results
    yield "who speaks", scene.lanes(0.3), lanes.timeline
    yield "how surely", _CURVE, certainty.confidence
    if found.sentiments is not None:
        yield "how it feels", _CURVE, moods.sentiment
    if found.topics is not None:
        yield "what about", 0.6 + 0.25 * min(_names(scene), lanes.MOST), lanes.topics
    yield "how fast", _CURVE, pace.rate
    yield "how much", 0.7 + 0.25 * min(len(scene.voices) + 2, 20), pace.talk


def _names(scene: Scene) -> int:
    return len(colours.order(scene.transcript.topics["topic"]))
