"""The browser's side of the widgets: plain ES modules and style sheets beside this package."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

STATIC = Path(__file__).parent / "static"

_SHARED = re.compile(r"^import [^;]* from \"\./(?P<name>[a-z]+)\.js\";\n", re.MULTILINE)


@cache
def esm(name: str) -> str:
    """Return a widget's module as one text; what it imports from its neighbours stands in front of it.

    A widget's module is loaded by itself, without a folder to import from.

    Examples
    --------
    >>> "export function clock" in esm("common")
    True
    """
    return "\n".join(_SHARED.sub("", _text(each)) for each in _modules(name))


def _modules(name: str) -> dict[str, None]:
    """The modules that one needs, each once and before those that need it, and itself."""
    shared = (each for match in _SHARED.finditer(_text(name)) for each in _modules(match["name"]))
    return dict.fromkeys([*shared, name])


def _text(name: str) -> str:
    return (STATIC / f"{name}.js").read_text()


@cache
def css(name: str) -> str:
    """Return a widget's style sheet, after those of the modules that it needs, and the one that all share."""
    sheets = (STATIC / f"{each}.css" for each in {"common": None} | _modules(name))
    return "\n".join(sheet.read_text() for sheet in sheets if sheet.exists())
