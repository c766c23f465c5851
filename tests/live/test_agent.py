"""Conversations with the sandbox's agent, over a real socket."""

from __future__ import annotations

import asyncio
import logging
import queue
import threading
from typing import Any

import numpy as np
import pytest

from dgnb import AsyncDeepgram, Deepgram, LiveError, OptionError, TimedOut, tool
from dgnb.live.agent import AgentSession
from dgnb.protocol.messages import agent as messages
from dgnb.sandbox import Server
from dgnb.sessions.records import Lost
from tests.live.conftest import Leftovers

WAIT = 60.0


class Weather:
    """A tool that remembers its calls, and may be made to wait."""

    def __init__(self) -> None:
        self.cities: list[str] = []
        self.began, self.go_on = threading.Event(), threading.Event()
        self.go_on.set()

    def weather(self, city: str) -> str:
        """Weather of a city."""
        self.cities.append(city)
        self.began.set()
        assert self.go_on.wait(WAIT)
        return f"sunny and 21 degrees in {city}"


@pytest.fixture
def sky() -> Weather:
    return Weather()


QUESTION = "What is the weather in Rome?"
SPOKEN = "What is the weather in Paris?"  # the sandbox's recogniser hears no Rome


def test_a_question_leads_to_a_call_whose_result_is_in_the_reply(
    dg: Deepgram, sky: Weather, leftovers: Leftovers
) -> None:
    with dg.agent(prompt="Be brief.", greeting="Hello!", tools=[sky.weather]) as agent:
        assert "21" in agent.say(QUESTION)
    assert sky.cities == ["Rome"]
    assert agent.turns["user"].tolist() == ["", QUESTION]
    assert agent.turns["agent"][0] == "Hello!"
    assert (agent.turns["duration"] > 0).all()
    (made,) = agent.calls.to_dict("records")
    assert (made["turn"], made["function"], made["arguments"]) == (1, "weather", '{"city":"Rome"}')
    assert (made["state"], made["result"]) == ("done", "sunny and 21 degrees in Rome")
    assert agent.latency["measured"][1] > 0
    assert agent.speech.samples.size > 0
    assert agent.status == "ended"
    assert {"SettingsApplied", "FunctionCallRequest", "Audio", "Ended"} <= set(agent.events["type"])
    assert leftovers.found() == []


def test_a_scripted_dialogue_gives_its_replies(dg: Deepgram) -> None:
    with dg.agent(prompt="Be brief.") as agent:
        replies = agent.run(["Hello.", "Thank you."])
    assert len(replies) == 2
    assert all(replies)
    assert agent.stop().count("\n") == 3


def test_a_spoken_question_is_answered(dg: Deepgram, sky: Weather) -> None:
    told: list[str] = []
    with dg.agent(prompt="Be brief.", tools=[sky.weather], pace=4.0) as agent:
        agent.on_interrupt(lambda: told.append("stop playing"))
        assert "21" in agent.listen(dg.speak(SPOKEN))
    assert sky.cities == ["Paris"]
    assert told[0] == "stop playing"
    user, other = np.frombuffer(agent.audio.audio[44:], "<i2").reshape(-1, 2).T
    assert np.flatnonzero(user)[0] < np.flatnonzero(other)[0]
    assert agent.plot.turns().get_xlabel() == "time [s]"


def test_a_source_is_heard_to_its_end_and_the_last_reply_is_waited_for(
    dg: Deepgram, monkeypatch: pytest.MonkeyPatch
) -> None:
    # A busy machine may need longer to hear that somebody spoke.
    monkeypatch.setattr("dgnb.sessions.conversing.LULL", 6.0)
    agent = dg.agent(prompt="Be brief.", source=dg.speak(QUESTION).audio, pace=4.0)
    assert "User:" in agent.wait(timeout=WAIT)
    assert "Agent:" in agent.text
    with pytest.raises(LiveError, match="over"):
        agent.say("And now?")


def test_a_recording_is_not_said_beside_a_source(dg: Deepgram) -> None:
    source: queue.SimpleQueue[bytes | None] = queue.SimpleQueue()
    source.put(bytes(3200))
    with dg.agent(prompt="Be brief.", source=source, encoding="linear16", sample_rate=16_000) as agent:
        with pytest.raises(OptionError, match="has a source of its own"):
            agent.listen(bytes(3200))
        source.put(None)


def test_the_same_is_awaited_and_a_tool_runs_on_the_users_loop(server: Server) -> None:
    server.faults = ""

    async def main() -> tuple[str, bool]:
        home, where = asyncio.get_running_loop(), []

        @tool
        async def weather(city: str) -> str:
            """Weather of a city."""
            where.append(asyncio.get_running_loop())
            return f"sunny in {city}"

        async with AsyncDeepgram("key", base_url=server.url) as dg:
            agent = dg.agent(prompt="Be brief.", tools=[weather])
            async with agent:
                reply = await agent.say(QUESTION)
        return reply, where == [home]

    reply, at_home = asyncio.run(main())
    assert "Rome" in reply
    assert at_home


def test_the_error_of_a_tool_is_told_to_the_agent_and_shown(
    dg: Deepgram, caplog: pytest.LogCaptureFixture
) -> None:
    def weather(city: str) -> str:
        """Weather of a city."""
        raise RuntimeError("the station is down")

    with caplog.at_level(logging.WARNING, "dgnb"), dg.agent(prompt="Be brief.", tools=[weather]) as agent:
        agent.say(QUESTION)
    assert agent.calls["state"].tolist() == ["failed"]
    assert "RuntimeError: the station is down" in agent.calls["result"][0]
    assert "The agent's call of weather has failed" in caplog.text


def test_a_change_is_agreed_to_and_in_force(dg: Deepgram) -> None:
    with dg.agent(prompt="Your name is Max.") as agent:
        agent.update(
            prompt='End every reply with "Goodbye."', speak="aura-2-zeus-en", think="claude-sonnet-4"
        )
        assert agent.say("Hello.").endswith("Goodbye.")
        own: Any = agent.settings["agent"]
    assert own["think"]["provider"]["type"] == "anthropic"
    assert own["think"]["prompt"] == 'End every reply with "Goodbye."'
    assert own["speak"]["provider"]["model"] == "aura-2-zeus-en"


def test_a_change_that_cannot_be_right_changes_nothing(dg: Deepgram) -> None:
    with dg.agent(prompt="Be brief.") as agent:
        with pytest.raises(OptionError, match=r"speak\.provider\.model_id is required"):
            agent.update(prompt="Be long.", speak={"type": "cartesia"})
        with pytest.raises(OptionError, match="Say what is to change"):
            agent.update()
    assert agent.settings["agent"]["think"]["prompt"] == "Be brief."


def test_the_agent_says_what_is_injected(dg: Deepgram) -> None:
    with dg.agent(prompt="Be brief.") as agent:
        agent.inject("The shop closes at six.")
    assert agent.text == "Agent: The shop closes at six."


@pytest.mark.parametrize("text", ["", "  ", None, 5])
def test_only_text_is_said(dg: Deepgram, text: Any) -> None:
    with dg.agent(prompt="Be brief.") as agent, pytest.raises(OptionError, match="The text is not empty"):
        agent.say(text)


def test_a_reply_that_does_not_come_in_time_may_still_come(dg: Deepgram, sky: Weather) -> None:
    sky.go_on.clear()
    with dg.agent(prompt="Be brief.", tools=[sky.weather]) as agent:
        with pytest.raises(TimedOut, match="has not replied within"):
            agent.say(QUESTION, timeout=0.2)
        sky.go_on.set()
        for event in agent:
            if isinstance(event, messages.AgentAudioDone):
                break
    assert "21" in agent.text


def test_settings_that_are_refused_are_told_with_their_code(dg: Deepgram) -> None:
    agent = dg.agent(settings="0f3c1d22-7c1e-4c39-9a3c-3c8a3c1f9a11")
    with pytest.raises(LiveError, match="INVALID_SETTINGS"):
        agent.say("Hello.")
    assert agent.status == "failed"


def test_when_the_user_speaks_a_call_that_goes_on_is_taken_back(dg: Deepgram) -> None:
    told: list[str] = []
    called = threading.Event()

    @tool(timeout=WAIT)
    async def weather(city: str) -> str:
        """Weather of a city."""
        told.append(city)
        called.set()
        if city == "Paris":
            return "sunny"
        try:
            await asyncio.sleep(WAIT)
        except asyncio.CancelledError:
            told.append("taken back")
            raise
        return "too late"

    with dg.agent(prompt="Be brief.", tools=weather, pace=4.0) as agent:
        with pytest.raises(TimedOut):
            agent.say(QUESTION, timeout=0.2)
        assert called.wait(WAIT)
        assert "sunny" in agent.listen(dg.speak(SPOKEN)).lower()
    assert told == ["Rome", "taken back", "Paris"]
    assert agent.calls["state"].tolist() == ["cancelled", "done"]
    assert agent.turns["interrupted"].tolist() == [True, False]


def test_the_users_turn_can_be_ended_by_force(dg: Deepgram) -> None:
    with dg.agent(prompt="Be brief.") as agent, pytest.raises(LiveError, match="nobody spoke"):
        agent.force_end_turn()


def test_the_agent_finds_words_of_its_own_only_with_think_live(dg: Deepgram) -> None:
    with dg.agent(prompt="Be brief.") as agent:
        with pytest.raises(LiveError, match="think_live"):
            agent.inject()
        agent.update(think_live={"presence_check_max_count": 1})
        agent.inject()
    assert agent.turns["agent"].str.len().max() > 0


def test_a_muted_user_is_not_heard(dg: Deepgram, sky: Weather) -> None:
    with dg.agent(prompt="Be brief.", tools=[sky.weather], pace=4.0) as agent:
        agent.mute()
        agent.update(prompt="Be very brief.")  # the connection is there
        with pytest.raises(TimedOut):
            agent.listen(dg.speak(SPOKEN), timeout=2.0)  # more than it takes to send all of it
        agent.mute(False)
        assert "21" in agent.listen(dg.speak(SPOKEN))
    assert sky.cities == ["Paris"]


# Faults


def losses(agent: AgentSession[Any]) -> int:
    return sum(isinstance(record.notice, Lost) for record in agent.records)


def test_a_connection_that_breaks_during_a_call_makes_no_second_one(
    dg: Deepgram, server: Server, sky: Weather, leftovers: Leftovers
) -> None:
    sky.go_on.clear()
    server.faults = "drop@0.5s"
    with dg.agent(prompt="Be brief.", tools=[sky.weather]) as agent:
        agent.observe(lambda live: sky.go_on.set() if losses(live) else None)
        assert "21" in agent.say(QUESTION)
        assert sky.cities == ["Rome"]
        assert losses(agent) == 1
        assert agent.say("Thank you.")
    assert agent.turns["user"].tolist() == [QUESTION, "Thank you."]
    assert agent.calls["state"].tolist() == ["done"]
    assert leftovers.found() == []


@pytest.mark.parametrize("at", ["0", "0.004", "0.01", "0.02", "0.03", "0.05", "0.08"])
def test_a_connection_that_breaks_at_any_time_loses_no_reply_and_calls_nothing_twice(
    dg: Deepgram, server: Server, sky: Weather, at: str
) -> None:
    server.faults = f"drop@{at}s, drop@{at}s"
    with dg.agent(prompt="Be brief.", greeting="Hello!", tools=[sky.weather]) as agent:
        replies = agent.run([QUESTION, "How is the weather in Paris?"])
    assert ["Rome" in replies[0], "Paris" in replies[1]] == [True, True]
    assert sky.cities == ["Rome", "Paris"]
    assert agent.turns["user"].tolist()[-2:] == [QUESTION, "How is the weather in Paris?"]


def test_a_connection_that_breaks_while_the_agent_speaks_goes_on(
    dg: Deepgram, server: Server, sky: Weather
) -> None:
    server.faults = "drop@speech"
    with dg.agent(prompt="Be brief.", tools=[sky.weather]) as agent:
        replies = agent.run([QUESTION, "How is the weather in Paris?"])
    kinds = agent.events["type"].tolist()
    assert kinds.index("Audio") < kinds.index("Lost") < kinds.index("AgentAudioDone")
    assert ["Rome" in replies[0], "Paris" in replies[1]] == [True, True]
    assert sky.cities == ["Rome", "Paris"]


def test_what_is_said_while_the_connection_breaks_is_heard(
    dg: Deepgram, server: Server, sky: Weather
) -> None:
    question = dg.speak(SPOKEN)
    server.faults = "drop@0.3s"
    with dg.agent(prompt="Be brief.", tools=[sky.weather], pace=4.0) as agent:
        assert "21" in agent.listen(question)
    assert losses(agent) == 1
    assert sky.cities == ["Paris"]
