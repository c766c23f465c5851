"""The audio beside a transcript: kept in the page when it is small, linked when not, and its waveform."""

from __future__ import annotations

import os
from base64 import b64encode
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path
from urllib.parse import quote

import numpy as np
from numpy.typing import NDArray

from dgnb.audio import clips
from dgnb.audio.formats import sniff
from dgnb.audio.origin import Origin
from dgnb.audio.pcm import Recoder, samples
from dgnb.audio.recordings import opened
from dgnb.audio.samples import wav
from dgnb.audio.source import Body, Remote, load
from dgnb.audio.waves import header
from dgnb.errors import AudioError, MissingExtra
from dgnb.views import colours
from dgnb.views.fragments import LARGEST

Peaks = NDArray[np.float64]

TYPES = {
    "WAV": "audio/wav",
    "MP3": "audio/mpeg",
    "FLAC": "audio/flac",
    "Ogg Opus": "audio/ogg",
    "Ogg": "audio/ogg",
    "MP4/M4A": "audio/mp4",
    "WebM/Matroska": "audio/webm",
    "AAC": "audio/aac",
}
"""Formats that browsers play."""

_WAVES = ("linear16", "linear24", "unsigned8", "float32", "mulaw", "alaw")
"""Samples of WAV that browsers play."""

SENT = 100_000_000
"""Bytes of audio that a widget is sent."""

_COLUMNS, _HEIGHT = 600, 48
"""Size of the waveform."""

_BIN = 0.02
"""Time over which the loudest sample is looked for first [s]."""


@dataclass(frozen=True)
class Track:
    """Audio as a page plays it.

    Parameters
    ----------
    kind : str
        Type of `data`.
    data : bytes
        The audio, when it is kept in the page.
    url : str
        Where it is, when it is linked.
    note : str
        What is to be said of it.
    peaks : array of float, shape (columns,)
        The loudest of each stretch [0, 1]; empty when the audio cannot be looked at.
    """

    kind: str = ""
    data: bytes = b""
    url: str = ""
    note: str = ""
    peaks: Peaks = field(default_factory=lambda: np.empty(0))

    @property
    def source(self) -> str:
        """What the audio element plays; empty without audio."""
        if self.data:
            return f"data:{self.kind};base64,{b64encode(self.data).decode()}"
        return self.url


def track(found: Origin | None, embed: bool | None, folder: Path) -> Track:
    """Return the audio of an origin as a page plays it.

    Parameters
    ----------
    found : Origin or None
    embed : bool or None
        Whether the audio is kept in the page, whatever its size; ``None``: up to `LARGEST`.
    folder : Path
        Where the page is, from which a file is linked.

    Raises
    ------
    AudioError
        The audio is not there, or cannot be read.

    Examples
    --------
    >>> import numpy as np
    >>> made = track(Origin((np.ones(800, np.int16), 8000)), None, Path())
    >>> made.kind, len(made.data), len(made.peaks)
    ('audio/wav', 1644, 5)
    """
    if found is None:
        return Track(note="The recording is not known here: give it with audio='call.wav' to hear it.")
    body = load(found.source, *found.said)
    if isinstance(body, Remote):
        return Track(url=body.url, note="The audio is played from its URL.")
    kind = playable(body)
    link = _link(found, folder) if kind else ""
    loud = peaks(found)
    if embed is False or (embed is None and (body.length or 0) > LARGEST):
        return Track(url=link, note=_too_large(body, link), peaks=loud)
    kind, audio = (kind, b"".join(body.chunks())) if kind else ("audio/wav", _as_wave(found))
    if embed is None and len(audio) > LARGEST:
        return Track(url=link, note=_too_large(body, link), peaks=loud)
    return Track(kind, audio, peaks=loud)


def held(sound: Track, found: Origin | None) -> Track:
    """Return a track that has its audio also where it was only linked, unless that is very large.

    A widget does not know where the notebook is, from which a file is linked.

    Examples
    --------
    >>> held(Track(url="https://example.org/call.mp3"), Origin("https://example.org/call.mp3")).data
    b''
    """
    if found is None or sound.data or not sound.url or "://" in sound.url:
        return sound
    body = load(found.source, *found.said)
    if isinstance(body, Remote):
        return sound
    if (body.length or 0) > SENT:
        note = f"The audio is larger than {SENT / 1e6:g} MB: without live=True it is played from its file."
        return replace(sound, url="", note=note)
    return replace(sound, kind=playable(body), data=b"".join(body.chunks()), note="")


def playable(body: Body) -> str:
    """Return the type of audio that browsers play, empty for any other."""
    head = body.head()
    form = sniff(head)
    if form is not None and form.name == "WAV":
        top = header(head)
        return TYPES["WAV"] if top is not None and top.kind in _WAVES else ""
    return TYPES.get(form.name, "") if form else ""


def peaks(found: Origin) -> Peaks:
    """Return the loudest sample of each of `_COLUMNS` stretches [0, 1]; none when it cannot be decoded."""
    try:
        recording = opened(found.source, found.said, mono=True)
    except (AudioError, MissingExtra):
        return np.empty(0)
    try:
        recode = Recoder(recording.format.encoding, 1, mono=False)
        loud = _loudest(map(recode, recording.pieces), max(int(recording.format.sample_rate * _BIN), 1))
    except AudioError:
        return np.empty(0)  # what is damaged further on may still be played
    finally:
        recording.close()
    start = np.linspace(0, len(loud), min(_COLUMNS, len(loud)), endpoint=False).astype(np.intp)
    heights: Peaks = np.maximum.reduceat(loud, start) / 32768 if len(loud) else loud
    return heights


def waveform(loud: Peaks) -> str:
    """Return peaks as an SVG picture; it is as high as the loudest.

    Examples
    --------
    >>> waveform(np.array([0.5, 0.25])).count("<path")
    1
    """
    middle, top = _HEIGHT / 2, max(float(loud.max()), 1 / 32768)
    size = middle * loud / top
    forth = [f"{x} {middle - y:.0f}" for x, y in enumerate(size)]
    back = [f"{x} {middle + y:.0f}" for x, y in reversed(list(enumerate(size)))]
    colour = colours.voice(0)
    return (
        f'<svg class="dgnb-wave" viewBox="0 0 {len(loud)} {_HEIGHT}" preserveAspectRatio="none" role="img" '
        f'aria-label="Waveform"><path d="M{"L".join(forth + back)}Z" fill="{colour}" stroke="{colour}" '
        'stroke-width=".5" vector-effect="non-scaling-stroke"/></svg>'
    )


def _loudest(pieces: Iterable[bytes], width: int) -> Peaks:
    """Give the loudest of each so many samples; the audio is never in memory as a whole."""
    found, rest = [], np.empty(0, np.int16)
    for piece in pieces:
        now = np.concatenate([rest, samples(piece, "linear16")])
        whole = len(now) // width * width
        found.append(_bins(now[:whole].reshape(-1, width)))
        rest = now[whole:]
    if len(rest):
        found.append(_bins(rest[None]))
    return np.concatenate(found) if found else np.empty(0)


def _bins(each: NDArray[np.int16]) -> Peaks:
    # The lowest has no opposite in 16 bits.
    loud: Peaks = np.maximum(each.max(axis=1), -each.min(axis=1).astype(np.float64))
    return loud


def _as_wave(found: Origin) -> bytes:
    take = clips.read(found.source, found.said)
    return wav(samples(take.data, take.kind).reshape(-1, take.channels), take.rate)


def _link(found: Origin, folder: Path) -> str:
    """Where a file is from a folder; empty for what is no file."""
    if not isinstance(found.source, str | os.PathLike) or "://" in os.fsdecode(found.source):
        return ""
    path = Path(os.fsdecode(found.source).strip()).expanduser().absolute()
    try:
        return quote(Path(os.path.relpath(path, folder.absolute())).as_posix())
    except ValueError:  # on another drive
        return path.as_uri()


def _too_large(body: Body, link: str) -> str:
    size = f"{(body.length or 0) / 1e6:.1f} MB"
    if link:
        return f"The audio ({size}) is not in here: it is played from its file, as long as that stays there."
    return (
        f"The audio ({size}) is too large to be kept in here, and there is no file that a browser plays: "
        "save it as WAV or MP3 and give that, audio='call.wav'; or keep it all the same with embed=True."
    )
