"""One use of a magic, as its verb sees it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from dgnb.client import Deepgram
from dgnb.magics.arguments import Arguments
from dgnb.magics.tokens import Evaluate


@dataclass(frozen=True)
class Call:
    """What a verb is given.

    Parameters
    ----------
    arguments : Arguments
    body : str
        The cell below the line, empty for ``%deepgram``.
    evaluate : callable
        Gives the value of a Python expression in the user's namespace.
    client : callable
        Gives the client.
    keep : callable
        Assigns to the variable of ``-o``, if there is one.
    """

    arguments: Arguments
    body: str
    evaluate: Evaluate
    client: Callable[[], Deepgram]
    keep: Callable[[Any], None]
