"""Where the audio of a dashboard comes from: a dropped file, the microphone, a path or URL."""

from __future__ import annotations

import queue
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from ipywidgets import Text, VBox
from traitlets import Unicode

from dgnb.audio.samples import wav
from dgnb.dashboards.board import card, row
from dgnb.dashboards.results import note
from dgnb.dashboards.work import away
from dgnb.errors import AudioError
from dgnb.transport.loop import shared
from dgnb.widgets.recorder import Recorder
from dgnb.widgets.upload import Upload

Tap = queue.Queue[bytes | None]
"""Takes what is recorded, piece by piece; ``None`` at the end."""


class Microphone(VBox):
    """A recorder that is there again when a recording is over; each becomes a file.

    Parameters
    ----------
    place : callable
        Gives where a file of a name may be written.
    taps : callable, optional
        Called when somebody begins to record; gives what else takes the audio. It must return at once.

    Attributes
    ----------
    path : str
        The last recording.
    recorder : Recorder
    """

    path = Unicode("")

    def __init__(self, place: Callable[[str], Path], taps: Callable[[], list[Tap]] = list) -> None:
        self._place, self._taps, self._count = place, taps, 0
        super().__init__()
        self._renew("")

    def _renew(self, said: str) -> None:
        self.recorder = Recorder()
        self.recorder.observe(partial(self._turned, self.recorder), "state")
        self.children = [self.recorder, note(said)] if said else [self.recorder]

    def _turned(self, recorder: Recorder, change: Any) -> None:
        if change["new"] == "recording" and change["old"] == "idle":
            taps = self._taps()
            shared().submit(self._keep(recorder, taps))

    async def _keep(self, recorder: Recorder, taps: list[Tap]) -> None:
        data = await away(lambda: _taken(recorder, taps))
        before = self.children
        self._renew(recorder.said)
        if data:
            self._count += 1
            path = self._place(f"recording-{self._count}.wav")
            path.write_bytes(wav(np.frombuffer(data, np.int16), recorder.rate))
            self.path = str(path)
        for each in before:
            each.close()


def _taken(recorder: Recorder, taps: list[Tap]) -> bytes:
    """All that is recorded, which is passed on meanwhile."""
    data = bytearray()
    try:
        recorder.audio_source.claim()
        for piece in recorder.audio_source.pieces():
            data += piece
            for tap in taps if piece else ():
                tap.put(piece)
    except AudioError:
        pass  # the recorder says why it has ended; what came before is kept
    finally:
        for tap in taps:
            tap.put(None)
    return bytes(data)


class Source(VBox):
    """A choice of audio; the last that was given counts.

    Parameters
    ----------
    path : str
        A path or URL to begin with.
    taps : callable, optional
        As for `Microphone`.

    Attributes
    ----------
    value : str
        A path or URL, empty when nothing was given.

    Examples
    --------
    >>> source = Source("call.wav")
    >>> source.value
    'call.wav'
    """

    value = Unicode("")

    def __init__(self, path: str = "", taps: Callable[[], list[Tap]] = list) -> None:
        self.upload = Upload()
        self.microphone = Microphone(self.upload.place, taps)
        self.address = Text(
            path,
            description="Path or URL",
            placeholder="calls/monday.mp3 or https://…",
            continuous_update=False,
        )
        self._told = note("")
        super().__init__()
        self.add_class("dgnb-source")
        self.upload.observe(lambda change: self._take(change["new"]), "path")
        self.microphone.observe(lambda change: self._take(change["new"]), "path")
        self.address.observe(lambda change: self._take(change["new"].strip()), "value")
        self.children = [row(card(self.upload), card(self.microphone), card(self.address, self._told))]
        self._take(path)

    def chosen(self) -> str:
        """Return what is chosen.

        Raises
        ------
        AudioError
            Nothing is.
        """
        if not self.value:
            raise AudioError("There is no audio yet: drop a file, press Record, or give a path or URL.")
        return self.value

    def _take(self, path: str) -> None:
        self.value = path
        name = Path(path).name or path
        self._told.value = note(f"Audio: {name}" if path else "No audio yet.").value
