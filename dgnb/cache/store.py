"""Replies on disk, each in a file of its own that is there whole or not at all.

A file's first line is JSON that tells what is kept; behind it the reply's body stands as it came.
It is written beside its place, brought to the disk, and then moved there, so that neither a killed
process nor a full disk leaves half of it; what was damaged later is found out by its digest, and
counts as not there.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import msgspec
from platformdirs import user_cache_path

from dgnb.cache.address import FORMAT, Address
from dgnb.operations import Reply
from dgnb.protocol.part import decoder
from dgnb.results import Provenance

VARIABLE = "DGNB_CACHE"
"""The environment's variable that names the folder."""

STALE = 3600.0
"""A file that is being written is left alone for so long [s]; later nobody writes it any more."""

_LINE = 1 << 16
_UNFINISHED = ".unfinished"
_HEADERS = ("content-type", "dg-")


class _Head(msgspec.Struct, frozen=True):
    """The first line of a file."""

    provenance: Provenance
    digest: str
    headers: dict[str, str] = {}


@dataclass(frozen=True)
class Kept:
    """A reply that was kept, and where it comes from."""

    reply: Reply
    provenance: Provenance


def folder() -> Path:
    """Return where replies are kept if nothing else is said: ``DGNB_CACHE``, or the system's place for it.

    Examples
    --------
    >>> folder().name
    'replies'
    """
    said = os.environ.get(VARIABLE)
    return (Path(said).expanduser() if said else user_cache_path("dgnb", appauthor=False)) / "replies"


class Store:
    """Replies that are kept in a folder.

    Parameters
    ----------
    root : path, optional
        The folder; it is made when something is kept. By default that of `folder`.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as root:
    ...     store, place = Store(root), Address("deepgram", "POST /v1/listen", (), "ab")
    ...     store.keep(provenance(place, Reply(200, b"{}")), Reply(200, b"{}"))
    ...     store.find(place).reply.body, store.find(place).provenance.cached
    (b'{}', True)
    """

    def __init__(self, root: str | os.PathLike[str] | None = None) -> None:
        self.root = folder() if root is None else Path(root).expanduser()

    def __repr__(self) -> str:
        return f"Store({str(self.root)!r})"

    def path(self, key: str) -> Path:
        """Return the file of a key."""
        return self.root / f"v{FORMAT}" / key[:2] / key

    def find(self, address: Address) -> Kept | None:
        """Return what is kept under an address, ``None`` if nothing is."""
        return self.get(address.key)

    def get(self, key: str) -> Kept | None:
        """Return what is kept under a key, ``None`` if nothing is, or if it is damaged."""
        try:
            data = self.path(key).read_bytes()
        except OSError:
            return None
        line, _, body = data.partition(b"\n")
        head = _read(line)
        if head is None or head.provenance.key != key or _digest(body) != head.digest:
            return None
        told = msgspec.structs.replace(head.provenance, cached=True)
        return Kept(Reply(200, body, head.headers, attempts=0), told)

    def keep(self, told: Provenance, reply: Reply) -> None:
        """Keep a reply at the address that is told of it.

        Raises
        ------
        OSError
            The disk is full, or nothing can be written there.
        """
        headers = {name: value for name, value in reply.headers.items() if name.startswith(_HEADERS)}
        head = msgspec.json.encode(_Head(told, _digest(reply.body), headers))
        _write(self.path(told.key), head + b"\n" + reply.body)

    def files(self) -> Iterator[Path]:
        """Give the files of all that is kept, in no order."""
        for shard in (self.root / f"v{FORMAT}").glob("[0-9a-f][0-9a-f]"):
            yield from (path for path in shard.iterdir() if path.suffix != _UNFINISHED)

    def head(self, path: Path) -> Provenance | None:
        """Return what a file says of itself, ``None`` if it is none of these."""
        with suppress(OSError), path.open("rb") as file:
            head = _read(file.readline(_LINE).rstrip(b"\n"))
            return None if head is None else head.provenance
        return None

    def remove(self, key: str) -> None:
        """Forget what is kept under a key; it may not be there."""
        with suppress(FileNotFoundError):
            self.path(key).unlink()

    def sweep(self) -> None:
        """Remove what a killed process had not finished."""
        before = time.time() - STALE
        for path in (self.root / f"v{FORMAT}").glob(f"*/*{_UNFINISHED}"):
            with suppress(FileNotFoundError):
                if path.stat().st_mtime < before:
                    path.unlink()


def provenance(address: Address, reply: Reply, source: str = "") -> Provenance:
    """Return what is told of a reply that has just come; `source` is what was sent, for people."""
    from dgnb._version import __version__  # noqa: PLC0415

    return Provenance(
        key=address.key,
        sha256=address.sha256,
        endpoint=address.endpoint,
        query=list(address.query),
        place=address.place,
        source=source,
        created=time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
        request_id=reply.headers.get("dg-request-id", ""),
        version=__version__,
    )


def _read(line: bytes) -> _Head | None:
    try:
        head: _Head = decoder(_Head).decode(line)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None
    return head


def _digest(body: bytes) -> str:
    return hashlib.sha256(body).hexdigest()


def _write(path: Path, data: bytes) -> None:
    """Write a file that is there whole or not at all; only its owner may read it."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    number, unfinished = tempfile.mkstemp(_UNFINISHED, "", path.parent)
    try:
        with os.fdopen(number, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        os.replace(unfinished, path)
    except BaseException:
        with suppress(OSError):
            os.unlink(unfinished)
        raise
