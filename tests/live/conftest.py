from __future__ import annotations

import asyncio
import os
import threading
from collections.abc import Iterator
from functools import cache

import numpy as np
import psutil
import pytest
from numpy.typing import NDArray

from dgnb import Deepgram
from dgnb.sandbox import Server, serve
from dgnb.sandbox.engines.recognition import ENGINE_VARIABLE
from dgnb.sandbox.engines.synthesis import RATE, synthesise
from dgnb.sandbox.sounds import resampled
from dgnb.transport.loop import result, shared

SENTENCES = (
    "I would like to order two tickets for the concert in London.",
    "Thank you, that is wonderful.",
    "The price is forty five dollars, and the show begins at eight.",
    "Please call me back tomorrow morning.",
    "We walked along the river until it became dark.",
    "Nobody knows what will happen next year.",
    "She opened the window and looked at the garden.",
    "There is a train to the city every hour.",
    "My brother works in a small hospital near the coast.",
    "The weather was cold, but the people were friendly.",
    "Can you tell me where the library is?",
    "He has been waiting for an answer since Monday.",
)


@cache
def spoken(*texts: str, pause: float = 0.8, voice: str = "edward") -> NDArray[np.int16]:
    """Texts as speech at 16 kHz, with a pause after each."""
    silence = np.zeros(round(RATE * pause), np.int16)
    parts = [part for text in texts for part in (synthesise(text, voice).samples, silence)]
    return resampled(np.concatenate(parts), RATE, 16_000)


@pytest.fixture(scope="session")
def minute() -> NDArray[np.int16]:
    """A recording of 60 s."""
    samples = spoken(*SENTENCES, *SENTENCES[:8])
    assert len(samples) > 60 * 16_000
    return samples[: 60 * 16_000]


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    """A sandbox that takes audio as fast as it comes."""
    before = os.environ.get(ENGINE_VARIABLE)
    os.environ[ENGINE_VARIABLE] = "tests.live.engine:Remembering"
    try:
        with serve(rate=None) as running:
            yield running
    finally:
        os.environ.pop(ENGINE_VARIABLE)
        if before is not None:
            os.environ[ENGINE_VARIABLE] = before


@pytest.fixture
def dg(server: Server) -> Iterator[Deepgram]:
    server.faults = ""
    with Deepgram("key", base_url=server.url) as client:
        yield client
    server.faults = ""  # what is left of a script is not for the fixtures of the next test


@pytest.fixture(autouse=True)
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Answers are waited for as long as a busy machine may need for them."""
    for name in ("listening.ANSWER", "turns.ANSWER", "speaking.ANSWER", "agent.ANSWER"):
        monkeypatch.setattr(f"dgnb.live.{name}", 60.0)
    monkeypatch.setattr("dgnb.sessions.conversing.HOLD", 60.0)


class Leftovers:
    """What a session might leave behind: threads, tasks on dgnb's loop, sockets to the server.

    Threads of other names are those of the server's own loop.
    """

    def __init__(self, port: int) -> None:
        self._port = port
        shared()
        self._threads = set(threading.enumerate())

    def found(self) -> list[str]:
        new = (thread.name for thread in threading.enumerate() if thread not in self._threads)
        threads = [name for name in new if name.startswith("dgnb")]
        tasks = result(shared().submit(_tasks()))
        connections = psutil.Process().net_connections("tcp")
        sockets = [str(one) for one in connections if one.raddr and one.raddr.port == self._port]
        return [*threads, *tasks, *sockets]


async def _tasks() -> list[str]:
    return [repr(task) for task in asyncio.all_tasks() if task is not asyncio.current_task()]


@pytest.fixture
def leftovers(server: Server) -> Leftovers:
    return Leftovers(server.port)
