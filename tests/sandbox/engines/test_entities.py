from __future__ import annotations

from itertools import pairwise
from math import isclose

import pytest

from dgnb.protocol.heard import Word
from dgnb.sandbox.engines.entities import detect_entities
from dgnb.sandbox.engines.formatting import smart_format
from dgnb.sandbox.engines.grouping import words_of


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "I met Scott Stephenson, of Deepgram.",
            [("NAME", "Scott Stephenson", 2, 4), ("ORGANIZATION", "Deepgram", 5, 6)],
        ),
        ("from texas to new york", [("LOCATION_STATE", "texas", 1, 2), ("LOCATION_CITY", "new york", 3, 5)]),
        ("in the United Kingdom", [("LOCATION_COUNTRY", "United Kingdom", 2, 4)]),
        ("mister smith and dr. Gray", [("NAME", "smith", 1, 2), ("NAME", "Gray", 4, 5)]),
        ("It was Emily. The end.", [("NAME", "Emily", 2, 3)]),
        ("On Friday Mary May", [("DATE", "Friday", 1, 2), ("NAME", "Mary", 2, 3)]),
        ("twenty dollars or $30", [("MONEY", "twenty dollars", 0, 2), ("MONEY", "$30", 3, 4)]),
        ("the fifth of 12", [("ORDINAL", "fifth", 1, 2), ("CARDINAL", "12", 3, 4)]),
        ("nothing to see here", []),
    ],
    ids=["names", "places", "country", "titles", "name at the end", "month", "money", "numbers", "none"],
)
def test_entities_have_label_value_and_position(text: str, expected: list[tuple[str, str, int, int]]) -> None:
    found = detect_entities(words_of(text))
    assert [(entity.label, entity.value, entity.start_word, entity.end_word) for entity in found] == expected


def test_spoken_and_written_forms_have_the_same_labels() -> None:
    text = "pay twenty dollars by november second twenty twenty two at eight thirty pm"
    heard = [Word(word=word, start=n * 0.3, end=n * 0.3 + 0.3) for n, word in enumerate(text.split())]
    labels = [entity.label for entity in detect_entities(heard)]
    assert labels == ["MONEY", "DATE", "TIME"]
    assert [entity.label for entity in detect_entities(smart_format(heard))] == labels


def test_the_raw_value_is_bare() -> None:
    (found,) = detect_entities(words_of("On May 5, 2024."))
    assert (found.value, found.raw_value) == ("May 5, 2024", "may 5 2024")


def test_confidence_follows_the_words() -> None:
    def entity(confidence: float) -> float:
        return detect_entities([Word(word="mary", start=0.0, end=1.0, confidence=confidence)])[0].confidence

    assert isclose(entity(0.5), entity(1.0) / 2)
    assert 0 < entity(1.0) <= 1
    assert detect_entities(words_of("Mary"))[0].confidence == entity(1.0)


def test_entities_never_overlap() -> None:
    found = detect_entities(
        words_of("Call Mary in Paris at 8:30 PM on Monday, May 5, 2024 for $20 or 555-123-4567")
    )
    assert all(left.end_word <= right.start_word for left, right in pairwise(found))
    assert len(found) == 6
