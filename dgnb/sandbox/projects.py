"""Projects: listed, renamed, deleted, left."""

from __future__ import annotations

import sqlite3

import msgspec

from dgnb.results import Message, Project, Projects
from dgnb.sandbox.calls import Call
from dgnb.sandbox.replies import bad_request
from dgnb.sandbox.store import timestamp


class Name(msgspec.Struct):
    """The body of a renaming."""

    name: str | None = None


def projects(call: Call) -> Projects:
    """The projects that the caller may see, oldest first."""
    rows = call.store.rows("select * from projects order by created, rowid")
    seen = [row for row in rows if call.caller.everywhere or row["id"] == call.caller.project]
    return Projects(projects=[Project(project_id=row["id"], name=row["name"]) for row in seen])


def project(call: Call) -> Project:
    """One project."""
    row: sqlite3.Row = call.store.rows("select * from projects where id = ?", call.project)[0]
    return Project(project_id=row["id"], name=row["name"], mip_opt_out=bool(row["mip_opt_out"]))


def rename(call: Call) -> Message:
    """Another name for a project."""
    name = call.content(Name).name
    if name is not None and not name.strip():
        raise bad_request("Bad Request: a project's name is not empty.")
    if name is not None:
        call.store.run("update projects set name = ? where id = ?", name, call.project)
    return Message(message="The project was updated.")


def delete(call: Call) -> Message:
    """The end of a project, and of its keys."""
    _end(call)
    return Message(message="The project was deleted.")


def leave(call: Call) -> Message:
    """The caller's leave of a project. One without members is no one's, and ends."""
    with call.store.changes():
        call.store.run("delete from members where project = ? and id = ?", call.project, call.caller.member)
        call.store.run(
            "update keys set deleted = ? where project = ? and member = ?",
            timestamp(), call.project, call.caller.member,
        )  # fmt: skip
    if not call.store.rows("select 1 from members where project = ?", call.project):
        _end(call)
    return Message(message="You have left the project.")


def _end(call: Call) -> None:
    with call.store.changes():
        # Keys are kept, so that they are known not to work any more.
        call.store.run(
            "update keys set deleted = ? where project = ? and deleted is null", timestamp(), call.project
        )
        call.store.run("delete from projects where id = ?", call.project)
