"""What the workers of a Dask cluster are told to do."""

from __future__ import annotations

import hashlib
from typing import Any
from uuid import uuid4

from dgnb.batch.estimate import asked
from dgnb.batch.run import Order
from dgnb.batch.worker import Errand, Limit, Service
from dgnb.errors import MissingExtra, OptionError
from dgnb.lazy import load
from dgnb.protocol import limits, routes


def check(executor: Any, corpus: Any) -> None:
    """Refuse what is no client of a Dask cluster, and a corpus that its workers cannot write to.

    Raises
    ------
    MissingExtra, OptionError
    """
    try:
        kind = load("distributed:Client")
    except ImportError as missing:
        raise MissingExtra("A batch on a Dask cluster", "dask") from missing
    if not isinstance(executor, kind) or executor.asynchronous:
        raise OptionError(
            f"executor is a client of a Dask cluster that blocks, distributed.Client(...), not {executor!r}.",
            "executor",
        )
    if corpus is not None and not hasattr(corpus, "writer"):
        raise OptionError(f"With executor=, corpus is a dgnb.Corpus; not {corpus!r}.", "corpus")


def errand(client: Any, order: Order) -> Errand:
    """Return what the workers are to do."""
    weight = 1.0 if client.sandbox else limits.weight(routes.LISTEN, asked(order.plan.options))
    leases = order.concurrency or max(1, int(limits.CONCURRENT[routes.LISTEN] / weight))
    limit = Limit(f"dgnb-{_account(client)}-{leases}", leases, weight)
    options = dict(order.plan.options)
    name = f"dgnb-{uuid4().hex[:8]}"
    return Errand(name, Service.of(client), limit, options, order.plan.kept, order.corpus)


def _account(client: Any) -> str:
    """A name for the account and who is asked, which tells neither."""
    known = "" if client._credential is None else client._credential.header
    return hashlib.sha256(f"{client._hosts.api} {known}".encode()).hexdigest()[:16]
