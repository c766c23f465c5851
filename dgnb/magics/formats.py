"""The forms that ``-f`` gives a result."""

from __future__ import annotations

from collections.abc import Callable
from html import escape
from typing import Any

from dgnb.lazy import load
from dgnb.magics.transcripts import Transcripts
from dgnb.results import Transcript

Heard = Transcript | Transcripts


class Text(str):
    """Text that a notebook shows as it reads, not as a Python string."""

    __slots__ = ()

    def _repr_pretty_(self, printer: Any, cycle: bool) -> None:
        printer.text(load("dgnb.views.text:clean")(str(self)))


def _json(heard: Heard) -> Any:
    return [each.to_dict() for each in heard] if isinstance(heard, Transcripts) else heard.to_dict()


def _html(heard: Heard) -> Any:
    if isinstance(heard, Transcript):
        return load("IPython.display:HTML")(heard._repr_html_())
    sections = (f"<h4>{escape(name)}</h4>{each._repr_html_()}" for name, each in heard.pairs)
    return load("IPython.display:HTML")("".join(sections))


_MAKERS: dict[str, Callable[[Heard], Any]] = {
    "transcript": lambda heard: heard,
    "df": lambda heard: heard.words,
    "text": lambda heard: Text(heard.text),
    "json": _json,
    "html": _html,
}


def formatted(heard: Heard, form: str) -> Any:
    """Return a result in the form that ``-f`` asks for.

    Parameters
    ----------
    heard : Transcript or Transcripts
    form : str
        One of `dgnb.magics.flags.FORMATS`.

    Examples
    --------
    >>> formatted(Transcript.from_json('{"results": {}}'), "json")
    {'results': {}}
    """
    return _MAKERS[form](heard)
