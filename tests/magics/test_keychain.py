import sys
from collections.abc import Iterator

import pytest

from dgnb import CredentialError
from dgnb.magics.keychain import forget, keep
from dgnb.transport.credentials import Credential

keyring = pytest.importorskip("keyring")

from keyring.backend import KeyringBackend  # noqa: E402 - an extra
from keyring.backends.fail import Keyring as None_  # noqa: E402
from keyring.backends.null import Keyring as Null  # noqa: E402
from keyring.errors import KeyringLocked  # noqa: E402


class Locked(KeyringBackend):
    """It can be read, but takes and gives nothing."""

    priority = 1

    def get_password(self, service: str, username: str) -> str | None:
        return "kept"

    def set_password(self, service: str, username: str, password: str) -> None:
        raise KeyringLocked("it is locked")

    def delete_password(self, service: str, username: str) -> None:
        raise KeyringLocked("it is locked")


@pytest.fixture(autouse=True)
def same_afterwards() -> Iterator[None]:
    before = keyring.get_keyring()
    yield
    keyring.set_keyring(before)


def test_a_keyring_that_keeps_nothing_is_none() -> None:
    for backend in (Null(), None_(), Locked()):
        keyring.set_keyring(backend)
        assert keep(Credential("Token", "a-key", "a test")) == ""


def test_without_the_package_there_is_no_keyring(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "keyring", None)
    assert keep(Credential("Token", "a-key", "a test")) == ""
    assert not forget()


def test_nothing_is_forgotten_where_nothing_was_kept() -> None:
    for backend in (Null(), None_()):
        keyring.set_keyring(backend)
        assert not forget()


def test_a_key_that_stays_is_told() -> None:
    keyring.set_keyring(Locked())
    with pytest.raises(CredentialError, match="does not let the key go: it is locked"):
        forget()
