"""The agent hears: a spoken question leads to a function, whose result is spoken back."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import Any

import numpy as np
import pytest
from websockets.exceptions import ConnectionClosed

from dgnb.audio.samples import wav
from dgnb.protocol import routes
from dgnb.sandbox import Server
from dgnb.sandbox.agent import session
from dgnb.sandbox.engines.recognition import EngineError
from dgnb.sandbox.engines.workers import Workers
from tests.sandbox.agent.talk import FLUX, failure, reply, said, talking
from tests.sandbox.conftest import Account
from tests.sandbox.talking import joined, send, spoken

# The recogniser works for long where it has a tenth of a processor.
pytestmark = pytest.mark.timeout(600)

OPENING = {"name": "opening_hours", "description": "When the library opens and closes", "parameters": {}}
NOVA = {"provider": {"type": "deepgram", "version": "v1", "model": "nova-3", "smart_format": True}}
QUESTION = joined(spoken("When does the library open?"), 2.0)


@pytest.mark.parametrize("listen", [FLUX, NOVA], ids=["flux", "nova"])
def test_a_spoken_question_is_answered_by_a_function_that_is_heard_again(
    fast: Server, account: Account, listen: dict[str, Any]
) -> None:
    output = {"output": {"encoding": "linear16", "sample_rate": 16_000}}
    with talking(fast.url, functions=[OPENING], listen=listen, audio=output) as call:
        send(call, QUESTION)
        messages = call.until("FunctionCallRequest")[1]
        assert messages[0] == {"type": "UserStartedSpeaking"}
        assert "library" in messages[1]["content"].lower()
        assert messages[1]["role"] == "user"
        call.say(
            "FunctionCallResponse", name="opening_hours", content="The library is open until the evening."
        )
        audio, messages = call.until("LatencyReport")
    assert messages[-1]["stt_latency"] > 0
    samples = np.frombuffer(b"".join(audio), "<i2")
    answer = account.ask(routes.LISTEN, content=wav(samples, 16_000)).json()
    heard = answer["results"]["channels"][0]["alternatives"][0]["transcript"]
    assert "library" in heard
    assert "evening" in heard


def test_a_user_who_begins_to_speak_stops_the_agent_and_its_calls(fast: Server) -> None:
    with talking(fast.url, functions=[OPENING]) as call:
        call.say("InjectUserMessage", content="When does the library open?")
        call.until("FunctionCallRequest")
        send(call, QUESTION)
        messages = call.until("FunctionCallRequest")[1]
    assert [message["type"] for message in messages[:2]] == ["UserStartedSpeaking", "FunctionCallCancelled"]


def test_audio_that_is_not_sent_yet_is_dropped_when_the_user_begins(sandbox: Server) -> None:
    greeting = " ".join(["This is a greeting that takes very long to say."] * 30)
    with talking(sandbox.url, greeting=greeting) as call:
        call.until("History")
        send(call, QUESTION)
        audio, _ = call.until("UserStartedSpeaking")
        later, messages = call.until("ConversationText")
    assert later == []
    assert messages[-1]["role"] == "user"
    assert 1 < sum(map(len, audio)) / 48_000 < 75


def test_a_turn_can_be_ended_by_hand(fast: Server) -> None:
    slow = {"provider": {**FLUX["provider"], "eot_threshold": 0.9, "eot_timeout_ms": 60_000}}
    with talking(fast.url, listen=slow) as call:
        send(call, joined(spoken("When does the library open?"), 0.5))
        call.until("UserStartedSpeaking")
        call.say("ForceEndTurn")
        assert "library" in said(reply(call), "user").lower()


def test_nothing_is_injected_while_the_user_speaks(fast: Server) -> None:
    with talking(fast.url) as call:
        send(call, spoken("When does the library open?"))
        call.until("UserStartedSpeaking")
        call.say("InjectAgentMessage", message="Hello?")
        assert call.until("InjectionRefused")[1][0]["code"] == "INJECT_AGENT_MESSAGE_DURING_USER_SPEECH"
        call.say("InjectAgentMessage", message="Afterwards.", behavior="queue")
        call.say("ForceEndTurn")
        reply(call)
        assert said(reply(call)) == "Afterwards."


def test_keyterms_may_change_while_the_agent_listens(fast: Server) -> None:
    with talking(fast.url) as call:
        provider = {**FLUX["provider"], "keyterms": ["library"], "eot_threshold": 0.6}
        call.say("UpdateListen", listen={"provider": provider})
        assert call.next() == {"type": "ListenUpdated"}
        send(call, QUESTION)
        assert "library" in said(reply(call), "user").lower()


def test_a_recogniser_that_fails_ends_the_conversation(fast: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    hear, failing = Workers.hear, []

    async def fail(self: Workers, *arguments: Any) -> Any:
        if failing:
            raise EngineError("the recogniser has gone")
        return await hear(self, *arguments)

    monkeypatch.setattr(Workers, "hear", fail)
    with talking(fast.url) as call:
        send(call, QUESTION)
        reply(call)
        failing.append(True)
        with suppress(ConnectionClosed):  # it may be closed while the question is sent
            send(call, QUESTION)
        assert failure(call) == ("ASR_CONNECTION_CLOSED", 1011, "ASR_CONNECTION_CLOSED")
    with talking(fast.url) as call:
        with suppress(ConnectionClosed):
            send(call, QUESTION)
        assert failure(call) == ("FAILED_TO_START_LISTENING", 1011, "FAILED_TO_START_LISTENING")


def test_a_recogniser_that_does_not_answer_ends_the_conversation(
    fast: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def hang(self: Workers, *arguments: Any) -> Any:
        await asyncio.Event().wait()

    monkeypatch.setattr(Workers, "hear", hang)
    monkeypatch.setattr(session, "SLOWEST", 0.05)
    with talking(fast.url) as call:
        with suppress(ConnectionClosed):
            send(call, QUESTION)
        assert failure(call) == ("ASR_DRIVER_TIMEOUT", 1011, "ASR_DRIVER_TIMEOUT")
