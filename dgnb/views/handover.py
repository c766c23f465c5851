"""The tables of a transcript for other tools: pandas, Polars, Arrow, Parquet.

A transcript is itself an Arrow stream of its words, so that ``polars.DataFrame(call)``,
``pyarrow.table(call)`` and whatever else knows the Arrow PyCapsule interface take it as it is.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, get_args

import pandas as pd

from dgnb.errors import MissingExtra, OptionError
from dgnb.lazy import load
from dgnb.results import Transcript
from dgnb.views.frames import STRING

if TYPE_CHECKING:
    import polars

Table = Literal[
    "words", "utterances", "paragraphs", "sentences", "sentiments", "topics", "intents", "entities",
    "search", "metrics",
]  # fmt: skip

_TABLES = {name: f"dgnb.views.frames:{name}" for name in get_args(Table)} | {
    "metrics": "dgnb.views.metrics:metrics"
}


def to_pandas(transcript: Transcript, table: Table = "words") -> pd.DataFrame:
    """Return a table of a transcript as a new DataFrame, whatever was done to the one before.

    Parameters
    ----------
    table : str, default "words"
        ``words``, ``utterances``, ``paragraphs``, ``sentences``, ``sentiments``, ``topics``,
        ``intents``, ``entities``, ``search`` or ``metrics``.

    Raises
    ------
    OptionError
        There is no such table.

    Examples
    --------
    >>> list(Transcript().to_pandas("sentences").columns[-2:])
    ['end', 'paragraph']
    """
    if table not in _TABLES:
        raise OptionError(f"There is no table '{table}': {', '.join(_TABLES)}.", "table")
    frame: pd.DataFrame = load(_TABLES[table])(transcript)
    return frame


def to_arrow(transcript: Transcript, table: Table = "words") -> Any:
    """Return a table of a transcript as a ``pyarrow.Table``.

    Parameters
    ----------
    table : str, default "words"
        As for `to_pandas`.

    Raises
    ------
    MissingExtra
        pyarrow is not installed.
    OptionError
        There is no such table.

    Examples
    --------
    >>> str(Transcript().to_arrow().schema.field("speaker").type)
    'int16'
    """
    try:
        import pyarrow as pa  # noqa: PLC0415 - an extra
    except ImportError as error:
        raise MissingExtra("Arrow", "tables") from error
    # Without the notes for pandas, that others cannot read: the schema is the same everywhere.
    return pa.Table.from_pandas(to_pandas(transcript, table), preserve_index=False).replace_schema_metadata()


def from_arrow(table: Any, categories: Sequence[str] = ()) -> pd.DataFrame:
    """Return a ``pyarrow.Table`` as a DataFrame with the types of `dgnb.views.frames`.

    Parameters
    ----------
    table : pyarrow.Table
    categories : sequence of str
        Text columns that become categorical, since they say the same again and again.

    Examples
    --------
    >>> from_arrow(Transcript().to_arrow()).dtypes["speaker"]
    Int16Dtype()
    """
    for place, name in enumerate(table.column_names):
        if name in categories:
            table = table.set_column(place, name, table[name].dictionary_encode())
    texts = {field.type: STRING for field in table.schema if str(field.type) == "string"}
    frame: pd.DataFrame = table.to_pandas(types_mapper=texts.get)
    return frame.astype({"speaker": "Int16"}) if "speaker" in frame else frame


def stream(transcript: Transcript, requested_schema: object | None = None) -> object:
    """Return the words as an Arrow stream, a PyCapsule that another library takes over."""
    return to_arrow(transcript).__arrow_c_stream__(requested_schema)


def to_polars(transcript: Transcript, table: Table = "words") -> polars.DataFrame:
    """Return a table of a transcript as a Polars DataFrame.

    Parameters
    ----------
    table : str, default "words"
        As for `to_pandas`.

    Raises
    ------
    MissingExtra
        Polars or pyarrow is not installed.
    OptionError
        There is no such table.

    Examples
    --------
    >>> Transcript().to_polars().schema["start"]
    Float64
    """
    try:
        import polars  # noqa: PLC0415 - an extra
    except ImportError as error:
        raise MissingExtra("Polars", "tables") from error
    return polars.DataFrame(to_arrow(transcript, table))


def to_parquet(transcript: Transcript, path: str | os.PathLike[str], table: Table = "words") -> Path:
    """Write a table of a transcript into a Parquet file, and return its path.

    Parameters
    ----------
    path : path
    table : str, default "words"
        As for `to_pandas`.

    Raises
    ------
    MissingExtra
        pyarrow is not installed.
    OptionError
        There is no such table.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     len(pd.read_parquet(Transcript().to_parquet(f"{folder}/words.parquet")))
    0
    """
    found = to_arrow(transcript, table)
    from pyarrow import parquet  # noqa: PLC0415 - an extra

    parquet.write_table(found, os.fspath(path))
    return Path(path)
