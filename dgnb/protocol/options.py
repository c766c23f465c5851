"""How a table of query parameters is read: checking, encoding, decoding.

A table is a ``TypedDict`` whose fields are ``Annotated[type, Param(...)]``.
Everything that knows an endpoint's options (signature, magic, form, sandbox,
documentation) reads the rows of that one table.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from difflib import get_close_matches
from functools import cache
from types import UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin, get_type_hints

from dgnb.errors import OptionError

Repeat = str | Sequence[str]
"""One value, or several: the query key is repeated."""

Pairs = str | Sequence[str] | Mapping[str, Any]
"""``key:value`` strings, or a mapping; a value of ``None`` leaves the bare key."""

Query = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Param:
    """What is known of one query parameter, beside its name and type.

    Parameters
    ----------
    help : str
        What it does, in a few words.
    default : bool, int, float, str or None
        What the service does when the key is absent.
    known : tuple of str
        Documented values of an open set.
    low, high : float or None
        Bounds of a number, inclusive.
    most : int or None
        How many values may be given.
    longest : int or None
        Characters that one value may have.
    true : str
        The word that ``True`` stands for on the wire.
    """

    help: str
    default: bool | int | float | str | None = None
    known: tuple[str, ...] = ()
    low: float | None = None
    high: float | None = None
    most: int | None = None
    longest: int | None = None
    true: str = "true"


@dataclass(frozen=True)
class Row:
    """A parameter with all that follows from its type."""

    name: str
    param: Param
    annotation: Any
    kinds: frozenset[type]
    closed: tuple[str, ...]
    repeat: bool
    pairs: bool

    @property
    def values(self) -> tuple[str, ...]:
        """Documented values, of a closed or an open set."""
        return self.closed or self.param.known

    @property
    def flag(self) -> str:
        """The name as a command-line flag.

        Examples
        --------
        >>> from dgnb.protocol.params import ListenOptions
        >>> rows(ListenOptions)["smart_format"].flag
        '--smart-format'
        """
        return "--" + self.name.replace("_", "-")


@dataclass(frozen=True)
class Rule:
    """A combination of options that the service refuses.

    Parameters
    ----------
    options : tuple of str
        The options concerned.
    broken : callable
        Takes the options; true when they are in conflict.
    problem : str
        What is wrong and how to put it right.
    """

    options: tuple[str, ...]
    broken: Callable[[Mapping[str, Any]], bool]
    problem: str


@cache
def rows(table: type) -> dict[str, Row]:
    """Return the rows of a table of options by name, in the order they are written."""
    hints = get_type_hints(table, include_extras=True)
    return {name: _row(name, hint) for name, hint in hints.items()}


def _row(name: str, hint: Any) -> Row:
    annotation, param = get_args(hint)
    parts = _parts(annotation)
    origins = [get_origin(part) for part in parts]
    closed = tuple(value for part in parts if get_origin(part) is Literal for value in get_args(part))
    kinds = {part for part in parts if isinstance(part, type) and get_origin(part) is None}
    if closed:
        kinds.add(str)
    pairs = Mapping in origins
    return Row(name, param, annotation, frozenset(kinds), closed, Sequence in origins, pairs)


def _parts(annotation: Any) -> tuple[Any, ...]:
    """Members of a union, which may hold further unions."""
    if get_origin(annotation) is Annotated:
        return _parts(get_args(annotation)[0])
    if get_origin(annotation) in (Union, UnionType):
        return tuple(part for member in get_args(annotation) for part in _parts(member))
    return (annotation,)


def nearest(name: str, names: Iterable[str]) -> str:
    """Return ``" Did you mean 'x'?"`` for the closest of `names`, or an empty string.

    Examples
    --------
    >>> nearest("diarise", ["diarize", "topics"])
    " Did you mean 'diarize'?"
    """
    close = get_close_matches(name, list(names), n=1, cutoff=0.6)
    return f" Did you mean '{close[0]}'?" if close else ""


def encode(options: Mapping[str, Any], table: type) -> Query:
    """Return checked options as query pairs; ``None`` is left out, unknown names are passed on.

    Parameters
    ----------
    options : mapping
        Values by parameter name.
    table : type
        The endpoint's table of options.

    Raises
    ------
    OptionError
        A value has the wrong type, is out of range or not one of the allowed ones.

    Examples
    --------
    >>> from dgnb.protocol.params import ListenOptions
    >>> encode({"diarize": True, "keyterm": ["a", "b"]}, ListenOptions)
    (('diarize', 'true'), ('keyterm', 'a'), ('keyterm', 'b'))
    """
    known = rows(table)
    pairs: list[tuple[str, str]] = []
    for name, value in options.items():
        if value is not None:
            row = known.get(name)
            texts = _texts(row, value) if row else [_text(item) for item in _items(value)]
            pairs += [(name, text) for text in texts]
    return tuple(pairs)


def _texts(row: Row, value: Any) -> list[str]:
    if row.pairs and isinstance(value, Mapping):
        value = [key if item is None else f"{key}:{_text(item)}" for key, item in value.items()]
    items = _items(value) if row.repeat else [value]
    if row.param.most is not None and len(items) > row.param.most:
        raise OptionError(f"{row.name} takes at most {row.param.most} values, not {len(items)}.", row.name)
    return [_checked(row, item) for item in items]


def _items(value: Any) -> list[Any]:
    if isinstance(value, Iterable) and not isinstance(value, str | bytes | Mapping):
        return list(value)
    return [value]


def _checked(row: Row, value: Any) -> str:
    plain = value.item() if getattr(value, "ndim", None) == 0 else value  # a NumPy scalar
    if isinstance(plain, bool):
        if bool in row.kinds:
            return row.param.true if plain else "false"
    elif isinstance(plain, date) and date in row.kinds:
        return _moment(plain)
    elif isinstance(plain, int | float) and row.kinds & {int, float}:
        return _number(row, plain)
    elif isinstance(plain, str) and str in row.kinds:
        return _word(row, str.__str__(plain))  # an Enum's own __str__ gives another word
    raise OptionError(f"{row.name} takes {allowed(row)}, not {value!r}.", row.name)


def _moment(value: date) -> str:
    """A day as YYYY-MM-DD, a moment as ISO 8601 in UTC."""
    if not isinstance(value, datetime):
        return value.isoformat()
    return value.astimezone(UTC).isoformat().replace("+00:00", "Z")


_HUGE = 1e300
"""No option is so large; neither are infinity and what is no number."""


def _number(row: Row, value: float) -> str:
    low, high = row.param.low, row.param.high
    usable = abs(value) < _HUGE and (float in row.kinds or value == int(value))
    if not usable or (low is not None and value < low) or (high is not None and value > high):
        raise OptionError(f"{row.name} takes {allowed(row)}, not {value}.", row.name)
    return str(value if float in row.kinds else int(value))


def _word(row: Row, value: str) -> str:
    longest = row.param.longest
    if row.closed and value not in row.closed:
        hint = nearest(value, row.closed)
        raise OptionError(f"{row.name} takes {allowed(row)}, not {value!r}.{hint}", row.name)
    if longest is not None and len(value) > longest:
        text = f"{row.name} takes at most {longest} characters a value, not {len(value)}."
        raise OptionError(text, row.name)
    return value


def _text(value: Any) -> str:
    return ("true" if value else "false") if isinstance(value, bool) else str(value)


def allowed(row: Row) -> str:
    """Return in words what a parameter takes.

    Examples
    --------
    >>> from dgnb.protocol.params import ListenOptions
    >>> allowed(rows(ListenOptions)["utt_split"])
    'a number of at least 0'
    """
    if row.closed:
        return "one of " + ", ".join(row.closed)
    words = {bool: "True or False", int: "a whole number", float: "a number", str: "text", date: "a date"}
    names = [word for kind, word in words.items() if kind in row.kinds]
    if row.pairs:
        names.append("a mapping")
    if row.repeat:
        names.append("a list of text")
    return " or ".join(names) + _bounds(row.param)


def _bounds(param: Param) -> str:
    if param.low is not None and param.high is not None:
        return f" from {param.low:g} to {param.high:g}"
    return "" if param.low is None else f" of at least {param.low:g}"


def check(options: Mapping[str, Any], rules: Iterable[Rule]) -> None:
    """Raise `OptionError` for the first rule that the options break."""
    given = {name: value for name, value in options.items() if value is not None}
    for rule in rules:
        if rule.broken(given):
            raise OptionError(rule.problem, rule.options[0])


def parse(row: Row, text: str) -> bool | int | float | str:
    """Return the value that a text on a command line or in a query stands for.

    Raises
    ------
    OptionError
        The text is not a value of this parameter.

    Examples
    --------
    >>> from dgnb.protocol.params import ListenOptions
    >>> parse(rows(ListenOptions)["utt_split"], "0.5")
    0.5
    """
    value = _value(row.kinds, text)
    if value is None:
        raise OptionError(f"{row.name} takes {allowed(row)}, not {text!r}.", row.name)
    _checked(row, value)
    return value


def _value(kinds: frozenset[type], text: str) -> bool | int | float | str | None:
    if bool in kinds and text.lower() in ("true", "false"):
        return text.lower() == "true"
    if kinds & {int, float}:
        try:
            number = float(text)
        except ValueError:
            return None
        return int(number) if float not in kinds and number.is_integer() else number
    return text if str in kinds else None


def decode(query: Iterable[tuple[str, str]], table: type) -> dict[str, Any]:
    """Return the options in query pairs, the twin of `encode`; unknown keys are left out.

    Repeated keys of a parameter that may repeat become a list; of any other, the last counts.

    Raises
    ------
    OptionError
        A value is not one of its parameter's.

    Examples
    --------
    >>> from dgnb.protocol.params import ListenOptions
    >>> decode([("diarize", "true"), ("keyterm", "a")], ListenOptions)
    {'diarize': True, 'keyterm': ['a']}
    """
    known = rows(table)
    options: dict[str, Any] = {}
    for name, text in query:
        row = known.get(name)
        if row is None:
            continue
        value = parse(row, text)
        earlier = options.get(name, [])
        several = row.repeat and not isinstance(value, bool) and isinstance(earlier, list)
        options[name] = [*earlier, value] if several else value
    for name, value in options.items():
        _texts(known[name], value)
    return options
