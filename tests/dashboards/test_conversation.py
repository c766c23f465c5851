from __future__ import annotations

from threading import Event
from types import SimpleNamespace

import pytest

from dgnb import dashboards
from dgnb.dashboards.conversation import Conversation
from dgnb.transport.loop import result
from dgnb.widgets.agent import AgentPanel
from tests.dashboards.conftest import PATIENCE, Slow, page, press


def weather(city: str) -> str:
    """Weather in a city."""
    return f"sunny in {city}"


def started(board: Conversation) -> None:
    """Press the button, and wait for the panel."""
    there = Event()
    board.panel.observe(lambda _: there.set(), "children")
    board.run.click()
    assert there.wait(PATIENCE)


def ended(board: Conversation) -> None:
    board.cancel()
    assert board.job is not None
    result(board.job, PATIENCE)


def test_an_agent_is_talked_to_looked_into_and_written_as_code() -> None:
    board = dashboards.agent(tools=[weather])
    board.form.value = {}
    started(board)
    assert isinstance(board.panel.children[0], AgentPanel)
    assert board.agent is not None
    reply = board.agent.say("What is the weather in Rome?")
    ended(board)
    assert board.banner.told == "The conversation has ended after 1 turn."
    assert "weather" in page(board.trace, "Calls").value
    assert page(board.trace, "Plot").value.startswith("<img")
    assert "agent.say('What is the weather in Rome?')" in board.code.text

    names = {"weather": weather}
    exec(board.code.text, names)
    again = names["agent"]
    assert again.turns["agent"].to_list() == [reply]  # type: ignore[attr-defined]
    again.stop()  # type: ignore[attr-defined]


def test_what_the_agent_does_not_know_stands_beside_its_option() -> None:
    board = dashboards.agent()
    board.form.value = {"think": "nobodys-model"}
    press(board)
    assert board.banner.state == "failed"
    assert "Whose model is" in board.form.problems["think"]
    assert board.agent is None


def test_by_voice_a_recorder_without_echo_waits_for_somebody() -> None:
    board = dashboards.agent()
    there = Event()
    board.panel.observe(lambda _: there.set(), "children")
    board.talk.click()
    assert there.wait(PATIENCE)
    assert board.microphone.children[0].echo_cancellation
    assert "source='mic'" in board.code.text
    recorder = board.microphone.children[0]
    ended(board)
    assert board.banner.state == "done", board.banner.told

    # A session that cannot begin has no recorder; in writing there is nothing to record.
    board.form.value = {"think": "nobodys-model"}
    press(board, board.talk)
    assert board.microphone.children == ()
    board.form.value = {}
    there.clear()
    board.run.click()
    assert there.wait(PATIENCE)
    assert board.microphone.children == ()
    assert recorder.comm is None
    ended(board)


def test_what_is_stopped_while_it_begins_does_not_go_on(monkeypatch: pytest.MonkeyPatch) -> None:
    board = dashboards.agent()
    slow = Slow(board.client.agent)
    monkeypatch.setattr(board, "client", SimpleNamespace(agent=slow, _hosts=board.client._hosts))
    board.run.click()
    slow.stopped(board)
    assert board.agent is None
