"""Any source of audio as a stream for a live connection: raw audio with a clock.

A recording is read as fast as it is asked for, and whoever sends it keeps the time;
what is live (a microphone, a queue, an iterator, a pipe) comes when it comes. Whatever
a recording is compressed with is decoded here, since only raw audio can be counted in
seconds, and so survive a reconnection.
"""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Callable
from typing import Any, Protocol

from dgnb.audio.arriving import Arriving
from dgnb.audio.feeds import END, Feed, Pulled
from dgnb.audio.frames import Frames
from dgnb.audio.live import feed, is_live
from dgnb.audio.microphone import RATE, Microphone
from dgnb.audio.raw import OPAQUE, AudioFormat
from dgnb.audio.recordings import Fetch, opened
from dgnb.audio.source import CONTAINERS, Said, check_raw
from dgnb.errors import AudioError, OptionError
from dgnb.protocol.limits import FRAME, LARGEST
from dgnb.protocol.options import encode
from dgnb.protocol.params import FluxOptions, LiveListenOptions

__all__ = ["OPAQUE", "AudioFormat", "Stream", "open_stream"]

_MICROPHONE = re.compile("mic(:.*)?", re.DOTALL)


class _Shape(Protocol):
    """What makes raw audio of the items of a feed; its format may become known only then."""

    @property
    def format(self) -> AudioFormat | None: ...
    def take(self, item: Any, /) -> bytes: ...
    def end(self) -> bytes: ...


class _Plain:
    """Items that are raw audio already."""

    def __init__(self, form: AudioFormat) -> None:
        self.format = form

    def take(self, item: bytes) -> bytes:
        return item

    def end(self) -> bytes:
        return b""


class Stream:
    """An opened source of audio.

    Parameters
    ----------
    name : str
        For messages.
    source : Feed
    shape : object
        Makes raw audio of what the feed gives.
    live : bool
        Whether audio comes when it comes; a recording is read as fast as it is asked for.
    duration : float, seconds, or None
        Of a recording, when it is known.
    lost : callable, optional
        Returns the seconds that were lost.
    on_demand : bool
        Whether it begins when somebody wants it to: until then it is not `ready`.
    bursts : bool
        Whether what is live may give much more at once than has sounded until then.
    """

    def __init__(  # noqa: PLR0913 - what a stream consists of
        self,
        name: str,
        source: Feed,
        shape: _Shape,
        *,
        live: bool,
        duration: float | None = None,
        lost: Callable[[], float] = float,
        on_demand: bool = False,
        bursts: bool = False,
    ) -> None:
        self.name, self.live, self.duration, self.bursts = name, live, duration, bursts
        self.recorder: Any = None
        """What the audio is recorded with, where that is a thing to be shown."""
        self.waiting = on_demand
        """Whether somebody has to begin it."""
        self._feed, self._shape, self._lost = source, shape, lost
        self._held = bytearray()
        self._over = False
        self._finished = self._closed = False
        self._error: Exception | None = None

    def __repr__(self) -> str:
        kind = "live" if self.live else "recording"
        return f"<Stream {self.name}: {kind}, {self.format}>"

    @property
    def format(self) -> AudioFormat:
        """What the audio is.

        Of chunks that arrive without a description it is known only when they have begun:
        until `ready` has returned it is `OPAQUE`.
        """
        return self._shape.format or OPAQUE

    @property
    def lost(self) -> float:
        """Audio of a microphone that was lost because nobody took it in time [s]."""
        return self._lost()

    async def ready(self) -> AudioFormat:
        """Wait until the format is known, and return it; what begins on demand is waited for.

        Raises
        ------
        AudioError
            The source gives no audio, or none that can be told; or the stream is closed.
        """
        while not self._over and (self._shape.format is None or (self.waiting and not self._held)):
            await self._more()
        self.waiting = False
        if self._error is not None and not self._held:
            raise self._error
        if self._shape.format is None:
            raise AudioError(f"{self.name} was closed before any audio came.")
        return self._shape.format

    async def pieces(self, length: float = FRAME) -> AsyncIterator[bytes]:
        """Give the audio, in pieces of `length` [s] at the most.

        A piece is never empty and holds whole samples. Of a recording only the last is shorter;
        of a live source what has come is given at once. Audio that cannot be cut is
        given as it comes. When a wait is cancelled nothing is lost: call it again.

        Raises
        ------
        Exception
            Whatever the source raises.
        AudioError
            The source gives what is not audio.
        """
        while not self._closed:
            while not self._closed and (piece := self._cut(length)):
                yield piece
            if self._error is not None:
                raise self._error
            if self._over:
                return
            await self._more()

    async def finish(self) -> None:
        """Take no more: of a live source what has come is still given, of a recording nothing."""
        self._finished = True
        await (self._feed.finish() if self.live else self.close())

    async def close(self) -> None:
        """Let go of the device, file or thread; whoever waits in `pieces` comes to its end."""
        self._closed = self._over = True
        await self._feed.close()

    async def _more(self) -> None:
        """Take what the source has, the next item at least."""
        try:
            self._take(await self._feed.next())
            # What can be cut anywhere is a few pieces rather than many: each costs as much as sending it.
            while self._feed.ready and not self._over and self.format.width:
                self._take(self._feed.pop())
        except Exception as error:
            # What came before it is given first.
            self._error, self._over = error, True
            await self._feed.close()

    def _take(self, item: Any) -> None:
        self._over = self._over or item is END
        if not self._closed:
            self._held += self._last() if item is END else self._shape.take(item)

    def _last(self) -> bytes:
        try:
            return self._shape.end()
        except AudioError:
            if not self._finished:
                raise
            return b""  # it was stopped before it could be told what it is

    def _cut(self, length: float) -> bytes:
        """Take the next piece out of what is held, empty when more has to come."""
        form, held = self.format, len(self._held)
        if not held:
            return b""
        if not form.width:
            size = min(held, LARGEST)
        else:
            frame = max(form.bytes(length), form.width)
            size = min(frame, held // form.width * form.width)
            size = size if self.live or self._over or size == frame else 0
        piece = bytes(self._held[:size])
        del self._held[:size]
        return piece


def open_stream(  # noqa: PLR0913 - the options are a connection's own
    source: Any,
    *,
    encoding: str | None = None,
    sample_rate: float | None = None,
    channels: int | None = None,
    flux: bool = False,
    fetch: Fetch | None = None,
) -> Stream:
    """Return a source of audio, opened as a stream.

    Call it in the thread, and on the event loop, that the source belongs to.

    Parameters
    ----------
    source : object
        A recording: a path, URL, bytes, binary file object, IPython Audio, speech, array or
        ``(array, rate)``. Or live: ``"mic"``, ``"mic:NAME"``, any iterable or asynchronous
        iterable of chunks (bytes or arrays), any queue of chunks in which ``None`` is the end,
        a pipe, `Frames` or what has them as ``audio_source``. ``"mic:default"`` is ``"mic"``.
        A file that is called ``mic`` is ``"./mic"``.
    encoding : str, optional
        Codec of raw audio.
    sample_rate : float, optional
        Of raw audio, of arrays without a rate of their own, or wanted of a microphone [Hz].
    channels : int, optional
        Of raw audio, or wanted of a microphone.
    flux : bool
        Whether it is for Flux, which takes one channel: several are mixed.
    fetch : callable, optional
        Gives the pieces of what stands at an ``http(s)`` URL; without it such a URL is refused.

    Raises
    ------
    AudioError
        The source is missing, empty, not audio, or in conflict with what is said of it.
    OptionError
        An option is out of range, or the encoding is not one that Flux takes.
    MissingExtra
        A compressed recording needs PyAV, a microphone sounddevice.

    Examples
    --------
    >>> open_stream(bytes(32000), encoding="linear16", sample_rate=16000).duration
    1.0
    """
    said = Said(encoding, sample_rate, channels)
    encode(said._asdict(), LiveListenOptions)
    if isinstance(source, str) and _MICROPHONE.fullmatch(source):
        return _recorded_now(source.partition(":")[2], said, flux)
    if isinstance(frames := getattr(source, "audio_source", source), Frames):
        stream = _numbered(frames, said)
        stream.recorder = source
        return stream
    if is_live(source):
        return _arriving(source, said, flux)
    found = opened(source, said, flux, fetch)
    try:
        _check_flux(found.format.encoding, flux)
    except OptionError:
        found.close()
        raise
    source_of = Pulled(found.pieces, found.close, most=1)  # they are large, and not needed at once
    return Stream(found.name, source_of, _Plain(found.format), live=False, duration=found.duration)


def _recorded_now(device: str, said: Said, flux: bool) -> Stream:
    if said.encoding not in (None, "linear16"):
        raise OptionError(
            f"A microphone gives linear16, not '{said.encoding}': leave encoding out.", "encoding"
        )
    channels = 1 if flux else said.channels or 1
    name = device.strip()
    microphone = Microphone("" if name == "default" else name, int(said.sample_rate or RATE), channels)
    source = Pulled(microphone.pieces(), microphone.close, end=microphone.finish)
    return Stream(microphone.name, source, _Plain(microphone.format), live=True, lost=lambda: microphone.lost)


def _numbered(frames: Frames, said: Said) -> Stream:
    form = frames.format
    for option, wanted in said._asdict().items():
        if wanted not in (None, own := getattr(form, option)):
            raise OptionError(f"{frames.name} gives {option}={own!r}, not {wanted!r}: leave it out.", option)
    frames.claim()
    return Stream(
        frames.name,
        Pulled(frames.pieces(), frames.close, end=frames.close),
        _Plain(form),
        live=True,
        lost=lambda: frames.lost * FRAME,
        on_demand=True,
    )


def _arriving(source: Any, said: Said, flux: bool) -> Stream:
    name = f"The {type(source).__name__}"
    if said.encoding is not None and said.encoding not in CONTAINERS:
        check_raw(name, said)
        _check_flux(said.encoding, flux)
    return Stream(name, feed(source), Arriving(name, said, mono=flux), live=True, bursts=True)


def _check_flux(encoding: str, flux: bool) -> None:
    if flux and encoding:
        encode({"encoding": encoding}, FluxOptions)
