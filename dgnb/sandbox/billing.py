"""What was spent, what is left, what was bought. Money is counted in millionths of a dollar."""

from __future__ import annotations

import sqlite3
from typing import Any

import msgspec

from dgnb.protocol.params import BillingOptions, Period, PurchasesOptions
from dgnb.protocol.prices import dollars, label
from dgnb.results import (
    Balance,
    Balances,
    BillingBreakdown,
    BillingFields,
    BillingGroup,
    Group,
    Purchase,
    Purchases,
)
from dgnb.sandbox.calls import Call, missing
from dgnb.sandbox.ledger import credit
from dgnb.sandbox.replies import bad_query
from dgnb.sandbox.selection import chosen, period

_KINDS = {"accessor": "key", "deployment": "deployment", "line_item": "item", "tags": "tags"}
"""The column that each grouping goes by."""

_LINES = "from charges join requests on requests.id = charges.request where "


def balances(call: Call) -> Balances:
    """A project's credit."""
    return Balances(balances=[_balance(call)])


def balance(call: Call) -> Balance:
    """A project's credit, by its id."""
    found = _balance(call)
    if found.balance_id != call.ids["balance_id"]:
        raise missing("balance")
    return found


def _balance(call: Call) -> Balance:
    order = call.store.rows(_ORDERS, call.project, 1)[0]
    return Balance(
        balance_id=order["balance"],
        amount=dollars(credit(call.store, call.project)),
        units="usd",
        purchase_order_id=order["id"],
    )


_ORDERS = "select * from purchases where project = ? order by rowid limit ?"


def purchases(call: Call) -> Purchases:
    """The credit that was bought or given."""
    limit = int(call.options(PurchasesOptions).get("limit", 10))
    return Purchases(orders=[_order(row) for row in call.store.rows(_ORDERS, call.project, limit)])


def _order(row: sqlite3.Row) -> Purchase:
    return Purchase(
        order_id=row["id"],
        created=row["created"],
        amount=dollars(row["amount"]),
        units="usd",
        order_type=row["kind"],
    )


def breakdown(call: Call) -> BillingBreakdown:
    """What was spent on each day, and of each kind when groupings are asked for."""
    options = call.options(BillingOptions)
    groupings = list(dict.fromkeys(options.get("grouping", [])))
    unknown = [name for name in groupings if name not in _KINDS]
    if unknown:
        raise bad_query(f"grouping is one of {', '.join(_KINDS)}, not {unknown[0]!r}.")
    results = [
        BillingGroup(dollars=dollars(row["spent"]), grouping=_group(row, groupings))
        for row in call.store.rows(*_query(call.project, options, groupings))
    ]
    return BillingBreakdown(**period(call.store, call.project, options), results=results)


def _query(project: str, options: dict[str, Any], groupings: list[str]) -> tuple[Any, ...]:
    condition, values = chosen(project, options)
    if "line_item" in options:
        condition, values = f"{condition} and item = ?", [*values, options["line_item"]]
    # Columns come from the table above, never from the caller.
    kinds = "".join(f", {_KINDS[name]}" for name in groupings)
    day = "substr(requests.created, 1, 10) as day"
    return (
        f"select {day}, sum(microdollars) as spent{kinds} {_LINES} {condition} "
        f"group by day{kinds} order by day{kinds}",
        *values,
    )


def _group(row: sqlite3.Row, groupings: list[str]) -> Group:
    kinds = {name: row[_KINDS[name]] for name in groupings}
    if "tags" in kinds:
        kinds["tags"] = msgspec.json.decode(kinds["tags"])
    return Group(start=row["day"], end=row["day"], **kinds)


def fields(call: Call) -> BillingFields:
    """What the bill can be narrowed to: what occurs in it."""
    condition, values = chosen(call.project, call.options(Period))
    rows = call.store.rows(f"select distinct key, deployment, tags, item {_LINES} {condition}", *values)
    items = sorted({row["item"] for row in rows})
    return BillingFields(
        accessors=sorted({row["key"] for row in rows}),
        deployments=sorted({row["deployment"] for row in rows}),
        tags=sorted({tag for row in rows for tag in msgspec.json.decode(row["tags"])}),
        line_items={item: label(item) for item in items},
    )
