"""The live sessions that cells have started."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

from dgnb.batch.batch import Batch
from dgnb.lazy import load
from dgnb.live.session import Session
from dgnb.transport.loop import result, shared

if TYPE_CHECKING:
    from dgnb.widgets.face import Face

Running = Session[Any] | Batch

AnySession = TypeVar("AnySession", bound=Running)


@dataclass(frozen=True)
class _Started:
    """A session, and how it is shown."""

    session: Running
    face: Face | None


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
        if self._shell is not None:
            self._shell.events.register("post_run_cell", self._after_cell)

    def start(self, begin: Callable[[], AnySession], path: str, *, brief: bool = False) -> AnySession:
        """Return the session that a function begins, and show it below the cell.

        Parameters
        ----------
        begin : callable
        path : str
            What the session is called.
        brief : bool
            Whether the cell waits, and shows what the session came to on its own.
        """
        session = begin()
        face = self._tell(session, path, brief)
        self._started.append(_Started(session, face))
        return session

    def _tell(self, session: Running, path: str, brief: bool) -> Face | None:
        """Show a new session, or say that it runs."""
        if self._shell is not None:
            face: Face = load("dgnb.widgets.face:show")(session, path, brief=brief)
            return face
        end = "Ctrl-C ends it" if brief else "stop() of the session that it returns ends it"
        sys.stdout.write(f"{path} runs; {end}.\n")
        self._started = [each for each in self._started if each.session.running]
        return None

    def settle(self, session: Running, *, whole: bool = False) -> None:
        """Have the display of a session show what it came to."""
        for each in self._started:
            if each.session is session and each.face is not None:
                each.face.settle(whole=whole)

    def close(self) -> None:
        """Stop all sessions that run, and show sessions no more."""
        running = [each.session for each in self._started if each.session.running]
        for stopping in [shared().submit(session._stop_quietly()) for session in running]:
            result(stopping)
        if self._shell is not None:
            self._shell.events.unregister("post_run_cell", self._after_cell)
            self._after_cell()

    def _after_cell(self, _result: Any = None) -> None:
        """Let the displays of sessions that have ended be complete before the cell is."""
        ended = [each for each in self._started if not each.session.running]
        self._started = [each for each in self._started if each.session.running]
        for each in ended:
            if each.face is not None:
                each.face.settle()
