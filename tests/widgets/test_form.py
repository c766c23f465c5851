from __future__ import annotations

from typing import Annotated, Any, is_typeddict

import pytest

from dgnb import OptionError
from dgnb.protocol import params
from dgnb.protocol.options import Param, rows
from dgnb.protocol.params import ListenOptions, LiveListenOptions, UsageOptions
from dgnb.widgets.fields import groups
from dgnb.widgets.form import Form

TABLES = [each for each in vars(params).values() if isinstance(each, type) and is_typeddict(each)]
KINDS = {"flag", "yes or no", "choice", "list", "pairs", "number", "date", "json", "text"}


def field(form: Form, name: str) -> dict[str, Any]:
    return next(each for group in form.groups for each in group["fields"] if each["name"] == name)


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.__name__)
def test_every_parameter_of_a_table_has_one_control_with_its_help(table: type) -> None:
    form = Form(table)
    assert sorted(form.names) == sorted(rows(table))
    for name, row in rows(table).items():
        shown = field(form, name)
        assert shown["kind"] in KINDS
        assert shown["help"] == row.param.help


def test_a_new_parameter_has_its_control_at_once() -> None:
    class More(ListenOptions, total=False):
        wobble: Annotated[float, Param("how much it wobbles", 0.5, low=0, high=1)]

    form = Form(More, {"wobble": 0.25})
    shown = field(form, "wobble")
    assert (shown["kind"], shown["low"], shown["high"], shown["default"]) == ("number", 0, 1, "0.5")
    assert form.options == {"wobble": 0.25}


@pytest.mark.parametrize(
    ("table", "name", "kind", "switch"),
    [
        (ListenOptions, "smart_format", "flag", False),
        (UsageOptions, "diarize", "yes or no", False),
        (ListenOptions, "encoding", "choice", False),
        (ListenOptions, "keyterm", "list", False),
        (ListenOptions, "replace", "pairs", False),
        (ListenOptions, "utt_split", "number", False),
        (UsageOptions, "start", "date", False),
        (ListenOptions, "summarize", "text", True),
        (ListenOptions, "redact", "list", True),
        (LiveListenOptions, "endpointing", "number", True),
    ],
)
def test_the_control_follows_from_the_type(table: type, name: str, kind: str, switch: bool) -> None:
    shown = field(Form(table), name)
    assert (shown["kind"], shown["switch"]) == (kind, switch)


def test_groups_are_the_tables_that_a_table_is_made_of() -> None:
    titles = [group["title"] for group in groups(ListenOptions)]
    assert titles[:2] == ["Which model hears what", "Who speaks"]
    assert len(titles) == len(set(titles))


def test_only_what_is_set_is_sent() -> None:
    form = Form(ListenOptions, {"model": "nova-3"})
    form.value = {"model": "nova-3", "diarize": True, "utt_split": None, "nobody_knows": 1}
    assert form.options == {"model": "nova-3", "diarize": True}


def test_what_is_wrong_is_said_beside_its_control() -> None:
    form = Form(ListenOptions)
    form.value = {"utt_split": "soon", "encoding": "mp5", "model": {"a": 1}, "diarize": True}
    assert set(form.problems) == {"utt_split", "encoding", "model"}
    with pytest.raises(OptionError, match="utt_split"):
        assert form.options
    form.value = {"diarize": True}
    assert form.problems == {}


def test_an_error_of_the_service_finds_its_control() -> None:
    form = Form(ListenOptions, without=("keyterm",))
    form.blame(OptionError("Not together.", "diarize"))
    form.blame(OptionError("Not here.", "keyterm"))
    assert form.problems == {"diarize": "Not together."}


def test_what_is_set_at_first_is_checked_as_well() -> None:
    assert "utt_split" in Form(ListenOptions, {"utt_split": -1}).problems
