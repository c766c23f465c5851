from typing import Any

import pytest

from dgnb.results import Key
from dgnb.views.cells import cell, when


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (None, ""),
        (True, "yes"),
        (False, "no"),
        (0, "0"),
        (1234567.5, "1,234,567.5"),
        (0.1 + 0.2, "0.3"),
        ([], ""),
        (["a", 1, None], "a, 1"),
        ({"a": [1, {"b": None}]}, '{"a":[1,{"b":null}]}'),
        (Key(comment="c", tags=["t", "u"]), "comment c, tags t, u"),
        ("{not json", "{not json"),
        ("https://u:p@example.org", "https://•••@example.org"),
    ],
    ids=repr,
)
def test_values_are_shown_as_a_person_reads_them(value: Any, shown: str) -> None:
    assert cell(value) == shown


@pytest.mark.parametrize(
    "name", ["Authorization", "password", "client_secret", "api_key", "apiKey", "X-Auth-Token"]
)
def test_what_is_named_like_a_secret_is_hidden(name: str) -> None:
    assert cell({"outer": [{name: "abc"}]}) == f'{{"outer":[{{"{name}":"•••"}}]}}'


@pytest.mark.parametrize("name", ["api_key_id", "token_count", "tokens"])
def test_what_only_sounds_like_a_secret_is_shown(name: str) -> None:
    assert "abc" in cell({name: "abc"})


def test_an_empty_secret_is_shown_as_missing() -> None:
    assert cell({"api_key": ""}) == '{"api_key":""}'


def test_times_are_in_utc() -> None:
    assert when("2026-11-22T10:45:00+02:00") == "2026-11-22 08:45:00 UTC"
    assert when("2026-11-22T10:45:00") == "2026-11-22 10:45:00 UTC"
