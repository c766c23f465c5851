"""How a live connection ends: close codes and their reasons, and what to make of them.

Source: Deepgram's documentation of its WebSocket errors. The close codes of ``/v2/listen``
and ``/v2/speak`` are not documented; they are those of the same family on ``/v1``. Nor are
those of ``/v1/agent/converse``: there the reason is the code of the `Error` before, and the
number tells whose fault it is.
"""

from __future__ import annotations

from dataclasses import dataclass

from dgnb.protocol.messages.agent import ERRORS


@dataclass(frozen=True)
class Close:
    """The last frame of a connection.

    Parameters
    ----------
    code : int
    reason : str
        The service's own name of it, empty for a plain end.
    hint : str
        What to do next.
    passing : bool
        Whether a new connection may do better.
    """

    code: int
    reason: str = ""
    hint: str = ""
    passing: bool = False


NORMAL = Close(1000)
BAD_AUDIO = Close(
    1008,
    "DATA-0000",
    "The audio is not what encoding, sample_rate and channels say; files need none of them.",
)
SILENT = Close(1011, "NET-0001", "Nothing was received for 10 s.", passing=True)
INTERNAL = Close(1011, "NET-0000", "The service failed, or could not keep up.", passing=True)

NOT_TEXT = Close(1003, "MESSAGE-0000", "Binary frames are not taken here.")
BAD_COMMAND = Close(1008, "DATA-0000", "A message was not one that this connection takes.")
TOO_FAST = Close(
    1008,
    "DATA-0001",
    "Too many characters in the last minute: speak more slowly; do not send them again at once.",
)
BAD_CONTROL = Close(
    1008,
    "DATA-0002",
    "Pauses can be written in whole requests only, and no pronunciation goes with another speed.",
)
BIG_MESSAGE = Close(1009, "BIG-0000", "A message was too large.")
BIG_TEXT = Close(1009, "BIG-0001", "A text has more than 2000 characters.")
UNRECEIVED = Close(1011, "NET-0001", "The service could not receive.", passing=True)
UNSENT = Close(1011, "NET-0002", "The service could not send.", passing=True)
TOO_LONG = Close(1011, "NET-0003", "A connection lasts an hour at the most.", passing=True)

LISTENING = (NORMAL, BAD_AUDIO, SILENT, INTERNAL)
"""Ends of ``/v1/listen`` and ``/v2/listen``."""

SPEAKING = (
    NORMAL, NOT_TEXT, BAD_COMMAND, TOO_FAST, BAD_CONTROL, BIG_MESSAGE, BIG_TEXT,
    INTERNAL, UNRECEIVED, UNSENT, TOO_LONG,
)  # fmt: skip
"""Ends of ``/v1/speak`` and ``/v2/speak``."""

_BROKEN = (
    "CLIENT_MESSAGE_TIMEOUT", "FAILED_TO_START_LISTENING", "ASR_CONNECTION_CLOSED",
    "ASR_DRIVER_TIMEOUT", "INTERNAL_SERVER_ERROR",
)  # fmt: skip

CONVERSING = (
    NORMAL,
    *(
        Close(1011 if code in _BROKEN else 1008, code, hint, passing=code in _BROKEN)
        for code, hint in ERRORS.items()
    ),
)
"""Ends of ``/v1/agent/converse``; one that fails has the code of its `Error` as reason."""

_FINAL = (1002, 1003, 1007, 1008, 1009, 1010)
"""Codes of RFC 6455 that say the client is wrong: the same again would end the same way."""


def close(code: int, reason: str, known: tuple[Close, ...]) -> Close:
    """Return what is known of a connection's end; any other passes unless its code says that it does not.

    Parameters
    ----------
    code : int
        1006 when there was no close frame.
    reason : str
    known : tuple of Close
        `LISTENING`, `SPEAKING` or `CONVERSING`.

    Examples
    --------
    >>> close(1011, "NET-0001", LISTENING).passing, close(1008, "DATA-0000", LISTENING).passing
    (True, False)
    """
    for one in known:
        if (one.code, one.reason) == (code, reason):
            return one
    return Close(code, reason, passing=code not in _FINAL)
