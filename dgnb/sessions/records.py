"""The log of a session: every message as it came, and what happened to the connection."""

from __future__ import annotations

from typing import Any

import msgspec

from dgnb.protocol.messages import Message, Unknown


class Notice(msgspec.Struct, frozen=True, tag_field="type", gc=False):
    """Something that the service did not send, but that happened."""

    @property
    def type(self) -> str:
        """Its kind."""
        return str(self.__struct_config__.tag)


class Opened(Notice, frozen=True, tag="Opened"):
    """A connection is there; the first has the number 1."""

    connection: int
    request_id: str = ""


class Lost(Notice, frozen=True, tag="Lost"):
    """A connection broke off, or could not be made; the next attempt comes after `pause` [s].

    `code` and `reason` are those of the close, `status` that of a refused handshake.
    """

    code: int = 0
    reason: str = ""
    status: int = 0
    pause: float = 0.0


class Gap(Notice, frozen=True, tag="Gap"):
    """Audio from `start` to `end` [s] was not answered and could not be kept: nothing is known of it."""

    start: float
    end: float


class Ended(Notice, frozen=True, tag="Ended"):
    """The session is over; `error` is empty when all went well."""

    error: str = ""


Event = Message | Unknown | Notice
"""What a session yields."""


class Record(msgspec.Struct, frozen=True, gc=False):
    """One line of the log.

    Parameters
    ----------
    at : float
        Since the session's start [s].
    connection : int
        Number of the connection, from 1; 0 before the first.
    raw : str
        A message as it came, empty for a notice.
    notice : Notice or None
    latency : float or None
        From the moment when the last audio that it is about was sent [s].
    replayed : bool
        Whether it repeats what was known: the answer to audio that was sent again.
    since : float
        Where in the source its news begins [s]; before that it repeats what was known.
    """

    at: float
    connection: int = 0
    raw: str = ""
    notice: Notice | None = None
    latency: float | None = None
    replayed: bool = False
    since: float = 0.0

    def content(self) -> dict[str, Any]:
        """Return what it says as a plain dictionary."""
        found: dict[str, Any]
        found = msgspec.to_builtins(self.notice) if self.notice else msgspec.json.decode(self.raw)
        return found
