"""Many files: paid for once, never lost, as many at a time as the account allows.

``dg.batch(sources, **options)`` is how it is reached. `transcribe` does the work on one file wherever
it is called, and a `Sink` takes what comes of it.
"""

from dgnb.batch.batch import Batch
from dgnb.batch.estimate import Estimate
from dgnb.batch.jobs import transcribe
from dgnb.batch.rows import Outcome, Row, Sink
from dgnb.batch.sources import Source, each

__all__ = ["Batch", "Estimate", "Outcome", "Row", "Sink", "Source", "each", "transcribe"]
