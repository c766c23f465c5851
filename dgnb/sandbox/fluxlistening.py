"""``/v2/listen``: audio in, turns of a conversation out.

What the service leaves open is decided so: a connection that is sent nothing for
10 s is closed as ``/v1/listen`` is; a message that cannot be read is answered by
`Error`, and the connection is closed with 1008; a turn that is open when the audio
ends, ends by ``manual``; `ForceEndTurn` outside a turn is answered by `Warning`; of a
turn that is written with other settings half-way, the settings count from its next
word on. Time passes with the audio: while none is sent no turn ends.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import count
from typing import TYPE_CHECKING, Any

from msgspec.structs import asdict, replace

from dgnb.errors import OptionError, ReplyError
from dgnb.protocol import closes, models
from dgnb.protocol.closes import Close
from dgnb.protocol.heard import Word
from dgnb.protocol.messages import Message, Unknown, flux
from dgnb.protocol.options import check, encode, rows
from dgnb.protocol.params import EARLY_END, FLUX_RULES, FluxOptions
from dgnb.protocol.refusals import NO_MODEL
from dgnb.sandbox.ears import Ear, OverError, excess
from dgnb.sandbox.engines.recognition import EngineError
from dgnb.sandbox.engines.workers import Workers
from dgnb.sandbox.hearing import Hearing
from dgnb.sandbox.livelistening import hold, ready
from dgnb.sandbox.replies import bad_query, bad_request
from dgnb.sandbox.sockets import Socket
from dgnb.sandbox.transcription import Transcription

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Samples = NDArray[np.int16]

MULTI = "flux-general-multi"


async def serve(socket: Socket) -> None:
    """Hear the turns on a connection."""
    options = socket.options(FluxOptions, FLUX_RULES)
    _check(options)
    ear = Ear(socket, options)
    await ready(socket.app.state.workers)
    await socket.accept()
    await hold(socket, _Session(socket, ear, options))


def _check(options: Mapping[str, Any]) -> None:
    if "model" not in options:
        raise bad_query(f"model is required: {' or '.join(models.FLUX_MODELS)}.")
    if options["model"] not in models.FLUX_MODELS:
        raise bad_request(f"Bad Request: {NO_MODEL}")
    if "" in options.get("language_hint", ()):
        raise bad_query("language_hint is a language, not empty.")


class _Session:
    """One connection."""

    def __init__(self, socket: Socket, ear: Ear, options: Mapping[str, Any]) -> None:
        self._socket, self._ear, self._options = socket, ear, dict(options)
        self._workers: Workers = socket.app.state.workers
        self._sequence = count()
        wait = socket.app.state.rate is None
        self._hearing = Hearing(self._thresholds(), self._hear, self._written, self._tell, wait=wait)
        self._turns = self._hearing.turns

    async def run(self) -> Close | None:
        """Hear all that comes, and return how the connection is to be closed."""
        await self._send(flux.Connected(request_id=self._socket.request_id))
        await self._warn_of(self._hints)
        try:
            return await self._dialogue()
        except OverError as error:
            return error.close
        except EngineError as error:
            await self._send(flux.Error(code="INTERNAL_SERVER_ERROR", description=str(error)))
            return closes.INTERNAL

    async def end(self) -> None:
        """Let go of all that is not ready."""
        self._ear.close()
        await self._hearing.close()

    async def _dialogue(self) -> Close:
        while (frame := await self._ear.next()) is not None:
            if not isinstance(frame, str):
                await self._listen(frame)
            elif close := await self._obey(frame):
                if close != closes.NORMAL:
                    return close
                break
        await self._listen(await self._ear.finish())
        await self._hearing.finish()
        return closes.NORMAL

    async def _listen(self, samples: Samples) -> None:
        if len(samples):
            await self._hearing.feed(samples[0])

    async def _obey(self, text: str) -> Close | None:
        """Do what a message says; what is returned ends the audio."""
        try:
            message = flux.CLIENT.read(text)
        except ReplyError as error:
            message = Unknown("", {"error": str(error)})
        match message:
            case flux.CloseStream():
                return closes.NORMAL
            case flux.ForceEndTurn():
                await self._force()
            case flux.Configure():
                await self._send(self._configured(message))
                await self._warn_of(message.language_hints)
            case Unknown(type="Configure"):
                await self._send(self._refused("INVALID_CONFIGURE", "The message is not in its form."))
            case _:
                text = "The message is not Configure, ForceEndTurn or CloseStream in its form."
                await self._send(flux.Error(code="UNPARSABLE_CLIENT_MESSAGE", description=text))
                return closes.BAD_COMMAND
        return None

    async def _force(self) -> None:
        if not await self._hearing.force():
            await self._warn("NO_TURN_IN_PROGRESS", "ForceEndTurn came outside a turn.")

    def _configured(self, wanted: flux.Configure) -> Message:
        """Take other settings; the answer."""
        terms = [wanted.keyterms] if isinstance(wanted.keyterms, str) else wanted.keyterms
        hints = wanted.language_hints
        new: dict[str, Any] = {"keyterm": terms, "language_hint": hints, "numerals": wanted.numerals}
        new |= asdict(wanted.thresholds or flux.Thresholds())
        new = {name: value for name, value in new.items() if value is not None}
        if hints is not None and (self._options["model"] != MULTI or "" in hints):
            return self._refused("LANGUAGE_HINTS_NOT_SUPPORTED", f"language_hints are languages of {MULTI}.")
        if why := excess(terms or ()):
            return self._refused("KEYTERM_LIMIT_EXCEEDED", why)
        try:
            encode(new, FluxOptions)
            check(self._options | new, [EARLY_END])
        except OptionError as error:
            return self._refused("INVALID_CONFIGURE", str(error))
        self._options |= new
        self._turns.thresholds = self._thresholds()
        return flux.ConfigureSuccess(
            request_id=self._socket.request_id,
            thresholds=self._turns.thresholds,
            keyterms=self._keyterms,
            language_hints=self._options.get("language_hint", [])
            if self._options["model"] == MULTI
            else None,
            numerals=bool(self._options.get("numerals")),
        )

    def _thresholds(self) -> flux.Thresholds:
        """The thresholds in force."""
        known = rows(FluxOptions)
        return flux.Thresholds(
            **{name: self._options.get(name, known[name].param.default) for name in flux.THRESHOLDS}
        )

    @property
    def _keyterms(self) -> list[str]:
        return list(self._options.get("keyterm", ()))

    @property
    def _hints(self) -> list[str]:
        return list(self._options.get("language_hint", ()))

    async def _hear(self, samples: Samples, start: float) -> list[Word]:
        return await self._workers.hear(samples, start, self._keyterms)

    def _written(self, words: list[Word]) -> list[Word]:
        return Transcription({**self._options, "punctuate": True}).written(words)

    async def _warn_of(self, hints: list[str] | None) -> None:
        """Tell that languages are not recognised, where none of them is."""
        if hints and hints == self._hints and not any(_is_english(hint) for hint in hints):
            text = f"The sandbox recognises English only; {', '.join(hints)} will not be understood."
            await self._warn("UNSUPPORTED_BY_SANDBOX", text)

    async def _tell(self, infos: Iterable[flux.TurnInfo]) -> None:
        for info in infos:
            if self._options["model"] == MULTI:
                heard = ["en"] if info.words else []
                info = replace(info, languages=heard, languages_hinted=self._hints or None)  # noqa: PLW2901
            await self._send(replace(info, request_id=self._socket.request_id))

    async def _warn(self, code: str, text: str) -> None:
        await self._send(flux.Warning(request_id=self._socket.request_id, code=code, description=text))

    def _refused(self, code: str, text: str) -> flux.ConfigureFailure:
        return flux.ConfigureFailure(request_id=self._socket.request_id, code=code, description=text)

    async def _send(self, message: Message) -> None:
        """Send a message with the next number."""
        await self._socket.send(replace(message, sequence_id=next(self._sequence)))


def _is_english(language: str) -> bool:
    return language.lower().partition("-")[0] == "en"
