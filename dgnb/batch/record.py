"""What a batch has come to so far: a row for each file, and every reply."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from math import isfinite
from typing import Any

from dgnb.batch.rows import FAILED, Outcome, Row
from dgnb.cache import Store
from dgnb.cache.keeping import marked
from dgnb.results import Provenance, Transcript

log = logging.getLogger("dgnb")


class Record:
    """Rows in the order in which they came, sums, and the replies that are nowhere else.

    Parameters
    ----------
    kept : Store or None
        Where replies are kept; they are not held in memory as well.
    changed : callable
        Called when a file is done.
    """

    def __init__(self, kept: Store | None, changed: Callable[[], None]) -> None:
        self._kept, self._changed = kept, changed
        self.rows: list[Row] = []
        self.failed = self.cached = 0
        self.seconds = 0.0
        """Audio that was transcribed, of one channel, kept replies included [s]."""
        self.microdollars = 0
        self.warning = ""
        """Why a reply could not be kept."""
        self.begun, self.ended = time.monotonic(), 0.0
        self.corpus: Any = None
        """Where workers elsewhere have written the transcripts, if they have."""
        self._memory: dict[str | int, tuple[bytes, Provenance | None]] = {}

    def add(self, outcome: Outcome) -> None:
        """Take what became of a file."""
        row, transcript = outcome.row, outcome.transcript
        if transcript is not None and (self._kept is None or outcome.unkept):
            self._memory[row.key or row.position] = (transcript.json, transcript.provenance)
        if outcome.unkept and not self.warning:
            self.warning = outcome.unkept
            log.warning("%s", outcome.unkept)
        self.rows.append(row)
        self.failed += row.status == FAILED
        self.cached += row.cached
        self.microdollars += row.microdollars
        self.seconds += row.duration if isfinite(row.duration) else 0.0
        self._changed()

    def transcript(self, row: Row) -> Transcript | None:
        """Return the transcript of a row; ``None`` of a file that failed, or whose reply is kept no more."""
        if row.status == FAILED:
            return None
        held = self._memory.get(row.key or row.position)
        if held is None and self._kept is not None and row.key:
            found = self._kept.get(row.key)
            held = None if found is None else (found.reply.body, found.provenance)
        if held is None and self.corpus is not None and row.key in self.corpus:
            found_there: Transcript = self.corpus.transcript(row.key)
            return found_there
        if held is None:
            return None
        return marked(Transcript.from_json(held[0]), held[1])

    def end(self) -> None:
        """Note that it is over."""
        self.ended = time.monotonic()

    @property
    def elapsed(self) -> float:
        """How long it has taken so far [s]."""
        return (self.ended or time.monotonic()) - self.begun
