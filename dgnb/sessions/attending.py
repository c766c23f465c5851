"""What an agent's connection tells: exchanges, calls of functions, audio."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Mapping
from copy import deepcopy
from typing import Any

from dgnb.audio.raw import AudioFormat
from dgnb.protocol.closes import Close
from dgnb.protocol.messages import Message, Unknown, agent
from dgnb.sessions.bounds import Bounds
from dgnb.sessions.exchanges import UPDATES, Ask, Call, Exchange, updated
from dgnb.sessions.hearing import Hearing
from dgnb.sessions.records import Record
from dgnb.sessions.speaking import Audio

_FAILED = ("THINK_REQUEST_FAILED", "SPEAK_REQUEST_FAILED")
_NO_END = ("FORCE_END_TURN_REFUSED", "NO_TURN_IN_PROGRESS")


class Attending(Hearing):
    """The half of a conversation that comes down; see `dgnb.sessions.conversing` for its parameters."""

    reader = agent.SERVER
    ends: tuple[Close, ...] = ()
    greetings = (agent.Welcome, agent.SettingsApplied)

    def __init__(self, tree: Mapping[str, Any], bounds: Bounds, *, played: bool = False) -> None:
        self.tree: dict[str, Any] = deepcopy(dict(tree))
        """What the next connection begins with, without the conversation so far."""
        super().__init__({}, bounds, played=played)
        self.applied = False
        """Whether the current connection has taken the settings."""
        self.exchanges: list[Exchange] = []
        self.calls: list[Call] = []
        self.warnings: list[agent.Warning] = []
        self.pieces: list[bytes] = []
        """The agent's audio."""
        self.size = 0
        """Its bytes."""
        self.user_speaks = self.agent_speaks = False
        self.interruptions = 0
        """How often the user has begun to speak: whoever plays audio stops when it changes."""
        self._greeted, self._deaf, self._code, self._news_at = True, False, "", 0.0
        self._rest = False
        """Whether what comes is the rest of a reply that was stopped from here."""
        self._asks: deque[Ask] = deque()
        self._answers: deque[agent.FunctionCallResponse] = deque()
        self._again: dict[tuple[str, str], Call] = {}

    @property
    def own(self) -> dict[str, Any] | None:
        """The tree of the agent itself, ``None`` of a stored one."""
        found = self.tree["agent"]
        return found if isinstance(found, dict) else None

    @property
    def current(self) -> Exchange | None:
        """The last exchange."""
        return self.exchanges[-1] if self.exchanges else None

    def interrupt(self, now: float) -> None:
        """Hear no more of what is being said; an answer that is still to come is heard.

        The service is not told, and goes on to its end.
        """
        last = self.current
        if last is None or last.done:
            self._cut(now)
        elif last.replies and not self._is_called(last):
            self._rest = True
            self._cut(now)
        else:
            self.interruptions += 1
            self._deaf = bool(last.replies)

    def _is_called(self, exchange: Exchange) -> bool:
        return any(call.open for call in self.calls if call.exchange is exchange)

    def _cut(self, now: float) -> None:
        """Note that nothing more is heard of the current reply."""
        self.interruptions += 1
        last = self.current
        if last is None:
            return
        if not last.done:
            last.interrupted, self._deaf = True, True
            self._end(last, now)
        elif last.cut is None and self._at(now) < self._heard_until(last):
            last.interrupted, last.cut = True, self._at(now)

    def _heard_until(self, exchange: Exchange) -> float:
        """When the audio of a reply has sounded: it comes faster than it is heard."""
        if exchange.first_audio is None or not self.rate:
            return 0.0
        size = sum(map(len, self.pieces[slice(*exchange.pieces)]))
        return exchange.first_audio + size / self.rate / self._bounds.pace

    def answer(self, call: Call, content: str, now: float, *, failed: bool = False) -> None:
        """Tell the agent what a function gave; nothing when the call was taken back."""
        if not call.open:
            return
        call.state, call.content, call.ended = "failed" if failed else "done", content, self._at(now)
        self._respond(call)

    def _respond(self, call: Call) -> None:
        if call.connection == self.connection and self.open:
            message = agent.FunctionCallResponse(id=call.id, name=call.name, content=call.content)
            self._answers.append(message)

    def _log(self, text: str, message: Message | Unknown, now: float) -> None:
        self._news_at = now
        self._hear(message, now)
        super()._log(text, message, now)

    def _hear(self, message: Message | Unknown, now: float) -> None:
        take = _TAKEN.get(type(message))
        if take is not None:
            take(self, message, now)
        elif type(message) in UPDATES:
            self._consented(message, now)
        elif self.current is not None:
            _noted(self.current, message)

    def _welcomed(self, message: agent.Welcome, now: float) -> None:
        self.request_ids[-1] = self.request_ids[-1] or message.request_id

    def _applied(self, message: agent.SettingsApplied, now: float) -> None:
        self.applied = True

    def _said(self, message: agent.ConversationText, now: float) -> None:
        if message.role == "user":
            self._user(message.content, now)
        else:
            self._assistant(message, now)

    def _user_began(self, message: agent.UserStartedSpeaking, now: float) -> None:
        self.user_speaks, self._rest = True, False
        self._cut(now)

    def _refused(self, message: agent.InjectionRefused, now: float) -> None:
        self._answer(agent.InjectAgentMessage, message)

    def _failed(self, message: agent.Error, now: float) -> None:
        self.error, self._code = f"{message.code}: {message.description}", message.code or "?"

    @property
    def _sent(self) -> Ask | None:
        """The text that was sent and not yet taken."""
        return next((ask for ask in self._asks if ask.sent), None)

    def _user(self, content: str, now: float) -> None:
        self.user_speaks = self._deaf = self._rest = False
        ask = next((ask for ask in self._asks if ask.sent and ask.text.strip() == content.strip()), None)
        if ask is None:
            self.uplink.acknowledge(self.uplink.source(self.uplink.position))
            self._answer(agent.ForceEndTurn, agent.ConversationText(role="user", content=content))
        else:
            self._asks.remove(ask)
        if ask is not None and ask.exchange is not None:
            return  # it is the one that was cut off
        self._again = {}
        exchange = self._begin(now, content)
        if ask is not None:
            ask.exchange = exchange

    def _begin(self, now: float, user: str = "") -> Exchange:
        if self.current is not None and not self.current.done:
            self._end(self.current, now)
        number = len(self.pieces)
        exchange = Exchange(len(self.exchanges), self._at(now), user, pieces=[number, number])
        self.exchanges.append(exchange)
        return exchange

    def _assistant(self, message: agent.ConversationText, now: float) -> None:
        told = [each for each in self._requests if each.sent and _asks_for(each.message, message.content)]
        if self._rest and self._sent is None and not told:
            return
        greeted, self._deaf, self._rest, self._greeted = self._greeted, False, False, True
        if message.conversational_behavior not in (None, "default"):
            return  # a sound of attention, no reply
        if greeted and self._sent is not None and (self.current is None or self.current.done):
            self._user(self._sent.text, now)  # a service that does not repeat what it was asked
        last = self.current
        exchange = self._begin(now) if last is None or last.done else last
        exchange.replies.append(message.content)
        exchange.first_text = self._at(now) if exchange.first_text is None else exchange.first_text
        for request in told:
            request.answer = message
            self._requests.remove(request)

    def hear_audio(self, audio: bytes, now: float) -> None:
        """Take a piece of the agent's audio; of a reply that was interrupted nothing more is heard."""
        self._news_at = now
        if self._deaf or not audio:
            return
        self.progress += 1
        self.agent_speaks = True
        last, latency = self.current, None
        if last is not None and last.first_audio is None and not last.done:
            last.first_audio, last.pieces[0] = self._at(now), len(self.pieces)
            latency = last.latency
        rate = self.rate or 1
        start, self.size = self.size, self.size + len(audio)
        notice = Audio(len(self.pieces), round(start / rate, 6), round(self.size / rate, 6))
        self.pieces.append(audio)
        self.records.append(Record(self._at(now), self.connection, "", notice, latency))

    @property
    def rate(self) -> int:
        """Bytes of the agent's audio a second; 0 when it cannot be cut."""
        return self.output.bytes(1.0)

    @property
    def output(self) -> AudioFormat:
        """What the agent's audio is."""
        told = (self.tree.get("audio") or {}).get("output") or {}
        encoding = told.get("encoding") or "linear16"
        plain = told.get("container") in (None, "none")
        return AudioFormat(encoding, told.get("sample_rate") or 24_000) if plain else AudioFormat("")

    def _audio_done(self, message: agent.AgentAudioDone, now: float) -> None:
        self.agent_speaks = self._rest = False
        self._greeted = True
        last = self.current
        if last is not None and not last.done and last.replies and not self._is_called(last):
            self._end(last, now)

    def _end(self, exchange: Exchange, now: float, problem: str = "") -> None:
        exchange.done, exchange.problem, exchange.ended = True, problem, self._at(now)
        exchange.pieces[1] = len(self.pieces)
        self.agent_speaks = False

    def _warned(self, message: agent.Warning, now: float) -> None:
        self.warnings.append(message)
        self._greeted = True
        if message.code in _NO_END:
            self._answer(agent.ForceEndTurn, message)
        if message.code in _FAILED and self.current is not None and not self.current.done:
            self._end(self.current, now, f"{message.code}: {message.description}")

    def _consented(self, message: Message | Unknown, now: float) -> None:
        assert isinstance(message, Message)  # noqa: S101 - one of `UPDATES`
        change = self._answer(UPDATES[type(message)], message)
        if change is not None and self.own is not None:
            updated(self.own, change)

    # Functions

    def waiting(self) -> list[Call]:
        """Return the calls that are to be made now, and note that they are."""
        found = [call for call in self.calls if call.state == "waiting" and call.client_side]
        for call in found:
            call.state = "running"
        return found

    def _requested(self, message: agent.FunctionCallRequest, now: float) -> None:
        for function in message.functions:
            self._called(function, now)

    def _called(self, function: agent.FunctionCall, now: float) -> None:
        here = (call for call in self.calls if call.connection == self.connection)
        known = next((call for call in here if call.id == function.id), None)
        known = known or self._again.pop((function.name, function.arguments), None)
        if known is not None:
            known.id, known.connection = function.id, self.connection
            if not known.open:
                self._respond(known)
            return
        exchange = self.current or self._begin(now)
        exchange.done = False
        self.calls.append(
            Call(
                function.id, function.name, function.arguments, function.client_side, exchange,
                self._at(now), thought_signature=function.thought_signature, connection=self.connection,
            )
        )  # fmt: skip

    def _cancelled(self, message: agent.FunctionCallCancelled, now: float) -> None:
        ids = {function.id for function in message.functions}
        for call in self.calls:
            if call.id in ids and call.open:
                call.state, call.ended = "cancelled", self._at(now)

    def _served(self, message: agent.FunctionCallResponse, now: float) -> None:
        """Take the result of a function that the service has called itself."""
        for call in self.calls:
            if call.id == message.id and call.open and not call.client_side:
                call.state, call.content, call.ended = "done", message.content, self._at(now)


def _asks_for(message: Message, text: str) -> bool:
    """Whether a message had the agent say a text."""
    return isinstance(message, agent.InjectAgentMessage) and (message.is_dynamic or message.message == text)


def _noted(exchange: Exchange, message: Message | Unknown) -> None:
    """Take what is told of an exchange beside it."""
    match message:
        case agent.LatencyReport():
            exchange.report = message
        case agent.AgentStartedSpeaking():
            exchange.started = message
        case agent.AgentThinking():
            exchange.thoughts.append(message.content)


_TAKEN: dict[type, Callable[[Attending, Any, float], None]] = {
    agent.Welcome: Attending._welcomed,
    agent.SettingsApplied: Attending._applied,
    agent.ConversationText: Attending._said,
    agent.UserStartedSpeaking: Attending._user_began,
    agent.AgentAudioDone: Attending._audio_done,
    agent.InjectionRefused: Attending._refused,
    agent.Error: Attending._failed,
    agent.Warning: Attending._warned,
    agent.FunctionCallRequest: Attending._requested,
    agent.FunctionCallCancelled: Attending._cancelled,
    agent.FunctionCallResponse: Attending._served,
}
