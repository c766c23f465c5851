"""``/v1/auth``: short-lived tokens, and what a credential is."""

from __future__ import annotations

import time
from typing import Any

import msgspec

from dgnb.results import Key, Token
from dgnb.sandbox import jwt
from dgnb.sandbox.access import ROLES, TOKEN_SCOPES
from dgnb.sandbox.calls import Call
from dgnb.sandbox.replies import RefusedError, bad_request

LIFE = 30.0
"""How long a token works by default [s]."""

LONGEST = 3600.0
"""How long it may be made to work [s]."""


class Grant(msgspec.Struct):
    """The body that asks for a token."""

    ttl_seconds: float | None = None


def grant(call: Call) -> Token:
    """A token for listening, speaking, reading and agents, booked like the key it was granted for."""
    if not ROLES["member"] <= call.caller.permissions:
        raise RefusedError(403, "FORBIDDEN", "Insufficient permissions.")
    life = call.content(Grant).ttl_seconds
    life = LIFE if life is None else life
    if not 1 <= life <= LONGEST:
        raise bad_request(f"Bad Request: ttl_seconds is a number from 1 to {LONGEST:g}, not {life:g}.")
    return Token(access_token=jwt.sign(_claims(call, life), call.store.secret), expires_in=life)


def _claims(call: Call, life: float) -> dict[str, Any]:
    now = time.time()
    return {
        "sub": call.caller.member,
        "iat": now,
        "exp": now + life,
        # The claim doubles the colon, the scope of a key does not.
        "scopes": [scope.replace(":", "::") for scope in TOKEN_SCOPES],
        "project": call.caller.project,
        "accessor": call.caller.key,
    }


def describe(call: Call) -> Key:
    """The credential that was used, without its secret."""
    row = call.store.rows("select * from keys where id = ?", call.caller.key)[0]
    return Key(
        api_key_id=row["id"],
        comment=row["comment"],
        scopes=list(call.caller.scopes),
        created=row["created"],
        expiration_date=row["expires"],
    )
