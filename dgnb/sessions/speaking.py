"""Sessions of the two speaking connections: text goes up a sentence at a time, audio comes down."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass
from math import inf
from typing import Any

from dgnb.errors import OptionError
from dgnb.protocol.closes import SPEAKING, TOO_FAST, Close
from dgnb.protocol.limits import CHARACTERS_A_MINUTE, FLUSHES_A_MINUTE, MINUTE
from dgnb.protocol.messages import Message, Unknown, speak, write
from dgnb.protocol.models import LIVE_SPEECH_RATES, SPEECH_LIMIT, WIDTHS
from dgnb.protocol.params import LiveSpeakOptions
from dgnb.protocol.sentences import parts, whole
from dgnb.sessions.dialogue import Dialogue, Request
from dgnb.sessions.records import Notice, Record

PAUSE = 1.0
"""Text that waits is spoken when nothing follows for so long [s]."""

_SPAN = MINUTE + 1.0
"""What was sent this long before counts no more [s]; messages may arrive closer together than they left."""

_LONGEST = SPEECH_LIMIT - 1
"""Characters of one message, with room for the space that parts it from the next."""

_SLOWEST = CHARACTERS_A_MINUTE / 8
"""Where it is still too fast at this pace, another speed does not help."""


DRAIN = 10.0
"""How long more audio is waited for before the end, when the last flush is not answered [s]."""


class Audio(Notice, frozen=True, tag="Audio", gc=False):
    """Audio arrived: piece `number` from 0, the speech from `start` to `end` [s]."""

    number: int
    start: float
    end: float


@dataclass(frozen=True)
class _Item:
    """A message on its way up; `characters` are those of its text."""

    message: Message
    characters: int = 0

    @property
    def flushes(self) -> bool:
        return isinstance(self.message, speak.Flush)


class _Window:
    """How much was done in the last minute, against a limit."""

    def __init__(self, limit: float) -> None:
        self.limit = limit
        self._done: deque[tuple[float, int]] = deque()

    def free_at(self, amount: int, now: float) -> float:
        """When so much more may be done; more than the limit at once may be done when the window is empty."""
        while self._done and self._done[0][0] <= now - _SPAN:
            self._done.popleft()
        over = sum(count for _, count in self._done) + amount - self.limit
        for at, count in self._done:
            if over <= 0:
                break
            over -= count
            now = at + _SPAN
        return now

    def add(self, amount: int, now: float) -> None:
        self._done.append((now, amount))


class Speaking(Dialogue):
    """The state of a session of ``/v1/speak``.

    Parameters
    ----------
    options : mapping

    Examples
    --------
    >>> session = Speaking({"model": "aura-2-thalia-en"})
    >>> session.opened("r", now=0.0)
    >>> session.say("Good morning. How", now=0.0)
    >>> session.outgoing(now=0.0), session.outgoing(now=0.0)
    ('{"type":"Speak","text":"Good morning. "}', None)
    """

    reader = speak.SERVER
    ends = SPEAKING
    table: type = LiveSpeakOptions
    greetings: tuple[type[Message], ...] = (speak.Metadata,)
    stops: type[Message] = speak.Clear
    """The message that drops what was not spoken yet."""

    def __init__(self, options: Mapping[str, Any]) -> None:
        encoding = options.get("encoding") or "linear16"
        rates = LIVE_SPEECH_RATES.get(encoding, (24000,))
        rate = options.get("sample_rate") or rates[0]
        super().__init__({**options, "encoding": encoding, "sample_rate": rate})
        self.pieces: list[bytes] = []
        """The audio so far."""
        self.size = 0
        """Its bytes."""
        self.texts: list[str] = []
        """What was said so far."""
        self.about: Message | None = None
        """What the service tells of the voice."""
        self._tail = ""
        self._said_at = 0.0
        self._queue: deque[_Item] = deque()
        self._sent: deque[_Item] = deque()
        self._since = 0
        self._skip = 0
        self._stale = 0
        self._asked_at: float | None = None
        self._news_at = 0.0
        self._characters = _Window(CHARACTERS_A_MINUTE)
        self._flushes = _Window(FLUSHES_A_MINUTE)

    @property
    def rate(self) -> int:
        """Bytes a second."""
        return int(self.options["sample_rate"]) * WIDTHS[self.options["encoding"]]

    @property
    def content_type(self) -> str:
        """The type of the audio, as the service names it."""
        name = {"linear16": "l16"}.get(self.options["encoding"], self.options["encoding"])
        return f"audio/{name};rate={self.options['sample_rate']}"

    @property
    def idle(self) -> bool:
        """Whether all that was said has been spoken, or was dropped."""
        return not (self._tail or self._queue or self._sent or self._stale)

    def check(self, text: str) -> None:
        """Raise `OptionError` when it is no text, or the session takes no more."""
        if not isinstance(text, str):
            raise OptionError(f"say takes text, not {type(text).__name__}.", "text")
        if self.stopping:
            raise OptionError("The session is finished; open another one to say more.", "text")

    def say(self, text: str, now: float) -> None:
        """Take text: sentences are sent when they are complete, the rest when more comes or none does."""
        self.texts.append(text)
        sentences, self._tail = whole(self._tail + text, _LONGEST)
        self._said_at = now
        self._queue.extend(map(_spoken, sentences))

    def flush(self) -> None:
        """Have all text spoken that was said so far, without waiting for more."""
        self._queue.extend(map(_spoken, parts(self._tail, _LONGEST)))
        self._tail = ""
        last = self._queue[-1] if self._queue else self._sent[-1] if self._sent else None
        if last is not None and not last.flushes:
            self._queue.append(_Item(speak.Flush()))

    def clear(self) -> Request:
        """Drop all text and audio that were not spoken yet."""
        return self._drop(speak.Clear())

    def _drop(self, message: Message) -> Request:
        """Forget all text, and pass over audio until the service has answered that it does as well."""
        self._stale += 1
        self._queue.clear()
        self._sent.clear()
        self._tail, self._skip, self._since = "", 0, self.size
        return self.ask(message)

    def stop(self) -> None:
        """Take no more text; what was said is spoken."""
        super().stop()
        self.flush()

    def opened(self, request_id: str, now: float) -> None:
        """Note that there is a new connection; what was not spoken to its end is said again."""
        super().opened(request_id, now)
        # The same text in the same voice sounds alike: what was heard of it already is passed over.
        self._skip = self.size - self._since
        self._queue.extendleft(reversed(self._sent))
        self._sent.clear()
        self._stale = sum(isinstance(request.message, self.stops) for request in self._requests)
        self._asked_at = None

    def outgoing(self, now: float) -> str | None:
        """Return the next message to send."""
        text = self._text()
        if text is not None:
            return text
        if now >= self._flushed_at():
            self.flush()
        if self._queue and now >= self._free_at(now):
            return self._send(self._queue.popleft(), now)
        if now >= self._closed_at():
            self.finished = True
            return _CLOSE
        return None

    def _closed_at(self) -> float:
        """When nothing is left to be sent but the end: it is safe when all has been spoken."""
        if not self.stopping or self._queue or self.finished:
            return inf
        return self._news_at + DRAIN if self._sent else 0.0

    def _send(self, item: _Item, now: float) -> str:
        self._sent.append(item)
        self._news_at = now
        if item.flushes:
            self._flushes.add(1, now)
        else:
            self._characters.add(item.characters, now)
        if self._asked_at is None:
            self._asked_at = now
        return write(item.message)

    def due(self, now: float) -> float | None:
        """Return when there will be something to send."""
        if self._ready():
            return now
        free = self._free_at(now) if self._queue else inf
        due = min(self._flushed_at(), free, self._closed_at())
        return None if due == inf else max(due, now)

    def _waits(self) -> bool:
        """Whether there is text that nothing has asked to be spoken yet."""
        last = self._queue[-1] if self._queue else self._sent[-1] if self._sent else None
        return bool(self._tail) or (last is not None and not last.flushes)

    def _flushed_at(self) -> float:
        return self._said_at + PAUSE if self._waits() else inf

    def _free_at(self, now: float) -> float:
        """When the next message may be sent."""
        item = self._queue[0]
        if item.flushes:
            return self._flushes.free_at(1, now)
        return self._characters.free_at(item.characters, now)

    def hear_audio(self, audio: bytes, now: float) -> None:
        """Take a piece of audio."""
        self._news_at = now
        if self._stale:
            return
        passed = min(self._skip, len(audio))
        self._skip -= passed
        audio = audio[passed:]
        if not audio:
            return
        self.progress += 1
        start, self.size = self.size, self.size + len(audio)
        latency, self._asked_at = self._age(now), None
        notice = Audio(len(self.pieces), round(start / self.rate, 6), round(self.size / self.rate, 6))
        self.pieces.append(audio)
        self.records.append(Record(self._at(now), self.connection, "", notice, latency))

    def _age(self, now: float) -> float | None:
        return None if self._asked_at is None else round(now - self._asked_at, 6)

    def _log(self, text: str, message: Message | Unknown, now: float) -> None:
        if isinstance(message, speak.Metadata):
            self.about = message
        elif isinstance(message, speak.Flushed):
            self._flushed()
        elif isinstance(message, speak.Cleared):
            self._cleared(message)
        super()._log(text, message, now)

    def _cleared(self, message: Message) -> None:
        self._stale = max(self._stale - 1, 0)
        self._answer(self.stops, message)

    def _flushed(self) -> None:
        """Everything up to the first flush that was sent has been heard."""
        if self._stale or not any(item.flushes for item in self._sent):
            return  # of text that was dropped
        while not self._sent.popleft().flushes:
            pass
        self._since, self._skip = self.size, 0
        self._asked_at = None

    def held(self, close: Close, now: float) -> float | None:
        """Return how long to wait before another connection [s], ``None`` when there is no use in it."""
        if close != TOO_FAST:
            return super().held(close, now)
        # The service has counted otherwise: begin with an empty minute, and speak more slowly.
        self._characters.limit /= 2
        return MINUTE if self._characters.limit > _SLOWEST else None


_CLOSE = write(speak.Close())


def _spoken(text: str) -> _Item:
    return _Item(speak.Speak(text=text + " "), len(text) + 1)
