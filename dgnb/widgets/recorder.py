"""The browser's microphone, wherever Python runs."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from html import escape
from typing import Any

from anywidget import AnyWidget
from traitlets import Bool, Int, Unicode

from dgnb.audio.frames import Frames
from dgnb.audio.microphone import RATE
from dgnb.audio.raw import AudioFormat
from dgnb.errors import DgnbError, OptionError
from dgnb.lazy import load
from dgnb.transport.loop import in_thread, shared
from dgnb.widgets import problems
from dgnb.widgets.assets import css, esm
from dgnb.widgets.delivery import promptly
from dgnb.widgets.visits import Visitor, page_url

PATIENCE = 3.0
"""How long a page may take to send the rest when it is to stop [s]."""

SILENCE = 60.0
"""A page that records and gives no sign for so long is gone [s]; a browser also connects again meanwhile."""

SHORTEST, HIGHEST = 8000, 48_000
"""Rates that every browser can give [Hz]."""


class Recorder(AnyWidget):
    """Records what is spoken at the browser's microphone, when somebody presses its button.

    It is a source of audio for one session: ``dg.listen.live(recorder)``, which connects when the
    recording starts. What was recorded before is kept, for ten minutes at the most.

    Parameters
    ----------
    rate : int, default 16000
        Samples a second [Hz].
    echo_cancellation : bool, default False
        Whether the browser takes out what its loudspeakers play. Needed where a voice answers;
        recognition is better without it.

    Raises
    ------
    OptionError
        The rate is out of range.

    Examples
    --------
    >>> recorder = Recorder()
    >>> recorder
    <Recorder: idle, 0.0 s>
    >>> recorder.close()
    """

    _esm = esm("recorder")
    _css = css("recorder")

    rate = Int(RATE, read_only=True, help="samples a second [Hz]").tag(sync=True)
    echo_cancellation = Bool(False, read_only=True).tag(sync=True)
    state = Unicode("idle", help="idle, recording, paused or ended").tag(sync=True)
    take = Unicode("", help="name of the recording, which one page makes").tag(sync=True)
    said = Unicode("", help="what has happened, as a sentence").tag(sync=True)
    page = Unicode("", help="where to record when this page may not").tag(sync=True)
    lost = Int(0, help="frames that the browser sent and that never came").tag(sync=True)

    def __init__(self, rate: int = RATE, echo_cancellation: bool = False) -> None:
        if not SHORTEST <= rate <= HIGHEST:
            raise OptionError(
                f"A recorder's rate is {SHORTEST} to {HIGHEST} Hz, not {rate!r}.", "sample_rate"
            )
        self.audio_source = Frames("The recorder", AudioFormat("linear16", int(rate)), self._let_go)
        """The audio, for a session."""
        self._lock = threading.RLock()
        self._visitors: list[Visitor] = []
        self._display: Any = None
        self._beats = 0
        self._home = _loop()
        super().__init__()
        self.set_trait("rate", int(rate))
        self.set_trait("echo_cancellation", echo_cancellation)
        self.on_msg(lambda _, content, buffers: self._heard(content, buffers))
        promptly(self)

    # What it tells

    @property
    def duration(self) -> float:
        """How much was recorded so far [s]."""
        return self.audio_source.duration

    @property
    def gaps(self) -> list[tuple[int, int]]:
        """Numbers of the frames that never came, as ranges; silence stands in for them."""
        return list(self.audio_source.gaps)

    def __repr__(self) -> str:
        lost = f", {self.lost} frames lost" if self.lost else ""
        return f"<Recorder: {self.state}, {self.duration:.1f} s{lost}>"

    def _repr_mimebundle_(self, **options: Any) -> Any:
        found: Any = super()._repr_mimebundle_(**options)
        if found is None:
            return None
        # Where a saved notebook is shown without a kernel.
        found[0]["text/html"] = f"<p>{escape(self.said or repr(self))}</p>"
        return found

    # What it does

    def show(self) -> None:
        """Show it below the cell that runs now; at the end what it came to takes its place."""
        self._display = load("IPython.display:display")(self, display_id=True)

    def stop(self) -> None:
        """End the recording; what was spoken until now still comes."""
        with self._lock:
            if self.state == "idle":
                self._end(0, problems.NOTHING)
            elif self.state != "ended":
                self._tell({"do": "stop"})
                shared().call(shared().loop.call_later, PATIENCE, self._end, 0, "")

    def close(self) -> None:
        """End the recording and take the widget away."""
        if hasattr(self, "_home"):  # else it was never made
            self._end(0, problems.CLOSED)
        super().close()

    def page_url(self) -> str:
        """Return the address of a page that records for this recorder, to be opened on this machine.

        The page is served by dgnb's own sandbox; it can be used once, and soon.

        Raises
        ------
        MissingExtra
            The sandbox's packages are not installed.
        """
        return page_url(Visitor(self))

    def _let_go(self) -> None:
        """Nobody takes the audio any more."""
        self.stop()

    # What the pages say

    def _heard(self, content: dict[str, Any], buffers: Sequence[Any] = ()) -> None:
        """Take a message of a page; on any thread."""
        answer = _ANSWERS.get(content.get("kind", ""))
        if answer is not None:
            with self._lock:
                answer(self, content, buffers)

    def _start(self, content: dict[str, Any], _: Any) -> None:
        if self.state != "idle":
            # Another page was first.
            self._tell({"do": "release", "take": content["take"]})
            return
        self.take, self.state, self.said, self.page = content["take"], "recording", "", ""
        with suppress(RuntimeError):  # the loop is closed
            self._home.call_soon_threadsafe(self._watch)

    def _frame(self, content: dict[str, Any], buffers: Sequence[Any]) -> None:
        if self._is_own(content) and buffers:
            self._beats += 1
            self.audio_source.put(int(content["seq"]), bytes(buffers[0]))
            self._count()

    def _beat(self, content: dict[str, Any], _: Any) -> None:
        if self._is_own(content):
            self._beats += 1

    def _pause(self, content: dict[str, Any], _: Any) -> None:
        if self._is_own(content):
            self.state = "paused" if content["kind"] == "pause" else "recording"

    def _finish(self, content: dict[str, Any], _: Any) -> None:
        if self._is_own(content):
            why = str(content.get("why", ""))
            self._end(int(content["count"]), problems.ENDS.get(why, ""), why in problems.FAULTS)

    def _failed(self, content: dict[str, Any], _: Any) -> None:
        if self.state != "idle":
            return
        why = str(content.get("why", ""))
        self.said = problems.text(why, str(content.get("told", "")))
        if why == "blocked" and problems.is_near(str(content.get("host", ""))):
            # In a thread: the server may have to be started.
            shared().submit(self._offer())

    def _stop_wanted(self, _content: dict[str, Any], _: Any) -> None:
        self.stop()

    def _is_own(self, content: dict[str, Any]) -> bool:
        return self.state in ("recording", "paused") and content.get("take") == self.take

    async def _offer(self) -> None:
        """Offer the page that records instead."""
        try:
            self.page = await in_thread(self.page_url)
            self.said = problems.ELSEWHERE
        except DgnbError:
            self.said = problems.NO_PAGE

    def _count(self) -> None:
        if self.audio_source.lost != self.lost:
            self.lost = self.audio_source.lost

    def _end(self, count: int, said: str, fault: bool = False) -> None:
        """Note that nothing more comes, once."""
        with self._lock:
            if self.state == "ended":
                return
            self.audio_source.finish(count, said if fault else "")
            self._count()
            self.said = problems.summary(said, self.duration, self.lost)
            self.state = "ended"
            self._part()

    def _part(self) -> None:
        """Leave a sentence in the place of a widget that is of no more use."""
        if self._display is not None:
            said, shown = self.said, self._display
            self._display = None
            shown.update({"text/plain": said, "text/html": f"<p>{escape(said)}</p>"}, raw=True)
            self.close()

    # The pages

    def _tell(self, content: dict[str, Any]) -> None:
        self.send(content)
        for visitor in list(self._visitors):
            visitor.tell(content)

    def _watch(self, beats: int = -1, sure: bool = False) -> None:
        """End a recording whose page is gone; called on the loop that also hears the pages.

        A cell that blocks this loop blocks their messages as well: these get a little time of their own.
        """
        if self.state not in ("recording", "paused"):
            return
        silent = self._beats == beats
        if silent and sure:
            self._end(0, problems.GONE, fault=True)
            return
        self._home.call_later(PATIENCE if silent else SILENCE, self._watch, self._beats, silent)


_ANSWERS: dict[str, Callable[[Recorder, dict[str, Any], Sequence[Any]], None]] = {
    "start": Recorder._start,
    "frame": Recorder._frame,
    "beat": Recorder._beat,
    "pause": Recorder._pause,
    "resume": Recorder._pause,
    "end": Recorder._finish,
    "failed": Recorder._failed,
    "stop": Recorder._stop_wanted,
}


def in_notebook(rate: float | None = None, echo_cancellation: bool = False) -> Recorder | None:
    """Return a recorder where a notebook can show it, ``None`` elsewhere.

    Examples
    --------
    >>> in_notebook() is None
    True
    """
    if getattr(load("IPython:get_ipython")(), "kernel", None) is None:
        return None
    return Recorder(int(rate or RATE), echo_cancellation)


def _loop() -> asyncio.AbstractEventLoop:
    """The loop that widgets' messages come on, dgnb's own where there is none."""
    try:
        return asyncio.get_running_loop()
    except RuntimeError:
        return shared().loop
