"""Corrections as a table.

======== ======= ==== =============================================================
column   dtype   unit what it holds
======== ======= ==== =============================================================
kind     string       rename, merge, assign, replace, split or join
channel  Int16        ``<NA>`` for all of them
first    Int64        the words in the channel, both included, as they were counted
last     Int64        when the edit was made
start    float64 s    their time, ``nan`` for an edit of a speaker
end      float64 s
before   string       what stood there
text     string       what stands there now, or a speaker's name
speaker  Int16        whom it is about
to       Int16        who it is now
done     boolean      whether it could be made on this transcript
======== ======= ==== =============================================================
"""

from __future__ import annotations

from typing import Any

import msgspec
import pandas as pd

from dgnb.results.drafts import Edit
from dgnb.results.edits import Edits
from dgnb.views import fragments
from dgnb.views.frames import STRING, table
from dgnb.views.text import clean, clock, count

_SCHEMA: dict[str, Any] = {
    "kind": STRING,
    "channel": "Int16",
    "first": "Int64",
    "last": "Int64",
    "start": "float64",
    "end": "float64",
    "before": STRING,
    "text": STRING,
    "speaker": "Int16",
    "to": "Int16",
    "done": "boolean",
}

_LINES, _ROWS = 8, 100


def frame(made: Edits) -> pd.DataFrame:
    """Return one row an edit.

    Examples
    --------
    >>> from dgnb import Transcript
    >>> frame(Transcript().edit.rename(0, "Ava"))[["kind", "text", "done"]].to_numpy().tolist()
    [['rename', 'Ava', False]]
    """
    fields = list(_SCHEMA)[:-1]
    told = [tuple(getattr(edit, name) for name in fields) for edit in made.made]
    return table(_SCHEMA, [(*row, done) for row, done in zip(told, made.done, strict=True)])


def edits(found: pd.DataFrame) -> list[Edit]:
    """Return the edits in a table; rows may be taken out, changed and added.

    Examples
    --------
    >>> from dgnb import Transcript
    >>> edits(frame(Transcript().edit.merge(1, into=0)))[0].to
    0
    """
    fields = [name for name in _SCHEMA if name in found.columns and name != "done"]
    whole = {"channel", "first", "last", "speaker", "to"}
    rows = [
        {
            str(name): int(value) if name in whole else value
            for name, value in row.items()
            if not pd.isna(value)
        }
        for row in found[fields].to_dict("records")
    ]
    return msgspec.convert(rows, list[Edit])


def summary(made: Edits) -> str:
    """Return what edits are, in ten lines at most."""
    lines = [f"  {line}" for line in map(_line, made.made[-_LINES:])]
    return "\n".join([_head(made), *(clean(line)[:100] for line in lines)])


def _head(made: Edits) -> str:
    lost = made.done.count(False)
    return f"<Edits: {len(made)}{f', {lost} could not be made' if lost else ''}>"


def _line(edit: Edit) -> str:
    at = "" if edit.start is None else f"{clock(edit.start)} "
    words = {
        "rename": f"speaker {edit.speaker} is {edit.text}",
        "merge": f"speaker {edit.speaker} is speaker {edit.to}",
        "assign": f"“{edit.before}” is said by speaker {edit.to}",
        "replace": f"“{edit.before}” → “{edit.text}”",
        "split": f"a paragraph begins at “{edit.before}”",
        "join": f"no paragraph begins at “{edit.before}”",
    }
    return at + words.get(edit.kind, edit.kind)


def html(made: Edits) -> str:
    """Return edits as HTML that a notebook keeps."""
    shown = [f"<li>{fragments.foreign(_line(edit), 300)}</li>" for edit in made.made[:_ROWS]]
    lost = made.done.count(False)
    facts = [count(len(made), "edit"), f"{lost} could not be made" if lost else ""]
    return fragments.article("Edits", [fragments.head("Edits", False, facts), f"<ol>{''.join(shown)}</ol>"])
