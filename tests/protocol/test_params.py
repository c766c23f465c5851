"""The table of ``/v1/listen`` and the combinations that it refuses."""

from __future__ import annotations

from typing import Any

import pytest

from dgnb.errors import OptionError
from dgnb.protocol.models import LISTEN_MODELS
from dgnb.protocol.options import check, rows
from dgnb.protocol.params import LISTEN_RULES, ListenOptions, ListenSubmitOptions

BROKEN: list[tuple[dict[str, Any], str]] = [
    ({"model": "flux-general-en"}, "model='nova-3'"),
    ({"model": "flux"}, "/v2/listen"),
    ({"keyterm": "Deepgram"}, "model='nova-3'"),
    ({"keyterm": "Deepgram", "model": "nova-2"}, "keywords='word:weight'"),
    ({"keywords": "Deepgram:2", "model": "nova-3-medical"}, "keyterm="),
    ({"language_hint": "es", "model": "nova-3"}, "language='multi'"),
    ({"language_hint": "es", "model": "nova-2", "language": "multi"}, "model='nova-3'"),
    ({"callback_method": "PUT"}, "callback="),
    ({"custom_topic_mode": "strict"}, "custom_topic="),
    ({"custom_intent_mode": "strict", "custom_intent": None}, "custom_intent="),
]

KEPT: list[dict[str, Any]] = [
    {},
    {"model": None, "keyterm": None},
    {"model": "nova-3", "keyterm": "Deepgram"},
    {"model": "a-custom-id", "keyterm": "Deepgram", "keywords": "x:1"},
    {"model": "nova-2", "keywords": {"Deepgram": 2}},
    {"keywords": "Deepgram:2"},
    {"model": "nova-3", "language": "multi", "language_hint": ["en", "es"]},
    {"callback": "https://example.org", "callback_method": "PUT"},
    {"custom_topic": "weather", "custom_topic_mode": "strict"},
    {"custom_intent": "order", "custom_intent_mode": "strict"},
]


@pytest.mark.parametrize(("options", "fix"), BROKEN, ids=[str(options) for options, _ in BROKEN])
def test_a_broken_combination_is_refused_with_the_fix(options: dict[str, Any], fix: str) -> None:
    with pytest.raises(OptionError) as caught:
        check(options, LISTEN_RULES)
    assert fix in str(caught.value)
    assert caught.value.option in rows(ListenSubmitOptions)


@pytest.mark.parametrize("options", KEPT, ids=str)
def test_a_good_combination_passes(options: dict[str, Any]) -> None:
    check(options, LISTEN_RULES)


def test_every_rule_has_an_example_here() -> None:
    problems = set()
    for options, _ in BROKEN:
        with pytest.raises(OptionError) as caught:
            check(options, LISTEN_RULES)
        problems.add(str(caught.value))
    assert problems == {rule.problem for rule in LISTEN_RULES}


def test_every_rule_names_options_of_the_table() -> None:
    names = set(rows(ListenSubmitOptions))
    assert all(set(rule.options) <= names for rule in LISTEN_RULES)


@pytest.mark.parametrize("model", LISTEN_MODELS)
def test_every_documented_model_may_be_asked_for(model: str) -> None:
    check({"model": model}, LISTEN_RULES)


def test_only_a_submission_takes_a_callback() -> None:
    assert set(rows(ListenSubmitOptions)) - set(rows(ListenOptions)) == {"callback", "callback_method"}
