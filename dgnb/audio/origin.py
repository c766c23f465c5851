"""What a transcript was made from, so that it can be heard again."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any, NamedTuple

from dgnb.audio.source import AudioLike, Said, shown


class Origin(NamedTuple):
    """A source of audio, and what was said of it; it is opened only when it is needed."""

    source: AudioLike
    said: Said = Said()


def remember(result: Any, source: AudioLike, said: Said = Said()) -> None:  # noqa: B008 - it is frozen
    """Keep with a result what it was made from, outside of its JSON, for as long as the process lives.

    A stream is not kept: it may be closed. Nor is a URL that holds a secret, which a player in
    a saved notebook would give away.

    Examples
    --------
    >>> from dgnb import Transcript
    >>> call = Transcript()
    >>> remember(call, "https://example.org/call.wav")
    >>> origin(call).source
    'https://example.org/call.wav'
    """
    if hasattr(source, "read"):
        return
    if isinstance(source, str | os.PathLike):
        name = os.fsdecode(source).strip()
        if "://" in name:
            if shown(name) != name:
                return
        else:
            # Absolute: the working directory may change.
            source = Path(name).expanduser().absolute()
    result.__dict__["_origin"] = Origin(source, said)


def origin(result: Any) -> Origin | None:
    """Return what a result was made from, ``None`` when that is not known in this process."""
    found: Origin | None = result.__dict__.get("_origin")
    return found
