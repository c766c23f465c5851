"""The turns of a `/v2/speak` connection: what is to be spoken, what was, and where it was interrupted.

What the official SDK's documentation leaves open is decided so. A turn takes the
speed that is in force when all before it are done. An interrupt ends every turn of
which audio was sent that was not heard; turns without audio so far go on.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from uuid import uuid4

from dgnb.protocol.messages import fluxspeak
from dgnb.protocol.messages.fluxspeak import Controls, Spoken
from dgnb.sandbox import controls
from dgnb.sandbox.controls import MOST_PRONUNCIATIONS, Pronunciation
from dgnb.sandbox.phrases import Phrases
from dgnb.sandbox.voicing import Utterance

Pieces = list[str | Pronunciation]
"""A sentence with its controls."""

Problem = tuple[str, str]
"""A warning's code and words."""


@dataclass(eq=False)
class Turn:
    """Everything that is spoken up to a `Flush`.

    Parameters
    ----------
    utterance : Utterance, optional
        Its audio, once it is being made.
    text : str
        What was written, sentence by sentence, without controls.
    made : float, seconds
        Audio that was sent.
    heard : float, seconds
        Audio that counts: all that was sent, or up to an interrupt.
    over : bool
        Nothing more is sent.
    """

    speech_id: str = field(default_factory=lambda: f"dg_sp_{uuid4().hex[:12]}")
    phrases: Phrases = field(default_factory=Phrases)
    speed: float = 1.0
    utterance: Utterance | None = None
    text: str = ""
    made: float = 0.0
    heard: float = 0.0
    over: bool = False
    written: int = 0
    pronounced: int = 0
    doubtful: int = 0

    def take(self, sentence: str) -> tuple[Pieces, list[Problem]]:
        """Return a sentence in pieces, and what is wrong with its controls."""
        found, problems = controls.tolerant(sentence)
        self.doubtful += len(problems)
        pieces: Pieces = []
        for piece in found:
            if isinstance(piece, Pronunciation) and self.pronounced == MOST_PRONUNCIATIONS:
                words = f"A turn has at most {MOST_PRONUNCIATIONS} pronunciations."
                problems.append(("PRONUNCIATIONS_LIMIT_EXCEEDED", words))
            self.pronounced += isinstance(piece, Pronunciation)
            pieces.append(_within(piece, self.pronounced))
        if codes := controls.warnings(pieces, flux=True):
            self.doubtful += len(codes)
            problems.append(("PRONUNCIATION_WARNINGS", ", ".join(codes)))
        self.text += controls.billed(pieces)
        return pieces, problems

    def sent(self, length: float) -> None:
        """Count audio [s] that is sent."""
        self.made += length
        self.heard += length

    @property
    def billable(self) -> int:
        """Characters that were spoken."""
        return len(self.utterance.text) if self.utterance else 0

    @property
    def summary(self) -> Spoken:
        """What it came to."""
        return Spoken(
            speech_id=self.speech_id,
            audio_duration_ms=round(self.made * 1000),
            input_character_count=self.written,
            billable_character_count=self.billable,
            controls_applied=Controls(
                pronunciations_applied=min(self.pronounced, MOST_PRONUNCIATIONS),
                pronunciation_warnings=self.doubtful,
            ),
        )

    def parted(self, time: float) -> tuple[str, str]:
        """Return the text that was spoken at a time [s], with the word under way, and the rest."""
        text = self.text + controls.billed(controls.tolerant(self.phrases.waiting)[0])
        spoken = self.utterance.spoken(time) if self.utterance else 0
        return text[:spoken], text[spoken:]


def _within(piece: str | Pronunciation, number: int) -> str | Pronunciation:
    return piece if isinstance(piece, str) or number <= MOST_PRONUNCIATIONS else piece.word


class Turns:
    """All turns of a connection, and the time line of the audio that was heard.

    Examples
    --------
    >>> turns = Turns()
    >>> turn = turns.open()
    >>> turn.sent(2.0)
    >>> turns.interrupt(500).audio_played_ms, turns.interrupt(400).code
    (500, 'INVALID_INTERRUPT_OFFSET')
    """

    def __init__(self, speed: float = 1.0) -> None:
        self.speed = speed
        self.current: Turn | None = None
        """The turn that is being written."""
        self.waiting: deque[Turn] = deque()
        """Turns that are not done, the active one first."""
        self._all: list[Turn] = []
        self._position = -1

    def open(self) -> Turn:
        """Return the turn that is being written, a new one if need be."""
        if self.current is None:
            self.current = Turn(speed=self.speed)
            self.waiting.append(self.current)
            self._all.append(self.current)
        return self.current

    def close(self) -> Turn | None:
        """Return the turn that was being written; its text is complete."""
        turn, self.current = self.current, None
        return turn

    def done(self, turn: Turn) -> None:
        """Note that nothing more is sent of a turn."""
        turn.over = True
        if turn is self.current:
            self.current = None
        if turn in self.waiting:
            self.waiting.remove(turn)
        if self.waiting and self.waiting[0].utterance is None:
            self.waiting[0].speed = self.speed

    @property
    def blocked(self) -> bool:
        """Whether a turn behind the active one has a pronunciation, which bars another speed."""
        later = list(self.waiting)[1:]
        return any(turn.pronounced or controls.opened(turn.phrases.waiting) for turn in later)

    def interrupt(self, offset: int | None) -> fluxspeak.SpeechInterrupted | fluxspeak.Warning:
        """Return what an interrupt comes to; turns that it ends are over.

        Parameters
        ----------
        offset : int, milliseconds, optional
            How much of the session's audio was heard.
        """
        sounding = [turn for turn in self._all if turn.made]
        if not sounding:
            return _ignored("NO_AUDIO_GENERATED", "There is no audio yet that could be interrupted.")
        if offset is not None and offset <= self._position:
            return _ignored("INVALID_INTERRUPT_OFFSET", f"The offset must be more than {self._position} ms.")
        total = sum(turn.heard for turn in sounding)
        heard = total if offset is None else min(offset / 1000, total)
        played = round(heard * 1000) if offset is None else offset
        turn, time = self._at(heard, sounding)
        if turn is None:
            return _ignored("NO_ACTIVE_SPEECH", "No turn is being spoken.")
        self._position = round(heard * 1000)
        self._cut(turn, time, sounding[sounding.index(turn) + 1 :])
        spoken, rest = turn.parted(time) if offset is not None else (None, None)
        return fluxspeak.SpeechInterrupted(
            audio_played_ms=played, text_spoken=spoken, text_remaining=rest, metadata=turn.summary
        )

    def _at(self, heard: float, sounding: Sequence[Turn]) -> tuple[Turn | None, float]:
        """Give the turn that is heard after so much audio, and how much of it was heard [s]."""
        begun = 0.0
        for turn in sounding:
            last = turn is sounding[-1] and not turn.over
            if begun <= heard < begun + turn.heard or last:
                return turn, heard - begun
            begun += turn.heard
        return None, 0.0

    def _cut(self, turn: Turn, time: float, later: Sequence[Turn]) -> None:
        turn.heard = time
        self.done(turn)
        for one in later:
            one.heard = 0.0
            self.done(one)

    @property
    def billable(self) -> int:
        """Characters of all turns that were spoken."""
        return sum(turn.billable for turn in self._all)

    @property
    def summary(self) -> fluxspeak.SessionMetadata:
        """What all turns came to."""
        return fluxspeak.SessionMetadata(
            total_audio_duration_ms=round(sum(turn.heard for turn in self._all) * 1000),
            total_input_character_count=sum(turn.written for turn in self._all),
            total_billable_character_count=self.billable,
        )


def _ignored(code: str, words: str) -> fluxspeak.Warning:
    return fluxspeak.Warning(code=code, description=words)
