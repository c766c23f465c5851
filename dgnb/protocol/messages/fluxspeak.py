"""``/v2/speak``: text in, audio out turn by turn, by voices of Flux.

A turn is everything up to a `Flush`; a later one waits for the one before.
Source: Deepgram's published AsyncAPI document and the official Python SDK 7.17.0.
"""

from __future__ import annotations

from typing import Literal

from msgspec import field

from dgnb.protocol.messages.message import Message, Reader
from dgnb.protocol.messages.speak import Close, Flush, Speak
from dgnb.protocol.part import Part

__all__ = ["CLIENT", "SERVER", "Close", "Flush", "Speak"]


class PlaybackOffset(Part, frozen=True):
    """How much of the session's audio was heard [ms], in all turns together."""

    type: Literal["time_ms"] = "time_ms"
    value: int = 0


class Interrupt(Message, frozen=True, tag="Interrupt"):
    """Client: stop the turn; where it was stopped, if that is known."""

    playback_offset: PlaybackOffset | None = None


class Configure(Message, frozen=True, tag="Configure"):
    """Client: another rate of speech from the next turn on."""

    speed: float | None = None


class Controls(Part, frozen=True):
    """How many controls in the text were followed."""

    pronunciations_applied: int = 0
    breaks_applied: int = 0
    pronunciation_warnings: int = 0


class Connected(Message, frozen=True, tag="Connected"):
    """Server: the request's id and the voice; always the first message."""

    request_id: str = ""
    model_name: str = ""
    model_version: str = ""
    model_uuids: list[str] = field(default_factory=list)


class SpeechStarted(Message, frozen=True, tag="SpeechStarted"):
    """Server: the audio of a turn begins."""

    speech_id: str = ""


class Spoken(Part, frozen=True):
    """What a turn came to: its audio [ms] and its characters."""

    speech_id: str = ""
    audio_duration_ms: int = 0
    input_character_count: int = 0
    billable_character_count: int = 0
    controls_applied: Controls = field(default_factory=Controls)


class SpeechMetadata(Message, Spoken, frozen=True, tag="SpeechMetadata"):
    """Server: the audio of a turn is complete."""


class SpeechInterrupted(Message, frozen=True, tag="SpeechInterrupted"):
    """Server: the turn was stopped; the text is parted where it was, if that was told."""

    audio_played_ms: int = 0
    text_spoken: str | None = None
    text_remaining: str | None = None
    metadata: Spoken = field(default_factory=Spoken)


class Flushed(Message, frozen=True, tag="Flushed"):
    """Server: a `Flush` is done."""

    speech_id: str = ""


class SessionMetadata(Message, frozen=True, tag="SessionMetadata"):
    """Server: what all turns came to, just before the end."""

    total_audio_duration_ms: int = 0
    total_input_character_count: int = 0
    total_billable_character_count: int = 0


class Applied(Part, frozen=True):
    """Values that are in force now."""

    speed: float | None = None


class ConfigureSuccess(Message, frozen=True, tag="ConfigureSuccess"):
    """Server: a `Configure` is in force."""

    applied: Applied = field(default_factory=Applied)


class ConfigureFailure(Message, frozen=True, tag="ConfigureFailure"):
    """Server: a `Configure` was refused, and everything stays as it was."""

    code: str = ""
    description: str = ""
    field: str | None = None
    value: float | None = None


class Warning(Message, frozen=True, tag="Warning"):  # noqa: A001 - the service's name
    """Server: something was not done; the session goes on."""

    code: str = ""
    description: str = ""


IGNORED = ("NO_AUDIO_GENERATED", "NO_ACTIVE_SPEECH", "INTERRUPT_IN_PROGRESS", "INVALID_INTERRUPT_OFFSET")
"""Codes of the warnings that an `Interrupt` has done nothing."""


class Error(Message, frozen=True, tag="Error"):
    """Server: the session is over; the close follows."""

    code: str = ""
    description: str = ""


SERVER: Reader[Message] = Reader(
    Connected,
    SpeechStarted,
    SpeechMetadata,
    SpeechInterrupted,
    Flushed,
    SessionMetadata,
    ConfigureSuccess,
    ConfigureFailure,
    Warning,
    Error,
)
CLIENT: Reader[Message] = Reader(Speak, Flush, Close, Interrupt, Configure)
