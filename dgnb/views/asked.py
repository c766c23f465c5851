"""Tables of what has to be asked for: a transcript without it is told so, and not shown as empty."""

from __future__ import annotations

from typing import Literal

import pandas as pd

from dgnb.errors import OptionError
from dgnb.results import Transcript
from dgnb.views import frames

Asked = Literal["sentiments", "topics", "intents", "entities"]

_OPTIONS: dict[Asked, str] = {
    "sentiments": "sentiment",
    "topics": "topics",
    "intents": "intents",
    "entities": "detect_entities",
}


def asked(transcript: Transcript, name: Asked) -> pd.DataFrame:
    """Return a table of `dgnb.views.frames`.

    Raises
    ------
    OptionError
        It was not asked for.

    Examples
    --------
    >>> call = Transcript.from_json({"results": {"sentiments": {}}})
    >>> len(asked(call, "sentiments"))
    0
    """
    found: pd.DataFrame = getattr(frames, name)(transcript)
    if found.empty and not _told(transcript, name):
        option = _OPTIONS[name]
        raise OptionError(f"This transcript has no {name}: ask for them with {option}=True", option)
    return found


def _told(transcript: Transcript, name: Asked) -> bool:
    """Whether the reply has it, however little."""
    if name == "entities":
        return any(alternative.entities is not None for alternative in transcript.best)
    return getattr(transcript.results, name) is not None
