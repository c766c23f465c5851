"""The verbs ``dashboard NAME``: a page of controls below the cell."""

from __future__ import annotations

import inspect
from dataclasses import dataclass
from functools import cached_property
from typing import Annotated, Any, TypedDict

from dgnb import dashboards
from dgnb.errors import OptionError
from dgnb.magics.call import Call
from dgnb.protocol.options import Param
from dgnb.publication import NoOptions

NOTES = """\
It runs beside the notebook, which stays usable, and shows the Python for what it has just done.
The result is a widget: with -o its controls and results can be read."""


class SourceOptions(TypedDict, total=False):
    """What the dashboard begins with."""

    source: Annotated[str, Param("a path or URL to begin with")]


@dataclass(frozen=True)
class Opener:
    """A dashboard as something that ``%deepgram`` does.

    Parameters
    ----------
    name : str
        One of `dgnb.dashboards.NAMES`.

    Examples
    --------
    >>> sorted(Opener("transcribe").table.__annotations__)
    ['source']
    """

    name: str

    @property
    def summary(self) -> str:
        """What it is."""
        text = " ".join((inspect.getdoc(self._function) or "").partition("\n\n")[0].split())
        return text[:1].lower() + text[1:].rstrip(".")

    @cached_property
    def table(self) -> type:
        """What can be said of it."""
        return SourceOptions if "source" in inspect.signature(self._function).parameters else NoOptions

    @property
    def has_tools(self) -> bool:
        """Whether functions may stand on the line."""
        return "tools" in inspect.signature(self._function).parameters

    @property
    def _function(self) -> Any:
        return getattr(dashboards, self.name)

    def __call__(self, call: Call) -> Any:
        """Return the dashboard."""
        words, options = call.arguments.words, dict(call.arguments.options)
        if (words and not self.has_tools) or call.body.strip():
            raise OptionError(f"dashboard {self.name} takes nothing but its options.")
        if words:
            options["tools"] = [word.value(call.evaluate) for word in words]
        return self._function(call.client(), **options)


def choose(call: Call) -> None:
    """Refuse a dashboard without a name, or with one that there is not."""
    given = call.arguments.words[0].raw if call.arguments.words else ""
    names = ", ".join(dashboards.NAMES)
    raise OptionError(f"dashboard takes one of {names}" + (f", not {given!r}." if given else "."))
