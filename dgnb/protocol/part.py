"""What every piece of a reply has in common."""

from __future__ import annotations

from math import isnan
from typing import Any

import msgspec


class Part(msgspec.Struct, frozen=True, kw_only=True):
    """A piece of a reply. Unknown fields are passed over; what may be missing has a neutral value."""


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
