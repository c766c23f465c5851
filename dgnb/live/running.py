"""What goes on by itself on dgnb's own event loop, and is waited for and iterated from anywhere."""

from __future__ import annotations

import asyncio
import inspect
import threading
from collections.abc import AsyncIterator, Callable, Coroutine, Iterable, Iterator, Sequence
from contextlib import suppress
from typing import Any, Generic, TypeVar

from dgnb.errors import DgnbError
from dgnb.lazy import load
from dgnb.live.opening import in_kernel, in_notebook
from dgnb.transport.loop import awaited, result, shared

T = TypeVar("T")
Shown_co = TypeVar("Shown_co", covariant=True)

_SLICE = 0.1

GRACE = 10.0
"""How long work that is given up may take to let go [s]."""


class Running(Generic[Shown_co]):
    """Work that goes on, whatever its user's thread does: a session, a batch.

    It has a list of things that grows while it goes on. Its coroutines run on dgnb's loop; `_do`
    makes one of them a call that blocks, or can be awaited, as its client's methods are.
    """

    _face: Any = None
    """How it is shown in a notebook, see `dgnb.widgets.face`."""

    _task: asyncio.Task[Any] | None = None
    """The work, as soon as it has begun; it sets this itself."""

    def _begin(self, client: Any, work: Coroutine[Any, Any, None]) -> None:
        """Start the work; all that it needs is there."""
        self._blocks = not inspect.iscoroutinefunction(getattr(client, "run"))  # noqa: B009 - any client's
        self._changes = threading.Condition()
        self._waiting: set[Callable[[], None]] = set()
        self._loop = shared()
        self._future = self._loop.submit(work)
        self._future.add_done_callback(lambda _: self._loop.call(self._changed))
        if in_notebook():
            load("dgnb.widgets.cells:begin")(self)

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

    def _raise(self) -> None:
        """Raise the error that it has ended with, if there is one."""
        # What was given up may not have ended: code of the user's own may hang.
        if self._future.done() and not self._future.cancelled():
            self._future.result()

    async def _stop(self) -> Any:
        """End it, and return when it has ended."""
        raise NotImplementedError

    async def _stop_quietly(self) -> None:
        """Stop; an error is its own, and told by `error`."""
        with suppress(DgnbError):
            await self._stop()

    async def _give_up(self) -> None:
        """Cancel the work, and wait until it has let go of all; its future would be done at once."""
        if self._task is not None and not self._task.cancelling():  # a second one would interrupt that
            self._task.cancel()
        await self._settled(GRACE)

    async def _settled(self, timeout: float | None) -> bool:
        """Whether it has ended within a time."""
        return await self._until(self._future.done, timeout)

    async def _until(self, reached: Callable[[], bool], timeout: float | None = None) -> bool:
        """Wait for something to be true; looked at after every change."""
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

    # Waiting

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
                self._abandon()
            raise

    def _halt(self) -> None:
        """Stop after an interrupt of a thread that waits."""
        raise NotImplementedError

    def _abandon(self) -> None:
        """Stop after an interrupt of a coroutine that waits; it must not be held up."""
        raise NotImplementedError

    # Iteration

    @property
    def _things(self) -> Sequence[Any]:
        """What there is so far; it only grows."""
        raise NotImplementedError

    def _shown(self, thing: Any) -> Iterable[Shown_co]:
        """What iterating gives for a thing."""
        raise NotImplementedError

    async def _shown_awaited(self, thing: Any) -> Iterable[Shown_co]:
        return self._shown(thing)

    def __iter__(self) -> Iterator[Shown_co]:
        things, done = self._things, 0
        while True:
            while done < len(things):
                yield from self._shown(things[done])
                done += 1
            if self._future.done() and done == len(things):
                self._raise()
                return
            self._pause(done)

    def _pause(self, done: int) -> None:
        """Wait until there is more than is done; in slices, so that an interrupt is heard."""
        try:
            with self._changes:
                if len(self._things) == done and not self._future.done():
                    self._changes.wait(_SLICE)
        except KeyboardInterrupt:
            self._halt()
            raise

    async def __aiter__(self) -> AsyncIterator[Shown_co]:
        things, done, loop, changed = self._things, 0, asyncio.get_running_loop(), asyncio.Event()

        def tell() -> None:
            with suppress(RuntimeError):  # a loop that was closed has nobody who waits
                loop.call_soon_threadsafe(changed.set)

        self._waiting.add(tell)
        try:
            while True:
                changed.clear()
                while done < len(things):
                    for shown in await self._shown_awaited(things[done]):
                        yield shown
                    done += 1
                if self._future.done() and done == len(things):
                    break
                await self._interruptible(_beat(changed))
        finally:
            self._waiting.discard(tell)
        self._raise()

    def _ipython_display_(self) -> None:
        load("dgnb.widgets.face:show")(self)


async def _beat(changed: asyncio.Event) -> None:
    """Wait for news, with a heartbeat: a notebook's interrupt does not wake a loop that sleeps."""
    with suppress(TimeoutError):
        async with asyncio.timeout(_SLICE):
            await changed.wait()
