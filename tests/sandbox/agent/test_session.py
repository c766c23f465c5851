"""The order of a conversation with the sandbox's agent, without a voice of the user's."""

from __future__ import annotations

import json
from typing import Any

import pytest

from dgnb.protocol import limits, routes
from dgnb.sandbox import Server
from dgnb.sandbox.agent import policy
from tests.sandbox.agent.talk import (
    FLUX,
    MODEL,
    VOICE,
    WEATHER,
    failure,
    kinds,
    raw,
    reply,
    said,
    talking,
    tree,
    turn,
)
from tests.sandbox.conftest import Account


def test_a_greeting_is_text_then_audio_then_its_end(fast: Server) -> None:
    with talking(fast.url, greeting="Good morning.", top={"experimental": True}) as call:
        audio, messages = call.until("LatencyReport")
    assert kinds(messages) == [
        "ConversationText",
        "History",
        "AgentStartedSpeaking",
        "AgentAudioDone",
        "LatencyReport",
    ]
    assert messages[0] == {"type": "ConversationText", "role": "assistant", "content": "Good morning."}
    assert 0.4 < sum(map(len, audio)) / 48_000 < 3
    assert messages[-1]["tts_latency"] >= 0
    assert messages[2]["total_latency"] >= messages[2]["tts_latency"] >= 0


def test_without_flags_neither_history_nor_the_start_of_speech_is_told(fast: Server) -> None:
    with talking(fast.url, greeting="Hi.", top={"flags": {"history": False}}) as call:
        assert kinds(call.until("LatencyReport")[1]) == [
            "ConversationText",
            "AgentAudioDone",
            "LatencyReport",
        ]


def test_a_text_is_answered_like_something_spoken(fast: Server) -> None:
    with talking(fast.url, prompt="Your name is Ada.") as call:
        found = turn(call, "What is your name?")
    assert said(found, "user") == "What is your name?"
    assert said(found) == "My name is Ada."
    assert [one["role"] for one in found["History"]] == ["user", "assistant"]
    assert found["AgentThinking"][0]["content"]


@pytest.mark.parametrize(
    ("frame", "code"),
    [
        ('{"type": "KeepAlive"}', "NON_SETTINGS_MESSAGE_BEFORE_SETTINGS"),
        (bytes(320), "NON_SETTINGS_MESSAGE_BEFORE_SETTINGS"),
        ("{", "UNPARSABLE_CLIENT_MESSAGE"),
        (json.dumps({"type": "Settings"}), "INVALID_SETTINGS"),
        (json.dumps({"type": "Settings", "audio": {}, "agent": "no-such-agent"}), "INVALID_SETTINGS"),
        (json.dumps({"type": "Settings", "audio": {}, "agent": {"speak": {}}}), "INVALID_SETTINGS"),
        (
            json.dumps({"type": "Settings", "audio": {"output": {"encoding": "tin"}}, "agent": {}}),
            "INVALID_SETTINGS",
        ),
        (
            json.dumps(
                {"type": "Settings", "audio": {"input": {"encoding": "tin", "sample_rate": 1}}, "agent": {}}
            ),
            "INVALID_SETTINGS",
        ),
        (
            json.dumps(
                {
                    "type": "Settings",
                    "audio": {},
                    "agent": {"speak": {"provider": {"type": "deepgram", "model": "aura-none"}}},
                }
            ),
            "INVALID_SETTINGS",
        ),
    ],
)
def test_what_is_wrong_at_first_ends_the_connection(fast: Server, frame: str | bytes, code: str) -> None:
    with raw(fast.url) as call:
        call.raw.send(frame)
        assert failure(call) == (code, 1008, code)


@pytest.mark.parametrize(
    ("frame", "code"),
    [
        (json.dumps({"type": "Settings", **tree()}), "SETTINGS_ALREADY_APPLIED"),
        ("not JSON", "UNPARSABLE_CLIENT_MESSAGE"),
        ('{"type": "Applause"}', "UNPARSABLE_CLIENT_MESSAGE"),
        ('{"type": "InjectAgentMessage"}', "UNPARSABLE_CLIENT_MESSAGE"),
        ('{"type": "UpdatePrompt", "prompt": 5}', "UNPARSABLE_CLIENT_MESSAGE"),
        ('{"type": "UpdateThink", "think": {}}', "INVALID_SETTINGS"),
        ('{"type": "UpdateSpeak", "speak": {"provider": {"type": "deepgram"}}}', "INVALID_SETTINGS"),
        ('{"type": "UpdateListen", "listen": {"provider": {"version": "v2"}}}', "INVALID_SETTINGS"),
        (
            json.dumps(
                {
                    "type": "UpdateThink",
                    "think": {"provider": MODEL, "functions": [{"name": "f", "initial_agent_filler": True}]},
                }
            ),
            "INVALID_SETTINGS",
        ),
        (b"RIFF\x24\x00\x00\x00WAVEfmt " + bytes(64), "USER_AUDIO_FORMAT"),
    ],
)
def test_what_is_wrong_later_ends_it_too(fast: Server, frame: str | bytes, code: str) -> None:
    with talking(fast.url) as call:
        call.raw.send(frame)
        assert failure(call) == (code, 1008, code)


def test_silence_ends_the_connection(fast: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    with talking(fast.url) as call:
        monkeypatch.setattr(limits, "CONVERSATION_IDLE", 0.2)
        call.say("KeepAlive")  # the next silence is the shorter one
        assert failure(call) == ("CLIENT_MESSAGE_TIMEOUT", 1011, "CLIENT_MESSAGE_TIMEOUT")


def test_settings_that_do_not_come_end_it_too(fast: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "CONVERSATION_IDLE", 0.2)
    with raw(fast.url) as call:
        assert failure(call) == ("CLIENT_MESSAGE_TIMEOUT", 1011, "CLIENT_MESSAGE_TIMEOUT")


def test_an_error_of_the_sandbox_ends_it_and_is_told(fast: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: Any) -> None:
        raise RuntimeError("broken")

    monkeypatch.setattr(policy, "think", fail)
    with talking(fast.url) as call:
        call.say("InjectUserMessage", content="Hello.")
        assert failure(call) == ("INTERNAL_SERVER_ERROR", 1011, "INTERNAL_SERVER_ERROR")


def test_updates_are_answered_and_in_force(fast: Server) -> None:
    with talking(fast.url, prompt="Your name is Ada.") as call:
        call.say("KeepAlive")
        call.say("UpdatePrompt", prompt="Your name is Bob.")
        assert call.next() == {"type": "PromptUpdated"}
        assert said(turn(call, "What is your name?")) == "My name is Bob."
        call.say("UpdateThink", think=[{"provider": MODEL, "prompt": "Your name is Cy."}])
        assert call.next() == {"type": "ThinkUpdated"}
        assert said(turn(call, "What is your name?")) == "My name is Cy."
        call.say("UpdateSpeak", speak=[VOICE])
        assert call.next() == {"type": "SpeakUpdated"}
        call.say("UpdateListen", listen=FLUX)
        assert call.next() == {"type": "ListenUpdated"}
        call.say("UpdateThink_Live", think_live={"provider": {"type": "deepgram", "version": "v1"}})
        assert call.next() == {"type": "ThinkLiveUpdated"}


def test_a_prompt_that_is_too_long_is_a_warning(fast: Server) -> None:
    with talking(fast.url) as call:
        call.say("UpdatePrompt", prompt="x" * (limits.PROMPT + 1))
        warning = call.next()
        assert isinstance(warning, dict)
        assert (warning["type"], warning["code"]) == ("Warning", "PROMPT_TOO_LONG")
        assert call.next() == {"type": "PromptUpdated"}


def test_another_providers_voice_is_a_warning_and_something_is_said_all_the_same(fast: Server) -> None:
    voice = {
        "provider": {"type": "open_ai", "model": "tts-1", "voice": "nova"},
        "endpoint": {"url": "https://x.org"},
    }
    with talking(fast.url, speak=voice, greeting="Hello.") as call:
        audio, messages = call.until("AgentAudioDone")
    assert messages[0]["code"] == "SPEAK_REQUEST_FAILED"
    assert audio


def test_a_function_is_called_and_its_result_is_told(fast: Server) -> None:
    with talking(fast.url, functions=[WEATHER]) as call:
        call.say("InjectUserMessage", content="What is the weather in Paris?")
        request = call.until("FunctionCallRequest")[1][-1]
        (asked,) = request["functions"]
        assert (asked["name"], asked["client_side"]) == ("get_weather", True)
        assert json.loads(asked["arguments"]) == {"city": "Paris"}
        call.say("FunctionCallResponse", id=asked["id"], name="get_weather", content="It is raining.")
        found = reply(call)
    assert said(found) == "It is raining."
    (called,) = found["History"][0]["function_calls"]
    assert called == {**asked, "response": "It is raining."}
    assert found["LatencyReport"][0]["ttt_tool_latency"] > 0


def test_an_argument_that_is_missing_is_asked_for(fast: Server) -> None:
    with talking(fast.url, functions=[WEATHER]) as call:
        assert said(turn(call, "How is the weather?")).startswith("Which city")
        call.say("InjectUserMessage", content="Rome, please.")
        (asked,) = call.until("FunctionCallRequest")[1][-1]["functions"]
        assert json.loads(asked["arguments"]) == {"city": "Rome"}
        call.say("FunctionCallResponse", name="get_weather", content="Sunny")  # the id may be left out
        assert said(reply(call)) == "Sunny."


def test_a_new_turn_takes_calls_back_and_their_late_result_is_dropped(fast: Server) -> None:
    with talking(fast.url, functions=[WEATHER]) as call:
        call.say("InjectUserMessage", content="What is the weather in Paris?")
        (asked,) = call.until("FunctionCallRequest")[1][-1]["functions"]
        call.say("InjectUserMessage", content="Goodbye.")
        call.say("FunctionCallResponse", id=asked["id"], name="get_weather", content="late")
        found = reply(call)
    assert found["FunctionCallCancelled"][0]["functions"] == [{"id": asked["id"], "name": "get_weather"}]
    assert said(found) == "Goodbye."
    assert "UserStartedSpeaking" in found
    assert "Warning" not in found


def test_a_result_that_nobody_asked_for_is_a_warning(fast: Server) -> None:
    with talking(fast.url) as call:
        call.say("FunctionCallResponse", id="1", name="unknown", content="")
        assert call.until("Warning")[1][-1]["code"] == "FUNCTION_CALL_FAILED"


def test_a_function_that_is_not_answered_is_a_warning_and_told(
    fast: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "FUNCTION_PATIENCE", 0.1)
    with talking(fast.url, functions=[WEATHER]) as call:
        found = turn(call, "What is the weather in Paris?")
    assert found["Warning"][0]["code"] == "FUNCTION_CALL_FAILED"
    assert said(found).startswith("That did not work")


def test_the_agent_says_what_is_injected_unless_it_is_busy(fast: Server) -> None:
    with talking(fast.url, functions=[WEATHER]) as call:
        call.say("InjectAgentMessage", message="Are you there?")
        assert said(reply(call)) == "Are you there?"
        call.say("InjectUserMessage", content="What is the weather in Paris?")
        call.until("FunctionCallRequest")
        call.say("InjectAgentMessage", message="No.")
        messages = call.until("InjectionRefused")[1]
        assert messages[0]["code"] == "INJECT_AGENT_MESSAGE_DURING_AGENT_SPEECH"
        assert messages[-1]["message"]
        call.say("InjectAgentMessage", message="Later.", behavior="queue")
        call.say("FunctionCallResponse", name="get_weather", content="Rain")
        assert [said(reply(call)), said(reply(call))] == ["Rain.", "Later."]


def test_an_injected_message_may_interrupt(fast: Server) -> None:
    with talking(fast.url, functions=[WEATHER]) as call:
        call.say("InjectUserMessage", content="What is the weather in Paris?")
        call.until("FunctionCallRequest")
        call.say("InjectAgentMessage", message="Wait.", behavior="interrupt")
        found = reply(call)
    assert said(found) == "Wait."
    assert "FunctionCallCancelled" in found


def test_a_dynamic_message_needs_think_live(fast: Server) -> None:
    with talking(fast.url) as call:
        call.say("InjectAgentMessage", is_dynamic=True)
        assert "think_live" in call.until("InjectionRefused")[1][-1]["message"]
    with talking(fast.url, think_live={"provider": {}}, prompt="Your name is Ada.") as call:
        call.say("InjectAgentMessage", is_dynamic=True)
        assert said(reply(call)).startswith("Hello, I am Ada.")


def test_a_turn_can_be_ended_only_where_there_is_one_and_only_with_flux(fast: Server) -> None:
    nova = {"provider": {"type": "deepgram", "version": "v1", "model": "nova-3"}}
    for listen, code in ((FLUX, "NO_TURN_IN_PROGRESS"), (nova, "FORCE_END_TURN_REFUSED")):
        with talking(fast.url, listen=listen) as call:
            call.say("ForceEndTurn")
            assert call.until("Warning")[1][-1]["code"] == code


def test_a_conversation_is_taken_up(fast: Server) -> None:
    before = [
        {"type": "History", "role": "user", "content": "My name is Grace."},
        {"type": "History", "role": "assistant", "content": "Nice to meet you, Grace."},
    ]
    with talking(fast.url, context={"messages": before}) as call:
        assert said(turn(call, "What is my name?")) == "Your name is Grace."


@pytest.mark.parametrize(
    ("output", "begin"),
    [
        ({"encoding": "mulaw", "sample_rate": 8000}, b""),
        ({"encoding": "linear16", "sample_rate": 24_000, "container": "wav"}, b"RIFF"),
        ({"encoding": "opus"}, b"OggS"),
        ({"encoding": "flac", "sample_rate": 16_000}, b"fLaC"),
    ],
    ids=["mulaw", "wav", "opus", "flac"],
)
def test_the_audio_is_in_the_encoding_that_is_asked_for(
    fast: Server, output: dict[str, Any], begin: bytes
) -> None:
    with talking(fast.url, audio={"output": output}, greeting="Good morning.") as call:
        audio, _ = call.until("AgentAudioDone")
    assert audio[0].startswith(begin)


def test_a_stored_agent_speaks_with_its_variables(account: Account) -> None:
    config = json.dumps(
        {"think": {"provider": MODEL, "prompt": "Your name is {{DG_WHO}}."}, "greeting": "DG_HI"}
    )
    account.told(routes.VARIABLE_CREATE, json={"key": "DG_WHO", "value": "Ada"})
    account.told(routes.VARIABLE_CREATE, json={"key": "DG_HI", "value": "Hello there."})
    agent = account.told(routes.AGENT_CREATE, json={"config": config})["agent_id"]
    key = account.told(routes.KEY_CREATE, json={"comment": "agent", "scopes": ["member"]})["key"]
    with talking(account.url, {"audio": {}, "agent": agent}, key=key) as call:
        assert said(reply(call)) == "Hello there."
        assert said(turn(call, "Who are you?")) == "My name is Ada."


def test_the_time_of_the_connection_is_booked(sandbox: Server) -> None:
    with talking(sandbox.url, top={"tags": ["b", "a", "b"]}) as call:
        call.say("Settings")
        failure(call)
        (row,) = sandbox.store.rows("select * from requests where id = ?", call.request_id)
    assert (row["endpoint"], row["path"], row["model"]) == ("agent", "/v1/agent/converse", "agent")
    assert row["tags"] == '["a","b"]'
    assert row["seconds"] > 0


@pytest.mark.parametrize(
    "parts",
    [
        {"listen": {"provider": {"version": "v1", "model": "nova-3", "language": "es"}}},
        {"listen": {"provider": {"version": "v2", "model": "flux-general-multi", "language_hints": ["de"]}}},
        {"think_live": {"provider": {"restricted_terms": ["x"]}}},
        {"think_live": {"provider": {"agent_backchannel_sensitivity": 0.5}}},
    ],
    ids=["language", "hint", "terms", "backchannel"],
)
def test_what_the_sandbox_does_not_do_is_a_warning(fast: Server, parts: dict[str, Any]) -> None:
    with talking(fast.url, **parts) as call:
        assert call.until("Warning")[1][-1]["code"] == "UNSUPPORTED_BY_SANDBOX"
