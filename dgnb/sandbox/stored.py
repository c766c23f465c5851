"""What a project keeps at the service: agents, their variables, self-hosted credentials."""

from __future__ import annotations

import re
import sqlite3
from typing import Annotated, Any

import msgspec

from dgnb.protocol.models import PRODUCTS
from dgnb.protocol.params import CredentialOptions
from dgnb.results import (
    Distribution,
    DistributionCredential,
    DistributionCredentials,
    Member,
    Message,
    StoredAgent,
    StoredAgents,
    Variable,
    Variables,
)
from dgnb.sandbox.calls import BadJsonError, Call, missing
from dgnb.sandbox.replies import bad_query, bad_request
from dgnb.sandbox.store import new_id, timestamp

_KEY = re.compile(r"DG_[A-Z0-9_]+")


Version = Annotated[int, msgspec.Meta(ge=0, lt=2**31)]


class NewAgent(msgspec.Struct):
    """The body that stores an agent: its configuration is a text of JSON."""

    config: str
    metadata: dict[str, Any] | None = None
    api_version: Version | None = None


class AgentChange(msgspec.Struct):
    """The body that changes an agent; only its metadata can be changed."""

    metadata: dict[str, Any]
    config: Any = None


class NewVariable(msgspec.Struct):
    """The body that makes a variable."""

    key: str
    value: Any
    api_version: Version | None = None


class VariableChange(msgspec.Struct):
    """The body that changes a variable."""

    value: Any


class Comment(msgspec.Struct):
    """The body that makes a credential."""

    comment: str | None = None


def agents(call: Call) -> StoredAgents:
    """The stored agents of a project."""
    rows = call.store.rows("select * from agents where project = ? order by rowid", call.project)
    return StoredAgents(agents=[_agent(row) for row in rows])


def agent(call: Call) -> StoredAgent:
    """One stored agent."""
    return _agent(_found(call, "agents", "agent"))


def create_agent(call: Call) -> StoredAgent:
    """A stored agent."""
    asked = call.content(NewAgent)
    try:
        msgspec.json.decode(asked.config, type=dict[str, Any])
    except msgspec.DecodeError as error:
        raise BadJsonError(f"config is not the text of a JSON object: {error}") from error
    made, now = new_id(), timestamp()
    call.store.insert(
        "agents",
        id=made, project=call.project, config=asked.config, metadata=_text(asked.metadata),
        api_version=asked.api_version, created=now, updated=now,
    )  # fmt: skip
    return _agent(call.store.rows("select * from agents where id = ?", made)[0])


def update_agent(call: Call) -> StoredAgent:
    """Other metadata for an agent."""
    row, change = _found(call, "agents", "agent"), call.content(AgentChange)
    if change.config is not None:
        raise bad_request("Bad Request: config cannot be changed; delete the agent and store another.")
    call.store.run(
        "update agents set metadata = ?, updated = ? where id = ?",
        _text(change.metadata), timestamp(), row["id"],
    )  # fmt: skip
    return agent(call)


def delete_agent(call: Call) -> Message:
    """The end of a stored agent."""
    return _delete(call, "agents", "agent")


def _agent(row: sqlite3.Row) -> StoredAgent:
    return StoredAgent(
        agent_id=row["id"],
        config=msgspec.json.decode(row["config"]),
        metadata=msgspec.json.decode(row["metadata"]),
        created_at=row["created"],
        updated_at=row["updated"],
    )


def variables(call: Call) -> Variables:
    """The variables of a project."""
    rows = call.store.rows("select * from variables where project = ? order by rowid", call.project)
    return Variables(variables=[_variable(row) for row in rows])


def variable(call: Call) -> Variable:
    """One variable."""
    return _variable(_found(call, "variables", "variable"))


def create_variable(call: Call) -> Variable:
    """A variable."""
    asked = call.content(NewVariable)
    if not _KEY.fullmatch(asked.key):
        raise bad_request(f"Bad Request: key looks like DG_NAME, not {asked.key!r}.")
    if call.store.row("select 1 from variables where project = ? and key = ?", call.project, asked.key):
        raise bad_request(f"Bad Request: there is a variable {asked.key} already.")
    made, now = new_id(), timestamp()
    call.store.insert(
        "variables",
        id=made, project=call.project, key=asked.key, value=_text(asked.value),
        api_version=asked.api_version, created=now, updated=now,
    )  # fmt: skip
    return _variable(call.store.rows("select * from variables where id = ?", made)[0])


def update_variable(call: Call) -> Variable:
    """Another value for a variable."""
    row, value = _found(call, "variables", "variable"), call.content(VariableChange).value
    call.store.run(
        "update variables set value = ?, updated = ? where id = ?", _text(value), timestamp(), row["id"]
    )
    return variable(call)


def delete_variable(call: Call) -> Message:
    """The end of a variable."""
    return _delete(call, "variables", "variable")


def _variable(row: sqlite3.Row) -> Variable:
    return Variable(
        variable_id=row["id"],
        key=row["key"],
        value=msgspec.json.decode(row["value"]),
        created_at=row["created"],
        updated_at=row["updated"],
    )


def credentials(call: Call) -> DistributionCredentials:
    """The self-hosted credentials of a project."""
    rows = call.store.rows(_CREDENTIALS + " order by credentials.rowid", call.project)
    return DistributionCredentials(distribution_credentials=[_credential(row) for row in rows])


def credential(call: Call) -> DistributionCredential:
    """One self-hosted credential."""
    return _credential_of(call, call.ids["distribution_credentials_id"])


def create_credential(call: Call) -> DistributionCredential:
    """A self-hosted credential, of the caller's account."""
    options, made = call.options(CredentialOptions), new_id()
    scopes = options.get("scopes", ["self-hosted:products"])
    unknown = [scope for scope in scopes if scope not in PRODUCTS]
    if unknown:
        raise bad_query(f"scopes are of {', '.join(PRODUCTS)}, not {unknown[0]!r}.")
    call.store.insert(
        "credentials",
        id=made, project=call.project, member=call.caller.member, provider=options.get("provider", "quay"),
        comment=call.content(Comment).comment, scopes=_text(scopes), created=timestamp(),
    )  # fmt: skip
    return _credential_of(call, made)


def delete_credential(call: Call) -> DistributionCredential:
    """The end of a self-hosted credential; the answer shows it once more."""
    gone = credential(call)
    call.store.run("delete from credentials where id = ?", call.ids["distribution_credentials_id"])
    return gone


_CREDENTIALS = (
    "select credentials.*, email from credentials left join members "
    "on members.project = credentials.project and members.id = credentials.member "
    "where credentials.project = ?"
)


def _credential_of(call: Call, credential_id: str) -> DistributionCredential:
    row = call.store.row(_CREDENTIALS + " and credentials.id = ?", call.project, credential_id)
    if row is None:
        raise missing("credentials")
    return _credential(row)


def _credential(row: sqlite3.Row) -> DistributionCredential:
    about = Distribution(
        distribution_credentials_id=row["id"],
        provider=row["provider"],
        comment=row["comment"],
        scopes=msgspec.json.decode(row["scopes"]),
        created=row["created"],
    )
    member = Member(member_id=row["member"], email=row["email"])
    return DistributionCredential(member=member, distribution_credentials=about)


def _found(call: Call, table: str, what: str) -> sqlite3.Row:
    # The table is one of this module's own two names.
    query = f"select * from {table} where project = ? and id = ?"  # noqa: S608
    row = call.store.row(query, call.project, call.ids[f"{what}_id"])
    if row is None:
        raise missing(what)
    return row


def _delete(call: Call, table: str, what: str) -> Message:
    row = _found(call, table, what)
    call.store.run(f"delete from {table} where id = ?", row["id"])  # noqa: S608
    return Message(message=f"The {what} was deleted.")


def _text(value: Any) -> str:
    return msgspec.json.encode(value).decode()
