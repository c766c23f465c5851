"""A form for the options of an endpoint, made from its table."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from anywidget import AnyWidget
from traitlets import Dict, List, Unicode

from dgnb.errors import OptionError
from dgnb.protocol.options import encode, rows
from dgnb.widgets.assets import css, esm
from dgnb.widgets.delivery import promptly
from dgnb.widgets.fields import groups


class Form(AnyWidget):
    """A control for every option of a table; what is not set is not sent.

    Parameters
    ----------
    table : type
        A table of `dgnb.protocol.params`.
    value : mapping, optional
        What is set at first.
    without : collection of str
        Options that are asked for elsewhere.
    label : str
        What the form is called.

    Attributes
    ----------
    value : dict
        What is set, by the option's name.
    problems : dict
        What is wrong with a value, by the option's name.

    Examples
    --------
    >>> from dgnb.protocol.params import ListenOptions
    >>> form = Form(ListenOptions, {"model": "nova-3"})
    >>> form.value = {"model": "nova-3", "utt_split": -1}
    >>> form.problems
    {'utt_split': 'utt_split takes a number of at least 0, not -1.'}
    """

    _esm = esm("form")
    _css = css("form")

    label = Unicode("Options").tag(sync=True)
    groups: Any = List(help="titles and fields").tag(sync=True)
    value: Any = Dict(help="what is set").tag(sync=True)
    problems: Any = Dict(help="what is wrong, by name").tag(sync=True)

    def __init__(
        self,
        table: type,
        value: Mapping[str, Any] | None = None,
        *,
        without: Collection[str] = (),
        label: str = "Options",
    ) -> None:
        self.table = table
        super().__init__(groups=groups(table, without), value=dict(value or {}), label=label)
        self.observe(lambda _: self.check(), "value")
        self.check()
        promptly(self)

    @property
    def options(self) -> dict[str, Any]:
        """What is set of the options that the form has.

        Raises
        ------
        OptionError
            A value is not one that its option takes.
        """
        given = self._given()
        encode(given, self.table)
        return given

    @property
    def names(self) -> list[str]:
        """The options that there are controls for."""
        return [field["name"] for group in self.groups for field in group["fields"]]

    def check(self) -> None:
        """Say of each value what is wrong with it."""
        found = {name: _problem(name, value, self.table) for name, value in self._given().items()}
        self.problems = {name: told for name, told in found.items() if told}

    def blame(self, error: OptionError) -> None:
        """Show an error beside the option that it is about."""
        if error.option in self.names:
            self.problems = {**self.problems, error.option: str(error)}

    def _given(self) -> dict[str, Any]:
        # A page may send anything.
        known = self.names
        return {name: value for name, value in self.value.items() if name in known and value is not None}


def _problem(name: str, value: Any, table: type) -> str:
    try:
        encode({name: value}, table)
    except OptionError as error:
        return str(error)
    strange = isinstance(value, Mapping) and not rows(table)[name].pairs
    return f"{name} takes no object." if strange else ""
