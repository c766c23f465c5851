"""API keys: made, listed, deleted. A secret is told once and kept only as a hash."""

from __future__ import annotations

import secrets
import sqlite3
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec

from dgnb.protocol.models import PRODUCTS
from dgnb.protocol.params import KeysOptions
from dgnb.results import CreatedKey, Key, KeyDetails, KeyHolder, Keys, Message, OwnedKey
from dgnb.sandbox.access import ROLES, digest, permissions
from dgnb.sandbox.calls import Call, missing
from dgnb.sandbox.replies import bad_request
from dgnb.sandbox.store import new_id, timestamp


class NewKey(msgspec.Struct):
    """The body that asks for a key."""

    comment: str
    scopes: list[str]
    tags: list[str] | None = None
    expiration_date: str | None = None
    time_to_live_in_seconds: float | None = None


def keys(call: Call) -> Keys:
    """The keys of a project: all that were not deleted, or only active or expired ones."""
    status = call.options(KeysOptions).get("status")
    rows = call.store.rows(_KEYS + " order by keys.rowid", call.project)
    wanted = [row for row in rows if status is None or status == ("expired" if _expired(row) else "active")]
    return Keys(api_keys=[OwnedKey(member=KeyHolder(**_holder(row)), api_key=_key(row)) for row in wanted])


def key(call: Call) -> KeyDetails:
    """One key, in its holder, as the service's newer documents have it."""
    row = _found(call)
    holder = KeyHolder(**_holder(row), api_key=_key(row))
    return KeyDetails(item=OwnedKey(member=holder))


def create(call: Call) -> CreatedKey:
    """A new key, of the caller's own account and with no more than the caller's own permissions."""
    asked = call.content(NewKey)
    _check_scopes(call, asked.scopes)
    secret, made, expires = secrets.token_hex(20), new_id(), _end(asked)
    call.store.insert(
        "keys",
        id=made, project=call.project, member=call.caller.member, comment=asked.comment,
        scopes=_text(asked.scopes), tags=None if asked.tags is None else _text(asked.tags),
        created=timestamp(), expires=expires, digest=digest(secret),
    )  # fmt: skip
    return CreatedKey(
        api_key_id=made,
        key=secret,
        comment=asked.comment,
        scopes=asked.scopes,
        tags=asked.tags,
        expiration_date=expires,
    )


def delete(call: Call) -> Message:
    """The end of a key: it is kept, so that it is known not to work any more."""
    call.store.run("update keys set deleted = ? where id = ?", timestamp(), _found(call)["id"])
    return Message(message="The key was deleted.")


_KEYS = (
    "select keys.*, email, first_name, last_name from keys "
    "left join members on members.project = keys.project and members.id = keys.member "
    "where keys.project = ? and deleted is null"
)


def _found(call: Call) -> sqlite3.Row:
    row = call.store.row(_KEYS + " and keys.id = ?", call.project, call.ids["key_id"])
    if row is None:
        raise missing("key")
    return row


def _expired(row: sqlite3.Row) -> bool:
    return bool(row["expires"]) and row["expires"] <= timestamp()


def _key(row: sqlite3.Row) -> Key:
    return Key(
        api_key_id=row["id"],
        comment=row["comment"],
        scopes=msgspec.json.decode(row["scopes"]),
        tags=msgspec.json.decode(row["tags"]) if row["tags"] else None,
        created=row["created"],
        expiration_date=row["expires"],
    )


def _holder(row: sqlite3.Row) -> dict[str, Any]:
    names = {name: row[name] or None for name in ("first_name", "last_name")}
    return {"member_id": row["member"], "email": row["email"], **names}


def _text(items: Sequence[str]) -> str:
    return msgspec.json.encode(items).decode()


def _check_scopes(call: Call, scopes: Sequence[str]) -> None:
    known = ROLES.keys() | ROLES["owner"] | set(PRODUCTS)
    unknown = [scope for scope in scopes if scope not in known]
    if unknown or not scopes:
        given = f", not {unknown[0]!r}" if unknown else ""
        text = f"scopes are roles ({', '.join(ROLES)}) or permissions such as usage:write{given}."
        raise bad_request(f"Bad Request: {text}")
    for permission in sorted(permissions(scopes) & ROLES["owner"]):
        call.caller.need(permission)


def _end(asked: NewKey) -> str | None:
    """When a key ends to work."""
    if asked.expiration_date is not None and asked.time_to_live_in_seconds is not None:
        raise bad_request("Bad Request: give expiration_date or time_to_live_in_seconds, not both.")
    now = datetime.now(UTC)
    try:
        end = _moment(asked.expiration_date)
        if asked.time_to_live_in_seconds is not None:
            end = now + timedelta(seconds=asked.time_to_live_in_seconds)
    except (ValueError, OverflowError) as error:
        raise bad_request(f"Bad Request: when a key expires cannot be read: {error}.") from error
    if end is not None and end <= now:
        raise bad_request("Bad Request: a key expires in the future.")
    return None if end is None else timestamp(end)


def _moment(text: str | None) -> datetime | None:
    """A moment in ISO 8601; without a time zone it is in UTC."""
    if text is None:
        return None
    moment = datetime.fromisoformat(text)
    return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
