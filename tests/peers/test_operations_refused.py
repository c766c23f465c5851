"""Wrong calls of every operation are refused as the contract says, and the sandbox lives on."""

from __future__ import annotations

import json
import socket
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import httpx
import pytest

pytest.importorskip("deepgram")
pytest.importorskip("starlette")
pytest.importorskip("pocketsphinx")

from deepgram import DeepgramClient
from deepgram.core.api_error import ApiError as TheirError

import dgnb
from dgnb import Deepgram
from dgnb.errors import ApiError
from dgnb.protocol import routes
from dgnb.protocol.options import rows
from dgnb.protocol.routes import Route
from dgnb.sandbox import Server, jwt
from tests.peers import operations
from tests.peers.calls import environment
from tests.peers.operations import OPERATIONS
from tests.peers.wrong import ADDRESSES, BROKEN, TABLES, WORK, WRITES, WRONG, nonsense
from tests.servers import Answer
from tests.servers import Server as Host

pytestmark = pytest.mark.filterwarnings("ignore:websockets:DeprecationWarning")

STRANGE = "6f1a1f0e-0000-4000-8000-000000000000"
OPEN = {"manage.v1.models.list", "manage.v1.models.get"}
"""What needs no credential."""

OF_PROJECT = [method for method, pair in OPERATIONS.items() if "project_id" in pair.given]
IDS = {"key_id", "member_id", "email", "request_id", "balance_id", "agent_id", "variable_id", "model_id"} | {
    "distribution_credentials_id"
}
BELOW = [method for method, pair in OPERATIONS.items() if IDS & pair.given.keys() and "create" not in method]


@dataclass(frozen=True)
class Peers:
    """Both clients and a bare one before one sandbox."""

    server: Server
    http: httpx.Client

    @property
    def project(self) -> str:
        found: str = self.server.store.rows("select id from projects order by rowid")[0]["id"]
        return found

    def refusals(self, method: str, given: dict[str, Any], **credential: str) -> tuple[Any, Any]:
        """Status and body of the SDK's error, and dgnb's error."""
        credential = credential or {"api_key": "any"}
        sdk = DeepgramClient(**credential, environment=environment(self.server.url), httpx_client=self.http)
        with pytest.raises(TheirError) as theirs:
            operations.theirs(sdk, method, given)
        with Deepgram(**credential, base_url=self.server.url) as client, pytest.raises(ApiError) as ours:
            operations.ours(client, OPERATIONS[method], given)
        assert theirs.value.headers["dg-request-id"]
        return theirs.value, ours.value

    def send(self, route: Route, **rest: Any) -> httpx.Response:
        """The answer to a request about the project; other ids are unknown ones."""
        ids = [STRANGE] * route.path.count("{")
        if "{project_id}" in route.path:
            ids[0] = self.project
        headers = {"Authorization": "Token any"} | rest.pop("headers", {})
        return self.http.request(route.method, self.server.url + route.at(*ids).path, headers=headers, **rest)


@pytest.fixture(scope="module")
def peers() -> Iterator[Peers]:
    with (
        warnings.catch_warnings(action="ignore", category=DeprecationWarning),
        dgnb.sandbox.serve() as server,
        httpx.Client(trust_env=False, timeout=60) as http,
    ):
        yield Peers(server, http)


@pytest.fixture(autouse=True)
def alive(peers: Peers) -> Iterator[None]:
    """After each wrong call a right one is answered."""
    yield
    assert peers.send(routes.PROJECTS).status_code == 200


@pytest.mark.parametrize("method", OF_PROJECT)
@pytest.mark.parametrize("project", ["project", STRANGE[:-1] + "g"], ids=["a word", "one letter"])
def test_a_malformed_project_is_refused_by_a_sentence(peers: Peers, method: str, project: str) -> None:
    theirs, ours = peers.refusals(method, OPERATIONS[method].given | {"project_id": project})
    assert (theirs.status_code, ours.status) == (404, 404)
    assert theirs.body.startswith("UUID parsing failed")
    assert ours.message == theirs.body


@pytest.mark.parametrize("method", OF_PROJECT)
def test_a_project_cannot_be_a_way_to_another_path(peers: Peers, method: str) -> None:
    given = OPERATIONS[method].given | {"project_id": f"{STRANGE}/../{peers.project}"}
    with Deepgram("any", base_url=peers.server.url) as client, pytest.raises(ApiError) as ours:
        operations.ours(client, OPERATIONS[method], given)
    assert ours.value.status == 404


@pytest.mark.parametrize("method", OF_PROJECT)
def test_an_unknown_project_is_not_found(peers: Peers, method: str) -> None:
    theirs, ours = peers.refusals(method, dict(OPERATIONS[method].given))
    assert (theirs.status_code, theirs.body["err_code"]) == (404, "PROJECT_NOT_FOUND")
    assert (ours.status, ours.code, ours.request_id != "") == (404, "PROJECT_NOT_FOUND", True)


@pytest.mark.parametrize("method", BELOW)
@pytest.mark.parametrize("name", [STRANGE, "x", "ü\u2028'; drop table keys; --", "a" * 5000], ids=range(4))
def test_an_unknown_thing_is_not_found(peers: Peers, method: str, name: str) -> None:
    given = dict(OPERATIONS[method].given)
    given |= dict.fromkeys(IDS & given.keys(), name)
    if "project_id" in given:
        given["project_id"] = peers.project
    theirs, ours = peers.refusals(method, given)
    assert (theirs.status_code, ours.status) == (404, 404)
    assert ours.code == theirs.body["err_code"]
    assert ours.code.endswith("_NOT_FOUND")


@pytest.mark.parametrize("method", sorted(OPERATIONS.keys() - OPEN))
def test_a_key_that_was_deleted_opens_nothing(peers: Peers, method: str) -> None:
    with Deepgram("any", base_url=peers.server.url) as client:
        made = client.keys.create("lost", ["owner"], project_id=peers.project)
        client.keys.delete(made.api_key_id, project_id=peers.project)
    theirs, ours = peers.refusals(method, dict(OPERATIONS[method].given), api_key=made.key)
    assert (theirs.status_code, theirs.body["err_code"]) == (401, "INVALID_AUTH")
    assert (ours.status, ours.code) == (401, "INVALID_AUTH")


@pytest.mark.parametrize("method", sorted(OPERATIONS.keys() - OPEN))
def test_a_token_that_has_expired_opens_nothing(peers: Peers, method: str) -> None:
    with Deepgram("any", base_url=peers.server.url) as client:
        good = client.auth.grant().access_token
    secret = peers.server.store.secret
    old = jwt.sign({**jwt.claims(good, secret), "exp": 1.0}, secret)
    theirs, ours = peers.refusals(method, dict(OPERATIONS[method].given), access_token=old)
    assert (theirs.status_code, theirs.body["err_code"]) == (401, "INVALID_AUTH")
    assert (ours.status, ours.code) == (401, "INVALID_AUTH")


@pytest.mark.parametrize("body", BROKEN)
@pytest.mark.parametrize("route", WRITES, ids=WRITES.values())
def test_wrong_json_is_refused(peers: Peers, route: Route, body: str) -> None:
    query = {"model": "flux-kai-en"} if route == routes.SPEAK_FLUX else {"language": "en"}
    options = {"params": query} if route in WORK else {}
    answer = peers.send(route, content=BROKEN[body], headers={"Content-Type": "application/json"}, **options)
    told = answer.json()
    if route in WORK:
        assert (answer.status_code, told["err_code"]) in ((400, "Bad Request"), (400, "PAYLOAD_ERROR"))
    elif answer.status_code == 404:
        assert told["err_code"].endswith("_NOT_FOUND"), "what is to be changed is looked for first"
    else:
        assert (answer.status_code, told["category"]) == (400, "INVALID_JSON")
    assert told["request_id"] == answer.headers["dg-request-id"]


@pytest.mark.parametrize(
    ("route", "name", "value"),
    [
        pytest.param(
            route, row.name, value, id=f"{route.path.replace('{project_id}', '')} {row.name}={value!r}"
        )
        for route, (table, _) in TABLES.items()
        for row in rows(table).values()
        for value in nonsense(row)
    ],
)
def test_a_value_that_a_parameter_cannot_have_is_refused(
    peers: Peers, route: Route, name: str, value: str
) -> None:
    query = TABLES[route][1] | {name: value}
    body = {"json": {"text": "Hi."}} if route in WORK else {}
    answer = peers.send(route, params=query, **body)
    assert answer.status_code == 400
    assert answer.json()["err_code"] == "INVALID_QUERY_PARAMETER"
    assert answer.headers["dg-error"]


@pytest.mark.parametrize(("route", "request_", "status", "code"), WRONG.values(), ids=WRONG)
def test_a_wrong_request_is_refused(
    peers: Peers, route: Route, request_: dict[str, Any], status: int, code: str
) -> None:
    answer = peers.send(route, **request_)
    told = answer.json()
    assert (answer.status_code, told.get("err_code") or told["category"]) == (status, code)
    assert told["request_id"] == answer.headers["dg-request-id"]
    assert told.get("err_msg") or told["details"]


@pytest.mark.parametrize("address", ADDRESSES, ids=repr)
@pytest.mark.parametrize("route", WORK, ids=lambda route: route.path)
def test_what_is_no_address_is_refused(peers: Peers, route: Route, address: str) -> None:
    query = {"model": "flux-kai-en"} if route == routes.SPEAK_FLUX else {"language": "en"}
    answer = peers.send(route, params=query, json={"url": address})
    assert answer.status_code == 400
    assert answer.json()["err_code"] in ("PAYLOAD_ERROR", "REMOTE_CONTENT_ERROR")


@pytest.mark.parametrize(
    "broken", [Answer(404), Answer(cut=True), Answer(body=b"ab", missing=9)], ids=["404", "cut", "short"]
)
@pytest.mark.parametrize("route", [routes.LISTEN, routes.READ], ids=lambda route: route.path)
def test_a_host_that_fails_is_told(peers: Peers, route: Route, broken: Answer) -> None:
    with Host(broken) as host:
        answer = peers.send(route, params={"language": "en"}, json={"url": f"{host.url}/a"})
    assert (answer.status_code, answer.json()["err_code"]) == (400, "REMOTE_CONTENT_ERROR")


@pytest.mark.parametrize("route", [routes.LISTEN, routes.READ, routes.PROJECTS], ids=lambda route: route.path)
@pytest.mark.parametrize("header", ["", "Token", "Basic any", "any", "Token\tany"])
def test_what_is_no_credential_is_refused(peers: Peers, route: Route, header: str) -> None:
    answer = peers.send(route, headers={"Authorization": header})
    assert (answer.status_code, answer.json()["err_code"]) == (401, "INVALID_AUTH")


def test_a_body_that_stops_short_does_no_harm(peers: Peers) -> None:
    with socket.create_connection(("127.0.0.1", peers.server.port), timeout=10) as connection:
        head = "POST /v1/listen HTTP/1.1\r\nHost: x\r\nAuthorization: Token any\r\nContent-Length: 99\r\n\r\n"
        connection.sendall(head.encode() + b"RIFF")
    assert json.loads(peers.send(routes.PROJECTS).content)["projects"]
