"""How a live session shows itself in a cell: its widget while it runs, what it came to afterwards."""

from __future__ import annotations

import sys
from contextlib import suppress
from threading import Lock
from time import perf_counter
from typing import Any

from dgnb.batch.batch import Batch
from dgnb.lazy import load
from dgnb.live.agent import AgentSession
from dgnb.live.listening import HearingSession, ListenSession
from dgnb.live.session import Session
from dgnb.live.speaking import SpeakSession
from dgnb.live.turns import FluxSession
from dgnb.transport.loop import in_thread, result, shared
from dgnb.widgets.hosts import execution, has_page, in_kernel, in_voila

WIDGETS: dict[type[Any], str] = {
    AgentSession: "dgnb.widgets.agent:AgentPanel",
    ListenSession: "dgnb.widgets.captions:Captions",
    FluxSession: "dgnb.widgets.turns:TurnsView",
    SpeakSession: "dgnb.widgets.player:SpeechPlayer",
}
"""The widget of each kind of session; it is made with the session.

One that has more to do when its session is over says so with a coroutine function ``over``,
which returns when the widget may be replaced.
"""

PAUSE = 0.25
"""Least time between two updates of a session that has no widget [s]."""

SHARE = 10
"""An update that takes long is followed by a pause so many times as long."""

PATIENCE = 10.0
"""How long the display of a session that has ended is waited for [s]."""

Bundle = dict[str, Any]

Shown = Session[Any] | Batch
"""What runs by itself, and is shown while it does."""


class Face:
    """The displays of one session: they all show the same, and end as static HTML.

    They are found again by their display ids, so that they may be updated from another thread
    and while another cell runs. A saved notebook has nothing of the widget, which without a
    kernel would only be an error.

    Parameters
    ----------
    session : Session or Batch
    name : str
        What the session is called.
    brief : bool
        Whether only a line is to remain, since the result is shown on its own.
    """

    def __init__(self, session: Shown, name: str, *, brief: bool = False) -> None:
        self.session, self.brief = session, brief
        made = WIDGETS.get(type(session)) if has_page() else None
        self.widget: Any = load(made)(session) if made else None
        # Without its repr: that loads what tables need, and the cell is to return at once.
        self._shown: Bundle = {"text/plain": f"<{name}: {session.status}>"}
        if self.widget is not None:
            self._shown = {**self.widget._repr_mimebundle_()[0], **self._shown}
        self._handles: list[Any] = []
        self._place = ""
        self._over = False
        self._ending = Lock()
        # In a copy of the cell's context, as the session itself.
        self._following = shared().submit(self._follow())

    def show(self) -> None:
        """Show the session below the cell that runs, unless it is there."""
        place = execution()
        if place and place == self._place:
            return
        self._place = place
        with self._ending:  # else one that is made just now would never be exchanged
            if self._over:
                _display(came_to(self.session))
            else:
                self._handles.append(_display(self._shown, display_id=True))

    def settle(self, *, whole: bool = False) -> None:
        """Show what an ended session came to, in the name of the cell that runs now.

        A front end without a page (nbclient) takes no message of a cell that has returned.
        A page does, and speech may still be heard there.

        Parameters
        ----------
        whole : bool
            Whether all of it is shown although it was to be brief.
        """
        self.brief = self.brief and not whole
        if self.widget is None:
            with suppress(TimeoutError):  # a display that is slow to come must not fail the cell
                result(self._following, PATIENCE)
            self._update(again=True)
        elif self._over:
            self._update()

    async def _follow(self) -> None:
        if self.widget is None:
            await self._follow_text()
        else:
            await self.session._settled(None)
            over = getattr(self.widget, "over", None)
            if over is not None:
                await over()
        await in_thread(self._conclude)

    async def _follow_text(self) -> None:
        # The first one is no measure: it may have to load the libraries of tables.
        await in_thread(self._update)
        took = 0.0
        while not await self.session._settled(max(PAUSE, SHARE * took)):
            began = perf_counter()
            await in_thread(self._update)
            took = perf_counter() - began

    def _conclude(self) -> None:
        """Put what the session came to in the place of the widget, where a place can be taken."""
        with self._ending:
            self._over = True
            if self.widget is not None and in_voila():
                return
            self._update()
            if self.widget is not None:
                self.widget.close()

    def _update(self, *, again: bool = False) -> None:
        bundle = came_to(self.session, brief=self.brief)
        if bundle != self._shown or again:
            self._shown = bundle
            for handle in self._handles:
                handle.update(bundle, raw=True)


def show(session: Shown, name: str = "", *, brief: bool = False) -> Face | None:
    """Show a session below the cell that runs: in a notebook as its widget, elsewhere as text.

    A second call in the same cell shows nothing more; one in another cell shows the same
    widget there as well.

    Parameters
    ----------
    session : Session or Batch
    name : str, optional
        What it is called before there is anything of it to show.
    brief : bool, default False
        Whether only a line is to remain, since the result is shown on its own.

    Returns
    -------
    Face or None
        ``None`` where there is nothing to follow it: outside of notebooks, and after its end.

    Examples
    --------
    >>> from dgnb import Deepgram
    >>> with Deepgram(sandbox=True) as dg, dg.speak.live() as talk:
    ...     _ = talk.finish()
    ...     show(talk)
    <speak.live: ended, 0.0 s spoken>
    """
    face: Face | None = session._face
    if face is None:
        if not in_kernel():
            sys.stdout.write(f"{session!r}\n")
            return None
        if not session.running:
            _display(came_to(session))
            return None
        face = session._face = Face(session, name or type(session).__name__, brief=brief)
    face.show()
    return face


def came_to(session: Shown, *, brief: bool = False) -> Bundle:
    """Return how a session stands as text, and as HTML that a notebook keeps."""
    text = repr(session)
    if brief and not session.running and not session.error:
        return {"text/plain": text.partition("\n")[0]}
    # Speech that is still being made would be sent as a whole each time.
    is_light = isinstance(session, HearingSession | Batch) or not session.running
    return {"text/plain": text} | ({"text/html": session._repr_html_()} if is_light else {})


def _display(bundle: Bundle, **options: Any) -> Any:
    return load("IPython.display:display")(bundle, raw=True, **options)
