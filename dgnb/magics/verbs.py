"""What ``%deepgram`` can do: a verb is a function and a row of `VERBS`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from dgnb.magics.call import Call
from dgnb.magics.flags import Flag, flags
from dgnb.magics.listening import listen
from dgnb.protocol import params


@dataclass(frozen=True)
class Verb:
    """Something that ``%deepgram`` does.

    Parameters
    ----------
    name : str
    run : callable
        Takes a `Call` and gives what the magic returns.
    table : type
        Its options.
    summary : str
        What it gives.
    groups : tuple of type
        The parts of the table, in the order of the help; by default the table is its only part.
    takes : str
        What the line takes beside options, for the help.
    notes : str
        Further help.
    by_line : bool
        Whether the cell's body names one source a line.
    """

    name: str
    run: Callable[[Call], Any]
    table: type
    summary: str
    groups: tuple[type, ...] = ()
    takes: str = ""
    notes: str = ""
    by_line: bool = False
    flags: dict[str, Flag] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "flags", flags(self.table))


_SOURCES = """\
SOURCE is a path, a pattern (calls/*.wav, **), a URL, $variable or {expression}; an object may be
bytes, an open file, (array, rate), an IPython Audio, or a list of sources. Several sources, a
pattern and a list give a list that shows as a table; sources that fail are told and left out.
In a cell each line is one source, spaces need no quotes, and # begins a remark. On the line
quote what has spaces ("my call.wav") and put text with { or $ in single quotes."""

VERBS = {
    verb.name: verb
    for verb in (
        Verb(
            "listen",
            listen,
            params.ListenSubmitOptions,
            "recorded speech into text",
            (
                params.Recognition,
                params.Speakers,
                params.Formatting,
                params.Analysis,
                params.Account,
                params.Delivery,
            ),
            "SOURCE...",
            _SOURCES,
            by_line=True,
        ),
    )
}
"""All verbs by name. A new one needs nothing else: flags, help and completion follow from its table."""
