"""The dashboard *Live*: Nova and Flux hear the same, side by side."""

from __future__ import annotations

import queue
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from ipywidgets import HTML, BoundedFloatText, VBox

from dgnb.audio.raw import AudioFormat
from dgnb.client import Deepgram
from dgnb.dashboards.board import Board, card, close_all, row
from dgnb.dashboards.code import call
from dgnb.dashboards.results import note
from dgnb.dashboards.sources import Source, Tap
from dgnb.dashboards.work import opened
from dgnb.errors import DgnbError
from dgnb.live.listening import HearingSession, ListenSession
from dgnb.live.opening import RAW
from dgnb.live.turns import FluxSession
from dgnb.protocol.params import FluxOptions, LiveListenOptions
from dgnb.transport.loop import shared
from dgnb.views.text import count
from dgnb.widgets.captions import Captions
from dgnb.widgets.form import Form
from dgnb.widgets.turns import TurnsView

NOVA = {"model": "nova-3", "interim_results": True}
FLUX = {"eager_eot_threshold": 0.4}
"""What is set at first."""

WAITING = "Press Record, or choose a file and press Play."


class Hearing(Board):
    """A dashboard on which Nova and Flux hear the same. `nova` and `flux` are the sessions.

    Parameters
    ----------
    client : Deepgram, optional
    source : str
        A path or URL to begin with.
    """

    def __init__(self, client: Deepgram | None = None, source: str = "") -> None:
        about = "Press Record and speak, or play a file: Nova writes captions, Flux finds turns."
        super().__init__(client, "Live", about, stop="Stop")
        self.source = Source(source, self._tapped)
        self.nova_form = Form(LiveListenOptions, NOVA, label="Nova")
        self.flux_form = Form(FluxOptions, FLUX, label="Flux")
        self.forms = [self.nova_form, self.flux_form]
        self.pace = BoundedFloatText(1.0, min=0.25, max=20.0, step=0.25, description="Pace of a file")
        self.pace.style.description_width = "initial"
        self.nova: ListenSession[Deepgram] | None = None
        self.flux: FluxSession[Deepgram] | None = None
        self._opens = False
        self.captions, self.turns = VBox([note(WAITING)]), VBox([note(WAITING)])
        self.run = self.start("Play the file", self._asked)
        sides = row(card(_head("Nova"), self.captions), card(_head("Flux"), self.turns))
        forms = row(card(self.nova_form), card(self.flux_form))
        self.lay_out(self.source, row(self.pace, self.actions(self.run)), sides, forms, self.code)
        self.source.microphone.observe(lambda change: self._recorded(change["new"]), "path")

    def cancel(self) -> None:
        """End both sessions; what was heard stays."""
        if self._records:
            self.source.microphone.recorder.stop()
        if self._opens:
            super().cancel()
        for session in self._sessions:
            if session.running:
                shared().submit(session._stop_quietly())

    @property
    def _sessions(self) -> list[HearingSession[Deepgram]]:
        return [session for session in (self.nova, self.flux) if session is not None]

    @property
    def _records(self) -> bool:
        return self.source.microphone.recorder.state in ("recording", "paused")

    def _asked(self) -> None:
        self.begin("Listening", self._play)

    def _tapped(self) -> list[Tap]:
        """Give where the audio of the microphone goes; called when somebody begins to record."""
        taps: list[Tap] = [queue.Queue(), queue.Queue()]
        form = self.source.microphone.recorder.audio_source.format
        self.begin("Listening to the microphone", lambda: self._hear(taps, form))
        return taps

    async def _play(self) -> str:
        path = self.source.chosen()
        options = self._options
        self._show_code(path, options)
        await self._open([path, path], options, pace=self.pace.value)
        return await self._listened(Path(path).name)

    async def _hear(self, taps: Sequence[Tap], form: AudioFormat) -> str:
        options = self._options
        self._show_code("mic", options)
        await self._open(taps, options, encoding=form.encoding, sample_rate=form.sample_rate)
        return await self._listened("The recording")

    def _recorded(self, path: str) -> None:
        """Show the code with the recording: a microphone says something else the next time."""
        with suppress(DgnbError):
            self._show_code(path, self._options)

    @property
    def _options(self) -> tuple[dict[str, Any], dict[str, Any]]:
        return self.nova_form.options, self.flux_form.options

    def _show_code(self, source: str, options: tuple[dict[str, Any], dict[str, Any]]) -> None:
        nova, flux = options
        pace = {} if source == "mic" or self.pace.value == 1 else {"pace": self.pace.value}
        self.show_code(
            f"nova = {call('listen.live', source, **nova, **pace)}",
            f"flux = {call('flux.live', source, **flux, **pace)}",
            "nova.wait(), flux.wait()",
        )

    async def _open(
        self, sources: Sequence[Any], options: tuple[dict[str, Any], dict[str, Any]], **more: Any
    ) -> None:
        """Begin both sessions; where the second is refused there is no first."""
        nova, flux = options
        if "encoding" in more:
            # The microphone is raw audio of a known form, whatever the forms say.
            nova, flux = ({name: one for name, one in each.items() if name not in RAW} for each in options)
        self._opens = True
        try:
            await self._end()
            both = await self._both(sources, {**nova, **more}, {**flux, **more})
        finally:
            self._opens = False
        before = [*self.captions.children, *self.turns.children]
        self.captions.children, self.turns.children = [Captions(both[0])], [TurnsView(both[1])]
        close_all(before)

    async def _both(
        self, sources: Sequence[Any], nova: dict[str, Any], flux: dict[str, Any]
    ) -> tuple[ListenSession[Deepgram], FluxSession[Deepgram]]:
        client = self.client
        self.nova = await opened(lambda: client.listen.live(sources[0], **nova))
        try:
            self.flux = await opened(lambda: client.flux.live(sources[1], **flux))
        except BaseException:
            await self.nova._stop_quietly()
            raise
        return self.nova, self.flux

    async def _end(self) -> None:
        for session in self._sessions:
            if session.running:
                await session._stop_quietly()

    async def _listened(self, name: str) -> str:
        for session in self._sessions:
            await session._settled(None)
        for session in self._sessions:
            if session.error is not None:
                raise session.error
        counted = [count(len(each.transcript.words), "word") for each in self._sessions]
        return f"{name}: Nova has heard {counted[0]}, Flux {counted[1]}."


def _head(text: str) -> HTML:
    return HTML(f'<div class="dgnb-half" role="heading" aria-level="3">{text}</div>')
