"""``POST /v1/speak`` and ``POST /v2/speak``: text into speech."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Unpack

from dgnb.audio.joining import join
from dgnb.errors import OptionError
from dgnb.operations.flow import CacheLike, Flow, Reply, Request, json_body
from dgnb.operations.listening import warn_of_unknown
from dgnb.protocol import routes
from dgnb.protocol.models import (
    DEFAULT_VOICE,
    FLUX_SPEECH_RATES,
    FLUX_VOICES,
    SPEECH_FORMATS,
    SPEECH_LIMIT,
    VOICES,
    family,
)
from dgnb.protocol.options import encode, nearest
from dgnb.protocol.params import (
    AnySpeakOptions,
    AnySpeakSubmitOptions,
    FluxSpeakOptions,
    FluxSpeakSubmitOptions,
    SpeakOptions,
    SpeakSubmitOptions,
)
from dgnb.protocol.sentences import parts
from dgnb.results import Accepted, Speech

JOINED = ("linear16", "mulaw", "alaw")
"""Encodings whose pieces are joined sample by sample."""

FLUX_ONLY = ("expressivity", "priority")
"""Options that other voices do not have."""


def speak(text: str, /, *, cache: CacheLike = False, **options: Unpack[AnySpeakOptions]) -> Flow[Speech]:
    """Speech from text.

    Parameters
    ----------
    text : str
        What is to be spoken. Text over the service's limit is sent in parts that end with
        sentences, and joined without gaps; that needs ``encoding="linear16"`` (or mulaw, alaw).
    cache : bool or path, default False
        Whether the reply is kept on this machine, and taken from there without asking, or paying,
        again: for as long as text and options are the same. A path names the folder.

    Returns
    -------
    Speech
        The audio; it plays in a notebook.

    Raises
    ------
    OptionError
        The text is empty, or too long for the encoding; the voice, format or a number is wrong.
    ApiError, ConnectionFailed
        The service refused, or could not be reached.

    Examples
    --------
    >>> from dgnb import Deepgram
    >>> with Deepgram(sandbox=True) as dg:
    ...     dg.speak("Good morning.", model="aura-2-thalia-en").content_type
    'audio/mpeg'
    """
    del cache  # the client's matter, see `dgnb.publication`
    if options.get("callback") is not None:
        raise OptionError(
            "speak waits for its audio and returns it: leave callback out, "
            "or have the audio delivered: speak.submit(text, callback=...).",
            "callback",
        )
    request = _request(text, options, (SpeakOptions, FluxSpeakOptions))
    _check_length(text, options)
    replies = []
    for part in parts(text):
        reply = yield replace(request, body=_body(part))
        replies.append(reply)
    return _speech(text, replies, str(options.get("model") or DEFAULT_VOICE))


def submit(text: str, /, **options: Unpack[AnySpeakSubmitOptions]) -> Flow[Accepted]:
    """Receipt for a text whose speech goes to ``callback``.

    Parameters
    ----------
    text : str
        What is to be spoken, no more than one request takes (2000 characters).

    Returns
    -------
    Accepted
        The request's id. The audio is sent to the callback when it is ready.

    Raises
    ------
    OptionError, ApiError, ConnectionFailed
        As for ``speak``.
    """
    if options.get("callback") is None:
        raise OptionError("submit needs callback='https://...', where the audio goes.", "callback")
    request = _request(text, options, (SpeakSubmitOptions, FluxSpeakSubmitOptions))
    if len(text) > SPEECH_LIMIT:
        problem = (
            f"{len(text)} characters are more than one request takes ({SPEECH_LIMIT}): submit it in parts."
        )
        raise OptionError(problem, "text")
    reply = yield request
    return reply.decode(Accepted)


def _request(text: str, options: Mapping[str, Any], tables: tuple[type, type]) -> Request:
    """The request for a whole text; of the two tables the second is that of Flux voices."""
    given = {name: value for name, value in options.items() if value is not None}
    flux = family(str(given.get("model", DEFAULT_VOICE))) == "flux"
    _check(text, given)
    query = encode(given, tables[flux])
    warn_of_unknown(given, tables[flux])
    return Request(routes.SPEAK_FLUX if flux else routes.SPEAK, query, _body(text), "application/json")


def _body(text: str) -> bytes:
    return json_body({"text": text})


def _check(text: str, options: Mapping[str, Any]) -> None:
    if not isinstance(text, str) or not text.strip():
        raise OptionError("There is no text to speak.", "text")
    check_voice(options.get("model"))
    check_family(options)
    _check_format(options)


def _check_length(text: str, options: Mapping[str, Any]) -> None:
    encoding = options.get("encoding") or "mp3"
    if len(text) > SPEECH_LIMIT and encoding not in JOINED:
        raise OptionError(
            f"{len(text)} characters are more than one request takes ({SPEECH_LIMIT}), and {encoding} cannot "
            "be joined without gaps: give encoding='linear16', or speak it in parts.",
            "encoding",
        )


def check_voice(model: Any) -> None:
    """Refuse what is certainly no voice; an unknown voice of a known family is sent as it is."""
    if model is not None and not str(model).startswith(("aura-", "flux-")):
        known = (*VOICES, *FLUX_VOICES)
        named = [voice for voice in known if f"-{str(model).lower()}-" in voice]
        hint = f" Did you mean '{named[0]}'?" if named else nearest(str(model), known)
        raise OptionError(f"'{model}' is not a voice; voices are named like aura-2-thalia-en.{hint}", "model")


def check_family(options: Mapping[str, Any]) -> None:
    """Raise `OptionError` for what the voice's family does not take."""
    flux = family(str(options.get("model", DEFAULT_VOICE))) == "flux"
    for name in FLUX_ONLY:
        if name in options and not flux:
            raise OptionError(f"{name} needs a Flux voice: model='flux-alexis-en'.", name)
    speed = options.get("speed")
    if flux and isinstance(speed, int | float) and abs(speed * 20 - round(speed * 20)) > 1e-6:
        raise OptionError(f"speed takes steps of 0.05 for Flux voices, not {speed}.", "speed")


def _check_format(options: Mapping[str, Any]) -> None:
    encoding = options.get("encoding", "mp3")
    form = SPEECH_FORMATS.get(encoding)
    if form is None:
        return  # the table of options says what is wrong
    flux = family(str(options.get("model", ""))) == "flux"
    extra = FLUX_SPEECH_RATES.get(encoding, ()) if flux else ()
    wanted = {"container": (form.containers, ()), "sample_rate": (form.sample_rates, extra)}
    for name, (values, more) in wanted.items():
        given = options.get(name)
        if given is not None and given not in (*values, *more):
            allowed = f"{name} {', '.join(map(str, values))}" if values else f"no {name}"
            raise OptionError(f"encoding='{encoding}' takes {allowed}; {given!r} was given.", name)


def _speech(text: str, replies: list[Reply], model: str) -> Speech:
    for reply in replies:
        # A refusal comes where audio is expected; it must never be played.
        if reply.refused or "json" in reply.headers.get("content-type", ""):
            raise reply.refusal()
    kind = replies[0].headers.get("content-type", "")
    return Speech(
        audio=join([reply.body for reply in replies], kind),
        content_type=kind,
        text=text,
        model=replies[0].headers.get("dg-model-name", model),
        characters=sum(int(reply.headers.get("dg-char-count", 0)) for reply in replies),
        request_ids=tuple(reply.headers.get("dg-request-id", "") for reply in replies),
        model_uuid=replies[0].headers.get("dg-model-uuid", ""),
    )
