from datetime import timedelta

import pytest

from dgnb import Deepgram
from dgnb.protocol import routes
from dgnb.sandbox.ledger import Used
from dgnb.sandbox.store import new_id, timestamp
from tests.sandbox.days import NOW


@pytest.fixture
def mixed(account):
    account.book(used=Used(seconds=60), query={"model": "nova-3", "tag": "a", "redact": "pci"})
    account.book("speak", Used(characters=1000), {"model": "aura-2-zeus-en"})
    account.book(used=Used(seconds=60), query={"model": "nova-3"}, created=NOW - timedelta(days=2))


def bill(account, **query):
    return account.told(routes.BILLING_BREAKDOWN, params=query)["results"]


def test_a_new_project_has_its_starting_credit_and_the_order_it_came_by(account):
    (balance,) = account.told(routes.BALANCES)["balances"]
    (order,) = account.told(routes.PURCHASES)["orders"]
    assert (balance["amount"], balance["units"]) == (200, "usd")
    assert balance["purchase_order_id"] == order["order_id"]
    assert (order["amount"], order["units"], order["order_type"]) == (200, "usd", "promotional")
    assert account.told(routes.BALANCE_GET, balance["balance_id"]) == balance


def test_the_balance_falls_by_what_is_spent(account, mixed):
    (balance,) = account.told(routes.BALANCES)["balances"]
    assert balance["amount"] == 200 - 0.0043 - 0.002 - 0.03 - 0.0043


def test_more_credit_adds_to_the_balance(account):
    account.store.insert(
        "purchases",
        id=new_id(), project=account.project, balance=new_id(), amount=50_000_000, kind="purchase",
        created=timestamp(),
    )  # fmt: skip
    assert account.told(routes.BALANCES)["balances"][0]["amount"] == 250
    assert len(account.told(routes.PURCHASES)["orders"]) == 2
    assert len(account.told(routes.PURCHASES, params={"limit": 1})["orders"]) == 1


def test_without_a_grouping_each_day_is_one_sum(account, mixed):
    rows = bill(account)
    assert [round(row["dollars"], 6) for row in rows] == [0.0043, 0.0363]
    assert [set(row["grouping"]) for row in rows] == [{"start", "end"}] * 2


def test_a_bill_goes_by_line_items(account, mixed):
    found = {
        (row["grouping"]["start"], row["grouping"]["line_item"]): row["dollars"]
        for row in bill(account, grouping="line_item")
    }
    today, before = NOW.date().isoformat(), (NOW - timedelta(days=2)).date().isoformat()
    assert found == {
        (before, "sync::nova-3"): 0.0043,
        (today, "sync::aura-2"): 0.03,
        (today, "sync::nova-3"): 0.0043,
        (today, "sync::redact"): 0.002,
    }


def test_groupings_can_be_combined(account, mixed):
    rows = bill(account, grouping=["tags", "line_item", "accessor", "deployment"])
    assert {tuple(row["grouping"]["tags"]) for row in rows} == {(), ("a",)}
    assert {row["grouping"]["accessor"] for row in rows} == {account.key}
    assert {row["grouping"]["deployment"] for row in rows} == {"hosted"}
    assert len(rows) == 4


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        pytest.param({"line_item": "sync::nova-3"}, 0.0086, id="line-item"),
        pytest.param({"line_item": "streaming::nova-3"}, 0, id="no-such-line"),
        pytest.param({"tag": "a"}, 0.0063, id="tag"),
        pytest.param({"start": NOW.date().isoformat()}, 0.0363, id="since"),
        pytest.param({"deployment": "beta"}, 0, id="elsewhere"),
        pytest.param({"accessor": "another"}, 0, id="another-key"),
    ],
)
def test_a_bill_is_narrowed(account, mixed, query, expected):
    assert round(sum(row["dollars"] for row in bill(account, **query)), 6) == expected


def test_fields_tell_what_occurs(account, mixed):
    assert account.told(routes.BILLING_FIELDS) == {
        "accessors": [account.key],
        "deployments": ["hosted"],
        "tags": ["a"],
        "line_items": {
            "sync::aura-2": "Aura-2 (sync)",
            "sync::nova-3": "Nova-3 (sync)",
            "sync::redact": "Redaction (sync)",
        },
    }


def test_the_client_reads_the_bill(account, mixed):
    with Deepgram("any", base_url=account.url) as dg:
        (balance,) = dg.balances(account.project)
        assert dg.balances.get(balance.balance_id, account.project) == balance
        assert dg.billing.purchases(account.project)[0].amount == 200
        assert set(dg.billing.fields(account.project).line_items) == {
            "sync::aura-2", "sync::nova-3", "sync::redact"
        }  # fmt: skip
        spent = sum(row.dollars for row in dg.billing(account.project, grouping=["line_item", "accessor"]))
        assert round(balance.amount + spent, 6) == 200
