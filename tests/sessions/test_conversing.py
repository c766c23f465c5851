"""A conversation with an agent, against a service that is played by hand."""

from __future__ import annotations

import json
from typing import Any

import pytest

from dgnb.audio.raw import AudioFormat
from dgnb.protocol.closes import Close
from dgnb.protocol.limits import CONVERSATION_KEEP_ALIVE, FRAME
from dgnb.protocol.messages import Message, Unknown, agent, write
from dgnb.sessions.bounds import Bounds
from dgnb.sessions.conversing import HOLD, LULL, ONSET, Conversing
from dgnb.sessions.records import Lost

FORM = AudioFormat("linear16", 16_000)
THINK = {"provider": {"type": "open_ai", "model": "gpt-4o-mini"}, "prompt": "Be brief."}
TREE = {"audio": {}, "agent": {"think": THINK}}
DROP = Lost(code=1006)


class Talk:
    """A session and its service."""

    def __init__(self, form: AudioFormat | None = None, *, greeting: str = "", **more: Any) -> None:
        own = {**TREE["agent"], **({"greeting": greeting} if greeting else {})}  # type: ignore[dict-item]
        self.now = 0.0
        self.session = Conversing({"audio": {}, "agent": own}, Bounds(pace=1e6), **more)
        if form is not None:
            self.session.begin(form)

    def open(self) -> dict[str, Any]:
        """Make a connection, and give the settings that it begins with."""
        self.session.opened("", self.now)
        (settings,) = self.sent()
        self.tell(agent.Welcome(request_id="r"), agent.SettingsApplied())
        found: dict[str, Any] = settings
        return found

    def sent(self) -> list[Any]:
        """What is sent now: messages as dictionaries, audio as its size."""
        found: list[Any] = []
        while (frame := self.session.outgoing(self.now)) is not None:
            found.append(json.loads(frame) if isinstance(frame, str) else len(frame))
        return found

    def tell(self, *frames: Message | bytes) -> None:
        for frame in frames:
            if isinstance(frame, bytes):
                self.session.hear_audio(frame, self.now)
            else:
                self.session.hear(write(frame), self.now)

    def drop(self) -> None:
        self.session.lost(DROP, self.now)

    def user(self, text: str) -> None:
        self.tell(agent.ConversationText(role="user", content=text))

    def reply(self, text: str) -> None:
        self.tell(agent.ConversationText(content=text), bytes(480), agent.AgentAudioDone())


def spoken(*exchange: str) -> Talk:
    """A conversation that has begun with an exchange."""
    talk = Talk()
    talk.open()
    talk.user(exchange[0])
    talk.reply(exchange[1])
    return talk


def call(number: str = "1", name: str = "weather", arguments: str = '{"city":"Rome"}') -> agent.FunctionCall:
    return agent.FunctionCall(id=number, name=name, arguments=arguments)


# The order


def test_nothing_is_sent_before_the_settings_are_applied() -> None:
    talk = Talk(FORM)
    talk.session.opened("", 0.0)
    talk.session.take(bytes(320))
    talk.session.say("Hello.")
    assert [one["type"] for one in talk.sent()] == ["Settings"]
    talk.tell(agent.Welcome(request_id="r"))
    assert talk.session.due(0.0) is None
    assert talk.sent() == []
    talk.tell(agent.SettingsApplied())
    assert talk.sent() == [{"type": "InjectUserMessage", "content": "Hello."}, 320]
    assert talk.session.request_ids == ["r"]


def test_the_audios_format_is_in_the_settings_and_not_in_the_query() -> None:
    talk = Talk(FORM)
    assert talk.session.query == ()
    assert talk.open()["audio"] == {"input": {"encoding": "linear16", "sample_rate": 16_000}}


def test_a_stored_agent_is_named() -> None:
    session = Conversing({"audio": {}, "agent": "a-1"}, Bounds())
    session.opened("", 0.0)
    assert json.loads(session.outgoing(0.0) or "")["agent"] == "a-1"


def test_keep_alive_is_sent_when_there_is_no_audio() -> None:
    talk = Talk()
    talk.open()
    assert talk.session.due(0.0) == CONVERSATION_KEEP_ALIVE
    talk.now = CONVERSATION_KEEP_ALIVE
    assert talk.sent() == [{"type": "KeepAlive"}]
    assert talk.session.due(talk.now) == 2 * CONVERSATION_KEEP_ALIVE


def test_audio_keeps_alive_by_itself() -> None:
    talk = Talk(FORM)
    talk.open()
    talk.now = 7.0
    talk.session.take(bytes(320))
    assert talk.sent() == [320]
    assert talk.session.due(7.0) == 7.0 + CONVERSATION_KEEP_ALIVE


# Exchanges


def test_an_exchange_is_a_text_and_its_reply() -> None:
    talk = Talk()
    talk.open()
    talk.now = 1.0
    talk.user("What is the time?")
    talk.now = 1.5
    talk.tell(agent.AgentThinking(content="hm"), agent.ConversationText(content="It is"))
    talk.now = 1.75
    talk.tell(
        agent.AgentStartedSpeaking(total_latency=0.75), bytes(480), agent.ConversationText(content="noon.")
    )
    talk.tell(agent.AgentAudioDone(), agent.LatencyReport(total_latency=0.75))
    (found,) = talk.session.exchanges
    assert (found.user, found.reply, found.thoughts) == ("What is the time?", "It is noon.", ["hm"])
    assert (found.at, found.first_text, found.first_audio, found.ended) == (1.0, 1.5, 1.75, 1.75)
    assert (found.latency, found.pieces, found.done) == (0.75, [0, 1], True)
    assert found.report == agent.LatencyReport(total_latency=0.75)
    assert found.started == agent.AgentStartedSpeaking(total_latency=0.75)


def test_a_greeting_is_an_exchange_that_the_agent_begins() -> None:
    talk = Talk(greeting="Hi.")
    assert talk.open()["agent"]["greeting"] == "Hi."
    talk.reply("Hi.")
    assert [(one.user, one.reply, one.done) for one in talk.session.exchanges] == [("", "Hi.", True)]


def test_a_text_waits_until_the_greeting_is_said() -> None:
    talk = Talk(greeting="Hi.")
    talk.open()
    ask = talk.session.say("Hello.")
    assert talk.sent() == []
    talk.reply("Hi.")
    assert talk.sent() == [{"type": "InjectUserMessage", "content": "Hello."}]
    talk.user("Hello.")
    assert ask.exchange is talk.session.exchanges[1]


def test_a_greeting_that_never_comes_holds_nobody_up() -> None:
    talk = Talk(greeting="Hi.")
    talk.open()
    talk.session.say("Hello.")
    assert talk.session.due(0.0) == CONVERSATION_KEEP_ALIVE
    talk.now = HOLD
    assert {"type": "InjectUserMessage", "content": "Hello."} in talk.sent()


def test_texts_are_sent_one_after_the_other() -> None:
    talk = Talk()
    talk.open()
    first, second = talk.session.say("One."), talk.session.say("Two.")
    assert [one["content"] for one in talk.sent()] == ["One."]
    talk.user("One.")
    assert talk.sent() == []
    talk.reply("First.")
    assert [one["content"] for one in talk.sent()] == ["Two."]
    talk.user("Two.")
    talk.reply("Second.")
    assert [one.exchange.reply for one in (first, second) if one.exchange] == ["First.", "Second."]


def test_a_service_that_does_not_repeat_the_text_is_understood() -> None:
    talk = Talk()
    talk.open()
    ask = talk.session.say("Hello.")
    talk.sent()
    talk.reply("Good morning.")
    assert ask.exchange is not None
    assert (ask.exchange.user, ask.exchange.reply) == ("Hello.", "Good morning.")


def test_something_spoken_meanwhile_is_not_taken_for_the_text() -> None:
    talk = Talk(FORM)
    talk.open()
    ask = talk.session.say("Hello.")
    talk.sent()
    talk.user("I said it.")
    assert ask.exchange is None
    talk.user("Hello.")
    assert ask.exchange is talk.session.exchanges[1]


def test_a_backchannel_is_no_reply() -> None:
    talk = spoken("Hello.", "Hi.")
    talk.user("Well,")
    talk.tell(agent.ConversationText(content="Mhm.", conversational_behavior="backchannel"))
    assert talk.session.exchanges[1].replies == []


def test_when_the_user_speaks_the_rest_of_the_reply_is_not_heard() -> None:
    talk = Talk(FORM)
    talk.open()
    talk.user("Tell me a story.")
    talk.tell(agent.ConversationText(content="Once upon a time"), bytes(480))
    before = talk.session.interruptions
    talk.tell(agent.UserStartedSpeaking(), bytes(480), bytes(480))
    found = talk.session.exchanges[0]
    assert (found.interrupted, found.done, found.pieces) == (True, True, [0, 1])
    assert talk.session.interruptions == before + 1
    assert len(talk.session.pieces) == 1
    talk.user("Stop.")
    talk.reply("Yes.")
    assert talk.session.exchanges[1].pieces == [1, 2]


def stopped() -> Talk:
    """A conversation whose reply was stopped by hand, after its first sentence."""
    talk = Talk()
    talk.open()
    talk.user("Tell me a story.")
    talk.tell(agent.ConversationText(content="Once upon a time."), bytes(480))
    talk.session.interrupt(talk.now)
    return talk


def test_of_a_reply_that_was_stopped_by_hand_no_later_sentence_is_heard() -> None:
    talk = stopped()
    talk.reply("There was a king.")
    (found,) = talk.session.exchanges
    assert (found.reply, found.interrupted, len(talk.session.pieces)) == ("Once upon a time.", True, 1)
    talk.user("And now?")
    talk.reply("Now it is late.")
    assert talk.session.exchanges[1].pieces == [1, 2]


def test_what_is_injected_is_heard_although_the_reply_before_was_stopped() -> None:
    talk = stopped()
    talk.session.inject("One moment.", "interrupt")
    talk.sent()
    talk.reply("One moment.")
    assert [one.reply for one in talk.session.exchanges] == ["Once upon a time.", "One moment."]
    assert len(talk.session.pieces) == 2


def test_a_reply_that_is_still_to_come_is_not_lost_by_stopping_the_sound() -> None:
    talk = Talk()
    talk.open()
    talk.user("What is the weather in Rome?")
    talk.session.interrupt(talk.now)
    talk.tell(agent.ConversationText(content="I am looking."), bytes(480))
    talk.tell(agent.FunctionCallRequest(functions=[call()]))
    talk.session.interrupt(talk.now)
    talk.tell(bytes(480), agent.AgentAudioDone())
    (asked,) = talk.session.waiting()
    talk.session.answer(asked, "sunny", talk.now)
    talk.reply("It is sunny.")
    (found,) = talk.session.exchanges
    assert (found.reply, found.done, len(talk.session.pieces)) == ("I am looking. It is sunny.", True, 2)


def test_another_connection_may_name_a_call_as_one_before() -> None:
    talk = spoken("Hello.", "Hi.")
    for city in ("Rome", "Oslo"):
        talk.user(f"And in {city}?")
        talk.tell(agent.FunctionCallRequest(functions=[call(arguments=f'{{"city":"{city}"}}')]))
        (asked,) = talk.session.waiting()
        talk.session.answer(asked, f"sunny in {city}", talk.now)
        assert talk.sent()[-1]["content"] == f"sunny in {city}"
        talk.reply("It is sunny.")
        talk.drop()
        talk.open()


@pytest.mark.parametrize(("after", "cut"), [(0.5, True), (1.5, False)], ids=["it still sounds", "it is over"])
def test_a_reply_whose_audio_came_at_once_is_interrupted_while_it_sounds(after: float, cut: bool) -> None:
    talk = Talk()
    talk.session._bounds = Bounds()
    talk.open()
    talk.user("Hello.")
    talk.tell(agent.ConversationText(content="Hi."), bytes(48_000), agent.AgentAudioDone())
    talk.now = after
    talk.tell(agent.UserStartedSpeaking())
    (found,) = talk.session.exchanges
    assert (found.interrupted, found.cut) == (cut, after if cut else None)
    assert found.done


def test_a_reply_that_fails_ends_with_its_problem() -> None:
    talk = Talk()
    talk.open()
    talk.user("Hello.")
    talk.tell(agent.Warning(code="THINK_REQUEST_FAILED", description="no answer"))
    found = talk.session.exchanges[0]
    assert (found.done, found.problem) == (True, "THINK_REQUEST_FAILED: no answer")
    assert talk.session.warnings[0].code == "THINK_REQUEST_FAILED"


def test_what_is_not_known_is_kept() -> None:
    talk = spoken("Hello.", "Hi.")
    talk.session.hear('{"type": "Applause"}', 1.0)
    assert isinstance(talk.session.event(talk.session.records[-1]), Unknown)


# Updates and injections

CHANGES: list[tuple[Message, Message, dict[str, Any]]] = [
    (
        agent.UpdatePrompt(prompt="Be long."),
        agent.PromptUpdated(),
        {"think": {**THINK, "prompt": "Be long."}},
    ),
    (agent.UpdateSpeak(speak={"a": 1}), agent.SpeakUpdated(), {"speak": {"a": 1}}),
    (agent.UpdateThink(think={"a": 1}), agent.ThinkUpdated(), {"think": {"a": 1}}),
    (agent.UpdateListen(listen={"a": 1}), agent.ListenUpdated(), {"listen": {"a": 1}}),
    (agent.UpdateThinkLive(think_live={"a": 1}), agent.ThinkLiveUpdated(), {"think_live": {"a": 1}}),
]


@pytest.mark.parametrize(("change", "consent", "tree"), CHANGES, ids=[one.type for one, _, _ in CHANGES])
def test_a_change_is_in_force_when_it_is_answered_and_stays_so(
    change: Message, consent: Message, tree: dict[str, Any]
) -> None:
    talk = Talk()
    talk.open()
    request = talk.session.ask(change)
    assert [one["type"] for one in talk.sent()] == [change.type]
    assert talk.session.own == TREE["agent"]
    talk.tell(consent)
    assert request.answer == consent
    talk.drop()
    assert talk.open()["agent"].items() >= tree.items()


def test_a_change_that_was_not_answered_is_asked_for_again() -> None:
    talk = Talk()
    talk.open()
    talk.session.ask(agent.UpdatePrompt(prompt="Be long."))
    talk.sent()
    talk.drop()
    talk.open()
    assert talk.sent() == [{"type": "UpdatePrompt", "prompt": "Be long."}]


def test_what_is_injected_is_answered_when_it_is_said_or_refused() -> None:
    talk = Talk()
    talk.open()
    first = talk.session.inject("One moment.", "queue")
    assert talk.sent() == [{"type": "InjectAgentMessage", "message": "One moment.", "behavior": "queue"}]
    talk.reply("One moment.")
    assert isinstance(first.answer, agent.ConversationText)
    second = talk.session.inject("And now?")
    talk.sent()
    talk.tell(agent.InjectionRefused(message="busy"))
    assert second.answer == agent.InjectionRefused(message="busy")


# Functions


def test_a_call_is_made_once_and_answered_by_its_id() -> None:
    talk = Talk()
    talk.open()
    talk.user("How is the weather in Rome?")
    talk.tell(agent.FunctionCallRequest(functions=[call(), call("2", "time", "{}")]))
    first, second = talk.session.waiting()
    assert talk.session.waiting() == []
    talk.session.answer(second, "noon", talk.now)
    talk.session.answer(first, "sunny", talk.now)
    assert talk.sent() == [
        {"type": "FunctionCallResponse", "id": "2", "name": "time", "content": "noon"},
        {"type": "FunctionCallResponse", "id": "1", "name": "weather", "content": "sunny"},
    ]
    assert (first.exchange.index, first.state, first.content) == (0, "done", "sunny")


def test_a_reply_is_not_over_while_a_call_is_open() -> None:
    talk = Talk()
    talk.open()
    talk.user("How is the weather?")
    talk.tell(agent.FunctionCallRequest(functions=[call()]))
    talk.reply("Let me see.")
    assert not talk.session.exchanges[0].done
    talk.session.answer(talk.session.waiting()[0], "sunny", talk.now)
    talk.reply("It is sunny.")
    assert talk.session.exchanges[0].done
    assert talk.session.exchanges[0].reply == "Let me see. It is sunny."


def test_a_call_that_is_taken_back_is_not_answered() -> None:
    talk = Talk()
    talk.open()
    talk.user("How is the weather?")
    talk.tell(agent.FunctionCallRequest(functions=[call()]))
    (made,) = talk.session.waiting()
    talk.tell(agent.FunctionCallCancelled(functions=[agent.FunctionName(id="1", name="weather")]))
    talk.session.answer(made, "sunny", talk.now)
    assert (made.state, talk.sent()) == ("cancelled", [])


def test_a_call_that_is_asked_for_twice_is_made_once() -> None:
    talk = Talk()
    talk.open()
    talk.user("How is the weather?")
    request = agent.FunctionCallRequest(functions=[call()])
    talk.tell(request)
    talk.session.answer(talk.session.waiting()[0], "sunny", talk.now)
    talk.tell(request)
    assert talk.session.waiting() == []
    assert [one["content"] for one in talk.sent()] == ["sunny", "sunny"]


def test_a_call_of_the_services_own_is_only_noted() -> None:
    talk = Talk()
    talk.open()
    talk.user("How is the weather?")
    served = agent.FunctionCall(id="1", name="weather", client_side=False)
    talk.tell(agent.FunctionCallRequest(functions=[served]))
    assert talk.session.waiting() == []
    talk.tell(agent.FunctionCallResponse(id="1", name="weather", content="sunny"))
    assert (talk.session.calls[0].state, talk.session.calls[0].content) == ("done", "sunny")


# Broken connections


def test_a_new_connection_is_told_what_was_said_and_does_not_greet_again() -> None:
    talk = Talk(greeting="Hi.")
    talk.open()
    talk.reply("Hi.")
    talk.user("How is the weather?")
    talk.tell(agent.FunctionCallRequest(functions=[call()]))
    talk.session.answer(talk.session.waiting()[0], "sunny", talk.now)
    talk.reply("Sunny.")
    talk.drop()
    own = talk.open()["agent"]
    assert "greeting" not in own
    made = {
        "id": "1",
        "name": "weather",
        "client_side": True,
        "arguments": '{"city":"Rome"}',
        "response": "sunny",
    }
    assert own["context"]["messages"] == [
        {"type": "History", "role": "assistant", "content": "Hi."},
        {"type": "History", "role": "user", "content": "How is the weather?"},
        {"type": "History", "function_calls": [made]},
        {"type": "History", "role": "assistant", "content": "Sunny."},
    ]


def test_what_the_conversation_was_begun_with_comes_before_it() -> None:
    earlier = {"type": "History", "role": "user", "content": "Earlier."}
    own = {**TREE["agent"], "context": {"messages": [earlier]}}  # type: ignore[dict-item]
    talk = Talk()
    talk.session = Conversing({"audio": {}, "agent": own}, Bounds())
    talk.open()
    talk.user("Hello.")
    talk.reply("Hi.")
    talk.drop()
    messages = talk.open()["agent"]["context"]["messages"]
    assert [one["content"] for one in messages] == ["Earlier.", "Hello.", "Hi."]


@pytest.mark.parametrize("written", [True, False], ids=["written", "spoken"])
def test_a_question_without_a_reply_is_asked_again(written: bool) -> None:
    talk = spoken("Hello.", "Hi.")
    if written:
        talk.session.say("How are you?")
        talk.sent()
    talk.user("How are you?")
    talk.drop()
    messages = talk.open()["agent"]["context"]["messages"]
    assert [one["content"] for one in messages] == ["Hello.", "Hi."]
    assert talk.sent() == [{"type": "InjectUserMessage", "content": "How are you?"}]
    talk.user("How are you?")
    talk.reply("Well.")
    assert [(one.user, one.reply) for one in talk.session.exchanges] == [
        ("Hello.", "Hi."),
        ("How are you?", "Well."),
    ]


def test_a_text_that_was_not_taken_is_sent_again() -> None:
    talk = Talk()
    talk.open()
    talk.session.say("Hello.")
    talk.sent()
    talk.drop()
    talk.open()
    assert talk.sent() == [{"type": "InjectUserMessage", "content": "Hello."}]


def test_a_reply_that_was_cut_off_counts_as_said() -> None:
    talk = Talk()
    talk.open()
    talk.user("Hello.")
    talk.tell(agent.ConversationText(content="Good morning."), bytes(480))
    talk.drop()
    assert talk.session.exchanges[0].done
    assert talk.open()["agent"]["context"]["messages"][-1]["content"] == "Good morning."
    assert talk.sent() == []


@pytest.mark.parametrize("answered", ["before", "during", "after"])
def test_no_call_is_made_twice_whenever_the_connection_breaks(answered: str) -> None:
    talk = Talk()
    talk.open()
    talk.user("How is the weather?")
    talk.tell(agent.FunctionCallRequest(functions=[call("old")]))
    (made,) = talk.session.waiting()
    if answered == "before":
        talk.session.answer(made, "sunny", talk.now)
    talk.drop()
    if answered == "during":
        talk.session.answer(made, "sunny", talk.now)
    talk.open()
    assert [one["type"] for one in talk.sent()] == ["InjectUserMessage"]
    talk.user("How is the weather?")
    talk.tell(agent.FunctionCallRequest(functions=[call("new")]))
    assert talk.session.waiting() == []
    if answered == "after":
        talk.session.answer(made, "sunny", talk.now)
    assert talk.sent() == [
        {"type": "FunctionCallResponse", "id": "new", "name": "weather", "content": "sunny"}
    ]
    assert len(talk.session.calls) == 1


def test_the_same_call_in_another_exchange_is_made() -> None:
    talk = Talk()
    talk.open()
    for number in ("1", "2"):
        talk.user("How is the weather?")
        talk.tell(agent.FunctionCallRequest(functions=[call(number)]))
        talk.session.answer(talk.session.waiting()[0], "sunny", talk.now)
        talk.reply("Sunny.")
    assert len(talk.session.calls) == 2


def test_audio_of_a_turn_that_was_not_answered_is_sent_again() -> None:
    talk = Talk(FORM)
    talk.open()
    talk.now = 1.0
    for _ in range(50):
        talk.session.take(bytes(3200))
    assert sum(talk.sent()) == 50 * 3200
    talk.tell(agent.UserStartedSpeaking())
    talk.session.take(bytes(3200))
    talk.sent()
    talk.drop()
    talk.open()
    talk.now = 2.0
    assert sum(talk.sent()) == FORM.bytes(ONSET) + 3200
    talk.user("Hello.")
    talk.drop()
    talk.open()
    assert [one for one in talk.sent() if isinstance(one, int)] == []


def test_a_stored_agent_cannot_go_on() -> None:
    session = Conversing({"audio": {}, "agent": "a-1"}, Bounds())
    session.opened("", 0.0)
    assert session.resumable
    session.hear(write(agent.ConversationText(role="user", content="Hello.")), 0.0)
    assert not session.resumable
    assert "stored agent" in session.hint


@pytest.mark.parametrize(
    ("code", "passing"), [("INVALID_SETTINGS", False), ("INTERNAL_SERVER_ERROR", True), ("NEW_ONE", False)]
)
def test_an_error_ends_the_connection_and_says_whether_another_helps(code: str, passing: bool) -> None:
    talk = Talk()
    talk.open()
    talk.tell(agent.Error(code=code, description="so it is"))
    assert talk.session.leaving
    assert talk.session.error == f"{code}: so it is"
    assert (talk.session.held(Close(1000), 0.0) == 0.0) == passing
    assert talk.session.hint == agent.ERRORS.get(code, "")


# The end


def test_stopping_closes_at_once() -> None:
    talk = Talk()
    talk.open()
    talk.session.stop()
    assert talk.sent() == []
    assert talk.session.leaving
    assert talk.session.complete


def test_when_the_source_has_ended_the_last_reply_is_waited_for() -> None:
    talk = Talk(FORM)
    talk.open()
    talk.session.take(bytes(3200))
    talk.session.finish()
    assert talk.sent() == [3200]
    talk.now = 1.0
    assert talk.sent() == [FORM.bytes(FRAME)]  # silence follows, so that the turn can end
    talk.user("Hello.")
    talk.now += LULL + 1
    talk.sent()
    assert not talk.session.leaving
    talk.reply("Hi.")
    talk.now += LULL
    assert talk.sent() == []
    assert talk.session.leaving


# What the user's side may ask for


def test_a_dynamic_injection_is_answered_by_whatever_is_said() -> None:
    talk = Talk()
    talk.open()
    request = talk.session.inject(None)
    assert talk.sent() == [{"type": "InjectAgentMessage", "is_dynamic": True}]
    talk.reply("Are you still there?")
    assert isinstance(request.answer, agent.ConversationText)


@pytest.mark.parametrize(
    ("told", "answered"),
    [
        (agent.ConversationText(role="user", content="What is"), True),
        (agent.Warning(code="NO_TURN_IN_PROGRESS"), True),
        (agent.Warning(code="PROMPT_TOO_LONG"), False),
    ],
    ids=["the turn", "refused", "something else"],
)
def test_the_end_of_a_turn_is_forced(told: Message, answered: bool) -> None:
    talk = Talk()
    talk.open()
    request = talk.session.ask(agent.ForceEndTurn())
    assert talk.sent() == [{"type": "ForceEndTurn"}]
    talk.tell(told)
    assert request.answer == (told if answered else None)


@pytest.mark.parametrize(("encoding", "silence"), [("linear16", b"\0"), ("mulaw", b"\xff")])
def test_while_it_is_muted_silence_is_sent_in_place_of_the_user(encoding: str, silence: bytes) -> None:
    talk = Talk(AudioFormat(encoding, 16_000))
    talk.session.heard = []
    talk.open()
    talk.session.take(b"\x01\x02" * 160)
    assert talk.sent() == [320]
    talk.session.muted, talk.now = True, 1.0
    talk.session.take(b"\x01\x02" * 160)
    assert talk.sent() == [320]
    assert [piece for _, piece in talk.session.heard] == [b"\x01\x02" * 160, silence * 320]
