"""Audio of a session that pages play while it comes."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from math import isfinite
from typing import Any

from anywidget import AnyWidget

from dgnb.live.observation import Observer
from dgnb.live.session import Session
from dgnb.widgets.tape import Tape

BLOCK = 1_000_000
"""Bytes of one buffer at the most."""

_PAGE = 10.0
"""How long a page may take to show itself, and to tell that it plays on [s]."""

_PAUSED = 60.0
"""How long a pause may last before an ended session's sound is left [s]."""

_LEFT = {"playing": _PAGE, "waiting": _PAGE, "blocked": 3.0, "paused": _PAUSED}
"""How long a page is waited for after it told its state [s]; with a click to come, a plain player does."""


class Sounding:
    """What a widget sends of a session's audio, and what it hears of the sound.

    Parameters
    ----------
    widget : AnyWidget
        Has ``playing``, ``time`` and ``lead``, which are kept up to date.
    session : Session
    tape : Tape
        The session's audio.
    more : callable, optional
        Gives what a page that has just come is told beside the audio.
    """

    def __init__(
        self,
        widget: AnyWidget,
        session: Session[Any],
        tape: Tape,
        more: Callable[[], dict[str, Any]] = dict,
    ) -> None:
        self._widget, self._session, self._tape, self._more = widget, session, tape, more
        self._first = ""
        self.silence = 0.0
        """With which the audio begins [s]."""
        self._leave_at = session._loop.loop.time() + _PAGE
        self._left = asyncio.Event()
        self._pieces = Observer(session._loop.loop, self.send)
        self._acts: dict[str, Callable[[dict[str, Any]], None]] = {
            "ready": self._ready,
            "report": self._report,
            "sound": self._sound,
        }
        widget.on_msg(lambda _, content, __: self._heard(content))
        session._waiting.add(self._tell)

    # On dgnb's loop: what the session has

    def _tell(self) -> None:
        if self._tape.behind:
            self._pieces.tell()

    def send(self) -> None:
        """Send what has come of the audio."""
        start, audio = self._tape.size, self._tape.read()
        if audio and self._widget.comm is not None:
            self._widget.send({"kind": "audio", "start": start}, _cut(audio))

    def skip(self) -> None:
        """Be silent at once, and play what comes from now on."""
        if self._widget.comm is not None:
            self._widget.send({"kind": "stop"})
        self.edge()

    def edge(self) -> None:
        """Tell that what comes from now on is to be played, where the sound was stopped."""
        self.send()
        if self._widget.comm is not None:
            self._widget.send({"kind": "edge", "at": self._tape.size})

    def dismiss(self) -> None:
        """Send nothing more."""
        self._session._waiting.discard(self._tell)
        self._pieces.cancel()

    def _snapshot(self, page: str, size: int) -> None:
        """Send what a page lacks that has `size` samples."""
        if self._widget.comm is None:
            return
        self._first = self._first or page
        content = {"to": page, "start": size, "time": self._widget.time, "late": page != self._first}
        self._widget.send({"kind": "snapshot", **content, **self._more()}, _cut(self._tape.since(size)))

    async def over(self) -> None:
        """Wait until the sound of an ended session has ended too, or nobody hears it."""
        loop = asyncio.get_running_loop()
        while (rest := self._leave_at - loop.time()) > 0:
            self._left.clear()
            try:
                await asyncio.wait_for(self._left.wait(), rest)
            except TimeoutError:
                return

    def stay(self, length: float) -> None:
        """Note how long the page is waited for when the session has ended [s]."""
        self._leave_at = self._session._loop.loop.time() + length
        self._left.set()

    # On any thread: what a page tells

    def _heard(self, content: dict[str, Any]) -> None:
        act = self._acts.get(content.get("kind", ""))
        if act is not None:
            act(content)

    def _ready(self, content: dict[str, Any]) -> None:
        self._session._loop.call(self._snapshot, str(content["page"]), int(content["size"]))

    def _report(self, content: dict[str, Any]) -> None:
        self._widget.time = seconds(content["time"])
        self._widget.playing = content["state"] == "playing"
        self._session._loop.call(self.stay, _LEFT.get(content["state"], 0.0))

    def _sound(self, content: dict[str, Any]) -> None:
        self.silence = seconds(content["silence"])
        self._widget.lead = seconds(content["lead"])


def _cut(audio: bytes) -> list[bytes]:
    """Audio as buffers that are not too large."""
    return [audio[at : at + BLOCK] for at in range(0, len(audio), BLOCK)]


def seconds(value: Any) -> float:
    """Return a number of a page, which may be any, as a time [s].

    Examples
    --------
    >>> seconds("inf"), seconds(1.5)
    (0.0, 1.5)
    """
    number = float(value)
    return max(number, 0.0) if isfinite(number) else 0.0
