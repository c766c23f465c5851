from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import uuid4

import httpx
import pytest

from dgnb.protocol.routes import Route
from dgnb.sandbox import Server, serve
from dgnb.sandbox.access import Caller
from dgnb.sandbox.ledger import Asked, Used, begin, finish
from dgnb.sandbox.store import Store
from tests.sandbox.days import next_moment


@dataclass
class Account:
    """A project of its own in a running sandbox, asked with the owner's open credential."""

    store: Store
    http: httpx.Client
    project: str
    url: str
    key: str = field(init=False)

    def __post_init__(self) -> None:
        self.key = self.store.rows("select id from keys where project = ?", self.project)[0]["id"]

    def ask(self, route: Route, *ids: str, key: str = "any", **rest: Any) -> httpx.Response:
        """What a call about the project is answered; `ids` follow the project's own."""
        owned = [self.project] if "{project_id}" in route.path else []
        headers = {"Authorization": key if " " in key else f"Token {key}"}
        return self.http.request(route.method, route.at(*owned, *ids).path, headers=headers, **rest)

    def told(self, route: Route, *ids: str, **rest: Any) -> Any:
        """The JSON of a call that succeeds."""
        answer = self.ask(route, *ids, **rest)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def book(
        self,
        endpoint: str = "listen",
        used: Used | None = None,
        query: dict[str, Any] | None = None,
        *,
        code: int = 200,
        method: str = "",
        created: datetime | None = None,
    ) -> str:
        """Book a request as the front does, and give its id."""
        made, pairs = str(uuid4()), list(httpx.QueryParams(query or {}).multi_items())
        path = f"/v1/{endpoint}?{httpx.QueryParams(query or {})}"
        caller = Caller(self.key, self.project)
        begin(self.store, caller, Asked(made, endpoint, path, pairs, method, created or next_moment()))
        finish(self.store, made, code, used)
        return made


@pytest.fixture(scope="session")
def sandbox() -> Iterator[Server]:
    with serve() as server:
        yield server


@pytest.fixture(scope="session")
def fast() -> Iterator[Server]:
    """A sandbox that takes live audio as fast as it can."""
    with serve(rate=None) as server:
        yield server


@pytest.fixture(scope="session")
def http(sandbox: Server) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=sandbox.url, trust_env=False, timeout=60) as client:
        yield client


@pytest.fixture
def account(sandbox: Server, http: httpx.Client) -> Account:
    return Account(sandbox.store, http, sandbox.store.add_project("Test"), sandbox.url)
