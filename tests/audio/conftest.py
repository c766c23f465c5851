import pytest

from dgnb.audio import feeds


@pytest.fixture(autouse=True)
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """A source may take as long to let go as it needs on a busy machine; that it does is what is tested."""
    monkeypatch.setattr(feeds, "GRACE", 60.0)
