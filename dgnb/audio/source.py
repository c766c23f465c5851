"""A source of audio, whatever it is, as something that can be sent."""

from __future__ import annotations

import io
import os
import re
import stat
import tempfile
import weakref
from collections.abc import Callable, Generator
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple
from urllib.parse import urlsplit

from dgnb.audio.formats import HEAD, sniff, text_kind
from dgnb.audio.raw import AudioFormat
from dgnb.audio.samples import wav
from dgnb.errors import AudioError, MissingExtra
from dgnb.protocol.models import FIXED_RATES
from dgnb.protocol.options import nearest

CHUNK = 1 << 20
"""Bytes read at a time."""

SPOOL = 1 << 24
"""Bytes of a stream that cannot be rewound kept in memory; beyond that it goes to a temporary file."""

AudioLike = Any
"""A path, URL, bytes, binary file object, ``IPython.display.Audio``, or ``(array, rate)``."""

CONTAINERS = ("flac", "ogg-opus")
"""Encodings that are file formats."""

_AS_TEXT = "{} gives text; open it in binary mode: open(path, 'rb')."

_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+(::[A-Za-z0-9+.-]+)*://")


class Said(NamedTuple):
    """What the caller says of raw audio.

    Parameters
    ----------
    encoding : str or None
    sample_rate : float or None, Hz
    channels : int or None
    """

    encoding: str | None = None
    sample_rate: float | None = None
    channels: int | None = None

    @property
    def format(self) -> AudioFormat:
        """What the audio is when all of it is right."""
        return AudioFormat(self.encoding or "", int(self.sample_rate or 0), self.channels or 1)


@dataclass(frozen=True)
class Remote:
    """Audio that the service fetches itself."""

    url: str

    @property
    def name(self) -> str:
        """The URL, for messages."""
        return shown(self.url)


@dataclass(frozen=True)
class Body:
    """Audio that is sent. It is read piece by piece, and again from the start for every attempt.

    Parameters
    ----------
    name : str
        For messages.
    opener : callable
        Opens the data anew.
    length : int or None
        Bytes, if known.
    complete : bool
        Whether it was made here with a header, so that hints about raw audio do not apply.
    """

    name: str
    opener: Callable[[], AbstractContextManager[Any]]
    length: int | None = None
    complete: bool = False

    def chunks(self) -> Generator[bytes, None, None]:
        """Yield the data from its start, in pieces of `CHUNK` bytes."""
        with self.opener() as stream:
            while piece := stream.read(CHUNK):
                yield piece

    def head(self) -> bytes:
        """Return the first bytes, enough to tell the format."""
        with self.opener() as stream:
            start = stream.read(HEAD)
        if not isinstance(start, bytes):
            raise AudioError(_AS_TEXT.format(self.name))
        return start


def shown(url: str) -> str:
    """Return a URL without what may be a secret in it: the user, the query, the fragment.

    Examples
    --------
    >>> shown("https://me:word@example.org/call.wav?signature=abc")
    'https://example.org/call.wav'
    """
    parts = urlsplit(url)
    return parts._replace(netloc=parts.netloc.rpartition("@")[2], query="", fragment="").geturl()


def legible(name: str) -> str:
    r"""Return a name without what is no text: a file's need not be UTF-8, tables and JSON are.

    Examples
    --------
    >>> legible("caf\udce9.wav") == r"caf\udce9.wav"
    True
    """
    return name.encode("utf-8", "backslashreplace").decode()


def load(
    source: AudioLike,
    encoding: str | None = None,
    sample_rate: float | None = None,
    channels: int | None = None,
) -> Body | Remote:
    """Return a source of audio as a body to send, or as a URL for the service to fetch.

    Parameters
    ----------
    source : path, URL, bytes, file object, IPython Audio, array or (array, rate)
        What to send. A path is streamed from disk, never read whole.
    encoding : str, optional
        Codec of raw audio.
    sample_rate : float, optional
        Of raw audio, or of an array without its own rate [Hz].
    channels : int, optional
        Of raw audio.

    Raises
    ------
    AudioError
        Missing, a directory, empty, text, or in conflict with what is said of it.

    Examples
    --------
    >>> load("https://example.org/call.wav")
    Remote(url='https://example.org/call.wav')
    >>> import numpy as np
    >>> load((np.zeros(160), 16000)).length
    364
    """
    try:
        body = _open(source, sample_rate)
        if isinstance(body, Body) and not body.complete:
            check(body.name, body.head(), Said(encoding, sample_rate, channels), body.length)
    except OSError as error:
        kind = type(error).__name__  # fsspec's own errors have but a path for a message
        raise AudioError(f"The source cannot be read ({kind}): {str(error)[:300]}") from error
    return body


def _open(source: AudioLike, sample_rate: float | None) -> Body | Remote:
    if isinstance(source, str | os.PathLike):
        return _named(os.fspath(source))
    if isinstance(source, bytes | bytearray | memoryview):
        return _bytes(bytes(source), "the bytes")
    if isinstance(source, tuple) and len(source) == 2 and _is_array(source[0]):
        return _array(source[0], source[1])
    if _is_array(source):
        return _array(source, sample_rate)
    if hasattr(source, "read"):
        return _stream(source)
    return _displayed(source)


def _named(name: str | bytes) -> Body | Remote:
    text = os.fsdecode(name).strip()
    if text.lower().startswith(("http://", "https://")):
        return Remote(text)
    if text.lower().startswith("file://"):
        from urllib.request import url2pathname  # noqa: PLC0415 - a fifth of all that a client loads

        return _path(Path(url2pathname(urlsplit(text).path)))
    if _SCHEME.match(text):
        return _filesystem(text)
    return _path(Path(text).expanduser())


def _path(path: Path) -> Body:
    if not path.exists():
        near = (
            nearest(path.name, (item.name for item in path.parent.iterdir())) if path.parent.is_dir() else ""
        )
        raise AudioError(f"There is no file '{path}'.{near}")
    if path.is_dir():
        raise AudioError(f"'{path}' is a directory; name a file in it, or a pattern: '{path / '*.wav'}'.")
    if not stat.S_ISREG(path.stat().st_mode):
        with path.open("rb") as stream:
            return _spooled(stream, str(path))
    return Body(f"'{path}'", lambda: path.open("rb"), path.stat().st_size)


def _filesystem(url: str) -> Body:
    try:
        import fsspec  # noqa: PLC0415 - an extra
    except ImportError:
        raise MissingExtra(f"Opening {shown(url)}", "cloud") from None
    try:
        system, path = fsspec.core.url_to_fs(url)
        size = system.size(path)
    except FileNotFoundError as error:
        raise AudioError(f"There is no file '{shown(url)}'.") from error
    except (ValueError, ImportError) as error:
        raise AudioError(f"'{shown(url)}' cannot be opened: {error}") from error
    return Body(f"'{shown(url)}'", lambda: system.open(path, "rb"), size)


def _bytes(data: bytes, name: str, complete: bool = False) -> Body:
    return Body(name, lambda: io.BytesIO(data), len(data), complete)


def _array(samples: Any, rate: float | None) -> Body:
    if rate is None:
        raise AudioError("An array needs its rate: (samples, 16000), or sample_rate=16000.")
    return _bytes(wav(samples, rate), "the array", complete=True)


def _is_array(source: Any) -> bool:
    return hasattr(source, "__array__") or hasattr(source, "__array_interface__")


def _spoken(speech: Any, audio: bytes) -> Body:
    """What ``speak`` gave; raw audio, which has no header, goes as samples."""
    if sniff(audio[:HEAD]) is None:
        return _array(speech.samples, speech.rate)
    return _bytes(audio, "the speech")


def _displayed(source: Any) -> Body | Remote:
    """What an ``IPython.display.Audio`` holds; it is known by its attributes, not imported."""
    data, url = getattr(source, "data", None), getattr(source, "url", None)
    if isinstance(data, bytes):
        return _bytes(data, "the Audio object")
    if isinstance(spoken := getattr(source, "audio", None), bytes):
        return _spoken(source, spoken)
    if isinstance(url, str):
        return _named(url)
    kind = type(source).__name__
    raise AudioError(f"A source is a path, URL, bytes, file object, Audio, or (array, rate), not {kind}.")


def _stream(stream: BinaryIO) -> Body:
    name = str(getattr(stream, "name", "the stream"))
    if getattr(stream, "closed", False):
        raise AudioError(f"{name} is closed; keep it open for as long as it is sent.")
    # Asked before reading: most audio cannot be decoded as text.
    if isinstance(getattr(stream, "encoding", None), str):
        raise AudioError(_AS_TEXT.format(name))
    if not (hasattr(stream, "seekable") and stream.seekable()):
        return _spooled(stream, name)
    start = stream.tell()
    if _is_on_disk(stream):
        # Opened anew each time, so that several calls may send it at once.
        length = os.fstat(stream.fileno()).st_size - start
        return Body(name, lambda: _opened(stream.name, start), length)
    length = stream.seek(0, os.SEEK_END) - start
    stream.seek(start)
    return Body(name, lambda: _Rewound(stream, start), length)


def _is_on_disk(stream: BinaryIO) -> bool:
    """Whether a stream is a plain file that can be opened again by its name."""
    path = getattr(stream, "name", None)
    if not isinstance(stream, io.BufferedReader) or not isinstance(path, str | bytes):
        return False
    return os.path.isfile(path) and os.path.samestat(os.stat(path), os.fstat(stream.fileno()))


def _opened(path: str | bytes, start: int) -> BinaryIO:
    stream = open(path, "rb")  # noqa: SIM115 - the caller's with statement closes it
    stream.seek(start)
    return stream


class _Rewound(AbstractContextManager[Any]):
    """A caller's stream, set back to where it was; it stays open."""

    def __init__(self, stream: Any, start: int) -> None:
        self.stream, self.start = stream, start

    def __enter__(self) -> Any:
        self.stream.seek(self.start)
        return self.stream

    def __exit__(self, *_: object) -> None:
        self.stream.seek(self.start)


def _spooled(stream: Any, name: str) -> Body:
    """A stream that cannot be rewound, kept so that it can be sent again."""
    piece = stream.read(CHUNK)
    if isinstance(piece, str):
        raise AudioError(_AS_TEXT.format(name))
    with ExitStack() as owned:
        kept = owned.enter_context(tempfile.SpooledTemporaryFile(SPOOL))
        while piece:
            kept.write(piece)
            piece = stream.read(CHUNK)
        body = Body(name, lambda: _Rewound(kept, 0), kept.tell())
        weakref.finalize(body, owned.pop_all().close)
    return body


def check(name: str, head: bytes, said: Said, length: int | None = None) -> None:
    """Refuse what is not audio, or not the audio that is said.

    Parameters
    ----------
    name : str
        For messages.
    head : bytes
        The first bytes, enough to tell the format.
    said : Said
    length : int, optional
        Bytes of all, if known.

    Raises
    ------
    AudioError
        It is empty, text, or in conflict with what is said of it.
    """
    encoding, rate, channels = said
    if not head:
        raise AudioError(f"{name} is empty.")
    kind = text_kind(head) if encoding is None or head.lstrip()[:1] == b"<" else ""
    if kind:
        raise AudioError(f"{name} is {kind}, not audio. Was the download an error page?")
    form = sniff(head)
    if form is None:
        check_raw(name, said, length)
    elif encoding is not None and encoding not in form.encodings:
        right = f"encoding='{form.encodings[0]}' or none" if form.encodings else "no encoding"
        raise AudioError(f"{name} is {form.name}: give {right}, not encoding='{encoding}'.")
    elif encoding is None and (rate is not None or channels is not None):
        raise AudioError(
            f"{name} is {form.name} and says its own sample rate and channels: leave those options out."
        )


def check_raw(name: str, said: Said, length: int | None = None) -> None:
    """Refuse raw audio that is not described, or not as it is; as `check`."""
    encoding, rate, channels = said
    if encoding is None:
        raise AudioError(
            f"{name} has no header of a known audio format. "
            "If it is raw audio, say which: encoding='linear16', sample_rate=16000."
        )
    if encoding in CONTAINERS:
        raise AudioError(f"{name} is not {encoding}: leave encoding out, or give the right one.")
    needed = FIXED_RATES.get(encoding)
    if rate is None or (needed is not None and rate != needed):
        wanted = needed or 16000
        raise AudioError(f"encoding='{encoding}' needs the rate of the raw audio: sample_rate={wanted}.")
    width = {"linear16": 2, "linear32": 4}.get(encoding, 1) * (channels or 1)
    if encoding.startswith("linear") and length is not None and length % width:
        raise AudioError(
            f"{name} has {length} bytes, not a whole number of {encoding} samples "
            f"({width} bytes each for {channels or 1} channel(s)): encoding or channels are wrong."
        )
