"""Work of a dashboard: away from the kernel's thread, so that the page never freezes."""

from __future__ import annotations

from collections.abc import Callable
from contextvars import copy_context
from typing import TypeVar

from dgnb.errors import DgnbError
from dgnb.transport.loop import in_thread
from dgnb.views.text import clean

T = TypeVar("T")


async def away(function: Callable[[], T]) -> T:
    """Return what a function gives that may block; it has the context of who asks.

    What it makes (widgets, displays) then belongs to the same cell.
    """
    context = copy_context()
    return await in_thread(lambda: context.run(function))


def told(error: BaseException) -> str:
    """Return an error as a dashboard tells it; one that dgnb did not raise on purpose has its class.

    Examples
    --------
    >>> told(DgnbError("Nothing to do.")), told(KeyError("x"))
    ('Nothing to do.', "KeyError: 'x'")
    """
    text = clean(str(error)) or type(error).__name__
    return text if isinstance(error, DgnbError | OSError) else f"{type(error).__name__}: {text}"
