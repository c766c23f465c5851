"""What a conversation with an agent consists of: exchanges and calls of functions."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

from dgnb.protocol.messages import Message, agent


@dataclass(eq=False)
class Exchange:
    """What the user said, and what the agent said to it.

    Parameters
    ----------
    index : int
        From 0.
    at : float
        When it began, since the session's start [s].
    user : str
        Empty where the agent began by itself: a greeting, an injected message.
    replies : list of str
        What the agent said, one entry a message.
    thoughts : list of str
    first_text, first_audio, ended : float or None
        When the reply's first text and audio came, and when its audio was complete [s].
    pieces : list of int, two
        The reply's audio: from this of the session's pieces on, up to that one.
    interrupted : bool
        Whether the user spoke before all of it was heard.
    cut : float or None
        When that was, of a reply whose audio had come already [s].
    problem : str
        Why there is no (whole) reply; empty when there is.
    report, started : Message or None
        What the service tells of its latency.
    """

    index: int
    at: float = 0.0
    user: str = ""
    replies: list[str] = field(default_factory=list)
    thoughts: list[str] = field(default_factory=list)
    first_text: float | None = None
    first_audio: float | None = None
    ended: float | None = None
    pieces: list[int] = field(default_factory=lambda: [0, 0])
    interrupted: bool = False
    cut: float | None = None
    problem: str = ""
    report: agent.LatencyReport | None = None
    started: agent.AgentStartedSpeaking | None = None
    done: bool = False

    @property
    def reply(self) -> str:
        """The whole reply so far."""
        return " ".join(text.strip() for text in self.replies)

    @property
    def latency(self) -> float | None:
        """From the user's text to the reply's first audio, or text where there is none [s]."""
        came = self.first_text if self.first_audio is None else self.first_audio
        return None if came is None or not self.user else round(came - self.at, 6)


State = Literal["waiting", "running", "done", "failed", "cancelled"]


@dataclass(eq=False)
class Call:
    """A function that the agent has called.

    Parameters
    ----------
    id : str
        The service's name of it, on the current connection.
    name, arguments : str
        `arguments` is the text of a JSON object.
    client_side : bool
        Whether it is called here.
    exchange : Exchange
        What it belongs to.
    at, ended : float
        When it was asked for and answered, since the session's start [s].
    state : str
        ``waiting``, ``running``, ``done``, ``failed`` or ``cancelled``.
    content : str
        What the agent is told: the result, or what was wrong.
    error : Exception or None
        Why it failed.
    """

    id: str
    name: str
    arguments: str
    client_side: bool
    exchange: Exchange
    at: float = 0.0
    ended: float | None = None
    state: State = "waiting"
    content: str = ""
    thought_signature: str | None = None
    connection: int = 1
    error: Exception | None = None

    @property
    def open(self) -> bool:
        """Whether its answer is still to come."""
        return self.state in ("waiting", "running")

    @property
    def key(self) -> tuple[str, str]:
        """What is called with what: two of these in one exchange are the same call."""
        return self.name, self.arguments

    def remembered(self) -> dict[str, Any]:
        """Return it as the service remembers it."""
        found: dict[str, Any] = {"id": self.id, "name": self.name, "client_side": self.client_side}
        found |= {"arguments": self.arguments, "response": self.content}
        return found | ({"thought_signature": self.thought_signature} if self.thought_signature else {})


@dataclass(eq=False)
class Ask:
    """A text in place of speech, on its way to the agent."""

    text: str
    exchange: Exchange | None = None
    """What it became; ``None`` until the service has taken it."""
    sent: bool = False
    wanted: bool = True


def remembered(exchanges: list[Exchange], calls: list[Call]) -> list[dict[str, Any]]:
    """Return a conversation as ``agent.context.messages``, in the order in which it went on.

    Examples
    --------
    >>> remembered([Exchange(0, user="Hello.", replies=["Good morning."])], [])[1]
    {'type': 'History', 'role': 'assistant', 'content': 'Good morning.'}
    """
    found: list[dict[str, Any]] = []
    for exchange in exchanges:
        made = [
            call.remembered()
            for call in calls
            if call.exchange is exchange and call.state in ("done", "failed")
        ]
        texts = [("user", exchange.user), *(("assistant", text) for text in exchange.replies)]
        items: list[dict[str, Any]] = [
            {"type": "History", "role": role, "content": text} for role, text in texts if text
        ]
        if made:
            items.insert(1 if exchange.user else 0, {"type": "History", "function_calls": made})
        found += items
    return found


UPDATES: dict[type[Message], type[Message]] = {
    agent.PromptUpdated: agent.UpdatePrompt,
    agent.SpeakUpdated: agent.UpdateSpeak,
    agent.ThinkUpdated: agent.UpdateThink,
    agent.ListenUpdated: agent.UpdateListen,
    agent.ThinkLiveUpdated: agent.UpdateThinkLive,
}
"""Consents, and what each is a consent to."""


def updated(tree: dict[str, Any], change: Message) -> None:
    """Put a change that is in force into an agent's tree, so that a new connection begins with it."""
    match change:
        case agent.UpdatePrompt(prompt=prompt):
            thinks = tree.get("think") or {}
            for think in thinks if isinstance(thinks, list) else [thinks]:
                think["prompt"] = prompt
        case agent.UpdateSpeak(speak=speak):
            tree["speak"] = speak
        case agent.UpdateThink(think=think):
            tree["think"] = think
        case agent.UpdateListen(listen=listen):
            tree["listen"] = listen
        case agent.UpdateThinkLive(think_live=live):
            tree["think_live"] = live
