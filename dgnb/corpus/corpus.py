"""A collection of transcripts on disk."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from dgnb.corpus.index import Index
from dgnb.corpus.parts import Parts
from dgnb.corpus.table import Table
from dgnb.corpus.writer import Writer
from dgnb.errors import CorpusError
from dgnb.lazy import load
from dgnb.results import Provenance, Transcript

if TYPE_CHECKING:
    from dgnb.views.finding import Hits


class Corpus:
    """Transcripts in a folder of Parquet files, each once; read, written and searched by many at once.

    It is only a place: it can be pickled and sent to another process, which then writes there too.
    The folder may be shared between machines if its file system has locks (NFS 4, Lustre, SMB).

    Parameters
    ----------
    path : path
        A folder, which is made by the first `write`.

    Attributes
    ----------
    files, words, utterances : Table
        Read lazily: ``corpus.words.to_pandas()``, ``corpus.words.dataset``; see `dgnb.corpus.schema`.

    Examples
    --------
    >>> import tempfile
    >>> word = {"word": "hi", "start": 0.1, "end": 0.4}
    >>> call = Transcript.from_json({"results": {"channels": [{"alternatives": [{"words": [word]}]}]}})
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     corpus = Corpus(folder)
    ...     file = corpus.write(call, "call.wav", options={"model": "nova-3"})
    ...     corpus.transcript(file) == call, corpus.search("hi")["source"].to_list()
    (True, ['call.wav'])
    """

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self.path = Path(path)
        self._parts = Parts(self.path)
        self.files = Table("files", self._parts)
        self.words = Table("words", self._parts)
        self.utterances = Table("utterances", self._parts)

    def writer(self, options: Mapping[str, Any] | None = None) -> Writer:
        """Return a writer for many transcripts; ``with`` it, so that the last ones are written too.

        Parameters
        ----------
        options : mapping, optional
            Those that all of them were asked for with.
        """
        return Writer(self._parts, options)

    def write(self, transcript: Transcript, source: object = "", **known: Any) -> str:
        """Write one transcript at once and return its id. For many, `writer` is faster.

        Parameters
        ----------
        transcript, source, **known
            As for `Writer.write`: `file`, `options`, `cost`.

        Raises
        ------
        CorpusError
            The disk is full or cannot be written.
        """
        with self.writer() as writer:
            return writer.write(transcript, source, **known)

    def transcript(self, file: str) -> Transcript:
        """Return a transcript as it was written, equal and with the same JSON.

        Parameters
        ----------
        file : str
            Its id: what `write` returned, the column `file` of every table.

        Raises
        ------
        CorpusError
            There is no such file.
        """
        part = self._parts.part_of(file)
        if part is None:
            raise CorpusError(
                f"{self.path} holds no file '{file}'. corpus.files.to_pandas() lists those it holds."
            )
        reply = self._parts.reply(part, file)
        transcript = Transcript.from_json(reply["json"])
        if reply.get("provenance"):
            transcript.__dict__["provenance"] = msgspec.json.decode(reply["provenance"], type=Provenance)
        return transcript

    def search(self, *queries: str, limit: int = 1000) -> Hits:
        """Return where something was said, in the order in which the files were added.

        The first search makes an index of words, ``search.sqlite``, and later ones add what is new:
        13 s of processor time for 1,000 hours, once. Searches in these (9.6 million words, 6,000
        files), processor time in ms, here and by DuckDB in the Parquet files, without the words around:

        ==================== ========= ============= ===============
        what                 hits      SQLite's FTS5 DuckDB, Parquet
        ==================== ========= ============= ===============
        a rare word          32        6             114
        a word               911       76            217
        the commonest word   the first 15            15
        a rare phrase        5         4             336
        the commonest phrase the first 26            602
        nothing              0         3             319
        ==================== ========= ============= ===============

        (``tests/bench/corpus.py``; on one free processor it takes as long.)

        Parameters
        ----------
        *queries : str
            A word or a phrase, whatever its case and punctuation. Of several, all must be
            said in a file.
        limit : int, default 1000
            Hits at most.

        Returns
        -------
        DataFrame
            One row a hit, as from ``call.find``, with the file's id and source before.

        Raises
        ------
        OptionError
            There is nothing to look for.
        CorpusError
            The index cannot be written.
        """
        rows = Index(self.path / "search.sqlite", self._parts).search(queries, limit)
        found: Hits = load("dgnb.views.finding:collected")(rows)
        return found

    def __contains__(self, file: object) -> bool:
        return isinstance(file, str) and self._parts.part_of(file) is not None

    def __iter__(self) -> Iterator[str]:
        for batch in self.files.dataset.to_batches(columns=["file"]):
            yield from batch["file"].to_pylist()

    def __len__(self) -> int:
        return len(self.files)

    def __repr__(self) -> str:
        return f"Corpus({str(self.path)!r}: {len(self):,} files, {len(self.words):,} words)"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Corpus) and self.path == other.path

    def __hash__(self) -> int:
        return hash(self.path)

    def __reduce__(self) -> tuple[Any, ...]:
        return Corpus, (self.path,)
