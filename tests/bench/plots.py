"""How long a plot of the words takes, beside one with an artist for each word."""

from __future__ import annotations

import json
from functools import partial
from io import BytesIO

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from dgnb.results import Transcript
from dgnb.views import colours, sounds
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


def analysed() -> Transcript:
    """Return the transcript with a sentiment, a topic and an intent for each 12 words."""
    content = json.loads(reply())
    labels, found = ("negative", "neutral", "positive"), content["results"]
    spans = [{"text": "", "start_word": first, "end_word": first + 11} for first in range(0, WORDS - 11, 12)]
    kinds = [number % 3 for number in range(len(spans))]
    segments = [
        span | {"sentiment": labels[kind], "sentiment_score": (kind - 1) / 2}
        for span, kind in zip(spans, kinds, strict=True)
    ]
    named = [
        span
        | {"topics": [{"topic": f"topic {number % 20}", "confidence_score": 0.5}]}
        | {"intents": [{"intent": f"intent {number % 20}", "confidence_score": 0.5}]}
        for number, span in enumerate(spans)
    ]
    found["sentiments"] = {"segments": segments}
    found["topics"] = found["intents"] = {"segments": named}
    return Transcript.from_json(content)


def main() -> None:
    """Print the figures."""
    transcript = analysed()
    rate = 8000
    sound = (np.random.default_rng(1).integers(-9000, 9000, int(transcript.duration * rate), np.int16), rate)
    (each,) = seconds(lambda: draw(one_by_one(transcript)), runs=1)
    plot = transcript.plot
    print(f"{WORDS:,} words, plotted and drawn as PNG, median of 5")
    print(f"  one artist a word         {each:6.2f} s")
    names = ["words", "timeline", "confidence", "sentiment", "sentiment_by_speaker", "rate", "talk"]
    views = {name: getattr(plot, name) for name in [*names, "topics", "intents", "metrics"]}
    # Reading eleven hours of samples is another matter than drawing them.
    (reading,) = seconds(lambda: sounds.excerpt(plot._scene, sound, None, None), runs=1)
    part = sounds.excerpt(plot._scene, sound, None, None)
    for draw_sound in (sounds.waveform, sounds.spectrogram):
        views[draw_sound.__name__] = partial(draw_sound, plot._scene, None, part)
    for name, view in views.items():
        (taken,) = seconds(lambda view=view: draw(view()), runs=5)
        print(f"  plot.{name:20} {taken:6.2f} s   {each / taken:7.1f} times faster")
    (taken,) = seconds(lambda: plot().savefig(BytesIO(), format="png"), runs=5)
    print(f"  plot()                    {taken:6.2f} s")
    print(f"  reading {transcript.duration / 3600:.1f} h of sound   {reading:6.2f} s")
    print("  wanted                  < 1.00 s   words at least 20")


if __name__ == "__main__":
    main()
