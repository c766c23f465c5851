"""Captions that grow with a session."""

from __future__ import annotations

import queue
import threading
from pathlib import Path
from typing import Any

import pytest

from dgnb import Deepgram, OptionError, TimedOut
from tests.live.conftest import SENTENCES, Leftovers, spoken

RATE = 16_000


@pytest.fixture(scope="module")
def speech() -> Any:
    return spoken(*SENTENCES[:3])


def test_the_file_is_in_the_end_that_of_the_transcript(dg: Deepgram, speech: Any, tmp_path: Path) -> None:
    live = dg.listen.live((speech, RATE), model="nova-3", pace=50.0)
    file = live.captions_to(tmp_path / "talk.vtt", width=32)
    found = live.wait()
    assert file.wait(60).read_text(encoding="utf-8") == found.captions("vtt", width=32)
    assert len(found.captions("vtt").cues) >= 2
    assert "complete" in repr(file)
    assert [path.name for path in tmp_path.iterdir()] == ["talk.vtt"]


def test_the_file_grows_while_somebody_speaks(dg: Deepgram, speech: Any, tmp_path: Path) -> None:
    chunks: queue.Queue[bytes | None] = queue.Queue()
    raw = speech.tobytes()
    live = dg.listen.live(chunks, model="nova-3", encoding="linear16", sample_rate=RATE)
    file = live.captions_to(tmp_path / "talk.srt")
    assert file.path.read_text() == ""
    begun = threading.Event()
    live.observe(lambda live: live.text and begun.set())
    chunks.put(raw[: len(raw) // 2])
    assert begun.wait(30)
    half = file.stop().read_text()
    assert half.startswith("1\n00:00:0")
    chunks.put(raw[len(raw) // 2 :])
    chunks.put(None)
    assert len(live.wait().captions("srt")) > len(half)
    assert file.path.read_text() == half


def test_turns_of_flux_are_captioned(dg: Deepgram, tmp_path: Path) -> None:
    with dg.flux.live((spoken(SENTENCES[1]), RATE), pace=50.0) as talk:
        file = talk.captions_to(tmp_path / "talk.vtt")
        talk.wait()
    assert file.wait(60).read_text(encoding="utf-8") == talk.transcript.captions("vtt")


def test_nothing_is_left_behind(dg: Deepgram, speech: Any, tmp_path: Path, leftovers: Leftovers) -> None:
    with dg.listen.live((speech, RATE), model="nova-3", pace=50.0) as live:
        file = live.captions_to(tmp_path / "talk.vtt")
    file.wait(60)
    assert not [name for name in leftovers.found() if "captions" in name]


@pytest.mark.parametrize(
    ("name", "options", "why"),
    [
        ("talk", {}, "no kind of captions"),
        ("talk.pdf", {}, "one of srt"),
        ("talk.vtt", {"width": 3}, "10 columns"),
    ],
)
def test_what_cannot_be_written_is_told_at_once(
    dg: Deepgram, tmp_path: Path, name: str, options: dict[str, Any], why: str
) -> None:
    chunks: queue.Queue[bytes | None] = queue.Queue()
    with dg.listen.live(chunks, encoding="linear16", sample_rate=RATE) as live:
        with pytest.raises(OptionError, match=why):
            live.captions_to(tmp_path / name, **options)
        with pytest.raises(TimedOut, match="still being written"):
            live.captions_to(tmp_path / "other.vtt").wait(0.0)
