"""Calls that follow what happens, without coming faster than anybody can see."""

from __future__ import annotations

import asyncio
import sys
import threading
from collections.abc import Callable

LEAST = 0.05
"""Least time between two calls [s]."""


class Observer:
    """Calls a function after events on a loop: soon after the first, and once for several.

    Parameters
    ----------
    loop : AbstractEventLoop
        Everything here happens on it.
    function : callable

    Examples
    --------
    >>> async def count():
    ...     calls = []
    ...     observer = Observer(asyncio.get_running_loop(), lambda: calls.append(1))
    ...     for _ in range(1000):
    ...         observer.tell()
    ...     observer.finish()
    ...     return len(calls)
    >>> asyncio.run(count())
    1
    """

    def __init__(self, loop: asyncio.AbstractEventLoop, function: Callable[[], object]) -> None:
        self._loop, self._function = loop, function
        self._last = -LEAST
        self._timer: asyncio.TimerHandle | None = None
        self._over = False

    def tell(self) -> None:
        """Note that something happened."""
        if self._timer is None and not self._over:
            self._timer = self._loop.call_at(max(self._last + LEAST, self._loop.time()), self._call)

    def finish(self) -> None:
        """Call a last time, now."""
        if not self._over:
            self.cancel()
            self._call()

    def cancel(self) -> None:
        """Call no more."""
        self._over = True
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _call(self) -> None:
        self._timer, self._last = None, self._loop.time()
        try:
            self._function()
        except Exception:
            threading.excepthook(threading.ExceptHookArgs((*sys.exc_info(), threading.current_thread())))
