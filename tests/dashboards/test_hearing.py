from __future__ import annotations

from pathlib import Path
from threading import Event
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from dgnb import Deepgram, dashboards
from dgnb.dashboards.hearing import Hearing
from dgnb.transport.loop import result
from dgnb.widgets.captions import Captions
from dgnb.widgets.turns import TurnsView
from tests.dashboards.conftest import PATIENCE, Slow, done, press, run


def plain(board: Hearing) -> Hearing:
    """Without what is provisional: the recogniser hears each sentence once."""
    board.nova_form.value, board.flux_form.value = {"model": "nova-3"}, {}
    return board


def test_nova_and_flux_hear_the_same_file_and_the_code_does_too(dg: Deepgram, recording: str) -> None:
    board = plain(dashboards.live(dg, source=recording))
    told = done(board)
    assert board.nova is not None
    assert board.flux is not None
    assert board.nova.text
    assert board.flux.text
    assert told.startswith("weather.wav: Nova has heard ")
    assert isinstance(board.captions.children[0], Captions)
    assert isinstance(board.turns.children[0], TurnsView)
    names = run(board)
    assert (names["nova"].text, names["flux"].text) == (board.nova.text, board.flux.text)


def speak(board: Hearing, samples: Any) -> None:
    """Record, as the page does."""
    recorder, audio = board.source.microphone.recorder, np.asarray(samples, np.int16).tobytes()
    recorder._heard({"kind": "start", "take": "1"})
    frames = [audio[at : at + 2560] for at in range(0, len(audio), 2560)]
    for number, frame in enumerate(frames):
        recorder._heard({"kind": "frame", "take": "1", "seq": number}, [frame])
    recorder._heard({"kind": "end", "take": "1", "count": len(frames)})


def test_one_microphone_is_heard_by_both_and_kept(
    dg: Deepgram, samples: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    board, kept = plain(dashboards.live(dg)), Event()
    told: list[Any] = []
    monkeypatch.setattr(board.source.microphone.recorder, "send", told.append)
    board.source.microphone.observe(lambda _: kept.set(), "path")
    speak(board, samples)
    assert board.job is not None
    result(board.job, PATIENCE)
    assert board.banner.state == "done", board.banner.told
    assert board.nova is not None
    assert board.flux is not None
    assert "weather" in board.nova.text
    assert "weather" in board.flux.text
    # Whoever begins to record is not stopped by the work that this begins.
    assert told == []
    assert kept.wait(PATIENCE)
    assert repr(board.source.microphone.path) in board.code.text
    assert Path(board.source.microphone.path).stat().st_size > 44


def test_where_flux_is_refused_nova_does_not_go_on(dg: Deepgram, recording: str) -> None:
    board = dashboards.live(dg, source=recording)
    board.flux_form.value = {"model": "flux"}
    press(board)
    assert board.banner.state == "failed"
    assert "flux-general-en" in board.flux_form.problems["model"]
    assert board.nova is not None
    assert not board.nova.running
    assert board.flux is None


def test_stop_while_flux_is_opened_ends_both(
    dg: Deepgram, recording: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    board = dashboards.live(dg, source=recording)
    board.pace.value = 0.25
    slow = Slow(dg.flux.live)
    flux = SimpleNamespace(live=slow)
    monkeypatch.setattr(board, "client", SimpleNamespace(listen=dg.listen, flux=flux, _hosts=dg._hosts))
    board.run.click()
    slow.stopped(board)
    assert board.nova is not None
    assert not board.nova.running


def test_stop_ends_both(dg: Deepgram, recording: str) -> None:
    board = dashboards.live(dg, source=recording)
    board.pace.value = 0.25
    opened = Event()
    board.turns.observe(lambda _: opened.set(), "children")
    board.run.click()
    assert opened.wait(PATIENCE)
    board.cancel()
    assert board.job is not None
    result(board.job, PATIENCE)
    assert board.banner.state == "done", board.banner.told
    assert [session.status for session in board._sessions] == ["ended", "ended"]
