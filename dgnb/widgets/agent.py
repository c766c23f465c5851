"""A conversation with a voice agent while it goes on."""

from __future__ import annotations

from collections.abc import Coroutine, Iterator, Sequence
from typing import Any, ClassVar

from traitlets import Bool, Float

from dgnb.live.agent import AgentSession
from dgnb.protocol.models import WIDTHS
from dgnb.sessions.exchanges import Call, Exchange
from dgnb.sessions.records import Record
from dgnb.views import colours
from dgnb.views.text import clean, count, cut
from dgnb.widgets.assets import css, esm
from dgnb.widgets.following import Content, Following
from dgnb.widgets.sounding import Sounding
from dgnb.widgets.tape import Tape

LONGEST = 2000
"""Characters of a call's result that are shown; ``agent.calls`` has all."""


class AgentPanel(Following):
    """Both sides of a conversation, what the agent thinks and calls, and its voice.

    Texts are sent with its entry, the prompt is changed while the agent runs. Where the session
    has a source, its user can be muted. When the user begins to speak, the agent falls silent.

    Parameters
    ----------
    session : AgentSession

    Attributes
    ----------
    playing : bool
        Whether the agent is heard now.
    time : float
        Where in the agent's audio the sound is [s].
    lead : float or None
        From the first audio in the browser until it is heard [s].

    Examples
    --------
    >>> from dgnb import Deepgram
    >>> with Deepgram(sandbox=True) as dg, dg.agent(prompt="Be brief.") as talk:
    ...     panel = AgentPanel(talk)
    ...     _ = talk.say("Hello.")
    ...     panel
    <AgentPanel: live, 1 turn>
    >>> panel.close()
    """

    _esm = esm("agent")
    _css = css("agent")
    _session: AgentSession[Any]

    playing = Bool(False)
    time = Float(0.0)
    lead = Float(None, allow_none=True)

    commands: ClassVar = Following.commands | {
        "say": lambda self, content: self._session._say(content.get("text", "")),
        "prompt": lambda self, content: self._session._update(prompt=str(content.get("prompt", ""))),
        "interrupt": lambda self, _: _done(self._session._interrupted),
        "mute": lambda self, content: _done(self._session.mute, bool(content.get("muted"))),
        "force": lambda self, _: self._session._force_end_turn(),
    }

    def __init__(self, session: AgentSession[Any]) -> None:
        self._settled = 0
        self._known: dict[int, Content] = {}
        self._sounding: Sounding | None = None
        output = session._dialogue.output
        super().__init__(session, _about(session))
        if output.width:
            self._sounding = Sounding(self, session, Tape(session._dialogue.pieces, output.encoding))
            self._silence = session.on_interrupt(self._sounding.skip)

    def __repr__(self) -> str:
        turns = count(len(self._session._dialogue.exchanges), "turn")
        return f"<AgentPanel: {self._session.status}, {turns}>"

    def close(self) -> None:
        """Take the widget away; the conversation goes on."""
        if getattr(self, "_sounding", None) is not None:
            assert self._sounding is not None  # noqa: S101 - for the type checker
            self._sounding.dismiss()
            self._session._forget(self._silence)
        super().close()

    async def over(self) -> None:
        """Wait until the voice of an ended conversation is silent too, or nobody hears it."""
        if self._sounding is not None:
            self._sounding.send()
            await self._sounding.over()

    # What is sent

    def _all(self) -> Content:
        return {"exchanges": [self._shown(one) for one in self._session._dialogue.exchanges]}

    def _news(self, fresh: Sequence[Record]) -> Content:
        return {"exchanges": list(self._changed())}

    def _changed(self) -> Iterator[Content]:
        """Give the exchanges that are not as they were sent."""
        exchanges = self._session._dialogue.exchanges
        for exchange in exchanges[self._settled :]:
            shown = self._shown(exchange)
            if self._known.get(exchange.index) != shown:
                self._known[exchange.index] = shown
                yield shown
        while self._settled < len(exchanges) - 1 and self._is_settled(exchanges[self._settled]):
            self._words += _words(self._known.pop(self._settled))
            self._settled += 1

    def _is_settled(self, exchange: Exchange) -> bool:
        return exchange.done and not any(call.open for call in self._calls(exchange))

    def _calls(self, exchange: Exchange) -> list[Call]:
        return [call for call in self._session._dialogue.calls if call.exchange is exchange]

    def _shown(self, exchange: Exchange) -> Content:
        return {
            "turn": exchange.index,
            "at": round(exchange.at, 1),
            "user": clean(exchange.user),
            "agent": clean(exchange.reply),
            "thoughts": [clean(thought) for thought in exchange.thoughts],
            "calls": [_told(call) for call in self._calls(exchange)],
            "latency": None if exchange.latency is None else round(exchange.latency, 3),
            "interrupted": exchange.interrupted,
            "problem": clean(exchange.problem),
        }

    def _standing(self) -> Content:
        dialogue = self._session._dialogue
        last = dialogue.current
        if last is not None and last.latency is not None:
            self._latency = last.latency
        words = self._words + sum(map(_words, self._known.values()))
        own = {"phase": self._phase(), "muted": dialogue.muted, "prompt": clean(_prompt(dialogue.own))}
        return super()._standing() | own | {"words": words}

    def _phase(self) -> str:
        """What goes on: ``user``, ``calling``, ``agent``, ``thinking`` or nothing."""
        dialogue = self._session._dialogue
        last = dialogue.current
        if dialogue.user_speaks:
            return "user"
        if any(call.open for call in dialogue.calls[-8:]):
            return "calling"
        if dialogue.agent_speaks:
            return "agent"
        return "thinking" if last is not None and last.user and not last.done else ""

    def _seconds(self) -> float:
        dialogue = self._session._dialogue
        now = self._session._loop.loop.time() if self._session.running else None
        return dialogue.age(now)


def _about(session: AgentSession[Any]) -> Content:
    output = session._dialogue.output
    return {
        "title": "Agent",
        "file": "conversation",
        "rate": output.sample_rate if output.encoding in WIDTHS else 0,
        "microphone": session._stream is not None,
        "colours": {"user": colours.voice(0), "agent": colours.voice(1)},
    }


def _prompt(own: dict[str, Any] | None) -> str:
    """The prompt that is in force, empty of a stored agent."""
    thinks = (own or {}).get("think") or {}
    first = thinks[0] if isinstance(thinks, list) else thinks
    return str(first.get("prompt") or "")


def _words(shown: Content) -> int:
    return len(shown["user"].split()) + len(shown["agent"].split())


def _told(call: Call) -> Content:
    return {
        "name": clean(call.name),
        "arguments": clean(call.arguments),
        "state": call.state,
        "result": cut(clean(call.content), LONGEST),
        "took": None if call.ended is None else round(call.ended - call.at, 3),
        "here": call.client_side,
    }


def _done(work: Any, *arguments: Any) -> Coroutine[Any, Any, None]:
    async def run() -> None:
        work(*arguments)

    return run()
