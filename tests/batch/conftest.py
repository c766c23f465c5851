from collections.abc import Iterator

import pytest

from dgnb import Deepgram
from tests.limited import limited


@pytest.fixture(scope="session")
def quick() -> Iterator[str]:
    """A service that answers at once."""
    with limited() as url:
        yield url


@pytest.fixture
def dg(quick: str) -> Iterator[Deepgram]:
    with Deepgram("key", base_url=quick) as client:
        yield client
