"""Recordings as raw audio that is read piece by piece."""

from __future__ import annotations

import io
import shutil
import tempfile
from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import ExitStack, closing
from dataclasses import dataclass
from typing import Any, NamedTuple

from dgnb.audio.decoding import Decoding
from dgnb.audio.formats import HEAD, sniff
from dgnb.audio.pcm import Recoder
from dgnb.audio.raw import AudioFormat
from dgnb.audio.source import SPOOL, AudioLike, Remote, Said, check, load
from dgnb.audio.waves import Wave, header
from dgnb.errors import AudioError
from dgnb.protocol.models import FIXED_RATES, WIDTHS

CHUNK = 1 << 16
"""Bytes read at a time."""

HANDED = 1 << 18
"""Bytes that are handed on at a time: the way from thread to thread costs more than reading them."""


@dataclass(frozen=True)
class Recording:
    """A recording that is open.

    Parameters
    ----------
    name : str
        For messages.
    format : AudioFormat
    pieces : iterator of bytes
        Raw audio, cut anywhere.
    duration : float, seconds, or None
        ``None`` when it is not known.
    close : callable
    """

    name: str
    format: AudioFormat
    pieces: Iterator[bytes]
    duration: float | None
    close: Callable[[], None]


Fetch = Callable[[str], Iterable[bytes]]
"""Gives the pieces of what stands at a URL."""

_Read = tuple[AudioFormat, Iterator[bytes], float | None]


def opened(source: AudioLike, said: Said, mono: bool = False, fetch: Fetch | None = None) -> Recording:
    """Return a recording, opened: of a path, a URL, bytes, or whatever `load` takes.

    Parameters
    ----------
    source : object
    said : Said
    mono : bool
        Whether several channels are mixed.
    fetch : callable, optional
        Gives the pieces of what stands at an ``http(s)`` URL.

    Raises
    ------
    AudioError
        It cannot be read or decoded, or is not what is said of it.
    MissingExtra
        It is compressed, and PyAV is not installed.
    """
    body = load(source, *said)
    if isinstance(body, Remote):
        return _fetched(body, said, mono, fetch)
    head = body.head()
    with ExitStack() as owned:
        stream = owned.enter_context(body.opener())
        form, pieces, duration = _read(_Start(body.name, stream, head, body.length), said.format, mono)
        return Recording(body.name, form, _gathered(pieces), duration, owned.pop_all().close)


def _gathered(pieces: Iterator[bytes]) -> Iterator[bytes]:
    """The same audio in larger pieces; what comes before an error is given before it."""
    held, error = bytearray(), None
    try:
        for piece in pieces:
            held += piece
            if len(held) >= HANDED:
                yield bytes(held)
                held.clear()
    except Exception as raised:
        error = raised
    if held:
        yield bytes(held)
    if error is not None:
        raise error


def _fetched(remote: Remote, said: Said, mono: bool, fetch: Fetch | None) -> Recording:
    """What stands at a URL, read while it comes; a file whose index may be at its end is kept first."""
    if fetch is None:
        raise AudioError(f"A live connection takes no URL: download {remote.name} first.")
    with ExitStack() as owned:
        pieces = owned.enter_context(closing(_given(fetch(remote.url))))
        stream: Any = owned.enter_context(io.BufferedReader(Fetched(pieces), HEAD))
        head = stream.peek(HEAD)
        check(remote.name, head, said)
        form = sniff(head)
        if form is not None and form.name == "MP4/M4A":
            kept = owned.enter_context(tempfile.SpooledTemporaryFile(SPOOL))
            shutil.copyfileobj(stream, kept)
            kept.seek(0)
            stream = kept
        found, raw, duration = _read(_Start(remote.name, stream, head, None), said.format, mono)
        return Recording(remote.name, found, raw, duration, owned.pop_all().close)


def _given(pieces: Iterable[bytes]) -> Generator[bytes, None, None]:
    yield from pieces


class Fetched(io.RawIOBase):
    """Pieces of bytes as a file that is read once."""

    def __init__(self, pieces: Iterator[bytes]) -> None:
        self._pieces, self._rest = pieces, b""

    def readable(self) -> bool:
        """Whether it can be read."""
        return True

    def readinto(self, buffer: Any) -> int:
        """Fill a buffer; fewer bytes are given only at the end."""
        size = 0
        while size < len(buffer) and (self._rest or self._next()):
            part = self._rest[: len(buffer) - size]
            buffer[size : size + len(part)] = part
            self._rest, size = self._rest[len(part) :], size + len(part)
        return size

    def _next(self) -> bool:
        self._rest = next(filter(None, self._pieces), b"")
        return bool(self._rest)


class _Start(NamedTuple):
    """A recording that is open at its start."""

    name: str
    stream: Any
    head: bytes
    length: int | None


def _read(start: _Start, said: AudioFormat, mono: bool) -> _Read:
    name, stream, head, length = start
    found = sniff(head)
    if found is not None and found.name == "WAV":
        top = header(head)
        if top is None or top.kind:
            return _wave(stream, length, mono)
    if found is None and said.encoding not in FIXED_RATES:
        return _raw(stream, length, said, mono)
    raw = said.encoding if found is None else ""
    decoding = Decoding(stream, name, raw=raw, mono=mono)
    return decoding.format, decoding.pieces(), decoding.duration


def _wave(stream: Any, length: int | None, mono: bool) -> _Read:
    wave, first = Wave(mono=mono), []
    while wave.header is None and (data := stream.read(CHUNK)):
        first.append(wave.feed(data))
    if wave.header is None or wave.format is None:
        raise AudioError("The audio is not a WAV file with samples.")
    duration = None if length is None else wave.header.seconds(length)
    return wave.format, _recoded(stream, wave.feed, first), duration


def _raw(stream: Any, length: int | None, form: AudioFormat, mono: bool) -> _Read:
    recode: Callable[[bytes], bytes] = bytes
    duration = form.seconds(length or 0) or None
    if mono and form.channels > 1 and form.encoding in WIDTHS:
        recode = Recoder(form.encoding, form.channels, mono)
        form = AudioFormat("linear16", form.sample_rate)
    return form, _recoded(stream, recode, []), duration


def _recoded(stream: Any, recode: Callable[[bytes], bytes], first: list[bytes]) -> Iterator[bytes]:
    yield from first
    while data := stream.read(CHUNK):
        yield recode(data)
