import json
import time

import httpx
import numpy as np
import pytest

from dgnb import Deepgram
from dgnb.audio.samples import wav
from dgnb.errors import NotAllowed
from dgnb.protocol import routes
from dgnb.sandbox import jwt


def granted(account, key="any", **body):
    return account.told(routes.GRANT, key=key, json=body)


def test_a_token_lives_for_thirty_seconds_unless_asked_otherwise(account):
    assert granted(account)["expires_in"] == 30
    assert granted(account, ttl_seconds=3600)["expires_in"] == 3600
    assert account.told(routes.GRANT, content=b"")["expires_in"] == 30


def test_a_token_is_signed_and_says_what_it_may(account):
    found = jwt.claims(granted(account, ttl_seconds=60)["access_token"], account.store.secret)
    assert found["scopes"] == ["usage::write"]
    assert found["exp"] - found["iat"] == 60


@pytest.mark.parametrize(
    "life", [0, 0.5, -1, 3600.5, 1e12, "60", True, [60]], ids=json.dumps
)  # fmt: skip
def test_a_wrong_life_is_refused(account, life):
    assert account.ask(routes.GRANT, json={"ttl_seconds": life}).status_code == 400


def test_a_token_is_no_use_for_account_calls(account):
    token = granted(account)["access_token"]
    for route in (routes.PROJECTS, routes.KEYS, routes.BALANCES):
        answer = account.ask(route, key=f"Bearer {token}")
        assert answer.status_code in (401, 404)
    assert (
        account.ask(routes.PROJECTS, key=f"Bearer {token}").json()["err_code"] == "INSUFFICIENT_PERMISSIONS"
    )
    assert account.ask(routes.GRANT, key=f"Bearer {token}").status_code == 403


def test_a_token_reaches_what_it_is_for(account):
    token = granted(account)["access_token"]
    answer = account.ask(routes.LISTEN, key=f"bearer {token}", content=b"not audio")
    assert answer.status_code == 400  # the audio is wrong, not the credential


def test_a_token_is_no_key(account):
    answer = account.ask(routes.LISTEN, key=f"Token {granted(account)['access_token']}", content=b"x")
    assert (answer.status_code, answer.json()["err_code"]) == (401, "INVALID_AUTH")


@pytest.mark.parametrize(
    "spoil",
    [
        pytest.param(lambda token, _: token[:-1], id="cut"),
        pytest.param(lambda _, secret: jwt.sign({"exp": 1, "accessor": "k"}, secret), id="expired"),
        pytest.param(lambda *_: jwt.sign({"exp": 4e9, "accessor": "k"}, b"x"), id="another-signature"),
        pytest.param(lambda _, secret: jwt.sign({"exp": 4e9, "accessor": "k"}, secret), id="unknown-key"),
    ],
)
def test_a_spoilt_token_is_refused(account, spoil):
    token = spoil(granted(account)["access_token"], account.store.secret)
    answer = account.ask(routes.LISTEN, key=f"Bearer {token}", content=b"x")
    assert (answer.status_code, answer.json()["err_code"]) == (401, "INVALID_AUTH")


def test_a_token_ends_with_its_key(account):
    made = account.told(routes.KEY_CREATE, json={"comment": "a", "scopes": ["member"]})
    token = granted(account, key=made["key"])["access_token"]
    assert account.ask(routes.LISTEN, key=f"Bearer {token}", content=b"x").status_code == 400
    account.told(routes.KEY_DELETE, made["api_key_id"])
    assert account.ask(routes.LISTEN, key=f"Bearer {token}", content=b"x").status_code == 401


def test_what_a_token_does_is_booked_to_its_key(account):
    made = account.told(routes.KEY_CREATE, json={"comment": "a", "scopes": ["member"]})
    token = granted(account, key=made["key"])["access_token"]
    account.ask(routes.LISTEN, key=f"Bearer {token}", content=b"x")
    (logged,) = account.told(routes.REQUESTS)["requests"]
    assert logged["api_key_id"] == made["api_key_id"]


@pytest.mark.parametrize("scopes", [["usage:write"], ["usage:read", "keys:write"]], ids=str)
def test_a_key_below_member_grants_none(account, scopes):
    made = account.told(routes.KEY_CREATE, json={"comment": "a", "scopes": scopes})
    answer = account.ask(routes.GRANT, key=made["key"], json={})
    assert (answer.status_code, answer.json()["err_code"]) == (403, "FORBIDDEN")


def test_a_credential_is_described_without_its_secret(account):
    made = account.told(routes.KEY_CREATE, json={"comment": "a", "scopes": ["member"]})
    told = account.told(routes.TOKEN, key=made["key"])
    assert (told["api_key_id"], told["scopes"]) == (made["api_key_id"], ["member"])
    token = granted(account, key=made["key"])["access_token"]
    assert account.told(routes.TOKEN, key=f"Bearer {token}")["scopes"] == ["usage:write"]


def test_the_client_grants_and_uses_a_token(account):
    with Deepgram("any", base_url=account.url) as dg:
        token = dg.auth.grant(ttl_seconds=60)
    with (
        Deepgram(access_token=token.access_token, base_url=account.url) as dg,
        pytest.raises(NotAllowed, match="project:read is needed"),
    ):
        dg.projects()


def test_an_open_connection_outlives_its_token(account, monkeypatch):
    made = account.told(routes.KEY_CREATE, json={"comment": "a", "scopes": ["member"]})
    token = granted(account, key=made["key"])["access_token"]

    def upload():
        audio = wav(np.zeros(1600), 16000)
        yield audio[:1000]
        while not account.told(routes.REQUESTS)["requests"]:
            pass  # until the connection is open
        monkeypatch.setattr(jwt, "time", Later)
        assert account.ask(routes.READ, key=f"Bearer {token}", json={}).status_code == 401
        yield audio[1000:]

    with httpx.Client(base_url=account.url, timeout=60) as http:
        answer = http.post("/v1/listen", headers={"Authorization": f"Bearer {token}"}, content=upload())
    assert answer.status_code == 200


class Later:
    """The time when the token has expired."""

    @staticmethod
    def time() -> float:
        return time.time() + 31
