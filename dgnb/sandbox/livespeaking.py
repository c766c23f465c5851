"""``/v1/speak`` as a live connection: text in, speech out, by voices of Aura.

What the service leaves open is decided so: `Flushed` and `Cleared` share one count;
a `Flush` that waits when `Clear` comes is dropped with its text, and not answered;
an empty text is a command that is not taken; what comes after `Close` is passed over.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from functools import partial
from itertools import count
from time import monotonic
from typing import Any

from dgnb.protocol import closes, limits, models
from dgnb.protocol.closes import Close
from dgnb.protocol.messages import Message, speak
from dgnb.sandbox import controls, ledger, speaking, voicing
from dgnb.sandbox.controls import Pronunciation
from dgnb.sandbox.dialogues import Line, attend, command, send_frames
from dgnb.sandbox.phrases import Phrases
from dgnb.sandbox.rates import Rate
from dgnb.sandbox.sockets import Socket
from dgnb.sandbox.sounds import Sound, raw, unsupported
from dgnb.sandbox.voicing import Utterance

VERSION = "sandbox"
"""The version of every voice, as the first message tells it."""

TOO_MANY = "FLUSH_LIMIT_EXCEEDED"
"""The code of a `Flush` that is passed over; the service does not name one."""


async def serve(socket: Socket) -> None:
    """Speak what is written on a connection."""
    options = speaking.voiced(socket.query, speaking.LIVE_AURA)
    form = raw(options)
    if (container := dict(socket.query).get("container", "none")) != "none":
        raise unsupported(f"container '{container}' on a live connection.")
    await socket.accept()
    model = options["model"]
    uuid = speaking.model_uuid(model)
    about = speak.Metadata(
        request_id=socket.request_id, model_name=model, model_version=VERSION, model_uuid=uuid
    )
    await socket.send(about)
    conversation = _Conversation(socket, options, form)
    if close := await attend(socket, conversation.line, conversation.hear):
        await socket.close(close)


class _Conversation:
    """What one connection has said, and what is still to be said."""

    def __init__(self, socket: Socket, options: dict[str, Any], form: Sound) -> None:
        self.line = Line(socket)
        self._socket, self._form, self._model = socket, form, options["model"]
        self._voice = voicing.voice(self._model, options.get("speed", 1.0))
        self._characters, self._flushes = Rate(limits.CHARACTERS_A_MINUTE), Rate(limits.FLUSHES_A_MINUTE)
        self._sequence = count()
        self._cleared = self._spoken = 0
        self._closing = False
        self._begin()

    def _begin(self) -> None:
        self._phrases = Phrases()
        self._utterance = Utterance(self._voice, self._form.encoding, self._form.sample_rate)

    def hear(self, frame: str | bytes) -> Close | None:
        """Take a frame; a close is returned when it cannot be taken."""
        message = command(frame, speak.CLIENT)
        if self._closing:
            return None
        return message if isinstance(message, Close) else self._follow(message)

    def _follow(self, message: Message) -> Close | None:
        match message:
            case speak.Speak(text=text):
                return self._take(text)
            case speak.Flush():
                self._flush()
            case speak.Clear():
                self._clear()
            case speak.Close():
                self._close()
        return None

    def _take(self, text: str) -> Close | None:
        if not text:
            return closes.BAD_COMMAND
        if len(text) > models.SPEECH_LIMIT:
            return closes.BIG_TEXT
        if not self._characters.take(len(text), monotonic()):
            return closes.TOO_FAST
        for sentence in self._phrases.add(text):
            self._say(sentence)
        return None

    def _flush(self) -> None:
        if self._flushes.take(1, monotonic()):
            self._end(answered=True)
            self._begin()
        else:
            words = f"More than {limits.FLUSHES_A_MINUTE} Flush messages in 60 s; this one is ignored."
            self.line.answer(speak.Warning(description=words, code=TOO_MANY))

    def _clear(self) -> None:
        self._cleared += 1
        self._begin()
        self.line.first(self._send_cleared)

    def _close(self) -> None:
        self._closing = True
        self._end(answered=False)
        self.line.close(closes.NORMAL)

    def _end(self, *, answered: bool) -> None:
        if rest := self._phrases.rest():
            self._say(rest)
        self.line.put(partial(self._finish, self._utterance, self._cleared, answered))

    def _say(self, sentence: str) -> None:
        found, problems = controls.tolerant(sentence)
        codes = controls.warnings(found, flux=False)
        problems += [("PRONUNCIATION_WARNINGS", ", ".join(codes))] if codes else []
        for code, words in problems:
            self.line.answer(speak.Warning(description=words, code=code))
        self.line.put(partial(self._speak, self._utterance, self._cleared, found))

    async def _speak(self, utterance: Utterance, cleared: int, found: Sequence[str | Pronunciation]) -> None:
        if not self._over(cleared):
            self._spoken += len(controls.billed(found))
            self._socket.book(ledger.Used(self._model, characters=self._spoken))
            frames = await asyncio.to_thread(utterance.say, found)
            await send_frames(self._socket, frames, partial(self._over, cleared))

    async def _finish(self, utterance: Utterance, cleared: int, answered: bool) -> None:
        over = partial(self._over, cleared)
        if not over() and await send_frames(self._socket, utterance.finish(), over) and answered:
            await self._socket.send(speak.Flushed(sequence_id=next(self._sequence)))

    def _over(self, cleared: int) -> bool:
        """Whether what was written before so many times of `Clear` is dropped."""
        return cleared != self._cleared

    async def _send_cleared(self) -> None:
        await self._socket.send(speak.Cleared(sequence_id=next(self._sequence)))
