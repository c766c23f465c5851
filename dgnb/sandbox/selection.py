"""Which requests a report is about: the filters that logs, usage and billing share."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any

from dgnb.results import Resolution
from dgnb.sandbox.catalogue import canonical, catalogue
from dgnb.sandbox.ledger import FEATURES
from dgnb.sandbox.replies import bad_query
from dgnb.sandbox.store import Store, timestamp

_COLUMNS = {
    "accessor": "key",
    "deployment": "deployment",
    "endpoint": "endpoint",
    "method": "method",
    "request_id": "requests.id",
}

_IN = "exists (select 1 from json_each({}) where value = ?)"

Condition = tuple[str, list[Any]]


def chosen(project: str, options: Mapping[str, Any]) -> Condition:
    """Return the SQL condition for the requests that options choose, and its values.

    Of the features that are asked for with ``true`` a request needs any, of
    those with ``false`` it must have none, as the service documents.

    Raises
    ------
    RefusedError
        A date cannot be read.

    Examples
    --------
    >>> chosen("p", {"endpoint": "listen", "diarize": False})[0]
    'project = ? and endpoint = ? and not exists (select 1 from json_each(features) where value = ?)'
    """
    parts: list[Condition] = [("project = ?", [project])]
    parts += [(f"{column} = ?", [options[name]]) for name, column in _COLUMNS.items() if name in options]
    parts += _in_period(options)
    if "model" in options:
        parts.append(("model = ?", [_named(options["model"])]))
    if "tag" in options:
        parts.append((_IN.format("tags"), [options["tag"]]))
    parts += _with_features(options)
    return " and ".join(text for text, _ in parts), [value for _, values in parts for value in values]


def _in_period(options: Mapping[str, Any]) -> Iterator[Condition]:
    if "start" in options:
        yield "requests.created >= ?", [timestamp(_moment("start", options["start"]))]
    if "end" in options:
        yield "requests.created < ?", [timestamp(_moment("end", options["end"], last=True))]


def _with_features(options: Mapping[str, Any]) -> Iterator[Condition]:
    wanted = [name for name in FEATURES if options.get(name) is True]
    if wanted:
        yield f"({' or '.join([_IN.format('features')] * len(wanted))})", wanted
    for name in FEATURES:
        if options.get(name) is False:
            yield "not " + _IN.format("features"), [name]


def _named(model: str) -> str:
    """The name of a model that is given by its id or by one of its names."""
    everything = catalogue(outdated=True).items
    return next((one.canonical_name or "" for one in everything if one.uuid == model), canonical(model))


def _moment(name: str, text: str, last: bool = False) -> datetime:
    """A day's first moment or, of the last day, the moment after it; a time as it is given."""
    try:
        if len(text) <= 10:
            day = datetime.combine(date.fromisoformat(text), datetime.min.time(), UTC)
            return day + timedelta(days=1) if last else day
        moment = datetime.fromisoformat(text)
        moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
        return moment.astimezone(UTC) + (timedelta(microseconds=1) if last else timedelta())
    except (ValueError, OverflowError) as error:
        raise bad_query(f"{name} is a date, YYYY-MM-DD, not {text!r}.") from error


def period(store: Store, project: str, options: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a report says of its own time: from when to when, and in days."""
    row = store.row(
        "select min(created) from (select created from projects where id = ? "
        "union all select min(created) from requests where project = ?)",
        project, project,
    )  # fmt: skip
    first = row[0] if row else timestamp()
    return {
        "start": options.get("start", first)[:10],
        "end": options.get("end", timestamp())[:10],
        "resolution": Resolution(units="day", amount=1),
    }
