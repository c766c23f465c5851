"""What ``speak`` answers: audio, and what is known of it."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from dgnb.lazy import View, load
from dgnb.results.provenance import Provenance

if TYPE_CHECKING:
    from numpy import int16  # noqa: F401 - named in a View
    from numpy.typing import NDArray  # noqa: F401 - named in a View

    from dgnb.views.speeches import SpeechPlots  # noqa: F401 - named in a View


@dataclass(frozen=True, repr=False)
class Speech:
    """Spoken text: the audio as it came, ready to be played, saved, measured.

    Parameters
    ----------
    audio : bytes
        In the format of `content_type`.
    content_type : str
        As the service names it, for example ``audio/wav`` or ``audio/l16;rate=24000``.
    text : str
        What is spoken.
    model : str
        The voice.
    characters : int
        Characters that are billed.
    request_ids : tuple of str
        The service's names of the requests; long text takes several.
    model_uuid : str

    Examples
    --------
    >>> from dgnb import Deepgram
    >>> with Deepgram(sandbox=True) as dg:
    ...     sound = dg.speak("Good morning.", encoding="linear16", sample_rate=16000)
    >>> sound.content_type, sound.rate, sound.samples.ndim
    ('audio/wav', 16000, 1)
    """

    audio: bytes
    content_type: str
    text: str
    model: str = ""
    characters: int = 0
    request_ids: tuple[str, ...] = ()
    model_uuid: str = ""

    samples = View["NDArray[int16]"]("dgnb.views.speeches:samples", "Samples, int16, shape (samples,).")
    rate = View[int]("dgnb.views.speeches:rate", "Sample rate of `samples` [Hz].")
    plot = View["SpeechPlots"]("dgnb.views.speeches:SpeechPlots", "Plots of the sound.")

    @property
    def duration(self) -> float:
        """Length [s]."""
        return len(self.samples) / self.rate

    @property
    def sandbox(self) -> bool:
        """Whether dgnb's offline sandbox made this, and not the service."""
        return self.model_uuid.startswith("sandbox")

    @property
    def provenance(self) -> Provenance | None:
        """Where it comes from, of speech that is kept or was taken from what is kept; see `dgnb.cache`."""
        told: Provenance | None = self.__dict__.get("provenance")
        return told

    def save(self, path: str | os.PathLike[str]) -> Path:
        """Write the audio as it came to `path` and return the path."""
        target = Path(path)
        target.write_bytes(self.audio)
        return target

    def __repr__(self) -> str:
        return str(load("dgnb.views.speeches:summary")(self))

    def _repr_html_(self) -> str:
        return str(load("dgnb.views.speeches:html")(self))
