"""A running session, whatever it is about."""

from __future__ import annotations

import asyncio
import inspect
import threading
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Generic, Self, TypeVar

from dgnb.errors import DgnbError, TimedOut
from dgnb.lazy import load
from dgnb.live.commands import Command
from dgnb.live.log import Log
from dgnb.live.observation import Observer
from dgnb.live.opening import in_kernel, in_notebook
from dgnb.protocol.routes import Route
from dgnb.publication import C_co
from dgnb.sessions.bounds import Bounds
from dgnb.sessions.dialogue import Dialogue, Request
from dgnb.sessions.records import Event, Lost, Record
from dgnb.transport.loop import awaited, in_thread, result, shared

if TYPE_CHECKING:
    from dgnb.audio.streams import Stream
    from dgnb.protocol.messages import Message

T = TypeVar("T")

STOP = 10.0
"""How long the last answers are waited for when a session is stopped [s]."""

_SLICE = 0.1


class Session(Log, Generic[C_co]):
    """A running session: it goes on by itself, on dgnb's own event loop.

    Reading it never waits. It can be iterated, with ``for`` or ``async for``, which gives
    every event from the first one on, and ends with the session.
    """

    route: Route
    _face: Any = None
    """How it is shown in a notebook, see `dgnb.widgets.face`."""

    def __init__(
        self, client: C_co, dialogue: Dialogue, bounds: Bounds, stream: Stream | None = None
    ) -> None:
        super().__init__(dialogue, dialogue.options, bool(getattr(client, "sandbox", False)))
        self._client, self._bounds, self._stream = client, bounds, stream
        self._blocks = not inspect.iscoroutinefunction(getattr(client, "run"))  # noqa: B009 - any client's
        self._changes = threading.Condition()
        self._waiting: set[Callable[[], None]] = set()
        self._pump: Any = None
        self._loop = shared()
        self._future = self._loop.submit(self._run())
        self._future.add_done_callback(lambda _: self._changed())
        if in_notebook():
            load("dgnb.widgets.cells:begin")(self)

    async def _run(self) -> None:
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

    @property
    def running(self) -> bool:
        """Whether it has not ended."""
        return not self._future.done()

    @property
    def error(self) -> BaseException | None:
        """Why it failed, ``None`` while it runs and when all went well."""
        if not self._future.done() or self._future.cancelled():
            return None
        return self._future.exception()

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
        """End the session: nothing more is taken, what was taken is answered. Return its result.

        Parameters
        ----------
        timeout : float, default 10.0
            How long the last answers are waited for [s].
        """
        await self._finish()
        if not await self._settled(timeout):
            self._future.cancel()
            await self._settled(STOP)
        return self._outcome()

    wait = Command(_wait)
    stop = Command(_stop)

    def _outcome(self) -> Any:
        if not self._future.cancelled():
            self._future.result()
        return self._result()

    def _result(self) -> Any:
        """What the session came to."""
        raise NotImplementedError

    async def _finish(self) -> None:
        """Take nothing more."""
        self._dialogue.stop()
        self._wake()
        if self._stream is not None:
            await self._stream.close()

    def _wake(self) -> None:
        if self._pump is not None:
            self._pump.wake()

    async def _settled(self, timeout: float | None) -> bool:
        """Whether the session has ended within a time."""
        return await self._until(self._future.done, timeout)

    async def _answered(self, request: Request, timeout: float) -> Message | None:
        """The answer to a message, ``None`` when it does not come in time."""
        self._wake()
        await self._until(lambda: request.answer is not None or self._future.done(), timeout)
        self._dialogue.forget(request)
        return request.answer

    async def _until(self, reached: Callable[[], bool], timeout: float | None = None) -> bool:
        """Wait for something to be true; looked at after every event."""
        changed = asyncio.Event()
        self._waiting.add(changed.set)
        try:
            async with asyncio.timeout(timeout):
                while not reached():
                    changed.clear()
                    await changed.wait()
        except TimeoutError:
            return reached()
        finally:
            self._waiting.discard(changed.set)
        return True

    def _changed(self) -> None:
        """Tell who waits that something happened; called on the loop."""
        for tell in tuple(self._waiting):
            tell()
        with self._changes:
            self._changes.notify_all()

    def _do(self, work: Coroutine[Any, Any, T]) -> Any:
        """Run a coroutine on the loop: block for its result, or return what can be awaited."""
        future = self._loop.submit(work)
        if not self._blocks:
            return self._interruptible(awaited(future))
        try:
            return result(future)
        except KeyboardInterrupt:
            future.cancel()
            self._halt()
            raise

    async def _interruptible(self, waiting: Coroutine[Any, Any, T]) -> T:
        try:
            return await waiting
        except asyncio.CancelledError:
            if in_kernel():
                # There the interrupt of the kernel comes as a cancellation.
                self._loop.submit(self._stop())
            raise

    def _halt(self) -> None:
        """Stop after an interrupt, and wait for the last answers; a second interrupt ends it at once."""
        try:
            result(self._loop.submit(self._stop()))
        except KeyboardInterrupt:
            self._future.cancel()
            raise
        except DgnbError:
            return

    # Iteration

    def __iter__(self) -> Iterator[Any]:
        records, done = self._dialogue.records, 0
        while True:
            while done < len(records):
                yield from self._shown(records[done])
                done += 1
            if self._future.done() and done == len(records):
                self._outcome()
                return
            self._pause(done)

    def _pause(self, done: int) -> None:
        """Wait until the log has more lines than are done; in slices, so that an interrupt is heard."""
        try:
            with self._changes:
                if len(self._dialogue.records) == done and not self._future.done():
                    self._changes.wait(_SLICE)
        except KeyboardInterrupt:
            self._halt()
            raise

    async def __aiter__(self) -> AsyncIterator[Any]:
        records, done, loop, changed = self._dialogue.records, 0, asyncio.get_running_loop(), asyncio.Event()

        def tell() -> None:
            with suppress(RuntimeError):  # a loop that was closed has nobody who waits
                loop.call_soon_threadsafe(changed.set)

        self._waiting.add(tell)
        try:
            while True:
                changed.clear()
                while done < len(records):
                    for shown in self._shown(records[done]):
                        yield shown
                    done += 1
                if self._future.done() and done == len(records):
                    break
                await self._interruptible(_beat(changed))
        finally:
            self._waiting.discard(tell)
        self._outcome()

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

    async def _stop_quietly(self) -> None:
        """Stop; an error is the session's own, and told by `error`."""
        with suppress(DgnbError):
            await self._stop()

    def _ipython_display_(self) -> None:
        load("dgnb.widgets.face:show")(self)

    def _display_(self) -> Any:
        # What marimo asks for.
        return load("dgnb.widgets.marimo:view")(self)


async def _beat(changed: asyncio.Event) -> None:
    """Wait for an event, with a heartbeat: a notebook's interrupt does not wake a loop that sleeps."""
    try:
        async with asyncio.timeout(_SLICE):
            await changed.wait()
    except TimeoutError:
        return
