"""Results of several sources."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from html import escape
from typing import TYPE_CHECKING, Any, TypeVar

from dgnb.lazy import load
from dgnb.results import Result, Transcript

if TYPE_CHECKING:
    from pandas import DataFrame

R = TypeVar("R", bound=Result)


class Several(list[R]):
    """A list of results that knows what each was made from.

    Parameters
    ----------
    pairs : iterable of (str, result)
        What each was made from, and the result.
    errors : mapping of str to str, optional
        Sources that failed, and why.
    """

    def __init__(self, pairs: Iterable[tuple[str, R]] = (), errors: Mapping[str, str] | None = None) -> None:
        super().__init__()
        self.errors: dict[str, str] = dict(errors or {})
        # By identity, so that sorting or removing items does not exchange the names.
        self._names: dict[int, str] = {}
        for name, result in pairs:
            self.add(name, result)

    def add(self, name: str, result: R) -> None:
        """Append a result and what it was made from."""
        self._names[id(result)] = name
        self.append(result)

    @property
    def pairs(self) -> list[tuple[str, R]]:
        """What each was made from, and the result."""
        return [(self._names.get(id(result), ""), result) for result in self]

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self.pairs, self.errors)


class Transcripts(Several[Transcript]):
    """Several transcripts, shown as a table.

    Examples
    --------
    >>> calls = Transcripts([("a.wav", Transcript()), ("b.wav", Transcript())])
    >>> calls.overview["source"].to_list()
    ['a.wav', 'b.wav']
    """

    @property
    def overview(self) -> DataFrame:
        """One row a transcript, see `dgnb.views.frames.overview`."""
        frame: DataFrame = load("dgnb.views.frames:overview")(self.pairs)
        return frame

    @property
    def words(self) -> DataFrame:
        """One row a word of all transcripts, see `dgnb.views.frames.together`."""
        words: DataFrame = load("dgnb.views.frames:together")(self.pairs)
        return words

    def find(self, query: str | re.Pattern[str], **options: Any) -> DataFrame:
        """Return where something is said in any of them, see `dgnb.views.finding`.

        Examples
        --------
        >>> len(Transcripts([("a.wav", Transcript())]).find("hello"))
        0
        """
        hits: DataFrame = load("dgnb.views.finding:find_all")(self, query, **options)
        return hits

    @property
    def text(self) -> str:
        """What was said, each source under its name."""
        return "\n\n".join(f"{name}\n{transcript.text}" for name, transcript in self.pairs)

    def __repr__(self) -> str:
        title = f"<Transcripts: {len(self)}{self._failed()}>"
        if not self:
            return title
        return title + "\n" + self.overview.to_string(max_rows=6, max_colwidth=40, line_width=110)

    def _repr_html_(self) -> str:
        failed = "".join(f"<li>{escape(f'{name}: {why}')}</li>" for name, why in self.errors.items())
        table = str(self.overview.to_html(max_rows=60, notebook=True, float_format="{:.3f}".format))
        return table + (f"<p>{len(self.errors)} failed:</p><ul>{failed}</ul>" if failed else "")

    def _failed(self) -> str:
        return f", {len(self.errors)} failed" if self.errors else ""
