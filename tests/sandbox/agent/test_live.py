"""Think Live: fillers, presence checks, frustration."""

from __future__ import annotations

from typing import Any

from dgnb.sandbox import Server
from dgnb.sandbox.agent.replying import CHECK, FILLER, STILL_FILLER
from tests.sandbox.agent.talk import WEATHER, reply, said, talking, turn


def live(**rules: Any) -> dict[str, Any]:
    return {"provider": {"type": "deepgram", "version": "v1", **rules}}


def texts(messages: list[dict[str, Any]]) -> list[str]:
    return [one["content"] for one in messages if one.get("conversational_behavior")]


def test_fillers_are_said_while_a_function_takes_long(fast: Server) -> None:
    slow = {
        **WEATHER,
        "initial_agent_filler": True,
        "agent_filler_max_count": 1,
        "agent_filler_interval_ms": 1000,
    }
    with talking(fast.url, functions=[slow], think_live=live()) as call:
        call.say("InjectUserMessage", content="What is the weather in Paris?")
        assert texts(call.until("FunctionCallRequest")[1]) == [FILLER]
        assert texts(call.until("AgentAudioDone")[1]) == [STILL_FILLER]
        call.say("FunctionCallResponse", name="get_weather", content="Rain")
        assert said(reply(call)) == "Rain."


def test_a_silent_user_is_asked_for_as_often_as_is_said(fast: Server) -> None:
    rules = live(presence_check_interval_ms=50, presence_check_max_count=2)
    with talking(fast.url, think_live=rules, greeting="Hello.") as call:
        call.until("LatencyReport")
        for _ in range(2):
            assert texts(call.until("AgentAudioDone")[1]) == [CHECK]
        assert "Goodbye." in said(turn(call, "Goodbye."))


def test_an_annoyed_user_is_told_of(fast: Server) -> None:
    with talking(fast.url, think_live=live(frustration_max_count=2)) as call:
        assert "FrustrationDetected" not in turn(call, "What a lovely day.")
        found = [turn(call, "This is awful, I hate it.")["FrustrationDetected"][0] for _ in range(2)]
    assert [(one["count"], one["escalated"]) for one in found] == [(1, False), (2, True)]


def test_without_think_live_nobody_is_sensed(fast: Server) -> None:
    with talking(fast.url) as call:
        assert "FrustrationDetected" not in turn(call, "This is awful.")
