from __future__ import annotations

import asyncio
from collections.abc import Iterator
from concurrent.futures import Future
from pathlib import Path
from threading import Event
from typing import Any

import numpy as np
import pytest

from dgnb import Deepgram
from dgnb.audio.samples import wav
from dgnb.dashboards.board import Board
from dgnb.dashboards.results import Results
from dgnb.sandbox import Server
from dgnb.transport.loop import result, shared
from tests.live.conftest import spoken
from tests.widgets.conftest import remembering

RATE = 16_000
PATIENCE = 60.0

__all__ = ["remembering"]


@pytest.fixture
def dg(remembering: Server, monkeypatch: pytest.MonkeyPatch) -> Iterator[Deepgram]:
    """A client of a sandbox that is fast, and a key for the code of the dashboards."""
    monkeypatch.setenv("DEEPGRAM_API_KEY", "key")
    with Deepgram(base_url=remembering.url) as client:
        yield client


@pytest.fixture(scope="session")
def samples() -> Any:
    """A sentence at 16 kHz."""
    return spoken("The weather was cold, but the people were friendly.")


@pytest.fixture(scope="session")
def recording(samples: Any, tmp_path_factory: pytest.TempPathFactory) -> str:
    path: Path = tmp_path_factory.mktemp("audio") / "weather.wav"
    path.write_bytes(wav(np.asarray(samples, np.int16), RATE))
    return str(path)


def press(board: Board, button: Any = None) -> None:
    """Press a button, the one that begins the work if not told, and wait for the work."""
    (button or board.run).click()  # type: ignore[attr-defined]
    assert board.job is not None
    result(board.job, PATIENCE)


class Slow:
    """Opens a session only when it is told to go on."""

    def __init__(self, open_session: Any) -> None:
        self.asked, self.go_on = Event(), Event()
        self.session: Future[Any] = Future()
        self._open = open_session

    def __call__(self, *sources: Any, **options: Any) -> Any:
        self.asked.set()
        assert self.go_on.wait(PATIENCE)
        self.session.set_result(self._open(*sources, **options))
        return self.session.result()

    def stopped(self, board: Board) -> None:
        """Stop the dashboard while it is asked, and see that the session ends which comes then."""
        assert self.asked.wait(PATIENCE)
        free = Event()
        board._stop.observe(lambda _: free.set(), "disabled")
        board.cancel()
        self.go_on.set()
        assert free.wait(PATIENCE)
        session = self.session.result(PATIENCE)
        assert result(shared().submit(session._settled(PATIENCE)))
        assert board.banner.told == "Cancelled."


def done(board: Board) -> str:
    """Do the work, which must end well, and return what is told of it."""
    press(board)
    assert board.banner.state == "done", board.banner.told
    return str(board.banner.told)


def page(results: Results, title: str) -> Any:
    """A page of results, once it is made."""
    results.selected_index = results.titles.index(title)
    return made(lambda: results.children[results.selected_index])


def made(box: Any) -> Any:
    """What is in a box as soon as there is something."""

    async def until() -> Any:
        async with asyncio.timeout(PATIENCE):
            while not box().children:
                await asyncio.sleep(0.01)  # a box tells nobody outside of the page
        return box().children[0]

    return result(shared().submit(until()))


def run(board: Board) -> dict[str, Any]:
    """The names that the code of a dashboard gives, when it is run elsewhere."""
    names: dict[str, Any] = {}
    exec(compile(board.code.text, "dashboard", "exec"), names)
    return names
