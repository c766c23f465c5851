"""A WebSocket server that keeps what it is sent, and answers in few words as the service would."""

from __future__ import annotations

import json
import logging
import threading
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import count
from typing import Any, Self
from urllib.parse import parse_qsl, urlsplit

from msgspec.structs import replace
from websockets.exceptions import ConnectionClosed
from websockets.sync.server import ServerConnection, serve

from dgnb.protocol.messages import Message, flux, fluxspeak, listen, speak, write

Frame = Message | bytes

GREETINGS: dict[str, tuple[Frame, ...]] = {
    "/v1/listen": (),
    "/v2/listen": (flux.Connected(),),
    "/v1/speak": (speak.Metadata(),),
    "/v2/speak": (fluxspeak.Connected(),),
}
"""What each connection begins with."""

HEARD = listen.Results(is_final=True, from_finalize=True, duration=1000.0)
"""All audio so far is answered."""

ANSWERS: dict[str, Mapping[str, tuple[Frame, ...]]] = {
    "/v1/listen": {
        "Finalize": (HEARD,),
        "Configure": (listen.ConfigureSuccess(),),
        "CloseStream": (listen.Metadata(),),
    },
    "/v2/listen": {
        "ForceEndTurn": (flux.TurnInfo(event="EndOfTurn", trigger="manual"),),
        "Configure": (flux.ConfigureSuccess(),),
    },
    "/v1/speak": {"Flush": (bytes(960), speak.Flushed()), "Clear": (speak.Cleared(),)},
    "/v2/speak": {
        "Flush": (bytes(960), fluxspeak.Flushed()),
        "Interrupt": (fluxspeak.SpeechInterrupted(),),
        "Configure": (fluxspeak.ConfigureSuccess(),),
        "Close": (fluxspeak.SessionMetadata(),),
    },
}
"""What follows on a message."""

# Its debug messages have the credential: who looks for one of the client's must not find this one.
_SILENT = logging.Logger("tests.sockets", logging.WARNING)


@dataclass
class Connection:
    """One connection as it came."""

    url: str
    headers: dict[str, str]
    audio: list[bytes] = field(default_factory=list)
    messages: list[dict[str, Any]] = field(default_factory=list)

    @property
    def path(self) -> str:
        return urlsplit(self.url).path

    @property
    def query(self) -> list[tuple[str, str]]:
        return sorted(parse_qsl(urlsplit(self.url).query, keep_blank_values=True))

    @property
    def kinds(self) -> list[str]:
        return [message["type"] for message in self.messages]


class Recorder:
    """Keeps every connection, and ends it when it is asked to.

    Parameters
    ----------
    ending : int and str
        The code of the close and its reason.

    Examples
    --------
    >>> with Recorder() as server:
    ...     print(server.connections)
    []
    """

    def __init__(self, *ending: Any) -> None:
        self._ending = ending or (1000, "")
        self.connections: list[Connection] = []
        self._arrived, self._numbers = threading.Condition(), count()
        self._server = serve(self._converse, "127.0.0.1", 0, logger=_SILENT)
        self.url = f"http://127.0.0.1:{self._server.socket.getsockname()[1]}"

    def wait(self, reached: Callable[[Connection], bool]) -> None:
        """Return when the last connection has come as far."""
        with self._arrived:
            found = self._arrived.wait_for(lambda: self.connections and reached(self.connections[-1]), 60)
        assert found, self.connections[-1:]

    def _converse(self, socket: ServerConnection) -> None:
        assert socket.request is not None
        headers = {name.lower(): value for name, value in socket.request.headers.raw_items()}
        connection = Connection(socket.request.path, headers)
        with self._arrived:
            self.connections.append(connection)
            self._arrived.notify_all()
        with suppress(ConnectionClosed):
            self._send(socket, GREETINGS[connection.path])
            for frame in socket:
                self._answer(socket, connection, frame)

    def _answer(self, socket: ServerConnection, connection: Connection, frame: str | bytes) -> None:
        with self._arrived:
            if isinstance(frame, bytes):
                connection.audio.append(frame)
            else:
                connection.messages.append(json.loads(frame))
            self._arrived.notify_all()
        if isinstance(frame, bytes):
            return
        kind = connection.kinds[-1]
        self._send(socket, ANSWERS[connection.path].get(kind, ()))
        if kind in ("CloseStream", "Close"):
            socket.close(*self._ending)

    def _send(self, socket: ServerConnection, frames: tuple[Frame, ...]) -> None:
        for frame in frames:
            socket.send(frame if isinstance(frame, bytes) else write(self._numbered(frame)))

    def _numbered(self, message: Message) -> Message:
        """A message with the next number, if it has one: one that is not new would count as a repetition."""
        if not hasattr(message, "sequence_id"):
            return message
        return replace(message, sequence_id=next(self._numbers))

    def __enter__(self) -> Self:
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._thread.join()
