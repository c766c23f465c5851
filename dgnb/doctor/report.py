"""What was looked at, and a table of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from dgnb.lazy import load

State = Literal["ok", "warn", "fail"]


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at.

    Parameters
    ----------
    what : str
    state : {"ok", "warn", "fail"}
        ``warn``: something is missing or unknown, the rest works.
    found : str
    fix : str
        What to do; empty when there is nothing to do.
    """

    what: str
    state: State
    found: str
    fix: str = ""


@dataclass(frozen=True, repr=False)
class Report:
    """What `check` found, shown as a table.

    Examples
    --------
    >>> Report((Finding("clock", "ok", "0 s off"),))
    ok    clock  0 s off
    """

    rows: tuple[Finding, ...]

    @property
    def ok(self) -> bool:
        """Whether nothing fails."""
        return all(row.state != "fail" for row in self.rows)

    def __repr__(self) -> str:
        width = max((len(row.what) for row in self.rows), default=0)
        return "\n".join(line for row in self.rows for line in _lines(row, width))

    def _repr_html_(self) -> str:
        escape = load("dgnb.views.fragments:escape")
        lines = (
            f"<tr><td>{row.state}</td>"
            + "".join(f"<td>{escape(text)}</td>" for text in (row.what, row.found, row.fix))
            + "</tr>"
            for row in self.rows
        )
        heads = "".join(f'<th scope="col">{name}</th>' for name in ("state", "what", "found", "to do"))
        table = f"<table><tr>{heads}</tr>\n" + "\n".join(lines) + "\n</table>"
        return str(load("dgnb.views.fragments:article")("doctor", [table]))


def _lines(row: Finding, width: int) -> Iterator[str]:
    yield f"{row.state:4}  {row.what:{width}}  {row.found}"
    if row.fix:
        yield f"{'':{width + 6}}  -> {row.fix}"
