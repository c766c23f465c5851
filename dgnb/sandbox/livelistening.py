"""``/v1/listen`` as a live connection: audio in, words out as they are heard.

What the service leaves open is decided so: a message that cannot be read is
answered by `Error`, and the connection goes on; `Finalize` is always answered, by
an empty result where nothing was waiting; a token of keyterms is four letters of a
word; options that are not followed are told in the `warnings` of `Metadata`. Time
passes with the audio: while none is sent no utterance ends.

Audio of every encoding and of every file format that FFmpeg reads from a pipe is
heard while it comes. Speex outside Ogg, and MP4 with its index behind the samples,
cannot be read so: they end with DATA-0000.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Protocol

from dgnb.errors import ReplyError
from dgnb.protocol import closes, limits, models
from dgnb.protocol.closes import Close
from dgnb.protocol.heard import DiarizeInfo, Word
from dgnb.protocol.messages import Message, Unknown, listen, write
from dgnb.protocol.options import rows
from dgnb.protocol.params import LIVE_LISTEN_RULES, LiveListenOptions, Naming, Writing
from dgnb.sandbox.ears import Ear, OverError, excess
from dgnb.sandbox.engines.recognition import EngineError
from dgnb.sandbox.engines.workers import Ready, Workers
from dgnb.sandbox.listening import check_known, created, model
from dgnb.sandbox.livechannel import Desk, LiveChannel
from dgnb.sandbox.replies import RefusedError
from dgnb.sandbox.sockets import Socket
from dgnb.sandbox.transcription import Transcription

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Samples = NDArray[np.int16]

FEATURES = tuple(
    name for table in (Writing, Naming) for name, row in rows(table).items() if row.kinds == {bool}
)
"""What `Configure` switches."""


async def serve(socket: Socket) -> None:
    """Hear what is said on a connection."""
    options = socket.options(LiveListenOptions, LIVE_LISTEN_RULES)
    check_known(options)
    ear = Ear(socket, options)
    engine = await ready(socket.app.state.workers)
    await socket.accept()
    await hold(socket, _Session(socket, ear, options, engine))


async def ready(workers: Workers) -> Ready:
    """The recogniser's name and version.

    Raises
    ------
    RefusedError
        It cannot be loaded.
    """
    try:
        return await workers.engine()
    except EngineError as error:
        raise RefusedError(500, "INTERNAL", f"The sandbox's recogniser failed: {error}") from error


class Listener(Protocol):
    """Who hears a connection."""

    async def run(self) -> Close | None:
        """Hear all that comes, and return how the connection is to be closed."""
        ...

    async def end(self) -> None:
        """Let go of all that is not ready."""
        ...


async def hold(socket: Socket, listener: Listener) -> None:
    """Have a connection heard until it ends, and close it."""
    try:
        close = await listener.run()
    finally:
        await listener.end()
    if close:
        await socket.close(close)


class _Session:
    """One connection."""

    def __init__(self, socket: Socket, ear: Ear, options: Mapping[str, Any], engine: Ready) -> None:
        self._socket, self._ear = socket, ear
        self._workers: Workers = socket.app.state.workers
        self._model, self._info = model(engine)
        self._asked = Transcription(options)
        self._asked.warn_of_options()
        self._keyterms = self._asked.keyterms
        self._created = created()
        jobs = socket.app.state.jobs
        self._line = jobs.line(socket.request_id, socket.key, options) if "callback" in options else None
        self._desk = Desk(self._asked, self._about(), self._hear, self._send, socket.app.state.rate is None)
        self._channels: list[LiveChannel] = []

    async def run(self) -> Close | None:
        """Hear all that comes, and return how the connection is to be closed."""
        try:
            while (frame := await self._ear.next()) is not None:
                if not isinstance(frame, str):
                    await self._listen(frame)
                elif await self._obey(frame):
                    break
            await self._listen(await self._ear.finish())
            for channel in self._channels:
                await channel.finish()
        except OverError as error:
            return error.close
        except EngineError:
            return closes.INTERNAL
        await self._send(self._metadata())
        return closes.NORMAL

    async def end(self) -> None:
        """Let go of all that is not ready."""
        self._ear.close()
        for channel in self._channels:
            await channel.close()
        if self._line is not None:
            self._line.put_nowait(None)

    async def _listen(self, samples: Samples) -> None:
        """Hear samples of shape (channels, n); the first ones tell how many channels there are."""
        if not self._channels:
            count = len(samples)
            self._channels = [LiveChannel((number, count), self._desk) for number in range(count)]
        for channel, row in zip(self._channels, samples, strict=True):
            await channel.feed(row)

    async def _obey(self, text: str) -> bool:
        """Do what a message says; whether it ends the audio."""
        try:
            message = listen.CLIENT.read(text)
        except ReplyError as error:
            message = Unknown(str(error), {})
        match message:
            case listen.CloseStream():
                return True
            case listen.Finalize(channel=number):
                chosen = self._channels if number is None else self._channels[number : number + 1]
                for channel in chosen if number is None or number >= 0 else ():
                    await channel.finalize()
            case listen.Configure():
                await self._send(self._configured(message))
            case Unknown():
                await self._send(_unread(text))
        return False

    def _configured(self, wanted: listen.Configure) -> Message:
        """Take other settings; the answer."""
        terms, features = wanted.keyterms, wanted.features or {}
        family = models.family(str(self._asked.options.get("model", models.DEFAULT_LISTEN_MODEL)))
        unknown = ", ".join(sorted(set(features).difference(FEATURES)))
        if terms is not None and family != "nova-3":
            return self._refused("KEYTERMS_NOT_SUPPORTED", "keyterms need model=nova-3.")
        if why := excess(terms or ()):
            return self._refused("KEYTERM_LIMIT_EXCEEDED", why)
        if unknown:
            text = f"No such feature: {unknown}; there are {', '.join(FEATURES)}."
            return self._refused("INTERNAL_ERROR", text)
        self._keyterms = self._keyterms if terms is None else terms
        self._asked = replace(self._asked, options={**self._asked.options, **features})
        self._desk.asked = self._asked
        return listen.ConfigureSuccess(request_id=self._socket.request_id, keyterms=terms)

    def _refused(self, code: str, text: str) -> Message:
        request_id = self._socket.request_id
        return listen.ConfigureFailure(request_id=request_id, code=f"CONFIGURE_{code}", description=text)

    async def _hear(self, samples: Samples, start: float) -> list[Word]:
        if not self._asked.english:
            return []
        return await self._workers.hear(samples, start, self._keyterms)

    async def _send(self, message: Message) -> None:
        if self._line is None:
            await self._socket.send(message)
        else:
            self._line.put_nowait(write(message).encode())

    def _about(self) -> listen.ResultsMetadata:
        return listen.ResultsMetadata(
            request_id=self._socket.request_id,
            model_info=self._info,
            model_uuid=self._model,
            diarize_info=(
                DiarizeInfo(model_uuid=self._model, arch="sandbox") if self._asked.diarized else None
            ),
        )

    def _metadata(self) -> listen.Metadata:
        return listen.Metadata(
            request_id=self._socket.request_id,
            sha256=self._ear.sha256,
            created=self._created,
            duration=self._ear.duration,
            channels=len(self._channels),
            models=[self._model],
            model_info={self._model: self._info},
            extra=self._asked.extra,
            warnings=self._asked.notices or None,
        )


def _unread(text: str) -> listen.Error:
    return listen.Error(
        variant="SchemaError",
        description="The message is not KeepAlive, Finalize, CloseStream or Configure in its form.",
        message=text[: limits.LARGEST_COMMAND],
    )
