"""What all messages have in common: how they are written and read."""

from __future__ import annotations

from typing import Any, Generic, TypeVar

import msgspec

from dgnb.errors import ReplyError
from dgnb.protocol.part import Part, to_wire

M = TypeVar("M", bound="Message")


class Message(Part, frozen=True, tag_field="type"):
    """A text frame: a JSON object with a ``type``."""

    @property
    def type(self) -> str:
        """Its kind, as it is on the wire."""
        return str(self.__struct_config__.tag)


class Unknown(msgspec.Struct, frozen=True):
    """A message that is not in the tables, or not in the shape that they say; nothing of it is lost.

    Parameters
    ----------
    type : str
    content : dict
        The whole message.
    """

    type: str
    content: dict[str, Any]


class Reader(Generic[M]):
    """Reads the messages of one side of one connection.

    Parameters
    ----------
    *kinds : type
        The messages that may come.

    Examples
    --------
    >>> from dgnb.protocol.messages import listen
    >>> listen.SERVER.read('{"type": "UtteranceEnd", "channel": [0, 1], "last_word_end": 2.5}')
    UtteranceEnd(channel=(0, 1), last_word_end=2.5)
    >>> listen.SERVER.read('{"type": "Applause", "volume": 11}')
    Unknown(type='Applause', content={'type': 'Applause', 'volume': 11})
    """

    def __init__(self, *kinds: type[M]) -> None:
        self.kinds = kinds
        union: Any = kinds[0]
        for kind in kinds[1:]:
            union |= kind
        # Not strict: a whole number may come as 12.0.
        self._decoder: msgspec.json.Decoder[M] = msgspec.json.Decoder(union, strict=False)

    def read(self, text: str | bytes) -> M | Unknown:
        """Return the message in a text frame.

        Raises
        ------
        ReplyError
            It is not a JSON object, for example because it is cut off.
        """
        try:
            return self._read(text)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            raise ReplyError(f"A message is not JSON: {error}") from error

    def _read(self, text: str | bytes) -> M | Unknown:
        try:
            return self._decoder.decode(text)
        except msgspec.ValidationError:
            return _unknown(text)


def _unknown(text: str | bytes) -> Unknown:
    content = msgspec.json.decode(text)
    if not isinstance(content, dict):
        raise ReplyError(f"A message is a JSON object, not {str(content)[:80]!r}.")
    return Unknown(str(content.get("type", "")), content)


def write(message: Message) -> str:
    """Return a message as a text frame; what is ``None`` is left out.

    Examples
    --------
    >>> from dgnb.protocol.messages import listen
    >>> write(listen.Finalize())
    '{"type":"Finalize"}'
    """
    return to_wire(message).decode()
