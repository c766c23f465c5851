"""What every piece of a reply has in common."""

from __future__ import annotations

from functools import cache
from math import isnan
from threading import Lock
from typing import Any, TypeVar

import msgspec

T = TypeVar("T")


class Part(msgspec.Struct, frozen=True, kw_only=True):
    """A piece of a reply. Unknown fields are passed over; what may be missing has a neutral value."""


_one_at_a_time = Lock()


@cache
def decoder(kind: type[T]) -> msgspec.json.Decoder[T]:
    """Return the decoder of a type, which any thread may use.

    It is made by one thread at a time: two that make something of the same types at once end the
    process, since msgspec (0.22) looks at a struct's fields without keeping others out.

    Examples
    --------
    >>> decoder(Part).decode(b"{}")
    Part()
    """
    with _one_at_a_time:
        # Not strict: a whole number may come as 12.0.
        return msgspec.json.Decoder(kind, strict=False)


def to_wire(part: Any) -> bytes:
    """Return a result as JSON in the wire's shape: what is ``None`` or ``nan`` is left out.

    Examples
    --------
    >>> from dgnb.results import Word
    >>> to_wire(Word(word="hi", start=0.0, end=0.25, confidence=0.5))
    b'{"word":"hi","start":0.0,"end":0.25,"confidence":0.5}'
    """
    return msgspec.json.encode(_present(msgspec.to_builtins(part)))


def _present(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _present(item) for key, item in value.items() if not _absent(item)}
    if isinstance(value, list):
        return [_present(item) for item in value]
    return value


def _absent(value: Any) -> bool:
    return value is None or (isinstance(value, float) and isnan(value))
