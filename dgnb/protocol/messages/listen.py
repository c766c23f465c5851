"""``/v1/listen``: audio in, words out as they are heard.

Source: Deepgram's published AsyncAPI document, the official Python SDK 7.17.0, and the
service's documentation pages (``Finalize.channel``, ``channel.search``).
"""

from __future__ import annotations

from msgspec import field

from dgnb.protocol.heard import Channel, DiarizeInfo, Entity, ModelInfo, Notice
from dgnb.protocol.messages.message import Message, Reader
from dgnb.protocol.part import Part


class KeepAlive(Message, frozen=True, tag="KeepAlive"):
    """Client: more audio will come; nothing answers it."""


class Finalize(Message, frozen=True, tag="Finalize"):
    """Client: write what was heard so far as final, of one channel or of all."""

    channel: int | None = None


class CloseStream(Message, frozen=True, tag="CloseStream"):
    """Client: no more audio; the last results, `Metadata` and the close follow."""


class Configure(Message, frozen=True, tag="Configure"):
    """Client: other keyterms (the whole list) and features from now on; what is absent stays."""

    keyterms: list[str] | None = None
    features: dict[str, bool] | None = None


class ResultsMetadata(Part, frozen=True):
    """The request's id and the model that took part."""

    request_id: str = ""
    model_info: ModelInfo = field(default_factory=ModelInfo)
    model_uuid: str = ""
    diarize_info: DiarizeInfo | None = None


class Results(Message, frozen=True, tag="Results"):
    """Server: what was heard from `start` for `duration` [s] of one channel.

    Until `is_final` it is provisional, and replaced by the next for the same channel;
    `speech_final` says that the speaker has paused.
    """

    channel_index: tuple[int, int] = (0, 1)
    duration: float = 0.0
    start: float = 0.0
    is_final: bool = False
    speech_final: bool = False
    channel: Channel = field(default_factory=Channel)
    metadata: ResultsMetadata = field(default_factory=ResultsMetadata)
    from_finalize: bool = False
    entities: list[Entity] | None = None


class Metadata(Message, frozen=True, tag="Metadata"):
    """Server: about the whole connection, just before its end.

    `warnings`, of options that were not followed, is that of a recording's metadata; it is sent by
    the sandbox and not documented of live connections.
    """

    transaction_key: str = "deprecated"
    request_id: str = ""
    sha256: str = ""
    created: str = ""
    duration: float = 0.0
    channels: int = 0
    models: list[str] | None = None
    model_info: dict[str, ModelInfo] | None = None
    extra: dict[str, str] | None = None
    warnings: list[Notice] | None = None


class UtteranceEnd(Message, frozen=True, tag="UtteranceEnd"):
    """Server: no word since `last_word_end` [s]."""

    channel: tuple[int, int] = (0, 1)
    last_word_end: float = 0.0


class SpeechStarted(Message, frozen=True, tag="SpeechStarted"):
    """Server: somebody speaks since `timestamp` [s]."""

    channel: tuple[int, int] = (0, 1)
    timestamp: float = 0.0


class ConfigureSuccess(Message, frozen=True, tag="ConfigureSuccess"):
    """Server: a `Configure` is in force; keyterms only when they were replaced."""

    request_id: str = ""
    keyterms: list[str] | None = None


class ConfigureFailure(Message, frozen=True, tag="ConfigureFailure"):
    """Server: a `Configure` was refused, and everything stays as it was."""

    request_id: str = ""
    code: str = ""
    description: str = ""


class Error(Message, frozen=True, tag="Error"):
    """Server: something is wrong; with the variant ``SchemaError``, a message that could not be read."""

    variant: str = ""
    description: str = ""
    code: str | None = None
    message: str | None = None


SERVER: Reader[Message] = Reader(
    Results, Metadata, UtteranceEnd, SpeechStarted, ConfigureSuccess, ConfigureFailure, Error
)
CLIENT: Reader[Message] = Reader(KeepAlive, Finalize, CloseStream, Configure)
