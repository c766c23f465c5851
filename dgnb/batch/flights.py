"""Replies that are on their way to a store, and those that have just come there."""

from __future__ import annotations

import asyncio
import os
from functools import cache
from pathlib import Path
from weakref import WeakValueDictionary

from dgnb.cache import Store
from dgnb.operations import Reply

Landed = tuple[Reply, str]
"""A reply, and why it could not be kept; empty when it could."""


class Flights:
    """What the batches of this process have asked for: none asks for it again.

    A cell that is run again begins its batch while the earlier one still waits for its last replies.

    Attributes
    ----------
    flying : dict of str to Future
        By key; it gives ``None`` when nothing has come that others could share.
    landed : dict of str to Landed or None
        What has come since the oldest of these batches began, by key; ``None`` when it is kept.
    """

    def __init__(self) -> None:
        self.flying: dict[str, asyncio.Future[Landed | None]] = {}
        self.landed: dict[str, Landed | None] = {}


@cache
def _of(process: int) -> WeakValueDictionary[Path, Flights]:
    return WeakValueDictionary()


def flights(kept: Store) -> Flights:
    """Return the flights to a store; called on dgnb's loop. They are forgotten with their last batch."""
    return _of(os.getpid()).setdefault(kept.root.absolute(), Flights())
