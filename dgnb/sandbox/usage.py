"""What was used, by days and by kinds. Requests that are still worked on are not counted yet."""

from __future__ import annotations

import sqlite3

import msgspec

from dgnb.protocol.params import Period, UsageBreakdownOptions, UsageOptions
from dgnb.results import (
    Group,
    SpokenCount,
    TokenCount,
    Usage,
    UsageBreakdown,
    UsageFields,
    UsageGroup,
    UsageStretch,
    UsedModel,
)
from dgnb.sandbox.calls import Call
from dgnb.sandbox.catalogue import catalogue, identity
from dgnb.sandbox.selection import chosen, period

_COUNTS = (
    "substr(requests.created, 1, 10) as day, count(*) as requests, "
    "total(seconds * (endpoint = 'listen')) / 3600 as hours, "
    "total(seconds * channels * (endpoint = 'listen')) / 3600 as total_hours, "
    "total(seconds * (endpoint = 'agent')) / 3600 as agent_hours, "
    "sum(tokens_in) as tokens_in, sum(tokens_out) as tokens_out, "
    "sum(characters) as tts_characters, sum(endpoint = 'speak') as spoken"
)

_KINDS = {
    "accessor": "key",
    "endpoint": "endpoint",
    "feature_set": "features",
    "models": "json_array(model)",
    "method": "method",
    "tags": "tags",
    "deployment": "deployment",
}
"""The column that each grouping goes by."""

_LISTS = ("models", "tags")
"""Groupings whose value is a list; requests with the same list are one group, so that none counts twice."""


def usage(call: Call) -> Usage:
    """What was used on each day on which there were requests."""
    options = call.options(UsageOptions)
    condition, values = chosen(call.project, options)
    query = f"select {_COUNTS} from requests where {condition} and code is not null "  # noqa: S608
    query += "group by day order by day"
    results = [_stretch(row) for row in call.store.rows(query, *values)]
    return Usage(**period(call.store, call.project, options), results=results)


def _stretch(row: sqlite3.Row) -> UsageStretch:
    return UsageStretch(
        start=row["day"],
        end=row["day"],
        hours=row["hours"],
        total_hours=row["total_hours"],
        requests=row["requests"],
        tokens=TokenCount(in_=row["tokens_in"], out=row["tokens_out"]),
        tts=SpokenCount(characters=row["tts_characters"], requests=row["spoken"]),
    )


def breakdown(call: Call) -> UsageBreakdown:
    """What was used on each day, and of each kind when a grouping is asked for."""
    options = call.options(UsageBreakdownOptions)
    grouping = options.get("grouping", "")
    condition, values = chosen(call.project, options)
    # The column comes from the table above, never from the caller.
    query = (
        f"select {_COUNTS}, {_KINDS.get(grouping, 'null')} as kind from requests "  # noqa: S608
        f"where {condition} and code is not null group by day, kind order by day, kind"
    )
    results = [_counted(row, grouping) for row in call.store.rows(query, *values)]
    return UsageBreakdown(**period(call.store, call.project, options), results=results)


def _counted(row: sqlite3.Row, grouping: str) -> UsageGroup:
    return UsageGroup(
        hours=row["hours"],
        total_hours=row["total_hours"],
        agent_hours=row["agent_hours"],
        tokens_in=row["tokens_in"],
        tokens_out=row["tokens_out"],
        tts_characters=row["tts_characters"],
        requests=row["requests"],
        grouping=_group(row, grouping),
    )


def _group(row: sqlite3.Row, grouping: str) -> Group:
    """Which day, and which kind."""
    kind = row["kind"]
    if grouping in _LISTS:
        kind = [item for item in msgspec.json.decode(kind) if item]
    if grouping == "feature_set":
        kind = ",".join(msgspec.json.decode(kind))
    return Group(start=row["day"], end=row["day"], **({grouping: kind} if grouping else {}))


def fields(call: Call) -> UsageFields:
    """What usage can be narrowed to: what occurs in it."""
    condition, values = chosen(call.project, call.options(Period))
    query = f"select distinct model, method, features, tags from requests where {condition}"  # noqa: S608
    rows = call.store.rows(query, *values)
    return UsageFields(
        models=[_used(name) for name in sorted({row["model"] for row in rows if row["model"]})],
        tags=_items(rows, "tags"),
        processing_methods=sorted({row["method"] for row in rows}),
        features=_items(rows, "features"),
    )


def _items(rows: list[sqlite3.Row], column: str) -> list[str]:
    return sorted({item for row in rows for item in msgspec.json.decode(row[column])})


def _used(name: str) -> UsedModel:
    model = next((model for model in catalogue(outdated=True).items if model.uuid == identity(name)), None)
    languages = model.languages if model else None
    return UsedModel(
        name=name,
        language=languages[0] if languages else None,
        version=model.version if model else None,
        model_id=identity(name),
    )
