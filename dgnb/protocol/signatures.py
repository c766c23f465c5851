"""A table of options as a Python signature and as documentation."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from datetime import date
from typing import Any

from dgnb.protocol.options import Row, rows


def signature(flow: Callable[..., Any], table: type) -> inspect.Signature:
    """Return a flow's signature with its options spelled out, for Tab and help."""
    given_ones = [
        parameter
        for parameter in inspect.signature(flow).parameters.values()
        if parameter.kind is not inspect.Parameter.VAR_KEYWORD
    ]
    options = [
        inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=None, annotation=row.annotation)
        for name, row in rows(table).items()
    ]
    return inspect.Signature([*given_ones, *options])


def describe(table: type) -> str:
    """Return the options of a table as a section of a docstring."""
    lines = ["Options", "-------"]
    for name, row in rows(table).items():
        default = "" if row.param.default is None else f", default {row.param.default}"
        lines += [f"{name} : {kind(row)}{default}", f"    {row.param.help}"]
    return "\n".join(lines)


def kind(row: Row) -> str:
    """Return a parameter's type in words.

    Examples
    --------
    >>> from dgnb.protocol.params import ListenOptions
    >>> kind(rows(ListenOptions)["keyterm"])
    'str or list of str'
    """
    names = [plain.__name__ for plain in (bool, int, float, str, date) if plain in row.kinds]
    if row.closed:
        names = ["{" + ", ".join(repr(value) for value in row.closed) + "}"]
    if row.pairs:
        names.append("dict")
    if row.repeat:
        names.append("list of str")
    return " or ".join(names)
