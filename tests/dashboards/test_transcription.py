from __future__ import annotations

import json
from pathlib import Path
from threading import Event
from typing import Any

import numpy as np
import pytest

from dgnb import Deepgram, dashboards
from dgnb.dashboards.transcription import CAPTIONS, FRAMES, Transcription
from dgnb.results import Accepted
from tests.dashboards.conftest import PATIENCE, RATE, done, made, page, press, run
from tests.servers import Answer, Server, refused


@pytest.fixture(scope="module")
def board(recording: str) -> Transcription:
    """A dashboard that has transcribed."""
    made_one = dashboards.transcribe(source=recording)
    made_one.form.value = {"model": "nova-3", "punctuate": True, "keyterm": ["weather"], "sentiment": True}
    done(made_one)
    return made_one


def test_a_recording_becomes_a_transcript_with_all_its_pages(board: Transcription) -> None:
    assert board.results.titles == ("Text", "Player", "Tables", "Plots", "Captions", "JSON", "Code")
    assert board.result is not None
    assert board.result.text in page(board.results, "Text").value.replace("&#x27;", "'")
    assert board.result.request_id in page(board.results, "JSON").value
    assert page(board.results, "Code").text == board.code.text
    assert page(board.results, "Player").audio[:4] == b"RIFF"


def test_the_code_does_the_same(board: Transcription) -> None:
    assert board.result is not None
    assert run(board)["call"].words.equals(board.result.words)


@pytest.mark.parametrize(
    ("title", "names"), [("Tables", FRAMES), ("Captions", tuple(CAPTIONS)), ("Plots", None)]
)
def test_each_view_is_made_when_it_is_chosen(board: Transcription, title: str, names: Any) -> None:
    pick = page(board.results, title)
    assert names is None or pick.choice.options == names
    name = pick.choice.options[-1]
    made(lambda: pick.shown)
    pick.shown.children = []
    pick.choice.value = name
    assert "dgnb-note" not in made(lambda: pick.shown).value


def test_without_audio_it_says_what_to_do() -> None:
    board = dashboards.transcribe()
    press(board)
    assert (board.banner.state, board.run.disabled) == ("failed", False)
    assert "drop a file, press Record, or give a path" in board.banner.told


def test_an_error_is_text_and_stands_beside_its_option(recording: str) -> None:
    board = dashboards.transcribe(source=recording)
    board.form.value = {"model": "nova-3", "keywords": ["weather:2"]}
    press(board)
    assert board.banner.told == board.form.problems["keywords"]
    assert "keyterm" in board.banner.told


def test_no_key_is_shown_when_the_service_refuses(recording: str) -> None:
    with Server(refused(401, "INVALID_AUTH")) as server:
        board = dashboards.transcribe(Deepgram("a-secret-key", base_url=server.url), source=recording)
        press(board)
    assert board.banner.state == "failed"
    state = json.dumps(
        [board.banner.told, board.code.text, repr(board.client), board.form.get_state()], default=str
    )
    assert "a-secret-key" not in state
    assert f"base_url='{server.url}'" in board.code.text
    assert not board.banner.sandbox


def test_with_a_callback_it_is_submitted(recording: str) -> None:
    body = json.dumps({"request_id": "r-1"}).encode()
    with Server(Answer(body=body)) as server:
        board = dashboards.transcribe(Deepgram("key", base_url=server.url), source=recording)
        board.form.value = {"callback": "https://example.org/take"}
        assert "goes to the callback" in done(board)
    assert isinstance(board.result, Accepted)
    assert "dg.listen.submit(" in board.code.text


def test_work_can_be_cancelled(recording: str) -> None:
    with Server(Answer(hang=True)) as server:
        board = dashboards.transcribe(Deepgram("key", base_url=server.url), source=recording)
        board.run.click()
        server.wait(1)
        assert board.run.disabled
        board._stop.click()
        assert board.job is not None
        assert board.job.cancelled()
    board.source.address.value = "nowhere.wav"
    press(board)
    assert "nowhere.wav" in board.banner.told


def test_a_dropped_file_and_a_recording_are_audio(recording: str, samples: Any) -> None:
    board = dashboards.transcribe()
    board.source.upload.take("dropped.wav", Path(recording).read_bytes())
    assert Path(board.source.value).name == "dropped.wav"

    microphone = board.source.microphone
    recorder = microphone.recorder
    kept = Event()
    microphone.observe(lambda _: kept.set(), "path")
    recorder._heard({"kind": "start", "take": "1"})
    audio = np.asarray(samples, np.int16).tobytes()
    frames = [audio[at : at + 2560] for at in range(0, len(audio), 2560)]
    for number, frame in enumerate(frames):
        recorder._heard({"kind": "frame", "take": "1", "seq": number}, [frame])
    recorder._heard({"kind": "end", "take": "1", "count": len(frames)})
    assert kept.wait(PATIENCE)
    assert board.source.value == microphone.path
    assert Path(microphone.path).read_bytes()[44:] == audio
    assert microphone.recorder is not recorder
    done(board)
    assert board.result is not None
    assert board.result.duration == pytest.approx(len(audio) / 2 / RATE, abs=0.01)
