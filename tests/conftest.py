import os
from collections.abc import Iterator

import keyring
import pytest
from keyring.backends import null

os.environ["PYTHON_KEYRING_BACKEND"] = "keyring.backends.null.Keyring"  # for processes that tests start


@pytest.fixture(autouse=True, scope="session")
def no_keyring() -> Iterator[None]:
    """Nothing is read from, or written to, the keyring of who runs the tests."""
    before = keyring.get_keyring()
    keyring.set_keyring(null.Keyring())
    yield
    keyring.set_keyring(before)


@pytest.fixture(autouse=True, scope="session")
def own_cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Nothing is taken from, or kept in, the cache of who runs the tests, nor by processes they start."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DGNB_CACHE", str(tmp_path_factory.mktemp("cache")))
        yield


@pytest.fixture(autouse=True)
def no_key(monkeypatch: pytest.MonkeyPatch) -> None:
    """No key in the environment: where a test does not say otherwise, the sandbox answers."""
    for name in [name for name in os.environ if name.startswith("DEEPGRAM_")]:
        monkeypatch.delenv(name)
