import re
from datetime import UTC, datetime
from typing import Any

import msgspec
import pandas as pd
import pytest

from dgnb import results
from dgnb.results import (
    Accepted,
    Balances,
    CreatedKey,
    Keys,
    Listing,
    Models,
    Projects,
    Requests,
    Scopes,
    StoredAgents,
    Token,
    Usage,
    UsageFields,
    Variables,
)
from dgnb.views.tables import columns

HOSTILE = '<script>alert("x")</script> & \x1b[31m \u202e'
KINDS = [
    kind for kind in vars(results).values() if isinstance(kind, type) and issubclass(kind, results.Result)
]
LISTINGS = [kind for kind in KINDS if issubclass(kind, Listing) and kind is not Listing]
SINGLES = [kind for kind in KINDS if not issubclass(kind, Listing) and kind is not results.Result]


def keys(count: int = 1, comment: str = "mine") -> Keys:
    key = {
        "api_key_id": "k",
        "comment": comment,
        "scopes": ["member", "usage:read"],
        "created": "2026-11-22T08:45:00.5Z",
    }
    return Keys.from_json({"api_keys": [{"member": {"email": "a@b.org"}, "api_key": key}] * count})


@pytest.mark.parametrize("kind", LISTINGS, ids=lambda kind: kind.__name__)
def test_every_empty_list_has_the_columns_of_a_full_one(kind: type[Listing]) -> None:
    empty = kind()
    assert list(empty.frame.columns) == [column.name for column in columns(kind)] != []
    assert len(empty.frame) == 0
    assert "0 rows" in empty._repr_html_()
    assert repr(empty).startswith(f"{kind.__name__} (0)")


def test_a_thing_within_a_thing_is_spread_out_and_times_are_timestamps() -> None:
    frame = keys().frame
    row = frame.iloc[0]
    assert row["created"] == pd.Timestamp("2026-11-22T08:45:00.5", tz="UTC")
    assert (row["comment"], row["scopes"], row["member.email"]) == (
        "mine",
        ["member", "usage:read"],
        "a@b.org",
    )
    assert pd.isna(row["expiration_date"])
    assert frame.dtypes.equals(Keys().frame.dtypes)


def test_a_key_is_found_beside_its_holder_or_in_it() -> None:
    inner = {"api_keys": [{"member": {"email": "a@b.org", "api_key": {"api_key_id": "k"}}}]}
    assert Keys.from_json(inner).frame["api_key_id"].to_list() == ["k"]


def test_numbers_and_switches_keep_their_types_where_some_are_missing() -> None:
    usage = Usage.from_json({"results": [{"hours": 1.5, "tokens": {"in": 3}}, {"start": "2026-01-01"}]})
    assert usage.frame["tokens.in"].to_list()[0] == 3
    assert usage.frame["hours"].dtype == "float64"
    assert usage.frame["start"][1] == pd.Timestamp("2026-01-01", tz="UTC")
    models = Models.from_json({"stt": [{"name": "a", "batch": True}], "tts": [{"name": "b"}]})
    assert models.frame["batch"].to_list() == [True, pd.NA]
    logged = Requests.from_json({"requests": [{"code": 200}, {"code": None}]})
    assert logged.frame["code"].dtype == "Int64"


@pytest.mark.parametrize(
    "text",
    ["soon", "", "2026-13-01", "0001-01-01T00:00:00+05:00"],
    ids=["word", "empty", "month 13", "before time"],
)
def test_what_is_no_time_is_missing(text: str) -> None:
    assert pd.isna(Usage.from_json({"results": [{"start": text}]}).frame["start"][0])


def test_times_of_any_zone_and_century_are_read() -> None:
    found = Usage.from_json({"results": [{"start": "9999-01-01T02:00:00+02:00"}]}).frame["start"][0]
    assert found == datetime(9999, 1, 1, tzinfo=UTC)


def test_plain_texts_are_a_column() -> None:
    assert Scopes.from_json({"scopes": ["a", "b"]}).frame["scope"].to_list() == ["a", "b"]


def test_text_is_short_and_names_what_is_left_out() -> None:
    lines = repr(keys(1000)).splitlines()
    assert len(lines) == 10
    assert lines[0] == "Keys (1,000)"
    assert lines[1].split() == ["api_key_id", "comment", "scopes", "created", "member.email"]
    assert lines[-1] == "… 993 more"
    assert max(map(len, lines)) <= 100


@pytest.mark.parametrize(
    "comment", ["x" * 5000, "a\nb\nc\n" * 50, HOSTILE * 20], ids=["long", "lines", "hostile"]
)
def test_text_keeps_its_shape_whatever_it_holds(comment: str) -> None:
    shown = repr(keys(3, comment))
    assert len(shown.splitlines()) == 5
    assert max(map(len, shown.splitlines())) <= 100
    assert not {"\x1b", "\u202e"} & set(shown)


def test_html_is_escaped_bounded_and_names_its_columns() -> None:
    html = keys(250, HOSTILE + "y" * 5000)._repr_html_()
    assert "<script" not in html
    assert not {"\x1b", "\u202e"} & set(html)
    assert html.count("<tr>") == 101
    assert "250 rows" in html
    assert "150 more" in html
    assert re.findall(r'<th scope="col"[^>]*>([^<]+)', html) == [
        "api_key_id", "comment", "scopes", "created", "member.email",
    ]  # fmt: skip
    assert 'title="&lt;script&gt;' in html
    assert len(html) < 200_000


def test_what_a_reply_tells_beside_its_list_is_in_the_caption() -> None:
    fields = UsageFields.from_json({"models": [{"name": "nova"}], "tags": ["a", "<b>"]})
    assert "1 row · tags a, &lt;b&gt;" in fields._repr_html_()
    assert repr(fields).splitlines()[0] == "UsageFields (1), tags a, <b>"
    usage = Usage.from_json(
        {"start": "2026-01-01", "resolution": {"units": "day", "amount": 1}, "results": []}
    )
    assert repr(usage) == "Usage (0), start 2026-01-01, resolution units day, amount 1"


SECRET = "sk-very-secret"
SECRETS = {
    "created key": CreatedKey(api_key_id="k", key=SECRET),
    "token": Token(access_token=SECRET, expires_in=30),
    "agents": StoredAgents.from_json(
        {
            "agents": [
                {"agent_id": "a", "config": {"think": {"headers": {"Authorization": f"Bearer {SECRET}"}}}}
            ]
        }
    ),
    "agents as text": StoredAgents.from_json(
        {"agents": [{"agent_id": "a", "config": msgspec.json.encode({"x": [{"api_key": SECRET}]}).decode()}]}
    ),
    "variables": Variables.from_json(
        {"variables": [{"variable_id": "v", "key": "DG_LLM_API_KEY", "value": SECRET}]}
    ),
    "callback": Requests.from_json({"requests": [{"callback": f"https://user:{SECRET}@example.org/"}]}),
}


@pytest.mark.parametrize("result", SECRETS.values(), ids=SECRETS)
def test_secrets_are_never_shown(result: Any) -> None:
    assert SECRET not in repr(result)
    assert SECRET not in result._repr_html_()
    assert "•••" in result._repr_html_()


def test_a_variable_that_is_no_secret_is_shown() -> None:
    found = Variables.from_json(
        {"variables": [{"variable_id": "v", "key": "DG_NAME", "value": {"first": "Ada"}}]}
    )
    assert '{"first":"Ada"}' in repr(found)


def test_a_single_thing_is_a_table_of_two_columns() -> None:
    (project,) = Projects.from_json({"projects": [{"project_id": "p", "name": HOSTILE}]})
    html = project._repr_html_()
    assert re.findall(r'<th scope="row">([^<]+)', html) == ["project_id", "name"]
    assert "<script" not in html
    assert repr(Accepted(request_id="r")) == "Accepted(request_id='r')"
    (balance,) = Balances.from_json({"balances": [{"amount": 12.5}]})
    assert repr(balance) == "Balance(amount=12.5)"


@pytest.mark.parametrize("kind", SINGLES, ids=lambda kind: kind.__name__)
def test_every_result_has_a_short_repr_and_html(kind: Any) -> None:
    needed = {
        f.name: {} if f.name in ("member", "config") else HOSTILE
        for f in msgspec.structs.fields(kind)
        if f.required
    }
    if "distribution_credentials" in needed:
        needed["distribution_credentials"] = {
            "distribution_credentials_id": HOSTILE, "provider": "quay", "scopes": [], "created": "c",
        }  # fmt: skip
    result = kind.from_json(needed)
    assert len(repr(result).splitlines()) <= 10
    assert "<script" not in result._repr_html_()
