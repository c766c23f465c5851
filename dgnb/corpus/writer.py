"""Writing into a corpus, by as many writers at once as there are."""

from __future__ import annotations

import time
from collections.abc import Mapping
from threading import RLock
from typing import Any, Self

from dgnb.corpus.parts import Parts
from dgnb.corpus.schema import Entry, Known, canonical, identity, query, tables
from dgnb.errors import CorpusError
from dgnb.protocol.prices import dollars
from dgnb.results import Transcript
from dgnb.results.bill import bill

_BYTES = 16 * 2**20
"""JSON that is collected for a part: about 100,000 words, 2 MiB on disk."""

_FILES = 5000
"""Files that are collected for a part at most."""

_SECONDS = 30.0
"""How old what is collected becomes at most before the next `write` puts it on disk [s]."""


class Writer:
    """Collects transcripts and writes them in parts, which a query reads faster than single files.

    What is collected is written when it is much, when it is old, by `flush`, and at the end of
    the ``with`` block. Threads may share a writer; each process has its own.

    Parameters
    ----------
    parts : Parts
        Of the corpus.
    options : mapping, optional
        Those that all transcripts were asked for with, where `write` is told no others.

    Examples
    --------
    >>> import tempfile
    >>> from dgnb.corpus import Corpus
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     corpus = Corpus(folder)
    ...     with corpus.writer() as writer:
    ...         ids = [writer.write(Transcript(), file=file) for file in ("a", "b", "a")]
    ...     len(corpus)
    2
    """

    def __init__(self, parts: Parts, options: Mapping[str, Any] | None = None) -> None:
        self._parts = parts
        self._options = options
        self._waiting: dict[str, Entry] = {}
        self._bytes = 0
        self._since = 0.0
        self._alone = RLock()
        self._parts.sweep()

    def __len__(self) -> int:
        """Transcripts that are collected and not yet on disk."""
        return len(self._waiting)

    def write(
        self,
        transcript: Transcript | None,
        source: object = "",
        *,
        file: str = "",
        options: Mapping[str, Any] | None = None,
        cost: float | None = None,
    ) -> str:
        """Add a transcript and return its id; one that is there already counts once.

        Parameters
        ----------
        transcript : Transcript or None
            Without one, of a file that failed, nothing is written.
        source : str, path, or row of a batch, optional
            What it was made from; searches link to it.
        file : str, optional
            Its id, the same for the same audio and options. Otherwise that under which its reply
            is kept, see `dgnb.cache`; or one made from the audio's digest in ``metadata`` and
            `options`; or, where one of these is not known, from the reply.
        options : mapping, optional
            Those it was asked for with.
        cost : float, optional
            What was paid for it [US dollars]; of a batch, what it cost when it was made.

        Raises
        ------
        CorpusError
            The disk is full or cannot be written; what was collected is kept for the next try.
        """
        if transcript is None:
            return ""
        entry = _entry(transcript, source, file, self._options if options is None else options, cost)
        with self._alone:
            if entry.file not in self._waiting:
                self._since = self._since if self._waiting else time.monotonic()
                self._waiting[entry.file] = entry
                self._bytes += len(transcript.json)
            if self._due():
                self.flush()
        return entry.file

    def flush(self) -> None:
        """Put on disk what was collected.

        Raises
        ------
        CorpusError
            As for `write`.
        """
        with self._alone:
            try:
                while self._fresh() and not self._put(list(self._waiting.values())):
                    continue
            except OSError as error:
                raise CorpusError(
                    f"The corpus {self._parts.root} cannot be written: {error}. {len(self)} transcripts are "
                    "kept in memory: make room or allow writing, then call flush()."
                ) from error
            self._waiting.clear()
            self._bytes = 0

    def close(self) -> None:
        """Put on disk what was collected."""
        self.flush()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _due(self) -> bool:
        much = self._bytes >= _BYTES or len(self._waiting) >= _FILES
        return much or time.monotonic() - self._since >= _SECONDS

    def _fresh(self) -> bool:
        """Forget what is in the corpus already, and tell whether anything is left."""
        for file in self._parts.holding(self._waiting):
            del self._waiting[file]
        return bool(self._waiting)

    def _put(self, entries: list[Entry]) -> bool:
        staged = self._parts.stage(tables(entries))
        return self._parts.put(staged, [entry.file for entry in entries])


def _entry(
    transcript: Transcript, source: object, file: str, options: Mapping[str, Any] | None, cost: float | None
) -> Entry:
    """Put together what is known, from the caller, a batch's row, and what is told of a kept reply."""
    told = transcript.provenance
    if isinstance(source, Known):
        file = file or source.key
        cost = (_cost(transcript) if told is not None else source.cost) if cost is None else cost
    if options is None and told is not None:
        options = query(told.query)
    asked = canonical(options)
    name = source.source if isinstance(source, Known) else str(source)
    name = name or (told.source if told is not None else "")
    return Entry(file or identity(transcript, asked), transcript, name, asked, cost)


def _cost(transcript: Transcript) -> float:
    """What a transcript cost when it was made; for a batch that finds it kept it costs nothing."""
    told = transcript.provenance
    return dollars(sum(line.microdollars for line in bill(transcript, tuple(told.query) if told else ())))
