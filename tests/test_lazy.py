"""Names that are loaded on first use."""

from __future__ import annotations

import inspect
import sys
from collections.abc import Callable
from fractions import Fraction

import msgspec
import pytest

from dgnb.lazy import Method, View, load


class Point(msgspec.Struct, frozen=True, dict=True):
    """A frozen thing with a view."""

    x: int
    fraction = View[Fraction]("fractions:Fraction.from_float", "never reached")
    shown = Method[Callable[[], str]]("tests.test_lazy:shown")
    listing = View[list[int]]("builtins:repr", "The point as text.")


def shown(point: Point, *, mark: str = "!") -> str:
    """The point with a mark."""
    return f"{point.x}{mark}"


def test_a_name_stands_for_its_object() -> None:
    assert load("fractions:Fraction") is Fraction


@pytest.mark.parametrize(
    ("path", "error"), [("no_such_module:x", ImportError), ("math:no_such", AttributeError)]
)
def test_a_name_that_is_not_there_is_an_error(path: str, error: type[Exception]) -> None:
    with pytest.raises(error):
        load(path)


def test_a_view_is_made_once_and_kept_with_its_object() -> None:
    point = Point(1)
    assert point.listing == "Point(x=1)"
    assert point.listing is point.listing
    assert vars(point) == {"listing": "Point(x=1)"}


def test_a_view_belongs_to_one_object() -> None:
    assert Point(1).listing != Point(2).listing


def test_a_view_does_not_count_when_objects_are_compared() -> None:
    seen, unseen = Point(1), Point(1)
    assert seen.listing
    assert seen == unseen


def test_a_view_documents_itself_on_the_class() -> None:
    assert isinstance(Point.listing, View)
    assert Point.listing.__doc__ == "The point as text."


def test_a_view_that_fails_is_tried_again() -> None:
    point = Point(1)
    for _ in range(2):
        with pytest.raises(AttributeError):
            point.fraction  # noqa: B018 - looking is the test
    assert vars(point) == {}


def test_loading_imports_only_what_is_named() -> None:
    sys.modules.pop("this", None)
    load("math:sqrt")
    assert "this" not in sys.modules


def test_a_method_is_a_function_elsewhere() -> None:
    assert Point(3).shown() == "3!"
    assert str(inspect.signature(Point(3).shown)) == "(*, mark: 'str' = '!') -> 'str'"
    assert Point.shown.__doc__ == "The point with a mark."
