"""Topics and intents in the flat form that the service sends, and in the nested one of an older schema."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from dgnb.results import Intents, Topics
from tests.results.samples import INTENTS, TOPICS

FORMS = pytest.mark.parametrize(
    ("kind", "name", "flat"),
    [(Topics, "topics", TOPICS), (Intents, "intents", INTENTS)],
    ids=["topics", "intents"],
)


@FORMS
def test_both_forms_give_the_same_segments(kind: Any, name: str, flat: Any) -> None:
    nested = {"results": {name: flat}}
    expected = msgspec.convert(flat, kind).segments
    assert len(expected) == 1
    assert msgspec.convert(flat, kind).found == expected
    assert msgspec.convert(nested, kind).found == expected


@FORMS
@pytest.mark.parametrize("empty", [{}, {"segments": []}, {"results": {}}, {"results": None}], ids=str)
def test_nothing_found_is_an_empty_list(kind: Any, name: str, flat: Any, empty: Any) -> None:
    assert msgspec.convert(empty, kind).found == []
