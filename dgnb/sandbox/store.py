"""What the sandbox remembers: projects, people, keys, requests, money; in memory or in a file."""

from __future__ import annotations

import secrets
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from threading import RLock
from typing import Any
from uuid import uuid4

from dgnb.errors import OptionError

VERSION = 1
"""Version of the tables; a file with another one is refused."""

CREDIT = 200_000_000
"""What a new project is given, in millionths of a dollar: the service's 200 USD for new accounts."""

OWNER = ("owner@sandbox.example", "Sandy", "Box")
"""The person who owns everything at first: email, first and last name."""

_TABLES = """
create table settings (name text primary key, value text not null);
create table projects (
  id text primary key, name text not null, mip_opt_out integer not null default 0, created text not null);
create table members (
  project text not null references projects on delete cascade, id text not null, email text not null,
  first_name text not null, last_name text not null, role text not null, primary key (project, id));
create table invites (
  project text not null references projects on delete cascade, email text not null, role text not null,
  primary key (project, email));
create table keys (
  id text primary key, project text not null, member text not null, comment text not null,
  scopes text not null, tags text, created text not null, expires text, deleted text,
  digest text not null unique, open integer not null default 0);
create table purchases (
  id text primary key, project text not null references projects on delete cascade, balance text not null,
  amount integer not null, kind text not null, created text not null);
create table requests (
  id text primary key, project text not null, key text not null, created text not null, completed text,
  path text not null, endpoint text not null, method text not null, deployment text not null,
  callback text, code integer, model text not null, language text not null, options text not null,
  features text not null, tags text not null, seconds real not null default 0,
  channels integer not null default 1, characters integer not null default 0,
  tokens_in integer not null default 0, tokens_out integer not null default 0);
create index requests_by_time on requests (project, created);
create table charges (
  request text not null references requests on delete cascade, item text not null,
  microdollars integer not null, primary key (request, item));
create table credentials (
  id text primary key, project text not null references projects on delete cascade, member text not null,
  provider text not null, comment text, scopes text not null, created text not null);
create table agents (
  id text primary key, project text not null references projects on delete cascade, config text not null,
  metadata text, api_version integer, created text not null, updated text not null);
create table variables (
  id text primary key, project text not null references projects on delete cascade, key text not null,
  value text not null, api_version integer, created text not null, updated text not null,
  unique (project, key));
"""


def new_id() -> str:
    """Return a fresh UUID."""
    return str(uuid4())


def timestamp(moment: datetime | None = None) -> str:
    """Return a moment, now by default, as ISO 8601 in UTC; later ones sort after earlier ones.

    Examples
    --------
    >>> timestamp(datetime(2026, 11, 8, 12, tzinfo=UTC))
    '2026-11-08T12:00:00.000000Z'
    """
    utc = (moment or datetime.now(UTC)).astimezone(UTC)
    return utc.replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"


class Store:
    """The sandbox's memory. It may be used from any thread.

    Parameters
    ----------
    path : str or Path, optional
        A file, which is made when it is missing; in memory by default.

    Raises
    ------
    OptionError
        The file is not a sandbox's store, or one of another version.

    Examples
    --------
    >>> with Store() as store:
    ...     [project["name"] for project in store.rows("select name from projects")]
    ['Sandbox']
    """

    def __init__(self, path: str | Path | None = None) -> None:
        self.path = None if path is None else Path(path)
        self._lock = RLock()
        self._base = _connect(self.path)
        try:
            self._prepare()
        except (sqlite3.DatabaseError, OptionError) as error:
            self._base.close()
            raise _unusable(self.path, error) from error

    def _prepare(self) -> None:
        version = self.rows("pragma user_version")[0][0]
        if version not in (0, VERSION):
            raise OptionError(f"its version is {version}, this sandbox writes version {VERSION}", "store")
        if not version:
            if self.rows("select name from sqlite_master"):
                raise OptionError("it holds something else", "store")
            self._base.executescript(f"begin; {_TABLES} pragma user_version = {VERSION}; commit;")
        # Readers do not wait for writers, and a write is one fsync.
        self._base.execute("pragma journal_mode = wal")
        self._base.execute("pragma synchronous = normal")
        with self.changes():
            self.run("insert or ignore into settings values ('secret', ?)", secrets.token_hex(32))
            if not self.rows("select 1 from projects"):
                self.add_project("Sandbox")

    def rows(self, query: str, *values: Any) -> list[sqlite3.Row]:
        """Return what a query finds."""
        with self._lock:
            return self._base.execute(query, values).fetchall()

    def row(self, query: str, *values: Any) -> sqlite3.Row | None:
        """Return the first row that a query finds."""
        found = self.rows(query, *values)
        return found[0] if found else None

    def run(self, statement: str, *values: Any) -> int:
        """Change something and return how many rows were changed."""
        with self._lock:
            return self._base.execute(statement, values).rowcount

    def insert(self, table: str, **values: Any) -> None:
        """Add a row."""
        names, marks = ", ".join(values), ", ".join("?" * len(values))
        # Only this package's own names get here, never a caller's.
        self.run(f"insert into {table} ({names}) values ({marks})", *values.values())  # noqa: S608

    @contextmanager
    def changes(self) -> Iterator[None]:
        """Do several changes together or, after an exception, none of them."""
        with self._lock:
            self._base.execute("begin immediate")
            try:
                yield
            except BaseException:
                self._base.execute("rollback")
                raise
            self._base.execute("commit")

    @property
    def secret(self) -> bytes:
        """The store's own random secret, with which tokens are signed."""
        found: str = self.rows("select value from settings where name = 'secret'")[0][0]
        return bytes.fromhex(found)

    def add_project(self, name: str) -> str:
        """Add a project with its owner and its starting credit, and return its id."""
        project, owner, now = new_id(), self._owner(), timestamp()
        email, first, last = OWNER
        self.insert("projects", id=project, name=name, created=now)
        self.insert(
            "members", project=project, id=owner, email=email, first_name=first, last_name=last, role="owner"
        )
        self.insert(
            "purchases",
            id=new_id(), project=project, balance=new_id(), amount=CREDIT, kind="promotional", created=now,
        )  # fmt: skip
        self.add_open_key(project)
        return project

    def add_open_key(self, project: str) -> None:
        """Give a project the key that stands for every unknown credential; no one has its secret."""
        owner = self.row("select id from members where project = ? and role = 'owner'", project)
        self.insert(
            "keys",
            id=new_id(), project=project, member=owner["id"] if owner else "", comment="any credential",
            scopes='["owner"]', created=timestamp(), digest=secrets.token_hex(32), open=1,
        )  # fmt: skip

    def _owner(self) -> str:
        """The owner is the same person in every project."""
        found = self.row("select id from members where email = ?", OWNER[0])
        return found["id"] if found else new_id()

    def close(self) -> None:
        """Close the file; what was in memory is gone."""
        with self._lock:
            self._base.close()

    def __enter__(self) -> Store:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"Store({str(self.path)!r})" if self.path else "Store()"


def _connect(path: Path | None) -> sqlite3.Connection:
    try:
        # In autocommit mode; several statements are put together by Store.changes alone.
        base = sqlite3.connect(path or ":memory:", isolation_level=None, check_same_thread=False)
    except sqlite3.Error as error:
        raise _unusable(path, error) from error
    base.row_factory = sqlite3.Row
    base.execute("pragma foreign_keys = on")
    return base


def _unusable(path: Path | None, error: Exception) -> OptionError:
    return OptionError(f"{path} cannot be the sandbox's store: {error}.", "store")
