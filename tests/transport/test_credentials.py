"""Where a key comes from, and what is no key."""

from __future__ import annotations

import copy
import pickle
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import ModuleType
from typing import Any

import keyring
import pytest
from keyring.backends import fail, null

from dgnb.errors import CredentialError
from dgnb.transport.credentials import Credential, find, given

SECRET = "recognisable-5ecret"


class InMemory(null.Keyring):
    """A keyring with one key; its priority keeps it from ever being chosen by itself."""

    priority = -10

    def get_password(self, service: str, username: str, password: str | None = None) -> str | None:
        return SECRET if (service, username) == ("dgnb", "api_key") else None


@contextmanager
def keyring_is(backend: Any) -> Iterator[None]:
    before = keyring.get_keyring()
    keyring.set_keyring(backend)
    try:
        yield
    finally:
        keyring.set_keyring(before)


def test_an_argument_is_stripped_of_blanks() -> None:
    found = given(f" {SECRET}\n", None)
    assert found is not None
    found.check()
    assert (found.header, found.kind) == (f"Token {SECRET}", "API key")


def test_a_token_goes_before_a_key() -> None:
    found = given("a-key", SECRET)
    assert found is not None
    assert (found.header, found.kind) == (f"Bearer {SECRET}", "access token")


def test_no_argument_is_no_credential() -> None:
    assert given(None, None) is None


@pytest.mark.parametrize(
    ("variable", "header"),
    [("DEEPGRAM_API_KEY", f"Token {SECRET}"), ("DEEPGRAM_ACCESS_TOKEN", f"Bearer {SECRET}")],
)
def test_the_environment_is_looked_at(variable: str, header: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(variable, f"{SECRET} ")
    found = find()
    assert found is not None
    assert (found.header, found.origin) == (header, variable)


def test_a_key_of_the_environment_goes_before_a_token(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DEEPGRAM_API_KEY", "a-key")
    monkeypatch.setenv("DEEPGRAM_ACCESS_TOKEN", "a-token")
    found = find()
    assert found is not None
    assert found.header == "Token a-key"


@pytest.mark.parametrize("value", ["", " "], ids=repr)
def test_an_empty_variable_is_no_usable_key(value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DEEPGRAM_API_KEY", value)
    found = find()
    if found is not None:
        with pytest.raises(CredentialError, match="DEEPGRAM_API_KEY"):
            found.check()


def test_the_keyring_of_the_system_is_looked_at() -> None:
    with keyring_is(InMemory()):
        found = find()
    assert found is not None
    assert (found.header, found.origin) == (f"Token {SECRET}", "the OS keyring")


def test_a_machine_without_a_keyring_has_no_key() -> None:
    with keyring_is(fail.Keyring()):
        assert find() is None


def test_keyring_need_not_be_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "keyring", None)
    assert find() is None


def colab(answer: Any) -> ModuleType:
    """Google Colab's module, as far as secrets go."""

    class SecretNotFoundError(Exception):
        pass

    class NotebookAccessError(Exception):
        pass

    def get(name: str) -> str:
        if answer is None:
            raise SecretNotFoundError(name)
        return str(answer)

    userdata = ModuleType("google.colab.userdata")
    vars(userdata).update(
        get=get, SecretNotFoundError=SecretNotFoundError, NotebookAccessError=NotebookAccessError
    )
    module = ModuleType("google.colab")
    vars(module)["userdata"] = userdata
    return module


@pytest.mark.parametrize("secret", [SECRET, None])
def test_a_secret_of_colab_is_looked_at(secret: str | None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "google", ModuleType("google"))
    monkeypatch.setitem(sys.modules, "google.colab", colab(secret))
    found = find()
    assert (found and found.origin) == (secret and "Colab secrets")


BAD = {
    "empty": "",
    "newline": f"{SECRET}\r\nX-Evil: 1",
    "blank": f"{SECRET} {SECRET}",
    "non-ASCII": f"{SECRET}ü",
    "NUL": f"{SECRET}\0",
    "zero-width": f"{SECRET}\u200b",
    "bytes": SECRET.encode(),
    "number": 12345678,
}


@pytest.mark.parametrize("key", BAD.values(), ids=BAD)
@pytest.mark.parametrize("place", ["api_key", "access_token"])
def test_what_no_header_may_carry_is_refused_without_being_quoted(key: Any, place: str) -> None:
    found = given(key, None) if place == "api_key" else given(None, key)
    assert found is not None
    with pytest.raises(CredentialError, match=f"from {place} is empty or has characters") as caught:
        found.check()
    assert SECRET not in str(caught.value)


@pytest.mark.parametrize("act", [pickle.dumps, copy.copy, copy.deepcopy], ids=["pickle", "copy", "deep copy"])
def test_a_credential_is_neither_pickled_nor_copied(act: Any) -> None:
    with pytest.raises(CredentialError, match="cannot be pickled"):
        act(Credential("Token", SECRET, "the test"))


def test_no_repr_shows_the_secret() -> None:
    credential = Credential("Token", SECRET, "the test")
    assert SECRET not in repr(credential) + str(credential) + f"{credential!r:.500}"
    assert not hasattr(credential, "__dict__")
