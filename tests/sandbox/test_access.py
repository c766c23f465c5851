import pytest

from dgnb.protocol import routes
from dgnb.sandbox.access import ROLES, Caller, credential, permissions
from dgnb.sandbox.replies import RefusedError


@pytest.mark.parametrize("scheme", ["Token", "token", "Bearer", "bearer", "TOKEN"])
def test_any_credential_is_taken_in_every_form(account, scheme):
    assert account.ask(routes.PROJECTS, key=f"{scheme} anything at all").status_code == 200


@pytest.mark.parametrize(
    "header", [None, "", "Token", "Basic dTpw", "anything"], ids=repr
)  # fmt: skip
def test_without_a_credential_nothing_is_told(account, header):
    headers = {} if header is None else {"Authorization": header}
    answer = account.http.get(routes.PROJECTS.path, headers=headers)
    assert answer.status_code == 401
    assert answer.json()["err_code"] == "INVALID_AUTH"
    assert answer.json()["request_id"] == answer.headers["dg-request-id"]


def test_models_need_no_credential(account):
    answer = account.http.get(routes.MODELS.path)
    assert answer.status_code == 200
    one = answer.json()["stt"][0]["uuid"]
    assert account.http.get(routes.MODEL_GET.at(one).path).status_code == 200


def test_a_browsers_socket_offers_its_credential_as_subprotocols():
    assert credential({"sec-websocket-protocol": "token, abc"}) == ("token", "abc")
    assert credential({"sec-websocket-protocol": "graphql-ws"}) == ("", "")


def test_a_higher_role_may_all_that_a_lower_one_may():
    assert ROLES["owner"] > ROLES["admin"] > ROLES["member"]


def test_writing_allows_reading():
    assert permissions(["keys:write"]) == {"keys:write", "keys:read"}


def test_what_is_missing_is_named():
    with pytest.raises(RefusedError, match="billing:read is needed") as refused:
        Caller(scopes=("member",)).need("billing:read")
    assert (refused.value.status, refused.value.code) == (401, "INSUFFICIENT_PERMISSIONS")


MAY = [
    pytest.param(["owner"], routes.PROJECT_DELETE, True, id="owner-deletes-project"),
    pytest.param(["admin"], routes.PROJECT_DELETE, False, id="admin-deletes-project"),
    pytest.param(["admin"], routes.BALANCES, True, id="admin-reads-balance"),
    pytest.param(["member"], routes.BALANCES, False, id="member-reads-balance"),
    pytest.param(["member"], routes.KEYS, True, id="member-reads-keys"),
    pytest.param(["member"], routes.MEMBERS, False, id="member-reads-members"),
    pytest.param(["usage:read"], routes.USAGE, True, id="usage-read"),
    pytest.param(["usage:read"], routes.KEYS, False, id="usage-reads-keys"),
    pytest.param(["usage:write"], routes.REQUESTS, True, id="usage-write-reads"),
    pytest.param(["billing:read", "usage:read"], routes.BILLING_FIELDS, True, id="two-scopes"),
    pytest.param(["self-hosted:products"], routes.PROJECT_GET, False, id="self-hosted"),
]


@pytest.mark.parametrize(("scopes", "route", "allowed"), MAY)
def test_a_key_may_do_what_its_scopes_allow(account, scopes, route, allowed):
    made = account.told(routes.KEY_CREATE, json={"comment": "a", "scopes": scopes})
    answer = account.ask(route, key=made["key"])
    assert answer.status_code == (200 if allowed else 401)
    if not allowed:
        assert answer.json()["err_code"] == "INSUFFICIENT_PERMISSIONS"


def test_a_key_without_usage_may_not_listen(account):
    made = account.told(routes.KEY_CREATE, json={"comment": "a", "scopes": ["keys:read"]})
    answer = account.ask(routes.LISTEN, key=made["key"], content=b"x")
    assert (answer.status_code, answer.json()["err_code"]) == (401, "INSUFFICIENT_PERMISSIONS")


def test_a_key_sees_its_own_project_only(account):
    made = account.told(routes.KEY_CREATE, json={"comment": "a", "scopes": ["owner"]})
    seen = account.told(routes.PROJECTS, key=made["key"])["projects"]
    assert [project["project_id"] for project in seen] == [account.project]
    other = account.store.add_project("Other")
    path = routes.PROJECT_GET.at(other).path
    answer = account.http.get(path, headers={"Authorization": f"Token {made['key']}"})
    assert (answer.status_code, answer.json()["err_code"]) == (404, "PROJECT_NOT_FOUND")


def test_a_deleted_key_is_not_any_credential_any_more(account):
    made = account.told(routes.KEY_CREATE, json={"comment": "a", "scopes": ["member"]})
    account.told(routes.KEY_DELETE, made["api_key_id"])
    answer = account.ask(routes.PROJECTS, key=made["key"])
    assert (answer.status_code, answer.json()["err_code"]) == (401, "INVALID_AUTH")


def test_an_expired_key_is_refused(account):
    body = {"comment": "a", "scopes": ["member"], "time_to_live_in_seconds": 3600}
    made = account.told(routes.KEY_CREATE, json=body)
    assert account.ask(routes.PROJECTS, key=made["key"]).status_code == 200
    past = "2020-01-01T00:00:00.000000Z"
    account.store.run("update keys set expires = ? where id = ?", past, made["api_key_id"])
    assert account.ask(routes.PROJECTS, key=made["key"]).status_code == 401


def test_the_door_stays_open_when_its_key_is_deleted():
    from dgnb.sandbox import access
    from dgnb.sandbox.store import Store

    with Store() as store:
        first = access.identify(store, {"authorization": "Token any"})
        store.run("update keys set deleted = 'now'")
        second = access.identify(store, {"authorization": "Token any"})
        assert first.key != second.key
        assert second.everywhere


def test_without_a_project_no_credential_works():
    from dgnb.sandbox import access
    from dgnb.sandbox.store import Store

    with Store() as store:
        store.run("delete from projects")
        with pytest.raises(RefusedError, match="Invalid credentials"):
            access.identify(store, {"authorization": "Token any"})
