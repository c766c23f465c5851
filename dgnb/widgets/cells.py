"""Which cell has begun which sessions: one that is run again stops those of its earlier run."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any
from weakref import WeakSet

from dgnb.lazy import load
from dgnb.live.running import Running
from dgnb.widgets import marimo
from dgnb.widgets.hosts import cell, execution


@dataclass
class _Run:
    """One execution of a cell, and what it has begun."""

    execution: str
    sessions: WeakSet[Running[Any]] = field(default_factory=WeakSet)


def begin(session: Running[Any]) -> None:
    """Note that the cell that runs has begun a session, and stop what an earlier run of it began.

    Nothing happens where a front end does not name its cells.
    """
    if marimo.in_cell():
        marimo.keep(session)
        return
    place, run = cell(), execution()
    if not place:
        return
    runs: dict[str, _Run] = load("IPython:get_ipython")().meta.setdefault("dgnb", {})
    if place not in runs or runs[place].execution != run:
        for earlier in runs[place].sessions if place in runs else ():
            earlier._loop.submit(earlier._stop_quietly())
        runs[place] = _Run(run)
    runs[place].sessions.add(session)
