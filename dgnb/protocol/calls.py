"""A call as Python code."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

_WIDTH = 100


def keywords(options: Mapping[str, Any]) -> list[str]:
    """Return options as a call's keyword arguments."""
    plain = {name: _plain(value) for name, value in options.items()}
    named = [f"{name}={value!r}" for name, value in plain.items() if name.isidentifier()]
    others = {name: value for name, value in plain.items() if not name.isidentifier()}
    return [*named, f"**{others!r}"] if others else named


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return dict(value)
    return value.item() if hasattr(value, "item") else value


def spread(start: str, items: Iterable[str], end: str) -> str:
    """Return items between brackets, on one line if they fit there."""
    parts = list(items)
    line = start + ", ".join(parts) + end
    if len(line) <= _WIDTH and "\n" not in line:
        return line
    return "\n".join([start, *("    " + part.replace("\n", "\n    ") + "," for part in parts), end])
