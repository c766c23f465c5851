"""A session of ``/v1/agent/converse``: a conversation with a voice agent, over all its connections."""

from __future__ import annotations

from collections.abc import Mapping
from math import inf
from typing import Any

from dgnb.audio.raw import AudioFormat
from dgnb.protocol import settings
from dgnb.protocol.closes import Close
from dgnb.protocol.limits import CONVERSATION_KEEP_ALIVE, FRAME
from dgnb.protocol.messages import agent, write
from dgnb.protocol.options import Query
from dgnb.sessions.attending import Attending
from dgnb.sessions.bounds import Bounds
from dgnb.sessions.dialogue import Request
from dgnb.sessions.exchanges import Ask, remembered
from dgnb.sessions.records import Lost
from dgnb.sessions.uplink import LONGEST_FRAME, Uplink

ONSET = 3.0
"""Audio before the news that the user speaks that may belong to it [s]."""

LULL = 3.0
"""When the source has ended, the session ends after so long without any news [s]."""

HOLD = 15.0
"""So long a text waits for the agent to come to its end, without any news [s]."""

PASSING = ("INTERNAL_SERVER_ERROR", "ASR_CONNECTION_CLOSED", "ASR_DRIVER_TIMEOUT", "CLIENT_MESSAGE_TIMEOUT")
"""Errors after which another connection may do better."""


class Conversing(Attending):
    """The state of a conversation.

    Parameters
    ----------
    tree : mapping
        The settings, see `dgnb.protocol.settings`.
    bounds : Bounds
    played : bool
        Whether the source is a recording.

    Examples
    --------
    >>> session = Conversing({"audio": {}, "agent": {"think": {"prompt": "Be brief."}}}, Bounds())
    >>> session.opened("", now=0.0)
    >>> session.outgoing(now=0.0)
    '{"type":"Settings","audio":{},"agent":{"think":{"prompt":"Be brief."}}}'
    >>> session.hear('{"type": "SettingsApplied"}', now=0.5)
    >>> asked = session.say("Hello.")
    >>> session.outgoing(now=0.5)
    '{"type":"InjectUserMessage","content":"Hello."}'
    """

    def __init__(self, tree: Mapping[str, Any], bounds: Bounds, *, played: bool = False) -> None:
        super().__init__(tree, bounds, played=played)
        self._sent_settings, self._piece_at, self._kept_to = False, 0.0, 0
        self.heard: list[tuple[float, bytes]] | None = None
        """The user's audio, each piece with the time when it was sent [s], if it is to be kept."""
        self.muted = False
        """Whether the agent hears silence in place of the user."""

    @property
    def query(self) -> Query:
        """None: everything is in the settings."""
        return ()

    def begin(self, form: AudioFormat, frame: float = LONGEST_FRAME) -> None:
        """Note what the user's audio is, and in which frames [s] it is sent, before the first connection."""
        self.uplink = Uplink(form, self._bounds, played=self._played, frame=frame)
        if form.encoding and form.sample_rate:
            audio = {"encoding": form.encoding, "sample_rate": form.sample_rate}
            self.tree["audio"] = {**self.tree.get("audio", {}), "input": audio}

    def take(self, data: bytes) -> None:
        """Take audio of the user; while the session is muted, silence in its place."""
        form = self.uplink.form
        super().take(form.silence(form.seconds(len(data))) if self.muted else data)

    # Connections

    def opened(self, request_id: str, now: float) -> None:
        """Note that there is a new connection; the conversation is taken up where it broke off."""
        super().opened(request_id, now)
        self.applied = self._sent_settings = self._deaf = self._rest = False
        self.user_speaks = self.agent_speaks = False
        self._code, self._news_at, self._piece_at = "", now, now
        self._answers.clear()
        for ask in self._asks:
            ask.sent = False

    def lost(self, notice: Lost, now: float) -> None:
        """Note that the connection is gone: what was not answered is asked again."""
        super().lost(notice, now)
        last = self.current
        if last is None or last.done:
            return
        if last.replies or not last.user:
            self._end(last, now, "" if last.replies else "The connection was lost.")
        elif not any(ask.exchange is last for ask in self._asks):
            # The same question leads to the same calls; those that were made are not made again.
            self._again = {call.key: call for call in self.calls if call.exchange is last}
            self._asks.appendleft(Ask(last.user, last))

    @property
    def resumable(self) -> bool:
        """Whether a new connection can go on: a stored agent cannot be told what was said."""
        return super().resumable and (self.own is not None or not self.exchanges)

    @property
    def complete(self) -> bool:
        """Whether the session was to end, whatever the close says."""
        return self.finished

    def held(self, close: Close, now: float) -> float | None:
        """Return how long to wait before another connection [s], ``None`` when there is no use in it."""
        if self._code:
            return 0.0 if self._code in PASSING else None
        return 0.0 if close.code == 1000 else super().held(close, now)

    @property
    def hint(self) -> str:
        """What to do about the service's error."""
        if not self.resumable and not self._code:
            return "A stored agent cannot go on in the middle of a conversation; begin another one."
        return agent.ERRORS.get(self._code, "")

    @property
    def leaving(self) -> bool:
        """Whether the connection is to be closed from here."""
        return self.finished or bool(self._code)

    def _settings(self) -> str:
        tree = self.tree
        asked = {id(ask.exchange) for ask in self._asks}
        said = remembered([one for one in self.exchanges if id(one) not in asked], self.calls)
        own = self.own
        if own is None or not said:
            self._greeted = not (own and own.get("greeting"))
            return settings.write(tree)
        context = own.get("context") or {}
        messages = [*(context.get("messages") or []), *said]
        kept = {name: value for name, value in own.items() if name != "greeting"}
        return settings.write({**tree, "agent": {**kept, "context": {**context, "messages": messages}}})

    # What goes up

    def say(self, text: str) -> Ask:
        """Ask the agent in writing; it is sent when what is being said has come to its end."""
        ask = Ask(text)
        self._asks.append(ask)
        return ask

    def inject(self, text: str | None, behavior: agent.Behavior | None = None) -> Request:
        """Have the agent say something, without a text by itself; answered by what it says, or a refusal."""
        dynamic = True if text is None else None
        return self.ask(agent.InjectAgentMessage(message=text, behavior=behavior, is_dynamic=dynamic))

    def outgoing(self, now: float) -> str | bytes | None:
        """Return the next frame to send."""
        if self.stopping or self._ends_at(now) <= now:
            self.finished = True
            return None
        if not self._sent_settings:
            self._sent_settings, self.uplink.last = True, now
            return self._settings()
        return self._next(now) if self.applied else None

    def _next(self, now: float) -> str | bytes | None:
        text = write(self._answers.popleft()) if self._answers else self._text() or self._question(now)
        if text is not None:
            self.uplink.last = now
            return text
        piece = self.uplink.next(now)
        if piece is not None:
            self._piece_at = now
            self._keep(piece, now)
            if not self.user_speaks:
                self.uplink.acknowledge(self.uplink.source(self.uplink.position) - ONSET)
            return piece
        if now < self._filled_at():
            return None
        if self.uplink.over and self.uplink.form.width:
            return self.uplink.silence(now)  # without it the last words would have no end
        self.uplink.last = now
        return _KEEP_ALIVE

    def _keep(self, piece: bytes, now: float) -> None:
        """Keep what is sent for the first time, and when that was."""
        width = self.uplink.form.width
        new = (self.uplink.position - self._kept_to) * width
        if self.heard is not None and new > 0:
            self.heard.append((self._at(now), piece[-new:]))
            self._kept_to = self.uplink.position

    def _question(self, now: float) -> str | None:
        if now < self._asked_at():
            return None
        ask = next(ask for ask in self._asks if not ask.sent)
        ask.sent, self._news_at = True, now
        return write(agent.InjectUserMessage(content=ask.text))

    def _asked_at(self) -> float:
        """When the next text may be sent."""
        if not any(not ask.sent for ask in self._asks):
            return inf
        return self._news_at + HOLD if self.busy else 0.0

    @property
    def busy(self) -> bool:
        """Whether somebody speaks, or a reply is on its way."""
        last = self.current
        waits = last is not None and not last.done and all(ask.exchange is not last for ask in self._asks)
        return not self._greeted or self.user_speaks or waits or any(ask.sent for ask in self._asks)

    def _filled_at(self) -> float:
        return self.uplink.last + (
            FRAME if self.uplink.over and self.uplink.form.width else CONVERSATION_KEEP_ALIVE
        )

    def _ends_at(self, now: float) -> float:
        """When a session whose source has ended is over."""
        if not self.uplink.drained or self._asked_at() < inf or not self.applied:
            return inf
        if any(call.open for call in self.calls):
            return inf
        return max(self._news_at, self._piece_at) + (HOLD if self.busy else LULL)

    def due(self, now: float) -> float | None:
        """Return when there will be something to send."""
        if self.leaving:
            return None
        if self.stopping or not self._sent_settings or (self.applied and (self._answers or self._ready())):
            return now
        if not self.applied:
            return None
        piece = self.uplink.due()
        times = (inf if piece is None else piece, self._filled_at(), self._asked_at(), self._ends_at(now))
        return max(min(times), now)


_KEEP_ALIVE = write(agent.KeepAlive())
