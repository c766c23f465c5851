"""How a live session shows itself in a cell: its widget while it runs, what it came to afterwards."""

from __future__ import annotations

import sys
from threading import Lock
from typing import Any

from ipywidgets import Widget

from dgnb.lazy import load
from dgnb.live.listening import HearingSession
from dgnb.live.session import Session
from dgnb.live.speaking import SpeakSession
from dgnb.transport.loop import in_thread, shared

WIDGETS: dict[type[Session[Any]], str] = {
    SpeakSession: "dgnb.widgets.player:SpeechPlayer",
}
"""The widget of each kind of session; it is made with the session.

One that has more to do when its session is over says so with a coroutine function ``over``,
which returns when the widget may be replaced.
"""

PAUSE = 0.25
"""Least time between two updates of a session that has no widget [s]."""

Bundle = dict[str, Any]


class Face:
    """The displays of one session: they all show the same, and end as static HTML.

    A saved notebook has nothing of the widget, which without a kernel would only be an error.

    Parameters
    ----------
    session : Session
    brief : bool
        Whether only a line is to remain, since the result is shown on its own.
    """

    def __init__(self, session: Session[Any], *, brief: bool = False) -> None:
        self.session, self.brief = session, brief
        made = WIDGETS.get(type(session))
        self.widget: Any = load(made)(session) if made else None
        self._handles: list[Any] = []
        self._place = ""
        self._ending = Lock()
        # In a copy of the cell's context, as the session itself.
        self._following = shared().submit(self._follow())

    def show(self) -> None:
        """Show the session below the cell that runs, unless it is there."""
        place = _execution()
        if place and place == self._place:
            return
        self._place = place
        self._handles.append(_display(self._bundle(), display_id=True))

    def settle(self, *, whole: bool = False) -> None:
        """Show what an ended session came to, in the name of the cell that runs now.

        A front end without a page (nbclient) takes no message of a cell that has returned.
        With a page there is time: speech may still be playing.

        Parameters
        ----------
        whole : bool
            Whether all of it is shown although it was to be brief.
        """
        self.brief = self.brief and not whole
        if self.widget is None or not _has_page():
            self._conclude()

    async def _follow(self) -> None:
        if self.widget is None:
            while not await self.session._settled(PAUSE):
                await in_thread(self._update)
        await self.session._settled(None)
        over = getattr(self.widget, "over", None)
        if over is not None:
            await over()
        await in_thread(self._conclude)

    def _conclude(self) -> None:
        """Put what the session came to in the place of the widget."""
        with self._ending:
            self._update()
            if self.widget is not None:
                self.widget.close()
                self.widget = None

    def _update(self) -> None:
        bundle = self._bundle() if self.session.running else came_to(self.session, brief=self.brief)
        for handle in self._handles:
            handle.update(bundle, raw=True)

    def _bundle(self) -> Bundle:
        """What stands below the cell while the session runs."""
        if self.widget is None:
            return came_to(self.session)
        # Without the session's repr: that loads what tables need, and the cell is to return at once.
        text = {"text/plain": f"<{type(self.session).__name__}: {self.session.status}>"}
        data, _ = self.widget._repr_mimebundle_()
        return {**data, **text}


def show(session: Session[Any], *, brief: bool = False) -> Face | None:
    """Show a session below the cell that runs: in a notebook as its widget, elsewhere as text.

    A second call in the same cell shows nothing more; one in another cell shows the same
    widget there as well.

    Parameters
    ----------
    session : Session
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
        if not in_notebook():
            sys.stdout.write(f"{session!r}\n")
            return None
        if not session.running:
            _display(came_to(session))
            return None
        face = session._face = Face(session, brief=brief)
    face.show()
    return face


def came_to(session: Session[Any], *, brief: bool = False) -> Bundle:
    """Return how a session stands as text, and as HTML that a notebook keeps."""
    text = repr(session)
    if brief and not session.running and not session.error:
        return {"text/plain": text.partition("\n")[0]}
    # Speech that is still being made would be sent as a whole each time.
    is_light = isinstance(session, HearingSession) or not session.running
    return {"text/plain": text} | ({"text/html": session._repr_html_()} if is_light else {})


def in_notebook() -> bool:
    """Whether a kernel runs this, and so a front end may show widgets."""
    return getattr(_shell(), "kernel", None) is not None


def _shell() -> Any:
    return load("IPython:get_ipython")()


def _display(bundle: Bundle, **options: Any) -> Any:
    return load("IPython.display:display")(bundle, raw=True, **options)


def _execution() -> str:
    """Name of the execution of a cell that runs now; empty where it is unknown."""
    parent: dict[str, Any] = getattr(_shell(), "get_parent", dict)()
    return str(parent.get("header", {}).get("msg_id", ""))


def _has_page() -> bool:
    """Whether a front end with widgets is there: such a one asks for all of them when it connects."""
    return getattr(Widget, "_control_comm", None) is not None
