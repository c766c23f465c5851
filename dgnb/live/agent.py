"""A running conversation with a voice agent, in writing or by voice, with Python functions as tools."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from dgnb.audio.raw import AudioFormat
from dgnb.audio.voice import voice
from dgnb.errors import LiveError, OptionError, TimedOut
from dgnb.live.agentlog import AgentLog
from dgnb.live.calling import Caller
from dgnb.live.changes import changes
from dgnb.live.commands import Command
from dgnb.live.opening import fetch
from dgnb.live.session import Session
from dgnb.protocol import routes
from dgnb.protocol.limits import FRAME
from dgnb.protocol.messages import agent
from dgnb.publication import C_co
from dgnb.sessions.bounds import Bounds
from dgnb.sessions.conversing import Conversing
from dgnb.sessions.exchanges import Call
from dgnb.transport.loop import in_thread

if TYPE_CHECKING:
    from dgnb.audio.streams import Stream
    from dgnb.live.recipes import Part

ANSWER = 10.0
"""How long the consent to a change is waited for [s]."""

TAIL = 2.0
"""Silence after a recording [s]."""

REPLY = 60.0
"""How long a reply is waited for if nothing else is said [s]."""

_log = logging.getLogger("dgnb")


class AgentSession(AgentLog, Session[C_co]):
    """A running conversation with a voice agent. Iterating it gives every event."""

    route = routes.AGENT_LIVE
    _dialogue: Conversing

    def __init__(
        self, client: C_co, dialogue: Conversing, bounds: Bounds, caller: Caller, stream: Stream | None = None
    ) -> None:
        self._caller = caller
        self._listeners: list[Callable[[], Any]] = []
        super().__init__(client, dialogue, bounds, stream)

    # What it does

    def on_interrupt(self, function: Callable[[], Any]) -> Callable[[], Any]:
        """Have a function called as soon as the user begins to speak: whoever plays audio stops then.

        It is called on dgnb's event loop, and so must return at once. It may be used as a decorator.
        """
        self._listeners.append(function)
        return function

    def _forget(self, function: Callable[[], Any]) -> None:
        """Call a function at interruptions no more."""
        if function in self._listeners:
            self._listeners.remove(function)

    def interrupt(self) -> None:
        """Hear no more of the reply that is being spoken."""
        self._loop.call(self._interrupted)

    def _interrupted(self) -> None:
        self._dialogue.interrupt(self._loop.loop.time())
        self._changed()

    async def _say(self, text: str, timeout: float = REPLY) -> str:
        """Say something to the agent in writing, and return its reply.

        It waits until what is being said has come to its end.

        Parameters
        ----------
        text : str
        timeout : float, default 60.0
            The longest to wait [s].

        Raises
        ------
        TimedOut
            There is no reply yet; it may still come.
        LiveError
            The agent could not reply, or the conversation is over.
        """
        self._check(text)
        ask = self._dialogue.say(text)
        self._wake()
        done = await self._until(
            lambda: self._future.done() or (ask.exchange is not None and ask.exchange.done), timeout
        )
        exchange = ask.exchange
        if exchange is not None and exchange.done:
            if exchange.problem:
                raise LiveError(f"The agent could not reply: {exchange.problem}", 0, "", self.request_id)
            return exchange.reply
        if done:
            self._outcome()
            raise LiveError("The conversation ended before the reply.", 0, "", self.request_id)
        raise TimedOut(f"The agent has not replied within {timeout:g} s; agent.turns shows what came.")

    async def _run_all(self, texts: Iterable[str], timeout: float = REPLY) -> list[str]:
        """Say several things one after the other, and return the replies.

        Parameters
        ----------
        texts : iterable of str
        timeout : float, default 60.0
            The longest to wait for each [s].
        """
        if isinstance(texts, str):
            raise OptionError("run takes a list of texts; for one there is say.", "texts")
        return [await self._say(text, timeout) for text in texts]

    async def _inject(
        self, text: str | None = None, behavior: agent.Behavior | None = None, timeout: float = REPLY
    ) -> None:
        """Have the agent say something of yours, or say something by itself.

        Parameters
        ----------
        text : str, optional
            Without it the agent finds the words; that needs ``think_live``.
        behavior : {"default", "queue", "interrupt"}, optional
            While somebody speaks it is refused, said next, or said at once.
        timeout : float, default 60.0
            How long to wait until it is said [s].

        Raises
        ------
        LiveError
            It was refused.
        TimedOut
            It is not said yet.
        """
        self._check("dynamic" if text is None else text)
        answer = await self._answered(self._dialogue.inject(text, behavior), timeout)
        if isinstance(answer, agent.InjectionRefused):
            raise LiveError(f"The agent may not say it now: {answer.message}", 0, "", self.request_id)
        if answer is None:
            self._ended_badly()
            raise TimedOut(f"The agent has not said it within {timeout:g} s.")

    async def _listen(self, source: Any, timeout: float = REPLY) -> str:
        """Say a recording to the agent, at the pace at which it was spoken, and return its reply.

        Parameters
        ----------
        source : path, URL, bytes, array, or speech
        timeout : float, default 60.0
            How long a reply is waited for after its end [s].

        Raises
        ------
        TimedOut
            There is no reply; perhaps nothing was understood.
        AudioError
            It cannot be read.
        """
        self._check("audio")
        if self._stream is not None:
            raise OptionError("The conversation has a source of its own; listen needs one without.", "source")
        told = (self._dialogue.tree.get("audio") or {}).get("input") or {}
        form = AudioFormat(told.get("encoding", "linear16"), told.get("sample_rate", 24_000))
        raw = await in_thread(lambda: voice(source, form, fetch))
        if not self._dialogue.uplink.form.width:
            self._dialogue.begin(form)
        first = len(self._dialogue.exchanges)
        self._speak(raw, form)
        limit = timeout + form.seconds(len(raw)) / self._bounds.pace
        await self._sent(limit)
        await self._until(lambda: self._future.done() or self._replied(first), timeout)
        if self._dialogue.user_speaks:  # there may be more in it, or only a noise
            await self._until(lambda: self._future.done() or not self._dialogue.busy, TAIL)
        found = [one for one in self._dialogue.exchanges[first:] if one.done and one.user]
        if found:
            return " ".join(one.reply for one in found)
        self._ended_badly()
        raise TimedOut(f"The agent has not replied within {limit:g} s; agent.turns shows what came.")

    def _speak(self, raw: bytes, form: AudioFormat) -> None:
        """Send a recording, and silence after it, so that its end is heard."""
        step = form.bytes(FRAME)
        raw += form.silence(TAIL)
        for start in range(0, len(raw), step):
            self._dialogue.take(raw[start : start + step])
        self._wake()

    async def _sent(self, limit: float) -> None:
        """Wait until all audio has gone up; nothing tells of that, so it is looked at after each piece."""
        with suppress(TimeoutError):
            async with asyncio.timeout(limit):
                while self._dialogue.uplink.due() is not None and not self._future.done():
                    await asyncio.sleep(FRAME)

    def _replied(self, first: int) -> bool:
        """Whether what was said last has its reply."""
        new = self._dialogue.exchanges[first:]
        return bool(new) and new[-1].done and bool(new[-1].user)

    def _check(self, text: str) -> None:
        if not isinstance(text, str) or not text.strip():
            raise OptionError(f"The text is not empty, and text; {text!r} was given.", "text")
        self._ended_badly()
        if self._dialogue.stopping or self._future.done():
            raise LiveError("The conversation is over; begin another one.", 0, "", self.request_id)

    def _ended_badly(self) -> None:
        if self._future.done():
            self._outcome()

    async def _update(
        self,
        *,
        prompt: str | None = None,
        think: Part | list[Part] | None = None,
        speak: Part | list[Part] | None = None,
        listen: Part | None = None,
        think_live: Mapping[str, Any] | None = None,
    ) -> None:
        """Change the agent while it runs; returns when all is in force. A new connection keeps it.

        Parameters
        ----------
        prompt : str, optional
        think, speak, listen : str or dict, optional
            As for `agent`; another model keeps the prompt and the functions.
        think_live : dict, optional
            Rules of an agent that reacts while the user speaks, or is silent.

        Raises
        ------
        OptionError
            One cannot be right; nothing is changed.
        LiveError
            The service did not agree.
        """
        self._ended_badly()
        asked = changes(
            self._dialogue.own or {},
            prompt=prompt, think=think, speak=speak, listen=listen, think_live=think_live,
        )  # fmt: skip
        for request in [self._dialogue.ask(change) for change in asked]:
            if await self._answered(request, ANSWER) is None:
                self._ended_badly()
                raise LiveError(
                    f"The service did not answer to {request.message.type}.", 0, "", self.request_id
                )

    async def _force_end_turn(self) -> str:
        """End the user's turn now, and return what was heard; only for recognisers of Flux.

        Raises
        ------
        LiveError
            Nobody speaks, the recogniser is another one, or the service did not answer.
        """
        self._ended_badly()
        answer = await self._answered(self._dialogue.ask(agent.ForceEndTurn()), ANSWER)
        if isinstance(answer, agent.ConversationText):
            return answer.content
        told = getattr(answer, "description", "") or "the service did not answer"
        raise LiveError(f"No turn was ended: {told}", reason=getattr(answer, "code", "") or "")

    def mute(self, muted: bool = True) -> None:
        """Have the agent hear silence in place of the user, or the user again.

        Raises
        ------
        OptionError
            The source is compressed, and silence cannot take its place.
        """
        form = self._dialogue.uplink.form
        if muted and form.encoding and not form.width:
            raise OptionError(f"Audio in {form.encoding} cannot be muted.", "muted")
        self._loop.call(self._muted, bool(muted))

    def _muted(self, muted: bool) -> None:
        self._dialogue.muted = muted
        self._changed()

    say = Command(_say)
    run = Command(_run_all)
    listen = Command(_listen)
    inject = Command(_inject)
    update = Command(_update)
    force_end_turn = Command(_force_end_turn)

    def _result(self) -> str:
        return self.text

    # Functions

    async def _run(self) -> None:
        serving = asyncio.ensure_future(self._serve())
        try:
            await super()._run()
        finally:
            serving.cancel()
            await asyncio.gather(serving, return_exceptions=True)

    async def _serve(self) -> None:
        """Make the calls that the agent asks for, as they come, and tell of interruptions."""
        dialogue, changed = self._dialogue, asyncio.Event()
        running: dict[Call, asyncio.Task[None]] = {}
        told = 0
        self._waiting.add(changed.set)
        try:
            while True:
                running |= {call: asyncio.create_task(self._call(call)) for call in dialogue.waiting()}
                for task in (task for call, task in running.items() if not call.open):
                    task.cancel()
                running = {call: task for call, task in running.items() if not task.done()}
                if dialogue.interruptions != told:
                    told = dialogue.interruptions
                    self._tell_listeners()
                await changed.wait()
                changed.clear()
        finally:
            self._waiting.discard(changed.set)
            for task in running.values():
                task.cancel()
            await asyncio.gather(*running.values(), return_exceptions=True)

    def _tell_listeners(self) -> None:
        for listener in tuple(self._listeners):
            try:
                listener()
            except Exception:
                _log.exception("What is called at an interruption has failed.")

    async def _call(self, call: Call) -> None:
        outcome = await self._caller.call(call)
        call.error = outcome.error
        if outcome.error is not None:
            # What the agent gave wrong, or what took too long, needs no traceback.
            fault = None if isinstance(outcome.error, OptionError | TimeoutError) else outcome.error
            told = "The agent's call of %s has failed: %s"
            _log.warning(told, call.name, outcome.content, exc_info=fault)
        self._dialogue.answer(call, outcome.content, self._loop.loop.time(), failed=outcome.error is not None)
        self._wake()
        self._changed()
