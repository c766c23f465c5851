"""Live sessions below the cells that started them, shown while they run."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable
from dataclasses import dataclass
from time import perf_counter
from typing import Any, TypeVar

from dgnb.errors import DgnbError
from dgnb.lazy import load
from dgnb.live.listening import HearingSession
from dgnb.live.session import STOP, Session
from dgnb.transport.loop import result, shared

AnySession = TypeVar("AnySession", bound=Session[Any])

PAUSE = 0.25
"""Least time between two updates [s]."""

SHARE = 10
"""An update that takes long is followed by a pause so many times as long."""


class Progress:
    """One display in a notebook that follows a session, and keeps what it came to.

    It is found again by its display id, so that it may be updated from another thread and
    while another cell runs.

    Parameters
    ----------
    session : Session
    path : str
        What the session is called.
    brief : bool
        Whether only a line is to remain, since the result is shown on its own.
    """

    def __init__(self, session: Session[Any], path: str, *, brief: bool = False) -> None:
        self.session, self.brief = session, brief
        # Without its repr: that loads what tables need, and the cell is to return at once.
        self._shown = {"text/plain": f"<{path}: connecting>"}
        self._handle = load("IPython.display:display")(self._shown, raw=True, display_id=True)
        # In a copy of the cell's context, as the session itself.
        self._following = shared().submit(self._follow())

    async def _follow(self) -> None:
        # The first one is no measure: it may have to load the libraries of tables.
        await asyncio.to_thread(self._update)
        took = 0.0
        while not await self.session._settled(max(PAUSE, SHARE * took)):
            took = await asyncio.to_thread(self._update)
        await asyncio.to_thread(self._update)

    def _update(self) -> float:
        """Show how the session stands; return how long that took [s]."""
        began = perf_counter()
        bundle = self._bundle()
        if bundle != self._shown:
            self._shown = bundle
            self._handle.update(bundle, raw=True)
        return perf_counter() - began

    def _bundle(self) -> dict[str, str]:
        session = self.session
        text = repr(session)
        if self.brief and not session.running and not session.error:
            return {"text/plain": text.partition("\n")[0]}
        # Speech that is still being made would be sent as a whole each time.
        is_light = isinstance(session, HearingSession) or not session.running
        return {"text/plain": text} | ({"text/html": session._repr_html_()} if is_light else {})

    def settle(self, *, whole: bool = False) -> None:
        """Show what an ended session came to, in the name of the cell that runs now.

        A front end without a page (nbclient) takes no message of a cell that has returned.

        Parameters
        ----------
        whole : bool
            Whether all of it is shown although it was to be brief.
        """
        result(self._following, STOP)
        self.brief = self.brief and not whole
        self._shown = self._bundle()
        self._handle.update(self._shown, raw=True)


@dataclass(frozen=True)
class _Started:
    """A session, and the cell and execution that it was started by; both are empty where that is unknown."""

    session: Session[Any]
    cell: str
    execution: str
    progress: Progress | None


class Stage:
    """The live sessions that a shell's magics have started.

    Parameters
    ----------
    shell : InteractiveShell, optional
        In a kernel sessions are shown while they run; elsewhere one line says that they do.
    """

    def __init__(self, shell: Any = None) -> None:
        self._shell = shell if getattr(shell, "kernel", None) is not None else None
        self._started: list[_Started] = []
        self._fresh: list[Session[Any]] = []
        if self._shell is not None:
            self._shell.events.register("post_run_cell", self._after_cell)
            self._formatter.for_type(Session, self._show)

    @property
    def _formatter(self) -> Any:
        return self._shell.display_formatter.ipython_display_formatter  # type: ignore[union-attr]

    def start(self, begin: Callable[[], AnySession], path: str, *, brief: bool = False) -> AnySession:
        """Return the session that a function begins, and show it below the cell.

        A session that an earlier run of the same cell has started is stopped before.

        Parameters
        ----------
        begin : callable
        path : str
            What the session is called.
        brief : bool
            Whether the cell waits, and shows what the session came to on its own.
        """
        cell, execution = self._place()
        for earlier in self._started:
            if cell and earlier.cell == cell and earlier.execution != execution:
                _stop(earlier.session)
        session = begin()
        progress = self._tell(session, path, brief)
        self._started.append(_Started(session, cell, execution, progress))
        return session

    def _tell(self, session: Session[Any], path: str, brief: bool) -> Progress | None:
        """Show a new session, or say that it runs."""
        if self._shell is not None:
            self._fresh.append(session)
            return Progress(session, path, brief=brief)
        end = "Ctrl-C ends it" if brief else "stop() of the session that it returns ends it"
        sys.stdout.write(f"{path} runs; {end}.\n")
        self._started = [each for each in self._started if each.session.running]
        return None

    def settle(self, session: Session[Any], *, whole: bool = False) -> None:
        """Have the display of a session show what it came to."""
        for each in self._started:
            if each.session is session and each.progress is not None:
                each.progress.settle(whole=whole)

    def close(self) -> None:
        """Stop all sessions that run, and show sessions no more."""
        running = [each.session for each in self._started if each.session.running]
        for stopping in [_stop(session) for session in running]:
            result(stopping)
        if self._shell is not None:
            self._shell.events.unregister("post_run_cell", self._after_cell)
            self._formatter.pop(Session, None)
            self._after_cell()

    def _place(self) -> tuple[str, str]:
        """The cell that runs, if the front end names it, and this execution of it."""
        if self._shell is None:
            return "", ""
        parent = self._shell.get_parent()
        cell = parent.get("metadata", {}).get("cellId", "")
        return str(cell), str(parent.get("header", {}).get("msg_id", ""))

    def _after_cell(self, _result: Any = None) -> None:
        """Let the displays of sessions that have ended be complete before the cell is."""
        self._fresh.clear()
        ended = [each for each in self._started if not each.session.running]
        self._started = [each for each in self._started if each.session.running]
        for each in ended:
            if each.progress is not None:
                each.progress.settle()

    def _show(self, session: Session[Any]) -> None:
        """Show a session that is a cell's value; one that this cell started is there already."""
        if session in self._fresh:
            self._fresh.remove(session)
            return
        bundle = {"text/plain": repr(session), "text/html": session._repr_html_()}
        load("IPython.display:display")(bundle, raw=True)


def _stop(session: Session[Any]) -> Any:
    """Begin to stop a session; it keeps what was heard, and an error is its own."""

    async def stop() -> None:
        try:
            await session._stop()
        except DgnbError:
            return

    return shared().submit(stop())
