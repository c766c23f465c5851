"""One channel of a live ``/v1/listen``: its audio in, its messages out, in the order of their time."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from msgspec.structs import replace

from dgnb.protocol.heard import Channel, Word
from dgnb.protocol.messages import Message, listen
from dgnb.sandbox.engines.segments import Event, Piece, Segmenter, heed
from dgnb.sandbox.engines.speakers import Roll
from dgnb.sandbox.guesses import Guesses
from dgnb.sandbox.transcription import Transcription

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Samples = NDArray[np.int16]

_INTERIM = 1.0
"""Speech between two provisional results [s]."""


@dataclass
class Desk:
    """What all channels of a connection have in common.

    Parameters
    ----------
    asked : Transcription
        The options as they are in force.
    about : ResultsMetadata
    hear : callable
        Recognises samples that start at a time [s].
    send : callable
        Sends a message.
    wait : bool
        Whether provisional results are waited for.
    """

    asked: Transcription
    about: listen.ResultsMetadata
    hear: Callable[[Samples, float], Awaitable[list[Word]]]
    send: Callable[[Message], Awaitable[None]]
    wait: bool

    @property
    def endpointing(self) -> float | None:
        """Silence that ends an utterance [s], ``None`` when none does."""
        value = self.asked.options.get("endpointing", 10)
        return None if value is False else float(value) / 1000

    @property
    def utterance_end(self) -> float | None:
        """Time without a word that is told [s], ``None`` when none is."""
        value = self.asked.options.get("utterance_end_ms")
        return None if value is None else float(value) / 1000


class LiveChannel:
    """One channel.

    Final results cover the audio without gap or overlap: each begins where the last
    one ended, and a new one comes with each stretch of speech, or after 3 s of
    silence. A result is held back while the silence behind it has not reached
    `endpointing`; speech that resumes, or the next result, sends it as it is.

    Parameters
    ----------
    index : (int, int)
        The channel's number, and how many there are.
    desk : Desk
    """

    def __init__(self, index: tuple[int, int], desk: Desk) -> None:
        self._index, self._desk = index, desk
        self._segmenter = Segmenter()
        self._roll = Roll()
        self._guesses = Guesses(desk.hear, desk.wait)
        self._guessed = 0.0  # when a guess was last begun
        self._held: listen.Results | None = None
        self._unended = False  # speech since the last end of an utterance
        self._last_word: float | None = None
        self._told_word: float | None = None

    async def feed(self, samples: Samples) -> None:
        """Hear more audio, int16 of shape (n,) at 16 kHz."""
        await heed(self._segmenter, samples, self._take, self._pass)

    async def finalize(self) -> None:
        """Send what was heard so far as final."""
        before = self._segmenter.boundary
        await self._release(from_finalize=True)
        for event in self._segmenter.flush():
            await self._take(event, from_finalize=True)
        if self._segmenter.boundary == before:
            await self._desk.send(self._results(before, before, Channel(), is_final=True, from_finalize=True))

    async def finish(self) -> None:
        """Send the rest, when there is no more audio."""
        for event in self._segmenter.finish():
            await self._take(event)
        await self._release()

    async def close(self) -> None:
        """Give up what is not ready."""
        await self._guesses.close()

    async def _take(self, event: Event, from_finalize: bool = False) -> None:
        if isinstance(event, Piece):
            await self._final(event, from_finalize)
            return
        await self._release()
        self._guessed = event.time
        if self._desk.asked.on("vad_events"):
            await self._desk.send(listen.SpeechStarted(channel=self._index, timestamp=event.time))

    async def _pass(self) -> None:
        """Do what is due now."""
        now, silence = self._segmenter.now, self._segmenter.silence
        if self._held and silence >= (self._desk.endpointing or 0.0):
            await self._release(speech_final=True)
        if self._desk.asked.on("interim_results"):
            await self._provisional(now)
        gap = self._desk.utterance_end
        if gap is None or self._last_word is None or self._segmenter.speaking:
            return
        if self._last_word != self._told_word and now - self._last_word >= gap:
            await self._release()
            self._told_word = self._last_word
            await self._desk.send(listen.UtteranceEnd(channel=self._index, last_word_end=self._last_word))

    async def _provisional(self, now: float) -> None:
        if (
            self._segmenter.speaking
            and now - self._guessed >= _INTERIM
            and await self._guesses.ask(self._segmenter)
        ):
            self._guessed = now
        if guess := self._guesses.take():
            words = self._labelled(guess.words, guess.samples, guess.start, learn=False)
            channel = self._desk.asked.channel(words)
            await self._desk.send(self._results(self._segmenter.boundary, guess.until, channel))

    async def _final(self, piece: Piece, from_finalize: bool) -> None:
        self._guesses.drop()
        await self._release()
        words: list[Word] = []
        if piece.speech:
            heard = await self._desk.hear(piece.samples, piece.speech[0])
            words = self._labelled(heard, piece.samples, piece.speech[0], learn=True)
            self._unended = True
        self._last_word = words[-1].end if words else self._last_word
        result = self._results(piece.start, piece.end, self._desk.asked.channel(words), is_final=True)
        self._held = replace(result, from_finalize=from_finalize)
        await self._settle(piece)

    async def _settle(self, piece: Piece) -> None:
        """Send the result of a piece, or hold it back until it is known whether an utterance has ended."""
        endpointing = self._desk.endpointing
        if endpointing is None or not (piece.paused or (self._unended and not piece.speech)):
            await self._release()
        elif piece.silence >= endpointing:
            await self._release(speech_final=True)
        elif not piece.paused:
            await self._release()

    async def _release(self, speech_final: bool = False, from_finalize: bool = False) -> None:
        """Send the result that is held back."""
        if self._held is None:
            return
        held, self._held = self._held, None
        self._unended &= not speech_final
        final = from_finalize or held.from_finalize
        await self._desk.send(replace(held, speech_final=speech_final, from_finalize=final))

    def _labelled(self, words: Sequence[Word], samples: Samples, start: float, *, learn: bool) -> list[Word]:
        """The words with their speakers, where they are told apart."""
        if not self._desk.asked.diarized:
            return list(words)
        local = [replace(word, start=word.start - start, end=word.end - start) for word in words]
        labels = self._roll.label(samples, local, learn=learn)
        return [
            replace(word, speaker=speaker, speaker_confidence=confidence)
            for word, (speaker, confidence) in zip(words, labels, strict=True)
        ]

    def _results(
        self, start: float, end: float, channel: Channel, is_final: bool = False, from_finalize: bool = False
    ) -> listen.Results:
        best = channel.alternatives[:1] or self._desk.asked.channel([]).alternatives
        entities = best[0].entities
        bare = [replace(best[0], paragraphs=None, entities=None)]
        return listen.Results(
            channel_index=self._index,
            start=round(start, 7),
            duration=round(end - start, 7),
            is_final=is_final,
            channel=replace(channel, alternatives=bare),
            metadata=self._desk.about,
            from_finalize=from_finalize,
            entities=entities,
        )
