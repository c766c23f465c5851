"""What is kept: listed, measured, removed."""

from __future__ import annotations

import time
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

from msgspec import field

from dgnb.cache.keeping import Cache, store
from dgnb.cache.store import Store
from dgnb.errors import OptionError
from dgnb.protocol.part import Part
from dgnb.results import Listing

DAY = 86_400.0


class Entry(Part, frozen=True):
    """A reply that is kept.

    Parameters
    ----------
    created, place, endpoint, source, request_id, key : str
        See `dgnb.results.Provenance`.
    options : str
        As they were sent.
    bytes : int
        What it takes on the disk.
    """

    created: str = ""
    place: str = ""
    endpoint: str = ""
    options: str = ""
    source: str = ""
    bytes: int = 0
    request_id: str = ""
    key: str = ""


class Entries(Listing, frozen=True):
    """All that is kept, newest first; ``frame`` is its DataFrame."""

    entries: list[Entry] = field(default_factory=list)


def _of(cache: Cache) -> Store:
    kept = store(cache)
    if kept is None:
        raise OptionError("cache is True or a folder.", "cache")
    return kept


def entries(cache: Cache = True) -> Entries:
    """Return what is kept, newest first.

    Parameters
    ----------
    cache : path, optional
        Another folder than the usual one.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     len(entries(folder))
    0
    """
    kept = _of(cache)
    found = [entry for path in kept.files() if (entry := _entry(kept, path)) is not None]
    return Entries(entries=sorted(found, key=lambda entry: entry.created, reverse=True))


def _entry(kept: Store, path: Path) -> Entry | None:
    told = kept.head(path)
    if told is None:
        return None
    return Entry(
        created=told.created,
        place=told.place,
        endpoint=told.endpoint,
        options=", ".join(f"{name}={value}" for name, value in told.query),
        source=told.source,
        bytes=_size(path),
        request_id=told.request_id,
        key=told.key,
    )


def _size(path: Path) -> int:
    with suppress(FileNotFoundError):
        return path.stat().st_size
    return 0


def size(cache: Cache = True) -> int:
    """Return the bytes that all replies take that are kept.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     size(folder)
    0
    """
    return sum(map(_size, _of(cache).files()))


def prune(*, days: float | None = None, largest: int | None = None, cache: Cache = True) -> int:
    """Remove replies that are kept, oldest first, and return how many.

    Parameters
    ----------
    days : float, optional
        Those that are older. Without any limit all are removed.
    largest : int, optional
        So many that what remains takes no more than these bytes.
    cache : path, optional
        Another folder than the usual one.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     prune(days=30, cache=folder)
    0
    """
    kept = _of(cache)
    kept.sweep()
    found = sorted((_modified(path), _size(path), path.name) for path in kept.files())
    before = time.time() - days * DAY if days is not None else None
    left, gone = sum(size for _, size, _ in found), 0
    for modified, size_, key in found:
        old = before is not None and modified < before
        large = largest is not None and left > largest
        if old or large or (before is None and largest is None):
            kept.remove(key)
            left, gone = left - size_, gone + 1
    return gone


def _modified(path: Path) -> float:
    with suppress(FileNotFoundError):
        return path.stat().st_mtime
    return datetime.now(UTC).timestamp()
