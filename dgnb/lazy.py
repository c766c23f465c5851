"""Names that are loaded when they are first used, so that ``import dgnb`` stays light."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from types import MethodType
from typing import Any, Generic, TypeVar, overload

T = TypeVar("T")
F = TypeVar("F", bound=Callable[..., Any])


def load(path: str) -> Any:
    """Return the object that ``"package.module:name"`` stands for.

    Examples
    --------
    >>> load("math:sqrt")(9.0)
    3.0
    """
    module, _, name = path.partition(":")
    return getattr(import_module(module), name)


class View(Generic[T]):
    """An attribute that is made by a function elsewhere, once, on first access.

    Parameters
    ----------
    path : str
        ``"package.module:function"``; called with the object itself.
    doc : str
        What the attribute gives, shown under ``?``.
    """

    def __init__(self, path: str, doc: str) -> None:
        self.path = path
        self.__doc__ = doc

    def __set_name__(self, owner: type, name: str) -> None:
        self.name = name

    @overload
    def __get__(self, instance: None, owner: type) -> View[T]: ...
    @overload
    def __get__(self, instance: object, owner: type) -> T: ...
    def __get__(self, instance: object | None, owner: type) -> View[T] | T:
        if instance is None:
            return self
        kept = instance.__dict__
        if self.name not in kept:
            make: Callable[[Any], T] = load(self.path)
            kept[self.name] = make(instance)
        value: T = kept[self.name]
        return value


class Method(Generic[F]):
    """A method that is a function elsewhere, whose first parameter is the object: ``?`` and Tab show it.

    Parameters
    ----------
    path : str
        ``"package.module:function"``.

    Examples
    --------
    >>> class Angle(float):
    ...     sine = Method["Callable[[], float]"]("math:sin")
    >>> Angle(0.0).sine()
    0.0
    """

    def __init__(self, path: str) -> None:
        self.path = path

    def __get__(self, instance: object | None, owner: type) -> F:
        function: Any = load(self.path)
        return function if instance is None else MethodType(function, instance)  # type: ignore[return-value]
