"""Parts of a recording, sample by sample: cut out, or covered so that nothing of them is left."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from math import ceil, floor
from struct import pack
from typing import TYPE_CHECKING

from dgnb.audio.formats import HEAD, sniff
from dgnb.audio.joining import chunks
from dgnb.audio.pcm import SIZES, samples
from dgnb.audio.raw import AudioFormat
from dgnb.audio.recordings import Fetch, opened
from dgnb.audio.source import AudioLike, Remote, Said, load
from dgnb.audio.waves import CODECS, header
from dgnb.errors import AudioError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

Span = tuple[float, float]
"""From when to when [s]."""

_LOUDNESS = 6000
"""Peak of the tone that covers; full scale is 32768."""


@dataclass(frozen=True)
class Take:
    """A recording in memory, in the kind of samples that it has.

    Parameters
    ----------
    kind : str
        One of `dgnb.audio.pcm.SIZES`.
    channels : int
    rate : int, Hz
    layout : bytes
        How the header of a WAV file describes it.
    data : bytes
        The samples, little-endian, channels interleaved.
    """

    kind: str
    channels: int
    rate: int
    layout: bytes
    data: bytes

    @property
    def width(self) -> int:
        """Bytes of one sample of all channels."""
        return SIZES[self.kind] * self.channels

    @property
    def duration(self) -> float:
        """Length [s]."""
        return len(self.data) // self.width / self.rate

    def wav(self) -> bytes:
        """Return it as a WAV file."""
        pad = b"\0" * (len(self.data) % 2)
        body = b"WAVE" + _chunk(b"fmt ", self.layout) + _chunk(b"data", self.data) + pad
        return b"RIFF" + pack("<I", len(body)) + body


def read(source: AudioLike, said: Said = Said(), fetch: Fetch | None = None) -> Take:  # noqa: B008 - it is frozen
    """Return a recording, read as a whole.

    WAV keeps the samples that it has, of any width; a compressed file is decoded to linear16.

    Parameters
    ----------
    source : object
        Whatever `dgnb.audio.load` takes.
    said : Said
        What raw audio is.
    fetch : callable, optional
        Gives the pieces of what stands at a URL.

    Raises
    ------
    AudioError
        It cannot be read or decoded.
    MissingExtra
        It is compressed, and PyAV is not installed.

    Examples
    --------
    >>> import numpy as np
    >>> take = read((np.zeros((800, 2), np.int16), 8000))
    >>> take.kind, take.channels, take.duration
    ('linear16', 2, 0.1)
    """
    body = load(source, *said)
    if isinstance(body, Remote):
        if fetch is None:
            raise AudioError(f"Download {body.name} first.")
        audio = b"".join(fetch(body.url))
    else:
        audio = b"".join(body.chunks())
        said = Said() if body.complete else said
    return _wave(audio) or _decoded(audio, said)


def cut(take: Take, spans: Iterable[Span]) -> Take:
    """Return only these spans, joined in the order of time; where they overlap, once.

    Examples
    --------
    >>> import numpy as np
    >>> take = read((np.arange(8, dtype=np.int16), 4))
    >>> np.frombuffer(cut(take, [(1.5, 2.0), (0.25, 0.75)]).data, "<i2").tolist()
    [1, 2, 6, 7]
    """
    return replace(take, data=b"".join(take.data[first:last] for first, last in _places(take, spans)))


def cover(take: Take, spans: Iterable[Span], pitch: float = 1000.0) -> Take:
    """Return the recording with a tone in the place of these spans, on all channels.

    Parameters
    ----------
    take : Take
    spans : iterable of (float, float), seconds
    pitch : float, Hz
        0 is silence.

    Examples
    --------
    >>> import numpy as np
    >>> take = read((np.arange(1, 9, dtype=np.int16), 4))
    >>> np.frombuffer(cover(take, [(0.5, 1.0)], pitch=0).data, "<i2").tolist()
    [1, 2, 0, 0, 5, 6, 7, 8]
    """
    data = bytearray(take.data)
    for first, last in _places(take, spans):
        data[first:last] = _tone(take, (last - first) // take.width, pitch)
    return replace(take, data=bytes(data))


def merged(spans: Iterable[Span]) -> Iterator[Span]:
    """Give spans in the order of time, those that touch as one.

    Examples
    --------
    >>> list(merged([(2, 3), (0, 1), (0.5, 2)]))
    [(0, 3)]
    """
    ordered = sorted(spans)
    if not ordered:
        return
    first, last = ordered[0]
    for start, end in ordered[1:]:
        if start > last:
            yield first, last
            first, last = start, end
        last = max(last, end)
    yield first, last


def _places(take: Take, spans: Iterable[Span]) -> list[tuple[int, int]]:
    """Where the spans lie in the data; every sample that they touch belongs to them."""
    size = len(take.data) // take.width
    found = []
    for start, end in merged(spans):
        first = min(max(floor(round(start * take.rate, 6)), 0), size)
        last = min(max(ceil(round(end * take.rate, 6)), first), size)
        if last > first:
            found.append((first * take.width, last * take.width))
    if not found:
        raise AudioError(f"Nothing of the {take.duration:.1f} s of audio lies there.")
    return found


def _wave(audio: bytes) -> Take | None:
    form = sniff(audio[:HEAD])
    if form is None or form.name != "WAV":
        return None
    found = header(audio)
    if found is None or not found.kind:
        return None
    start, size = next((start, size) for name, start, size in chunks(audio) if name == b"fmt ")
    end = None if found.length is None else found.start + found.length
    width = SIZES[found.kind] * found.channels
    data = audio[found.start : end]
    whole = data[: len(data) // width * width]
    return Take(found.kind, found.channels, found.rate, audio[start : start + size], whole)


def _decoded(audio: bytes, said: Said) -> Take:
    recording = opened(audio, said)
    try:
        data = b"".join(recording.pieces)
    finally:
        recording.close()
    form = recording.format
    if not form.width:
        raise AudioError(f"{recording.name} cannot be cut: say its encoding and sample_rate.")
    whole = data[: len(data) // form.width * form.width]
    return Take(form.encoding, form.channels, form.sample_rate, _layout(form), whole)


def _layout(form: AudioFormat) -> bytes:
    codec, size = CODECS[form.encoding]
    width = size * form.channels
    rate = form.sample_rate
    return pack("<HHIIHH", codec, form.channels, rate, rate * width, width, 8 * size)


def _chunk(name: bytes, content: bytes) -> bytes:
    return name + pack("<I", len(content)) + content


def _tone(take: Take, size: int, pitch: float) -> bytes:
    import numpy as np  # noqa: PLC0415 - NumPy is loaded only when samples are looked at

    wave = np.round(_LOUDNESS * np.sin(2 * np.pi * pitch * np.arange(size) / take.rate)).astype(np.int16)
    return _as_kind(np.repeat(wave, take.channels), take.kind)


def _as_kind(wave: NDArray[np.int16], kind: str) -> bytes:
    """Samples as bytes of a kind: what `dgnb.audio.pcm.samples` reads."""
    import numpy as np  # noqa: PLC0415

    if kind.startswith("float"):
        return (wave / 32767).astype("<f4" if kind == "float32" else "<f8").tobytes()
    if SIZES[kind] == 1:
        # Of the 256 codes the one that sounds nearest.
        heard = samples(bytes(range(256)), kind).astype(np.int32)
        values, place = np.unique(wave, return_inverse=True)
        nearest = np.abs(heard[None, :] - values[:, None]).argmin(axis=1).astype(np.uint8)
        return bytes(nearest[place])
    wide = wave.astype("<i4") << 16
    return bytes(wide.view(np.uint8).reshape(-1, 4)[:, 4 - SIZES[kind] :].tobytes())
