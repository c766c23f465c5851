"""The tables of a corpus, their columns, and how a transcript fills them.

========== ========================================================================
table      one row
========== ========================================================================
files      a transcript: `file` is its id, the same in every table
words      a word; `position` is its row in ``transcript.words``
utterances an utterance; `position` is its row in ``transcript.utterances``
replies    the JSON of a transcript as it came, which gives it back without loss
========== ========================================================================

Times and durations are seconds, confidences lie in [0, 1], costs are US dollars; null is what
is not known. The other columns of words and utterances are those of `dgnb.views.frames`.

A column that is added later is null in what was written before. Only what an older dgnb could
not read rightly makes a new `VERSION`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import sha256
from math import isnan
from typing import Any, Literal, Protocol, runtime_checkable

import msgspec
import pyarrow as pa

from dgnb.errors import CorpusError
from dgnb.results import Transcript

VERSION = 1
"""Of the tables' schema; it stands in the metadata of every file."""

_VERSION_KEY = b"dgnb.corpus"

Name = Literal["files", "words", "utterances", "replies"]

_PLACE = [("file", pa.string()), ("position", pa.int32()), ("channel", pa.int16()), ("speaker", pa.int16())]
_TIMES = [("start", pa.float64()), ("end", pa.float64()), ("confidence", pa.float64())]


def _schema(*columns: tuple[str, Any]) -> Any:
    return pa.schema(list(columns), metadata={_VERSION_KEY: str(VERSION).encode()})


SCHEMAS: dict[Name, Any] = {
    "files": _schema(
        ("file", pa.string()),
        ("source", pa.string()),
        ("added", pa.timestamp("us", "UTC")),
        ("duration", pa.float64()),
        ("channels", pa.int16()),
        ("speakers", pa.int16()),
        ("words", pa.int64()),
        ("confidence", pa.float64()),
        ("language", pa.string()),
        ("model", pa.string()),
        ("text", pa.string()),
        ("options", pa.string()),
        ("cost", pa.float64()),
        ("sha256", pa.string()),
        ("request_id", pa.string()),
        ("sandbox", pa.bool_()),
    ),
    "words": _schema(
        *_PLACE,
        ("word", pa.string()),
        ("text", pa.string()),
        *_TIMES,
        ("speaker_confidence", pa.float64()),
        ("language", pa.string()),
        ("sentiment", pa.string()),
        ("sentiment_score", pa.float64()),
    ),
    "utterances": _schema(
        *_PLACE, ("text", pa.string()), *_TIMES, ("num_words", pa.int64()), ("id", pa.string())
    ),
    "replies": _schema(("file", pa.string()), ("json", pa.binary()), ("provenance", pa.string())),
}
"""The columns of each table."""


@runtime_checkable
class Known(Protocol):
    """What a batch knows of a file: one of its rows."""

    @property
    def source(self) -> str:
        """What it is."""

    @property
    def key(self) -> str:
        """Address of its reply, empty without one."""

    @property
    def cost(self) -> float:
        """What was paid for it [US dollars]."""


@dataclass(frozen=True)
class Entry:
    """A transcript that is to be written, and what is known about it."""

    file: str
    transcript: Transcript
    source: str = ""
    options: str | None = None
    cost: float | None = None
    added: datetime = field(default_factory=lambda: datetime.now(UTC))


def canonical(options: Mapping[str, Any] | None) -> str | None:
    """Return options as JSON, the same for the same options in whatever order.

    Examples
    --------
    >>> canonical({"model": "nova-3", "diarize": True})
    '{"diarize":true,"model":"nova-3"}'
    """
    return None if options is None else msgspec.json.encode(options, order="sorted").decode()


def query(pairs: Sequence[tuple[str, str]]) -> dict[str, Any]:
    """Return options as they were sent; one that was sent several times has a list.

    Examples
    --------
    >>> query([("keyterm", "a"), ("keyterm", "b"), ("model", "nova-3")])
    {'keyterm': ['a', 'b'], 'model': 'nova-3'}
    """
    found: dict[str, list[str]] = {}
    for name, value in pairs:
        found.setdefault(name, []).append(value)
    return {name: values if len(values) > 1 else values[0] for name, values in found.items()}


def identity(transcript: Transcript, options: str | None) -> str:
    """Return the id of a transcript that was given none.

    It is the address of a reply that is kept (see `dgnb.cache`); otherwise it is made from the
    audio's digest, which the service tells, and the options; where one of these is not known, from
    the reply itself.
    """
    if transcript.provenance is not None and transcript.provenance.key:
        return transcript.provenance.key
    audio = transcript.metadata.sha256
    known = f"{audio} {options}".encode() if audio and options is not None else transcript.json
    return sha256(known).hexdigest()


def tables(entries: list[Entry]) -> dict[Name, Any]:
    """Return the tables that hold these transcripts, as ``pyarrow.Table``."""
    return {
        "files": pa.Table.from_pylist([_file(entry) for entry in entries], SCHEMAS["files"]),
        "words": _together(entries, "words"),
        "utterances": _together(entries, "utterances"),
        "replies": pa.table(
            [
                [entry.file for entry in entries],
                [entry.transcript.json for entry in entries],
                [_provenance(entry.transcript) for entry in entries],
            ],
            schema=SCHEMAS["replies"],
        ),
    }


def check(metadata: Mapping[bytes, bytes] | None, path: str) -> None:
    """Refuse a file that a newer dgnb wrote, or something else.

    Raises
    ------
    CorpusError
    """
    version = (metadata or {}).get(_VERSION_KEY, b"")
    if not version.isdigit():
        raise CorpusError(f"{path} is no part of a corpus: its metadata has no version. Move it elsewhere.")
    if int(version) > VERSION:
        raise CorpusError(
            f"{path} has version {int(version)} of the corpus's tables, this dgnb reads up to {VERSION}: "
            "python -m pip install --upgrade dgnb"
        )


def _file(entry: Entry) -> dict[str, Any]:
    call = entry.transcript
    return {
        "file": entry.file,
        "source": entry.source or None,
        "added": entry.added,
        "duration": call.duration,
        "channels": len(call.results.channels),
        "speakers": len(call.speakers),
        "words": sum(len(alternative.words) for alternative in call.best),
        "confidence": None if isnan(call.confidence) else call.confidence,
        "language": call.language or None,
        "model": ", ".join(sorted({model.name for model in call.metadata.model_info.values()})) or None,
        "text": call.text,
        "options": entry.options,
        "cost": entry.cost,
        "sha256": call.metadata.sha256 or None,
        "request_id": call.request_id or None,
        "sandbox": call.sandbox,
    }


def _provenance(transcript: Transcript) -> str | None:
    told = transcript.provenance
    return None if told is None else msgspec.json.encode(told).decode()


def _together(entries: list[Entry], name: Literal["words", "utterances"]) -> Any:
    schema = SCHEMAS[name]
    return pa.concat_tables([_placed(entry, name, schema) for entry in entries])


def _placed(entry: Entry, table: Literal["words", "utterances"], schema: Any) -> Any:
    found = entry.transcript.to_arrow(table)
    place = {"file": pa.repeat(entry.file, len(found)), "position": pa.array(range(len(found)), pa.int32())}
    return pa.table([place[name] if name in place else found[name] for name in schema.names], schema=schema)
