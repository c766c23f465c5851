"""A session that was saved and read tells what it told, whatever happened to it."""

from __future__ import annotations

from pathlib import Path

import pytest

from dgnb import OptionError, replay
from dgnb.audio.raw import AudioFormat
from dgnb.live.log import FluxLog, ListenLog
from dgnb.protocol.heard import Alternative, Channel, Word
from dgnb.protocol.messages import Message, flux, listen, write
from dgnb.sessions.bounds import Bounds
from dgnb.sessions.hearing import Hearing
from dgnb.sessions.listening import Listening
from dgnb.sessions.records import Lost
from dgnb.sessions.turns import Turns

SECOND = bytes(32_000)


def results(start: float, *words: str, final: bool = True) -> listen.Results:
    """Half a second for each word."""
    said = [
        Word(word, start + at / 2, start + at / 2 + 0.4, 0.9, speaker=at % 2) for at, word in enumerate(words)
    ]
    channel = Channel([Alternative(" ".join(words), 0.9, said)])
    return listen.Results(start=start, duration=len(words) / 2, channel=channel, is_final=final)


def sent(session: Hearing, until: float) -> None:
    """Let all audio be sent that is there."""
    while session.outgoing(until) is not None:
        pass


def heard(session: Hearing, *messages: Message, at: float) -> None:
    for message in messages:
        session.hear(write(message), at)


@pytest.fixture
def call() -> ListenLog:
    """Two connections; between them the buffer was too small."""
    session = Listening({"diarize": True}, Bounds(buffer=1.0))
    session.begin(AudioFormat("linear16", 16_000))
    session.opened("first", 10.0)
    session.take(SECOND)
    sent(session, 11.0)
    heard(session, results(0.0, "one", "two"), at=11.5)
    session.lost(Lost(1006, "gone", pause=0.5), 12.0)
    for _ in range(3):
        session.take(SECOND)
    session.opened("second", 13.0)
    sent(session, 30.0)
    heard(session, results(0.0, "three", final=False), results(0.0, "three", "four"), at=31.0)
    session.ended("", 32.0)
    return ListenLog(session, {"diarize": True})


def test_words_events_and_text_are_as_they_were(call: ListenLog, tmp_path: Path) -> None:
    again = replay(call.save(tmp_path / "call.jsonl"))
    assert isinstance(again, ListenLog)
    assert call.text == again.text == "one two three four"
    assert again.words.equals(call.words)
    assert again.events.equals(call.events)
    assert again.records == call.records
    assert "Gap" in set(again.events["type"])
    assert again.words["start"].tolist()[2] == 3.0
    assert (again.duration, again.request_id, again.status) == (4.0, "first", "ended")
    assert repr(again) == repr(call)


def test_a_conversation_keeps_its_turns_and_how_late_they_came(tmp_path: Path) -> None:
    session = Turns({"eot_threshold": 0.8}, Bounds())
    session.begin(AudioFormat("linear16", 16_000))
    session.opened("r", 0.0)
    session.take(SECOND)
    sent(session, 1.0)
    word = Word("Hello.", 0.1, 0.5, 0.9)
    start = flux.TurnInfo(event="StartOfTurn", transcript="Hello.", words=[word], audio_window_end=0.6)
    end = flux.TurnInfo(
        "EndOfTurn", 0, "", 2, 0.0, 1.0, "Hello.", [word], end_of_turn_confidence=0.9, trigger="model"
    )
    heard(session, start, end, at=1.5)
    talk = FluxLog(session, {"eot_threshold": 0.8})

    again = replay(talk.save(tmp_path / "talk.jsonl"))
    assert isinstance(again, FluxLog)
    assert again.turns.equals(talk.turns)
    assert again.turns["latency"].notna().all()
    assert again.status == "saved"
    before, after = (log.plot.turns().get_lines()[0].get_xydata() for log in (talk, again))
    assert before.tolist() == after.tolist()


def test_why_a_session_failed_is_kept(tmp_path: Path) -> None:
    session = Listening({}, Bounds())
    session.ended("the service refused", 1.0)
    again = replay(ListenLog(session, {}).save(tmp_path / "call.jsonl"))
    assert again.status == "failed"
    assert str(again.error) == "the service refused"
    assert "the service refused" in again._repr_html_()


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\xff\xfe",
        b"[]",
        b'{"session": "agent", "options": {}}',
        b'{"session":"listen.live","options":{},"audio":{"encoding":""},"samples":0,"clocks":[],'
        b'"latencies":[],"version":2}',
        b'{"session":"listen.live","options":{},"audio":{"encoding":""},"samples":0,"clocks":[],'
        b'"latencies":[]}\n{"at":1,"connection":1,"raw":"no JSON"}',
    ],
    ids=["nothing", "no text", "a list", "another kind", "a later version", "a line that is none"],
)
def test_any_other_file_is_refused_by_its_name(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "other.jsonl").write_bytes(content)
    with pytest.raises(OptionError, match=r"other\.jsonl is no session that was saved"):
        replay(tmp_path / "other.jsonl")
