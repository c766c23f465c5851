"""``/v2/speak`` as a live connection: text in, speech out turn by turn, by voices of Flux.

A turn is ``SpeechStarted``, its audio, ``SpeechMetadata``, and ``Flushed`` where a
`Flush` ended it. One without anything to speak has no ``SpeechStarted``. An
interrupted one ends with ``SpeechInterrupted`` instead; its `Flush` is not answered.
A later one that the interrupt ends as well has its ``SpeechMetadata`` just before.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from dataclasses import replace
from functools import partial
from typing import Any

from msgspec.structs import asdict

from dgnb.protocol import closes
from dgnb.protocol.closes import Close
from dgnb.protocol.messages import Message, fluxspeak
from dgnb.protocol.options import allowed, rows
from dgnb.protocol.params import FluxLiveSpeakOptions
from dgnb.sandbox import controls, ledger, speaking, voicing
from dgnb.sandbox.controls import Pronunciation
from dgnb.sandbox.dialogues import Line, attend, command
from dgnb.sandbox.fluxturns import Pieces, Problem, Turn, Turns
from dgnb.sandbox.livespeaking import VERSION
from dgnb.sandbox.replies import RefusedError
from dgnb.sandbox.sockets import Socket
from dgnb.sandbox.sounds import Sound, raw
from dgnb.sandbox.voicing import Utterance


async def serve(socket: Socket) -> None:
    """Speak what is written on a connection."""
    options = speaking.voiced(socket.query, speaking.LIVE_FLUX)
    socket.options(FluxLiveSpeakOptions, closed=True)
    form = raw(options, flux=True)
    await socket.accept()
    model = options["model"]
    uuids = [speaking.model_uuid(model)]
    await socket.send(
        fluxspeak.Connected(
            request_id=socket.request_id, model_name=model, model_version=VERSION, model_uuids=uuids
        )
    )
    conversation = _Conversation(socket, options, form)
    try:
        close = await attend(socket, conversation.line, conversation.hear)
    except Exception:
        await _send_error(socket, closes.INTERNAL)
        raise
    if close is not None:
        if close is not closes.NORMAL:
            await _send_error(socket, close)
        await socket.close(close)


async def _send_error(socket: Socket, close: Close) -> None:
    await socket.send(fluxspeak.Error(code=close.reason, description=close.hint))


class _Conversation:
    """What one connection has said, and what is still to be said."""

    def __init__(self, socket: Socket, options: dict[str, Any], form: Sound) -> None:
        self.line = Line(socket)
        self._socket, self._options, self._form = socket, options, form
        self._applied: float | None = options.get("speed")
        self._turns = Turns(options.get("speed", 1.0))
        self._closing = False

    def hear(self, frame: str | bytes) -> Close | None:
        """Take a frame; a close is returned when it cannot be taken."""
        message = command(frame, fluxspeak.CLIENT)
        if self._closing:
            return None
        return message if isinstance(message, Close) else self._follow(message)

    def _follow(self, message: Message) -> Close | None:
        match message:
            case fluxspeak.Speak(text=text):
                return self._take(text)
            case fluxspeak.Flush():
                return self._flush()
            case fluxspeak.Interrupt(playback_offset=offset):
                self._interrupt(offset.value if offset else None)
            case fluxspeak.Configure(speed=speed):
                self._configure(speed)
            case fluxspeak.Close():
                return self._close()
        return None

    def _take(self, text: str) -> Close | None:
        turn = self._turns.open()
        turn.written += len(text)
        if controls.pauses(turn.phrases.waiting + text):
            return closes.BAD_CONTROL
        return self._say(turn, turn.phrases.add(text))

    def _say(self, turn: Turn, sentences: Iterable[str]) -> Close | None:
        for sentence in sentences:
            pieces, problems = turn.take(sentence)
            if wrong := self._wrong(turn, pieces, problems):
                return replace(closes.BAD_CONTROL, hint=wrong)
            for code, words in problems:
                self.line.answer(fluxspeak.Warning(code=code, description=words))
            self.line.put(partial(self._speak, turn, pieces))
        return None

    def _wrong(self, turn: Turn, pieces: Pieces, problems: Iterable[Problem]) -> str:
        """Give what is so wrong with a sentence that the connection ends."""
        usual = turn.speed == self._turns.speed == 1
        if not usual and any(isinstance(piece, Pronunciation) for piece in pieces):
            return "Pronunciation cannot be combined with speed."
        return next((words for code, words in problems if code == controls.MALFORMED), "")

    def _flush(self) -> Close | None:
        if self._turns.current is None:
            words = "No text was written that could be flushed."
            self.line.answer(fluxspeak.Warning(code="NO_ACTIVE_SPEECH", description=words))
            return None
        return self._end(answered=True)

    def _close(self) -> Close | None:
        self._closing = True
        close = self._end(answered=False) if self._turns.current else None
        self.line.put(self._send_summary)
        self.line.close(closes.NORMAL)
        return close

    def _end(self, *, answered: bool) -> Close | None:
        if turn := self._turns.close():
            rest = turn.phrases.rest()
            if close := self._say(turn, [rest] if rest else []):
                return close
            self.line.put(partial(self._finish, turn, answered))
        return None

    def _interrupt(self, offset: int | None) -> None:
        active = self._turns.waiting[0] if self._turns.waiting else None
        answer = self._turns.interrupt(offset)
        interrupted = isinstance(answer, fluxspeak.SpeechInterrupted) and answer.metadata.speech_id
        if active and active.over and active.speech_id != interrupted:
            self.line.answer(_metadata(active))
        self.line.answer(answer)

    def _configure(self, speed: float | None) -> None:
        failure = self._refused(speed) if speed is not None else None
        if failure is None and speed is not None:
            self._turns.speed = self._applied = speed
        applied = fluxspeak.Applied(speed=self._applied)
        self.line.answer(failure or fluxspeak.ConfigureSuccess(applied=applied))

    def _refused(self, speed: float) -> fluxspeak.ConfigureFailure | None:
        row = rows(FluxLiveSpeakOptions)["speed"]
        failed = partial(fluxspeak.ConfigureFailure, field="speed")
        if not (row.param.low or 0) <= speed <= (row.param.high or 0):
            words = f"speed takes {allowed(row)}."
            return failed(code="SPEED_OUT_OF_RANGE", description=words, value=speed)
        try:
            speaking.check_speed(self._options["model"], speed, speaking.LIVE_FLUX)
        except RefusedError as error:
            value = None if error.code == "SPEED_NOT_SUPPORTED" else speed
            return failed(code=error.code, description=error.message, value=value)
        if speed != 1 and self._turns.blocked:
            words = "A waiting turn has a pronunciation, which cannot be combined with speed."
            return failed(code="CONTROL_COMBINATION_INVALID", description=words, value=speed)
        return None

    async def _speak(self, turn: Turn, pieces: Pieces) -> None:
        if turn.over:
            return
        if turn.utterance is None:
            expressivity = self._options.get("expressivity", 0)
            voice = voicing.voice(self._options["model"], turn.speed, expressivity)
            turn.utterance = Utterance(voice, self._form.encoding, self._form.sample_rate)
        frames = await asyncio.to_thread(turn.utterance.say, pieces)
        self._socket.book(ledger.Used(self._options["model"], characters=self._turns.billable))
        await self._send_audio(turn, turn.utterance, frames)

    async def _send_audio(self, turn: Turn, utterance: Utterance, frames: Iterable[bytes]) -> None:
        for frame in frames:
            if turn.over:
                return
            if not turn.made:
                await self._socket.send(fluxspeak.SpeechStarted(speech_id=turn.speech_id))
            turn.sent(utterance.length(frame))
            await self._socket.send_audio(frame)

    async def _finish(self, turn: Turn, answered: bool) -> None:
        if not turn.over and turn.utterance:
            await self._send_audio(turn, turn.utterance, turn.utterance.finish())
        if turn.over:
            return
        self._turns.done(turn)
        if not turn.made:
            words = "The turn has nothing that can be spoken."
            await self._socket.send(fluxspeak.Warning(code="NO_SYNTHESIZABLE_TEXT", description=words))
        await self._socket.send(_metadata(turn))
        if answered:
            await self._socket.send(fluxspeak.Flushed(speech_id=turn.speech_id))

    async def _send_summary(self) -> None:
        await self._socket.send(self._turns.summary)


def _metadata(turn: Turn) -> fluxspeak.SpeechMetadata:
    return fluxspeak.SpeechMetadata(**asdict(turn.summary))
