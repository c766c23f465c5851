from dgnb import Deepgram
from dgnb.protocol import routes
from dgnb.sandbox import serve


def test_the_owner_sees_every_project(account):
    seen = account.told(routes.PROJECTS)["projects"]
    assert {"project_id": account.project, "name": "Test"} in seen
    assert len(seen) > 1


def test_a_project_is_renamed(account):
    assert account.told(routes.PROJECT_UPDATE, json={"name": "Renamed"})["message"]
    told = account.told(routes.PROJECT_GET)
    assert told == {"project_id": account.project, "name": "Renamed", "mip_opt_out": False}


def test_a_renaming_without_a_name_changes_nothing_and_an_empty_one_is_refused(account):
    account.told(routes.PROJECT_UPDATE, json={})
    assert account.ask(routes.PROJECT_UPDATE, json={"name": " "}).status_code == 400
    assert account.told(routes.PROJECT_GET)["name"] == "Test"


def test_the_sdk_may_send_paging_to_a_single_project(account):
    assert account.told(routes.PROJECT_GET, params={"limit": "1.0", "page": "1.0"})["name"] == "Test"


def test_a_deleted_project_is_gone_with_its_keys(account):
    made = account.told(routes.KEY_CREATE, json={"comment": "a", "scopes": ["owner"]})
    account.told(routes.PROJECT_DELETE)
    assert account.ask(routes.PROJECT_GET).json()["err_code"] == "PROJECT_NOT_FOUND"
    assert account.ask(routes.PROJECTS, key=made["key"]).status_code == 401


def test_what_was_in_a_deleted_project_is_forgotten(account):
    account.told(routes.VARIABLE_CREATE, json={"key": "DG_X", "value": 1})
    account.told(routes.PROJECT_DELETE)
    query = "select * from variables where project = ?"
    assert account.store.rows(query, account.project) == []


def test_a_project_that_its_only_member_leaves_ends(account):
    account.told(routes.PROJECT_LEAVE)
    assert account.ask(routes.PROJECT_GET).status_code == 404


def test_a_project_that_one_of_two_leaves_stays(account):
    from dgnb.sandbox.people import join

    account.told(routes.INVITE_CREATE, json={"email": "b@example.org", "scope": "owner"})
    person = join(account.store, account.project, "b@example.org")
    account.told(routes.PROJECT_LEAVE)
    members = account.told(routes.MEMBERS)["members"]
    assert [member["member_id"] for member in members] == [person]


def test_the_client_finds_the_only_project_by_itself():
    with serve() as server, Deepgram("any", base_url=server.url) as dg:
        assert dg.projects.get().name == "Sandbox"
        dg.projects.rename(dg.projects()[0].project_id, "Mine")
        assert [project.name for project in dg.projects()] == ["Mine"]
