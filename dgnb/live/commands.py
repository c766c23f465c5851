"""How a coroutine of a session becomes a method, blocking or awaited; how a session is opened."""

from __future__ import annotations

import inspect
from collections.abc import Awaitable, Callable, Coroutine
from typing import TYPE_CHECKING, Any, Concatenate, Generic, ParamSpec, TypeVar, overload

from dgnb.protocol import signatures
from dgnb.publication import Namespace

if TYPE_CHECKING:
    from dgnb.client import AsyncDeepgram, Deepgram
    from dgnb.live.session import Session

P = ParamSpec("P")
T = TypeVar("T")
A = TypeVar("A")
B = TypeVar("B")


class Command(Generic[P, T]):
    """Publishes a coroutine function: its method blocks, or is awaited.

    Parameters
    ----------
    work : coroutine function
        Takes the session; runs on dgnb's loop.
    """

    def __init__(self, work: Callable[Concatenate[Any, P], Coroutine[Any, Any, T]]) -> None:
        self.work = work
        self.__doc__ = work.__doc__

    @overload
    def __get__(self, instance: None, owner: type) -> Command[P, T]: ...
    @overload
    def __get__(self, instance: Session[Deepgram], owner: type) -> Callable[P, T]: ...
    @overload
    def __get__(self, instance: Session[AsyncDeepgram], owner: type) -> Callable[P, Awaitable[T]]: ...
    def __get__(self, instance: Session[Any] | None, owner: type) -> Any:
        if instance is None:
            return self
        work = self.work

        def method(*args: P.args, **options: P.kwargs) -> Any:
            return instance._do(work(instance, *args, **options))

        method.__name__, method.__doc__ = work.__name__.lstrip("_"), self.__doc__
        signature = inspect.signature(work)
        kept = list(signature.parameters.values())[1:]
        method.__signature__ = signature.replace(parameters=kept)  # type: ignore[attr-defined]
        return method


class Opening(Generic[B, A]):
    """Publishes a function that opens a session: with blocking methods on one client, awaited on the other.

    Parameters
    ----------
    start : callable
        Takes the client, and what its method takes.
    table : type
        The options of the connection; they become keyword arguments and a part of the docstring.
    """

    def __init__(self, start: Callable[..., Any], table: type) -> None:
        self.start, self.table = start, table
        self.__doc__ = f"{inspect.getdoc(start)}\n\n{signatures.describe(table)}"
        whole = signatures.signature(start, table)
        self.__signature__ = whole.replace(parameters=list(whole.parameters.values())[1:])

    @overload
    def __get__(self, instance: None, owner: type) -> Opening[B, A]: ...
    @overload
    def __get__(self, instance: Namespace[Deepgram], owner: type) -> Callable[..., B]: ...
    @overload
    def __get__(self, instance: Namespace[AsyncDeepgram], owner: type) -> Callable[..., A]: ...
    def __get__(self, instance: Namespace[Any] | None, owner: type) -> Any:
        if instance is None:
            return self
        client, start = instance._client, self.start

        def method(*args: Any, **options: Any) -> Any:
            return start(client, *args, **options)

        method.__name__, method.__doc__ = start.__name__, self.__doc__
        method.__signature__ = self.__signature__  # type: ignore[attr-defined]
        return method
