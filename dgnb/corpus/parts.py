"""The parts of a corpus on disk: folders that appear whole, or not at all.

::

    corpus/
      day=2026-11-26/            the day of writing, UTC
        20261126T101500.123456-3f2a9c1d/
          files.parquet words.parquet utterances.parquet replies.parquet
      .incoming/                 what is being written
      .lock                      held for a moment while a part is put in its place
      search.sqlite              made from the parts by the first search; may be deleted

A part is written under ``.incoming`` and then renamed, so that a reader, another writer, or a
kill at any moment never sees half of it. While it is renamed its writer holds the lock and
knows what all others have written: no file is ever there twice, also for tools that read the
Parquet files themselves.
"""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Collection, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import pyarrow as pa
import pyarrow.compute as pc
from filelock import FileLock
from pyarrow import parquet

from dgnb.corpus.schema import Name, check
from dgnb.errors import CorpusError

_ABANDONED = 24 * 3600
"""Age of what a killed writer left under ``.incoming`` before it is removed [s]."""

_SHORT = 100
"""Arrays of ids that are looked through one by one before they are joined."""

_ROWS: dict[Name, int] = {"files": 1 << 16, "words": 1 << 18, "utterances": 1 << 16, "replies": 1}
"""Rows of a row group: one transcript is read without its neighbours."""


class Parts:
    """The parts below a folder, and the files that each holds, which are read once.

    Parameters
    ----------
    root : Path
    """

    def __init__(self, root: Path) -> None:
        self.root = root
        self._files: dict[str, Any] = {}
        self._joined: tuple[frozenset[str], Any] = (frozenset(), pa.array([], pa.string()))

    def names(self) -> list[str]:
        """Return the parts that are there now, ``day=.../name``, oldest first."""
        return sorted(f"{day.name}/{part.name}" for day in self._days() for part in _folders(day.path))

    def paths(self, table: Name) -> list[str]:
        """Return the files of a table, in the order of `names`."""
        return [str(self._path(part, table)) for part in self.known()]

    def known(self) -> list[str]:
        """Return `names`, when all of them can be read.

        Raises
        ------
        CorpusError
            A part was written by a newer dgnb.
        """
        names = self.names()
        for part in names:
            if part not in self._files:
                self._files[part] = self._read(part)
        return names

    def read(self, part: str, table: Name, columns: list[str]) -> Any:
        """Return columns of a part's table as a ``pyarrow.Table``."""
        return parquet.read_table(self._path(part, table), columns=columns, partitioning=None)

    def holding(self, files: Collection[str]) -> set[str]:
        """Return those of some files that are in the corpus."""
        wanted = pa.array(list(files), pa.string())
        return {file for here in self._ids() for file in pc.filter(here, pc.is_in(here, wanted)).to_pylist()}

    def _ids(self) -> list[Any]:
        """The ids of all files, in few arrays: ten thousand short ones take a second to look through."""
        known = frozenset(self.known())
        parts, joined = self._joined
        if not parts <= known or len(known) - len(parts) > _SHORT:
            joined = pa.concat_arrays([self._files[part] for part in known]) if known else joined[:0]
            parts, self._joined = known, (known, joined)
        return [joined, *(self._files[part] for part in known - parts)]

    def part_of(self, file: str) -> str | None:
        """Return the part that holds a file, ``None`` if there is none."""
        one = pa.array([file], pa.string())
        return next((part for part in self.known() if pc.any(pc.is_in(self._files[part], one)).as_py()), None)

    def reply(self, part: str, file: str) -> dict[str, Any]:
        """Return the row of a file in a part's replies."""
        rows = parquet.read_table(
            self._path(part, "replies"), filters=[("file", "=", file)], partitioning=None
        )
        found: dict[str, Any] = rows.slice(0, 1).to_pylist()[0]
        return found

    def stage(self, tables: dict[Name, Any]) -> Path:
        """Write a part where no reader looks, and return its folder."""
        staged = self.root / ".incoming" / f"{datetime.now(UTC):%Y%m%dT%H%M%S.%f}-{uuid4().hex[:8]}"
        staged.mkdir(parents=True)
        try:
            for name, table in tables.items():
                _write(table, staged / f"{name}.parquet", _ROWS[name])
        except BaseException:
            shutil.rmtree(staged, ignore_errors=True)
            raise
        return staged

    def put(self, staged: Path, files: Collection[str]) -> bool:
        """Put a part in its place, unless somebody else has written some of its files meanwhile."""
        with self._alone():
            if self.holding(files):
                shutil.rmtree(staged)
                return False
            day = self.root / f"day={datetime.now(UTC):%Y-%m-%d}"
            day.mkdir(exist_ok=True)
            staged.rename(day / staged.name)
            return True

    def sweep(self) -> None:
        """Remove what writers that were killed have left."""
        for left in _folders(self.root / ".incoming"):
            with suppress(OSError):
                if left.stat().st_mtime < time.time() - _ABANDONED:
                    shutil.rmtree(left.path)

    @contextmanager
    def _alone(self) -> Iterator[None]:
        # The operating system releases the lock of a process that is killed.
        with FileLock(self.root / ".lock"):
            yield

    def _days(self) -> list[os.DirEntry[str]]:
        return [entry for entry in _folders(self.root) if entry.name.startswith("day=")]

    def _path(self, part: str, table: Name) -> Path:
        return self.root / part / f"{table}.parquet"

    def _read(self, part: str) -> Any:
        path = self._path(part, "files")
        with _opened(path) as file:
            check(file.schema_arrow.metadata, str(path))
            return file.read(["file"])["file"].combine_chunks()


@contextmanager
def _opened(path: Path) -> Iterator[Any]:
    try:
        with parquet.ParquetFile(path) as file:
            yield file
    except (FileNotFoundError, pa.ArrowInvalid) as error:
        raise CorpusError(f"{path} cannot be read: {error}. Move its folder out of the corpus.") from error


def _folders(path: str | Path) -> list[os.DirEntry[str]]:
    with suppress(FileNotFoundError, NotADirectoryError), os.scandir(path) as entries:
        return [entry for entry in entries if entry.is_dir()]
    return []


def _write(table: Any, path: Path, rows: int) -> None:
    with path.open("wb") as file:
        parquet.write_table(table, file, compression="zstd", row_group_size=rows)
        file.flush()
        os.fsync(file.fileno())  # a part must not be there by name before its content is
