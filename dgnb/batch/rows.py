"""What is known of one file of a batch."""

from __future__ import annotations

from dataclasses import dataclass
from math import nan
from typing import Any, Protocol

from dgnb.protocol.part import Part
from dgnb.protocol.prices import dollars
from dgnb.results import Transcript

DONE, FAILED = "done", "failed"


class Row(Part, frozen=True):
    """A file of a batch: a row of `Batch.frame`.

    Parameters
    ----------
    position : int
        Among the sources, from 0.
    source : str
        What it is, without what may be secret in a URL.
    status : {"done", "failed"}
    duration : float, seconds
        Of the audio; ``nan`` where it is not known.
    text : str
    confidence : float
        Mean of the words [0, 1]; ``nan`` without words.
    microdollars : int
        What it cost this time, at the published prices.
    attempts : int
        How often it was sent this time; 0 when it was kept.
    error : str
        Why it failed; empty when it did not.
    cached : bool
        Whether it was paid for before.
    request_id : str
    key : str
        Address of its reply, see `dgnb.cache`: the same audio with the same options has the same.
        Empty for what was never sent.
    """

    position: int = 0
    source: str = ""
    status: str = DONE
    duration: float = nan
    text: str = ""
    confidence: float = nan
    microdollars: int = 0
    attempts: int = 0
    error: str = ""
    cached: bool = False
    request_id: str = ""
    key: str = ""

    @property
    def cost(self) -> float:
        """What it cost this time, in dollars."""
        return dollars(self.microdollars)


@dataclass(frozen=True)
class Outcome:
    """What became of one file.

    Parameters
    ----------
    row : Row
    transcript : Transcript or None
        ``None`` when it failed.
    error : Exception or None
    unkept : str
        Why the reply could not be kept; empty when it could.
    """

    row: Row
    transcript: Transcript | None = None
    error: Exception | None = None
    unkept: str = ""


class Sink(Protocol):
    """Where the results of a batch go while they come, for example a corpus on disk.

    All calls come from one thread at a time. A reply is kept in the store before it is written
    here; after a killed run the next one finds it there and writes it again, with ``row.cached``
    set. So what has a `Row.key` that was written before is to be passed over: then every file is
    there exactly once.
    """

    def write(self, transcript: Transcript | None, row: Row) -> Any:
        """Take what became of one file; the transcript is ``None`` when it failed."""

    def flush(self) -> Any:
        """Bring all that was taken to where it stays; called when a batch ends, however it does."""
