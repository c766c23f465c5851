"""Work of a dashboard: away from the kernel's thread, so that the page never freezes."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextvars import copy_context
from typing import Any, TypeVar

from dgnb.errors import DgnbError
from dgnb.live.session import Session
from dgnb.transport.loop import in_thread, shared
from dgnb.views.text import clean

T = TypeVar("T")
S = TypeVar("S", bound=Session[Any])


async def away(function: Callable[[], T]) -> T:
    """Return what a function gives that may block; it has the context of who asks.

    What it makes (widgets, displays) then belongs to the same cell.
    """
    context = copy_context()
    return await in_thread(lambda: context.run(function))


async def opened(function: Callable[[], S]) -> S:
    """Return the session that a function opens; one that nobody waits for any more is stopped."""
    work = asyncio.ensure_future(away(function))
    try:
        return await asyncio.shield(work)
    except asyncio.CancelledError:
        work.add_done_callback(_stop)
        raise


def _stop(work: asyncio.Future[S]) -> None:
    if not work.cancelled() and work.exception() is None:
        shared().submit(work.result()._stop_quietly())


def told(error: BaseException) -> str:
    """Return an error as a dashboard tells it; one that dgnb did not raise on purpose has its class.

    Examples
    --------
    >>> told(DgnbError("Nothing to do.")), told(KeyError("x"))
    ('Nothing to do.', "KeyError: 'x'")
    """
    text = clean(str(error)) or type(error).__name__
    return text if isinstance(error, DgnbError | OSError) else f"{type(error).__name__}: {text}"
