"""A flow whose replies are kept, and taken from what is kept."""

from __future__ import annotations

import os
import warnings
from typing import TypeVar

from dgnb.audio import Body
from dgnb.audio.source import legible
from dgnb.cache.address import TABLES, address
from dgnb.cache.store import Store, provenance
from dgnb.errors import OptionError
from dgnb.operations import Flow, Reply, Request
from dgnb.results import Provenance, Result, Speech

T = TypeVar("T")

Cache = bool | str | os.PathLike[str] | Store | None
"""Whether replies are kept, and if so where: ``True`` for the folder of `dgnb.cache.folder`."""


def store(cache: Cache) -> Store | None:
    """Return where replies are kept, ``None`` where they are not.

    Examples
    --------
    >>> store(False) is None, store("replies")
    (True, Store('replies'))
    """
    if cache is None or cache is False:
        return None
    return cache if isinstance(cache, Store) else Store(None if cache is True else cache)


def keeping(flow: Flow[T], kept: Store, place: str) -> Flow[T]:
    """Return a flow that asks only for what is not kept yet, and keeps what it is told.

    Parameters
    ----------
    flow : Flow
    kept : Store
    place : str
        Who is asked.

    Raises
    ------
    OptionError
        The answer goes to a callback, so that there is no reply to keep.

    Warns
    -----
    UserWarning
        A reply cannot be kept; the result has it all the same.
    """
    request = next(flow)
    while True:
        reply, told = yield from _asked(request, kept, place)
        try:
            following: Request | StopIteration = flow.send(reply)
        except StopIteration as stop:
            following = stop
        # Only now: a reply that is not what the API promises is not kept.
        if told is not None and not told.cached:
            _keep(kept, told, reply)
        if isinstance(following, StopIteration):
            result: T = following.value
            return marked(result, told)
        request = following


def _asked(request: Request, kept: Store, place: str) -> Flow[tuple[Reply, Provenance | None]]:
    if request.route not in TABLES:
        return (yield request), None
    if any(name == "callback" for name, _ in request.query):
        raise OptionError("What is delivered to a callback cannot be kept: leave cache out.", "cache")
    where = address(request, place)
    found = kept.find(where)
    if found is not None:
        return found.reply, found.provenance
    reply = yield request
    return reply, provenance(where, reply, named(request))


def _keep(kept: Store, told: Provenance, reply: Reply) -> None:
    try:
        kept.keep(told, reply)
    except OSError as error:
        warnings.warn(unkept(kept, error), UserWarning, stacklevel=2)


def named(request: Request) -> str:
    """Return what a request sends, for people; a text or URL is not repeated."""
    return legible(request.body.name.strip("'")) if isinstance(request.body, Body) else ""


def unkept(kept: Store, error: OSError) -> str:
    """Return in words that a reply could not be kept, and what to do."""
    return (
        f"The reply cannot be kept in {kept.root} ({error.strerror or error}). It is in memory only: make "
        "room, or name another folder by cache='FOLDER' or the variable DGNB_CACHE."
    )


def marked(result: T, told: Provenance | None) -> T:
    """Return a result that tells where it comes from."""
    if isinstance(result, Result | Speech) and told is not None:
        result.__dict__["provenance"] = told
    return result
