"""A running session, whatever it is about."""

from __future__ import annotations

import asyncio
import warnings
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, Generic, Self

from dgnb.errors import DgnbError, TimedOut
from dgnb.lazy import load
from dgnb.live.commands import Command
from dgnb.live.log import Log
from dgnb.live.observation import Observer
from dgnb.live.running import Running
from dgnb.protocol.routes import Route
from dgnb.publication import C_co
from dgnb.sessions.bounds import Bounds
from dgnb.sessions.dialogue import Dialogue, Request
from dgnb.sessions.records import Event, Lost, Record
from dgnb.transport.loop import awaited, in_thread, result

if TYPE_CHECKING:
    from dgnb.audio.streams import Stream
    from dgnb.protocol.messages import Message

STOP = 30.0
"""How long the last answers are waited for when a session is stopped [s]."""

_UNANSWERED = (
    "The session {} was ended {:g} s after its stop, before the service had answered everything: "
    "the last of it is missing. stop(timeout=...) waits longer."
)


class Session(Running[Any], Log, Generic[C_co]):
    """A running session: it goes on by itself, on dgnb's own event loop.

    Reading it never waits. It can be iterated, with ``for`` or ``async for``, which gives
    every event from the first one on, and ends with the session.
    """

    route: Route

    def __init__(
        self, client: C_co, dialogue: Dialogue, bounds: Bounds, stream: Stream | None = None
    ) -> None:
        super().__init__(dialogue, dialogue.options, bool(getattr(client, "sandbox", False)))
        self._client, self._bounds, self._stream = client, bounds, stream
        self._pump: Any = None
        self._begin(client, self._run())

    async def _run(self) -> None:
        self._task = asyncio.current_task()
        # In a thread: the libraries may have to be loaded, and the sandbox to be started.
        make, settings = await in_thread(self._prepared)
        self._pump = make(
            settings, self.route, self._dialogue, self._bounds, changed=self._changed, stream=self._stream
        )
        await self._pump.run()

    def _prepared(self) -> tuple[Any, Any]:
        client: Any = self._client
        return load("dgnb.transport.socket:Pump"), client._settings

    # What it tells

    @property
    def status(self) -> str:
        """How it stands.

        ``waiting`` for somebody to press Record, ``connecting``, ``live``, ``reconnecting``,
        ``stopping``, ``ended`` or ``failed``.
        """
        if self._future.done():
            return "failed" if self.error else "ended"
        if self._dialogue.stopping:
            return "stopping"
        if self._dialogue.open:
            return "live"
        if self._dialogue.connection or self._tried:
            return "reconnecting"
        return "waiting" if self._stream is not None and self._stream.waiting else "connecting"

    @property
    def _tried(self) -> bool:
        records = self._dialogue.records
        return bool(records) and isinstance(records[-1].notice, Lost)

    # What it does

    def observe(self, function: Callable[[Self], Any]) -> Callable[[], None]:
        """Have a function called when something has happened: at most 20 times a second, and at the end.

        It is called with the session, on dgnb's event loop, and so must return at once; an error of
        its own is told as that of any thread, and ends nothing.

        Returns
        -------
        callable
            Ends the observation.
        """
        observer = Observer(self._loop.loop, lambda: function(self))
        self._waiting.add(observer.tell)
        self._future.add_done_callback(lambda _: self._loop.call(observer.finish))
        self._loop.call(observer.tell)
        return lambda: self._loop.call(self._dismiss, observer)

    def _dismiss(self, observer: Observer) -> None:
        self._waiting.discard(observer.tell)
        observer.cancel()

    async def _wait(self, timeout: float | None = None) -> Any:
        """Wait until the session has ended by itself, and return its result.

        Interrupting the wait stops the session, and keeps what was heard.

        Parameters
        ----------
        timeout : float, optional
            The longest to wait [s].

        Raises
        ------
        TimedOut
            It goes on.
        DgnbError
            It failed; what came before stays readable.
        """
        if not await self._settled(timeout):
            raise TimedOut(f"The session has not ended within {timeout:g} s; it goes on.")
        return self._outcome()

    async def _stop(self, timeout: float = STOP) -> Any:
        """End the session: what was given until now is heard and answered, no more. Return its result.

        Of a recording, and of a source that gives seconds of audio at once, that is what would have
        sounded by now.

        Parameters
        ----------
        timeout : float, default 30.0
            How long the last answers are waited for [s]; where that is too short, a warning tells it.
        """
        await self._finish()
        if not await self._settled(timeout):
            await self._give_up()
            warnings.warn(_UNANSWERED.format(self.request_id, timeout), UserWarning, stacklevel=1)
        return self._outcome()

    wait = Command(_wait)
    stop = Command(_stop)

    def _outcome(self) -> Any:
        self._raise()
        return self._result()

    def _result(self) -> Any:
        """What the session came to."""
        raise NotImplementedError

    async def _finish(self) -> None:
        """Take nothing more."""
        self._dialogue.stop()
        self._wake()
        if self._stream is not None:
            await self._stream.finish()

    def _wake(self) -> None:
        if self._pump is not None:
            self._pump.wake()

    async def _answered(self, request: Request, timeout: float) -> Message | None:
        """The answer to a message, ``None`` when it does not come in time."""
        self._wake()
        await self._until(lambda: request.answer is not None or self._future.done(), timeout)
        self._dialogue.forget(request)
        return request.answer

    def _halt(self) -> None:
        """Stop after an interrupt, and wait for the last answers; a second interrupt ends it at once."""
        try:
            result(self._loop.submit(self._stop()))
        except KeyboardInterrupt:
            self._future.cancel()
            raise
        except DgnbError:
            return

    def _abandon(self) -> None:
        self._loop.submit(self._stop())

    # Iteration

    @property
    def _things(self) -> list[Record]:
        return self._dialogue.records

    def _shown(self, record: Record) -> Iterator[Any]:
        """What iterating gives for a line of the log."""
        event: Event = self._dialogue.event(record)
        yield event

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if self.running:
            result(self._loop.submit(self._left(kind)))

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if self.running:
            await awaited(self._loop.submit(self._left(kind)))

    async def _left(self, kind: type[BaseException] | None) -> None:
        """Stop at the end of a block; an error of the block is not covered by one of the session."""
        await (self._stop() if kind is None else self._stop_quietly())

    def _display_(self) -> Any:
        # What marimo asks for.
        return load("dgnb.widgets.marimo:view")(self)
