"""``@tool``: a typed Python function that a voice agent may call."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Mapping
from typing import Any, Generic, ParamSpec, TypeVar, overload

import msgspec

from dgnb.errors import OptionError
from dgnb.live import docstrings, schemas

P = ParamSpec("P")
T = TypeVar("T")

LIMIT = 10.0
"""How long a call may take if nothing else is said [s]."""

_NAME = re.compile(r"[A-Za-z0-9_-]{1,64}")


class Tool(Generic[P, T]):
    """A function, and what an agent is told of it; it can still be called as it is.

    Parameters
    ----------
    function : callable
        Synchronous or asynchronous, with a type for each parameter.
    name, description : str, optional
        By default the function's name, and what its docstring begins with.
    timeout : float
        How long a call may take [s].
    endpoint : str or dict, optional
        Where the service calls it by itself: a URL, or ``{"url", "method", "headers"}``.

    Raises
    ------
    OptionError
        A parameter has no type, or one that JSON cannot say.
    """

    def __init__(
        self,
        function: Callable[P, T],
        *,
        name: str | None = None,
        description: str | None = None,
        timeout: float = LIMIT,
        endpoint: str | Mapping[str, Any] | None = None,
    ) -> None:
        self.function, self.timeout = function, timeout
        self.name = name or str(getattr(function, "__name__", type(function).__name__))
        if not _NAME.fullmatch(self.name):
            raise OptionError(
                f"A tool's name has up to 64 letters, digits, _ and -; {self.name!r} has not: "
                "give tool(name=...).",
                "name",
            )
        if not timeout > 0:
            raise OptionError(f"timeout is more than 0, not {timeout!r}.", "timeout")
        told = docstrings.read(inspect.getdoc(function))
        self.description = told.text if description is None else description
        self._signature = schemas.signature(function, self.name)
        self._struct = schemas.struct(function, self._signature, self.name)
        self.parameters = schemas.schema(self._struct, self._signature, told.parameters)
        """JSON schema of the arguments."""
        self.endpoint = _endpoint(endpoint)
        self.__doc__ = function.__doc__

    @property
    def client_side(self) -> bool:
        """Whether it is called here, and not by the service."""
        return self.endpoint is None

    @property
    def definition(self) -> dict[str, Any]:
        """What is sent of it in ``agent.think.functions``."""
        found = {"name": self.name, "description": self.description, "parameters": self.parameters}
        return found if self.endpoint is None else {**found, "endpoint": self.endpoint}

    def bind(self, arguments: str) -> inspect.BoundArguments:
        """Return a call's arguments, a JSON object as text, as the function takes them.

        Raises
        ------
        OptionError
            They are not what the function takes; the text says what is wrong, and with which.

        Examples
        --------
        >>> @tool
        ... def add(a: int, b: int = 1) -> int:
        ...     return a + b
        >>> add.bind('{"a": 2}').args
        (2,)
        """
        found = schemas.read(arguments or "{}", self._struct)
        given = {name: getattr(found, name) for name in self._signature.parameters}
        kept = {name: value for name, value in given.items() if value is not msgspec.UNSET}
        bound = inspect.BoundArguments(self._signature, kept)
        if any(one.kind is one.POSITIONAL_ONLY for one in self._signature.parameters.values()):
            bound.apply_defaults()  # one can only be given when those before it are
        return bound

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> T:
        """Call the function as it is."""
        return self.function(*args, **kwargs)

    def __repr__(self) -> str:
        return f"<tool {self.name}{self._signature}>"


@overload
def tool(function: Callable[P, T], /) -> Tool[P, T]: ...
@overload
def tool(
    *,
    name: str | None = None,
    description: str | None = None,
    timeout: float = LIMIT,
    endpoint: str | Mapping[str, Any] | None = None,
) -> Callable[[Callable[P, T]], Tool[P, T]]: ...
def tool(function: Callable[..., Any] | None = None, /, **options: Any) -> Any:
    """Make a typed Python function one that a voice agent may call.

    What the agent is told comes from the function itself: its docstring says what it is for
    and what its parameters are (numpydoc, Google or Sphinx style), their types and defaults what
    they may be. The types are those of JSON, ``Literal``, ``Enum``, ``Optional``, lists,
    dictionaries, tuples, sets, dataclasses, ``TypedDict``, msgspec structs, dates and times;
    ``Annotated[int, "text"]`` describes one in place.

    Parameters
    ----------
    function : callable
        Synchronous or asynchronous.
    name, description : str, optional
        By default the function's own.
    timeout : float, default 10.0
        How long a call may take [s].
    endpoint : str or dict, optional
        A URL that the service calls by itself; the function is then not called here.

    Returns
    -------
    Tool
        It can still be called as before.

    Raises
    ------
    OptionError
        A parameter has no type, or one that JSON cannot say.

    Examples
    --------
    >>> @tool
    ... def weather(city: str, days: int = 1) -> str:
    ...     '''Weather forecast.
    ...
    ...     Parameters
    ...     ----------
    ...     city : str
    ...         Name in English.
    ...     '''
    ...     return f"Sunny in {city}."
    >>> weather.description, weather.parameters["required"]
    ('Weather forecast.', ['city'])
    >>> weather.parameters["properties"]["city"]
    {'type': 'string', 'description': 'Name in English.'}
    >>> weather("Paris")
    'Sunny in Paris.'
    """
    if function is None:
        return lambda found: Tool(found, **options)
    if not callable(function):
        raise OptionError(f"tool takes a function, not {type(function).__name__}.", "function")
    return Tool(function, **options)


def written(value: Any) -> str:
    """Return what a tool gave as the text that the agent reads: text as it is, else JSON, else ``str``.

    Examples
    --------
    >>> written("21 °C"), written({"degrees": 21}), written(None), written(1 + 2j)
    ('21 °C', '{"degrees":21}', 'null', '(1+2j)')
    """
    if isinstance(value, str):
        return value
    try:
        return msgspec.json.encode(value, enc_hook=_plain).decode()
    except (TypeError, ValueError, RecursionError, msgspec.EncodeError):
        return str(value)


def _plain(value: Any) -> Any:
    """What JSON does not know as what it does: numbers of numpy, for example."""
    convert = getattr(value, "tolist", None)
    if convert is None:
        raise TypeError(type(value).__name__)
    return convert()


def _endpoint(endpoint: str | Mapping[str, Any] | None) -> dict[str, Any] | None:
    if isinstance(endpoint, str):
        return {"url": endpoint, "method": "post"}
    return None if endpoint is None else dict(endpoint)
