"""Transcripts on disk, by the million: a Parquet dataset that is searched, and read by any tool.

Needs the extra "corpus".
"""

from dgnb.errors import MissingExtra

try:
    import filelock  # noqa: F401 - so that what is missing is told here, and in words
    import pyarrow  # noqa: F401
except ImportError as missing:
    raise MissingExtra("A corpus", "corpus") from missing

from dgnb.corpus.corpus import Corpus
from dgnb.corpus.table import Table
from dgnb.corpus.writer import Writer

__all__ = ["Corpus", "Table", "Writer"]
