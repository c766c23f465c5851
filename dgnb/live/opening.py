"""What every session is given before it begins: a checked set of options, and a stream of audio."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import Any

from dgnb.audio.streams import Stream, open_stream
from dgnb.lazy import load
from dgnb.operations.listening import warn_of_unknown
from dgnb.protocol.options import Rule, check, encode
from dgnb.protocol.params import Options

RAW = ("encoding", "sample_rate", "channels")


def checked(options: Options, table: type, rules: tuple[Rule, ...]) -> dict[str, Any]:
    """Return the options that are given.

    Raises
    ------
    OptionError
        One cannot be right, or a combination is refused.
    """
    given = {name: value for name, value in options.items() if value is not None}
    check(given, rules)
    encode(given, table)
    warn_of_unknown(given, table)
    return given


def opened(source: Any, options: dict[str, Any], *, flux: bool = False, echo: bool = False) -> Stream:
    """Return a source of audio as a stream, and take out the options that it knows better.

    In a notebook ``"mic"`` is the browser's microphone, and its recorder is shown; with `echo`
    the browser takes out of it what its loudspeakers play.
    """
    raw = {name: options.pop(name) for name in RAW if name in options}
    recorder = None
    if isinstance(source, str) and source == "mic" and in_kernel():
        recorder = load("dgnb.widgets.recorder:in_notebook")(raw.get("sample_rate"), echo)
    stream = open_stream(source if recorder is None else recorder, **raw, flux=flux, fetch=fetch)
    if recorder is not None:
        recorder.show()
    return stream


def kept(wanted: bool | None, stream: Stream) -> list[bytes] | None:
    """Return where a session keeps its audio, ``None`` if it does not.

    That of a browser's microphone is nowhere else, and so is kept if nothing is said.
    """
    keeps = stream.recorder is not None if wanted is None else wanted
    return [] if keeps else None


def in_kernel() -> bool:
    """Whether this may be a notebook: to ask for more than that loads much."""
    return "ipykernel" in sys.modules


def fetch(url: str) -> Iterator[bytes]:
    """Give the pieces of what stands at a URL."""
    pieces: Iterator[bytes] = load("dgnb.transport.http:download")(url)
    return pieces
