"""What a dashboard has done, as Python that does the same."""

from __future__ import annotations

from typing import Any

from dgnb.client import Deepgram
from dgnb.protocol.calls import keywords, spread
from dgnb.protocol.routes import hosts


def program(client: Deepgram, *lines: str, more: tuple[str, ...] = ()) -> str:
    r"""Return lines after those that make the client; no key is ever among them.

    Parameters
    ----------
    client : Deepgram
    *lines : str
    more : tuple of str
        What else they need of dgnb.

    Examples
    --------
    >>> print(program(Deepgram(sandbox=True), "reading = dg.read('Hello.')"))
    from dgnb import Deepgram
    <BLANKLINE>
    dg = Deepgram()
    reading = dg.read('Hello.')
    """
    elsewhere = client._hosts != hosts()
    place = f"base_url={client._hosts.api!r}" if elsewhere else ""
    return "\n".join(
        [f"from dgnb import {', '.join(('Deepgram', *more))}", "", f"dg = Deepgram({place})", *lines]
    )


def call(path: str, *values: Any, **options: Any) -> str:
    """Return a call of the client's.

    Examples
    --------
    >>> call("listen", "call.wav", diarize=True)
    "dg.listen('call.wav', diarize=True)"
    """
    return spread(f"dg.{path}(", [*map(repr, values), *keywords(options)], ")")
