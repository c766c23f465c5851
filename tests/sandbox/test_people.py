import pytest

from dgnb import Deepgram
from dgnb.protocol import routes
from dgnb.sandbox.people import join
from dgnb.sandbox.replies import RefusedError

OTHER = "other@example.org"


@pytest.fixture
def person(account):
    account.told(routes.INVITE_CREATE, json={"email": OTHER, "scope": "member"})
    return join(account.store, account.project, OTHER, "Ann", "Other")


def owner(account):
    return account.told(routes.MEMBERS)["members"][0]["member_id"]


def test_a_project_has_its_owner(account):
    (member,) = account.told(routes.MEMBERS)["members"]
    assert member["scopes"] == ["owner"]
    assert set(member) == {"member_id", "email", "first_name", "last_name", "scopes"}


def test_an_invitation_is_listed_until_it_is_taken_back(account):
    account.told(routes.INVITE_CREATE, json={"email": OTHER, "scope": "admin"})
    assert account.told(routes.INVITES)["invites"] == [{"email": OTHER, "scope": "admin"}]
    account.told(routes.INVITE_DELETE, OTHER)
    assert account.told(routes.INVITES)["invites"] == []
    assert account.ask(routes.INVITE_DELETE, OTHER).json()["err_code"] == "INVITE_NOT_FOUND"


def test_a_second_invitation_takes_the_place_of_the_first(account):
    account.told(routes.INVITE_CREATE, json={"email": OTHER, "scope": "admin"})
    account.told(routes.INVITE_CREATE, json={"email": OTHER, "scope": "member"})
    assert account.told(routes.INVITES)["invites"] == [{"email": OTHER, "scope": "member"}]


def test_who_accepts_becomes_a_member(account, person):
    assert account.told(routes.INVITES)["invites"] == []
    member = account.told(routes.MEMBERS)["members"][1]
    assert (member["member_id"], member["email"], member["first_name"]) == (person, OTHER, "Ann")
    assert account.told(routes.SCOPES, person) == {"scopes": ["member"]}


def test_only_the_invited_can_accept(account):
    with pytest.raises(RefusedError, match="Invite not found"):
        join(account.store, account.project, "stranger@example.org")


@pytest.mark.parametrize(
    "body",
    [
        pytest.param({"email": "nobody", "scope": "member"}, id="no-host"),
        pytest.param({"email": "@example.org", "scope": "member"}, id="no-name"),
        pytest.param({"email": OTHER, "scope": "king"}, id="role"),
        pytest.param({"email": "owner@sandbox.example", "scope": "member"}, id="member-already"),
    ],
)
def test_a_wrong_invitation_is_not_sent(account, body):
    assert account.ask(routes.INVITE_CREATE, json=body).status_code == 400


def test_a_member_gets_another_role(account, person):
    account.told(routes.SCOPE_UPDATE, person, json={"scope": "admin"})
    assert account.told(routes.SCOPES, person) == {"scopes": ["admin"]}


def test_the_last_owner_stays(account, person):
    for answer in (
        account.ask(routes.SCOPE_UPDATE, owner(account), json={"scope": "admin"}),
        account.ask(routes.MEMBER_DELETE, owner(account)),
    ):
        assert answer.status_code == 400
        assert "at least one owner" in answer.json()["err_msg"]
    account.told(routes.SCOPE_UPDATE, person, json={"scope": "owner"})
    account.told(routes.MEMBER_DELETE, owner(account))


def test_a_member_who_is_put_out_is_gone_with_all_keys(account, person):
    account.told(routes.KEY_CREATE, json={"comment": "a", "scopes": ["member"]})
    account.store.run("update keys set member = ? where comment = 'a'", person)
    account.told(routes.MEMBER_DELETE, person)
    assert [member["scopes"] for member in account.told(routes.MEMBERS)["members"]] == [["owner"]]
    assert len(account.told(routes.KEYS)["api_keys"]) == 1


def test_an_admin_has_no_power_over_owners(account):
    key = account.told(routes.KEY_CREATE, json={"comment": "a", "scopes": ["admin"]})["key"]
    for answer in (
        account.ask(routes.INVITE_CREATE, key=key, json={"email": OTHER, "scope": "owner"}),
        account.ask(routes.MEMBER_DELETE, owner(account), key=key),
        account.ask(routes.SCOPE_UPDATE, owner(account), key=key, json={"scope": "member"}),
    ):
        assert (answer.status_code, answer.json()["err_code"]) == (401, "INSUFFICIENT_PERMISSIONS")
    account.told(routes.INVITE_CREATE, key=key, json={"email": OTHER, "scope": "admin"})


def test_the_client_invites_and_promotes(account):
    with Deepgram("any", base_url=account.url) as dg:
        dg.invites.create(OTHER, "member", account.project)
        assert dg.invites(account.project)[0].email == OTHER
        person = join(account.store, account.project, OTHER)
        dg.members.set_scope(person, "admin", account.project)
        assert dg.members.scopes(person, account.project).scopes == ["admin"]
        dg.members.delete(person, account.project)
        assert len(dg.members(account.project)) == 1
