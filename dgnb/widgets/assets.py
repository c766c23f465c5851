"""The browser's side of the widgets: plain ES modules and style sheets beside this package."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

STATIC = Path(__file__).parent / "static"

_SHARED = re.compile(r"^import .* from \"\./(?P<name>[a-z]+)\.js\";\n", re.MULTILINE)


@cache
def esm(name: str) -> str:
    """Return a widget's module as one text; what it imports from its neighbours stands in front of it.

    A widget's module is loaded by itself, without a folder to import from.

    Examples
    --------
    >>> "export function clock" in esm("common")
    True
    """
    text = (STATIC / f"{name}.js").read_text()
    shared = [match["name"] for match in _SHARED.finditer(text)]
    return "\n".join([*map(esm, shared), _SHARED.sub("", text)])


@cache
def css(name: str) -> str:
    """Return a widget's style sheet, after the one that all share."""
    return "\n".join((STATIC / f"{each}.css").read_text() for each in ("common", name))
