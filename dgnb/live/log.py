"""What a session tells, while it runs and long after."""

from __future__ import annotations

from collections.abc import Mapping
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dgnb.audio.origin import remember
from dgnb.errors import LiveError
from dgnb.lazy import load
from dgnb.results import Speech, Transcript
from dgnb.sessions import log, minutes
from dgnb.sessions.assembly import conversation, heard
from dgnb.sessions.dialogue import Dialogue
from dgnb.sessions.hearing import Hearing
from dgnb.sessions.listening import Listening
from dgnb.sessions.records import Ended, Record
from dgnb.sessions.turns import Turns

if TYPE_CHECKING:
    from pandas import DataFrame

    from dgnb.live.agentlog import SavedAgent
    from dgnb.views.latency import SessionPlots
    from dgnb.views.turns import TurnsPlots


class Log:
    """The log of a session, and what it comes to.

    Parameters
    ----------
    dialogue : Dialogue
        The session's state.
    options : mapping
        What it began with.
    sandbox : bool
        Whether the offline sandbox answered.
    """

    def __init__(self, dialogue: Dialogue, options: Mapping[str, Any], sandbox: bool = False) -> None:
        self._dialogue, self._given, self._sandbox = dialogue, dict(options), sandbox

    @property
    def status(self) -> str:
        """``ended`` or ``failed``; ``saved`` when it went on."""
        if not self._dialogue.over:
            return "saved"
        return "failed" if self.error else "ended"

    @property
    def running(self) -> bool:
        """Whether it has not ended."""
        return False

    @property
    def error(self) -> BaseException | None:
        """Why it failed, ``None`` when all went well."""
        last = self._dialogue.records[-1].notice if self._dialogue.records else None
        return LiveError(last.error) if isinstance(last, Ended) and last.error else None

    @property
    def request_id(self) -> str:
        """The service's name for the first connection; empty before it is there."""
        return self._dialogue.request_ids[0] if self._dialogue.request_ids else ""

    @property
    def sandbox(self) -> bool:
        """Whether dgnb's offline sandbox made this, and not the service."""
        return self._sandbox

    @property
    def records(self) -> list[Record]:
        """The log: every message as it came, and what happened to the connection."""
        return list(self._dialogue.records)

    @property
    def events(self) -> DataFrame:
        """One row an event, see `dgnb.views.sessions.events`."""
        frame: DataFrame = load("dgnb.views.sessions:events")(self._dialogue)
        return frame

    def __repr__(self) -> str:
        return str(load("dgnb.views.sessions:summary")(self))

    def _repr_html_(self) -> str:
        return str(load("dgnb.views.sessions:html")(self))


class HearingLog(Log):
    """What both kinds of listening tell."""

    _dialogue: Hearing

    @property
    def transcript(self) -> Transcript:
        """What is final so far, as ``listen`` gives it."""
        raise NotImplementedError

    @property
    def sandbox(self) -> bool:
        """Whether dgnb's offline sandbox made this, and not the service."""
        return self._sandbox or self.transcript.sandbox

    @property
    def words(self) -> DataFrame:
        """One row a final word so far, see `dgnb.views.frames`."""
        return self.transcript.words

    @property
    def plot(self) -> SessionPlots:
        """Plots of what is final so far, and of how quickly it came."""
        plots: SessionPlots = load("dgnb.views.latency:SessionPlots")(self)
        return plots

    @property
    def duration(self) -> float:
        """How much audio was taken from the source [s]."""
        return self._dialogue.duration

    @property
    def audio(self) -> Speech:
        """The audio that was taken from the source; kept with ``keep_audio=True``.

        Raises
        ------
        LiveError
            It was not kept.
        """
        if self._dialogue.kept is None:
            raise LiveError("The audio was not kept; open the session with keep_audio=True.")
        sound: Speech = load("dgnb.views.sessions:sound")(self._dialogue, self.transcript.text)
        return sound

    def _heard_of(self, transcript: Transcript) -> Transcript:
        """Let a transcript know where its audio is, when that is kept."""
        if self._dialogue.kept is not None:
            remember(transcript, self)
        return transcript

    def save(self, path: str | PathLike[str]) -> Path:
        """Save the log, without the audio; `dgnb.replay` reads it. It may be done at any time.

        Parameters
        ----------
        path : str or path
            Of a file of JSON lines; one that is there is replaced.

        Returns
        -------
        Path
        """
        log.write(Path(path), self._dialogue, self._given, sandbox=self._sandbox)
        return Path(path)


class ListenLog(HearingLog):
    """What a session of ``/v1/listen`` tells."""

    _dialogue: Listening

    @property
    def transcript(self) -> Transcript:
        """What is final so far, as ``listen`` gives it; utterances end where the speaker paused."""
        return self._heard_of(heard(self._dialogue))

    @property
    def text(self) -> str:
        """What is final so far, one line a channel."""
        return self.transcript.text

    @property
    def interim(self) -> str:
        """What is provisional now, one line a channel."""
        now = dict(self._dialogue.interim)
        found = [now[channel].channel.alternatives for channel in sorted(now)]
        return "\n".join(alternatives[0].transcript for alternatives in found if alternatives)


class FluxLog(HearingLog):
    """What a session of ``/v2/listen`` tells."""

    _dialogue: Turns

    @property
    def transcript(self) -> Transcript:
        """What was said so far, as ``listen`` gives it; each turn is an utterance."""
        return self._heard_of(conversation(self._dialogue))

    @property
    def text(self) -> str:
        """What was said so far, one line a turn."""
        return "\n".join(turn.text for turn in self._dialogue.said if turn.text)

    @property
    def interim(self) -> str:
        """What is being said in the turn that goes on."""
        current = self._dialogue.current
        return current.text if current else ""

    @property
    def turns(self) -> DataFrame:
        """One row a turn that has ended, see `dgnb.views.sessions.turns`."""
        frame: DataFrame = load("dgnb.views.sessions:turns")(self._dialogue.said)
        return frame

    @property
    def plot(self) -> TurnsPlots:
        """Plots of what was said so far, and of its turns."""
        plots: TurnsPlots = load("dgnb.views.turns:TurnsPlots")(self)
        return plots


_LOGS: dict[log.Kind, type[ListenLog | FluxLog]] = {"listen.live": ListenLog, "flux.live": FluxLog}


def replay(path: str | PathLike[str]) -> ListenLog | FluxLog | SavedAgent:
    """Return a session that was saved; what it tells is told as it was then.

    Parameters
    ----------
    path : str or path
        A file that ``save`` of a session has written.

    Returns
    -------
    ListenLog, FluxLog or SavedAgent
        ``text``, ``words``, ``transcript``, ``events``, ``plot``; ``turns`` of Flux. Of a
        conversation with an agent ``text``, ``turns``, ``calls``, ``latency``, ``events``, ``plot``.

    Raises
    ------
    OptionError
        The file holds no session.

    Examples
    --------
    >>> import numpy as np, tempfile
    >>> from dgnb import Deepgram
    >>> with Deepgram(sandbox=True) as dg, dg.flux.live((np.zeros(8000), 16000)) as talk:
    ...     _ = talk.wait()
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     again = replay(talk.save(f"{folder}/talk.jsonl"))
    >>> again.duration, len(again.turns), again.events.equals(talk.events)
    (0.5, 0, True)
    """
    if minutes.is_saved(Path(path)):
        saved: SavedAgent = load("dgnb.live.agentlog:replay")(Path(path))
        return saved
    found = log.read(Path(path))
    return _LOGS[found.kind](found.dialogue, found.options, found.sandbox)
