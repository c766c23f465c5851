"""The forms that ``-f`` gives a result."""

from __future__ import annotations

from collections.abc import Callable
from html import escape
from typing import Any

from dgnb.lazy import load
from dgnb.magics.transcripts import Several, Transcripts
from dgnb.results import Accepted, Transcript


class Text(str):
    """Text that a notebook shows as it reads, not as a Python string."""

    __slots__ = ()

    def _repr_pretty_(self, printer: Any, cycle: bool) -> None:
        printer.text(load("dgnb.views.text:clean")(str(self)))


def _frame(result: Any) -> Any:
    return result.words if isinstance(result, Transcript | Transcripts) else result.frame


def _text(result: Any) -> Text:
    return Text(result.text if isinstance(result, Transcript | Transcripts) else repr(result))


def _json(result: Any) -> Any:
    return [each.to_dict() for each in result] if isinstance(result, Transcripts) else result.to_dict()


def _html(result: Any) -> Any:
    if not isinstance(result, Transcripts):
        return load("IPython.display:HTML")(result._repr_html_())
    sections = (f"<h4>{escape(name)}</h4>{each._repr_html_()}" for name, each in result.pairs)
    return load("IPython.display:HTML")("".join(sections))


_MAKERS: dict[str, Callable[[Any], Any]] = {"df": _frame, "text": _text, "json": _json, "html": _html}


def formatted(result: Any, form: str) -> Any:
    """Return a result in the form that ``-f`` asks for.

    Parameters
    ----------
    result : Transcript, Transcripts, Speech, Reading or another reply
        A receipt for what is delivered elsewhere stays as it is.
    form : str
        One of the verb's forms; the first of them stands for the result itself.

    Examples
    --------
    >>> formatted(Transcript.from_json('{"results": {}}'), "json")
    {'results': {}}
    """
    is_receipt = isinstance(result, Accepted) or (
        isinstance(result, Several) and not isinstance(result, Transcripts)
    )
    make = _MAKERS.get(form)
    return result if make is None or is_receipt else make(result)
