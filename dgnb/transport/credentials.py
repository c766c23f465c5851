"""Where a key or token comes from, kept so that it is never shown."""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from dgnb.errors import CredentialError

KEY_VARIABLE = "DEEPGRAM_API_KEY"
TOKEN_VARIABLE = "DEEPGRAM_ACCESS_TOKEN"  # noqa: S105 - the variable's name
KEYRING_SERVICE, KEYRING_NAME = "dgnb", "api_key"


@dataclass(frozen=True, slots=True)
class Credential:
    """A key or token. No repr, message or pickle shows it.

    Parameters
    ----------
    scheme : {"Token", "Bearer"}
        ``Token`` for an API key, ``Bearer`` for a short-lived access token.
    secret : str
    origin : str
        Where it was found, for people.
    """

    scheme: str
    secret: str = field(repr=False)
    origin: str

    def check(self) -> None:
        """Raise when the secret is empty or has characters that no header may carry.

        It is not done on construction: the caller's variables, which a traceback may show,
        still hold the secret then.
        """
        if not self.secret or not all("!" <= character <= "~" for character in self.secret):
            # The secret must not be quoted, and httpx would do just that.
            raise CredentialError(
                f"The {self.kind} from {self.origin} is empty or has characters that no key has."
            )

    @property
    def kind(self) -> str:
        """What it is, for people."""
        return "API key" if self.scheme == "Token" else "access token"

    @property
    def header(self) -> str:
        """Value of the header ``Authorization``."""
        return f"{self.scheme} {self.secret}"

    def __reduce__(self) -> str:
        raise CredentialError("A credential cannot be pickled; make the client where it is used.")


def given(api_key: str | None, access_token: str | None) -> Credential | None:
    """Return the credential among a client's arguments; a token goes before a key."""
    if access_token is not None:
        return Credential("Bearer", _bare(access_token), "access_token")
    return None if api_key is None else Credential("Token", _bare(api_key), "api_key")


def _bare(secret: Any) -> str:
    """The secret without blanks around it; what is no text is not quoted either, and fails the check."""
    return secret.strip() if isinstance(secret, str) else ""


def find() -> Credential | None:
    """Return the first credential of environment, OS keyring and Colab secrets."""
    credential = _environment()
    if credential is not None:
        return credential
    for look, origin in ((_keyring, "the OS keyring"), (_colab, "Colab secrets")):
        secret = look()
        if secret:
            return Credential("Token", secret.strip(), origin)
    return None


def _environment() -> Credential | None:
    places = (
        ("Token", os.environ.get(KEY_VARIABLE), KEY_VARIABLE),
        ("Bearer", os.environ.get(TOKEN_VARIABLE), TOKEN_VARIABLE),
    )
    for scheme, secret, origin in places:
        if secret:
            return Credential(scheme, secret.strip(), origin)
    return None


def prepare() -> bool:
    """Return whether the environment has a credential; if not, find out which keyring there is.

    That takes a moment. The keyring is not asked for anything.
    """
    if _environment() is not None:
        return True
    with suppress(ImportError):
        import keyring  # noqa: PLC0415 - an extra, and slow to load

        keyring.get_keyring()
    return False


def _keyring() -> str | None:
    try:
        import keyring  # noqa: PLC0415 - an extra, and slow to load
        from keyring.errors import KeyringError  # noqa: PLC0415
    except ImportError:
        return None
    try:
        secret: str | None = keyring.get_password(KEYRING_SERVICE, KEYRING_NAME)
    except (KeyringError, RuntimeError):  # no keyring on this machine, or it is locked
        return None
    return secret


def _colab() -> str | None:
    if "google.colab" not in sys.modules:
        return None
    from google.colab import userdata  # noqa: PLC0415

    try:
        secret: str | None = userdata.get(KEY_VARIABLE)
    except (userdata.SecretNotFoundError, userdata.NotebookAccessError):
        return None
    return secret
