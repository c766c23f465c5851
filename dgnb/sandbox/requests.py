"""The log of the requests that were made."""

from __future__ import annotations

import sqlite3
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec

from dgnb.protocol.params import RequestsOptions
from dgnb.protocol.prices import dollars
from dgnb.results import Logged, RequestDetails, Requests
from dgnb.sandbox.calls import Call, missing
from dgnb.sandbox.catalogue import identity
from dgnb.sandbox.selection import chosen
from dgnb.sandbox.store import timestamp

KEPT = timedelta(days=90)
"""How far back the log goes, as documented; usage and bills go back to the beginning."""

_LOG = (
    "select requests.*, (select sum(microdollars) from charges where request = requests.id) as price "
    "from requests where {} and requests.created >= ?"
)
_ENDINGS = {"succeeded": " and code < 400", "failed": " and code >= 400"}


def requests(call: Call) -> Requests:
    """A page of the log, newest first."""
    options = call.options(RequestsOptions)
    limit, page = int(options.get("limit", 10)), int(options.get("page", 0))
    condition, values = chosen(call.project, options)
    query = _LOG.format(condition) + _ENDINGS.get(options.get("status", ""), "")
    query += " order by requests.created desc, requests.rowid desc limit ? offset ?"
    rows = call.store.rows(query, *values, _oldest(), limit, page * limit)
    return Requests(page=page, limit=limit, requests=[_logged(row) for row in rows])


def request(call: Call) -> RequestDetails:
    """One request of the log."""
    condition, values = chosen(call.project, {"request_id": call.ids["request_id"]})
    row = call.store.row(_LOG.format(condition), *values, _oldest())
    if row is None:
        raise missing("request")
    return RequestDetails(request=_logged(row))


def _oldest() -> str:
    return timestamp(datetime.now(UTC) - KEPT)


def _logged(row: sqlite3.Row) -> Logged:
    return Logged(
        request_id=row["id"],
        project_uuid=row["project"],
        created=row["created"],
        path=row["path"],
        api_key_id=row["key"],
        response=None if row["code"] is None else _response(row),
        code=row["code"],
        deployment=row["deployment"],
        callback=row["callback"],
    )


def _response(row: sqlite3.Row) -> dict[str, Any]:
    """What became of a request; unknown while it is still worked on."""
    options = msgspec.json.decode(row["options"])
    details = {
        "usd": dollars(row["price"] or 0),
        "duration": row["seconds"],
        "total_audio": row["seconds"] * row["channels"],
        "channels": row["channels"],
        "models": [identity(row["model"])] if row["model"] else [],
        "method": row["method"],
        "tags": msgspec.json.decode(row["tags"]),
        "features": msgspec.json.decode(row["features"]),
        "config": {name: values if len(values) > 1 else values[0] for name, values in options.items()},
    }
    if row["tokens_in"] or row["tokens_out"]:
        details["token_details"] = [{"input": row["tokens_in"], "output": row["tokens_out"]}]
    if row["endpoint"] == "speak":
        details["tts_details"] = {"characters": row["characters"]}
    return {"details": details, "code": row["code"], "completed": row["completed"]}
