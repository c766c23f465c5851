"""Arguments are found in words by a schema."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from dgnb.sandbox.agent.arguments import answer, extract, missing

TODAY = date(2026, 11, 25)  # a Wednesday
STRING, INTEGER, NUMBER, DAY = (
    {"type": "string"},
    {"type": "integer"},
    {"type": "number"},
    {"type": "string", "format": "date"},
)
SIZE = {"type": "string", "enum": ["small", "medium", "extra_large"]}


@pytest.mark.parametrize(
    ("properties", "text", "expected"),
    [
        ({"city": STRING}, "What is the weather in Paris?", {"city": "Paris"}),
        ({"city": STRING}, "what is the weather in new york today", {"city": "New York"}),
        ({"name": STRING}, "The name is Ada Lovelace.", {"name": "Ada Lovelace"}),
        ({"title": STRING}, 'Play "So What" for me', {"title": "So What"}),
        ({"order_id": STRING}, "Where is order A17-3?", {"order_id": "A17-3"}),
        ({"n": INTEGER}, "I want twenty five of them", {"n": 25}),
        ({"price": NUMBER}, "It costs 2.5 euros", {"price": 2.5}),
        ({"n": INTEGER}, "It costs 2.5 euros", {}),
        ({"n": {**INTEGER, "maximum": 10}}, "forty or 7", {"n": 7}),
        ({"guests": INTEGER, "hour": INTEGER}, "at hour eight for 2 guests", {"guests": 2, "hour": 8}),
        ({"size": SIZE}, "an extra large one", {"size": "extra_large"}),
        ({"size": SIZE}, "a big one", {}),
        ({"sizes": {"type": "array", "items": SIZE}}, "small and medium", {"sizes": ["small", "medium"]}),
        ({"loud": {"type": "boolean"}}, "yes please", {"loud": True}),
        ({"loud": {"type": "boolean"}}, "no, thanks", {"loud": False}),
        ({"loud": {"type": "boolean"}}, "a song", {}),
        ({"day": DAY}, "tomorrow at noon", {"day": "2026-11-26"}),
        ({"day": DAY}, "next friday", {"day": "2026-11-27"}),
        ({"day": DAY}, "on december second", {"day": "2026-12-02"}),
        ({"day": DAY}, "on the 2nd of March", {"day": "2027-03-02"}),
        ({"day": DAY}, "on 2030-01-31", {"day": "2030-01-31"}),
        ({"day": DAY}, "on february thirtieth", {}),
        ({"city": {"anyOf": [{"type": "null"}, STRING]}}, "weather in Rome", {"city": "Rome"}),
        ({"city": STRING}, "What is the weather like?", {}),
        ({"minutes": INTEGER, "label": STRING}, "a timer for ten minutes", {"minutes": 10}),
        ({"name": STRING, "n": INTEGER}, "for four people under the name Smith", {"name": "Smith", "n": 4}),
        (
            {"source": STRING, "target": STRING},
            "from dollars to euros",
            {"source": "dollars", "target": "euros"},
        ),
        ({"source": STRING, "target": STRING}, "dollars to euros", {"target": "euros"}),
        ({"first": STRING, "second": STRING}, 'add "one" to "two"', {"first": "one", "second": "two"}),
        ({"day": DAY, "name": STRING}, "on friday", {"day": "2026-11-27"}),
        ({"items": {"type": "array", "items": INTEGER}}, "2, 3 and 5", {"items": [2, 3, 5]}),
        ({}, "anything", {}),
    ],
)
def test_each_type_is_found_in_its_own_way(
    properties: dict[str, Any], text: str, expected: dict[str, Any]
) -> None:
    assert extract({"properties": properties}, text, TODAY) == expected


@pytest.mark.parametrize(
    ("schema", "text", "expected"),
    [
        (STRING, "Paris.", "Paris"),
        (STRING, "in the old town, please", "old town"),
        (INTEGER, "Three, please", 3),
        (INTEGER, "I do not know", None),
        (SIZE, "the medium one", "medium"),
        (SIZE, "whatever", None),
        (DAY, "friday", "2026-11-27"),
    ],
)
def test_an_answer_to_a_question_may_be_the_value_alone(schema: Any, text: str, expected: Any) -> None:
    assert answer("thing", schema, text, TODAY) == expected


def test_what_is_required_and_not_said_is_missing() -> None:
    schema = {"properties": {"a": STRING, "b": STRING, "c": STRING}, "required": ["a", "b"]}
    assert missing(schema, {"a": "x"}) == ["b"]
