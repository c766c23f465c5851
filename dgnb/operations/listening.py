"""``POST /v1/listen``: recorded speech into text."""

from __future__ import annotations

import sys
import warnings
from collections.abc import Mapping
from typing import Any, Unpack

from dgnb.audio import AudioLike, Body, load
from dgnb.audio.origin import remember
from dgnb.audio.source import Said
from dgnb.errors import OptionError
from dgnb.operations.flow import CacheLike, Flow, Request, json_body
from dgnb.protocol import routes
from dgnb.protocol.models import DEFAULT_LISTEN_MODEL, processing_limit
from dgnb.protocol.options import Query, check, encode, nearest, rows
from dgnb.protocol.params import LISTEN_RULES, ListenOptions, ListenSubmitOptions
from dgnb.results import Accepted, Transcript


def listen(
    source: AudioLike, /, *, cache: CacheLike = False, **options: Unpack[ListenOptions]
) -> Flow[Transcript]:
    """Transcript of recorded speech.

    Parameters
    ----------
    source : path, URL, bytes, file object, IPython Audio, or (array, rate)
        What to listen to. The service fetches an ``http(s)`` URL itself; everything else is
        sent, a file streamed from disk. An array has shape ``(samples,)`` or
        ``(samples, channels)``, with its rate in Hz beside it.
    cache : bool or path, default False
        Whether the reply is kept on this machine, and taken from there without asking, or paying,
        again: for as long as the audio and options are the same. A path names the folder.

    Returns
    -------
    Transcript
        Text, words with times [s] and confidences [0, 1], and what was found in them.

    Raises
    ------
    AudioError, OptionError
        Before anything is sent: the source or an option cannot be right.
    ApiError, ConnectionFailed
        The service refused, or could not be reached.

    Examples
    --------
    >>> import numpy as np
    >>> from dgnb import Deepgram
    >>> with Deepgram(sandbox=True) as dg:
    ...     call = dg.listen((np.zeros(8000), 16000), model="nova-3")
    >>> call.duration, call.text
    (0.5, '')
    """
    del cache  # the client's matter, see `dgnb.publication`
    if options.get("callback") is not None:
        raise OptionError(
            "With a callback the transcript comes later: listen.submit(source, callback=...).", "callback"
        )
    request = _request(source, options, ListenOptions)
    warn_of_unknown(options, ListenOptions)
    return (yield from _heard(source, options, request))


def listen_quietly(source: AudioLike, options: Mapping[str, Any]) -> Flow[Transcript]:
    """The same as `listen` for one of many files: an option that is not known was warned of before."""
    return (yield from _heard(source, options, _request(source, options, ListenOptions)))


def _heard(source: AudioLike, options: Mapping[str, Any], request: Request) -> Flow[Transcript]:
    reply = yield request
    transcript = reply.decode(Transcript)
    said = Said(options.get("encoding"), options.get("sample_rate"), options.get("channels"))
    remember(transcript, source, said)
    return transcript


def submit(source: AudioLike, /, **options: Unpack[ListenSubmitOptions]) -> Flow[Accepted]:
    """Receipt for recorded speech whose transcript goes to ``callback``.

    Parameters
    ----------
    source : path, URL, bytes, file object, IPython Audio, or (array, rate)
        What to listen to.

    Returns
    -------
    Accepted
        The request's id. The transcript is sent to the callback when it is ready.

    Raises
    ------
    AudioError, OptionError, ApiError, ConnectionFailed
        As for ``listen``.
    """
    if options.get("callback") is None:
        raise OptionError("submit needs callback='https://...', where the transcript goes.", "callback")
    request = _request(source, options, ListenSubmitOptions)
    warn_of_unknown(options, ListenSubmitOptions)
    reply = yield request
    return reply.decode(Accepted)


def _request(source: AudioLike, options: Mapping[str, Any], table: type) -> Request:
    check(options, LISTEN_RULES)
    query = encode(options, table)
    patience = processing_limit(options.get("model") or DEFAULT_LISTEN_MODEL)
    body = load(source, options.get("encoding"), options.get("sample_rate"), options.get("channels"))
    if isinstance(body, Body):
        query = _without_raw(query, body)
        return Request(routes.LISTEN, query, body, "application/octet-stream", patience)
    return Request(routes.LISTEN, query, json_body({"url": body.url}), "application/json", patience)


def _without_raw(query: Query, body: Body) -> Query:
    """The query without hints about raw audio when the body has a header made here."""
    raw = ("encoding", "sample_rate", "channels") if body.complete else ()
    return tuple((name, value) for name, value in query if name not in raw)


def warn_of_unknown(options: Mapping[str, Any], table: type) -> None:
    """Warn of options that are not in the table; they are sent as they are."""
    for name, value in options.items():
        if value is not None and name not in rows(table):
            text = (
                f"dgnb does not know the option '{name}' and sends it as it is.{nearest(name, rows(table))}"
            )
            warnings.warn(text, UserWarning, stacklevel=_level())


def _level() -> int:
    """How far above the caller the line stands that is not dgnb's own: what can be changed is there."""
    level, frame = 1, sys._getframe(1)
    while frame.f_back is not None and str(frame.f_globals.get("__name__")).partition(".")[0] == "dgnb":
        level, frame = level + 1, frame.f_back
    return level
