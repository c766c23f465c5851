from datetime import UTC, datetime, timedelta

import pytest

from dgnb import Deepgram
from dgnb.protocol import routes

BODY = {"comment": "for a test", "scopes": ["member"], "tags": ["a", "b"]}


def test_a_new_key_tells_its_secret_once(account):
    made = account.told(routes.KEY_CREATE, json=BODY)
    assert len(made["key"]) == 40
    assert (made["comment"], made["scopes"], made["tags"]) == ("for a test", ["member"], ["a", "b"])
    listed = account.ask(routes.KEYS).text + account.ask(routes.KEY_GET, made["api_key_id"]).text
    assert made["key"] not in listed


def test_a_secret_is_kept_only_as_a_hash(account):
    made = account.told(routes.KEY_CREATE, json=BODY)
    row = account.store.row("select * from keys where id = ?", made["api_key_id"])
    assert made["key"] not in [str(value) for value in tuple(row)]


def test_keys_are_listed_beside_their_holders_and_told_in_them(account):
    made = account.told(routes.KEY_CREATE, json=BODY)
    last = account.told(routes.KEYS)["api_keys"][-1]
    assert last["api_key"]["api_key_id"] == made["api_key_id"]
    assert last["member"]["email"].endswith("@sandbox.example")
    item = account.told(routes.KEY_GET, made["api_key_id"])["item"]
    assert item["member"]["api_key"] == last["api_key"]


def test_a_deleted_key_is_not_listed(account):
    made = account.told(routes.KEY_CREATE, json=BODY)
    account.told(routes.KEY_DELETE, made["api_key_id"])
    assert made["api_key_id"] not in account.ask(routes.KEYS).text
    assert account.ask(routes.KEY_DELETE, made["api_key_id"]).status_code == 404


def test_a_key_of_another_project_is_not_found(account):
    other = account.store.add_project("Other")
    key = account.store.rows("select id from keys where project = ?", other)[0]["id"]
    assert account.ask(routes.KEY_GET, key).json()["err_code"] == "KEY_NOT_FOUND"
    assert account.ask(routes.KEY_DELETE, key).status_code == 404


def test_keys_are_listed_by_their_status(account):
    made = account.told(routes.KEY_CREATE, json=BODY)
    past = "2020-01-01T00:00:00.000000Z"
    account.store.run("update keys set expires = ? where id = ?", past, made["api_key_id"])

    def listed(**query: str) -> list[str]:
        found = account.told(routes.KEYS, params=query)["api_keys"]
        return [entry["api_key"]["comment"] for entry in found]

    assert listed() == ["any credential", "for a test"]
    assert listed(status="active") == ["any credential"]
    assert listed(status="expired") == ["for a test"]


IN_TWO_DAYS = {"expiration_date": "in two days"}
"""It is put together when the test runs: tests are collected long before."""


@pytest.mark.parametrize(
    ("end", "seconds"),
    [
        pytest.param({"time_to_live_in_seconds": 60}, 60, id="life"),
        pytest.param({"time_to_live_in_seconds": 0.5}, 0.5, id="half-a-second"),
        pytest.param(IN_TWO_DAYS, 172_800, id="date"),
        pytest.param({"expiration_date": "2100-01-01"}, None, id="day"),
        pytest.param({"expiration_date": "2100-01-01T12:00:00"}, None, id="no-zone"),
        pytest.param({"expiration_date": "2100-01-01T12:00:00Z"}, None, id="zulu"),
    ],
)
def test_a_key_may_have_an_end(account, end, seconds):
    before = datetime.now(UTC)
    if end is IN_TWO_DAYS:
        end = {"expiration_date": (before + timedelta(days=2)).isoformat()}
    made = account.told(routes.KEY_CREATE, json={**BODY, **end})
    after = datetime.now(UTC)
    expires = datetime.fromisoformat(made["expiration_date"])
    if seconds is None:
        assert expires.year == 2100
    else:
        assert before + timedelta(seconds=seconds) <= expires <= after + timedelta(seconds=seconds)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        pytest.param({"scopes": []}, "scopes are roles", id="no-scopes"),
        pytest.param({"scopes": ["king"]}, "not 'king'", id="unknown-scope"),
        pytest.param({"time_to_live_in_seconds": -1}, "in the future", id="negative-life"),
        pytest.param({"time_to_live_in_seconds": 1e300}, "cannot be read", id="endless"),
        pytest.param({"expiration_date": "2020-01-01"}, "in the future", id="past"),
        pytest.param({"expiration_date": "soon"}, "cannot be read", id="not-a-date"),
        pytest.param(
            {"expiration_date": "2100-01-01", "time_to_live_in_seconds": 60}, "not both", id="two-ends"
        ),
    ],
)
def test_a_wrong_key_is_not_made(account, change, said):
    answer = account.ask(routes.KEY_CREATE, json={**BODY, **change})
    assert answer.status_code == 400
    assert said in answer.json()["err_msg"]
    assert len(account.told(routes.KEYS)["api_keys"]) == 1


def test_no_key_makes_one_that_may_more_than_itself(account):
    made = account.told(routes.KEY_CREATE, json={"comment": "a", "scopes": ["keys:write"]})
    answer = account.ask(routes.KEY_CREATE, key=made["key"], json={"comment": "b", "scopes": ["owner"]})
    assert answer.status_code == 401
    account.told(routes.KEY_CREATE, key=made["key"], json={"comment": "b", "scopes": ["keys:read"]})


def test_the_client_makes_uses_and_deletes_a_key(account):
    with Deepgram("any", base_url=account.url) as dg:
        made = dg.keys.create("mine", ["member"], tags=["t"], project_id=account.project)
        assert dg.keys.get(made.api_key_id, account.project).key.comment == "mine"
        assert [entry.key.api_key_id for entry in dg.keys(account.project)][-1] == made.api_key_id
        with Deepgram(made.key, base_url=account.url) as mine:
            assert mine.projects()[0].project_id == account.project
        dg.keys.delete(made.api_key_id, account.project)
        assert len(dg.keys(account.project)) == 1
