"""Encoding, checking and decoding of query parameters, row by row."""

from __future__ import annotations

import math
from contextlib import suppress
from enum import Enum
from typing import Any

import numpy as np
import pytest

from dgnb.errors import OptionError
from dgnb.protocol.options import Row, allowed, check, decode, encode, nearest, parse, rows
from dgnb.protocol.params import LISTEN_RULES, ListenSubmitOptions

TABLE = ListenSubmitOptions
ROWS = rows(TABLE)
every_row = pytest.mark.parametrize("row", ROWS.values(), ids=ROWS)


def with_rows(test: Any) -> list[Row]:
    """The rows for which something is said."""
    return [row for row in ROWS.values() if test(row)]


def some(found: list[Row]) -> Any:
    assert found
    return pytest.mark.parametrize("row", found, ids=[row.name for row in found])


def samples(row: Row) -> list[Any]:
    """Values of every kind that a row takes."""
    values: list[Any] = [True, False] if bool in row.kinds else []
    if row.kinds & {int, float}:
        low = row.param.low if row.param.low is not None else -3
        high = row.param.high if row.param.high is not None else low + 48000
        values += [low, high, low + 1] + ([low + 0.25] if float in row.kinds else [])
    if str in row.kinds:
        values += row.values or ("a word", "ünïcode & + = % : / ?", "2")
    if row.repeat:
        values += [["one"], ["one", "two", "one"]]
    if row.pairs:
        values += [{"a b": "c:d", "alone": None, "n": 2, "yes": True}]
    return values


def normal(row: Row, value: Any) -> Any:
    """The value that decoding gives back."""
    if isinstance(value, dict):
        texts = {None: "", True: ":true"}
        return [key + texts.get(item, f":{item}") for key, item in value.items()]
    if isinstance(value, bool):
        return row.param.true if value and row.param.true != "true" else value
    if isinstance(value, str) and value.lower() in ("true", "false") and bool in row.kinds:
        return value == "true"
    return [value] if row.repeat and isinstance(value, str) else value


CASES = [(row, value) for row in ROWS.values() for value in samples(row)]


@pytest.mark.parametrize(("row", "value"), CASES, ids=[f"{row.name}-{value!r}" for row, value in CASES])
def test_a_value_survives_the_wire(row: Row, value: Any) -> None:
    query = encode({row.name: value}, TABLE)
    assert {name for name, _ in query} == {row.name}
    assert decode(query, TABLE) == {row.name: normal(row, value)}


def test_every_row_has_samples_of_each_of_its_kinds() -> None:
    for row in ROWS.values():
        kinds = {type(value) for value in samples(row)}
        assert row.kinds - {int, float} <= kinds
        assert not row.kinds & {int, float} or kinds & {int, float}


@every_row
def test_none_is_not_sent(row: Row) -> None:
    assert encode({row.name: None}, TABLE) == ()


@every_row
def test_a_value_of_a_wrong_type_is_refused_with_what_is_allowed(row: Row) -> None:
    with pytest.raises(OptionError) as caught:
        encode({row.name: object()}, TABLE)
    assert caught.value.option == row.name
    assert f"{row.name} takes {allowed(row)}" in str(caught.value)


@every_row
@pytest.mark.parametrize(
    "value", [math.nan, math.inf, -math.inf, 10**400], ids=["nan", "inf", "-inf", "too many digits"]
)
def test_a_number_that_is_none_is_refused(row: Row, value: float) -> None:
    with pytest.raises(OptionError, match=row.name):
        encode({row.name: value}, TABLE)


@every_row
def test_an_array_of_numbers_is_refused(row: Row) -> None:
    with pytest.raises(OptionError, match=row.name):
        encode({row.name: np.array([0.25, 0.5])}, TABLE)


@some(with_rows(lambda row: row.kinds == {bool}))
@pytest.mark.parametrize("value", [1, 0, "true", "yes", b"true"])
def test_a_switch_takes_only_true_and_false(row: Row, value: Any) -> None:
    with pytest.raises(OptionError, match="True or False"):
        encode({row.name: value}, TABLE)


@some(with_rows(lambda row: row.param.low is not None))
def test_a_number_below_the_lowest_is_refused(row: Row) -> None:
    with pytest.raises(OptionError, match=f"{row.param.low:g}"):
        encode({row.name: row.param.low - 1}, TABLE)


@some(with_rows(lambda row: row.param.high is not None))
def test_a_number_above_the_highest_is_refused(row: Row) -> None:
    with pytest.raises(OptionError, match=f"to {row.param.high:g}"):
        encode({row.name: row.param.high + 1}, TABLE)


@some(with_rows(lambda row: row.kinds == {int}))
def test_a_whole_number_may_be_given_as_a_float_but_has_no_fraction(row: Row) -> None:
    assert encode({row.name: 2.0}, TABLE) == ((row.name, "2"),)
    with pytest.raises(OptionError, match="a whole number"):
        encode({row.name: 2.5}, TABLE)


@some(with_rows(lambda row: row.param.most is not None))
def test_more_values_than_the_limit_are_refused(row: Row) -> None:
    most = row.param.most
    values = [f"word{number}" for number in range(most + 1)]
    assert len(encode({row.name: values[:most]}, TABLE)) == most
    with pytest.raises(OptionError, match=f"at most {most} values, not {most + 1}"):
        encode({row.name: values}, TABLE)


@some(with_rows(lambda row: row.param.longest is not None))
def test_a_longer_text_than_the_limit_is_refused(row: Row) -> None:
    longest = row.param.longest
    assert encode({row.name: "x" * longest}, TABLE)
    with pytest.raises(OptionError, match=f"at most {longest} characters a value, not {longest + 1}"):
        encode({row.name: ["x" * (longest + 1)]}, TABLE)


@some(with_rows(lambda row: row.closed))
def test_a_word_that_is_not_of_a_closed_set_is_refused_with_the_nearest(row: Row) -> None:
    right = row.closed[0]
    with pytest.raises(OptionError) as caught:
        encode({row.name: right + "x"}, TABLE)
    assert f"Did you mean '{right}'?" in str(caught.value)
    assert all(value in str(caught.value) for value in row.closed)


@some(with_rows(lambda row: row.param.known))
def test_a_word_that_is_not_documented_yet_is_sent(row: Row) -> None:
    assert encode({row.name: "newer-than-dgnb"}, TABLE) == ((row.name, "newer-than-dgnb"),)


def test_true_asks_for_the_summary_that_the_service_makes_now() -> None:
    assert encode({"summarize": True}, TABLE) == (("summarize", "v2"),)
    assert encode({"summarize": "true"}, TABLE) == (("summarize", "true"),)
    assert decode([("summarize", "true")], TABLE) == {"summarize": True}


def test_options_keep_their_order_and_lists_repeat_their_key() -> None:
    options = {"tag": ["b", "a"], "diarize": True, "keyterm": ("x", "y")}
    pairs = [("tag", "b"), ("tag", "a"), ("diarize", "true"), ("keyterm", "x"), ("keyterm", "y")]
    assert list(encode(options, TABLE)) == pairs


@pytest.mark.parametrize("value", [["a", "b"], ("a", "b"), np.array(["a", "b"]), iter(["a", "b"])], ids=type)
def test_any_iterable_of_texts_is_a_list(value: Any) -> None:
    assert encode({"keyterm": value}, TABLE) == (("keyterm", "a"), ("keyterm", "b"))


@pytest.mark.parametrize("value", [["a", None], [b"a"], [["a"]], {"a": "b"}], ids=repr)
def test_a_list_with_anything_but_text_is_refused(value: Any) -> None:
    with pytest.raises(OptionError, match="keyterm"):
        encode({"keyterm": value}, TABLE)


def test_numpy_scalars_count_as_what_they_hold() -> None:
    options = {
        "diarize": np.bool_(True),
        "sample_rate": np.int64(8000),
        "utt_split": np.float32(0.5),
        "model": np.str_("nova-3"),
    }
    expected = {"diarize": "true", "sample_rate": "8000", "utt_split": "0.5", "model": "nova-3"}
    assert dict(encode(options, TABLE)) == expected


def test_a_member_of_a_text_enum_is_sent_as_its_value() -> None:
    class Verb(str, Enum):  # noqa: UP042 - users have such enums
        PUT = "PUT"

    ((_, text),) = encode({"callback_method": Verb.PUT}, TABLE)
    assert (type(text), text) == (str, "PUT")


@pytest.mark.parametrize(
    ("value", "texts"),
    [(True, ["true"]), (2, ["2"]), (1.5, ["1.5"]), ("x", ["x"]), (["x", False], ["x", "false"])],
    ids=repr,
)
def test_an_unknown_option_is_passed_on(value: Any, texts: list[str]) -> None:
    assert encode({"new_flag": value}, TABLE) == tuple(("new_flag", text) for text in texts)


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("diarize", "true", True),
        ("diarize", "False", False),
        ("sample_rate", "16000", 16000),
        ("sample_rate", "16000.0", 16000),
        ("utt_split", "1", 1.0),
        ("utt_split", "1.25", 1.25),
        ("model", "nova-3", "nova-3"),
        ("detect_language", "true", True),
        ("detect_language", "es", "es"),
        ("keyterm", "true", "true"),
        ("callback_method", "PUT", "PUT"),
    ],
)
def test_a_text_is_parsed_to_its_rows_type(name: str, text: str, value: Any) -> None:
    parsed = parse(ROWS[name], text)
    assert (type(parsed), parsed) == (type(value), value)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("diarize", "yes"),
        ("diarize", ""),
        ("sample_rate", "16 kHz"),
        ("sample_rate", "16000.5"),
        ("sample_rate", "0"),
        ("sample_rate", "nan"),
        ("sample_rate", "inf"),
        ("utt_split", ""),
        ("utt_split", "nan"),
        ("utt_split", "-1"),
        ("channels", "21"),
        ("encoding", "mp3"),
        ("callback_method", "post"),
    ],
)
def test_a_text_that_is_no_value_is_refused(name: str, text: str) -> None:
    with pytest.raises(OptionError) as caught:
        parse(ROWS[name], text)
    assert caught.value.option == name


def test_decoding_leaves_out_what_it_does_not_know() -> None:
    assert decode([("new_flag", "1"), ("diarize", "true")], TABLE) == {"diarize": True}


def test_of_a_key_that_must_not_repeat_the_last_counts() -> None:
    assert decode([("model", "nova-2"), ("model", "nova-3")], TABLE) == {"model": "nova-3"}


def test_decoding_refuses_too_many_values() -> None:
    with pytest.raises(OptionError, match="at most 50"):
        decode([("search", "x")] * 51, TABLE)


@pytest.mark.parametrize(
    ("given", "meant"),
    [
        ("diarise", "diarize"),
        ("smartformat", "smart_format"),
        ("keyterms", "keyterm"),
        ("puncuate", "punctuate"),
    ],
)
def test_the_nearest_name_is_named(given: str, meant: str) -> None:
    assert nearest(given, ROWS) == f" Did you mean '{meant}'?"


def test_a_name_like_no_other_gets_no_hint() -> None:
    assert nearest("xyzzy", ROWS) == ""


@every_row
def test_a_row_explains_itself(row: Row) -> None:
    assert row.param.help
    assert allowed(row)
    assert row.flag.startswith("--")
    assert "_" not in row.flag


@every_row
def test_the_service_default_of_a_row_is_one_of_its_values(row: Row) -> None:
    if row.param.default is not None:
        assert encode({row.name: row.param.default}, TABLE)


@every_row
def test_whatever_an_option_holds_the_rules_can_be_checked(row: Row) -> None:
    for value in [*samples(row), object(), None]:
        with suppress(OptionError):
            check({row.name: value}, LISTEN_RULES)
