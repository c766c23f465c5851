"""Tables of options as signatures and docstrings."""

from __future__ import annotations

import inspect

import pytest

from dgnb.operations import listen, submit
from dgnb.protocol.options import rows
from dgnb.protocol.params import ListenOptions, ListenSubmitOptions
from dgnb.protocol.signatures import describe, kind, signature

PUBLISHED = pytest.mark.parametrize(
    ("flow", "table"), [(listen, ListenOptions), (submit, ListenSubmitOptions)], ids=["listen", "submit"]
)


@PUBLISHED
def test_a_signature_lists_the_source_and_then_every_option(flow: object, table: type) -> None:
    parameters = signature(flow, table).parameters
    others = [name for name in parameters if name not in ("source", *rows(table))]
    assert list(parameters) == ["source", *others, *rows(table)]
    assert set(others) <= {"cache"}
    assert parameters["source"].kind is inspect.Parameter.POSITIONAL_ONLY
    assert all(parameters[name].kind is inspect.Parameter.KEYWORD_ONLY for name in rows(table))
    assert all(parameters[name].default is None for name in rows(table))


@PUBLISHED
def test_an_option_is_annotated_with_its_type(flow: object, table: type) -> None:
    parameters = signature(flow, table).parameters
    assert all(parameters[name].annotation == row.annotation for name, row in rows(table).items())


@PUBLISHED
def test_a_description_has_every_option_with_its_help(flow: object, table: type) -> None:
    text = describe(table)
    for name, row in rows(table).items():
        assert f"\n{name} : {kind(row)}" in text
        assert f"    {row.param.help}" in text


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("diarize", "bool"),
        ("utt_split", "float"),
        ("sample_rate", "int"),
        ("model", "str"),
        ("callback_method", "{'POST', 'PUT'}"),
        ("detect_language", "bool or str or list of str"),
        ("replace", "str or dict or list of str"),
        ("summarize", "bool or str"),
    ],
)
def test_a_type_is_told_in_words(name: str, words: str) -> None:
    assert kind(rows(ListenSubmitOptions)[name]) == words


def test_a_default_of_the_service_is_told() -> None:
    assert "utt_split : float, default 0.8" in describe(ListenOptions)
