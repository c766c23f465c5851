import os
import signal
from collections.abc import Iterator

import keyring
import pytest
from hypothesis import HealthCheck, settings
from keyring.backends import null

os.environ["PYTHON_KEYRING_BACKEND"] = "keyring.backends.null.Keyring"  # for processes that tests start

# An example is slow when the processors are busy with other tests, not because it is wrong.
settings.register_profile("dgnb", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("dgnb")


def pytest_xdist_auto_num_workers(config: pytest.Config) -> int | None:
    """As many processes as there are processors for the whole suite; none for what is named."""
    return None if config.args_source is config.ArgsSource.TESTPATHS else 0


@pytest.fixture(autouse=True, scope="session")
def interruptible() -> Iterator[None]:
    """An interrupt is heard, here and by what tests start: of a shell in the background it is not."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


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
