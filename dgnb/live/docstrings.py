"""What a docstring says of a function and of its parameters, in any of the three usual styles."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from inspect import cleandoc
from itertools import pairwise
from typing import NamedTuple

_RULE = re.compile(r"-{3,}\s*")
_PARAMETERS = re.compile(r"(Other Parameters|Parameters|Args|Arguments|Keyword Arg(ument)?s)\s*:?\s*")
_SECTION = re.compile(
    r"(Args|Arguments|Keyword Arg(ument)?s|Parameters|Other Parameters"
    r"|Returns?|Yields?|Raises|Attributes|Examples?|Notes?|References|See Also|Warnings?)\s*:\s*"
)
_FIELD = re.compile(r":\w+[^:]*:")

_NUMPY = re.compile(r"(?P<names>\*{0,2}\w+(?:\s*,\s*\*{0,2}\w+)*)\s*(?::.*)?(?P<text>)")
_GOOGLE = re.compile(r"(?P<names>\*{0,2}\w+)\s*(?:\(.*?\))?\s*:\s*(?P<text>.*)")
_SPHINX = re.compile(
    r":(?:param|parameter|arg|argument|key|keyword)\s+(?:[^:]*\s)?(?P<names>\*{0,2}\w+)\s*:\s*(?P<text>.*)"
)


class Docstring(NamedTuple):
    """The text before the first section, and the texts of the parameters by their names."""

    text: str
    parameters: dict[str, str]


def read(docstring: str | None) -> Docstring:
    r"""Return what a docstring says; numpydoc, Google and Sphinx styles are known.

    Examples
    --------
    >>> read("Weather of a city.\n\nArgs:\n    city: where, in English\n")
    Docstring(text='Weather of a city.', parameters={'city': 'where, in English'})
    """
    lines = cleandoc(docstring or "").splitlines()
    starts = [at for at in range(len(lines)) if _begins(lines, at)]
    found: dict[str, str] = {}
    for start, end in pairwise([*starts, len(lines)]):
        found |= {name: text for name, text in _section(lines[start:end]) if text}
    return Docstring(_line(lines[: starts[0] if starts else len(lines)]), found)


def _begins(lines: list[str], at: int) -> bool:
    """Whether a section or a field begins with a line."""
    ruled = at + 1 < len(lines) and bool(lines[at].strip()) and bool(_RULE.fullmatch(lines[at + 1]))
    return ruled or bool(_SECTION.fullmatch(lines[at])) or bool(_FIELD.match(lines[at]))


def _section(lines: list[str]) -> Iterator[tuple[str, str]]:
    """The parameters that a section is about."""
    if _SPHINX.match(lines[0]):
        return _items(lines, _SPHINX)
    if not _PARAMETERS.fullmatch(lines[0]):
        return iter(())
    ruled = len(lines) > 1 and bool(_RULE.fullmatch(lines[1]))
    body = cleandoc("\n" + "\n".join(lines[2 if ruled else 1 :])).splitlines()
    return _items(body, _NUMPY if ruled else _GOOGLE)


def _items(lines: list[str], shape: re.Pattern[str]) -> Iterator[tuple[str, str]]:
    """Names with their texts; the lines of a text are indented."""
    heads = [at for at, line in enumerate(lines) if line[:1].strip() and shape.fullmatch(line)]
    for start, end in pairwise([*heads, len(lines)]):
        head = shape.fullmatch(lines[start])
        if head is not None:
            text = _line([head["text"], *lines[start + 1 : end]])
            yield from ((name.strip(" *"), text) for name in head["names"].split(","))


def _line(lines: Iterable[str]) -> str:
    return " ".join(" ".join(lines).split())
