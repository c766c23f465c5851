"""A session of ``/v2/speak``: speech in turns, of which one at a time is with the service."""

from __future__ import annotations

from collections.abc import Mapping
from math import inf
from typing import Any

from dgnb.protocol.messages import Message, Unknown, fluxspeak, write
from dgnb.protocol.params import FluxLiveSpeakOptions
from dgnb.sessions.dialogue import Request
from dgnb.sessions.speaking import Speaking


class FluxSpeaking(Speaking):
    """The state of a session; see `Speaking`.

    A turn is the text up to a flush. The next one waits here until the service has
    spoken the last, so that an interruption drops them all.

    Examples
    --------
    >>> session = FluxSpeaking({"model": "flux-alexis-en"})
    >>> session.opened("r", now=0.0)
    >>> session.say("Good morning.", now=0.0)
    >>> session.flush()
    >>> session.outgoing(now=0.0)
    '{"type":"Speak","text":"Good morning. "}'
    """

    reader = fluxspeak.SERVER
    table = FluxLiveSpeakOptions
    greetings = (fluxspeak.Connected,)
    stops = fluxspeak.Interrupt

    def __init__(self, options: Mapping[str, Any]) -> None:
        super().__init__(options)
        self._begun = 0
        self._open = self._sounding = False
        self._owed = 0
        self._ended: set[str] = set()

    def opened(self, request_id: str, now: float) -> None:
        """Note that there is a new connection; the turn that was not spoken to its end is said again."""
        super().opened(request_id, now)
        self._begun, self._owed = self._since, 0
        self._open = self._sounding = False

    def interrupt(self, played: float | None = None) -> Request:
        """Stop speaking, and drop what was to follow.

        Parameters
        ----------
        played : float, optional
            How much of the session's audio was heard [s].
        """
        # An interrupt may be refused, and then the turn goes on: it is passed over to its end.
        self._owed += sum(item.flushes for item in self._sent)
        self._open = self._open or bool(self._sent and not self._sent[-1].flushes)
        return self._drop(fluxspeak.Interrupt(playback_offset=self._offset(played)))

    def _offset(self, played: float | None) -> fluxspeak.PlaybackOffset | None:
        """How much of the connection's audio was heard."""
        if played is None:
            return None
        return fluxspeak.PlaybackOffset(value=max(round((played - self._begun / self.rate) * 1000), 0))

    def configure(self, speed: float) -> Request:
        """Ask for another rate of speech."""
        return self.ask(fluxspeak.Configure(speed=speed))

    def _free_at(self, now: float) -> float:
        # One turn at a time; the service sets no limit to characters here.
        busy = self._stale or self._owed or any(item.flushes for item in self._sent)
        return inf if busy else now

    @property
    def _remains(self) -> bool:
        """Whether text that was dropped waits with the service: it must not be spoken with what follows."""
        return self._open and not self._stale

    def due(self, now: float) -> float | None:
        """Return when there will be something to send."""
        return now if self._remains else super().due(now)

    def outgoing(self, now: float) -> str | None:
        """Return the next message to send."""
        if self._remains:
            self._open, self._owed = False, self._owed + 1
            return _FLUSH
        return super().outgoing(now)

    def hear_audio(self, audio: bytes, now: float) -> None:
        """Take a piece of audio; that of a turn which was dropped is passed over."""
        if not self._owed:
            super().hear_audio(audio, now)

    def _log(self, text: str, message: Message | Unknown, now: float) -> None:
        if isinstance(message, fluxspeak.Connected):
            self.about = message
        elif isinstance(message, fluxspeak.Flushed):
            self._ended.add(message.speech_id)
            self._sounding = False
            self._flushed()
        elif isinstance(message, fluxspeak.SpeechStarted):
            self._sounding = True
        elif isinstance(message, fluxspeak.SpeechInterrupted):
            self._interrupted(message)
        elif isinstance(message, fluxspeak.Warning) and message.code in fluxspeak.IGNORED:
            self._cleared(message)
        elif isinstance(message, fluxspeak.ConfigureSuccess | fluxspeak.ConfigureFailure):
            self._configured(message)
        elif isinstance(message, fluxspeak.Error):
            self.error = f"{message.code} {message.description}".strip()
        super(Speaking, self)._log(text, message, now)

    def _interrupted(self, message: fluxspeak.SpeechInterrupted) -> None:
        # Where it was one that had been made before, a turn without any audio yet goes on.
        if self._sounding or message.metadata.speech_id not in self._ended:
            self._open, self._owed, self._sounding = False, 0, False
        self._cleared(message)

    def _flushed(self) -> None:
        if self._owed:
            self._owed -= 1
        else:
            super()._flushed()

    def _configured(self, message: Message) -> None:
        asked = self._answer(fluxspeak.Configure, message)
        if isinstance(asked, fluxspeak.Configure) and isinstance(message, fluxspeak.ConfigureSuccess):
            self.options["speed"] = asked.speed


_FLUSH = write(fluxspeak.Flush())
