"""Sessions in a notebook of marimo: what a cell shows of them, and when they are over with it.

A display there cannot be changed from another thread, and such a notebook keeps no outputs. So
the widget of a session that is over stays as it is.
"""

from __future__ import annotations

import sys
import threading
from typing import Any

from dgnb.lazy import load
from dgnb.live.running import Running
from dgnb.live.session import Session
from dgnb.widgets.face import WIDGETS, came_to

BEAT = 0.25
"""Time between two looks at whether a cell still stands [s]."""


def in_cell() -> bool:
    """Whether this runs in a cell of marimo that somebody looks at.

    Examples
    --------
    >>> in_cell()
    False
    """
    return "marimo" in sys.modules and bool(load("marimo:running_in_notebook")())


def show(shown: Any) -> None:
    """Show something below the cell that runs."""
    load("marimo:output").append(shown)


def view(session: Session[Any]) -> Any:
    """Return what a cell shows of a session: its widget while it runs, what it came to afterwards.

    What a cell shows at its end takes the place of all that it has shown before: so a microphone's
    recorder is shown once more.
    """
    made = WIDGETS.get(type(session))
    if made is None or not session.running:
        return _static(session)
    # The widgets of a cell are closed when it is run again.
    if session._face is None or session._face.comm._closed:
        session._face = load(made)(session)
    recorder = session._stream.recorder if session._stream is not None else None
    return session._face if recorder is None else load("marimo:vstack")([recorder, session._face])


def _static(session: Session[Any]) -> Any:
    bundle = came_to(session)
    if "text/html" in bundle:
        return load("marimo:Html")(bundle["text/html"])
    return load("marimo:plain_text")(bundle["text/plain"])


def keep(session: Running[Any]) -> None:
    """Have a session stop when the cell that has begun it is run again or deleted, or its page is closed."""
    session._loop.submit(_keep(session, Standing()))


class Standing:
    """Whether what a cell has begun is still wanted, as marimo tells it."""

    def __init__(self) -> None:
        # A thread of marimo's, never started: it is told when it is to end.
        self._told = load("marimo:Thread")()
        self._home = threading.current_thread()

    def __bool__(self) -> bool:
        # An app runs each page's cells in a thread, which ends with the page.
        return self._home.is_alive() and not self._told.should_exit


async def _keep(session: Running[Any], standing: Standing) -> None:
    while standing:
        if await session._settled(BEAT):
            return
    await session._stop_quietly()
