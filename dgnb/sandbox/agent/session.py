"""The order of a conversation: what may come when, and what answers it.

What the service leaves open is decided so. An error closes the connection with its
code as reason: 1008 where the client is at fault, 1011 otherwise. A turn of the user
that begins stops the agent, drops the audio that is not sent yet, and takes back calls
that are not answered; so does `InjectUserMessage`, which tells `UserStartedSpeaking`
only where it stops something. `InjectAgentMessage` that is refused is told by
`InjectionRefused` and by a warning. A result that nobody asked for is a warning, one
that comes too late is dropped. A prompt that is too long is cut, with a warning. Time
of a turn passes with the audio; a pause without audio does not end it.

Of Think Live there are fillers while functions are called, questions whether a silent
user is still there, messages that the agent words itself, and a count of turns whose
sentiment is negative; no backchannels, and no restricted terms.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from time import monotonic
from typing import Any

from dgnb.errors import OptionError
from dgnb.protocol import settings
from dgnb.protocol.messages import Message, Unknown, agent
from dgnb.protocol.messages.flux import TurnInfo
from dgnb.protocol.settings import Listen, Speak, Think, ThinkLive
from dgnb.sandbox import ledger
from dgnb.sandbox.agent import endings, speaking
from dgnb.sandbox.agent.conversation import Conversation
from dgnb.sandbox.agent.endings import OverError
from dgnb.sandbox.agent.hearing import Ear
from dgnb.sandbox.agent.replying import Replies
from dgnb.sandbox.engines.decoding import DecodeError
from dgnb.sandbox.engines.grouping import words_of
from dgnb.sandbox.engines.recognition import EngineError
from dgnb.sandbox.engines.sentiment import sentiments
from dgnb.sandbox.sockets import Socket


class Session:
    """One conversation, from its settings on."""

    def __init__(self, socket: Socket, found: Conversation, begun: float) -> None:
        self._socket, self._conversation, self._begun = socket, found, begun
        form = speaking.form(found.asked.audio.output)
        speaking.check(found.speaks)
        state = socket.app.state
        self._ear = Ear(found.asked.audio.input, found.listen, state.workers, state.rate, self._heard)
        self._replies = Replies(socket, found, form)
        self._speaking = False
        self._annoyed = 0

    async def begin(self) -> None:
        """Take the settings, and greet."""
        await self._send(agent.SettingsApplied())
        if self._conversation.too_long:
            await self._replies.warn("PROMPT_TOO_LONG")
        await self._warn_of_voice()
        await self._warn_of_unsupported()
        if self._conversation.greeting:
            self._replies.say(self._conversation.greeting)

    async def run(self) -> None:
        """Take all that comes, until the other side goes or a reply fails."""
        taking = asyncio.ensure_future(self._take())
        ends: set[asyncio.Future[None]] = {taking, self._replies.failed}
        try:
            done, _ = await asyncio.wait(ends, return_when=asyncio.FIRST_COMPLETED)
            for end in done:
                end.result()
        finally:
            for end in ends:
                end.cancel()
            await asyncio.gather(*ends, return_exceptions=True)

    async def end(self) -> None:
        """Let go of all that is not ready."""
        await self._replies.stop()
        await self._ear.close()

    def label(self) -> None:
        """Note the tags, for the usage reports."""
        store, tags = self._socket.app.state.store, self._conversation.asked.tags
        ledger.label(store, self._socket.request_id, tags)

    def book(self) -> None:
        """Note how long the conversation has lasted so far."""
        used = ledger.Used(self._conversation.price, seconds=monotonic() - self._begun)
        self._socket.book(used)

    async def _take(self) -> None:
        while (frame := await endings.received(self._socket)) is not None:
            self.book()
            if isinstance(frame, bytes):
                await self._listen(frame)
            else:
                await self._obey(endings.message(frame))

    async def _listen(self, audio: bytes) -> None:
        if not audio:
            return
        try:
            await self._ear.feed(audio)
        except DecodeError as error:
            raise OverError("USER_AUDIO_FORMAT", f"{error}.") from error
        except EngineError as error:
            begun = self._ear.latency > 0
            code = "ASR_CONNECTION_CLOSED" if begun else "FAILED_TO_START_LISTENING"
            raise OverError(code, f"{error}.") from error

    async def _heard(self, infos: Iterable[TurnInfo]) -> None:
        """Do what follows from what was heard."""
        for info in infos:
            if info.event == "StartOfTurn":
                self._speaking = True
                await self._replies.stop()  # first, so that no audio follows
                await self._send(agent.UserStartedSpeaking())
                await self._replies.take_back()
            elif info.event == "EndOfTurn":
                self._speaking = False
                await self._answer(info.transcript, self._ear.latency)

    async def _answer(self, text: str, stt: float | None = None) -> None:
        if text.strip():
            multi = self._ear.provider.model == "flux-general-multi"
            hinted = self._ear.provider.language_hints if multi else None
            languages = ["en"] if multi else None
            said = agent.ConversationText(
                role="user", content=text, languages=languages, languages_hinted=hinted
            )
            await self._send(said)
            await self._replies.tell(self._conversation.said("user", text))
            await self._sense(text)
            self._replies.reply(stt)
        else:
            self._replies.proceed()

    async def _sense(self, text: str) -> None:
        """Tell that the user is annoyed, with Think Live."""
        live = self._conversation.think_live
        average = sentiments(words_of(text)).average if live else None
        if live and average and average.sentiment == "negative":
            self._annoyed += 1
            most = live.provider.frustration_max_count
            escalated = most is not None and self._annoyed >= most
            await self._send(agent.FrustrationDetected(count=self._annoyed, escalated=escalated))

    async def _obey(self, message: Message | Unknown) -> None:
        try:
            if message.type.startswith("Update"):
                await self._update(message)
            elif not isinstance(message, agent.KeepAlive):
                await self._follow(message)
        except OptionError as error:
            raise OverError("INVALID_SETTINGS", str(error)) from error

    async def _follow(self, message: Message | Unknown) -> None:
        match message:
            case agent.InjectUserMessage(content=text):
                await self._inject_user(text)
            case agent.InjectAgentMessage():
                await self._inject_agent(message)
            case agent.FunctionCallResponse():
                await self._result(message)
            case agent.ForceEndTurn():
                await self._force()
            case agent.CustomToThinkProvider():
                text = "The sandbox has no language model that takes messages of one's own."
                await self._replies.warn("THINK_REQUEST_FAILED", text)
            case _ if message.type == "Settings":
                raise OverError("SETTINGS_ALREADY_APPLIED")
            case _:
                raise OverError("UNPARSABLE_CLIENT_MESSAGE", f"'{message.type}' is not known in this form.")

    async def _update(self, message: Message | Unknown) -> None:
        match message:
            case agent.UpdatePrompt(prompt=prompt):
                self._conversation.prompt = prompt
                await self._warn_of_prompt()
                await self._send(agent.PromptUpdated())
            case agent.UpdateThink(think=think):
                self._conversation.thinks = self._thinks(think)
                self._conversation.prompt = None
                await self._warn_of_prompt()
                await self._send(agent.ThinkUpdated())
            case agent.UpdateThinkLive(think_live=live):
                self._conversation.think_live = settings.read(live, ThinkLive)
                await self._warn_of_unsupported()
                await self._send(agent.ThinkLiveUpdated())
            case agent.UpdateSpeak(speak=speak):
                speaks = [settings.read(one, Speak) for one in _several(speak)]
                speaking.check(speaks)
                self._conversation.speaks = speaks
                await self._warn_of_voice()
                await self._send(agent.SpeakUpdated())
            case agent.UpdateListen(listen=listen):
                self._ear.change(settings.read(listen, Listen).provider)
                self._conversation.listen = self._ear.provider
                await self._warn_of_unsupported()
                await self._send(agent.ListenUpdated())
            case _:
                raise OverError("UNPARSABLE_CLIENT_MESSAGE", f"'{message.type}' is not known in this form.")

    def _thinks(self, tree: Any) -> list[Think]:
        thinks = [settings.read(one, Think) for one in _several(tree)]
        if self._conversation.think_live is None:
            settings.check_fillers(thinks)
        return thinks

    async def _result(self, message: agent.FunctionCallResponse) -> None:
        if not self._replies.calls.answer(message):
            text = f"No call asks for the result '{message.id or message.name}'."
            await self._replies.warn("FUNCTION_CALL_FAILED", text)

    async def _inject_user(self, text: str) -> None:
        if await self._replies.stop():
            await self._send(agent.UserStartedSpeaking())
        await self._replies.take_back()
        await self._answer(text)

    async def _inject_agent(self, message: agent.InjectAgentMessage) -> None:
        if message.is_dynamic:
            await self._inject_dynamic()
        elif not message.message:
            raise OverError("UNPARSABLE_CLIENT_MESSAGE", "InjectAgentMessage has no message.")
        elif message.behavior == "queue":
            self._replies.queue(message.message)
            if not self._speaking:
                self._replies.proceed()
        elif message.behavior == "interrupt":
            await self._replies.stop()
            await self._replies.take_back()
            self._replies.say(message.message)
        elif self._speaking or self._replies.busy:
            who = "USER" if self._speaking else "AGENT"
            code = f"INJECT_AGENT_MESSAGE_DURING_{who}_SPEECH"
            await self._replies.warn(code)
            await self._send(agent.InjectionRefused(message=agent.WARNINGS[code]))
        else:
            self._replies.say(message.message)

    async def _inject_dynamic(self) -> None:
        if self._conversation.think_live is None:
            text = "A dynamic message needs agent.think_live."
        elif self._speaking or self._replies.busy:
            text = "Somebody is speaking."
        else:
            self._replies.reply()
            return
        await self._send(agent.InjectionRefused(message=text))

    async def _force(self) -> None:
        if self._ear.provider.version != "v2":
            await self._replies.warn("FORCE_END_TURN_REFUSED")
        elif not await self._ear.force():
            await self._replies.warn("NO_TURN_IN_PROGRESS")

    async def _warn_of_prompt(self) -> None:
        if self._conversation.too_long:
            await self._replies.warn("PROMPT_TOO_LONG")

    async def _warn_of_voice(self) -> None:
        if provider := speaking.foreign(self._conversation.speaks):
            text = f"The sandbox cannot ask '{provider}' for a voice; one of Deepgram's speaks."
            await self._replies.warn("SPEAK_REQUEST_FAILED", text)

    async def _warn_of_unsupported(self) -> None:
        for text in self._conversation.unsupported:
            await self._replies.warn("UNSUPPORTED_BY_SANDBOX", f"The sandbox lacks something. {text}")

    async def _send(self, message: Message) -> None:
        await self._socket.send(message)


def _several(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]
