"""``listen.live``: speech into text while it is spoken."""

from __future__ import annotations

import os
from typing import Any, TypeVar, Unpack

from dgnb.errors import LiveError
from dgnb.live.commands import Command
from dgnb.live.log import HearingLog, ListenLog
from dgnb.live.opening import checked, kept, opened
from dgnb.live.session import Session
from dgnb.live.subtitles import CaptionsFile
from dgnb.protocol import routes
from dgnb.protocol.messages import Message, listen
from dgnb.protocol.params import LIVE_LISTEN_RULES, LiveListenOptions
from dgnb.publication import C, C_co
from dgnb.results import Transcript
from dgnb.sessions.bounds import Bounds
from dgnb.sessions.dialogue import Request
from dgnb.sessions.listening import DRAIN, Listening

ANSWER = 10.0
"""How long an answer is waited for [s]."""

LEAD = 15.0
"""Audio that a new connection hears again where speakers are told apart [s], to know them."""


M = TypeVar("M", bound=Message)


class HearingSession(HearingLog, Session[C_co]):
    """What both kinds of listening tell."""

    @property
    def recorder(self) -> Any:
        """The `dgnb.widgets.recorder.Recorder` that is heard, ``None`` for any other source."""
        return self._stream.recorder if self._stream is not None else None

    def captions_to(self, path: str | os.PathLike[str], kind: str = "", **options: Any) -> CaptionsFile:
        """Have what is final written to a file of captions that grows with the session.

        Parameters
        ----------
        path : path
        kind : {"srt", "vtt", "ass", "ttml"}, optional
            What the path ends with if not given.
        **options
            As for ``captions`` of a transcript: ``width=32``, ``lines=1``...

        Returns
        -------
        CaptionsFile
            ``wait()`` for the whole, ``stop()``.
        """
        return CaptionsFile(self, path, kind, options)

    def _result(self) -> Transcript:
        return self.transcript


class ListenSession(ListenLog, HearingSession[C_co]):
    """A running session of ``/v1/listen``."""

    route = routes.LISTEN_LIVE
    _dialogue: Listening

    async def _finalize(self, channel: int | None = None, timeout: float = DRAIN) -> Transcript:
        """Have all that was heard so far written as final, and return the transcript so far.

        Parameters
        ----------
        channel : int, optional
            Only this one, from 0.
        timeout : float, default 3.0
            How long the answer is waited for [s]; the service gives none where nothing was heard.
        """
        await self._answered(self._dialogue.finalize(channel), timeout)
        return self.transcript

    async def _configure(
        self, keyterms: list[str] | None = None, features: dict[str, bool] | None = None
    ) -> listen.ConfigureSuccess:
        """Change the running session, and return the service's consent; a new connection keeps it.

        Parameters
        ----------
        keyterms : list of str, optional
            The whole new list; an empty one clears it.
        features : dict of str to bool, optional
            For example ``{"numerals": True}``.

        Raises
        ------
        LiveError
            The service refused, and everything stays as it was; or it did not answer.
        """
        return await agreed(self, self._dialogue.configure(keyterms, features), listen.ConfigureSuccess)

    finalize = Command(_finalize)
    configure = Command(_configure)


async def agreed(session: Session[Any], request: Request, success: type[M]) -> M:
    """Return the service's consent to a request.

    Raises
    ------
    LiveError
        It refused, or did not answer.
    """
    answer = await session._answered(request, ANSWER)
    if isinstance(answer, success):
        return answer
    if answer is None:
        raise LiveError("The service did not answer; whether the change is in force is not known.")
    code, told = getattr(answer, "code", "") or "", getattr(answer, "description", "") or ""
    raise LiveError(f"The service refused the change: {code} {told}".strip(), 0, code, session.request_id)


def live(  # noqa: PLR0913 - each is a choice of the user's
    client: C,
    source: Any,
    /,
    *,
    pace: float = 1.0,
    keep_audio: bool | None = None,
    retries: int = 8,
    buffer: float = 60.0,
    patience: float = 10.0,
    **options: Unpack[LiveListenOptions],
) -> ListenSession[C]:
    """Session that turns speech into text while it is spoken; it is returned at once, and runs by itself.

    A connection that breaks is made again: audio that was not answered is sent again, times
    stay those of the source, speakers keep their numbers, and what could not be kept is told.

    Parameters
    ----------
    source : path, URL, bytes, array, iterator, queue, or "mic"
        A recording is played at its pace. Anything else comes when it comes: an iterator or
        asynchronous iterator of chunks, a queue that ends with ``None``, a microphone. In a
        notebook ``"mic"`` is that of the browser, and the session begins with its recording;
        elsewhere it is this machine's own, which is also ``"mic:default"`` or ``"mic:NAME"``.
        Raw chunks need ``encoding`` and ``sample_rate``.
    pace : float, default 1.0
        How fast a recording is played, 1 is real time.
    keep_audio : bool, optional
        Whether ``audio`` is kept; it is when it comes from a browser's microphone.
    retries : int, default 8
        Attempts in a row to connect again.
    buffer : float, default 60.0
        Audio that is kept to be sent again [s].
    patience : float, default 10.0
        Without any sign of life for so long, a connection counts as broken [s].

    Returns
    -------
    ListenSession
        ``for event in live``, ``live.wait()``, ``live.stop()``; ``text``, ``interim``, ``words``,
        ``transcript``, ``events``, ``status`` at any time.

    Raises
    ------
    AudioError, OptionError, MissingExtra
        At once: the source or an option cannot be right.
    ApiError, LiveError, ConnectionFailed
        By ``wait``, ``stop`` and iteration: the service refused, ended the session, or was lost.

    Examples
    --------
    >>> import numpy as np
    >>> from dgnb import Deepgram
    >>> with Deepgram(sandbox=True) as dg, dg.listen.live((np.zeros(8000), 16000)) as live:
    ...     live.wait().duration
    0.5
    """
    given = checked(options, LiveListenOptions, LIVE_LISTEN_RULES)
    lead = LEAD if given.get("diarize") or given.get("diarize_model") else 0.0
    bounds = Bounds(pace, retries, buffer, patience, min(lead, buffer / 2))
    stream = opened(source, given)
    dialogue = Listening(given, bounds, played=not stream.live)
    dialogue.kept = kept(keep_audio, stream)
    return ListenSession(client, dialogue, bounds, stream)
