"""Values of an account as a person reads them, without secrets."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import msgspec

from dgnb.results import CreatedKey, Part, Token, Variable

HIDDEN = "•••"
"""Stands for a secret."""

_FIELDS: Mapping[Any, str] = {CreatedKey: "key", Token: "access_token"}
_NAMES = re.compile(r"authorization|password|secret|token$|api[-_ ]?key$", re.IGNORECASE)
_USERINFO = re.compile(r"(?<=://)[^/@\s]+(?=@)")


def cell(value: Any) -> str:
    """Return a value as text, empty for none. Secrets in a stored configuration are hidden.

    Examples
    --------
    >>> cell(True), cell(1500.0), cell(["a", "b"]), cell({"headers": {"authorization": "x"}})
    ('yes', '1,500', 'a, b', '{"headers":{"authorization":"•••"}}')
    """
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int | float):
        return f"{value:,.10g}"
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, list):
        return ", ".join(text for text in map(cell, value) if text)
    if isinstance(value, Part):
        facts = [(field, cell(getattr(value, field))) for field in value.__struct_fields__]
        return ", ".join(f"{field} {text}" for field, text in facts if text)
    return "" if value is None else msgspec.json.encode(_without_secrets(value)).decode()


def field(holder: Any, name: str, value: Any) -> str:
    """Return a field of a result as text, unless it is a secret.

    Examples
    --------
    >>> field(CreatedKey(key="abc"), "key", "abc"), field(CreatedKey(), "comment", "mine")
    ('•••, in .key', 'mine')
    """
    secret = _FIELDS.get(type(holder)) == name
    if isinstance(holder, Variable) and name == "value":
        secret = bool(_NAMES.search(holder.key))
    return f"{HIDDEN}, in .{name}" if secret and value is not None else cell(value)


def _text(value: str) -> str:
    """Give a text; a configuration in it is read for its secrets, a URL loses its password."""
    if value.startswith("{"):
        try:
            return cell(msgspec.json.decode(value))
        except (msgspec.DecodeError, RecursionError):
            pass
    return _USERINFO.sub(HIDDEN, value)


def _without_secrets(value: Any) -> Any:
    if isinstance(value, dict):
        return {
            name: HIDDEN if _NAMES.search(str(name)) and inner else _without_secrets(inner)
            for name, inner in value.items()
        }
    if isinstance(value, list):
        return [_without_secrets(inner) for inner in value]
    return _USERINFO.sub(HIDDEN, value) if isinstance(value, str) else value


def moment(text: str | None) -> datetime | None:
    """Return the time in UTC that a text of ISO 8601 stands for, ``None`` for any other text.

    Examples
    --------
    >>> moment("2026-11-22T08:45:00.123456789Z").isoformat(), moment("soon")
    ('2026-11-22T08:45:00.123456+00:00', None)
    """
    try:
        time = datetime.fromisoformat(text or "")
        return time.replace(tzinfo=UTC) if time.tzinfo is None else time.astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def when(text: str | None) -> str:
    """Return a time as it is read; a day without a time, and what is no time, stay as they are.

    Examples
    --------
    >>> when("2026-11-22T08:45:00.123Z"), when("2026-11-22"), when("soon"), when(None)
    ('2026-11-22 08:45:00 UTC', '2026-11-22', 'soon', '')
    """
    time = moment(text)
    return f"{time:%Y-%m-%d %H:%M:%S} UTC" if time and "T" in (text or "") else text or ""
