import json

import pytest

from dgnb import Deepgram
from dgnb.protocol import routes
from dgnb.protocol.models import PRODUCTS

CONFIG = {"think": {"provider": {"type": "deepgram", "model": "sandbox"}, "prompt": "Be kind. {{DG_NAME}}"}}
AGENT = {"config": json.dumps(CONFIG), "metadata": {"team": "a"}, "api_version": 1}


def test_an_agents_configuration_comes_back_parsed_and_untouched(account):
    made = account.told(routes.AGENT_CREATE, json=AGENT)
    assert (made["config"], made["metadata"]) == (CONFIG, {"team": "a"})
    assert account.told(routes.AGENT_GET, made["agent_id"]) == made
    assert account.told(routes.AGENTS)["agents"] == [made]


@pytest.mark.parametrize(
    "config",
    [
        pytest.param("{", id="cut"),
        pytest.param("[1]", id="a-list"),
        pytest.param("", id="empty"),
        pytest.param(CONFIG, id="not-a-text"),
    ],
)
def test_a_wrong_configuration_is_refused(account, config):
    answer = account.ask(routes.AGENT_CREATE, json={"config": config})
    assert (answer.status_code, answer.json()["category"]) == (400, "INVALID_JSON")


def test_only_the_metadata_of_an_agent_can_be_changed(account):
    made = account.told(routes.AGENT_CREATE, json=AGENT)["agent_id"]
    told = account.told(routes.AGENT_UPDATE, made, json={"metadata": {"team": "b"}})
    assert (told["config"], told["metadata"]) == (CONFIG, {"team": "b"})
    assert told["updated_at"] >= told["created_at"]
    change = {"metadata": {}, "config": AGENT["config"]}
    answer = account.ask(routes.AGENT_UPDATE, made, json=change)
    assert answer.status_code == 400
    assert "config cannot be changed" in answer.json()["err_msg"]
    assert account.ask(routes.AGENT_UPDATE, made, json={}).json()["category"] == "INVALID_JSON"


def test_a_deleted_agent_is_gone(account):
    made = account.told(routes.AGENT_CREATE, json=AGENT)["agent_id"]
    assert account.told(routes.AGENT_DELETE, made)["message"]
    assert account.ask(routes.AGENT_GET, made).json()["err_code"] == "AGENT_NOT_FOUND"


@pytest.mark.parametrize(
    "value", ["text", 1.5, None, True, ["a", {"b": []}], {"nested": {"deep": 1}}], ids=repr
)
def test_a_variable_holds_any_json(account, value):
    made = account.told(routes.VARIABLE_CREATE, json={"key": "DG_NAME", "value": value})
    assert made["key"] == "DG_NAME"
    told = account.told(routes.VARIABLE_GET, made["variable_id"])
    assert told.get("value") == value


def test_a_variable_is_changed_and_deleted(account):
    made = account.told(routes.VARIABLE_CREATE, json={"key": "DG_NAME", "value": 1})["variable_id"]
    assert account.told(routes.VARIABLE_UPDATE, made, json={"value": [2]})["value"] == [2]
    assert account.told(routes.VARIABLES)["variables"][0]["value"] == [2]
    account.told(routes.VARIABLE_DELETE, made)
    assert account.told(routes.VARIABLES) == {"variables": []}


@pytest.mark.parametrize("key", ["NAME", "dg_name", "DG_", "DG_a b", ""], ids=repr)
def test_a_variable_has_its_prefix(account, key):
    answer = account.ask(routes.VARIABLE_CREATE, json={"key": key, "value": 1})
    assert answer.status_code == 400
    assert "DG_NAME" in answer.json()["err_msg"]


def test_a_variable_is_there_once(account):
    account.told(routes.VARIABLE_CREATE, json={"key": "DG_NAME", "value": 1})
    answer = account.ask(routes.VARIABLE_CREATE, json={"key": "DG_NAME", "value": 2})
    assert (answer.status_code, "already" in answer.json()["err_msg"]) == (400, True)


def test_a_value_is_needed_to_change_a_variable(account):
    made = account.told(routes.VARIABLE_CREATE, json={"key": "DG_NAME", "value": 1})["variable_id"]
    assert account.ask(routes.VARIABLE_UPDATE, made, json={}).json()["category"] == "INVALID_JSON"


def test_a_credential_has_all_products_by_default(account):
    made = account.told(routes.CREDENTIAL_CREATE, json={"comment": "a host"})
    about = made["distribution_credentials"]
    assert about["scopes"] == ["self-hosted:products"]
    assert (about["provider"], about["comment"]) == ("quay", "a host")
    assert made["member"]["email"] == "owner@sandbox.example"


def test_a_credential_is_asked_for_by_its_query(account):
    scopes = list(PRODUCTS[1:3])
    made = account.told(routes.CREDENTIAL_CREATE, params={"scopes": scopes, "provider": "quay"})
    assert made["distribution_credentials"]["scopes"] == scopes
    assert "comment" not in made["distribution_credentials"]


def test_a_deleted_credential_is_shown_once_more(account):
    made = account.told(routes.CREDENTIAL_CREATE, json={})
    which = made["distribution_credentials"]["distribution_credentials_id"]
    assert account.told(routes.CREDENTIALS)["distribution_credentials"] == [made]
    assert account.told(routes.CREDENTIAL_GET, which) == made
    assert account.told(routes.CREDENTIAL_DELETE, which) == made
    assert account.ask(routes.CREDENTIAL_GET, which).status_code == 404


def test_the_client_keeps_things(account):
    mine = {"project_id": account.project}
    with Deepgram("any", base_url=account.url) as dg:
        agent = dg.agents.create(CONFIG, metadata={"a": 1}, **mine)
        assert dg.agents.get(agent.agent_id, **mine).config == CONFIG
        assert dg.agents.update(agent.agent_id, {"a": 2}, **mine).metadata == {"a": 2}
        variable = dg.variables.create("DG_NAME", {"x": 1}, **mine)
        assert dg.variables.update(variable.variable_id, "y", **mine).value == "y"
        made = dg.selfhosted.create("a host", scopes=["self-hosted:product:api"], **mine)
        which = made.distribution_credentials.distribution_credentials_id
        assert dg.selfhosted.get(which, **mine).distribution_credentials.comment == "a host"
        dg.agents.delete(agent.agent_id, **mine)
        dg.variables.delete(variable.variable_id, **mine)
        dg.selfhosted.delete(which, **mine)
        assert [len(listing(**mine)) for listing in (dg.agents, dg.variables, dg.selfhosted)] == [0, 0, 0]
