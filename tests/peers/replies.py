"""Replies with every field that the SDK's types name, and how both sides read a reply."""

from __future__ import annotations

import types
import typing
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any, Literal

from pydantic import BaseModel

_PLAIN = {str: "text", float: 12.0, int: 7, bool: True, datetime: "2026-02-03T04:05:06.789Z"}


def example(kind: Any) -> Any:
    """JSON of a type of the SDK with every field, also those that may be missing."""
    origin, inner = typing.get_origin(kind), typing.get_args(kind)
    if origin in (typing.Annotated, typing.Union, types.UnionType):
        return example(next(member for member in inner if member not in (type(None), Any)))
    made = {
        Literal: lambda: inner[0],
        list: lambda: [example(inner[0])],
        Sequence: lambda: [example(inner[0])],
        dict: lambda: {"name": example(inner[1])},
        None: lambda: _PLAIN.get(kind) or _object(kind),
    }
    return made[origin]()


def _object(kind: Any) -> dict[str, Any]:
    if not (isinstance(kind, type) and issubclass(kind, BaseModel)):
        return {"any": "thing"}
    hints = typing.get_type_hints(kind, include_extras=True)
    return {_alias(hints[name]) or name: example(hints[name]) for name in kind.model_fields}


def _alias(hint: Any) -> str:
    """The name on the wire, where the SDK has another in Python."""
    found = [getattr(one, "alias", "") for one in getattr(hint, "__metadata__", ())]
    return next((alias for alias in found if alias), "")


def shared(raw: Any, ours: Any, theirs: Any, path: str = "") -> Iterator[tuple[str, Any, Any]]:
    """Path and both values of every leaf of the JSON that both know."""
    if isinstance(raw, dict) and isinstance(ours, dict) and isinstance(theirs, dict):
        for key in raw.keys() & ours.keys() & theirs.keys():
            yield from shared(raw[key], ours[key], theirs[key], f"{path}.{key}")
    elif isinstance(raw, list) and isinstance(ours, list) and isinstance(theirs, list):
        assert len(raw) == len(ours) == len(theirs), path
        for one, our, their in zip(raw, ours, theirs, strict=True):
            yield from shared(one, our, their, f"{path}[]")
    else:
        yield path, ours, theirs


def leaves(raw: Any, path: str = "") -> Iterator[str]:
    """The paths of all leaves of some JSON."""
    if isinstance(raw, dict):
        for key, value in raw.items():
            yield from leaves(value, f"{path}.{key}")
    elif isinstance(raw, list):
        for value in raw:
            yield from leaves(value, f"{path}[]")
    else:
        yield path


def same(ours: Any, theirs: Any) -> bool:
    """Whether a value is the same; the SDK makes times of some texts."""
    return ours == theirs or (_moment(ours) is not None and _moment(ours) == _moment(theirs))


def _moment(value: Any) -> datetime | None:
    try:
        return datetime.fromisoformat(value)
    except (TypeError, ValueError):
        return None
