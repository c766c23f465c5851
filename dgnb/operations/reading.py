"""``POST /v1/read``: an analysis of text."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Unpack

from dgnb.errors import OptionError
from dgnb.operations.flow import CacheLike, Flow, Request, json_body
from dgnb.operations.listening import warn_of_unknown
from dgnb.protocol import routes
from dgnb.protocol.options import check, encode
from dgnb.protocol.params import ANALYSIS_RULES, ReadOptions, ReadSubmitOptions
from dgnb.results import Accepted, Reading, Transcript

ANALYSES = ("summarize", "sentiment", "topics", "intents", "custom_topic", "custom_intent")


def read(
    source: str | Transcript, /, *, cache: CacheLike = False, **options: Unpack[ReadOptions]
) -> Flow[Reading]:
    """Analysis of a text: summary, sentiment, topics, intents.

    Parameters
    ----------
    source : str or Transcript
        The text, an ``http(s)`` URL that the service fetches, or a transcript.
    cache : bool or path, default False
        Whether the reply is kept on this machine, and taken from there without asking, or paying,
        again: for as long as text and options are the same. A path names the folder.

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
    del cache  # the client's matter, see `dgnb.publication`
    if options.get("callback") is not None:
        raise OptionError(
            "With a callback the analysis comes later: read.submit(text, callback=...).", "callback"
        )
    text = _text(source)
    reply = yield _request(text, options, ReadOptions)
    reading = reply.decode(Reading)
    return reading if _is_url(text) else reading.of(text)


def submit(source: str | Transcript, /, **options: Unpack[ReadSubmitOptions]) -> Flow[Accepted]:
    """Receipt for a text whose analysis goes to ``callback``.

    Parameters
    ----------
    source : str or Transcript
        The text, an ``http(s)`` URL that the service fetches, or a transcript.

    Returns
    -------
    Accepted
        The request's id. The analysis is sent to the callback when it is ready.

    Raises
    ------
    OptionError, ApiError, ConnectionFailed
        As for ``read``.
    """
    if options.get("callback") is None:
        raise OptionError("submit needs callback='https://...', where the analysis goes.", "callback")
    reply = yield _request(_text(source), options, ReadSubmitOptions)
    return reply.decode(Accepted)


def _text(source: Any) -> str:
    text = source.text if isinstance(source, Transcript) else source
    if not isinstance(text, str) or not text.strip():
        raise OptionError("There is no text to read.", "text")
    return text


def _is_url(text: str) -> bool:
    return text.strip().lower().startswith(("http://", "https://")) and len(text.split()) == 1


def _request(text: str, options: Mapping[str, Any], table: type) -> Request:
    asked: dict[str, Any] = {"language": "en", **options}
    if not any(asked.get(name) for name in ANALYSES):
        asked |= dict.fromkeys(ANALYSES[:4], True)
    check(asked, ANALYSIS_RULES)
    # summarize is a plain switch here; listen alone spells it v2
    switch = ("summarize", "v2")
    query = tuple(("summarize", "true") if pair == switch else pair for pair in encode(asked, table))
    warn_of_unknown(asked, table)
    body = {"url": text.strip()} if _is_url(text) else {"text": text}
    return Request(routes.READ, query, json_body(body), "application/json", patience=120.0)
