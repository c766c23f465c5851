from __future__ import annotations

import numpy as np
import pytest
from matplotlib.collections import PolyCollection

from dgnb import LiveError
from dgnb.audio.raw import AudioFormat
from dgnb.protocol.messages import Message, agent, write
from dgnb.sessions.bounds import Bounds
from dgnb.sessions.conversing import Conversing
from dgnb.views import conversations
from dgnb.views.exchanges import ConversationPlots


def talk() -> Conversing:
    """A greeting, a question with a call, and a reply that is interrupted."""
    session = Conversing({"audio": {}, "agent": {"greeting": "Hi."}}, Bounds())
    session.opened("r", 0.0)

    def tell(now: float, *frames: Message | bytes) -> None:
        for frame in frames:
            if isinstance(frame, bytes):
                session.hear_audio(frame, now)
            else:
                session.hear(write(frame), now)

    tell(
        0.0,
        agent.SettingsApplied(),
        agent.ConversationText(content="Hi."),
        bytes(48_000),
        agent.AgentAudioDone(),
    )
    call = agent.FunctionCall(id="1", name="weather", arguments='{"city":"<Rome>"}')
    tell(
        1.0,
        agent.ConversationText(role="user", content="Weather?"),
        agent.FunctionCallRequest(functions=[call]),
    )
    session.answer(session.waiting()[0], "sunny", 1.25)
    tell(
        1.5,
        agent.ConversationText(content="Sunny."),
        agent.AgentStartedSpeaking(total_latency=0.5, tts_latency=0.1),
    )
    tell(
        1.75, bytes(24_000), agent.LatencyReport(stt_latency=0.2), agent.UserStartedSpeaking(), bytes(24_000)
    )
    tell(2.0, agent.ConversationText(role="user", content="Stop."))
    tell(2.0, agent.Warning(code="THINK_REQUEST_FAILED", description="no answer"))
    return session


def test_there_is_a_row_for_each_exchange() -> None:
    found = conversations.turns(talk())
    assert found["user"].tolist() == ["", "Weather?", "Stop."]
    assert found["agent"].tolist() == ["Hi.", "Sunny.", ""]
    assert found["duration"].tolist() == [1.0, 0.5, 0.0]
    assert found["calls"].tolist() == [0, 1, 0]
    assert found["interrupted"].tolist() == [False, True, False]
    assert found["latency"][1] == 0.75
    assert found["problem"][2] == "THINK_REQUEST_FAILED: no answer"


def test_there_is_a_row_for_each_call() -> None:
    (row,) = conversations.calls(talk()).to_dict("records")
    assert row == {
        "at": 1.0, "turn": 1, "function": "weather", "arguments": '{"city":"<Rome>"}',
        "result": "sunny", "state": "done", "duration": 0.25, "client_side": True,
    }  # fmt: skip


def test_the_latency_is_what_was_measured_and_what_was_told() -> None:
    found = conversations.latency(talk())
    assert found.loc[1, ["measured", "total", "stt", "tts"]].tolist() == [0.75, 0.5, 0.2, 0.1]
    assert np.isnan(found["total"][0])


def test_the_speech_is_all_that_was_heard_of_the_agent() -> None:
    found = conversations.speech(talk())
    assert (found.rate, len(found.samples), found.text) == (24_000, 36_000, "Hi. Sunny.")


def test_foreign_text_is_escaped() -> None:
    found = conversations.html(talk())
    assert "&lt;Rome&gt;" in found
    assert "<Rome>" not in found
    assert "<i>(interrupted)</i>" in found


def test_both_sides_are_heard_in_time() -> None:
    session = talk()
    session.begin(AudioFormat("linear16", 12_000))
    session.heard = [(0.5, np.full(6000, 100, "<i2").tobytes())]
    found = conversations.audio(session)
    both = np.frombuffer(found.audio[44:], "<i2").reshape(-1, 2)
    assert np.flatnonzero(both[:, 0] > 50)[[0, -1]] / 24_000 == pytest.approx([0.5, 1.0], abs=0.01)
    assert len(both) / 24_000 == pytest.approx(2.25)
    assert found.text == "Hi.\nWeather?\nSunny.\nStop."


def test_audio_in_a_file_format_is_not_put_beside_the_users() -> None:
    session = Conversing({"audio": {"output": {"encoding": "mp3"}}, "agent": {}}, Bounds())
    with pytest.raises(LiveError, match="in a file format"):
        conversations.audio(session)


def test_the_plot_shows_waits_calls_and_replies() -> None:
    ax = ConversationPlots(talk()).turns()
    assert [label.get_text() for label in ax.get_yticklabels()] == ["waiting", "calls", "agent"]
    boxes = [one for one in ax.collections if isinstance(one, PolyCollection)]
    assert [len(one.get_paths()) for one in boxes] == [1, 1, 2]
    assert boxes[2].get_facecolor()[:, 3].tolist() == [1.0, 0.4]


def test_what_was_not_heard_of_a_reply_is_not_in_the_audio_of_both_sides() -> None:
    session = Conversing({"audio": {}, "agent": {}}, Bounds())
    session.heard = []
    session.opened("r", 0.0)
    loud = b"\x10\x10" * 24_000
    session.hear(write(agent.ConversationText(role="user", content="Hello.")), 0.0)
    session.hear(write(agent.ConversationText(content="Well.")), 0.5)
    session.hear_audio(loud, 1.0)
    session.hear_audio(loud, 1.0)
    session.hear(write(agent.AgentAudioDone()), 1.0)
    session.hear(write(agent.UserStartedSpeaking()), 1.5)
    both = np.frombuffer(conversations.audio(session).audio[44:], "<i2").reshape(-1, 2)
    assert len(both) == 36_000
    assert np.count_nonzero(both[:, 1]) == 12_000
