"""The agent's turn: thinking, functions, speech; one after the other, and stopped at any time."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Coroutine, Sequence
from dataclasses import dataclass, field
from time import monotonic
from typing import Any

import msgspec

from dgnb.protocol.messages import Message, agent
from dgnb.protocol.messages.agent import CalledFunction, FunctionCall, History
from dgnb.protocol.settings import Think
from dgnb.sandbox.agent import functions, speaking, thinking
from dgnb.sandbox.agent.conversation import Conversation
from dgnb.sandbox.agent.functions import CallError, Calls
from dgnb.sandbox.agent.policy import Call, Thought
from dgnb.sandbox.agent.thinking import ThinkError
from dgnb.sandbox.sockets import Socket
from dgnb.sandbox.sounds import Sound

_ROUNDS = 8
"""Times that functions are called before something has to be said."""


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
        except Exception as error:
            if not self.failed.done():
                self.failed.set_exception(error)

    async def interrupt(self) -> bool:
        """Stop what is under way, and take calls back; whether there was anything."""
        task, self._task = self._task, None
        busy = task is not None and not task.done()
        if task is not None:
            task.cancel()
            await asyncio.wait({task})
        if taken := self.calls.cancel():
            await self._socket.send(agent.FunctionCallCancelled(functions=taken))
        return busy

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
        await self._socket.send(agent.FunctionCallRequest(functions=asked))
        results = await asyncio.gather(*(self._result(call, waiting.get(call.id)) for call in asked))
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

    async def _say(self, text: str, clock: _Clock) -> None:
        await self._socket.send(agent.ConversationText(role="assistant", content=text))
        await self.tell(self._conversation.said("assistant", text))
        begun, total = monotonic(), None
        voice = speaking.voice(self._conversation.speaks)
        paced = self._socket.app.state.rate is not None
        async for frame in speaking.frames(text, voice, self._form, paced=paced):
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
