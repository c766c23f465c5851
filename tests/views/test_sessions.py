"""Sessions as HTML that a notebook keeps."""

from __future__ import annotations

import pytest

from dgnb.audio.raw import AudioFormat
from dgnb.live.log import FluxLog, ListenLog
from dgnb.protocol.heard import Alternative, Channel
from dgnb.protocol.messages import listen, write
from dgnb.sessions.bounds import Bounds
from dgnb.sessions.listening import Listening
from dgnb.sessions.turns import Turns


def call(seconds: float, *, keep: bool = True) -> ListenLog:
    session = Listening({}, Bounds())
    session.begin(AudioFormat("linear16", 16_000))
    session.kept = [] if keep else None
    session.take(bytes(round(seconds * 32_000)))
    session.opened("r", 0.0)
    channel = Channel([Alternative("<b>hello</b>", 0.9)])
    session.hear(write(listen.Results(duration=1.0, is_final=True, channel=channel)), 1.0)
    session.ended("", 2.0)
    return ListenLog(session, {})


def test_audio_that_was_kept_is_in_the_page() -> None:
    page = call(2)._repr_html_()
    assert '<audio controls preload="metadata" aria-label="Recording" src="data:audio/wav;base64,' in page
    assert "&lt;b&gt;hello" in page


def test_audio_that_is_large_is_not_but_can_be_saved() -> None:
    page = call(100)._repr_html_()
    assert "<audio" not in page
    assert '.audio.save("recording.wav")' in page


@pytest.mark.parametrize("log", [call(2, keep=False), call(0)], ids=["not kept", "none came"])
def test_without_audio_there_is_no_player(log: ListenLog) -> None:
    assert "<audio" not in log._repr_html_()


def test_a_conversation_with_the_sandbox_says_so() -> None:
    assert "sandbox" in FluxLog(Turns({}, Bounds()), {}, sandbox=True)._repr_html_()
    assert "sandbox" not in FluxLog(Turns({}, Bounds()), {})._repr_html_()
