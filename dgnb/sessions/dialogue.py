"""What all live dialogues have in common: a log, requests that wait for their answer, an end."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from typing import Any

from dgnb.protocol.closes import Close
from dgnb.protocol.messages import Message, Reader, Unknown, write
from dgnb.protocol.options import Query, encode
from dgnb.sessions.records import Ended, Event, Lost, Notice, Opened, Record


class Request:
    """A message that waits for its answer; it is sent again on a new connection.

    Parameters
    ----------
    message : Message
    after : int, samples
        The source's audio that it is about, which a new connection hears first.
    """

    def __init__(self, message: Message, after: int = 0) -> None:
        self.message, self.after = message, after
        self.answer: Message | None = None
        """What the service said to it."""
        self.sent = False
        """Whether it was sent on the current connection."""
        self.wanted = True
        """Whether somebody still waits for the answer."""


class Dialogue:
    """One session, over all its connections.

    The one who has the socket calls `opened`, sends what `outgoing` gives until it gives
    nothing, waits until `due` or until something comes, and passes that to `hear` or
    `hear_audio`; when the connection ends, `closed` says what to make of it.
    """

    reader: Reader[Any]
    ends: tuple[Close, ...]
    table: type
    greetings: tuple[type[Message], ...] = ()
    """What the service says on every connection at once."""
    about_audio: tuple[type[Message], ...] = ()
    """Messages about the audio that was sent before them."""

    def __init__(self, options: Mapping[str, Any]) -> None:
        self.options = dict(options)
        """What the next connection is opened with."""
        self.records: list[Record] = []
        """The log; it only grows."""
        self.connection = 0
        """Number of the current connection."""
        self.open = False
        """Whether there is a connection."""
        self.request_ids: list[str] = []
        self.stopping = False
        """Whether nothing more is taken, and the rest is on its way."""
        self.over = False
        """Whether the service has said its last word."""
        self.finished = False
        """Whether the other side was asked to close: a plain close is then the end."""
        self.error = ""
        """What the service said was wrong, before it closed."""
        self.progress = 0
        """Grows with every news from the service; that it is there is none, nor is what was known."""
        self._began: float | None = None
        self._requests: deque[Request] = deque()

    @property
    def query(self) -> Query:
        """The options as they are sent."""
        return encode(self.options, self.table)

    @property
    def complete(self) -> bool:
        """Whether all was answered although the close was none."""
        return False

    @property
    def resumable(self) -> bool:
        """Whether a new connection can go on where the last one broke off."""
        return True

    @property
    def leaving(self) -> bool:
        """Whether the connection is to be closed from here, when nothing is left to be sent."""
        return False

    @property
    def hint(self) -> str:
        """What to do about what the service said was wrong, where the close itself does not tell."""
        return ""

    def opened(self, request_id: str, now: float) -> None:
        """Note that there is a new connection."""
        self.connection, self.open, self.finished = self.connection + 1, True, False
        self.request_ids.append(request_id)
        self.error = ""
        self.note(Opened(self.connection, request_id), now)
        self._requests = deque(request for request in self._requests if request.wanted)
        for request in self._requests:
            request.sent = False

    def outgoing(self, now: float) -> str | bytes | None:
        """Return the next frame to send, text or audio; ``None`` when none is due."""
        return self._text()

    def _text(self) -> str | None:
        """The next message that is ready to be sent."""
        request = self._ready()
        if request is None:
            return None
        request.sent = True
        return write(request.message)

    def _ready(self) -> Request | None:
        if not self._requests:
            return None  # as nearly always, and this is asked before every piece of audio
        waiting = (request for request in self._requests if not request.sent)
        return next((request for request in waiting if request.after <= self._position), None)

    @property
    def _position(self) -> int:
        """How much of the source's audio was sent [samples]."""
        return 0

    def due(self, now: float) -> float | None:
        """Return when there will be something to send, ``None`` when only an event brings it."""
        return now if self._ready() else None

    def hear(self, text: str, now: float) -> None:
        """Take a text frame.

        Raises
        ------
        ReplyError
            It is not JSON; the connection is of no more use.
        """
        message: Message | Unknown = self.reader.read(text)
        self._log(text, message, now)
        known = isinstance(message, self.greetings) or self.records[-1].replayed
        self.progress += not known

    def _log(self, text: str, message: Message | Unknown, now: float) -> None:
        self.records.append(Record(self._at(now), self.connection, text))

    def hear_audio(self, audio: bytes, now: float) -> None:
        """Take a binary frame."""

    def lost(self, notice: Lost, now: float) -> None:
        """Note that the connection is gone, and that another will be tried."""
        self.open = False
        self.note(notice, now)

    def ended(self, error: str, now: float) -> None:
        """Note that the session is over."""
        self.open, self.over = False, True
        self.note(Ended(error), now)

    def held(self, close: Close, now: float) -> float | None:
        """Return how long to wait before another connection [s], ``None`` when there is no use in it."""
        return 0.0 if close.passing else None

    def stop(self) -> None:
        """Take nothing more; what was taken is sent and answered."""
        self.stopping = True

    def note(self, notice: Notice, now: float) -> None:
        """Write a notice into the log."""
        self.records.append(Record(self._at(now), self.connection, notice=notice))

    def event(self, record: Record) -> Event:
        """Return what a line of the log stands for, with the source's times."""
        return record.notice or self.reader.read(record.raw)

    def ask(self, message: Message) -> Request:
        """Send a message that waits for its answer."""
        request = Request(message, self._position if isinstance(message, self.about_audio) else 0)
        self._requests.append(request)
        return request

    def forget(self, request: Request) -> None:
        """Wait no longer for an answer; one that comes after all is not taken for that of another."""
        request.wanted = False

    def _answer(self, kind: type[Message], answer: Message, *, last: bool = False) -> Message | None:
        """Give the first (or last) message of a kind that was sent its answer, and return the message."""
        # What is about audio need not be answered, so an answer is not that of a forgotten one.
        found = [
            request
            for request in self._requests
            if isinstance(request.message, kind)
            and request.sent
            and (request.wanted or not isinstance(request.message, self.about_audio))
        ]
        if not found:
            return None
        request = found[-1 if last else 0]
        request.answer = answer
        self._requests.remove(request)
        return request.message

    def age(self, now: float | None) -> float:
        """Return how long it lasts at a time, or lasted until its last event [s]."""
        if self._began is None or not self.records:
            return 0.0
        return self.records[-1].at if now is None else now - self._began

    def _at(self, now: float) -> float:
        if self._began is None:
            self._began = now
        return round(now - self._began, 6)
