"""Which cell has begun which sessions: one that is run again stops those of its earlier run."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any
from weakref import WeakSet

from dgnb.batch.batch import Batch
from dgnb.lazy import load
from dgnb.live.session import Session


@dataclass
class _Run:
    """One execution of a cell, and what it has begun."""

    execution: str
    sessions: WeakSet[Session[Any] | Batch] = field(default_factory=WeakSet)


def begin(session: Session[Any] | Batch) -> None:
    """Note that the cell that runs has begun a session, and stop what an earlier run of it began.

    Nothing happens where a front end does not name its cells.
    """
    shell = load("IPython:get_ipython")()
    parent: dict[str, Any] = getattr(shell, "get_parent", dict)()
    cell = str(parent.get("metadata", {}).get("cellId", ""))
    if not cell:
        return
    runs: dict[str, _Run] = shell.meta.setdefault("dgnb", {})
    execution = str(parent.get("header", {}).get("msg_id", ""))
    if cell not in runs or runs[cell].execution != execution:
        for earlier in runs[cell].sessions if cell in runs else ():
            earlier._loop.submit(earlier._stop_quietly())
        runs[cell] = _Run(execution)
    runs[cell].sessions.add(session)
