"""The dashboard *Read*: a text, its summary, topics, intents and sentiment."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from ipywidgets import Textarea

from dgnb.client import Deepgram
from dgnb.dashboards.board import Board, card
from dgnb.dashboards.code import call
from dgnb.dashboards.results import Make, Pick, Results, html, table, text
from dgnb.dashboards.work import away
from dgnb.errors import OptionError
from dgnb.protocol.params import ReadSubmitOptions
from dgnb.results import Accepted, Reading
from dgnb.views.text import count
from dgnb.widgets.form import Form

ANALYSES = {"summarize": True, "topics": True, "intents": True, "sentiment": True}
"""What is asked for at first."""

FRAMES = ("sentiments", "topics", "intents")
"""Tables of a reading."""


class Texts(Board):
    """A dashboard that analyses a text. `result` is the reading.

    Parameters
    ----------
    client : Deepgram, optional

    Examples
    --------
    >>> board = Texts()
    >>> board.text.value = "I love this place."
    >>> board.run.click()
    >>> board.job.result(60)
    >>> board.result.sentiments["sentiment"].to_list()
    ['positive']
    """

    def __init__(self, client: Deepgram | None = None) -> None:
        super().__init__(client, "Read", "Write or paste an English text, or give a URL, and press Read.")
        self.text = Textarea(description="Text or URL", placeholder="The coffee was cold, but …", rows=8)
        self.form = Form(ReadSubmitOptions, ANALYSES)
        self.forms = [self.form]
        self.results = Results()
        self.result: Reading | Accepted | None = None
        self.run = self.start("Read", self._asked)
        self.lay_out(card(self.text), self.form, self.actions(self.run), self.results, self.code)

    def _asked(self) -> None:
        self.begin("Reading", self._read)

    async def _read(self) -> str:
        source, options = self.text.value.strip(), self.form.options
        if not source:
            raise OptionError("There is no text yet: write or paste one.", "text")
        submits = "callback" in options
        ask = self.client.read.submit if submits else self.client.read
        self.show_code(f"reading = {call('read.submit' if submits else 'read', source, **options)}")
        result: Any = await away(lambda: ask(source, **options))
        self.result = result
        self.results.show(_pages(result))
        if isinstance(result, Accepted):
            return "The text is taken; the analysis goes to the callback."
        return f"{count(len(source.split()), 'word')} read."


def _pages(result: Reading | Accepted) -> Mapping[str, Make]:
    if isinstance(result, Accepted):
        return {"Request": lambda: text(repr(result))}
    return {
        "Marked up": lambda: html(result._repr_html_()),
        "Tables": lambda: Pick("Table", FRAMES, lambda name: table(name, getattr(result, name))),
        "JSON": lambda: text(json.dumps(result.to_dict(), indent=2), "reading.json", "application/json"),
    }
