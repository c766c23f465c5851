"""The verb ``batch``: many sources, which show themselves as a table while they are worked on."""

from __future__ import annotations

import warnings
from functools import partial
from typing import Annotated, Any, get_type_hints

from dgnb.batch import Batch
from dgnb.errors import AudioError
from dgnb.magics.actions import new_table
from dgnb.magics.call import Call
from dgnb.magics.code import grouped
from dgnb.magics.sources import Source, source
from dgnb.magics.tokens import lines
from dgnb.protocol.options import Param
from dgnb.protocol.params import ListenOptions

_OWN: dict[str, Any] = {
    "concurrency": Annotated[int, Param("files at the same time; by default what the account allows")],
    "budget": Annotated[float, Param("what it may cost [dollars]; it ends before that")],
    "cache": Annotated[bool, Param("keep replies, and pay for none twice", True)],
    "cache_folder": Annotated[str, Param("where they are kept")],
    "column": Annotated[str, Param("of a DataFrame, the column with the sources")],
    "estimate": Annotated[bool, Param("only tell what it would cost; nothing is sent", False)],
    "wait": Annotated[bool, Param("let the cell last until all is done", False)],
}

Running = new_table("Batch", "how it runs", _OWN)
"""What is said of the batch itself, as a table of options."""

Options = new_table("Options", "batch", _OWN | get_type_hints(ListenOptions, include_extras=True))
"""All that it takes."""

NOTES = """\
SOURCE is a path, a pattern (calls/*.wav, **), a folder, a URL, $variable or {expression}, which
may be a list, a DataFrame (--column) or an iterator of any length. It returns at once and runs on;
the cell shows how it goes, and keeps a table. The result has wait(), stop(), frame, transcripts.
What was paid for is kept: the same cell run again sends only what is missing. Interrupting a cell
with --wait stops the batch, and what has come stays."""


def batch(call: Call) -> Any:
    """The batch, which runs on by itself; with ``--wait`` when it has ended."""
    own, options = _parted(call.arguments.options)
    sources = _sources(call)
    client = call.client()
    if own.pop("estimate", False):
        return client.estimate(sources, column=own.get("column"), **options)
    waits = own.pop("wait", False)
    begin = partial(_begin, call, sources, own, options)
    started: Batch = call.stage.start(begin, "batch", brief=False)
    return _waited(call, started) if waits else started


def _parted(given: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """What is said of the batch, and the options of ``listen``."""
    own = {name: value for name, value in given.items() if name in _OWN}
    folder = own.pop("cache_folder", None)
    if folder is not None and own.get("cache", True):
        own["cache"] = folder
    return own, {name: value for name, value in given.items() if name not in _OWN}


def _sources(call: Call) -> Any:
    found = [source(token, call.evaluate) for token in [*call.arguments.words, *lines(call.body)]]
    if not found:
        raise AudioError(
            "batch needs a source: a path, a pattern, a folder, a URL, $variable or {expression}, on the "
            "line or in the cell, one a line. %deepgram help batch says more."
        )
    if len(found) == 1:
        return found[0].value
    return [_named(each) for each in found]


def _named(each: Source) -> Any:
    return each.value if isinstance(each.value, str) else (each.name, each.value)


def _begin(call: Call, sources: Any, own: dict[str, Any], options: dict[str, Any]) -> Batch:
    extra = grouped(call.arguments.extra)
    with warnings.catch_warnings():
        if extra:
            # What --param names is meant to be sent although dgnb does not know it.
            warnings.simplefilter("ignore", UserWarning)
        return call.client().batch(sources, progress=False, **own, **options, **extra)


def _waited(call: Call, started: Batch) -> Batch:
    try:
        started.wait()
    except BaseException:  # an interrupt, or whatever has ended it: what came before is there
        call.stage.settle(started, whole=True)
        call.keep(started)
        raise
    return started
