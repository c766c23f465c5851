"""``POST /v1/speak`` and ``POST /v2/speak``: text into speech."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import isfinite
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from dgnb.errors import OptionError
from dgnb.protocol import models
from dgnb.protocol.options import decode
from dgnb.protocol.params import (
    FluxLiveSpeakOptions,
    FluxSpeakSubmitOptions,
    LiveSpeakOptions,
    SpeakSubmitOptions,
)
from dgnb.protocol.refusals import NO_MODEL
from dgnb.sandbox import controls, jobs, ledger, texts, voicing
from dgnb.sandbox.controls import Pause, Piece, Pronunciation
from dgnb.sandbox.engines.synthesis import RATE, Voice
from dgnb.sandbox.replies import RefusedError, bad_query, bad_request
from dgnb.sandbox.sounds import sound, unsupported

LARGEST = 2_000_000
"""Bytes of a body."""

_PIECE = 1 << 14
_FORMAT = ("encoding", "container", "sample_rate", "bit_rate")


@dataclass(frozen=True)
class Product:
    """One of the endpoints that speak.

    Parameters
    ----------
    table : type
        Its options.
    voices : tuple of str
    flux : bool
        Whether it is the newer one: it has pauses, and steps of speed.
    """

    table: type
    voices: tuple[str, ...]
    flux: bool


AURA = Product(SpeakSubmitOptions, models.VOICES, flux=False)
FLUX = Product(FluxSpeakSubmitOptions, models.FLUX_VOICES, flux=True)
LIVE_AURA = Product(LiveSpeakOptions, models.VOICES, flux=False)
LIVE_FLUX = Product(FluxLiveSpeakOptions, models.FLUX_VOICES, flux=True)


@dataclass(frozen=True)
class Spoken:
    """What is answered: audio, how many characters are billed, and what the headers tell."""

    audio: bytes
    content_type: str
    characters: int
    headers: Mapping[str, str]


async def speak(request: Request) -> Response:
    """Speech by a voice of Aura, or the receipt when it goes to a callback."""
    return await _answered(request, AURA)


async def speak_flux(request: Request) -> Response:
    """Speech by a voice of Flux, or the receipt when it goes to a callback."""
    return await _answered(request, FLUX)


async def _answered(request: Request, product: Product) -> Response:
    options = _options(request, product)
    text = await texts.receive(request, ("application/json", "text/plain"), LARGEST)
    spoken = await asyncio.to_thread(spoken_text, text, options, product)
    request.state.used = ledger.Used(options["model"], characters=spoken.characters)
    if "callback" not in options:
        return StreamingResponse(_pieces(spoken.audio), 200, spoken.headers, spoken.content_type)

    async def work() -> bytes:
        return spoken.audio

    kind, about = spoken.content_type, spoken.headers
    receipt: Response = request.app.state.jobs.start(request, options, work, kind, about)
    return receipt


async def _pieces(audio: bytes) -> AsyncIterator[bytes]:
    for start in range(0, len(audio), _PIECE):
        yield audio[start : start + _PIECE]


def _options(request: Request, product: Product) -> dict[str, Any]:
    options = voiced(request.query_params.multi_items(), product)
    sound(options, flux=product.flux)
    if "callback" in options:
        jobs.check(options["callback"])
    return options


def voiced(query: Iterable[tuple[str, str]], product: Product) -> dict[str, Any]:
    """Return the options in a query; voice and speed are such as the product has.

    Raises
    ------
    RefusedError

    Examples
    --------
    >>> voiced([("speed", "1.2")], LIVE_AURA)
    {'speed': 1.2, 'model': 'aura-asteria-en'}
    """
    query = list(query)
    try:
        options = decode(query, product.table)
    except OptionError as error:
        raise _refused(error, dict(query).get(error.option, ""), product) from error
    _check_model(options, product)
    check_speed(options["model"], options.get("speed", 1.0), product)
    return options


def _refused(error: OptionError, value: str, product: Product) -> RefusedError:
    """Give an option's own refusal; the service has codes for some."""
    if error.option in _FORMAT:
        return unsupported(str(error))
    if error.option in ("speed", "expressivity") and _is_number(value):
        code = "OUT_OF_RANGE"
        if error.option == "expressivity" and not float(value).is_integer():
            code = "INCREMENT_INVALID"
        name = f"{error.option}_{code}"
        return RefusedError(400, name.upper() if product.flux else name.lower(), str(error))
    return bad_query(str(error))


def _is_number(text: str) -> bool:
    try:
        return isfinite(float(text))
    except ValueError:
        return False


def _check_model(options: dict[str, Any], product: Product) -> None:
    if product.flux and "model" not in options:
        raise bad_query("model is required, for example model=flux-alexis-en.")
    model = options.setdefault("model", models.DEFAULT_VOICE)
    if model in product.voices:
        return
    other, where = (AURA, "/v1/speak") if product.flux else (FLUX, "/v2/speak")
    hint = f" The voice belongs to {where}." if model in other.voices else ""
    raise bad_request(f"Bad Request: {NO_MODEL}{hint}")


def check_speed(model: str, speed: float, product: Product) -> None:
    """Raise `RefusedError` when a voice does not take a speed that is in range."""
    if product.flux and round(speed * 20, 6) % 1:
        message = "'speed' must be provided in increments of 0.05"
        raise RefusedError(400, "SPEED_INCREMENT_INVALID", message)
    if speed != 1 and not model.endswith(("-en", "-es")):
        message = "'speed' is there for English and Spanish voices only."
        raise RefusedError(400, "SPEED_NOT_SUPPORTED", message)


def model_uuid(model: str) -> str:
    """Return the id of a voice of the sandbox, which says that it is none of the service's.

    Examples
    --------
    >>> model_uuid("flux-kai-en")[:8]
    'sandbox-'
    """
    return f"sandbox-{uuid5(NAMESPACE_URL, 'dgnb ' + model)}"


def spoken_text(text: str, options: Mapping[str, Any], product: Product) -> Spoken:
    """Return a text as speech.

    Raises
    ------
    RefusedError
        The text is empty or too long, or a control in it is wrong.

    Examples
    --------
    >>> spoken_text("Good morning.", {"model": "aura-2-thalia-en"}, AURA).characters
    13
    """
    found = controls.pieces(text, pauses=product.flux)
    billed = controls.billed(found)
    _check_text(billed)
    if product.flux:
        controls.check_together(found, options.get("speed", 1.0))
    form = sound(options, flux=product.flux)
    voice = voicing.voice(options["model"], options.get("speed", 1.0), options.get("expressivity", 0))
    samples = voicing.samples(found, voice)
    if not samples.any():
        raise bad_request("Input text contains nothing that can be spoken.")
    headers = {
        "dg-model-name": options["model"],
        "dg-model-uuid": model_uuid(options["model"]),
        "dg-char-count": str(len(billed)),
        **_told(found, voice, product),
    }
    return Spoken(form.of(samples, RATE), form.content_type, len(billed), headers)


def _check_text(text: str) -> None:
    if not text.strip():
        raise bad_request("Input text contains no characters.")
    if len(text) > models.SPEECH_LIMIT:
        message = f"Input text exceeds maximum character limit of {models.SPEECH_LIMIT}."
        raise RefusedError(413, "Payload Too Large", message)


def _told(found: Sequence[Piece], voice: Voice, product: Product) -> dict[str, str]:
    """Give the headers about controls."""
    kinds = [type(piece) for piece in found]
    pronounced = kinds.count(Pronunciation) if voicing.knows_ipa(voice) else 0
    codes = controls.warnings(found, flux=product.flux)
    return {
        "dg-pronunciations-applied": str(pronounced),
        "dg-breaks-applied": str(kinds.count(Pause)),
        **({"dg-warnings": ",".join(codes)} if codes else {}),
    }
