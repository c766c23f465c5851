"""The rows of a table of options as the fields of a form, in the groups that the tables are made of."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from functools import cache
from inspect import cleandoc
from typing import Any, Literal, is_typeddict

from dgnb.protocol import params
from dgnb.protocol.options import Row, rows

Kind = Literal["flag", "yes or no", "choice", "list", "pairs", "number", "date", "json", "text"]
"""What control a field has.

A flag that is off by default is a box to be ticked; one that means something else when it is
not sent has three states.
"""

Field = dict[str, Any]

_WHOLE = "Options of"
"""How the docstring of an endpoint's whole table begins, which is no name for a group."""

_OTHERS = "General"
"""The group of rows that are in no part of several tables."""


def groups(table: type, without: Collection[str] = ()) -> list[Field]:
    """Return the fields of a table, in its groups: a title, and the fields.

    Parameters
    ----------
    table : type
        A table of options.
    without : collection of str
        Rows that are left out.

    Examples
    --------
    >>> from dgnb.protocol.params import ReadOptions
    >>> [group["title"] for group in groups(ReadOptions)]
    ['General', 'What a text is about (English)', 'How a request is booked']
    """
    found: dict[str, list[Field]] = {_OTHERS: []}
    homes = [part for part in _parts() if _is_in(part, table)]
    for name, row in rows(table).items():
        if name not in without:
            title = next((_title(part) for part in homes if name in rows(part)), _OTHERS)
            found.setdefault(title, []).append(field(row))
    return [{"title": title, "fields": fields} for title, fields in found.items() if fields]


@cache
def _parts() -> tuple[type, ...]:
    """The tables that those of endpoints are made of. Before Python 3.12 a table does not know its own."""
    tables = (each for each in vars(params).values() if isinstance(each, type) and is_typeddict(each))
    return tuple(each for each in tables if not _title(each).startswith(_WHOLE))


def _is_in(part: type, table: type) -> bool:
    return all(rows(table).get(name) == row for name, row in rows(part).items())


def _title(part: type) -> str:
    return cleandoc(part.__doc__ or _WHOLE).partition("\n\n")[0].rstrip(".")


def field(row: Row) -> Field:
    """Return what a form shows of a row.

    Examples
    --------
    >>> from dgnb.protocol.params import ListenOptions
    >>> shown = field(rows(ListenOptions)["utt_split"])
    >>> shown["kind"], shown["low"], shown["default"]
    ('number', 0, '0.8')
    """
    param, kind = row.param, _kind(row)
    return {
        "name": row.name,
        "help": param.help,
        "kind": kind,
        "default": None if param.default is None else str(param.default),
        "values": list(row.values),
        "low": param.low,
        "high": param.high,
        "whole": float not in row.kinds,
        # Beside its values it may be switched on or off.
        "switch": bool in row.kinds and kind not in ("flag", "yes or no"),
    }


def _kind(row: Row) -> Kind:
    kinds = row.kinds - {bool}
    if not kinds and not row.repeat:
        return "flag" if row.param.default is False else "yes or no"
    if object in kinds:
        return "json"
    if row.pairs or row.repeat:
        return "pairs" if row.pairs else "list"
    if row.closed:
        return "choice"
    if kinds & {int, float}:
        return "number"
    return "date" if date in kinds else "text"
