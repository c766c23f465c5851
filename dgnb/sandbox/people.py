"""Members of a project, what they may do, and who was invited."""

from __future__ import annotations

import sqlite3

import msgspec

from dgnb.protocol.options import nearest
from dgnb.results import Invite, Invites, Member, Members, Message, Scopes
from dgnb.sandbox.access import ROLES
from dgnb.sandbox.calls import Call, missing
from dgnb.sandbox.replies import bad_request
from dgnb.sandbox.store import Store, new_id, timestamp


class Role(msgspec.Struct):
    """The body that gives a member a role."""

    scope: str


class Invitation(msgspec.Struct):
    """The body of an invitation."""

    email: str
    scope: str


def member(row: sqlite3.Row) -> Member:
    """Return a member as answers tell of one."""
    names = {name: row[name] or None for name in ("first_name", "last_name")}
    return Member(member_id=row["id"], email=row["email"], scopes=[row["role"]], **names)


def members(call: Call) -> Members:
    """The members of a project."""
    rows = call.store.rows("select * from members where project = ? order by rowid", call.project)
    return Members(members=[member(row) for row in rows])


def delete_member(call: Call) -> Message:
    """A member is put out of a project; the member's keys stop working."""
    row = _found(call)
    call.caller.need(f"{row['role']}s:write:kick")
    _keep_an_owner(call, row)
    with call.store.changes():
        call.store.run("delete from members where project = ? and id = ?", call.project, row["id"])
        call.store.run(
            "update keys set deleted = ? where project = ? and member = ?",
            timestamp(), call.project, row["id"],
        )  # fmt: skip
    return Message(message="The member was removed.")


def scopes(call: Call) -> Scopes:
    """What a member may do."""
    return Scopes(scopes=[_found(call)["role"]])


def set_scope(call: Call) -> Message:
    """Another role for a member."""
    row, role = _found(call), _role(call.content(Role).scope)
    for one in (row["role"], role):
        call.caller.need(f"{one}s:write:scopes")
    if role != "owner":
        _keep_an_owner(call, row)
    call.store.run("update members set role = ? where project = ? and id = ?", role, call.project, row["id"])
    return Message(message="The member's scope was updated.")


def invites(call: Call) -> Invites:
    """The open invitations to a project."""
    rows = call.store.rows("select * from invites where project = ? order by rowid", call.project)
    return Invites(invites=[Invite(email=row["email"], scope=row["role"]) for row in rows])


def create_invite(call: Call) -> Message:
    """An invitation; a second one to the same person takes the place of the first."""
    body = call.content(Invitation)
    role = _role(body.scope)
    call.caller.need(f"{role}s:write:invites")
    name, _, host = body.email.partition("@")
    if not name or not host:
        raise bad_request(f"Bad Request: {body.email!r} is not an e-mail address.")
    if call.store.row("select 1 from members where project = ? and email = ?", call.project, body.email):
        raise bad_request(f"Bad Request: {body.email} is a member already.")
    call.store.run("insert or replace into invites values (?, ?, ?)", call.project, body.email, role)
    return Message(message="The invitation was sent.")


def delete_invite(call: Call) -> Message:
    """An invitation is taken back."""
    gone = call.store.run(
        "delete from invites where project = ? and email = ?", call.project, call.ids["email"]
    )
    if not gone:
        raise missing("invite")
    return Message(message="The invitation was deleted.")


def join(store: Store, project: str, email: str, first_name: str = "", last_name: str = "") -> str:
    """Let an invited person accept, as by the link in the service's letter, and return the member's id.

    Raises
    ------
    RefusedError
        There is no such invitation.
    """
    row = store.row("select * from invites where project = ? and email = ?", project, email)
    if row is None:
        raise missing("invite")
    person = new_id()
    with store.changes():
        store.run("delete from invites where project = ? and email = ?", project, email)
        store.insert(
            "members",
            project=project, id=person, email=email, first_name=first_name, last_name=last_name,
            role=row["role"],
        )  # fmt: skip
    return person


def _found(call: Call) -> sqlite3.Row:
    row = call.store.row(
        "select * from members where project = ? and id = ?", call.project, call.ids["member_id"]
    )
    if row is None:
        raise missing("member")
    return row


def _role(scope: str) -> str:
    if scope not in ROLES:
        hint = nearest(scope, ROLES)
        raise bad_request(f"Bad Request: scope is one of {', '.join(ROLES)}, not {scope!r}.{hint}")
    return scope


def _keep_an_owner(call: Call, row: sqlite3.Row) -> None:
    query = "select 1 from members where project = ? and role = 'owner' and id != ?"
    if row["role"] == "owner" and not call.store.rows(query, call.project, row["id"]):
        raise bad_request("Bad Request: a project keeps at least one owner.")
