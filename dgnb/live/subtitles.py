"""A captions file that grows while somebody speaks."""

from __future__ import annotations

import os
import sys
import threading
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING, Any

from dgnb.errors import OptionError, TimedOut
from dgnb.sessions.listening import Listening
from dgnb.sessions.turns import Turns

if TYPE_CHECKING:
    from dgnb.live.listening import HearingSession


class CaptionsFile:
    """Captions of what is final so far, in a file that is whole at any time.

    It is written anew, at once and by a thread of its own, when more has become final; a player that
    reads it again and again sees it grow. When the session ends it is that of the whole transcript.

    Parameters
    ----------
    session : HearingSession
    path : path
    kind : str
        Empty for what the path ends with.
    options : dict
        As for ``captions`` of a transcript.
    """

    def __init__(
        self, session: HearingSession[Any], path: str | os.PathLike[str], kind: str, options: dict[str, Any]
    ) -> None:
        self.path = Path(path)
        self.error: BaseException | None = None
        self._session, self._options = session, options
        self._kind = kind or self.path.suffix.lower().removeprefix(".")
        self._written = -1
        self._news: SimpleQueue[bool] = SimpleQueue()
        self._over = threading.Event()
        if not self._kind:
            raise OptionError(
                f"{path}: the name ends with no kind of captions; for example .vtt or .srt.", "kind"
            )
        self._write()  # here, so that an option that is wrong is told at once
        self._dismiss = session.observe(lambda live: self._news.put(live.running))
        threading.Thread(target=self._run, name="dgnb-captions", daemon=True).start()

    def wait(self, timeout: float | None = None) -> Path:
        """Wait until the file is that of the whole session, and return its path.

        Raises
        ------
        TimedOut
            It is not yet.
        OSError
            It could not be written.
        """
        if not self._over.wait(timeout):
            raise TimedOut(f"{self.path} is still being written after {timeout:g} s.")
        if self.error is not None:
            raise self.error
        return self.path

    def stop(self) -> Path:
        """Write it a last time, and no more; the session goes on."""
        self._dismiss()
        self._news.put(False)
        return self.wait()

    def _run(self) -> None:
        running = True
        try:
            while running:
                running = self._next()
                if _finals(self._session) != self._written:
                    self._write()
        except Exception as error:
            self.error = error
            self._dismiss()
            threading.excepthook(threading.ExceptHookArgs((*sys.exc_info(), threading.current_thread())))
        finally:
            self._over.set()

    def _next(self) -> bool:
        """Wait for news, take all there is, and tell whether there will be more."""
        running = self._news.get()
        try:
            while True:
                running = self._news.get_nowait() and running
        except Empty:
            return running

    def _write(self) -> None:
        self._written = _finals(self._session)
        captions = self._session.transcript.captions(self._kind, **self._options)
        beside = self.path.with_name(f".{self.path.name}.part")
        captions.save(beside)
        os.replace(beside, self.path)  # never half a file

    def __repr__(self) -> str:
        return f"<CaptionsFile: {self.path}{', complete' if self._over.is_set() else ', growing'}>"


def _finals(session: HearingSession[Any]) -> int:
    """Give how much has become final."""
    dialogue = session._dialogue
    if isinstance(dialogue, Listening):
        return sum(map(len, dialogue.finals.values()))
    if isinstance(dialogue, Turns):
        return len(dialogue.turns) + dialogue.over
    return 0
