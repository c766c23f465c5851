"""The dashboard *Transcribe*: a recording, every option, and all that a transcript can show."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ipywidgets import Widget

from dgnb.client import Deepgram
from dgnb.dashboards.board import Board
from dgnb.dashboards.code import call
from dgnb.dashboards.results import Make, Pick, Results, html, picture, table, text
from dgnb.dashboards.sources import Source
from dgnb.dashboards.work import away
from dgnb.protocol.params import ListenSubmitOptions
from dgnb.results import Accepted, Transcript
from dgnb.views.text import count
from dgnb.widgets.code import Code
from dgnb.widgets.form import Form

FRAMES = tuple(
    name
    for name, view in vars(Transcript).items()
    if str(getattr(view, "path", "")).startswith(("dgnb.views.frames:", "dgnb.views.metrics:"))
)
"""Tables of a transcript."""

FIRST = {"model": "nova-3", "smart_format": True}
"""What is set at first."""

OVERVIEW = "overview"
"""The name of ``call.plot()`` among the plots."""

CAPTIONS = {
    "srt": "application/x-subrip",
    "vtt": "text/vtt",
    "ass": "text/x-ssa",
    "ttml": "application/ttml+xml",
}
"""Forms of captions, and what they are called on the web."""


class Transcription(Board):
    """A dashboard that transcribes a recording. `result` is the transcript.

    Parameters
    ----------
    client : Deepgram, optional
    source : str
        A path or URL to begin with.
    """

    def __init__(self, client: Deepgram | None = None, source: str = "") -> None:
        about = "Drop, record or name some audio, set what you need, and press Transcribe."
        super().__init__(client, "Transcribe", about)
        self.source = Source(source)
        self.form = Form(ListenSubmitOptions, FIRST)
        self.forms = [self.form]
        self.results = Results()
        self.result: Transcript | Accepted | None = None
        self.run = self.start("Transcribe", self._asked)
        self.lay_out(self.source, self.form, self.actions(self.run), self.results)

    def _asked(self) -> None:
        self.begin("Transcribing", self._transcribe)

    async def _transcribe(self) -> str:
        source, options = self.source.chosen(), self.form.options
        path = "listen.submit" if "callback" in options else "listen"
        ask = self.client.listen.submit if "callback" in options else self.client.listen
        self.show_code(f"call = {call(path, source, **options)}")
        result: Any = await away(lambda: ask(source, **options))
        self.result = result
        self.results.show(pages(result, self.code.text))
        return _said(result, Path(source).name)


def _said(result: Transcript | Accepted, name: str) -> str:
    if isinstance(result, Accepted):
        return f"{name} is taken; the transcript goes to the callback."
    return f"{name}: {count(len(result.words), 'word')} in {result.duration:.1f} s of audio."


def pages(result: Transcript | Accepted, code: str) -> Mapping[str, Make]:
    """Return the pages of a result."""
    if isinstance(result, Accepted):
        return {"Text": lambda: text(repr(result)), "Code": lambda: Code(text=code)}
    return {
        "Text": lambda: html(result._repr_html_()),
        "Player": lambda: result.player().widget,
        "Tables": lambda: Pick("Table", FRAMES, lambda name: table(name, getattr(result, name))),
        "Plots": lambda: Pick("Plot", _plots(result), lambda name: _plot(result, name)),
        "Captions": lambda: Pick("Format", list(CAPTIONS), lambda kind: _captions(result, kind)),
        "JSON": lambda: text(_json(result), "transcript.json", "application/json"),
        "Code": lambda: Code(text=code),
    }


def _plots(result: Transcript) -> list[str]:
    return [OVERVIEW, *(name for name in vars(type(result.plot)) if not name.startswith("_"))]


def _plot(result: Transcript, name: str) -> Widget:
    return picture(result.plot() if name == OVERVIEW else getattr(result.plot, name)())


def _captions(result: Transcript, kind: str) -> Widget:
    return text(str(result.captions(kind)), f"captions.{kind}", CAPTIONS[kind])


def _json(result: Transcript) -> str:
    return json.dumps(result.to_dict(), indent=2, ensure_ascii=False)
