"""Replies that hold a list: they show as a table and are a DataFrame on demand."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from dgnb.lazy import View, load
from dgnb.results.result import Result

if TYPE_CHECKING:
    from pandas import DataFrame  # noqa: F401 - named in a View


class Listing(Result, frozen=True):
    """A reply that holds a list of things.

    It can be iterated, indexed and measured, shows as a table in a notebook,
    and `frame` is its DataFrame, one row a thing.
    """

    frame = View["DataFrame"]("dgnb.views.tables:frame", "One row a thing; times are timestamps.")

    @property
    def items(self) -> list[Any]:
        """The things, in the service's order."""
        found: list[Any] = next(
            (value for name in self.__struct_fields__ if isinstance(value := getattr(self, name), list)), []
        )
        return found

    def __iter__(self) -> Iterator[Any]:
        return iter(self.items)

    def __len__(self) -> int:
        return len(self.items)

    def __getitem__(self, index: int) -> Any:
        return self.items[index]

    def __repr__(self) -> str:
        return str(load("dgnb.views.tables:text")(self))

    def _repr_html_(self) -> str:
        return str(load("dgnb.views.tables:html")(self))
