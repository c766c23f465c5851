"""``/v1/speak``: text in, audio out as it is spoken, by voices of Aura.

Source: Deepgram's published AsyncAPI document and the official Python SDK 7.17.0.
"""

from __future__ import annotations

from dgnb.protocol.messages.message import Message, Reader


class Speak(Message, frozen=True, tag="Speak"):
    """Client: text to be spoken; it may wait for more, or for `Flush`."""

    text: str = ""


class Flush(Message, frozen=True, tag="Flush"):
    """Client: speak all text that is waiting; `Flushed` follows its audio."""


class Clear(Message, frozen=True, tag="Clear"):
    """Client: drop text and audio that are waiting; `Cleared` follows."""


class Close(Message, frozen=True, tag="Close"):
    """Client: no more text; the rest is spoken, then the connection is closed."""


class Metadata(Message, frozen=True, tag="Metadata"):
    """Server: the request's id and the voice; always the first message."""

    request_id: str = ""
    model_name: str = ""
    model_version: str = ""
    model_uuid: str = ""
    additional_model_uuids: list[str] | None = None


class Flushed(Message, frozen=True, tag="Flushed"):
    """Server: all audio up to a `Flush` was sent."""

    sequence_id: int = 0


class Cleared(Message, frozen=True, tag="Cleared"):
    """Server: what was waiting is gone."""

    sequence_id: int = 0


class Warning(Message, frozen=True, tag="Warning"):  # noqa: A001 - the service's name
    """Server: something was not done; the session goes on."""

    description: str = ""
    code: str = ""


SERVER: Reader[Message] = Reader(Metadata, Flushed, Cleared, Warning)
CLIENT: Reader[Message] = Reader(Speak, Flush, Clear, Close)
