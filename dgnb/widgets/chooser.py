"""A table to choose from, narrowed by what its rows are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from anywidget import AnyWidget
from traitlets import Bool, List, Unicode

from dgnb.views.text import clean
from dgnb.widgets.assets import css, esm
from dgnb.widgets.delivery import promptly


class Chooser(AnyWidget):
    """A table whose rows can be chosen, searched, and narrowed by each of some columns.

    Parameters
    ----------
    columns : sequence of str
        Names of the columns; the first names a row.
    facets : sequence of str
        Those of them by which the table can be narrowed.
    rows : sequence of mapping
        Texts by column; ``id`` is what is chosen.
    several : bool
        Whether more than one row can be chosen.
    label : str

    Attributes
    ----------
    chosen : list of str
        Ids, in the order in which they were chosen.

    Examples
    --------
    >>> chooser = Chooser(["voice"], rows=[{"id": "a", "voice": "Ann"}])
    >>> chooser.chosen = ["a", "other"]
    >>> chooser.chosen
    ['a']
    """

    _esm = esm("chooser")
    _css = css("chooser")

    label = Unicode().tag(sync=True)
    empty = Unicode("There is nothing to choose from.").tag(sync=True)
    columns: Any = List(Unicode()).tag(sync=True)
    facets: Any = List(Unicode()).tag(sync=True)
    rows: Any = List().tag(sync=True)
    several = Bool(True).tag(sync=True)
    chosen: Any = List(Unicode()).tag(sync=True)

    def __init__(
        self,
        columns: Sequence[str],
        facets: Sequence[str] = (),
        rows: Sequence[Mapping[str, str]] = (),
        **traits: Any,
    ) -> None:
        super().__init__(columns=list(columns), facets=list(facets), **traits)
        self.observe(self._keep, "chosen")
        promptly(self)
        self.offer(rows)

    def offer(self, rows: Sequence[Mapping[str, str]]) -> None:
        """Show other rows; what was chosen stays so if it is among them."""
        self.rows = [{name: clean(str(text)) for name, text in row.items()} for row in rows]
        self._keep()

    def _keep(self, _: Any = None) -> None:
        known = {row["id"] for row in self.rows}
        kept = [one for one in self.chosen if one in known]
        kept = kept if self.several else kept[-1:]
        if kept != self.chosen:
            self.chosen = kept
