"""A session in a file: the log as it was written, and what a machine needs to read it as the session did.

The first line says what it is, and each further line is one of the log; all are JSON. What is
read goes through the same state machine again, so that everything it tells is told as before.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from itertools import chain, repeat
from pathlib import Path
from typing import Any, Literal, NamedTuple

import msgspec

from dgnb.audio.raw import AudioFormat
from dgnb.errors import DgnbError, OptionError
from dgnb.sessions.bounds import Bounds
from dgnb.sessions.hearing import Hearing
from dgnb.sessions.ledger import Ledger, Seam
from dgnb.sessions.listening import Listening
from dgnb.sessions.records import Ended, Gap, Lost, Opened, Record
from dgnb.sessions.turns import Turns

VERSION = 1

Kind = Literal["listen.live", "flux.live"]

KINDS: dict[Kind, type[Listening | Turns]] = {"listen.live": Listening, "flux.live": Turns}


class _Head(msgspec.Struct, frozen=True):
    session: Kind
    options: dict[str, Any]
    audio: AudioFormat
    samples: int
    clocks: list[list[Seam]]
    latencies: list[float | None]
    sandbox: bool = False
    version: int = VERSION


class _Line(msgspec.Struct, frozen=True, omit_defaults=True):
    at: float
    connection: int = 0
    raw: str = ""
    notice: Opened | Lost | Gap | Ended | None = None
    latency: float | None = None
    replayed: bool = False
    since: float = 0.0


class Saved(NamedTuple):
    """A session from a file: what it is, its state, what it began with, whether the sandbox made it."""

    kind: Kind
    dialogue: Listening | Turns
    options: dict[str, Any]
    sandbox: bool


def write(path: Path, dialogue: Hearing, options: Mapping[str, Any], *, sandbox: bool) -> None:
    """Write a session into a file.

    Parameters
    ----------
    path : Path
    dialogue : Hearing
    options : mapping
        What the session began with.
    sandbox : bool
        Whether the offline sandbox answered.
    """
    lines = [_head(dialogue, options, sandbox), *(_line(record) for record in list(dialogue.records))]
    path.write_bytes(b"".join(msgspec.json.encode(line) + b"\n" for line in lines))


def _line(record: Record) -> _Line:
    return _Line(**msgspec.structs.asdict(record))


def _head(dialogue: Hearing, options: Mapping[str, Any], sandbox: bool) -> _Head:
    kind = next(name for name, machine in KINDS.items() if isinstance(dialogue, machine))
    return _Head(
        session=kind,
        sandbox=sandbox,
        options=dict(options),
        audio=dialogue.uplink.form,
        samples=dialogue.uplink.end,
        clocks=[ledger.seams for ledger in dialogue.ledgers],
        latencies=[turn.latency for turn in dialogue.turns] if isinstance(dialogue, Turns) else [],
    )


def read(path: Path) -> Saved:
    """Return a session from a file.

    Raises
    ------
    OptionError
        The file holds no session.
    """
    try:
        head, records = _decoded(path.read_bytes().splitlines())
        dialogue = KINDS[head.session](head.options, Bounds())
        _replay(dialogue, head, records)
    except (msgspec.MsgspecError, UnicodeDecodeError, IndexError, ValueError, DgnbError) as error:
        raise OptionError(f"{path.name} is no session that was saved: {error}", "path") from error
    return Saved(head.session, dialogue, head.options, head.sandbox)


def _decoded(lines: list[bytes]) -> tuple[_Head, list[Record]]:
    head = msgspec.json.decode(lines[0], type=_Head)
    if head.version != VERSION:
        raise ValueError(f"it has version {head.version}, this dgnb knows {VERSION}")
    decoder = msgspec.json.Decoder(_Line)
    return head, [Record(**msgspec.structs.asdict(decoder.decode(line))) for line in lines[1:]]


def _replay(dialogue: Listening | Turns, head: _Head, records: Iterable[Record]) -> None:
    """Have a session hear once more what it has heard."""
    dialogue.begin(head.audio)
    dialogue.uplink.end = head.samples
    clocks, kept = iter(head.clocks), list(records)
    for record in kept:
        _take(dialogue, record, clocks)
    # When audio was sent is not known any more, and so how late its answers were.
    dialogue.records[:] = kept
    if isinstance(dialogue, Turns):
        found = zip(dialogue.turns, chain(head.latencies, repeat(None)), strict=False)
        dialogue.turns[:] = [replace(turn, latency=latency) for turn, latency in found]


def _take(dialogue: Listening | Turns, record: Record, clocks: Iterator[list[Seam]]) -> None:
    match record.notice:
        case None:
            dialogue.hear(record.raw, record.at)
        case Opened():
            dialogue.opened(record.notice.request_id, record.at)
            ledger = Ledger.cut(dialogue.uplink.ledger.rate, next(clocks, []))
            dialogue.ledgers[-1] = dialogue.uplink.ledger = ledger
        case Lost():
            dialogue.lost(record.notice, record.at)
        case Ended():
            dialogue.ended(record.notice.error, record.at)
        case _:
            dialogue.note(record.notice, record.at)
