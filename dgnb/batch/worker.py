"""The work on a few files on a worker of a Dask cluster."""

from __future__ import annotations

import os
from contextlib import closing, nullcontext
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Any, TypeVar

import msgspec

from dgnb.batch.jobs import transcribe
from dgnb.batch.rows import Outcome, Row
from dgnb.batch.sources import Source
from dgnb.cache import Store
from dgnb.client import Deepgram
from dgnb.errors import CredentialError, NotAllowed, PaymentRequired
from dgnb.lazy import load
from dgnb.operations import Flow
from dgnb.protocol import routes
from dgnb.results import Provenance

T = TypeVar("T")

CERTAIN = (NotAllowed, PaymentRequired, CredentialError)
"""Errors that every other file would meet as well."""


@dataclass(frozen=True)
class Service:
    """Who is asked, without the credential: each worker finds its own, as `Deepgram` does.

    Parameters
    ----------
    base_url, region : str or None
    sandbox : bool
    timeout : float, seconds
    retries : int
    tokens : bool
    proxy : str or None
    """

    base_url: str | None = None
    region: str | None = None
    sandbox: bool = False
    timeout: float = 30.0
    retries: int = 2
    tokens: bool = False
    proxy: str | None = field(default=None, repr=False)

    @classmethod
    def of(cls, client: Any) -> Service:
        """Return who a client asks."""
        api = client._hosts.api
        region = next((name for name, host in routes.REGIONS.items() if host == api), None)
        return cls(
            None if region or client.sandbox else api,
            None if client.sandbox else region,
            client.sandbox,
            client._timeout,
            client._retry.limit,
            client._tokens,
            client._proxy,
        )

    def client(self) -> Deepgram:
        """Return a client on this machine.

        Raises
        ------
        CredentialError
            It finds no key here.
        """
        try:
            return Deepgram(
                sandbox=self.sandbox,
                base_url=self.base_url,
                region=self.region,
                timeout=self.timeout,
                retries=self.retries,
                tokens=self.tokens,
                proxy=self.proxy,
            )
        except CredentialError as error:
            raise CredentialError(
                "A worker of the cluster has no Deepgram key, and none is ever sent there. Set "
                "DEEPGRAM_API_KEY in the environment of every worker."
            ) from error


@dataclass(frozen=True)
class Limit:
    """How many requests all workers together have on their way at the most.

    Parameters
    ----------
    name : str
        Of the ``distributed.Semaphore``, the same for all batches of an account.
    leases : int
    weight : float
        Of how many light requests a request takes the room, for the gate of each process.
    """

    name: str
    leases: int
    weight: float = 1.0


@dataclass(frozen=True)
class Errand:
    """What a worker does with every file.

    Parameters
    ----------
    name : str
        Of the batch; the ``distributed.Event`` with this name ends it.
    service : Service
    limit : Limit
    options : dict
        Of ``listen``.
    kept : Store or None
        Where replies are kept; on a cluster a folder that all workers see.
    corpus : Corpus or None
        Where results are written.
    """

    name: str
    service: Service
    limit: Limit
    options: dict[str, Any] = field(repr=False)
    kept: Store | None = None
    corpus: Any = None


class Chunk(list[Source]):
    """Files for one task; its repr, which a scheduler may log, tells no URL or content."""

    def __repr__(self) -> str:
        return f"<{len(self)} files from {self[0].position if self else 0}>"


@dataclass(frozen=True)
class Told:
    """What became of a file, for the way back.

    Parameters
    ----------
    row : Row
    unkept : str
        Why its reply could not be kept; empty when it could.
    reply : bytes
        JSON of the transcript, where it is neither kept nor in a corpus.
    provenance : Provenance or None
    error : Exception or None
        One that every other file would meet as well.
    """

    row: Row
    unkept: str = ""
    reply: bytes = field(default=b"", repr=False)
    provenance: Provenance | None = None
    error: Exception | None = None


class Leased:
    """A client that holds a lease of the cluster's semaphore while it has a request on its way."""

    def __init__(self, client: Deepgram, limit: Limit) -> None:
        settings = client._settings
        patient = replace(settings, retry=replace(settings.retry, patient=True))
        self.place = client.place
        self._channel = load("dgnb.transport.http:Channel")(patient)
        self._channel.gate(routes.LISTEN).allow(limit.leases * limit.weight)
        self._lease = _semaphore(load("distributed:get_worker")().address, limit)

    def run(self, flow: Flow[T]) -> T:
        """Return what a flow returns."""
        with self._lease:
            result: T = self._channel.run(flow)
            return result

    def close(self) -> None:
        """Close the connections."""
        self._channel.close()


def work(chunk: Chunk, errand: Errand) -> list[Told]:
    """Transcribe files one after another, write them to the corpus, and tell what became of them.

    When it returns, all are in the corpus. A worker that is lost before is replaced by another that
    does the same again: what is kept is not sent again, and what is in the corpus counts once.
    """
    over = load("distributed:Event")(errand.name)
    told: list[Told] = []
    with errand.service.client() as client, _leased(client, errand) as leased, _writer(errand) as writer:
        for source in chunk:
            if over.is_set() or (told and told[-1].error):
                break
            outcome = transcribe(leased, source, errand.kept, **errand.options)
            told.append(_told(outcome, writer))
    return told


def _leased(client: Deepgram, errand: Errand) -> closing[Leased]:
    return closing(Leased(client, errand.limit))


def _told(outcome: Outcome, writer: Any) -> Told:
    row, transcript = outcome.row, outcome.transcript
    error = outcome.error if isinstance(outcome.error, CERTAIN) else None
    if writer is not None:
        file = writer.write(transcript, row)
        # On the way back a text would be the most by far; it is in the corpus.
        return Told(msgspec.structs.replace(row, text="", key=file or row.key), outcome.unkept, error=error)
    if transcript is None or not (outcome.unkept or not row.key):
        return Told(row, outcome.unkept, error=error)
    return Told(row, outcome.unkept, transcript.json, transcript.provenance, error)


def _writer(errand: Errand) -> Any:
    if errand.corpus is None:
        return nullcontext()
    return _corpus(os.getpid(), errand.corpus).writer(errand.options)


@cache
def _semaphore(_: str, limit: Limit) -> Any:
    """The semaphore of a Dask worker, one for all its threads: each refreshes its leases for ever."""
    return load("distributed:Semaphore")(max_leases=limit.leases, name=limit.name)


@cache
def _corpus(_: int, corpus: Any) -> Any:
    """The corpus of this process, which reads what is in each of its parts only once."""
    return corpus
