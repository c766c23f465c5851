"""``/v2/listen``: audio in, turns of a conversation out.

Source: Deepgram's published AsyncAPI document, the official Python SDK 7.17.0, and the
service's pages about Flux.
"""

from __future__ import annotations

from typing import Literal

from msgspec import field

from dgnb.protocol.heard import Word
from dgnb.protocol.messages.message import Message, Reader
from dgnb.protocol.part import Part

EVENTS = ("Update", "StartOfTurn", "EagerEndOfTurn", "TurnResumed", "EndOfTurn")
"""What `TurnInfo.event` may be."""

Trigger = Literal["model", "manual", "timeout"]


class Thresholds(Part, frozen=True):
    """When a turn ends: confidences [0, 1] and the silence [ms] that always ends it."""

    eager_eot_threshold: float | None = None
    eot_threshold: float | None = None
    eot_timeout_ms: int | None = None


THRESHOLDS = Thresholds.__struct_fields__
"""Their names, which are also options of the connection, and of an agent's ears."""


class CloseStream(Message, frozen=True, tag="CloseStream"):
    """Client: no more audio; what is pending and the close follow."""


class Configure(Message, frozen=True, tag="Configure"):
    """Client: other values from now on; what is absent stays, a list is replaced as a whole."""

    thresholds: Thresholds | None = None
    keyterms: str | list[str] | None = None
    language_hints: list[str] | None = None
    numerals: bool | None = None


class ForceEndTurn(Message, frozen=True, tag="ForceEndTurn"):
    """Client: the turn ends now."""


class Connected(Message, frozen=True, tag="Connected"):
    """Server: audio may be sent; always the first message."""

    request_id: str = ""
    sequence_id: int = 0


class TurnInfo(Message, frozen=True, tag="TurnInfo"):
    """Server: the turn so far, or a step of it.

    `transcript` and `words` are of the whole turn; the window is its audio [s];
    `trigger` says why a turn ended (``model``, ``manual``, ``timeout``).
    """

    event: str = "Update"
    turn_index: int = 0
    request_id: str = ""
    sequence_id: int = 0
    audio_window_start: float = 0.0
    audio_window_end: float = 0.0
    transcript: str = ""
    words: list[Word] = field(default_factory=list)
    end_of_turn_confidence: float = 0.0
    trigger: str | None = None
    languages: list[str] | None = None
    languages_hinted: list[str] | None = None


class ConfigureSuccess(Message, frozen=True, tag="ConfigureSuccess"):
    """Server: a `Configure` is in force; all values as they are now."""

    request_id: str = ""
    thresholds: Thresholds = field(default_factory=Thresholds)
    keyterms: str | list[str] = field(default_factory=list)
    language_hints: list[str] | None = None
    numerals: bool | None = None
    sequence_id: int = 0


class ConfigureFailure(Message, frozen=True, tag="ConfigureFailure"):
    """Server: a `Configure` was refused, and everything stays as it was."""

    request_id: str = ""
    sequence_id: int = 0
    code: str | None = None
    description: str | None = None


class Warning(Message, frozen=True, tag="Warning"):  # noqa: A001 - the service's name
    """Server: something was not done; the session goes on."""

    request_id: str = ""
    sequence_id: int = 0
    code: str = ""
    description: str = ""


class Error(Message, frozen=True, tag="Error"):
    """Server: the session is over; the close follows."""

    sequence_id: int = 0
    code: str = ""
    description: str = ""


SERVER: Reader[Message] = Reader(Connected, TurnInfo, ConfigureSuccess, ConfigureFailure, Warning, Error)
CLIENT: Reader[Message] = Reader(CloseStream, Configure, ForceEndTurn)
