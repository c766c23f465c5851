"""Turns of a conversation, from when a word is heard until the speaker seems to be done.

The confidence that a turn has ended is ``s / (s + t)`` after s seconds of silence,
with t = 0.3 s, and 0.6 s where the text so far does not end like a sentence. A turn
that ends at 0.7 therefore does so after 0.7 s of silence, or after 1.4 s; one that
ends early at 0.4 as soon as a pause is told from speech, after 0.28 s. It never
reaches 1.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Literal

from msgspec.structs import replace

from dgnb.protocol.heard import Word
from dgnb.protocol.messages.flux import Thresholds, Trigger, TurnInfo
from dgnb.sandbox.engines import grouping

UPDATE = 0.25
"""Audio between two messages about a turn [s]."""

_HALF, _HALF_OPEN = 0.3, 0.6
"""Silence after which a turn has ended as likely as not [s]."""

_State = Literal["silent", "speaking", "awaiting"]


def confidence(silence: float, words: Sequence[Word]) -> float:
    """How likely a turn has ended [0, 1).

    Parameters
    ----------
    silence : float, seconds
        Since somebody spoke.
    words : sequence of Word
        The turn so far, with its punctuation.

    Examples
    --------
    >>> said = [Word(word="done", punctuated_word="Done.", start=0.0, end=0.4)]
    >>> confidence(0.3, said), confidence(0.9, said), confidence(0.3, [])
    (0.5, 0.75, 0.3333)
    """
    half = _HALF if words and grouping.ends_sentence(words[-1].text) else _HALF_OPEN
    return round(silence / (silence + half), 4)


class Turns:
    """The state of a conversation, without audio or a socket: what is heard in, messages out.

    Messages carry no request's id and no sequence's number.

    Parameters
    ----------
    thresholds : Thresholds
        All but `eager_eot_threshold` are set.
    write : callable
        Punctuates the words of a turn.

    Examples
    --------
    >>> from dgnb.sandbox.engines.punctuation import punctuate
    >>> turns = Turns(Thresholds(eot_threshold=0.7, eot_timeout_ms=5000), punctuate)
    >>> (info,) = turns.ended([Word(word="yes", start=0.1, end=0.4)], 0.0, 0.6, 0.74)
    >>> info.event, info.transcript
    ('StartOfTurn', 'Yes.')
    >>> (info,) = turns.passed(1.2, silence=0.75, speaking=False)
    >>> info.event, info.trigger, info.audio_window_end
    ('EndOfTurn', 'model', 0.6)
    """

    def __init__(self, thresholds: Thresholds, write: Callable[[list[Word]], list[Word]]) -> None:
        self.thresholds = thresholds
        self._write = write
        self._index = 0
        self._state: _State = "silent"
        self._heard: list[Word] = []
        self._written: list[Word] = []
        self._start = self._boundary = self._told = 0.0
        self._confidence = 0.0

    @property
    def open(self) -> bool:
        """Whether somebody has the turn."""
        return self._state != "silent"

    def begun(self, now: float) -> Iterator[TurnInfo]:
        """Somebody begins to speak, or goes on."""
        if self._state == "awaiting":
            self._state, self._confidence = "speaking", 0.0
            yield self._info("TurnResumed", now)

    def guessed(self, words: Sequence[Word], now: float) -> Iterator[TurnInfo]:
        """What is heard so far of a stretch of speech that goes on."""
        yield from self._heard_more(words, now)

    def ended(self, words: Sequence[Word], start: float, end: float, now: float) -> Iterator[TurnInfo]:
        """A piece of audio from boundary to boundary [s] has ended, with speech or without."""
        if not self.open:
            self._start = start
        if words or self.open:
            yield from self._heard_more(words, now)
        self._heard += words
        self._boundary = end
        if not self.open:
            self._start = end

    def passed(self, now: float, silence: float, speaking: bool) -> Iterator[TurnInfo]:
        """Time has passed; call it often.

        Parameters
        ----------
        now : float, seconds
            How much audio was heard.
        silence : float, seconds
            Since somebody spoke.
        speaking : bool
            Whether a stretch of speech is open.
        """
        self._confidence = 0.0 if speaking or not self.open else confidence(silence, self._written)
        event, trigger = self._due(silence, speaking)
        if trigger:
            yield self._end(trigger)
        elif event:
            self._state = "awaiting"
            yield self._info(event, now)
        elif now - self._told >= UPDATE - 1e-9:
            yield self._info("Update", now)

    def force(self) -> Iterator[TurnInfo]:
        """The turn ends because the other side says so."""
        if self.open:
            yield self._end("manual")

    def _due(self, silence: float, speaking: bool) -> tuple[str, Trigger | None]:
        """The event that is due, and why the turn ends if it does."""
        limits = self.thresholds
        if not self.open or speaking:
            return "", None
        if self._confidence >= (limits.eot_threshold or 1.0):
            return "EndOfTurn", "model"
        if silence >= (limits.eot_timeout_ms or 0) / 1000:
            return "EndOfTurn", "timeout"
        eager = limits.eager_eot_threshold
        early = eager is not None and self._state == "speaking" and self._confidence >= eager
        return ("EagerEndOfTurn", None) if early and self._written else ("", None)

    def _heard_more(self, words: Sequence[Word], now: float) -> Iterator[TurnInfo]:
        if self.open or words:
            self._written = self._write([*self._heard, *words])
        if self._state == "silent" and self._written:
            self._state = "speaking"
            yield self._info("StartOfTurn", now)

    def _end(self, trigger: Trigger) -> TurnInfo:
        info = replace(self._info("EndOfTurn", self._boundary), trigger=trigger)
        self._index += 1
        self._state, self._heard, self._written = "silent", [], []
        self._start, self._confidence = self._boundary, 0.0
        return info

    def _info(self, event: str, until: float) -> TurnInfo:
        self._told = max(self._told, until)
        return TurnInfo(
            event=event,
            turn_index=self._index,
            audio_window_start=round(self._start, 7),
            audio_window_end=round(until, 7),
            transcript=grouping.transcript(self._written),
            words=[_spoken(word) for word in self._written],
            end_of_turn_confidence=self._confidence,
        )


def _spoken(word: Word) -> Word:
    """The word as Flux tells it: as it is written."""
    return Word(word=word.text, start=word.start, end=word.end, confidence=word.confidence)
