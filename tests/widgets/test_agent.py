"""The panel of a conversation, beside a page without a browser."""

from __future__ import annotations

import threading
from typing import Any

import numpy as np
import pytest

from dgnb import Deepgram
from dgnb.widgets.agent import LONGEST, AgentPanel
from tests.widgets.pages import Page

QUESTION = "What is the weather in Rome?"


def weather(city: str) -> str:
    """Weather of a city."""
    return f"sunny and 21 degrees in {city}"


def about(turn: int) -> Any:
    """Whether a message tells that the reply of a turn has come."""
    return lambda message: any(
        one["turn"] == turn and one["agent"]
        for one in message.get("exchanges", ())
        if message["kind"] == "news"
    )


def test_both_sides_and_the_calls_are_shown_as_they_come(page: Page, dg: Deepgram) -> None:
    with dg.agent(prompt="Be brief.", greeting="Hello!", tools=[weather]) as agent:
        panel = AgentPanel(agent)
        assert page.open(panel)["kind"] == "all"
        page.say(panel, "say", text=QUESTION)
        page.wait(lambda message: message.get("to") == "say")
        page.say(panel, "ready", page="late")
        shown = page.wait(lambda message: message.get("page") == "late")["exchanges"]
        assert repr(panel) == "<AgentPanel: live, 2 turns>"
        panel.close()
    assert [one["user"] for one in shown] == ["", QUESTION]
    assert shown[0]["agent"] == "Hello!"
    assert "21 degrees in Rome" in shown[1]["agent"]
    (call,) = shown[1]["calls"]
    assert (call["name"], call["arguments"], call["state"]) == ("weather", '{"city":"Rome"}', "done")
    assert call["result"] == "sunny and 21 degrees in Rome"
    assert page.wait(lambda message: message.get("to") == "say")["ok"]


def test_only_what_has_changed_is_sent(page: Page, dg: Deepgram) -> None:
    with dg.agent(prompt="Be brief.") as agent:
        panel = AgentPanel(agent)
        page.open(panel)
        for turn in range(6):
            page.say(panel, "say", text=f"Hello number {turn}.")
            page.wait(about(turn))
        last = [
            one["turn"]
            for message in page.messages
            if message["kind"] == "news"
            for one in message.get("exchanges", ())
        ]
        panel.close()
    assert sorted(set(last)) == list(range(6))
    assert last == sorted(last)
    assert page.status["words"] == len(agent.text.split()) - 12  # the names of the sides


def test_the_prompt_is_changed_while_the_agent_runs(page: Page, dg: Deepgram) -> None:
    with dg.agent(prompt="Be brief.") as agent:
        panel = AgentPanel(agent)
        page.open(panel)
        assert page.status["prompt"] == "Be brief."
        page.say(panel, "prompt", prompt='End every reply with "Goodbye."')
        assert page.wait(lambda message: message.get("to") == "prompt")["ok"]
        assert page.status["prompt"] == 'End every reply with "Goodbye."'
        assert agent.say("Hello.").endswith("Goodbye.")
        panel.close()


def test_what_cannot_be_done_is_told(page: Page, dg: Deepgram) -> None:
    with dg.agent(prompt="Be brief.") as agent:
        panel = AgentPanel(agent)
        page.open(panel)
        page.say(panel, "say", text=" ")
        refused = page.wait(lambda message: message.get("to") == "say")
        page.say(panel, "force")
        unforced = page.wait(lambda message: message.get("to") == "force")
        panel.close()
    assert (refused["ok"], "not empty" in refused["told"]) == (False, True)
    assert "nobody spoke" in unforced["told"]


def test_the_voice_is_sent_and_cut_where_the_user_begins(page: Page, dg: Deepgram) -> None:
    with dg.agent(prompt="Be brief.") as agent:
        panel = AgentPanel(agent)
        page.open(panel)
        agent.say("Hello.")
        page.wait(lambda message: message["kind"] == "audio")
        agent.interrupt()
        edge = page.wait(lambda message: message["kind"] == "edge")
        kinds = [message["kind"] for message in page.messages]
        assert kinds.index("stop") < kinds.index("edge")
        assert edge["at"] == sum(map(len, agent._dialogue.pieces)) // 2
        panel.close()


def test_a_user_who_has_a_source_is_muted(page: Page, dg: Deepgram) -> None:
    go_on = threading.Event()

    def silence() -> Any:
        yield np.zeros(1600, np.int16)
        assert go_on.wait(30)

    with dg.agent(prompt="Be brief.", source=silence(), encoding="linear16", sample_rate=16_000) as agent:
        panel = AgentPanel(agent)
        assert panel.about["microphone"]
        page.open(panel)
        page.say(panel, "mute", muted=True)
        page.wait(lambda message: message.get("status", {}).get("muted"))
        go_on.set()
        panel.close()


def test_foreign_text_cannot_turn_its_direction_and_long_results_are_cut(page: Page, dg: Deepgram) -> None:
    def weather(city: str) -> str:
        """Weather of a city."""
        return "\u202e<img src=x onerror=alert(1)> " + "x" * 3000

    with dg.agent(prompt="Be brief.", tools=[weather]) as agent:
        panel = AgentPanel(agent)
        page.open(panel)
        agent.say(QUESTION)
        shown = page.wait(
            lambda message: any(one["calls"] and one["agent"] for one in message.get("exchanges", ()))
        )
        panel.close()
    (call,) = shown["exchanges"][-1]["calls"]
    assert call["result"].startswith("\ufffd<img")
    assert len(call["result"]) == LONGEST + 2


@pytest.mark.parametrize("encoding", ["mulaw", "mp3"])
def test_a_voice_in_a_file_format_is_not_played_while_it_comes(
    page: Page, dg: Deepgram, encoding: str
) -> None:
    output = {"encoding": encoding, **({"sample_rate": 8000} if encoding == "mulaw" else {})}
    with dg.agent(prompt="Be brief.", settings={"audio": {"output": output}}) as agent:
        panel = AgentPanel(agent)
        page.open(panel)
        agent.say("Hello.")
        page.wait(about(0))
        assert panel.about["rate"] == (8000 if encoding == "mulaw" else 0)
        panel.close()
