"""Speech that is heard while it is still being made, with its controls."""

from __future__ import annotations

import asyncio
from typing import Any

from anywidget import AnyWidget
from traitlets import Bool, Float, Int, Unicode

from dgnb.live.speaking import SpeakSession
from dgnb.widgets.assets import css, esm
from dgnb.widgets.delivery import promptly
from dgnb.widgets.sounding import Sounding, seconds
from dgnb.widgets.tape import Script, Tape


class SpeechPlayer(AnyWidget):
    """Player of a session of ``speak.live``: sound from its first piece on, without gaps.

    It is an ordinary widget; a session that is a cell's value shows it by itself. What is
    heard of a session that was interrupted or has ended can be played again and downloaded.

    Parameters
    ----------
    session : SpeakSession

    Attributes
    ----------
    playing : bool
        Whether there is sound now.
    time : float
        Where in the session's audio the sound is [s].
    status : str
        That of the session.
    error : str
        Why it failed; empty when all is well.
    latency : float or None
        From the first text to the first audio, as the session measured it [s].
    lead : float or None
        From the first audio in the browser until it is heard [s]; the way from the kernel to
        the browser is not in it.
    first_sound : float or None
        From the first text to the first sound [s]: the sum of both, and of the silence that
        the audio begins with.

    Examples
    --------
    >>> from dgnb import Deepgram
    >>> with Deepgram(sandbox=True) as dg, dg.speak.live() as talk:
    ...     player = SpeechPlayer(talk)
    ...     talk.say("Good morning.")
    ...     _ = talk.finish()
    ...     player.rate
    24000
    """

    _esm = esm("player")
    _css = css("player")

    rate = Int(help="samples a second").tag(sync=True)
    sandbox = Bool(False, help="whether the sandbox speaks, and not the service").tag(sync=True)
    status = Unicode().tag(sync=True)
    error = Unicode().tag(sync=True)
    latency = Float(None, allow_none=True).tag(sync=True)
    playing = Bool(False)
    time = Float(0.0)
    lead = Float(None, allow_none=True)
    first_sound = Float(None, allow_none=True)

    def __init__(self, session: SpeakSession[Any]) -> None:
        dialogue = session._dialogue
        rate, encoding = dialogue.options["sample_rate"], dialogue.options["encoding"]
        super().__init__(rate=rate, status=session.status, sandbox=session.sandbox)
        self._session = session
        self._script = Script(session)
        more = lambda: {"stretches": [*self._script.stretches]}  # noqa: E731 - a word for it would be longer
        self._sounding = Sounding(self, session, Tape(dialogue.pieces, encoding), more)
        self.over = self._sounding.over
        self.observe(lambda _: self._sum(), "lead")
        self.on_msg(self._heard)
        promptly(self)
        self._unobserve = session.observe(self._follow)

    # What can be done

    def play(self) -> None:
        """Go on with the sound, or begin again after its end."""
        self.send({"kind": "play"})

    def pause(self) -> None:
        """Hold the sound; the session goes on."""
        self.send({"kind": "pause"})

    def seek(self, seconds: float) -> None:
        """Go on with the sound from another place.

        Parameters
        ----------
        seconds : float
            Where in the session's audio [s].
        """
        self.send({"kind": "seek", "time": float(seconds)})

    def stop(self) -> None:
        """Be silent at once, and have the session drop what it was to speak.

        A voice of Flux is told how much was heard.
        """
        self.send({"kind": "stop"})
        self._stop(self.time)

    def _stop(self, played: float) -> None:
        self._session._loop.submit(self._interrupt(played))

    async def _interrupt(self, played: float) -> None:
        asking = asyncio.ensure_future(self._session._interrupt(played)) if self._session.running else None
        await asyncio.sleep(0)
        # It is asked: what comes from now on is what is said from now on.
        self._sounding.edge()
        if asking is not None:
            await asking

    # On dgnb's loop: what the session has

    def _follow(self, session: SpeakSession[Any]) -> None:
        if self.comm is None:
            self._sounding.dismiss()
            self._unobserve()
            return
        for change in self._script.read():
            self.send({"kind": "text", **change})
        if self.latency is None and self._script.latency is not None:
            self.latency = self._script.latency
            self._sum()
        if not session.running:
            self._sounding.send()
            self.error = str(session.error or "")
        self.status = session.status

    def _sum(self) -> None:
        if self.latency is not None and self.lead is not None:
            self.first_sound = self.latency + self.lead + self._sounding.silence

    # On any thread: what a page tells

    def _heard(self, _: Any, content: Any, __: Any) -> None:
        if content.get("kind") != "stop":
            return
        self.time = seconds(content["time"])
        self._stop(self.time)
        if not self._session.running:
            # Nothing more will be heard here: a plain player takes over.
            self._session._loop.call(self._sounding.stay, 0.0)
