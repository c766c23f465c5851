"""How long a plot of the words takes, beside one with an artist for each word."""

from __future__ import annotations

from io import BytesIO

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from dgnb.results import Transcript
from dgnb.views import colours
from tests.bench.frames import WORDS, reply, seconds


def draw(ax: Axes) -> None:
    """Draw the figure, as a notebook does."""
    ax.figure.savefig(BytesIO(), format="png")


def one_by_one(transcript: Transcript) -> Axes:
    """Return a plot like `plot.words`, with a rectangle for each word and not even its text."""
    ax = Figure(figsize=(8, 4)).add_subplot()
    for word in transcript.best[0].words:
        lane, width = word.speaker or 0, word.end - word.start
        ax.add_patch(
            Rectangle((word.start, lane - 0.35), width, 0.7, facecolor=colours.voice(lane), linewidth=0)
        )
    ax.autoscale_view()
    return ax


def main() -> None:
    """Print the figures."""
    transcript = Transcript.from_json(reply())
    (each,) = seconds(lambda: draw(one_by_one(transcript)), runs=1)
    plot = transcript.plot
    print(f"{WORDS:,} words, plotted and drawn as PNG, median of 5")
    print(f"  one artist a word   {each:6.2f} s")
    views = {"words": plot.words, "timeline": plot.timeline, "confidence": plot.confidence}
    for name, view in views.items():
        (taken,) = seconds(lambda view=view: draw(view()), runs=5)
        print(f"  plot.{name:14} {taken:6.2f} s   {each / taken:7.1f} times faster (words: at least 20)")


if __name__ == "__main__":
    main()
