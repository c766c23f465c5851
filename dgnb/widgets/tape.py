"""What a player needs of a session that speaks, piece by piece: samples, and the text that they say."""

from __future__ import annotations

from typing import Any

from dgnb.audio import pcm
from dgnb.live.speaking import SpeakSession
from dgnb.protocol.messages import fluxspeak, speak
from dgnb.protocol.models import WIDTHS
from dgnb.sessions.speaking import Audio


class Tape:
    """The audio of a session as linear16; `size` samples of it were read.

    Parameters
    ----------
    pieces : list of bytes
        The audio, to which pieces are added while it comes.
    encoding : str
        One that can be cut between samples.

    Examples
    --------
    >>> tape = Tape([bytes(3)], "linear16")
    >>> len(tape.read()), tape.size
    (2, 1)
    """

    def __init__(self, pieces: list[bytes], encoding: str) -> None:
        self._pieces, self._encoding = pieces, encoding
        self._width = WIDTHS[encoding]
        self._number = self.size = 0
        self._rest = b""

    @property
    def behind(self) -> bool:
        """Whether there is more than was read."""
        return self._number < len(self._pieces)

    def read(self) -> bytes:
        """Return what was not read yet; half a sample waits for its other half."""
        new = self._pieces[self._number :]
        self._number += len(new)
        raw = self._rest + b"".join(new)
        whole = len(raw) // self._width * self._width
        self._rest = raw[whole:]
        self.size += whole // self._width
        return self._linear(raw[:whole])

    def since(self, start: int) -> bytes:
        """Return what was read, from a sample on."""
        raw = b"".join(self._pieces[: self._number])
        return self._linear(raw[start * self._width : self.size * self._width])

    def _linear(self, raw: bytes) -> bytes:
        return raw if self._encoding == "linear16" else pcm.samples(raw, self._encoding).tobytes()


class Script:
    """The text of a session in stretches, each between two samples of its audio.

    The service tells no times of words. What is known is when all that was said has been
    spoken, or was dropped.

    Parameters
    ----------
    session : SpeakSession

    Attributes
    ----------
    stretches : list of dict
        ``text``; ``start`` and ``end`` [samples], ``end`` is ``None`` while it is spoken;
        ``cut`` when it was stopped.
    latency : float or None
        From the first text to the first audio [s].
    """

    def __init__(self, session: SpeakSession[Any]) -> None:
        self._dialogue = session._dialogue
        self.stretches: list[dict[str, Any]] = []
        self.latency: float | None = None
        self._texts = self._records = 0
        self._cut = False

    @property
    def _samples(self) -> int:
        return self._dialogue.size // WIDTHS[self._dialogue.options["encoding"]]

    def read(self) -> list[dict[str, Any]]:
        """Return what changed of the stretches: their new text, and where they begin and end."""
        self._listen()
        new = "".join(self._dialogue.texts[self._texts :])
        self._texts = len(self._dialogue.texts)
        is_open = bool(self.stretches) and self.stretches[-1]["end"] is None
        if not new and not is_open:
            return []
        if not is_open:
            start = self.stretches[-1]["end"] if self.stretches else 0
            self.stretches.append({"text": "", "start": start, "end": None, "cut": False})
        stretch = self.stretches[-1]
        stretch["text"] += new
        if self._done:
            stretch |= {"end": self._samples, "cut": self._cut}
            self._cut = False
        elif not new:
            return []
        return [{"index": len(self.stretches) - 1, **stretch, "text": new}]

    @property
    def _done(self) -> bool:
        return self._dialogue.idle or self._dialogue.over

    def _listen(self) -> None:
        """Take what the log has that is new."""
        records = self._dialogue.records
        for record in records[self._records :]:
            if isinstance(record.notice, Audio):
                self.latency = record.latency if record.notice.number == 0 else self.latency
            elif record.raw:
                event = self._dialogue.event(record)
                self._cut = self._cut or isinstance(event, speak.Cleared | fluxspeak.SpeechInterrupted)
        self._records = len(records)
