"""The agent's audio: a text in the voice and the encoding that the settings ask for."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from typing import Any

from dgnb.errors import OptionError
from dgnb.protocol import models
from dgnb.protocol.settings import Output, Speak
from dgnb.sandbox import voicing
from dgnb.sandbox.engines.synthesis import RATE, Voice
from dgnb.sandbox.phrases import Phrases
from dgnb.sandbox.replies import RefusedError
from dgnb.sandbox.sounds import Sound, sound
from dgnb.sandbox.voicing import Utterance

AHEAD, HASTE = 2.0, 4.0
"""Audio that is sent at once [s]; the rest comes at so many times real time, for somebody may interrupt."""

_PIECE = 1 << 14


def form(output: Output) -> Sound:
    """Return the audio format.

    Raises
    ------
    OptionError
        There is no such combination.

    Examples
    --------
    >>> form(Output()), form(Output(encoding="opus")).container
    (Sound(encoding='linear16', container='none', sample_rate=24000, bit_rate=0), 'ogg')
    """
    raw = output.encoding in models.LIVE_SPEECH_RATES
    container = output.container if raw or output.container != "none" else None
    asked = {
        "encoding": output.encoding,
        "container": container,
        "sample_rate": output.sample_rate,
        "bit_rate": output.bitrate,
    }
    try:
        return sound({name: value for name, value in asked.items() if value is not None}, flux=True)
    except RefusedError as error:
        raise OptionError(f"audio.output: {error.message}", "audio.output") from error


def check(speaks: Sequence[Speak]) -> None:
    """Raise `OptionError` when a voice of Deepgram is none that there is."""
    for speak in speaks:
        model = speak.provider.model
        if speak.provider.type == "deepgram" and model not in (*models.VOICES, *models.FLUX_VOICES):
            raise OptionError(f"There is no voice '{model}'.", "agent.speak.provider.model")


def voice(speaks: Sequence[Speak]) -> Voice:
    """Return the first voice that the sandbox has, or else its default one."""
    own = (speak.provider for speak in speaks if speak.provider.type == "deepgram")
    provider = next(own, None)
    if provider is None:
        return voicing.voice(models.DEFAULT_VOICE)
    return voicing.voice(
        provider.model or models.DEFAULT_VOICE, provider.speed or 1.0, provider.expressivity or 0
    )


def foreign(speaks: Sequence[Speak]) -> str:
    """Return the provider that is preferred and cannot be asked here, empty where there is none."""
    return speaks[0].provider.type if speaks and speaks[0].provider.type != "deepgram" else ""


async def frames(text: str, voice: Voice, form: Sound, *, paced: bool) -> AsyncIterator[bytes]:
    """Yield a text's audio, sentence by sentence where the encoding has no container."""
    if form.container != "none":
        file = await asyncio.to_thread(_file, text, voice, form)
        for at in range(0, len(file), _PIECE):
            yield file[at : at + _PIECE]
        return
    utterance = Utterance(voice, form.encoding, form.sample_rate)
    clock = asyncio.get_running_loop().time
    begun, given = clock(), 0.0
    async for frame in _raw(text, utterance):
        late = (given - AHEAD) / HASTE - (clock() - begun)
        if paced and late > 0:
            await asyncio.sleep(late)
        given += utterance.length(frame)
        yield frame


async def _raw(text: str, utterance: Utterance) -> AsyncIterator[bytes]:
    phrases = Phrases()
    for sentence in [*phrases.add(text), phrases.rest()]:
        for frame in await asyncio.to_thread(utterance.say, [sentence]):
            yield frame
    for frame in utterance.finish():
        yield frame


def _file(text: str, voice: Voice, form: Sound) -> bytes:
    samples: Any = voicing.samples([text], voice)
    return form.of(samples, RATE) if len(samples) else b""
