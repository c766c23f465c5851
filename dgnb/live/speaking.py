"""``speak.live``: text into speech that is heard while it is still being made."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Unpack

from dgnb.errors import OptionError
from dgnb.lazy import load
from dgnb.live.commands import Command
from dgnb.live.listening import ANSWER, agreed
from dgnb.live.opening import checked
from dgnb.live.session import Session
from dgnb.operations.speaking import check_family, check_voice
from dgnb.protocol import routes
from dgnb.protocol.messages import fluxspeak
from dgnb.protocol.models import DEFAULT_VOICE, FLUX_SPEECH_RATES, LIVE_SPEECH_RATES, family
from dgnb.protocol.params import AnyLiveSpeakOptions, FluxLiveSpeakOptions, LiveSpeakOptions, Options
from dgnb.publication import C, C_co
from dgnb.results import Speech
from dgnb.sessions.bounds import Bounds
from dgnb.sessions.fluxspeaking import FluxSpeaking
from dgnb.sessions.records import Record
from dgnb.sessions.speaking import Audio, Speaking


class SpeakSession(Session[C_co]):
    """A running session of ``/v1/speak`` or ``/v2/speak``. Iterating it gives the audio, piece by piece."""

    _dialogue: Speaking

    @property
    def route(self) -> routes.Route:  # type: ignore[override]
        """Where it is connected to."""
        return routes.FLUX_SPEAK_LIVE if self._flux else routes.SPEAK_LIVE

    @property
    def _flux(self) -> bool:
        return isinstance(self._dialogue, FluxSpeaking)

    @property
    def speech(self) -> Speech:
        """All audio so far; it plays in a notebook."""
        speech: Speech = load("dgnb.views.sessions:speech")(self._dialogue)
        return speech

    @property
    def text(self) -> str:
        """All text so far."""
        return "".join(self._dialogue.texts)

    @property
    def duration(self) -> float:
        """How much audio there is so far [s]."""
        return self._dialogue.size / self._dialogue.rate

    def say(self, text: str) -> None:
        """Have a text spoken; it may come word by word.

        Sentences are sent when they are complete, at the pace that the service allows; what
        waits is spoken after a pause of one second, by `flush`, and by `finish`.

        Raises
        ------
        OptionError
            It is no text, or the session is finished.
        """
        self._dialogue.check(text)
        self._loop.call(self._say, text)

    def _say(self, text: str) -> None:
        self._dialogue.say(text, self._loop.loop.time())
        self._wake()

    def flush(self) -> None:
        """Have all text spoken that was said so far, without waiting for more."""
        self._loop.call(self._flush)

    def _flush(self) -> None:
        self._dialogue.flush()
        self._wake()

    async def _clear(self) -> None:
        """Drop all text and audio that were not spoken yet; what was heard stays."""
        await self._interrupt()

    async def _interrupt(self, played: float | None = None) -> str | None:
        """Stop speaking, and drop what was to follow.

        Parameters
        ----------
        played : float, optional
            How much of the session's audio was heard [s]; Flux voices then tell what was said.

        Returns
        -------
        str or None
            What was said of the turn that was stopped, if it is known.
        """
        if isinstance(self._dialogue, FluxSpeaking):
            request = self._dialogue.interrupt(played)
        else:
            request = self._dialogue.clear()
        answer = await self._answered(request, ANSWER)
        return answer.text_spoken if isinstance(answer, fluxspeak.SpeechInterrupted) else None

    async def _configure(self, *, speed: float) -> fluxspeak.ConfigureSuccess:
        """Change the rate of speech from the next turn on (Flux voices).

        Raises
        ------
        OptionError
            The voice is not one of Flux, or the speed out of range.
        LiveError
            The service refused, or did not answer.
        """
        if not isinstance(self._dialogue, FluxSpeaking):
            raise OptionError("Only Flux voices change their speed while they speak.", "speed")
        checked({"speed": speed}, FluxLiveSpeakOptions, ())
        check_family({"model": self._dialogue.options["model"], "speed": speed})
        return await agreed(self, self._dialogue.configure(speed), fluxspeak.ConfigureSuccess)

    async def _finished(self, timeout: float | None = None) -> Speech:
        """Have the rest spoken, end the session, and return all its audio.

        Parameters
        ----------
        timeout : float, optional
            The longest to wait [s].
        """
        await self._finish()
        speech: Speech = await self._wait(timeout)
        return speech

    clear = Command(_clear)
    interrupt = Command(_interrupt)
    configure = Command(_configure)
    finish = Command(_finished)

    def _result(self) -> Speech:
        return self.speech

    def _shown(self, record: Record) -> Iterator[Any]:
        if isinstance(record.notice, Audio):
            yield self._dialogue.pieces[record.notice.number]


def live(
    client: C,
    *,
    retries: int = 8,
    patience: float = 10.0,
    **options: Unpack[AnyLiveSpeakOptions],
) -> SpeakSession[C]:
    """Session that speaks what it is told; it is returned at once, and runs by itself.

    Parameters
    ----------
    retries : int, default 8
        Attempts in a row to connect again; what was not spoken to its end is then said again,
        and what was heard of it already is passed over.
    patience : float, default 10.0
        Without any sign of life for so long, a connection counts as broken [s].

    Returns
    -------
    SpeakSession
        ``talk.say(text)``, ``talk.flush()``, ``talk.interrupt()``, ``talk.finish()``;
        ``for audio in talk`` gives raw audio while it comes; ``talk.speech`` is all of it.

    Raises
    ------
    OptionError
        At once: the voice, format or a number is wrong.
    ApiError, LiveError, ConnectionFailed
        By ``wait``, ``finish`` and iteration: the service refused, ended the session, or was lost.

    Examples
    --------
    >>> from dgnb import Deepgram
    >>> with Deepgram(sandbox=True) as dg, dg.speak.live(model="aura-2-thalia-en") as talk:
    ...     talk.say("Good morning. How are you?")
    ...     talk.finish().content_type
    'audio/l16;rate=24000'
    """
    flux = family(str(options.get("model") or DEFAULT_VOICE)) == "flux"
    named = {name: value for name, value in options.items() if value is not None}
    check_voice(named.get("model"))
    check_family(named)
    _check_rate(named)
    given = checked(named, FluxLiveSpeakOptions if flux else LiveSpeakOptions, ())
    dialogue = FluxSpeaking(given) if flux else Speaking(given)
    return SpeakSession(client, dialogue, Bounds(retries=retries, patience=patience))


def _check_rate(options: Options) -> None:
    encoding, rate = options.get("encoding", "linear16"), options.get("sample_rate")
    known = LIVE_SPEECH_RATES.get(encoding, ())
    flux = family(str(options.get("model", ""))) == "flux"
    if rate is not None and rate not in (*known, *(FLUX_SPEECH_RATES.get(encoding, ()) if flux else ())):
        allowed = ", ".join(map(str, known))
        raise OptionError(f"encoding='{encoding}' takes sample_rate {allowed}, not {rate}.", "sample_rate")
