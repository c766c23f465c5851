import msgspec
import pytest

from dgnb import Deepgram
from dgnb.errors import BadRequest, NotAllowed, NotFound
from dgnb.protocol import routes
from dgnb.sandbox.account import OPERATIONS
from dgnb.sandbox.ledger import LIVE_ENDPOINTS

STRANGE = "6f1a1f0e-0000-4000-8000-000000000000"


@pytest.mark.parametrize(
    "name",
    [
        pytest.param("project", id="letters"),
        pytest.param("123", id="too-short"),
        pytest.param("6f1a1f0e000040008000000000000000", id="without-hyphens"),
        pytest.param("6f1a1f0e-0000-4000-8000-00000000000g", id="one-letter"),
    ],
)
def test_a_malformed_project_is_refused_by_a_bare_sentence(account, name):
    answer = account.http.get(routes.KEYS.at(name).path, headers={"Authorization": "Token any"})
    assert answer.status_code == 404
    assert answer.text.startswith("UUID parsing failed: ")
    assert answer.headers["content-type"].startswith("text/plain")
    assert answer.headers["dg-error"] == answer.text
    assert answer.headers["dg-request-id"]


OWN = [op for op in OPERATIONS if "{project_id}" in op.route.path]


@pytest.mark.parametrize("operation", OWN, ids=lambda op: f"{op.route.method} {op.route.path}")
def test_an_unknown_project_is_not_found_by_any_call(account, operation):
    ids = [STRANGE] * operation.route.path.count("{")
    headers = {"Authorization": "Token any"}
    answer = account.http.request(operation.route.method, operation.route.at(*ids).path, headers=headers)
    assert answer.status_code == 404
    assert answer.json()["err_code"] == "PROJECT_NOT_FOUND"


BELOW = [op for op in OWN if op.route.path.count("{") == 2]


@pytest.mark.parametrize("operation", BELOW, ids=lambda op: f"{op.route.method} {op.route.path}")
def test_what_is_not_there_is_not_found(account, operation):
    body = {"scope": "member", "metadata": {}, "value": 1}
    answer = account.ask(operation.route, STRANGE, json=body)
    assert answer.status_code == 404
    assert answer.json()["err_code"].endswith("_NOT_FOUND")
    assert answer.headers["dg-error"] == answer.json()["err_msg"]


@pytest.mark.parametrize("operation", OWN, ids=lambda op: f"{op.route.method} {op.route.path}")
def test_every_call_needs_a_permission(account, operation):
    made = account.told(routes.KEY_CREATE, json={"comment": "a", "scopes": ["self-hosted:products"]})
    ids = [STRANGE] * (operation.route.path.count("{") - 1)
    answer = account.ask(operation.route, *ids, key=made["key"])
    assert (answer.status_code, answer.json()["err_code"]) == (401, "INSUFFICIENT_PERMISSIONS")


def test_all_account_routes_of_the_protocol_are_answered():
    known = {route for name, route in vars(routes).items() if isinstance(route, routes.Route)}
    work = {routes.LISTEN, routes.SPEAK, routes.SPEAK_FLUX, routes.READ}
    live = {route for route in known if route.path in LIVE_ENDPOINTS}
    assert {op.route for op in OPERATIONS} >= known - work - live


@pytest.mark.parametrize(
    ("body", "details"),
    [
        pytest.param(b'{"comment"', "truncated", id="cut"),
        pytest.param(b'{"scopes": ["member"]}', "missing required field `comment`", id="field-missing"),
        pytest.param(b'{"comment": 1, "scopes": []}', "Expected `str`", id="wrong-type"),
        pytest.param(b"[]", "Expected `object`", id="not-an-object"),
        pytest.param(b"\xff\xfe", "malformed", id="not-text"),
        pytest.param(b"[" * 100_000, "", id="deep"),
    ],
)
def test_wrong_json_is_refused_in_the_modern_shape(account, body, details):
    answer = account.ask(routes.KEY_CREATE, content=body)
    assert answer.status_code == 400
    told = answer.json()
    assert (told["category"], told["message"]) == ("INVALID_JSON", "Invalid JSON submitted.")
    assert details in told["details"]
    assert told["request_id"] == answer.headers["dg-request-id"]


@pytest.mark.parametrize(
    ("route", "query"),
    [
        pytest.param(routes.REQUESTS, {"limit": "ten"}, id="limit-word"),
        pytest.param(routes.REQUESTS, {"limit": "0"}, id="limit-low"),
        pytest.param(routes.REQUESTS, {"limit": "1001"}, id="limit-high"),
        pytest.param(routes.REQUESTS, {"page": "-1"}, id="page-negative"),
        pytest.param(routes.REQUESTS, {"status": "gone"}, id="status"),
        pytest.param(routes.REQUESTS, {"start": "yesterday"}, id="start"),
        pytest.param(routes.USAGE, {"end": "2026-13-01"}, id="end"),
        pytest.param(routes.USAGE, {"end": "9999-12-31"}, id="end-of-time"),
        pytest.param(routes.USAGE, {"diarize": "perhaps"}, id="feature"),
        pytest.param(routes.USAGE_BREAKDOWN, {"grouping": "colour"}, id="grouping"),
        pytest.param(routes.BILLING_BREAKDOWN, {"grouping": "colour"}, id="billing-grouping"),
        pytest.param(routes.KEYS, {"status": "old"}, id="key-status"),
        pytest.param(routes.CREDENTIAL_CREATE, {"provider": "docker"}, id="provider"),
        pytest.param(routes.CREDENTIAL_CREATE, {"scopes": "everything"}, id="product"),
    ],
)
def test_a_wrong_query_is_refused(account, route, query):
    answer = account.ask(route, params=query)
    assert answer.status_code == 400
    assert answer.json()["err_code"] == "INVALID_QUERY_PARAMETER"
    assert next(iter(query)) in answer.json()["err_msg"]


def test_an_unknown_path_and_another_method_are_told(account):
    headers = {"Authorization": "Token any"}
    assert account.http.get("/v1/nowhere", headers=headers).status_code == 404
    assert account.http.post(routes.PROJECTS.path, headers=headers).status_code == 405


def test_the_client_raises_the_refusals_it_gets(account):
    with Deepgram("any", base_url=account.url) as dg:
        with pytest.raises(NotFound, match="Key not found"):
            dg.keys.get("nothing", project_id=account.project)
        with pytest.raises(NotFound, match="UUID parsing failed"):
            dg.projects.get("abc")
        with pytest.raises(BadRequest, match="scope is one of owner, admin, member"):
            dg.invites.create("a@example.org", "king", project_id=account.project)
        made = dg.keys.create("reader", ["usage:read"], project_id=account.project)
    with Deepgram(made.key, base_url=account.url) as dg:
        assert dg.usage(account.project).results == []
        with pytest.raises(NotAllowed, match="keys:write is needed"):
            dg.keys.create("more", ["owner"], project_id=account.project)


def test_answers_are_json_even_of_a_deletion(account):
    account.told(routes.INVITE_CREATE, json={"email": "a@example.org", "scope": "member"})
    answer = account.ask(routes.INVITE_DELETE, "a@example.org")
    assert answer.headers["content-type"] == "application/json"
    assert msgspec.json.decode(answer.content) == {"message": "The invitation was deleted."}
