"""``agent``: a conversation with a voice agent, in writing or by voice, with Python functions as tools."""

from __future__ import annotations

import asyncio
import inspect
import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from dgnb.audio.raw import AudioFormat
from dgnb.audio.voice import voice
from dgnb.errors import LiveError, OptionError, TimedOut
from dgnb.lazy import load
from dgnb.live import recipes
from dgnb.live.calling import Caller
from dgnb.live.commands import Command
from dgnb.live.opening import fetch, opened
from dgnb.live.session import Session
from dgnb.protocol import routes, settings
from dgnb.protocol.limits import FRAME
from dgnb.protocol.messages import Message, agent
from dgnb.publication import C, C_co
from dgnb.results import Speech
from dgnb.sessions.bounds import Bounds
from dgnb.sessions.conversing import Conversing
from dgnb.sessions.exchanges import Call
from dgnb.transport.loop import in_thread

if TYPE_CHECKING:
    from pandas import DataFrame

    from dgnb.audio.streams import Stream
    from dgnb.live.recipes import Part
    from dgnb.views.exchanges import ConversationPlots

ANSWER = 10.0
"""How long the consent to a change is waited for [s]."""

TAIL = 2.0
"""Silence after a recording [s]."""

REPLY = 60.0
"""How long a reply is waited for if nothing else is said [s]."""

_log = logging.getLogger("dgnb")


class AgentSession(Session[C_co]):
    """A running conversation with a voice agent. Iterating it gives every event."""

    route = routes.AGENT_LIVE
    _dialogue: Conversing

    def __init__(
        self, client: C_co, dialogue: Conversing, bounds: Bounds, caller: Caller, stream: Stream | None = None
    ) -> None:
        self._caller = caller
        self._listeners: list[Callable[[], Any]] = []
        super().__init__(client, dialogue, bounds, stream)

    # What it tells

    @property
    def text(self) -> str:
        """What was said so far, one line a side."""
        sides = [
            side for one in self._dialogue.exchanges for side in (("User", one.user), ("Agent", one.reply))
        ]
        return "\n".join(f"{who}: {text}" for who, text in sides if text)

    @property
    def turns(self) -> DataFrame:
        """One row an exchange, see `dgnb.views.conversations`."""
        frame: DataFrame = load("dgnb.views.conversations:turns")(self._dialogue)
        return frame

    @property
    def calls(self) -> DataFrame:
        """One row a function that the agent has called, see `dgnb.views.conversations`."""
        frame: DataFrame = load("dgnb.views.conversations:calls")(self._dialogue)
        return frame

    @property
    def latency(self) -> DataFrame:
        """One row an exchange with what its reply took, see `dgnb.views.conversations`."""
        frame: DataFrame = load("dgnb.views.conversations:latency")(self._dialogue)
        return frame

    @property
    def speech(self) -> Speech:
        """All that the agent has said so far, as audio; it plays in a notebook."""
        speech: Speech = load("dgnb.views.conversations:speech")(self._dialogue)
        return speech

    @property
    def audio(self) -> Speech:
        """Both sides so far, as they followed on each other: the user left, the agent right.

        Raises
        ------
        LiveError
            It was not kept, or the agent's audio is in a file format.
        """
        if self._dialogue.heard is None:
            raise LiveError("The audio was not kept; open the conversation with keep_audio=True.")
        speech: Speech = load("dgnb.views.conversations:audio")(self._dialogue)
        return speech

    @property
    def plot(self) -> ConversationPlots:
        """Plots of the conversation: ``plot.turns()``."""
        plots: ConversationPlots = load("dgnb.views.exchanges:ConversationPlots")(self._dialogue)
        return plots

    @property
    def warnings(self) -> list[agent.Warning]:
        """What the service warned of."""
        return list(self._dialogue.warnings)

    @property
    def settings(self) -> dict[str, Any]:
        """What the agent is now, as it would be sent."""
        return self._dialogue.tree

    # What it does

    def on_interrupt(self, function: Callable[[], Any]) -> Callable[[], Any]:
        """Have a function called as soon as the user begins to speak: whoever plays audio stops then.

        It is called on dgnb's event loop, and so must return at once. It may be used as a decorator.
        """
        self._listeners.append(function)
        return function

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
        self, text: str, behavior: agent.Behavior | None = None, timeout: float = REPLY
    ) -> None:
        """Have the agent say something of yours.

        Parameters
        ----------
        text : str
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
        self._check(text)
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
    ) -> None:
        """Change the agent while it runs; returns when all is in force. A new connection keeps it.

        Parameters
        ----------
        prompt : str, optional
        think, speak, listen : str or dict, optional
            As for `agent`; another model keeps the prompt and the functions.

        Raises
        ------
        OptionError
            One cannot be right; nothing is changed.
        LiveError
            The service did not agree.
        """
        self._ended_badly()
        changes = _changes(self._dialogue.own or {}, prompt, think, speak, listen)
        for request in [self._dialogue.ask(change) for change in changes]:
            if await self._answered(request, ANSWER) is None:
                self._ended_badly()
                raise LiveError(
                    f"The service did not answer to {request.message.type}.", 0, "", self.request_id
                )

    say = Command(_say)
    run = Command(_run_all)
    listen = Command(_listen)
    inject = Command(_inject)
    update = Command(_update)

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
        for listener in self._listeners:
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


def _changes(
    own: Mapping[str, Any],
    prompt: str | None,
    think: Part | list[Part] | None,
    speak: Part | list[Part] | None,
    listen: Part | None,
) -> list[Message]:
    """The messages of an update, each checked."""
    found: list[Message] = [agent.UpdatePrompt(prompt=prompt)] if prompt is not None else []
    if think is not None:
        now = own.get("think") or {}
        first = (now[0] if isinstance(now, list) else now) if now else {}
        kept = {name: value for name, value in first.items() if name not in ("provider", "endpoint")}
        if prompt is not None:
            kept["prompt"] = prompt
        trees = [kept | recipes.thinking(one) for one in _list(think)]
        found.append(agent.UpdateThink(think=_checked(trees, settings.Think)))
    if speak is not None:
        voices = [recipes.voice(one) for one in _list(speak)]
        found.append(agent.UpdateSpeak(speak=_checked(voices, settings.Speak)))
    if listen is not None:
        found.append(agent.UpdateListen(listen=_checked([recipes.hearing(listen)], settings.Listen)))
    if not found:
        raise OptionError("Say what is to change: prompt, think, speak or listen.", "prompt")
    return found


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _checked(trees: Sequence[dict[str, Any]], kind: Any) -> Any:
    for tree in trees:
        settings.read(tree, kind)
    return trees[0] if len(trees) == 1 else list(trees)


def converse(  # noqa: PLR0913 - each is a choice of the user's
    client: C,
    /,
    prompt: str | None = None,
    *,
    listen: Part | None = None,
    think: Part | list[Part] | None = None,
    speak: Part | list[Part] | None = None,
    greeting: str | None = None,
    language: str | None = None,
    tools: Iterable[Any] | Callable[..., Any] = (),
    settings: Mapping[str, Any] | str | None = None,
    source: Any = None,
    encoding: str | None = None,
    sample_rate: int | None = None,
    pace: float = 1.0,
    keep_audio: bool = True,
    retries: int = 8,
    buffer: float = 30.0,
    patience: float = 10.0,
) -> AgentSession[C]:
    """Conversation with a voice agent; it is returned at once, and runs by itself.

    A connection that breaks is made again: the agent is told what was said, a question without
    a reply is asked again, and no function is called twice for it.

    Parameters
    ----------
    prompt : str, optional
        What the agent is, and how it behaves.
    listen : str or dict, default "flux-general-en"
        The recogniser.
    think : str, dict or list, default "gpt-4o-mini"
        The language model, by its name or ``provider:name``; of a list, the first that works.
    speak : str, dict or list, default "aura-2-thalia-en"
        The voice.
    greeting : str, optional
        What the agent says first.
    language : str, optional
        Of the user.
    tools : function or iterable of functions
        Functions that the agent may call, see `dgnb.tool`; plain typed functions, too.
    settings : dict or str, optional
        The whole tree as a dictionary or YAML, or the id of a stored agent. What else is
        given goes before it.
    source : path, URL, bytes, array, iterator, queue, or "mic"
        What the user says by voice; without it the conversation is in writing.
    encoding : str, optional
        Codec of a source of raw chunks.
    sample_rate : int, optional
        Of raw chunks, or wanted of a microphone [Hz].
    pace : float, default 1.0
        How fast a recording is played, 1 is real time.
    keep_audio : bool, default True
        Whether the user's audio is kept for ``audio``.
    retries : int, default 8
        Attempts in a row to connect again.
    buffer : float, default 30.0
        Audio of the user that is kept to be sent again [s].
    patience : float, default 10.0
        Without any sign of life for so long, a connection counts as broken [s].

    Returns
    -------
    AgentSession
        ``agent.say(text)``, ``agent.run(texts)``, ``agent.listen(recording)``, ``agent.update(...)``,
        ``agent.inject(text)``, ``agent.interrupt()``, ``agent.stop()``; ``turns``, ``calls``,
        ``latency``, ``events``, ``speech``, ``text`` at any time.

    Raises
    ------
    OptionError, AudioError
        At once: something cannot be right; the text names its path in the settings.
    ApiError, LiveError, ConnectionFailed
        By ``say``, ``wait``, ``stop`` and iteration: the service refused, ended it, or was lost.

    Examples
    --------
    >>> from dgnb import Deepgram
    >>> def weather(city: str) -> str:
    ...     '''Weather in a city.'''
    ...     return f"sunny in {city}"
    >>> with Deepgram(sandbox=True) as dg, dg.agent(prompt="Be brief.", tools=[weather]) as agent:
    ...     reply = agent.say("What is the weather in Rome?")
    >>> "Rome" in reply, agent.calls.function.tolist()
    (True, ['weather'])
    """
    tools = [tools] if callable(tools) else list(tools)
    tree = recipes.recipe(
        prompt=prompt, listen=listen, think=think, speak=speak,
        greeting=greeting, language=language, tools=tools, given=settings,
    )  # fmt: skip
    caller = Caller(tools, _home(client))
    bounds = Bounds(pace, retries, buffer, patience)
    raw = {"encoding": encoding, "sample_rate": sample_rate}
    said = {name: value for name, value in raw.items() if value is not None}
    # One channel is what an agent hears, as Flux does.
    stream = None if source is None else opened(source, said, flux=True)
    dialogue = Conversing(tree, bounds, played=stream is not None and not stream.live)
    dialogue.heard = [] if keep_audio else None
    return AgentSession(client, dialogue, bounds, caller, stream)


def _home(client: Any) -> asyncio.AbstractEventLoop | None:
    """The user's own loop, where it is not blocked by what she waits for."""
    if not inspect.iscoroutinefunction(client.run):
        return None
    with suppress(RuntimeError):
        return asyncio.get_running_loop()
    return None
