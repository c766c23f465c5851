from __future__ import annotations

from typing import Any

import pytest

from dgnb import OptionError
from dgnb.results import Transcript
from dgnb.views.asked import Asked, asked

OPTIONS: dict[Asked, str] = {
    "sentiments": "sentiment",
    "topics": "topics",
    "intents": "intents",
    "entities": "detect_entities",
}


@pytest.mark.parametrize(("name", "option"), OPTIONS.items(), ids=OPTIONS)
def test_what_was_not_asked_for_is_refused_with_the_option_to_ask_with(name: Asked, option: str) -> None:
    with pytest.raises(OptionError, match=f"no {name}: ask for them with {option}=True") as refused:
        asked(Transcript(), name)
    assert refused.value.option == option


@pytest.mark.parametrize(
    ("name", "results"),
    [
        ("sentiments", {"sentiments": {}}),
        ("topics", {"topics": {}}),
        ("intents", {"intents": {}}),
        ("entities", {"channels": [{"alternatives": [{"entities": []}]}]}),
    ],
    ids=OPTIONS,
)
def test_what_was_asked_for_may_be_empty(name: Asked, results: dict[str, Any]) -> None:
    assert asked(Transcript.from_json({"results": results}), name).empty
