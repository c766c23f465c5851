"""A session of ``/v2/speak``: speech in turns, of which one at a time is with the service."""

from __future__ import annotations

from dgnb.protocol.messages import Message, Unknown, fluxspeak
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

    def interrupt(self, played: float | None = None) -> Request:
        """Stop speaking, and drop what was to follow.

        Parameters
        ----------
        played : float, optional
            How much of the session's audio was heard [s].
        """
        self._forget()
        self._stale += 1
        offset = None if played is None else fluxspeak.PlaybackOffset(value=round(played * 1000))
        return self.ask(fluxspeak.Interrupt(playback_offset=offset))

    def configure(self, speed: float) -> Request:
        """Ask for another rate of speech."""
        return self.ask(fluxspeak.Configure(speed=speed))

    def _free_at(self, now: float) -> float:
        # One turn at a time; the service sets no limit to characters here.
        return float("inf") if any(item.flushes for item in self._sent) else now

    def due(self, now: float) -> float | None:
        """Return when there will be something to send."""
        due = super().due(now)
        return None if due == float("inf") else due

    def _log(self, text: str, message: Message | Unknown, now: float) -> None:
        if isinstance(message, fluxspeak.Connected):
            self.about = message
        elif isinstance(message, fluxspeak.Flushed):
            self._spoken()
        elif isinstance(message, fluxspeak.SpeechInterrupted):
            self._cleared(message)
        elif isinstance(message, fluxspeak.Warning):
            # Nothing was playing: nothing is to be waited for.
            self._cleared(message)
        elif isinstance(message, fluxspeak.ConfigureSuccess | fluxspeak.ConfigureFailure):
            self._configured(message)
        elif isinstance(message, fluxspeak.Error):
            self.error = f"{message.code} {message.description}".strip()
        super(Speaking, self)._log(text, message, now)

    def _cleared(self, message: Message) -> None:
        if self._answer(fluxspeak.Interrupt, message):
            self._stale = max(self._stale - 1, 0)

    def _configured(self, message: Message) -> None:
        asked = self._answer(fluxspeak.Configure, message)
        if isinstance(asked, fluxspeak.Configure) and isinstance(message, fluxspeak.ConfigureSuccess):
            self.options["speed"] = asked.speed
