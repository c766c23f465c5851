import getpass
import json
import os
import sys
import traceback
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from dgnb import CredentialError, NotAllowed, OptionError
from dgnb.protocol.routes import REGIONS
from tests.servers import Answer, Server, refused

keyring = pytest.importorskip("keyring")

from keyring.backend import KeyringBackend  # noqa: E402 - an extra
from keyring.errors import PasswordDeleteError  # noqa: E402

PARTS = ("dg", "5ecret", "4f9a0c7e")
NAMES = Answer(body=json.dumps({"projects": [{"project_id": "p", "name": "Mine"}]}).encode())


def key() -> str:
    """The recognisable key. It is in no variable, since a traceback may show those of this module."""
    return "-".join(PARTS)


class InMemory(KeyringBackend):
    """A keyring that lives as long as the test."""

    name = "a keyring in memory"
    priority = 1

    def __init__(self) -> None:
        super().__init__()
        self.kept: dict[tuple[str, str], str] = {}

    def get_password(self, service: str, username: str) -> str | None:
        return self.kept.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self.kept[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        if self.kept.pop((service, username), None) is None:
            raise PasswordDeleteError("there is none")


@pytest.fixture
def ring() -> Iterator[InMemory]:
    before, own = keyring.get_keyring(), InMemory()
    keyring.set_keyring(own)
    yield own
    keyring.set_keyring(before)


@pytest.fixture
def typed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Somebody types the key, as a kernel hands it on."""
    monkeypatch.setattr(getpass, "getpass", lambda prompt: f" {key()}\n")


@pytest.fixture
def service() -> Iterator[Server]:
    with Server(NAMES) as server:
        yield server


Login = Callable[..., Any]


@pytest.fixture
def login(run, typed, service) -> Login:
    return lambda options="": run(f"%deepgram login --base-url {service.url} {options}")


def hidden(*texts: object) -> bool:
    return not any(key() in str(text) for text in texts)


def test_a_key_is_tried_and_used_for_this_session(run, login, service):
    done = login()
    assert (done.result, done.error, done.err) == (None, None, "")
    assert done.out == (
        f"{service.url} takes the key. Projects: Mine.\nThe key is forgotten when the kernel ends.\n"
    )
    assert run("%deepgram projects").result[0].name == "Mine"
    assert {request.headers["authorization"] for request in service.requests} == {f"Token {key()}"}
    assert "DEEPGRAM_API_KEY" not in os.environ


def test_status_tells_who_answers_without_the_key(run, login, service):
    assert run("%deepgram status").out == (
        "Answers come from the offline sandbox, without a key. Projects: Sandbox.\n"
    )
    login()
    done = run("%deepgram status")
    assert done.out == (
        f"Answers come from {service.url}, with the API key from login, for this session. Projects: Mine.\n"
    )


def test_status_of_a_token_asks_for_no_projects(run, monkeypatch):
    monkeypatch.setenv("DEEPGRAM_ACCESS_TOKEN", "a-token")
    assert run("%deepgram status").out == (
        "Answers come from https://api.deepgram.com, with the access token from DEEPGRAM_ACCESS_TOKEN. "
        "A token may not list the projects.\n"
    )


def test_a_key_of_another_host_never_goes_into_the_keyring(login, ring):
    login()
    assert ring.kept == {}


def test_a_key_goes_into_the_keyring_where_there_is_one(run, typed, service, ring, monkeypatch):
    monkeypatch.setitem(REGIONS, "global", service.url)
    assert "kept in the OS keyring (a keyring in memory); %deepgram logout" in run("%deepgram login").out
    assert list(ring.kept.values()) == [key()]
    assert "login, kept in a keyring in memory" in run("%deepgram status").out
    run("%reload_ext dgnb")
    assert "with the API key from the OS keyring" in run("%deepgram status").out
    assert "Forgotten: the key in the OS keyring. From now on: the offline" in run("%deepgram logout").out
    assert ring.kept == {}


def test_a_key_for_this_session_does_not(run, typed, service, ring, monkeypatch):
    monkeypatch.setitem(REGIONS, "eu", service.url)
    assert "when the kernel ends.\n" in run("%deepgram login --session --region eu").out
    assert ring.kept == {}


def test_without_a_keyring_the_key_is_for_this_session(run, typed, service, monkeypatch):
    monkeypatch.setitem(REGIONS, "global", service.url)
    assert "No OS keyring takes it here" in run("%deepgram login").out
    assert run("%deepgram projects").result[0].name == "Mine"


def test_an_environment_that_goes_first_later_is_told(run, typed, service, ring, monkeypatch):
    monkeypatch.setitem(REGIONS, "global", service.url)
    monkeypatch.setenv("DEEPGRAM_API_KEY", "another-key")
    assert "In other sessions DEEPGRAM_API_KEY of the environment goes first." in run("%deepgram login").out


def test_logout_forgets_the_session(run, login):
    login()
    assert run("%deepgram logout").out == (
        "Forgotten: the key of this session. From now on: the offline sandbox.\n"
    )
    assert run("%deepgram projects").result[0].name == "Sandbox"
    assert "there was no key" in run("%deepgram logout").out


def test_logout_forgets_the_keyring_as_well(run, ring):
    ring.set_password("dgnb", "api_key", key())
    done = run("%deepgram logout")
    assert (done.out.partition(".")[0], ring.kept) == ("Forgotten: the key in the OS keyring", {})


def test_logout_says_which_key_is_left(run, monkeypatch):
    monkeypatch.setenv("DEEPGRAM_API_KEY", key())
    assert "From now on: the API key from DEEPGRAM_API_KEY." in run("%deepgram logout").out


def test_a_key_that_the_service_refuses_is_not_kept(run, login, service, ring, shell):
    service.answers[:] = [refused(401, "INVALID_AUTH")]
    done = login()
    assert isinstance(done.error, NotAllowed)
    assert len(done.out.strip().splitlines()) == 1
    assert ring.kept == {}
    assert run("%deepgram projects").result[0].name == "Sandbox"


def test_a_key_that_may_not_list_projects_is_a_key(login, service):
    service.answers[:] = [refused(403, "INSUFFICIENT_PERMISSIONS")]
    assert "It may not list its projects." in login().out


@pytest.mark.parametrize(
    "cell",
    [
        pytest.param("%deepgram login {}", id="line"),
        pytest.param("%deepgram login '{}", id="an open quote"),
        pytest.param("%deepgram login --key={}", id="an option"),
        pytest.param("%deepgram login --session {}", id="after an option"),
        pytest.param("%%deepgram login\n{}", id="cell"),
        pytest.param("x << %deepgram login {}", id="assigned"),
    ],
)
def test_a_key_on_the_line_is_refused_and_not_repeated(run, cell):
    done = run(cell.format(key()))
    assert isinstance(done.error, OptionError)
    assert hidden(done.out, done.err, done.error)
    assert "login" in done.out


def test_without_hidden_input_nothing_is_asked(run, monkeypatch):
    def refuse(prompt: str) -> str:
        raise NotImplementedError("no input")

    monkeypatch.setattr(getpass, "getpass", refuse)
    done = run("%deepgram login")
    assert isinstance(done.error, CredentialError)
    assert "DEEPGRAM_API_KEY" in done.out


def test_a_terminal_that_would_show_the_key_is_not_used(run, monkeypatch):
    monkeypatch.setattr(getpass, "getpass", lambda prompt: getpass.fallback_getpass(prompt, sys.stderr))
    assert isinstance(run("%deepgram login").error, CredentialError)


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param(refused(401, "INVALID_AUTH"), id="refused"),
        pytest.param(Answer(body=b"{"), id="broken"),
        pytest.param(Answer(404, b"no"), id="another host"),
    ],
)
def test_no_error_holds_the_key(login, service, answer, caplog):
    service.answers[:] = [answer]
    done = login()
    text = "".join(traceback.TracebackException.from_exception(done.error, capture_locals=True).format())
    assert hidden(done.out, done.err, repr(done.error), caplog.text, text)
    assert "credential = Credential(scheme='Token', origin='login')" in text
