"""A service, and a speaker, that say what they are told to, when they are told to."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Iterable
from typing import Self

import numpy as np
from numpy.typing import NDArray
from websockets.exceptions import ConnectionClosed
from websockets.sync.server import ServerConnection, serve

from dgnb.protocol.heard import Alternative, Channel, Word
from dgnb.protocol.messages import Message, listen, write

BEGINNING = 24_000
"""Samples at 16 kHz that have words, and no pause after them: what is heard of them cannot be final."""

PATIENT = 0.1
"""A pace at which a recording does not end while a test has something to do."""


class Talker:
    """Sends messages to whoever connects.

    It says each once: a session of a test has patience, and never connects again.

    Parameters
    ----------
    messages : iterable of Message
        What is said first.
    """

    def __init__(self, messages: Iterable[Message] = ()) -> None:
        self._said: queue.SimpleQueue[Message | None] = queue.SimpleQueue()
        for message in messages:
            self.say(message)
        self._server = serve(self._converse, "127.0.0.1", 0)
        self.url = f"http://127.0.0.1:{self._server.socket.getsockname()[1]}"

    def say(self, message: Message | None) -> None:
        """Send a message; ``None`` is the end."""
        self._said.put(message)

    def _converse(self, socket: ServerConnection) -> None:
        try:
            while (message := self._said.get()) is not None:
                socket.send(write(message))
            while "CloseStream" not in str(socket.recv()):
                pass
            socket.send(write(listen.Metadata()))
        except ConnectionClosed:
            return

    def __enter__(self) -> Self:
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.say(None)
        self._server.shutdown()
        self._thread.join()


def begun(speech: NDArray[np.int16]) -> tuple[queue.SimpleQueue[bytes | None], Callable[[], None]]:
    """A source that has given the beginning of a sentence, and what makes it give the rest."""
    source: queue.SimpleQueue[bytes | None] = queue.SimpleQueue()
    source.put(speech[:BEGINNING].tobytes())

    def go_on() -> None:
        source.put(speech[BEGINNING:].tobytes())
        source.put(None)

    return source, go_on


def results(text: str, start: float, duration: float, *, final: bool = True, pause: bool = False) -> Message:
    """Words that are spoken evenly."""
    words = text.split(" ")
    length = duration / len(words)
    said = [
        Word(word, start + at * length, start + (at + 0.9) * length, 0.3 if at == 1 else 0.9)
        for at, word in enumerate(words)
    ]
    channel = Channel([Alternative(text, 0.9, said)])
    return listen.Results(
        start=start, duration=duration, channel=channel, is_final=final, speech_final=final and pause
    )
