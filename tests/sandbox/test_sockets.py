"""What a live connection does while the sandbox is busy."""

from __future__ import annotations

import asyncio
import threading
from typing import Any

import pytest

from dgnb.protocol.routes import FLUX_LIVE
from dgnb.sandbox import Server
from dgnb.sandbox.engines.workers import Workers
from tests.sandbox.dialling import WAIT, dial
from tests.sandbox.talking import spoken

FRAME = 2560
RAW = {"encoding": "linear16", "sample_rate": 16_000}


@pytest.fixture
def busy(monkeypatch: pytest.MonkeyPatch) -> threading.Event:
    """Set when the recogniser is asked; it does not answer."""
    asked = threading.Event()

    async def hang(self: Workers, *arguments: Any) -> Any:
        asked.set()
        await asyncio.Event().wait()

    monkeypatch.setattr(Workers, "hear", hang)
    return asked


def test_a_ping_behind_audio_is_answered_while_the_recogniser_is_busy(
    fast: Server, busy: threading.Event
) -> None:
    speech = spoken("When does the library open?").tobytes()
    with dial(fast.url, FLUX_LIVE.path, model="flux-general-en", **RAW) as call:
        for start in range(0, len(speech), FRAME):
            call.raw.send(speech[start : start + FRAME])
        assert busy.wait(WAIT)
        for _ in range(50):
            call.raw.send(bytes(FRAME))
        assert call.raw.ping().wait(WAIT)
