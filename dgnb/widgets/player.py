"""Speech that is heard while it is still being made, with its controls."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from math import isfinite
from typing import Any, ClassVar

from anywidget import AnyWidget
from traitlets import Bool, Float, Int, Unicode

from dgnb.live.observation import Observer
from dgnb.live.speaking import SpeakSession
from dgnb.widgets.assets import css, esm
from dgnb.widgets.delivery import promptly
from dgnb.widgets.tape import Script, Tape

BLOCK = 1_000_000
"""Bytes of one buffer at the most."""

_PAGE = 10.0
"""How long a page may take to show itself, and to tell that it plays on [s]."""

_PAUSED = 60.0
"""How long a pause may last before an ended session's player is left [s]."""

_LEFT = {"playing": _PAGE, "waiting": _PAGE, "blocked": 3.0, "paused": _PAUSED}
"""How long a page is waited for after it told its state [s]; with a click to come, a plain player does."""


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
        rate = session._dialogue.options["sample_rate"]
        super().__init__(rate=rate, status=session.status, sandbox=session.sandbox)
        self._session = session
        self._tape = Tape(session)
        self._script = Script(session)
        self._first = ""
        self._silence = 0.0
        self._leave_at = session._loop.loop.time() + _PAGE
        self._left = asyncio.Event()
        self._pieces = Observer(session._loop.loop, self._send_audio)
        self.on_msg(self._heard)
        promptly(self)
        session._waiting.add(self._tell)
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
        self._send_audio()
        if self.comm is not None:
            self.send({"kind": "edge", "at": self._tape.size})
        if asking is not None:
            await asking

    # On dgnb's loop: what the session has

    def _tell(self) -> None:
        if self._tape.behind:
            self._pieces.tell()

    def _send_audio(self) -> None:
        start, audio = self._tape.size, self._tape.read()
        if audio and self.comm is not None:
            self.send({"kind": "audio", "start": start}, _cut(audio))

    def _follow(self, session: SpeakSession[Any]) -> None:
        if self.comm is None:
            self._dismiss()
            return
        for change in self._script.read():
            self.send({"kind": "text", **change})
        if self.latency is None and self._script.latency is not None:
            self.latency = self._script.latency
            self._sum()
        if not session.running:
            self._send_audio()
            self.error = str(session.error or "")
        self.status = session.status

    def _dismiss(self) -> None:
        self._session._waiting.discard(self._tell)
        self._pieces.cancel()
        self._unobserve()

    def _snapshot(self, page: str, size: int) -> None:
        """Send what a page lacks that has `size` samples."""
        if self.comm is None:
            return
        self._first = self._first or page
        content = {"to": page, "start": size, "time": self.time, "late": page != self._first}
        content["stretches"] = [*self._script.stretches]
        self.send({"kind": "snapshot", **content}, _cut(self._tape.since(size)))

    async def over(self) -> None:
        """Wait until the sound of an ended session has ended too, or nobody hears it."""
        loop = asyncio.get_running_loop()
        while (rest := self._leave_at - loop.time()) > 0:
            self._left.clear()
            try:
                await asyncio.wait_for(self._left.wait(), rest)
            except TimeoutError:
                return

    # On any thread: what a page tells

    def _heard(self, _: Any, content: Any, __: Any) -> None:
        act = self._ACTS.get(content.get("kind"))
        if act is not None:
            act(self, content)

    def _ready(self, content: dict[str, Any]) -> None:
        self._session._loop.call(self._snapshot, str(content["page"]), int(content["size"]))

    def _report(self, content: dict[str, Any]) -> None:
        self.time, self.playing = _seconds(content["time"]), content["state"] == "playing"
        self._session._loop.call(self._stay, _LEFT.get(content["state"], 0.0))

    def _stay(self, seconds: float) -> None:
        self._leave_at = self._session._loop.loop.time() + seconds
        self._left.set()

    def _sound(self, content: dict[str, Any]) -> None:
        self.lead, self._silence = _seconds(content["lead"]), _seconds(content["silence"])
        self._sum()

    def _sum(self) -> None:
        if self.latency is not None and self.lead is not None:
            self.first_sound = self.latency + self.lead + self._silence

    def _stopped(self, content: dict[str, Any]) -> None:
        self.time = _seconds(content["time"])
        self._stop(self.time)
        if not self._session.running:
            # Nothing more will be heard here: a plain player takes over.
            self._session._loop.call(self._stay, 0.0)

    _ACTS: ClassVar[dict[str, Callable[[SpeechPlayer, dict[str, Any]], None]]] = {
        "ready": _ready,
        "report": _report,
        "sound": _sound,
        "stop": _stopped,
    }


def _cut(audio: bytes) -> list[bytes]:
    """Audio as buffers that are not too large."""
    return [audio[at : at + BLOCK] for at in range(0, len(audio), BLOCK)]


def _seconds(value: Any) -> float:
    """A number of a page, which may be any."""
    number = float(value)
    return max(number, 0.0) if isfinite(number) else 0.0
