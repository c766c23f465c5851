"""The operating system's keyring, where a key is kept between sessions."""

from __future__ import annotations

from dgnb.errors import CredentialError
from dgnb.transport.credentials import KEYRING_NAME, KEYRING_SERVICE, Credential


def keep(credential: Credential) -> str:
    """Return the name of the keyring that has taken a key, empty when there is none that does."""
    try:
        import keyring  # noqa: PLC0415 - an extra, and slow to load
        from keyring.errors import KeyringError  # noqa: PLC0415
    except ImportError:
        return ""
    try:
        keyring.set_password(KEYRING_SERVICE, KEYRING_NAME, credential.secret)
        # Some take everything and keep nothing.
        kept = keyring.get_password(KEYRING_SERVICE, KEYRING_NAME) == credential.secret
    except (KeyringError, RuntimeError):
        return ""
    return str(keyring.get_keyring().name) if kept else ""


def forget() -> bool:
    """Delete the kept key; true when there was one.

    Raises
    ------
    CredentialError
        The keyring does not let it go.
    """
    try:
        import keyring  # noqa: PLC0415 - an extra, and slow to load
        from keyring.errors import KeyringError  # noqa: PLC0415
    except ImportError:
        return False
    try:
        if keyring.get_password(KEYRING_SERVICE, KEYRING_NAME) is None:
            return False
    except (KeyringError, RuntimeError):  # no keyring on this machine
        return False
    try:
        keyring.delete_password(KEYRING_SERVICE, KEYRING_NAME)
    except (KeyringError, RuntimeError) as error:
        raise CredentialError(f"The OS keyring does not let the key go: {error}") from error
    return True
