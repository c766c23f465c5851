"""The dashboard *Usage*: what a project did, what that cost, what failed, and which keys it has."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future
from datetime import UTC, datetime
from operator import attrgetter
from typing import Any
from urllib.parse import urlsplit

from ipywidgets import VBox, Widget

from dgnb.client import Deepgram
from dgnb.dashboards.board import Board, close_all
from dgnb.dashboards.code import call
from dgnb.dashboards.results import Make, Results, drawn, grid, html, note
from dgnb.dashboards.work import away, told
from dgnb.errors import DgnbError
from dgnb.protocol.params import Period
from dgnb.results import Balances, BillingBreakdown, Keys, Requests, Usage, UsageBreakdown
from dgnb.transport.loop import shared
from dgnb.views.cells import cell, moment, when
from dgnb.views.fragments import article, escape
from dgnb.views.spending import daily
from dgnb.views.text import count
from dgnb.widgets.chooser import Chooser
from dgnb.widgets.form import Form

MOST = 100
"""Failed requests that are listed."""

SOON = 14
"""A key that expires within so many days is marked."""

_FAILED = ("request", "when", "status", "endpoint", "method")

_STYLE = """.dgnb-result .dgnb-tiles { display: flex; flex-wrap: wrap; gap: .75em;
  margin: 0 0 1em; padding: 0 }
.dgnb-result .dgnb-tiles div { border: 1px solid var(--jp-border-color2, #80808066);
  border-radius: 6px; padding: .5em 1em; min-width: 8em }
.dgnb-result .dgnb-tiles :is(dt, dd) { float: none; width: auto; margin: 0; padding: 0 }
.dgnb-result .dgnb-tiles dt { color: var(--jp-ui-font-color2, inherit); font-weight: 400 }
.dgnb-result .dgnb-tiles dd { font-size: 1.5em; font-weight: 600;
  font-variant-numeric: tabular-nums }"""


class Account(Board):
    """A dashboard of a project's usage. `found` has what was asked for, by its name in the code.

    Parameters
    ----------
    client : Deepgram, optional
    """

    def __init__(self, client: Deepgram | None = None) -> None:
        super().__init__(
            client, "Usage", "What was done, what it cost, what failed, and which keys there are."
        )
        self.form = Form(Period, label="Period")
        self.forms = [self.form]
        self.failures = Chooser(_FAILED, ("status", "endpoint"), several=False, label="Failed requests")
        self.failures.empty = "No request has failed. Well done."
        self.details = VBox([])
        self.asked: Future[None] | None = None
        self.failures.observe(lambda change: self._drill(change["new"]), "chosen")
        self.results = Results(keep=(self.failures, self.details))
        self.found: dict[str, Any] = {}
        self.run = self.start("Refresh", self._refresh)
        self.lay_out(self.form, self.actions(self.run), self.results, self.code)
        self._refresh()

    def _refresh(self) -> None:
        self.begin("Asking", self._ask)

    async def _ask(self) -> str:
        period = self.form.options
        calls = _calls(period)
        self.show_code(*(f"{name} = {call(path, **options)}" for name, (path, options) in calls.items()))
        found = await asyncio.gather(
            *(_answer(attrgetter(path)(self.client), options) for path, options in calls.values())
        )
        refused = [each for each in found if isinstance(each, Exception)]
        if len(refused) == len(found):
            raise refused[0]
        self.found = dict(zip(calls, found, strict=True))
        self._offer(self.found["failed"])
        self.results.show(self._pages())
        told_of = f"{len(refused)} of {len(found)} questions were refused." if refused else ""
        return told_of or "This is how it stands now."

    def _pages(self) -> Mapping[str, Make]:
        found = self.found
        return {
            "Days": lambda: _page(_days, found, "used", "cost", "credit"),
            "Tags": lambda: _page(_tags, found, "by_tag", "cost_by_tag"),
            "Endpoints": lambda: _page(_endpoints, found, "by_endpoint"),
            "Failed requests": self._failed,
            "Keys": lambda: _page(_keys, found, "keys"),
        }

    def _offer(self, failed: Any) -> None:
        rows = [_row(request) for request in failed] if isinstance(failed, Requests) else []
        self.failures.offer(rows)

    def _failed(self) -> Widget:
        if isinstance(self.found["failed"], Exception):
            return note(told(self.found["failed"]))
        return VBox([self.failures, self.details])

    def _drill(self, chosen: Sequence[str]) -> None:
        if chosen:
            self.asked = shared().submit(self._show(chosen[0]))
        else:
            self._detail([])

    async def _show(self, request_id: str) -> None:
        """Show all there is to know of a request."""
        found = await _answer(self.client.requests.get, {"request_id": request_id})
        if self.failures.chosen != [request_id]:
            return
        if isinstance(found, Exception):
            self._detail([note(told(found))])
            return
        self.code.text += f"\nrequest = {call('requests.get', request_id)}"
        self._detail([html(found._repr_html_())])

    def _detail(self, shown: list[Widget]) -> None:
        before, self.details.children = self.details.children, shown
        close_all(before)


def _calls(period: Mapping[str, Any]) -> dict[str, tuple[str, dict[str, Any]]]:
    """What is asked: the client's method and its options, by the name in the code."""
    return {
        "used": ("usage", {**period}),
        "by_tag": ("usage.breakdown", {**period, "grouping": "tags"}),
        "by_endpoint": ("usage.breakdown", {**period, "grouping": "endpoint"}),
        "cost": ("billing", {**period}),
        "cost_by_tag": ("billing", {**period, "grouping": "tags"}),
        "credit": ("balances", {}),
        "failed": ("requests", {**period, "status": "failed", "limit": MOST}),
        "keys": ("keys", {}),
    }


async def _answer(ask: Callable[..., Any], options: Mapping[str, Any]) -> Any:
    """What is answered, or the error; a key may not see everything."""
    try:
        return await away(lambda: ask(**options))
    except DgnbError as error:
        return error


def _page(make: Callable[..., str], found: Mapping[str, Any], *names: str) -> Widget:
    parts = [found[name] for name in names]
    refused = next((each for each in parts if isinstance(each, Exception)), None)
    return html(make(*parts)) if refused is None else note(told(refused))


def _days(used: Usage, cost: BillingBreakdown, credit: Balances) -> str:
    spent: dict[str, float] = defaultdict(float)
    for line in cost:
        spent[_day(line.grouping.start if line.grouping else "")] += line.dollars or 0.0
    days = {_day(each.start): each for each in used}
    rows = [
        [day, cell(one.requests), f"{_hours(one):.4f}", _characters(one), _money(spent[day])]
        for day, one in sorted(days.items(), reverse=True)
    ]
    plot = drawn(daily(spent)) if any(spent.values()) else ""
    table = _grid("Days", ("day", "requests", "hours", "characters spoken", "cost"), rows)
    return _glance(used, sum(spent.values()), credit) + plot + table


def _glance(used: Usage, spent: float, credit: Balances) -> str:
    tiles = {
        "requests": cell(sum(each.requests or 0 for each in used)),
        "hours": f"{sum(map(_hours, used)):.3f}",
        "spent": _money(spent),
        **{f"left, {each.units or ''}": cell(round(each.amount or 0.0, 2)) for each in credit},
    }
    shown = "".join(
        f"<div><dt>{escape(name)}</dt><dd>{escape(one)}</dd></div>" for name, one in tiles.items()
    )
    return article("At a glance", [f'<dl class="dgnb-tiles">{shown}</dl>'], _STYLE)


def _hours(one: Any) -> float:
    """The hours of a line of usage, which newer ones give in total."""
    return float(one.total_hours or one.hours or 0)


def _grid(label: str, heads: Sequence[str], rows: list[list[str]]) -> str:
    return grid(label, heads, rows) if rows else "<p>Nothing was used in this time.</p>"


def _characters(one: Any) -> str:
    return cell(one.tts.characters) if one.tts else ""


def _tags(used: UsageBreakdown, cost: BillingBreakdown) -> str:
    spent: dict[str, float] = defaultdict(float)
    for line in cost:
        spent[_tag(line)] += line.dollars or 0.0
    rows: dict[str, list[float]] = defaultdict(lambda: [0.0, 0.0])
    for line in used:
        rows[_tag(line)][0] += line.requests or 0
        rows[_tag(line)][1] += _hours(line)
    told_rows = [
        [tag, cell(n), f"{hours:.4f}", _money(spent[tag])] for tag, (n, hours) in sorted(rows.items())
    ]
    return _grid("Tags", ("tag", "requests", "hours", "cost"), told_rows)


def _endpoints(used: UsageBreakdown) -> str:
    rows = [
        [
            (each.grouping.endpoint if each.grouping else "") or "",
            cell(each.requests),
            f"{_hours(each):.4f}",
        ]
        for each in used
    ]
    return _grid("Endpoints", ("endpoint", "requests", "hours"), rows)


def _keys(keys: Keys) -> str:
    rows = [
        [
            key.comment or key.api_key_id or "",
            cell(key.scopes),
            cell(key.tags),
            when(key.created),
            expiry(key.expiration_date),
        ]
        for key in (each.key for each in keys)
        if key is not None
    ]
    return grid(f"{count(len(rows), 'key')}", ("key", "scopes", "tags", "created", "expires"), rows)


def expiry(date: str | None, now: datetime | None = None) -> str:
    """Return when a key expires, in words.

    Examples
    --------
    >>> today = datetime(2026, 11, 22, tzinfo=UTC)
    >>> expiry(None), expiry("2026-11-30", today), expiry("2026-11-01", today)
    ('never', '2026-11-30, in 8 days: renew it', '2026-11-01, expired')
    """
    end = moment(date)
    if end is None:
        return date or "never"
    left = (end - (now or datetime.now(UTC))).days
    if left < 0:
        return f"{when(date)}, expired"
    return f"{when(date)}, in {count(left, 'day')}" + (": renew it" if left < SOON else "")


def _day(text: str | None) -> str:
    return (text or "")[:10]


def _tag(line: Any) -> str:
    tags = line.grouping.tags if line.grouping else None
    return (tags if isinstance(tags, str) else ", ".join(tags or [])) or "no tag"


def _money(dollars: float) -> str:
    if 0 < dollars < 0.0001:
        return "under $0.0001"
    return f"${dollars:,.4f}" if dollars < 1 else f"${dollars:,.2f}"


def _row(request: Any) -> dict[str, str]:
    details = (request.response or {}).get("details") or {}
    method = details.get("method", "") if isinstance(details, dict) else ""
    return {
        "id": request.request_id or "",
        "request": request.request_id or "",
        "when": when(request.created),
        "status": str(request.code or ""),
        # A URL's query may hold what is private.
        "endpoint": urlsplit(request.path or "").path,
        "method": str(method),
    }
