"""``dg.batch`` and ``dg.estimate``."""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import AsyncIterable
from dataclasses import replace
from math import inf
from numbers import Integral, Real
from typing import Any

from dgnb.batch import estimate as estimates
from dgnb.batch.batch import Batch
from dgnb.batch.jobs import Plan
from dgnb.batch.purse import Purse
from dgnb.batch.run import Order
from dgnb.batch.sources import Sources
from dgnb.cache import Cache, store
from dgnb.errors import OptionError
from dgnb.lazy import load
from dgnb.operations.listening import warn_of_unknown
from dgnb.protocol import signatures
from dgnb.protocol.params import ListenOptions

MILLION = 1_000_000


def batch(  # noqa: PLR0913 - each is a choice of the user's
    client: Any,
    sources: Any,
    *,
    column: str | None = None,
    concurrency: int | None = None,
    cache: Cache = True,
    budget: float | None = None,
    corpus: Any = None,
    executor: Any = None,
    progress: bool = True,
    **options: Any,
) -> Batch:
    """Transcripts of many files: it returns at once, runs by itself, and pays for no file twice.

    Parameters
    ----------
    sources : path, pattern, folder, URL, DataFrame, mapping or iterable
        Of a folder all audio in it and below; URLs of storage systems (``s3://``) with the extra
        ``cloud``; of a mapping the keys are names. An iterator may be of any length: it is read a
        little ahead of what is needed. `AsyncDeepgram` takes asynchronous iterators, too.
    column : str, optional
        Of a DataFrame, the one with the sources.
    concurrency : int, optional
        Files at the same time at the most; by default as many as the account turns out to allow.
    cache : bool or path, default True
        Where replies are kept, and found again without paying; see `dgnb.cache`.
    budget : float, optional
        What it may cost, in dollars, at the published prices. It does not begin if it would cost more,
        and ends before it does; a file whose length cannot be told beforehand is not sent.
    corpus : Corpus, or another Sink, optional
        Where results are written while they come, see `dgnb.Corpus` and `dgnb.batch.Sink`.
    executor : distributed.Client, optional
        A Dask cluster whose workers do the work, each file on one of their threads, see
        `dgnb.batch.cluster`. They need the extra "dask", and the key in their own environment.
    progress : bool, default True
        Whether a bar shows how far it is.

    Returns
    -------
    Batch
        ``wait()``, ``stop()``, iteration, and ``frame`` with a row for each file.

    Raises
    ------
    OptionError
        An option cannot be right.

    Examples
    --------
    >>> import numpy as np
    >>> from dgnb import Deepgram
    >>> with Deepgram(sandbox=True) as dg:
    ...     done = dg.batch({"silence": (np.zeros(8000), 16000)}, cache=False, progress=False).wait()
    >>> done.frame[["source", "status", "duration"]].to_numpy().tolist()
    [['silence', 'done', 0.5]]
    """
    given = _checked(options, concurrency, budget)
    _check_reach(client, sources)
    if executor is not None:
        load("dgnb.batch.errands:check")(executor, corpus)
    purse = Purse(None if budget is None else round(budget * MILLION))
    plan = Plan(given, client.place, store(cache))
    order = Order(Sources(sources, column), plan, concurrency, purse)
    if executor is not None:
        order = replace(order, executor=executor, corpus=corpus)
    elif corpus is not None:
        order = replace(order, sink=corpus.writer(given) if hasattr(corpus, "writer") else corpus)
    return Batch(client, order, progress=progress)


def _check_reach(client: Any, sources: Any) -> None:
    if isinstance(sources, AsyncIterable) and not _awaits(client):
        raise OptionError(
            "An asynchronous iterator waits for its event loop, which Deepgram's methods block: use "
            "AsyncDeepgram, with await batch.wait() or async for.",
            "sources",
        )


def _checked(options: dict[str, Any], concurrency: Any, budget: Any) -> dict[str, Any]:
    given = {name: value for name, value in options.items() if value is not None}
    if "callback" in given:
        raise OptionError("A batch waits for its transcripts: leave callback out.", "callback")
    estimates.asked(given)
    warn_of_unknown(given, ListenOptions)
    if concurrency is not None and not (isinstance(concurrency, Integral) and int(concurrency) >= 1):
        raise OptionError(f"concurrency is a whole number from 1, not {concurrency!r}.", "concurrency")
    if budget is not None and not (isinstance(budget, Real) and 0 <= float(budget) < inf):
        raise OptionError(f"budget is an amount in dollars, not {budget!r}.", "budget")
    return given


def estimate(client: Any, sources: Any, *, column: str | None = None, **options: Any) -> Any:
    """What it will cost to transcribe files, from the lengths that their headers tell.

    Nothing is sent. On an asynchronous client it is awaited.

    Parameters
    ----------
    sources : path, pattern, folder, URL, DataFrame, mapping or iterable
        As for ``batch``. What stands at a URL is not fetched, and is listed as unknown.
    column : str, optional
        Of a DataFrame, the one with the sources.

    Returns
    -------
    Estimate
        ``cost`` in dollars, ``hours``, the ``lines`` of the bill, and the ``unknown`` files.

    Examples
    --------
    >>> import numpy as np
    >>> from dgnb import Deepgram
    >>> with Deepgram(sandbox=True) as dg:
    ...     dg.estimate((np.zeros(16000 * 60), 16000), model="nova-3").cost
    0.0043
    """
    if isinstance(sources, AsyncIterable):
        raise OptionError("An estimate needs sources that are there: a list, folder or pattern.", "sources")
    if _awaits(client):
        return asyncio.to_thread(estimates.estimate, sources, column, **options)
    return estimates.estimate(sources, column, **options)


def _awaits(client: Any) -> bool:
    """Whether the methods of a client are awaited."""
    return inspect.iscoroutinefunction(client.run)


def _spell_out(function: Any) -> None:
    """Give a function the options of ``listen`` in its signature and docstring."""
    function.__signature__ = signatures.signature(function, ListenOptions)
    function.__doc__ = f"{inspect.getdoc(function)}\n\n{signatures.describe(ListenOptions)}"


_spell_out(batch)
_spell_out(estimate)
