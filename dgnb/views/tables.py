"""Lists of things as tables, and single things as tables of two columns.

The columns of a DataFrame follow from the type of the things, so that an empty
list has them too. A thing within a thing is spread out: a key's holder gives
``member.email``.

============== ======================================================
field          dtype
============== ======================================================
text           string
time           datetime64[us, UTC]; ``NaT`` when it is none
number         float64, Int64
yes or no      boolean
list, mapping  object
============== ======================================================

The DataFrame has all that the service told. What is shown leaves out secrets
and empty columns.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from itertools import accumulate
from types import NoneType, UnionType
from typing import Any, NamedTuple, Union, get_args, get_origin

import msgspec
import pandas as pd

from dgnb.results import Key, Listing, Member, OwnedKey, Part, Result
from dgnb.views import cells, fragments
from dgnb.views.fragments import escape
from dgnb.views.frames import STRING
from dgnb.views.text import count, shorten

_TIMES = ("created", "created_at", "updated_at", "start", "end", "expiration", "expiration_date")
"""Fields that hold a time."""

_DTYPES: Mapping[Any, Any] = {str: STRING, float: "float64", int: "Int64", bool: "boolean"}

_ROWS, _LINES = 100, 7
"""Rows of a table as HTML, and as text."""

_WIDTH, _CELL = 100, 28
"""Characters of a line of text, and of a cell in it."""

_UNBROKEN, _SHORT, _LONG = 40, 60, 1000
"""Characters of HTML that stay on one line, of a cell, and of what it shows under the pointer."""

STYLE = """.dgnb-result .dgnb-scroll { overflow-x: auto }
.dgnb-result caption { caption-side: top; text-align: start; white-space: nowrap; padding: 0 0 .4em }
.dgnb-result table { border-collapse: collapse; margin: 0; color: inherit }
.dgnb-result th, .dgnb-result td { text-align: start; padding: .2em 1.2em .2em 0; vertical-align: top;
  border-bottom: 1px solid var(--jp-border-color2, #80808066) }
.dgnb-result td { white-space: nowrap }
.dgnb-result .dgnb-long { white-space: normal; min-width: 20em }
.dgnb-result .dgnb-number { text-align: end; font-variant-numeric: tabular-nums }"""
"""Rules for a table."""


class Column(NamedTuple):
    """A column: its name, the way to its values, and their type."""

    name: str
    path: tuple[str, ...]
    kind: Any

    def of(self, item: Any) -> Any:
        """Return the value in one thing; ``None`` when it, or what holds it, is absent."""
        for name in self.path:
            item = getattr(item, name, None)
        return item

    def shown(self, item: Any) -> str:
        """Return the value in one thing as a person reads it, without secrets."""
        value = self.of(item)
        return cells.when(value) if self.is_time else cells.field(item, self.name, value)

    @property
    def is_time(self) -> bool:
        """Whether the values are times."""
        return self.kind is str and bool(self.path) and self.path[-1] in _TIMES


@cache
def columns(listing: type[Listing]) -> tuple[Column, ...]:
    """Return the columns that a list has, whatever is in it.

    Examples
    --------
    >>> from dgnb.results import Invites, Scopes
    >>> [column.name for column in columns(Invites)], [column.name for column in columns(Scopes)]
    (['email', 'scope'], ['scope'])
    """
    name, kind = next(
        (field.name, get_args(field.type)[0])
        for field in msgspec.structs.fields(listing)
        if get_origin(field.type) is list
    )
    return tuple(_leaves(kind)) if _is_part(kind) else (Column(name.removesuffix("s"), (), kind),)


def _leaves(kind: type[Part], path: tuple[str, ...] = (), prefix: str = "") -> Iterator[Column]:
    """Give the fields of a thing, those of a thing within it behind its name."""
    if kind is OwnedKey:  # replies differ in where they put the key
        yield from _leaves(Key, (*path, "key"), prefix)
        yield from _leaves(Member, (*path, "member"), f"{prefix}member.")
        return
    for field in msgspec.structs.fields(kind):
        name, way, inner = prefix + field.encode_name, (*path, field.name), _kind(field.type)
        if _is_part(inner):
            yield from _leaves(inner, way, f"{name}.")
        else:
            yield Column(name, way, inner)


def _kind(annotation: Any) -> Any:
    """Give the type of a field that may be absent; ``object`` for a collection, or one of several types."""
    union = get_origin(annotation) in (Union, UnionType)
    kinds = [kind for kind in (get_args(annotation) if union else (annotation,)) if kind is not NoneType]
    return kinds[0] if len(kinds) == 1 and isinstance(kinds[0], type) else object


def _is_part(kind: Any) -> bool:
    return isinstance(kind, type) and issubclass(kind, Part)


def frame(listing: Listing) -> pd.DataFrame:
    """Return one row a thing.

    Examples
    --------
    >>> from dgnb.results import Balances
    >>> frame(Balances.from_json({"balances": [{"balance_id": "b", "amount": 1.5}]}))["amount"].to_list()
    [1.5]
    """
    found = {column.name: _series(column, listing.items) for column in columns(type(listing))}
    return pd.DataFrame(found, index=pd.RangeIndex(len(listing)))


def _series(column: Column, items: Sequence[Any]) -> Any:
    values = [column.of(item) for item in items]
    if column.is_time:
        return pd.Series([cells.moment(value) for value in values], dtype="datetime64[us, UTC]")
    return pd.Series(values, dtype=_DTYPES.get(column.kind, object))


def text(listing: Listing) -> str:
    """Return a list as plain text: ten lines at most, and as many columns as fit.

    Examples
    --------
    >>> from dgnb.results import Balances
    >>> print(text(Balances.from_json({"balances": [{"balance_id": "b", "amount": 1.5}]})))
    Balances (1)
    balance_id  amount
    b           1.5
    """
    found, rows = _grid(listing, _LINES)
    lines = [shorten(", ".join([f"{type(listing).__name__} ({len(listing):,})", *_facts(listing)]), _WIDTH)]
    if rows:
        table = [[shorten(value, _CELL) for value in row] for row in [[c.name for c in found], *rows]]
        widths = [max(map(len, column)) for column in zip(*table, strict=True)]
        fitting = sum(total <= _WIDTH + 2 for total in accumulate(width + 2 for width in widths))
        lines += [_padded(row[: max(fitting, 1)], widths) for row in table]
    if len(listing) > _LINES:
        lines.append(f"… {len(listing) - _LINES:,} more")
    return "\n".join(lines)


def _padded(row: Sequence[str], widths: Sequence[int]) -> str:
    return "  ".join(value.ljust(width) for value, width in zip(row, widths, strict=False)).rstrip()


def _grid(listing: Listing, most: int) -> tuple[list[Column], list[list[str]]]:
    """Give the columns that are not empty, and their first rows."""
    shown = listing.items[:most]
    values = [(column, [column.shown(item) for item in shown]) for column in columns(type(listing))]
    filled = [(column, texts) for column, texts in values if any(texts)]
    return [column for column, _ in filled], [list(row) for row in zip(*(t for _, t in filled), strict=True)]


def _facts(listing: Listing) -> Iterator[str]:
    """Give what a reply tells beside its list."""
    for name in listing.__struct_fields__:
        value = getattr(listing, name)
        if isinstance(value, list) and (value is listing.items or any(isinstance(v, Part) for v in value)):
            continue
        told = cells.when(value) if name in _TIMES else cells.cell(value)
        if told:
            yield shorten(f"{name.replace('_', ' ')} {told}", _SHORT)


def html(listing: Listing) -> str:
    """Return a list as an HTML table.

    Examples
    --------
    >>> from dgnb.results import Invites
    >>> "<td>a@b.org</td>" in html(Invites.from_json({"invites": [{"email": "a@b.org"}]}))
    True
    """
    found, rows = _grid(listing, _ROWS)
    facts = " · ".join(escape(fact) for fact in [count(len(listing), "row"), *_facts(listing)])
    caption = f'<b>{type(listing).__name__}</b> <span class="dgnb-facts">{facts}</span>'
    heads = "".join(f'<th scope="col"{_class(column)}>{escape(column.name)}</th>' for column in found)
    lines = ["".join(map(_cell, found, row)) for row in rows]
    parts = [_table(caption, [heads, *lines]) if rows else f"<p>{caption}</p>"]
    if len(listing) > _ROWS:
        parts.append(f"<p>{len(listing) - _ROWS:,} more: <code>.frame</code> has everything.</p>")
    return fragments.article(type(listing).__name__, parts, STYLE)


def _table(caption: str, lines: list[str]) -> str:
    rows = "\n".join(f"<tr>{line}</tr>" for line in lines)
    # It scrolls by itself, and by the keyboard too.
    return (
        f'<div class="dgnb-scroll" tabindex="0"><table><caption>{caption}</caption>\n{rows}\n</table></div>'
    )


def _class(column: Column, value: str = "") -> str:
    name = "dgnb-number" if column.kind in (int, float) else "dgnb-long" if len(value) > _UNBROKEN else ""
    return f' class="{name}"' if name else ""


def _cell(column: Column, value: str) -> str:
    short = shorten(value, _SHORT)
    title = f' title="{escape(value[:_LONG])}"' if len(short) < len(value) else ""
    return f"<td{_class(column, short)}{title}>{escape(short)}</td>"


def description(result: Result) -> str:
    """Return a single thing as an HTML table of its fields, without the empty ones.

    Examples
    --------
    >>> from dgnb.results import CreatedKey
    >>> "abc" in description(CreatedKey(comment="mine", key="abc"))
    False
    """
    told = [(column, column.shown(result)) for column in _leaves(type(result))]
    lines = [f'<th scope="row">{escape(c.name)}</th>{_cell(c, text)}' for c, text in told if text]
    name = type(result).__name__
    return fragments.article(name, [_table(f"<b>{name}</b>", lines)], STYLE)


def line(result: Result) -> str:
    """Return a single thing on one line.

    Examples
    --------
    >>> from dgnb.results import Balance
    >>> line(Balance(balance_id="b", amount=12.5))
    "Balance(balance_id='b', amount=12.5)"
    """
    told = [(column, shorten(column.shown(result), _SHORT)) for column in _leaves(type(result))]
    facts = [f"{c.name}={text!r}" if c.kind is str else f"{c.name}={text}" for c, text in told if text]
    return f"{type(result).__name__}({', '.join(facts)})"
