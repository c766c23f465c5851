"""The text of a transcript marked in colours: sentiment, topics, intents, entities, confidence, speakers."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import groupby
from math import isnan
from typing import Any, Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from dgnb.errors import OptionError
from dgnb.results import Transcript
from dgnb.views import colours, fragments
from dgnb.views.asked import asked
from dgnb.views.columns import WordColumns, columns
from dgnb.views.fragments import escape
from dgnb.views.html import LOW
from dgnb.views.passages import Run, runs
from dgnb.views.text import clock, count, shorten
from dgnb.views.voices import NOBODY, voices

Kind = Literal["sentiment", "topics", "intents", "entities", "confidence", "speakers"]

DOUBTFUL = 0.8
"""Words below this confidence are worth a look."""

_LARGEST = 300_000
"""Characters of HTML after which the text is cut, so that a notebook stays light."""

_LEGEND = 12
"""Names in the legend."""

_STYLE = """.dgnb-result .dgnb-marked { max-height: 40em; overflow: auto }
.dgnb-result .dgnb-marked p { display: flex; flex-wrap: wrap; gap: 0 .75em; line-height: 1.8 }
.dgnb-result .dgnb-marked time { flex: 0 0 3.5em; text-align: end; font-variant-numeric: tabular-nums }
.dgnb-result .dgnb-marked b { flex: 0 0 8em; padding-left: .6em; border-left: 4px solid }
.dgnb-result .dgnb-marked span { flex: 1 1 20em; overflow-wrap: anywhere }"""


@dataclass(frozen=True)
class Mark:
    """Words `first` to `last`, rows of ``call.words``, both included; what they are, and its colour."""

    first: int
    last: int
    name: str
    colour: str
    label: str = ""


class Markup:
    """The text of a transcript, with marks.

    Attributes
    ----------
    kind : str
        What is marked.
    marks : list of Mark
    """

    def __init__(self, transcript: Transcript, kind: Kind, marks: list[Mark]) -> None:
        self.kind, self.marks, self._transcript = kind, marks, transcript

    def __repr__(self) -> str:
        return f"<Markup: {self.kind}, {count(len(self.marks), 'mark')}>"

    def _repr_html_(self) -> str:
        legend = {mark.name: mark.colour for mark in self.marks}
        shown = [fragments.mark(escape(shorten(name, 40)), legend[name]) for name in list(legend)[:_LEGEND]]
        if len(legend) > _LEGEND:
            shown.append(f"… {len(legend) - _LEGEND} more")
        head = fragments.head("Markup", self._transcript.sandbox, [self.kind, count(len(self.marks), "mark")])
        body = "".join(_paragraphs(self._transcript, self.marks)) or "<p>No words were recognised.</p>"
        region = f'<div class="dgnb-marked" role="region" tabindex="0" aria-label="Text">{body}</div>'
        parts = [head, *([f"<p>{' '.join(shown)}</p>"] if shown else []), region]
        return fragments.article("Markup", parts, _STYLE)


def markup(transcript: Transcript, kind: Kind = "sentiment") -> Markup:
    """Return the text of a transcript with its sentiment, topics... marked in the colours of the plots.

    Parameters
    ----------
    kind : {"sentiment", "topics", "intents", "entities", "confidence", "speakers"}
        Confidence marks the words below 0.5, and those below 0.8.

    Returns
    -------
    Markup
        A cell shows it; ``marks`` are the marks.

    Raises
    ------
    OptionError
        There is no such kind, or it was not asked for.

    Examples
    --------
    >>> word = {"word": "hi", "start": 0, "end": 1, "confidence": 0.25}
    >>> call = Transcript.from_json({"results": {"channels": [{"alternatives": [{"words": [word]}]}]}})
    >>> call.markup("confidence")
    <Markup: confidence, 1 mark>
    """
    if kind not in _MARKS:
        raise OptionError(f"There is no markup of '{kind}': {', '.join(_MARKS)}.", "kind")
    return Markup(transcript, kind, _MARKS[kind](transcript))


def _sentiments(transcript: Transcript) -> list[Mark]:
    found = asked(transcript, "sentiments")
    return [
        Mark(first, last, name, colours.sentiment(name), f"{name} {score:+.2f}")
        for first, last, name, score in _rows(found, "start_word", "end_word", "sentiment", "sentiment_score")
    ]


def _topics(transcript: Transcript) -> list[Mark]:
    return _named(asked(transcript, "topics"), "topic")


def _intents(transcript: Transcript) -> list[Mark]:
    return _named(asked(transcript, "intents"), "intent")


def _named(found: pd.DataFrame, column: str) -> list[Mark]:
    """Mark each segment once, with all of its names, in the colour of the first."""
    numbers = colours.order(found[column])
    names: dict[tuple[int, int], list[str]] = {}
    for first, last, name in _rows(found, "start_word", "end_word", column):
        names.setdefault((first, last), []).append(name)
    return [
        Mark(first, last, told[0], colours.voice(numbers[told[0]]), ", ".join(told))
        for (first, last), told in names.items()
    ]


def _rows(found: pd.DataFrame, *names: str) -> Iterator[tuple[Any, ...]]:
    return zip(*(found[name].tolist() for name in names), strict=True)


def _entities(transcript: Transcript) -> list[Mark]:
    found = asked(transcript, "entities")
    numbers = colours.order(found["label"])
    return [
        Mark(first, last, label, colours.voice(numbers[label]), label)
        for first, last, label in _rows(found, "start_word", "end_word", "label")
    ]


def _confidence(transcript: Transcript) -> list[Mark]:
    found = columns(transcript).confidence
    marks = []
    for row in np.flatnonzero(found < DOUBTFUL).tolist():
        if found[row] < LOW:
            marks.append(Mark(row, row, f"below {LOW}", colours.VOICES[1], f"{found[row]:.2f}"))
        else:
            marks.append(Mark(row, row, f"below {DOUBTFUL}", colours.TEXT))
    return marks


def _speakers(transcript: Transcript) -> list[Mark]:
    known, of_word = voices(transcript)
    said = [(run.rows, known[of_word[run.rows.start]]) for run in runs(transcript)]
    return [Mark(rows.start, rows.stop - 1, voice.name, voice.colour) for rows, voice in said]


_MARKS: dict[str, Callable[[Transcript], list[Mark]]] = {
    "sentiment": _sentiments,
    "topics": _topics,
    "intents": _intents,
    "entities": _entities,
    "confidence": _confidence,
    "speakers": _speakers,
}


def _paragraphs(transcript: Transcript, marks: list[Mark]) -> Iterator[str]:
    """Give the text as HTML, as far as it is not too long."""
    words, (known, of_word) = columns(transcript), voices(transcript)
    mark_of, room = _of_words(len(words), marks), _LARGEST
    for run in runs(transcript):
        if room <= 0:
            yield "<p>… (cut here: <code>.text</code> has everything)</p>"
            return
        start, voice = words.start[run.rows.start], known[of_word[run.rows.start]]
        time = "" if isnan(start) else f"<time>{clock(start)}</time>"
        who = f'<b style="border-color:{voice.colour}">{escape(voice.name)}</b>'
        text = run.gap.join(_pieces(words, run, mark_of, marks))
        room -= len(text)
        yield f'<p>{time}{"" if voice.name == NOBODY else who}<span dir="auto">{text}</span></p>\n'


def _of_words(size: int, marks: list[Mark]) -> NDArray[np.intp]:
    """Give the mark of each word, -1 for none; where marks overlap the first one is seen."""
    found = np.full(size, -1)
    for number in range(len(marks) - 1, -1, -1):
        mark = marks[number]
        found[max(mark.first, 0) : max(mark.last + 1, 0)] = number
    return found


def _pieces(words: WordColumns, run: Run, mark_of: NDArray[np.intp], marks: list[Mark]) -> Iterator[str]:
    """Give the words of a run as HTML, those of one mark together; its label stands behind its last word."""
    for number, rows in groupby(run.rows, key=mark_of.__getitem__):
        here = list(rows)
        text = escape(run.gap.join(words.words[row].text for row in here))
        if number < 0:
            yield text
            continue
        mark, after = marks[number], here[-1] + 1
        ends = after >= len(mark_of) or mark_of[after] != number
        yield fragments.mark(text, mark.colour, mark.label if ends else "")
