"""Audio that arrives in chunks of any kind and size, as raw audio of one format."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from dgnb.audio.formats import HEAD, sniff
from dgnb.audio.pcm import Recoder
from dgnb.audio.raw import OPAQUE, AudioFormat
from dgnb.audio.samples import linear16
from dgnb.audio.source import Said, check
from dgnb.audio.waves import Wave, header
from dgnb.errors import AudioError
from dgnb.protocol.models import WIDTHS

_HEADS = dict.fromkeys(WIDTHS, 12) | {"flac": 12, "ogg-opus": 128}
"""Bytes that are looked at where an encoding is said: a header would be heard as a click.

Packets of the other encodings are passed on as they come."""

_LEAST = 64
"""Bytes of a file that are looked at."""

_WAV = re.compile(rb"RIFF....WAVE", re.DOTALL)


class Arriving:
    """The audio in chunks that arrive: their format, and their bytes without a header.

    Parameters
    ----------
    name : str
        For messages.
    said : Said
        Without an encoding the first bytes have to tell.
    mono : bool
        Whether several channels are mixed.

    Examples
    --------
    >>> arriving = Arriving("The chunks", Said("linear16", 8000))
    >>> arriving.take(bytes(320)) == bytes(320), arriving.format.seconds(320)
    (True, 0.02)
    """

    def __init__(self, name: str, said: Said, *, mono: bool = False) -> None:
        self._name, self._said, self._mono = name, said, mono
        self._encoding, self._channels = said.encoding, said.channels or 0
        self._head: bytes | None = b""
        self._wave: Wave | None = None
        self._recode: Callable[[bytes], bytes] = bytes
        self.format: AudioFormat | None = None
        """What the audio is, as soon as that is known."""
        if said.encoding is not None:
            self._settle(said.format)
            self._head = b"" if said.encoding in _HEADS else None

    def take(self, chunk: Any) -> bytes:
        """Return the audio in the next chunk, as far as it is known what it is.

        Raises
        ------
        AudioError
            It is no chunk of audio, or not of the format that is said.
        """
        if hasattr(chunk, "__array__"):
            return self._array(chunk)
        try:
            data = memoryview(chunk).tobytes()
        except TypeError:
            kind = type(chunk).__name__
            what = f"Chunks of audio are bytes or NumPy arrays, but {self._name} gave {kind}."
            raise AudioError(what) from None
        if self._head is None:
            return self._passed(data)
        self._head += data
        return self._begun() if self._is_told(self._head) else b""

    def end(self) -> bytes:
        """Return what was held back, when nothing more comes.

        Raises
        ------
        AudioError
            Nothing came, or it is not known what it is.
        """
        return b"" if self._head is None else self._begun()

    def _is_told(self, head: bytes) -> bool:
        """Whether so much of the audio's start tells what it is."""
        if self._encoding is not None:
            return len(head) >= _HEADS[self._encoding]
        form = sniff(head[:HEAD])
        if form is not None and form.name == "WAV":
            return header(head) is not None
        # A few bytes with a format's name could be text.
        return len(head) >= (HEAD if form is None else _LEAST)

    def _begun(self) -> bytes:
        """Look at the start, and return its audio."""
        head, self._head = self._head or b"", None
        start = head[: HEAD if self._encoding is None else _HEADS[self._encoding]]
        check(self._name, start, self._said)
        if self._encoding is not None:
            return self._passed(head)
        form = sniff(start)
        if form is None or form.name != "WAV" or not _is_read_here(head):
            self.format = OPAQUE
            return head
        self._wave = Wave(mono=self._mono)
        audio = self._wave.feed(head)
        self.format = self._wave.format
        return audio

    def _passed(self, data: bytes) -> bytes:
        if self._wave is None:
            return self._recode(data)
        if _WAV.match(data):
            # One file after the other; a header among the samples would be heard as a click.
            self._wave = Wave(mono=self._mono)
        audio = self._wave.feed(data)
        if self._wave.format not in (None, self.format):
            raise AudioError(f"{self._name} gave WAV of one format, and then of another.")
        return audio

    def _array(self, chunk: Any) -> bytes:
        import numpy as np  # noqa: PLC0415 - NumPy is loaded only when an array comes

        chunk = np.asarray(chunk)
        if self._encoding is not None and chunk.dtype == np.uint8:
            return self.take(chunk.tobytes())
        if self._encoding not in (None, "linear16"):
            raise AudioError("Arrays of samples are sent as linear16: leave encoding out.")
        if not self._said.sample_rate:
            raise AudioError("Arrays of samples need their rate: sample_rate=16000.")
        data, self._channels = linear16(chunk, self._channels)
        if self.format is None and data:
            self._settle(AudioFormat("linear16", int(self._said.sample_rate), self._channels))
        self._head = None
        return self._passed(data)

    def _settle(self, form: AudioFormat) -> None:
        self.format = form
        if self._mono and form.channels > 1 and form.encoding in WIDTHS:
            self.format = AudioFormat("linear16", form.sample_rate)
            self._recode = Recoder(form.encoding, form.channels, True)


def _is_read_here(head: bytes) -> bool:
    """Whether the samples of a WAV file can be taken out of it."""
    found = header(head)
    if found is None:
        raise AudioError("The audio is not a WAV file with samples.")
    return bool(found.kind)
