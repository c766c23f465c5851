"""The dashboard *Compare models*: one recording, several models or sets of options, and how they differ."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from pathlib import Path
from time import perf_counter
from typing import Any

from ipywidgets import Textarea, VBox, Widget

from dgnb.client import Deepgram
from dgnb.dashboards.board import Board, card, close_all, row
from dgnb.dashboards.code import call
from dgnb.dashboards.results import Make, Pick, Results, grid, html, note, picture, table
from dgnb.dashboards.sources import Source
from dgnb.dashboards.work import away
from dgnb.errors import OptionError
from dgnb.protocol.calls import keywords
from dgnb.protocol.params import ListenOptions
from dgnb.protocol.prices import charges, dollars
from dgnb.results import Transcript
from dgnb.views.comparison import Comparison, compare
from dgnb.views.text import count
from dgnb.widgets.form import Form

Options = dict[str, Any]

FIRST: tuple[Options, ...] = ({"model": "nova-3"}, {"model": "nova-2"})
"""What is compared at first."""

NEXT: Options = {"model": "nova-3", "smart_format": True}
"""What the form has at first."""


class Trials(Board):
    """A dashboard that compares models and options on one recording.

    Parameters
    ----------
    client : Deepgram, optional
    source : str
        A path or URL to begin with.

    Attributes
    ----------
    trials : dict of str to dict
        What is compared: options by name.
    transcripts : dict of str to Transcript
        What each has heard.
    comparison : Comparison or None
    """

    def __init__(self, client: Deepgram | None = None, source: str = "") -> None:
        about = "Give some audio, collect the models or options to be compared, and press Compare."
        super().__init__(client, "Compare models", about)
        self.source = Source(source)
        self.form = Form(ListenOptions, NEXT, label="Options of another trial")
        self.forms = [self.form]
        self.trials: dict[str, Options] = {}
        self.shown = VBox([])
        self.reference = Textarea(
            description="Reference",
            placeholder="What is really said, if you know it. Without it all are compared with the first.",
            rows=3,
        )
        self.results = Results()
        self.transcripts: dict[str, Transcript] = {}
        self.comparison: Comparison | None = None
        self.add = self.button("Add this trial", self._added)
        self.run = self.start("Compare", self._asked)
        trials = card(self.shown)
        self.lay_out(
            self.source, self.form, row(self.add), trials, card(self.reference), self.actions(self.run),
            self.results, self.code,
        )  # fmt: skip
        self._show({_name(options): dict(options) for options in FIRST})

    def _added(self) -> None:
        try:
            options = self.form.options
        except OptionError as error:
            self.fail(error)
            return
        self._show({**self.trials, _name(options): options})

    def _without(self, name: str) -> None:
        self._show({other: options for other, options in self.trials.items() if other != name})

    def _show(self, trials: dict[str, Options]) -> None:
        self.trials = trials
        before = self.shown.children
        self.shown.children = [self._line(name) for name in trials] or [
            note("No trial yet. Add two or more.")
        ]
        close_all(before)

    def _line(self, name: str) -> Widget:
        remove = self.button("Remove", lambda: self._without(name))
        remove.tooltip = f"Remove {name}"
        return row(note(name), remove)

    def _asked(self) -> None:
        self.begin("Comparing", self._try)

    async def _try(self) -> str:
        source, trials, right = self.source.chosen(), dict(self.trials), self.reference.value.strip()
        if len(trials) < (1 if right else 2):
            raise OptionError("Add two trials or more, or one and a reference.", "model")
        self.show_code(*_code(source, trials, right), more=("compare",))
        began = perf_counter()
        found = await asyncio.gather(*(self._heard(source, options, began) for options in trials.values()))
        self.transcripts = {name: call for name, (call, _) in zip(trials, found, strict=True)}
        took = {name: seconds for name, (_, seconds) in zip(trials, found, strict=True)}
        self.comparison = await away(lambda: compare(**_compared(self.transcripts, right)))
        self.results.show(_pages(self.transcripts, self.comparison, trials, took))
        return f"{count(len(trials), 'trial')} on {Path(source).name}."

    async def _heard(self, source: str, options: Options, began: float) -> tuple[Transcript, float]:
        transcript: Transcript = await away(lambda: self.client.listen(source, **options))
        return transcript, perf_counter() - began


def _name(options: Options) -> str:
    """What a trial is called: its model, and whatever else is set."""
    model = str(options.get("model", "the default model"))
    return ", ".join([model, *keywords({name: one for name, one in options.items() if name != "model"})])


def _compared(transcripts: Mapping[str, Transcript], right: str) -> dict[str, Any]:
    reference = right or next(iter(transcripts.values()))
    others = transcripts if right else dict(list(transcripts.items())[1:])
    return {**others, "reference": reference}


def _code(source: str, trials: Mapping[str, Options], right: str) -> list[str]:
    lines = ["trials = {"]
    lines += [f"    {name!r}: {call('listen', source, **options)}," for name, options in trials.items()]
    lines.append("}")
    if right:
        return [*lines, f"found = compare(**trials, reference={right!r})"]
    return [
        *lines,
        f"reference = trials.pop({next(iter(trials))!r})",
        "found = compare(**trials, reference=reference)",
    ]


def _pages(
    transcripts: Mapping[str, Transcript],
    comparison: Comparison,
    trials: Mapping[str, Options],
    took: Mapping[str, float],
) -> Mapping[str, Make]:
    names = list(comparison.scores)
    return {
        "Scores": lambda: html(comparison._repr_html_()),
        "Differences": lambda: Pick("Trial", names, lambda name: html(comparison.diff(name)._repr_html_())),
        "Plot": lambda: picture(comparison.plot()),
        "Worst words": lambda: table("Worst words", comparison.worst),
        "Transcripts": lambda: Pick(
            "Trial", list(transcripts), lambda name: html(transcripts[name]._repr_html_())
        ),
        "Time and price": lambda: html(_costs(transcripts, trials, took)),
    }


def _costs(
    transcripts: Mapping[str, Transcript], trials: Mapping[str, Options], took: Mapping[str, float]
) -> str:
    heads = ("trial", "confidence", "took [s]", "audio [s]", "list price [$]")
    rows = []
    for name, heard in transcripts.items():
        options, seconds = trials[name], heard.duration
        lines = charges("listen", str(options.get("model", "")), seconds=seconds, options=list(options))
        price = sum(dollars(line.microdollars) for line in lines)
        facts = (f"{heard.confidence:.3f}", f"{took[name]:.2f}", f"{seconds:.1f}", f"{price:.5f}")
        rows.append([name, *facts])
    return grid("Time and price", heads, rows)
