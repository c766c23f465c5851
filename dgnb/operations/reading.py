"""``POST /v1/read``: an analysis of text."""

from __future__ import annotations

from typing import Any, Unpack

import msgspec

from dgnb.errors import OptionError
from dgnb.operations.flow import Flow, Request
from dgnb.operations.listening import warn_of_unknown
from dgnb.protocol import routes
from dgnb.protocol.options import check, encode
from dgnb.protocol.params import ANALYSIS_RULES, ReadOptions
from dgnb.results import Reading, Transcript

ANALYSES = ("summarize", "sentiment", "topics", "intents", "custom_topic", "custom_intent")


def read(source: str | Transcript, /, **options: Unpack[ReadOptions]) -> Flow[Reading]:
    """Analysis of a text: summary, sentiment, topics, intents.

    Parameters
    ----------
    source : str or Transcript
        The text, an ``http(s)`` URL that the service fetches, or a transcript.

    Returns
    -------
    Reading
        What was asked for; with no analysis named, all four.

    Raises
    ------
    OptionError
        The text is empty, or an option is wrong.
    ApiError, ConnectionFailed
        The service refused, or could not be reached.

    Examples
    --------
    >>> from dgnb import Deepgram
    >>> with Deepgram(sandbox=True) as dg:
    ...     notes = dg.read("I love this wonderful place.", sentiment=True)
    >>> notes.sentiments["sentiment"].to_list()
    ['positive']
    """
    text = source.text if isinstance(source, Transcript) else source
    if not isinstance(text, str) or not text.strip():
        raise OptionError("There is no text to read.", "text")
    asked: dict[str, Any] = {"language": "en", **options}
    if not any(asked.get(name) for name in ANALYSES):
        asked |= dict.fromkeys(ANALYSES[:4], True)
    check(asked, ANALYSIS_RULES)
    # summarize is a plain switch here; listen alone spells it v2
    query = tuple((name, "true" if value == "v2" else value) for name, value in encode(asked, ReadOptions))
    warn_of_unknown(asked, ReadOptions)
    url = text.strip().lower().startswith(("http://", "https://")) and len(text.split()) == 1
    body = {"url": text.strip()} if url else {"text": text}
    reply = yield Request(routes.READ, query, msgspec.json.encode(body), "application/json", patience=120.0)
    reading = reply.decode(Reading)
    return reading if url else reading.of(text)
