"""Files that are decoded while they come.

FFmpeg asks for bytes when it needs them. It does so in a thread of its own, and
who feeds it waits until it asks for more than there is.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from typing import Any

import av

from dgnb.sandbox.engines.decoding import CONTAINERS, DecodeError, explained, frames

# FFmpeg looks at so many bytes until it knows a format, or gives up: two seconds of raw audio at 16 kHz
_PROBE = {"formatprobesize": "65536", "probesize": "4096", "analyzeduration": "100000"}
_BLOCK = 1024


class File:
    """A file that FFmpeg reads in a thread of its own, while it comes.

    Parameters
    ----------
    kind : str or None
        FFmpeg's name for bare bytes; ``None`` when the container tells.

    Examples
    --------
    >>> file = File(None)
    >>> list(file.feed(b"RIFF")), list(file.finish())
    Traceback (most recent call last):
    dgnb.sandbox.engines.decoding.DecodeError: corrupt or unsupported data
    """

    def __init__(self, kind: str | None) -> None:
        self._kind = kind
        self._pipe = Pipe()
        self._found: list[Any] = []
        self._error: Exception | None = None
        self._thread = threading.Thread(target=self._read, name="dgnb-unpacking", daemon=True)
        self._thread.start()

    def feed(self, data: bytes) -> Iterator[Any]:
        """The frames of audio that are known with some more bytes."""
        self._pipe.write(data)
        return self._taken()

    def finish(self) -> Iterator[Any]:
        """The last frames, when there are no more bytes."""
        self.close()
        return self._taken()

    def close(self) -> None:
        """End the thread; what it was waiting for does not come."""
        self._pipe.end()
        self._thread.join()

    def _taken(self) -> Iterator[Any]:
        if self._error is not None:
            raise self._error
        found, self._found = self._found, []
        return iter(found)

    def _read(self) -> None:
        options = dict(_PROBE) if self._kind else {**_PROBE, "format_whitelist": CONTAINERS}
        try:
            with (
                explained(None),
                av.open(self._pipe, "r", format=self._kind, options=options, buffer_size=_BLOCK) as file,
            ):
                if not file.streams.audio:
                    raise DecodeError("there is no audio in it")
                for frame in frames(file):
                    self._found.append(frame)
        except Exception as error:
            # Whatever it is: who feeds the file is told, in place of a file that seems to be short.
            self._error = error
        finally:
            self._pipe.abandon()


class Pipe:
    """Bytes from who writes to who reads; who writes waits until all of it is read and more is wanted."""

    def __init__(self) -> None:
        self._turn = threading.Condition()
        self._data = bytearray()
        self._ended = self._abandoned = self._wanting = False

    def read(self, size: int) -> bytes:
        """The next bytes, as soon as there are any; none at the end."""
        with self._turn:
            while not self._data and not self._ended:
                self._wanting = True
                self._turn.notify_all()
                self._turn.wait()
            piece = bytes(self._data[:size])
            del self._data[:size]
            return piece

    def write(self, data: bytes) -> None:
        """Give more, and return when it is used up."""
        with self._turn:
            if self._abandoned or not data:
                return
            self._data += data
            self._wanting = False
            self._turn.notify_all()
            self._turn.wait_for(lambda: self._wanting or self._abandoned)

    def end(self) -> None:
        """Give no more."""
        with self._turn:
            self._ended = True
            self._turn.notify_all()

    def abandon(self) -> None:
        """Want no more."""
        with self._turn:
            self._abandoned = True
            self._data.clear()
            self._turn.notify_all()
