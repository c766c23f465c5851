"""The work on one file: looked up, sent if need be, kept, and told in a row.

The same steps serve a batch on dgnb's own loop, and workers elsewhere (`transcribe`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Protocol, TypeVar

from dgnb.audio.source import legible
from dgnb.batch.rows import FAILED, Outcome, Row
from dgnb.batch.sources import Source
from dgnb.cache import Address, Cache, Store, address, store
from dgnb.cache.keeping import marked, unkept
from dgnb.cache.store import provenance
from dgnb.operations import Flow, Reply, Request
from dgnb.operations.listening import listen_quietly
from dgnb.results import Provenance, Transcript
from dgnb.results.bill import bill

T = TypeVar("T")

SMALL = 1 << 18
"""Bytes of audio that are read as a whole."""


@dataclass(frozen=True)
class Plan:
    """What is done with every file.

    Parameters
    ----------
    options : mapping
        Of ``listen``.
    place : str
        Who is asked, see `dgnb.cache`.
    kept : Store or None
        Where replies are kept, if they are.
    """

    options: Mapping[str, Any]
    place: str
    kept: Store | None = None


class Job:
    """One file on its way.

    `begin` looks at it, and gives its outcome if nothing has to be sent; otherwise `request` is to be
    sent, and `finish` takes the reply, `fail` the error. All three may take a moment: they read and
    write files.
    """

    def __init__(self, source: Source, plan: Plan) -> None:
        self.source, self.plan = source, plan
        self.request: Request | None = None
        self.where: Address | None = None
        self.reply: Reply | None = None
        """What came, when it was sent."""
        self._flow: Flow[Transcript] | None = None

    def begin(self) -> Outcome | None:
        """Return the outcome if it is known without sending anything, because it is kept or wrong."""
        try:
            self._flow = listen_quietly(self.source.get(), self.plan.options)
            self.request = _read(next(self._flow))
            if self.plan.kept is None:
                return None
            self.where = address(self.request, self.plan.place)
        except Exception as error:  # whatever a source is made of, the other files go on
            return self.fail(error)
        return self.look()

    def look(self) -> Outcome | None:
        """Return the outcome if the reply is kept."""
        found = self.plan.kept.find(self.where) if self.plan.kept and self.where else None
        return None if found is None else self._told(found.reply, found.provenance)

    def finish(self, reply: Reply) -> Outcome:
        """Return the outcome of a reply, and keep it if it is what the API promises."""
        self.reply = reply
        told = None if self.where is None else provenance(self.where, reply, self.source.name)
        outcome = self._told(reply, told)
        if outcome.error is None and told is not None:
            return replace(outcome, unkept=self._keep(told, reply))
        return outcome

    def share(self, reply: Reply, unkept: str = "") -> Outcome:
        """Return the outcome of a reply that another file with the same content has got.

        Parameters
        ----------
        reply : Reply
        unkept : str
            Why it is not kept; empty when it is.
        """
        assert self.where is not None  # noqa: S101 - two files are the same by their address
        told = provenance(self.where, reply, self.source.name)
        return replace(self._told(replace(reply, attempts=0), told, cached=True), unkept=unkept)

    def fail(self, error: Exception, attempts: int = 0) -> Outcome:
        """Return the outcome of an error."""
        row = Row(
            position=self.source.position,
            source=self.source.name,
            status=FAILED,
            attempts=attempts or getattr(error, "attempts", 0),
            error=legible(" ".join(str(error).split())) or type(error).__name__,
            request_id=str(getattr(error, "request_id", "")),
            key=self.where.key if self.where else "",
        )
        return Outcome(row, error=error)

    def _keep(self, told: Provenance, reply: Reply) -> str:
        """Keep a reply; why that is not possible, empty when it is."""
        assert self.plan.kept is not None  # noqa: S101 - there is no address without it
        try:
            self.plan.kept.keep(told, reply)
        except OSError as error:
            return unkept(self.plan.kept, error)
        return ""

    def _told(self, reply: Reply, told: Provenance | None, *, cached: bool = False) -> Outcome:
        assert self._flow is not None  # noqa: S101 - there is no reply without it
        try:
            self._flow.send(reply)
        except StopIteration as stop:
            transcript: Transcript = marked(stop.value, told)
            return Outcome(self._row(transcript, reply, cached or bool(told and told.cached)), transcript)
        except Exception as error:  # as above
            return self.fail(error, reply.attempts)
        raise AssertionError("listen asks once")

    def _row(self, transcript: Transcript, reply: Reply, cached: bool) -> Row:
        assert self.request is not None  # noqa: S101 - as above
        lines = () if cached else bill(transcript, self.request.query)
        return Row(
            position=self.source.position,
            source=self.source.name,
            duration=transcript.duration,
            text=transcript.text,
            confidence=transcript.confidence,
            microdollars=sum(line.microdollars for line in lines),
            attempts=reply.attempts,
            cached=cached,
            request_id=transcript.request_id,
            key=self.where.key if self.where else "",
        )


class Sender(Protocol):
    """What asks for a reply: a client, or one that waits for its turn among others."""

    @property
    def place(self) -> str:
        """Who is asked, see `dgnb.cache`."""

    def run(self, flow: Flow[T]) -> T:
        """Return what a flow returns."""


def _read(request: Request) -> Request:
    """A request with its audio read, if that is small: it is needed twice, and sent with less ado."""
    body = request.body
    if isinstance(body, bytes) or body.length is None or body.length > SMALL:
        return request
    return replace(request, body=b"".join(body.chunks()))


def transcribe(client: Sender, source: Any, cache: Cache = True, **options: Any) -> Outcome:
    """Return what becomes of one file; nothing that is wrong with it is raised.

    Parameters
    ----------
    client : Deepgram, or another `Sender`
    source : object
        What ``listen`` takes, or a `Source` of `dgnb.batch.sources`, which has a name and a position.
    cache : bool, path or Store, default True
        Where replies are kept, and looked for before anything is sent.
    **options
        Of ``listen``.

    Examples
    --------
    >>> import numpy as np
    >>> from dgnb import Deepgram
    >>> with Deepgram(sandbox=True) as dg:
    ...     transcribe(dg, (np.zeros(8000), 16000), cache=False).row.duration
    0.5
    """
    found = source if isinstance(source, Source) else Source(str(source)[:200], source)
    job = Job(found, Plan(options, client.place, store(cache)))
    outcome = job.begin()
    if outcome is not None:
        return outcome
    try:
        reply = client.run(_sent(job))
    except Exception as error:  # also of the source, which is read again while it is sent
        return job.fail(error)
    return job.finish(reply)


def _sent(job: Job) -> Flow[Reply]:
    """Ask for a job's reply, as a flow that any client runs."""
    assert job.request is not None  # noqa: S101 - begin made it
    return (yield job.request)
