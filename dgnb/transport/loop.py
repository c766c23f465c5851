"""Event loops of the user's own."""

from __future__ import annotations


def allow_nested_loops() -> None:
    """Let synchronous code run a coroutine on the event loop that is running around it.

    dgnb never needs this: its blocking client works inside a running loop. It is for code
    of yours that must call *your own* coroutine, bound to that loop, from a synchronous
    callback: ``asyncio.get_event_loop().run_until_complete(...)`` then works in a cell.
    The patch covers the whole process, cannot be undone, and makes every task switch slower.
    It comes from ``nest-asyncio2``; with ipykernel 7.1 or newer its archived
    predecessor drops every message that arrives meanwhile.

    Raises
    ------
    ValueError
        The loop is not one of asyncio's own (uvloop).

    Examples
    --------
    >>> import asyncio
    >>> async def inner():
    ...     return 42
    >>> async def outer():
    ...     allow_nested_loops()
    ...     return asyncio.get_running_loop().run_until_complete(inner())
    >>> asyncio.run(outer())  # doctest: +SKIP
    42
    """
    import nest_asyncio2  # noqa: PLC0415 - only those who ask for it pay for it

    nest_asyncio2.apply()
