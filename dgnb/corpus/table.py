"""A table of a corpus, read only when it is asked for."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from pyarrow import dataset

from dgnb.corpus.parts import Parts
from dgnb.corpus.schema import SCHEMAS, Name
from dgnb.lazy import load

if TYPE_CHECKING:
    from pandas import DataFrame


class Table:
    """A table of a corpus as it is on disk now.

    Nothing is read before one of the methods is called. Each has the parameters `columns`, the
    names of those that are wanted, all by default, and `filter`, a ``pyarrow.compute``
    expression for the rows that are.

    Examples
    --------
    >>> import tempfile
    >>> from dgnb.corpus import Corpus
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     words = Corpus(folder).words
    ...     len(words), words.columns[:4]
    (0, ['file', 'position', 'channel', 'speaker'])
    """

    def __init__(self, name: Name, parts: Parts) -> None:
        self.name = name
        self._parts = parts

    @property
    def columns(self) -> list[str]:
        """Names of the columns, see `dgnb.corpus.schema`."""
        return list(SCHEMAS[self.name].names)

    @property
    def paths(self) -> list[str]:
        """The Parquet files, for ``polars.scan_parquet``, DuckDB's ``read_parquet`` and the like."""
        return self._parts.paths(self.name)

    @property
    def dataset(self) -> Any:
        """The ``pyarrow.dataset.Dataset``; in DuckDB a variable that holds it is a table."""
        return dataset.dataset(self.paths, SCHEMAS[self.name], format="parquet")

    def to_arrow(self, columns: Sequence[str] | None = None, filter: Any = None) -> Any:  # noqa: A002 - pyarrow's
        """Return it as a ``pyarrow.Table``."""
        return self.dataset.to_table(columns=None if columns is None else list(columns), filter=filter)

    def to_pandas(self, columns: Sequence[str] | None = None, filter: Any = None) -> DataFrame:  # noqa: A002
        """Return it as a DataFrame with the types of `dgnb.views.frames`; `file` is categorical."""
        found: DataFrame = load("dgnb.views.handover:from_arrow")(self.to_arrow(columns, filter), ["file"])
        return found

    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object:
        """Stream the whole table to another library."""
        return self.dataset.scanner().to_reader().__arrow_c_stream__(requested_schema)

    def __len__(self) -> int:
        return int(self.dataset.count_rows())

    def __repr__(self) -> str:
        return f"<{self.name}: {len(self):,} rows, columns {', '.join(self.columns)}>"
