"""The agent's turn: thinking, functions, speech; one after the other, and stopped at any time."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Coroutine, Sequence
from dataclasses import dataclass, field
from time import monotonic
from typing import Any

import msgspec

from dgnb.protocol.messages import Message, agent
from dgnb.protocol.messages.agent import CalledFunction, FunctionCall, History
from dgnb.protocol.settings import Function, Think
from dgnb.sandbox.agent import functions, speaking, thinking
from dgnb.sandbox.agent.conversation import Conversation
from dgnb.sandbox.agent.functions import CallError, Calls
from dgnb.sandbox.agent.policy import Call, Thought
from dgnb.sandbox.agent.thinking import ThinkError
from dgnb.sandbox.sockets import Socket
from dgnb.sandbox.sounds import Sound

_ROUNDS = 8
"""Times that functions are called before something has to be said."""

FILLER, STILL_FILLER, CHECK = "One moment, please.", "I am still working on it.", "Are you still there?"
"""What is said while a function takes long, and when the user is silent; Think Live only."""

INTERVAL = 3000
"""Time between two fillers where the function does not say it [ms]."""


@dataclass
class _Clock:
    """When the steps of a reply were done."""

    stt: float | None = None
    begun: float = field(default_factory=monotonic)
    thought: float = 0.0
    tools: float = 0.0
    speech: float = 0.0

    def report(self, total: float) -> agent.LatencyReport:
        """All steps [s]."""
        return agent.LatencyReport(
            stt_latency=self.stt,
            ttt_token_latency=self.thought,
            ttt_text_latency=self.thought,
            ttt_tool_latency=self.tools or None,
            tts_latency=self.speech,
            total_latency=total + (self.stt or 0.0),
        )


class Replies:
    """What the agent says and does on one connection.

    Parameters
    ----------
    socket : Socket
    conversation : Conversation
    form : Sound
        The audio's format.
    """

    def __init__(self, socket: Socket, conversation: Conversation, form: Sound) -> None:
        self._socket, self._conversation, self._form = socket, conversation, form
        self._task: asyncio.Task[None] | None = None
        self._checking: asyncio.Task[None] | None = None
        self._checks = 0
        self._queue: deque[str] = deque()
        self.calls = Calls()
        self.failed: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        """Has the error when a reply has failed."""

    @property
    def busy(self) -> bool:
        """Whether the agent thinks, waits for a function, or speaks."""
        return self._task is not None and not self._task.done()

    def reply(self, stt: float | None = None) -> None:
        """Answer what was said last; `stt` is how long it took to be recognised [s]."""
        self._checks = 0
        self._start(self._reply(_Clock(stt)))

    def say(self, text: str) -> None:
        """Say something that was given."""
        self._start(self._say(text, _Clock()))

    def queue(self, text: str) -> None:
        """Say something when the agent is done, and the user too."""
        self._queue.append(text)

    def proceed(self) -> None:
        """Say what is queued, when nothing is under way."""
        if self._queue and not self.busy:
            self.say(self._queue.popleft())

    def _start(self, work: Coroutine[Any, Any, None]) -> None:
        self._task = asyncio.create_task(self._watched(work))

    async def _watched(self, work: Coroutine[Any, Any, None]) -> None:
        try:
            await work
            while self._queue:
                await self._say(self._queue.popleft(), _Clock())
            self._checking = asyncio.create_task(self._check())
        except Exception as error:
            if not self.failed.done():
                self.failed.set_exception(error)

    async def stop(self) -> bool:
        """Stop what is under way; whether there was anything."""
        tasks = [task for task in (self._task, self._checking) if task is not None and not task.done()]
        busy, self._task, self._checking = self.busy, None, None
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.wait(tasks)
        return busy

    async def take_back(self) -> None:
        """Tell that calls are not to be answered any more."""
        if taken := self.calls.cancel():
            await self._socket.send(agent.FunctionCallCancelled(functions=taken))

    async def _reply(self, clock: _Clock) -> None:
        for _ in range(_ROUNDS):
            begun = monotonic()
            thought = await self._thought()
            clock.thought += monotonic() - begun
            if thought is None:
                return
            if thought.reason:
                await self._socket.send(agent.AgentThinking(content=thought.reason))
            if not thought.calls:
                await self._say(thought.text, clock)
                return
            begun = monotonic()
            await self._call(thought.calls)
            clock.tools += monotonic() - begun
        await self.warn("THINK_REQUEST_FAILED", f"Nothing was said after {_ROUNDS} rounds of functions.")

    async def _thought(self) -> Thought | None:
        """What comes next; ``None`` when no language model answers."""
        conversation = self._conversation
        thinks: Sequence[Think | None] = conversation.thinks or [None]
        for think in thinks:
            try:
                return await thinking.think(think, conversation.prompt_of(think), conversation.history)
            except ThinkError as error:
                await self.warn("THINK_REQUEST_FAILED", str(error))
        return None

    async def _call(self, calls: Sequence[Call]) -> None:
        asked = functions.requested(calls, self._conversation.functions)
        waiting = {call.id: self.calls.begin(call) for call in asked if call.client_side}
        slow = [function for call in calls if (function := self._filled(call.name))]
        if any(function.initial_agent_filler for function in slow):
            await self._aside(FILLER, "filler")
        await self._socket.send(agent.FunctionCallRequest(functions=asked))
        done = asyncio.Event()
        async with asyncio.TaskGroup() as group:
            group.create_task(self._fill(slow, done))
            results = await asyncio.gather(*(self._result(call, waiting.get(call.id)) for call in asked))
            done.set()
        called = [
            CalledFunction(
                id=call.id,
                name=call.name,
                client_side=call.client_side,
                arguments=call.arguments,
                response=response,
                thought_signature=call.thought_signature,
            )
            for call, response in zip(asked, results, strict=True)
        ]
        await self.tell(self._conversation.called(called))

    async def _result(self, call: FunctionCall, waiting: asyncio.Future[str] | None) -> str:
        try:
            if waiting is not None:
                return await functions.result(call, waiting, self.calls)
            endpoint = self._conversation.functions[call.name].endpoint
            found = await functions.fetched(call, endpoint) if endpoint else ""
        except CallError as error:
            await self.warn("FUNCTION_CALL_FAILED", str(error))
            return msgspec.json.encode({"error": str(error)}).decode()
        await self._socket.send(agent.FunctionCallResponse(id=call.id, name=call.name, content=found))
        return found

    def _filled(self, name: str) -> Function | None:
        """A function that has fillers, which are there with Think Live only."""
        function = self._conversation.functions.get(name)
        return function if function and function.fills and self._conversation.think_live else None

    async def _fill(self, slow: Sequence[Function], done: asyncio.Event) -> None:
        """Say that it takes long, now and then, until it is done."""
        for function in slow[:1]:
            for _ in range(function.agent_filler_max_count or 0):
                try:
                    async with asyncio.timeout((function.agent_filler_interval_ms or INTERVAL) / 1000):
                        await done.wait()
                    return
                except TimeoutError:
                    await self._aside(STILL_FILLER, "filler")

    async def _check(self) -> None:
        """Ask whether the user is still there, after a silence and not too often."""
        live = self._conversation.think_live
        provider = live.provider if live else None
        if (
            provider
            and provider.presence_check_interval_ms
            and self._checks < (provider.presence_check_max_count or 0)
        ):
            await asyncio.sleep(provider.presence_check_interval_ms / 1000)
            self._checks += 1
            self._start(self._aside(CHECK, "presence_check"))

    async def _aside(self, text: str, behavior: str) -> None:
        """Say something that is no answer."""
        await self._socket.send(agent.ConversationText(content=text, conversational_behavior=behavior))
        await self.tell(self._conversation.said("assistant", text))
        async for frame in self._frames(text):
            await self._socket.send_audio(frame)
        await self._socket.send(agent.AgentAudioDone())

    def _frames(self, text: str) -> AsyncIterator[bytes]:
        voice = speaking.voice(self._conversation.speaks)
        paced = self._socket.app.state.rate is not None
        return speaking.frames(text, voice, self._form, paced=paced)

    async def _say(self, text: str, clock: _Clock) -> None:
        await self._socket.send(agent.ConversationText(role="assistant", content=text))
        await self.tell(self._conversation.said("assistant", text))
        begun, total = monotonic(), None
        async for frame in self._frames(text):
            if total is None:
                clock.speech, total = monotonic() - begun, monotonic() - clock.begun
                await self._started(clock, total)
            await self._socket.send_audio(frame)
        await self._socket.send(agent.AgentAudioDone())
        await self._socket.send(clock.report(total or monotonic() - clock.begun))

    async def _started(self, clock: _Clock, total: float) -> None:
        if self._conversation.asked.experimental:
            await self._socket.send(
                agent.AgentStartedSpeaking(
                    total_latency=total + (clock.stt or 0.0),
                    tts_latency=clock.speech,
                    ttt_latency=clock.thought,
                )
            )

    async def tell(self, history: History) -> None:
        """Send an item of the history, where that is wanted."""
        if self._conversation.asked.flags.history:
            await self._send(history)

    async def warn(self, code: str, text: str = "") -> None:
        """Tell of something that was not done."""
        await self._send(agent.Warning(code=code, description=text or agent.WARNINGS[code]))

    async def _send(self, message: Message) -> None:
        await self._socket.send(message)
