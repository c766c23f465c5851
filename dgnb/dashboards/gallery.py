"""The dashboard *Voices*: all of them, narrowed down, and one text in several."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from time import perf_counter
from typing import Any

from ipywidgets import HTML, Textarea, VBox

from dgnb.client import Deepgram
from dgnb.dashboards.board import Board, card, close_all
from dgnb.dashboards.results import grid, html, note
from dgnb.dashboards.work import away, told
from dgnb.errors import DgnbError, OptionError
from dgnb.protocol.calls import keywords, spread
from dgnb.protocol.models import MASCULINE, VOICE_FAMILIES
from dgnb.protocol.params import AnySpeakOptions
from dgnb.protocol.prices import charges, dollars
from dgnb.results import Speech, Voice
from dgnb.transport.loop import shared
from dgnb.views import speeches
from dgnb.views.fragments import article, head
from dgnb.views.text import count
from dgnb.widgets.chooser import Chooser
from dgnb.widgets.form import Form

TOGETHER = 4
"""Voices that are asked at a time."""

SAMPLE = "Good morning! Your order is on its way, and should be there by half past nine."

_COLUMNS = ("voice", "language", "accent", "gender", "model", "age", "sounds", "made for")
_FACETS = ("language", "gender", "model")


@dataclass(frozen=True)
class Audition:
    """A text as a voice says it: the speech, and how long it took to come [s]."""

    voice: str
    speech: Speech
    took: float


class Gallery(Board):
    """A dashboard of all voices. `auditions` are what was spoken, in the order of the choice.

    Parameters
    ----------
    client : Deepgram, optional
    """

    def __init__(self, client: Deepgram | None = None) -> None:
        about = "Narrow the voices down, choose some, and hear the same text in each of them."
        super().__init__(client, "Voices", about)
        empty = "The voices are being asked for …"
        self.chooser = Chooser(_COLUMNS, _FACETS, label="Voices", empty=empty)
        self.text = Textarea(SAMPLE, description="Text", rows=3)
        self.form = Form(AnySpeakOptions, without=("model",))
        self.forms = [self.form]
        self.auditions: list[Audition] = []
        self.heard = VBox([])
        self.heard.add_class("dgnb-heard")
        self.compared = note("Nothing was spoken yet. Choose one voice or more, and press Speak.")
        self.run = self.start("Speak", self._asked)
        actions = self.actions(self.run)
        self.lay_out(self.chooser, card(self.text), self.form, actions, self.compared, self.heard, self.code)
        self.loaded = shared().submit(self._load())

    async def _load(self) -> None:
        try:
            found = await away(self.client.speak.voices)
            self.chooser.offer([_row(voice) for voice in found if voice.name])
        except DgnbError as error:
            self.chooser.empty = "The voices could not be asked for."
            self.fail(error)

    def _asked(self) -> None:
        self.begin("Speaking", self._speak)

    async def _speak(self) -> str:
        names, text, options = list(self.chooser.chosen), self.text.value.strip(), self.form.options
        if not names or not text:
            raise OptionError("Choose one voice or more, and write what they are to say.", "model")
        self.show_code(
            f"text = {text!r}",
            f"speeches = [{_spoken(options)} for voice in {names!r}]",
        )
        close_all(self.heard.children)
        self.auditions, self.heard.children = [], [note(f"{name}: …") for name in names]
        gate = asyncio.Semaphore(TOGETHER)
        found = await asyncio.gather(
            *(self._audition(gate, at, name, text, options) for at, name in enumerate(names))
        )
        self.auditions = [each for each in found if each is not None]
        self.compared.value = _table(self.auditions)
        failed = len(names) - len(self.auditions)
        return f"{count(len(self.auditions), 'voice')} spoke." + (f" {failed} could not." if failed else "")

    async def _audition(
        self, gate: asyncio.Semaphore, at: int, voice: str, text: str, options: dict[str, Any]
    ) -> Audition | None:
        async with gate:
            began = perf_counter()
            try:
                speech = await away(lambda: self.client.speak(text, model=voice, **options))
                found = Audition(voice, speech, perf_counter() - began)
                shown = await away(lambda: html(_card(found)))
            except DgnbError as error:
                self._put(at, note(f"{voice}: {told(error)}"))
                return None
            self._put(at, shown)
            return found

    def _put(self, at: int, shown: HTML) -> None:
        before = self.heard.children
        self.heard.children = [*before[:at], shown, *before[at + 1 :]]
        before[at].close()


def _spoken(options: dict[str, Any]) -> str:
    """The call for each voice."""
    return spread("dg.speak(", ["text", "model=voice", *keywords(options)], ")")


def _row(voice: Voice) -> dict[str, str]:
    name = voice.name or ""
    model = next((each for each in VOICE_FAMILIES if name.startswith(f"{each}-")), "")
    who = name.removeprefix(f"{model}-").rpartition("-")[0] if model else ""
    tags = voice.tags or []
    said = next((tag for tag in tags if tag in ("feminine", "masculine")), "")
    known = ("masculine" if who in MASCULINE else "feminine") if model else ""
    return {
        "id": name,
        "voice": who.title() or name,
        "language": voice.language or "",
        "accent": voice.accent or "",
        "gender": said or known,
        "model": model,
        "age": voice.age or "",
        "sounds": ", ".join(tag for tag in tags if tag != said),
        "made for": ", ".join(voice.use_cases or []),
    }


def _card(found: Audition) -> str:
    speech = found.speech
    facts = [
        f"{speech.duration:.1f} s",
        f"{len(speech.audio) / 1000:.0f} kB",
        f"came after {found.took:.2f} s",
    ]
    parts = [head(found.voice, speech.sandbox, facts), speeches.player(speech, found.voice)]
    return article(f"Speech of {found.voice}", parts, speeches.AUDIO_STYLE)


def _table(auditions: list[Audition]) -> str:
    """How the voices differ: how long they speak, how fast, what they cost."""
    heads = ("voice", "length [s]", "characters/s", "came after [s]", "list price [$]")
    return grid("Voices compared", heads, [_facts(each) for each in auditions])


def _facts(found: Audition) -> list[str]:
    length, characters = found.speech.duration, len(found.speech.text)
    price = sum(dollars(line.microdollars) for line in charges("speak", found.voice, characters=characters))
    pace = f"{characters / length:.1f}" if length else ""
    return [found.voice, f"{length:.2f}", pace, f"{found.took:.2f}", f"{price:.5f}"]
