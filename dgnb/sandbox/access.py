"""Who asks, and what they may do: credentials, roles, permissions.

The sandbox takes any credential as its owner's, so that lessons need no key.
What it knows better it treats as the service does: a key that was made here has
the scopes it was given and stops working when it is deleted or has expired; a
token that was granted here is checked and is no use for account calls.
"""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

import msgspec

from dgnb.sandbox import jwt
from dgnb.sandbox.replies import RefusedError
from dgnb.sandbox.store import Store, timestamp

SCHEMES = ("token", "bearer")
"""Forms of ``Authorization`` that are taken, in any case of letters."""

_MEMBER = "project:read project:write keys:read keys:write usage:read usage:write"
_ADMIN = (
    f"{_MEMBER} members:read members:read:invites members:read:scopes members:write members:write:invites "
    "members:write:scopes members:write:kick admins:read admins:read:invites admins:read:scopes "
    "admins:write admins:write:invites admins:write:scopes admins:write:kick owners:read "
    "owners:read:invites owners:read:scopes billing:read"
)
_OWNER = (
    f"{_ADMIN} project:write:settings project:write:destroy owners:write owners:write:invites "
    "owners:write:scopes owners:write:kick billing:write"
)

ROLES = {
    "owner": frozenset(_OWNER.split()),
    "admin": frozenset(_ADMIN.split()),
    "member": frozenset(_MEMBER.split()),
}
"""What each role may do, as the service documents it."""

TOKEN_SCOPES = ("usage:write",)
"""What a granted token may do."""


@dataclass(frozen=True)
class Caller:
    """Who makes a call.

    Parameters
    ----------
    key : str
        Id of the key that was used or that a token was granted for.
    project, member : str
        To whom the key belongs.
    scopes : tuple of str
    everywhere : bool
        Whether every project of the sandbox is open to it.
    """

    key: str = ""
    project: str = ""
    member: str = ""
    scopes: tuple[str, ...] = ()
    everywhere: bool = False

    @cached_property
    def permissions(self) -> frozenset[str]:
        """All that its scopes allow."""
        return permissions(self.scopes)

    def need(self, permission: str) -> None:
        """Raise `RefusedError` without a permission; an empty one is always there."""
        if permission and permission not in self.permissions:
            text = f"User does not have sufficient permissions: {permission} is needed."
            raise RefusedError(401, "INSUFFICIENT_PERMISSIONS", text)


NOBODY = Caller()
"""Who calls without a credential where none is needed."""


def permissions(scopes: Iterable[str]) -> frozenset[str]:
    """Return all that scopes allow: a role its permissions, a permission itself, writing also reading.

    Examples
    --------
    >>> sorted(permissions(["usage:write"]))
    ['usage:read', 'usage:write']
    """
    found: set[str] = set()
    for scope in scopes:
        found |= ROLES.get(scope) or {scope, scope.replace(":write", ":read", 1)}
    return frozenset(found)


def identify(store: Store, headers: Mapping[str, str]) -> Caller:
    """Return who calls.

    Parameters
    ----------
    store : Store
    headers : mapping
        Of the request; names in lower case.

    Raises
    ------
    RefusedError
        There is no credential; or it is a key or token that does not work any more.
    """
    scheme, secret = credential(headers)
    if not secret:
        raise _stranger()
    if jwt.is_token(secret):
        return _by_token(store, secret if scheme == "bearer" else "")
    key = store.row("select * from keys where digest = ?", digest(secret))
    return _holder(key) if key else _anyone(store)


def credential(headers: Mapping[str, str]) -> tuple[str, str]:
    """Return the scheme and the secret of a request, empty without one.

    A browser's socket cannot set headers; it offers the two as subprotocols.

    Examples
    --------
    >>> credential({"authorization": "Token abc"}), credential({"sec-websocket-protocol": "token, abc"})
    (('token', 'abc'), ('token', 'abc'))
    """
    scheme, _, secret = headers.get("authorization", "").partition(" ")
    if not secret:
        scheme, _, secret = headers.get("sec-websocket-protocol", "").partition(",")
    found = scheme.strip().lower()
    return (found, secret.strip()) if found in SCHEMES else ("", "")


def digest(secret: str) -> str:
    """Return what is kept of a secret: enough to know it again, not enough to use it."""
    return hashlib.sha256(secret.encode()).hexdigest()


def _stranger() -> RefusedError:
    return RefusedError(401, "INVALID_AUTH", "Invalid credentials.")


def _holder(key: sqlite3.Row) -> Caller:
    if key["deleted"] or (key["expires"] and key["expires"] <= timestamp()):
        raise _stranger()
    scopes = tuple(msgspec.json.decode(key["scopes"]))
    return Caller(key["id"], key["project"], key["member"], scopes, bool(key["open"]))


def _by_token(store: Store, token: str) -> Caller:
    try:
        found = jwt.claims(token, store.secret)
    except jwt.TokenError as error:
        raise _stranger() from error
    key = store.row("select * from keys where id = ?", found["accessor"])
    if key is None:
        raise _stranger()
    holder = _holder(key)
    return Caller(holder.key, holder.project, holder.member, TOKEN_SCOPES)


def _anyone(store: Store) -> Caller:
    """The owner, with the project's open key; it is made anew when it was deleted."""
    project = store.row("select id from projects order by created, rowid limit 1")
    if project is None:
        raise _stranger()
    key = store.row(_OPEN, project["id"])
    if key is None:
        store.add_open_key(project["id"])
        key = store.rows(_OPEN, project["id"])[0]
    return _holder(key)


_OPEN = "select * from keys where project = ? and open and deleted is null"
