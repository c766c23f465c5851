"""``flux.live``: a conversation, turn by turn, while it is spoken."""

from __future__ import annotations

import asyncio
import inspect
import queue
import sys
import threading
from collections.abc import Callable, Sequence
from typing import Any, Unpack

from dgnb.errors import LiveError
from dgnb.live.commands import Command
from dgnb.live.listening import ANSWER, HearingSession, agreed
from dgnb.live.log import FluxLog
from dgnb.live.opening import checked, kept, opened
from dgnb.protocol import routes
from dgnb.protocol.messages import flux
from dgnb.protocol.models import DEFAULT_FLUX_MODEL
from dgnb.protocol.options import check, encode
from dgnb.protocol.params import EARLY_END, FLUX_RULES, FluxOptions
from dgnb.publication import C, C_co
from dgnb.sessions.bounds import Bounds
from dgnb.sessions.turns import Turn, Turns


class FluxSession(FluxLog, HearingSession[C_co]):
    """A running session of ``/v2/listen``."""

    route = routes.FLUX_LIVE
    _dialogue: Turns

    def on_turn(self, function: Callable[[Turn], Any]) -> Callable[[Turn], Any]:
        """Have a function called with every `Turn` that ends from now on; it may be used as a decorator.

        It runs in a thread of its own, one turn after the other, and so may take its time; a
        coroutine function runs on the event loop that is running here, or on dgnb's.
        """
        listener = _Listener(function, self._loop.loop)
        self._dialogue.listeners.append(listener.put)
        self._future.add_done_callback(lambda _: listener.put(None))
        return function

    async def _configure(  # noqa: PLR0913 - what may be changed
        self,
        *,
        eot_threshold: float | None = None,
        eager_eot_threshold: float | None = None,
        eot_timeout_ms: int | None = None,
        keyterms: Sequence[str] | None = None,
        language_hints: Sequence[str] | None = None,
        numerals: bool | None = None,
    ) -> flux.ConfigureSuccess:
        """Change the running session, and return all values that are in force; a new connection keeps them.

        Parameters
        ----------
        eot_threshold, eager_eot_threshold : float, optional
            Confidences that end a turn, for good or early [0, 1].
        eot_timeout_ms : int, optional
            Silence that always ends it [ms].
        keyterms, language_hints : sequence of str, optional
            The whole new list.
        numerals : bool, optional

        Raises
        ------
        OptionError
            A value is out of range, or the early end would come after the end.
        LiveError
            The service refused, and everything stays as it was; or it did not answer.
        """
        given = {
            "eot_threshold": eot_threshold,
            "eager_eot_threshold": eager_eot_threshold,
            "eot_timeout_ms": eot_timeout_ms,
        }
        thresholds = {name: value for name, value in given.items() if value is not None}
        encode(thresholds, FluxOptions)
        check(self._dialogue.options | thresholds, [EARLY_END])
        request = self._dialogue.configure(
            thresholds,
            None if keyterms is None else list(keyterms),
            None if language_hints is None else list(language_hints),
            numerals,
        )
        return await agreed(self, request, flux.ConfigureSuccess)

    async def _force_end_turn(self) -> Turn:
        """End the turn that goes on, and return it.

        Raises
        ------
        LiveError
            There is none, or the service did not answer.
        """
        answer = await self._answered(self._dialogue.force_end_turn(), ANSWER)
        if not isinstance(answer, flux.TurnInfo):
            told = getattr(answer, "description", "") or "the service did not answer"
            raise LiveError(f"No turn was ended: {told}", reason=getattr(answer, "code", "") or "")
        return self._dialogue.turns[-1]

    configure = Command(_configure)
    force_end_turn = Command(_force_end_turn)


class _Listener:
    """Calls a function with one turn after the other, away from the loop that the session runs on."""

    def __init__(self, function: Callable[[Turn], Any], fallback: asyncio.AbstractEventLoop) -> None:
        self._function = function
        self._turns: queue.SimpleQueue[Turn | None] = queue.SimpleQueue()
        try:
            self._loop = asyncio.get_running_loop()
        except RuntimeError:
            self._loop = fallback
        threading.Thread(target=self._run, name="dgnb-turns", daemon=True).start()

    def put(self, turn: Turn | None) -> None:
        """Have a turn passed on; ``None`` is the end."""
        self._turns.put(turn)

    def _run(self) -> None:
        while (turn := self._turns.get()) is not None:
            try:
                found = self._function(turn)
                if inspect.isawaitable(found):
                    asyncio.run_coroutine_threadsafe(_awaited(found), self._loop).result()
            except Exception:
                # The session must not suffer from it; it is told as that of any thread.
                threading.excepthook(threading.ExceptHookArgs((*sys.exc_info(), threading.current_thread())))


async def _awaited(found: Any) -> Any:
    return await found


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
    **options: Unpack[FluxOptions],
) -> FluxSession[C]:
    """Session that hears a conversation turn by turn; it is returned at once, and runs by itself.

    Parameters
    ----------
    source : path, URL, bytes, array, iterator, queue, or "mic"
        As for ``listen.live``. Flux hears one channel; several are mixed.
    pace : float, default 1.0
        How fast a recording is played, 1 is real time.
    keep_audio : bool, optional
        Whether ``audio`` is kept; it is when it comes from a browser's microphone.
    retries : int, default 8
        Attempts in a row to connect again; a turn that was going on is then heard again.
    buffer : float, default 60.0
        Audio that is kept to be sent again [s].
    patience : float, default 10.0
        Without any sign of life for so long, a connection counts as broken [s].

    Returns
    -------
    FluxSession
        ``for event in talk``, ``talk.wait()``, ``talk.stop()``, ``talk.configure(...)``;
        ``text``, ``interim``, ``turns``, ``words``, ``events`` at any time.

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
    >>> with Deepgram(sandbox=True) as dg, dg.flux.live((np.zeros(8000), 16000)) as talk:
    ...     len(talk.wait().words), len(talk.turns)
    (0, 0)
    """
    given = checked({"model": DEFAULT_FLUX_MODEL} | options, FluxOptions, FLUX_RULES)
    bounds = Bounds(pace, retries, buffer, patience)
    stream = opened(source, given, flux=True)
    dialogue = Turns(given, bounds, played=not stream.live)
    dialogue.kept = kept(keep_audio, stream)
    return FluxSession(client, dialogue, bounds, stream)
