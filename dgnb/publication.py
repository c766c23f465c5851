"""How a flow becomes a method: blocking on one client, awaited on the other."""

from __future__ import annotations

import inspect
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from itertools import count
from typing import TYPE_CHECKING, Any, Generic, ParamSpec, TypedDict, TypeVar, cast, overload

from dgnb.lazy import load
from dgnb.operations import Flow
from dgnb.protocol import signatures
from dgnb.protocol.options import rows

if TYPE_CHECKING:
    from dgnb.client import AsyncDeepgram, Deepgram

P = ParamSpec("P")
T = TypeVar("T")
C = TypeVar("C")
C_co = TypeVar("C_co", covariant=True)


PAGE = 10
"""Things on a page when neither side says how many; the service's default."""


class NoOptions(TypedDict, total=False):
    """The table of an operation without query parameters."""


class Operation(Generic[P, T]):
    """Publishes a flow as a method: blocking on `Deepgram`, awaited on `AsyncDeepgram`.

    Parameters
    ----------
    flow : callable
        Makes the flow.
    table : type
        Its options; they become the method's keyword arguments and a part of its docstring.
    """

    def __init__(self, flow: Callable[P, Flow[T]], table: type = NoOptions) -> None:
        self.flow, self.table = flow, table
        options = f"\n\n{signatures.describe(table)}" if rows(table) else ""
        self.__doc__ = f"{inspect.getdoc(flow)}{options}"
        self.__signature__ = signatures.signature(flow, table)

    @overload
    def __get__(self, instance: None, owner: type) -> Operation[P, T]: ...
    @overload
    def __get__(self, instance: Namespace[Deepgram], owner: type) -> Callable[P, T]: ...
    @overload
    def __get__(self, instance: Namespace[AsyncDeepgram], owner: type) -> Callable[P, Awaitable[T]]: ...
    def __get__(self, instance: Namespace[Any] | None, owner: type) -> Any:
        if instance is None:
            return self
        client, flow = instance._client, self.flow

        def method(*args: P.args, **options: P.kwargs) -> Any:
            cache = options.pop("cache", False)
            made = flow(*args, **options)
            return client.run(_keeping(made, cache, client.place) if cache else made)

        method.__name__, method.__doc__ = flow.__name__, self.__doc__
        method.__signature__ = self.__signature__  # type: ignore[attr-defined]
        return method


def _keeping(flow: Flow[T], cache: Any, place: str) -> Flow[T]:
    """The same flow, asking only for what is not kept yet."""
    found: Flow[T] = load("dgnb.cache:keeping")(flow, load("dgnb.cache:store")(cache), place)
    return found


class Pages(Generic[P]):
    """Publishes a paged flow as an iterator over the things of all its pages.

    Parameters
    ----------
    flow : callable
        Makes the flow of one page, which is named by ``page``, from 0.
    table : type
        Its options.
    """

    def __init__(self, flow: Callable[P, Flow[Any]], table: type) -> None:
        self.flow, self.table = flow, table
        self.__doc__ = f"Iterator over all pages.\n\n{signatures.describe(table)}"
        self.__signature__ = signatures.signature(flow, table)

    @overload
    def __get__(self, instance: None, owner: type) -> Pages[P]: ...
    @overload
    def __get__(self, instance: Namespace[Deepgram], owner: type) -> Callable[P, Iterator[Any]]: ...
    @overload
    def __get__(self, instance: Namespace[AsyncDeepgram], owner: type) -> Callable[P, AsyncIterator[Any]]: ...
    def __get__(self, instance: Namespace[Any] | None, owner: type) -> Any:
        if instance is None:
            return self
        run, flow = instance._client.run, self.flow
        walk = _each_awaited if inspect.iscoroutinefunction(run) else _each

        def method(*args: P.args, **options: P.kwargs) -> Any:
            first = int(cast(float, options.pop("page", 0)))
            pages = (flow(*args, **{**options, "page": page}) for page in count(first))  # type: ignore[arg-type]
            return walk(run, pages)

        method.__name__, method.__doc__ = "iterate", self.__doc__
        method.__signature__ = self.__signature__  # type: ignore[attr-defined]
        return method


def _each(run: Callable[[Flow[Any]], Any], pages: Iterator[Flow[Any]]) -> Iterator[Any]:
    for page in pages:
        listing = run(page)
        yield from listing
        if _is_last(listing):
            return


async def _each_awaited(
    run: Callable[[Flow[Any]], Awaitable[Any]], pages: Iterator[Flow[Any]]
) -> AsyncIterator[Any]:
    for page in pages:
        listing = await run(page)
        for thing in listing:
            yield thing
        if _is_last(listing):
            return


def _is_last(listing: Any) -> bool:
    """Whether a page is not full, so that none follows."""
    return len(listing) < (listing.limit or PAGE)


class Namespace(Generic[C_co]):
    """Operations that belong together, bound to a client; calling it is the first of them."""

    def __init__(self, client: C_co) -> None:
        self._client = client

    @property
    def __signature__(self) -> inspect.Signature:
        call: Any = type(self).__call__
        signature: inspect.Signature = call.__signature__
        return signature

    def __repr__(self) -> str:
        return f"<{type(self).__name__.lower()} of {self._client!r}>"
