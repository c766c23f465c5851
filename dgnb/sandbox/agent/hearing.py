"""What the agent hears: the user's audio into turns."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from time import monotonic
from typing import TYPE_CHECKING, Any, get_args

from dgnb.audio.formats import sniff
from dgnb.errors import OptionError
from dgnb.protocol import models
from dgnb.protocol.heard import Word
from dgnb.protocol.messages.flux import THRESHOLDS, Thresholds, TurnInfo
from dgnb.protocol.options import rows
from dgnb.protocol.params import FluxOptions
from dgnb.protocol.settings import Input, ListenProvider
from dgnb.sandbox.ears import Pace, mixed
from dgnb.sandbox.engines.decoding import RATED, DecodeError
from dgnb.sandbox.engines.unpacking import Unpacker
from dgnb.sandbox.engines.workers import Workers
from dgnb.sandbox.hearing import Hearing
from dgnb.sandbox.transcription import Transcription

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Samples = NDArray[np.int16]


class Ear:
    """The user's audio as it comes; Nova's turns end as those of Flux do by default.

    Parameters
    ----------
    form : Input
        How it is encoded.
    provider : ListenProvider
        How it is heard; may be replaced at any time.
    workers : Workers
    rate : float or None
        At how many times real time it is taken.
    tell : callable
        Takes what is to be told of turns.

    Raises
    ------
    OptionError
        Audio of this encoding and rate cannot be read.
    """

    def __init__(
        self,
        form: Input,
        provider: ListenProvider,
        workers: Workers,
        rate: float | None,
        tell: Callable[[Iterable[TurnInfo]], Awaitable[None]],
    ) -> None:
        self._form, self._workers = form, workers
        self._unpacker = _unpacker(form)
        self._pace = Pace(rate)
        self._begun = False
        self.provider = provider
        self.latency = 0.0
        """How long the last stretch of speech took to be recognised [s]."""
        self._hearing = Hearing(_thresholds(provider), self._hear, self._written, tell, wait=rate is None)

    async def feed(self, audio: bytes) -> None:
        """Hear a frame.

        Raises
        ------
        DecodeError
            It is not audio, or not the audio that was announced.
        """
        if not self._begun and self._form.encoding in RATED and (found := sniff(audio)):
            raise DecodeError(f"{found.name} came, where raw {self._form.encoding} was announced")
        self._begun = True
        await self._pace.wait(self._unpacker.duration)
        samples = mixed(await asyncio.to_thread(self._unpacker.feed, audio))
        if len(samples):
            await self._hearing.feed(samples[0])

    async def force(self) -> bool:
        """End the turn now; false when there is none."""
        return await self._hearing.force()

    def change(self, provider: ListenProvider) -> None:
        """Hear otherwise from now on; keyterms of Nova stay as they are."""
        if provider.version == "v1":
            kept = self.provider.keyterms
            provider = ListenProvider(
                version="v1",
                model=provider.model,
                language=provider.language,
                smart_format=provider.smart_format,
                keyterms=kept,
            )
        self.provider = provider
        self._hearing.turns.thresholds = _thresholds(provider)

    async def close(self) -> None:
        """Let go of all that is not ready."""
        self._unpacker.close()
        await self._hearing.close()

    async def _hear(self, samples: Samples, start: float) -> list[Word]:
        begun = monotonic()
        words = await self._workers.hear(samples, start, self.provider.keyterms or ())
        self.latency = monotonic() - begun
        return words

    def _written(self, words: list[Word]) -> list[Word]:
        options: dict[str, Any] = {"punctuate": True, "smart_format": self.provider.smart_format}
        return Transcription(options).written(words)


def _unpacker(form: Input) -> Unpacker:
    if form.encoding not in get_args(models.Encoding):
        raise OptionError(f"There is no encoding '{form.encoding}'.", "audio.input.encoding")
    try:
        return Unpacker(form.encoding, form.sample_rate if form.encoding in RATED else None, 1)
    except DecodeError as error:
        raise OptionError(f"{error}.", "audio.input") from error


def _thresholds(provider: ListenProvider) -> Thresholds:
    table = rows(FluxOptions)
    given = {name: getattr(provider, name) for name in THRESHOLDS}
    return Thresholds(
        **{name: table[name].param.default if value is None else value for name, value in given.items()}  # type: ignore[arg-type]
    )
