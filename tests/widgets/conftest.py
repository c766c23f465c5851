from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any

import pytest

from dgnb import Deepgram
from dgnb.sandbox import Server, serve
from dgnb.sandbox.engines.recognition import ENGINE_VARIABLE
from tests.live.conftest import SENTENCES, patient, spoken
from tests.widgets.pages import Page

__all__ = ["patient"]


@pytest.fixture
def page(monkeypatch: pytest.MonkeyPatch) -> Page:
    return Page(monkeypatch.setattr)


@pytest.fixture(scope="session")
def speech() -> Any:
    """Two sentences, 5 s."""
    return spoken(SENTENCES[1], SENTENCES[3])


@pytest.fixture(scope="module")
def remembering() -> Iterator[Server]:
    """A sandbox that takes audio as fast as it comes, and hears the same twice only once."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(os.environ, ENGINE_VARIABLE, "tests.live.engine:Remembering")
        with serve(rate=None) as running:
            yield running


@pytest.fixture
def dg(remembering: Server) -> Iterator[Deepgram]:
    remembering.faults = ""
    with Deepgram("key", base_url=remembering.url) as client:
        yield client
