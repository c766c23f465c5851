"""A session of ``/v1/listen``: what was heard, provisional and final, over all its connections."""

from __future__ import annotations

from msgspec.structs import replace

from dgnb.protocol.heard import Alternative, Channel, Search, Word
from dgnb.protocol.messages import Message, Unknown, listen, write
from dgnb.protocol.params import LiveListenOptions, Options
from dgnb.sessions.bounds import Bounds
from dgnb.sessions.dialogue import Request
from dgnb.sessions.hearing import Hearing
from dgnb.sessions.ledger import Ledger
from dgnb.sessions.records import Event, Record
from dgnb.sessions.speakers import Speakers

DRAIN = 3.0
"""How long the answer to the last ``Finalize`` is waited for [s]; ``CloseStream`` asks again."""

_TOLERANCE = 0.002


class Listening(Hearing):
    """The state of a session; see `Hearing` for its parameters.

    Examples
    --------
    >>> from dgnb.audio.raw import AudioFormat
    >>> session = Listening({"model": "nova-3"}, Bounds())
    >>> session.begin(AudioFormat("linear16", 16000))
    >>> session.query
    (('model', 'nova-3'), ('encoding', 'linear16'), ('sample_rate', '16000'))
    """

    reader = listen.SERVER
    table = LiveListenOptions

    def __init__(self, options: Options, bounds: Bounds, *, played: bool = False) -> None:
        super().__init__(options, bounds, played=played)
        self.finals: dict[int, list[listen.Results]] = {}
        """Final results by channel, with the source's times; each follows on the one before."""
        self.interim: dict[int, listen.Results] = {}
        """The provisional result by channel."""
        self.pauses: dict[int, list[int]] = {}
        """How many final results there were by channel when its speaker paused."""
        self.metadata: listen.Metadata | None = None
        self._until: dict[int, float] = {}
        self._speakers: list[Speakers] = []
        self._finalizing: Request | None = None
        self._finalized_at = 0.0

    def opened(self, request_id: str, now: float) -> None:
        """Note that there is a new connection."""
        if self._finalizing:
            self.forget(self._finalizing)
        self._finalizing, self._finalized_at, self.metadata = None, 0.0, None
        super().opened(request_id, now)
        self.interim.clear()
        self._speakers.append(Speakers(self._speakers[-1].known if self._speakers else 0))

    @property
    def complete(self) -> bool:
        """Whether the last message has come."""
        return self.metadata is not None

    def finalize(self, channel: int | None = None) -> Request:
        """Ask for all that was heard so far as final."""
        return self.ask(listen.Finalize(channel=channel))

    def configure(
        self, keyterms: list[str] | None = None, features: dict[str, bool] | None = None
    ) -> Request:
        """Ask for other keyterms and features."""
        return self.ask(listen.Configure(keyterms=keyterms, features=features))

    def _filler(self, now: float) -> str:
        self.uplink.last = now
        return _KEEP_ALIVE

    def _ending(self, now: float) -> str | None:
        if self.finished:
            return None
        if self._finalizing is None and self.ledger.position and self.duration > self.uplink.safe:
            self._finalizing, self._finalized_at = self.finalize(), now
            return self._text()
        if self._finalizing and not self._finalizing.answer and now < self._finalized_at + DRAIN:
            return None
        self.finished = True
        self._requests.clear()
        return _CLOSE

    def _ending_due(self) -> float | None:
        return None if self.finished else self._finalized_at + DRAIN

    def _log(self, text: str, message: Message | Unknown, now: float) -> None:
        latency, replayed = None, False
        if isinstance(message, listen.Results):
            latency = self.ledger.age(message.start + message.duration, now)
            replayed = self._take(message)
        elif isinstance(message, listen.Metadata):
            self.metadata = message
        elif isinstance(message, listen.ConfigureSuccess | listen.ConfigureFailure):
            self._configured(message)
        elif isinstance(message, listen.UtteranceEnd):
            self._pause(message.channel[0])
        elif isinstance(message, listen.Error):
            self.error = f"{message.variant} {message.description}".strip()
        self.records.append(Record(self._at(now), self.connection, text, None, latency, replayed))

    def _take(self, results: listen.Results) -> bool:
        """Keep results; true when they say nothing new."""
        channel = results.channel_index[0]
        end = self.ledger.source(results.start + results.duration, end=True)
        known = end <= self._until.get(channel, 0.0) + _TOLERANCE
        moved = self._moved(results, self.connection, known)
        if known:
            self._compare(channel, moved)
        elif results.is_final:
            self._keep(channel, moved)
            self.ledger.forget(results.start + results.duration)
        else:
            self.interim[channel] = moved
        if results.speech_final:
            self._pause(channel)
        if results.from_finalize:
            self._answer(listen.Finalize, results)
        return known

    def _keep(self, channel: int, results: listen.Results) -> None:
        until = self._until.get(channel, 0.0)
        if results.start < until - _TOLERANCE:
            results = _after(results, until)
        self._meet(_words(results))
        self.finals.setdefault(channel, []).append(results)
        self.interim.pop(channel, None)
        self._until[channel] = results.start + results.duration
        count = results.channel_index[1]
        if len(self._until) >= count:
            self.uplink.acknowledge(min(self._until.values()))

    def _meet(self, words: list[Word]) -> None:
        """Count the speakers of the first connection; any later one's are counted when they are named."""
        if self.connection == 1 and words and words[0].speaker is not None:
            speakers = self._speakers[0]
            speakers.known = max(speakers.known, 1 + max(word.speaker or 0 for word in words))

    def _compare(self, channel: int, results: listen.Results) -> None:
        """Learn from audio that is heard again who is who."""
        spans = [
            (word.start, word.end, word.speaker)
            for known in self.finals.get(channel, [])
            if known.start < results.start + results.duration and known.start + known.duration > results.start
            for word in _words(known)
            if word.speaker is not None
        ]
        self._speakers[-1].recognise(_words(results), spans)

    def _pause(self, channel: int) -> None:
        count = len(self.finals.get(channel, []))
        pauses = self.pauses.setdefault(channel, [])
        if count and (not pauses or pauses[-1] != count):
            pauses.append(count)

    def _configured(self, message: Message) -> None:
        asked = self._answer(listen.Configure, message)
        if isinstance(asked, listen.Configure) and isinstance(message, listen.ConfigureSuccess):
            self.options |= {} if asked.keyterms is None else {"keyterm": asked.keyterms}
            self.options |= asked.features or {}

    def event(self, record: Record) -> Event:
        """Return what a line of the log stands for, with the source's times."""
        event = super().event(record)
        if isinstance(event, listen.Results):
            return self._moved(event, record.connection, record.replayed)
        ledger = self.ledgers[record.connection - 1] if record.connection else None
        if ledger and isinstance(event, listen.UtteranceEnd):
            return replace(event, last_word_end=ledger.source(event.last_word_end, end=True))
        if ledger and isinstance(event, listen.SpeechStarted):
            return replace(event, timestamp=ledger.source(event.timestamp))
        return event

    def _moved(self, results: listen.Results, connection: int, known: bool) -> listen.Results:
        """Results of a connection with the session's times, and unless they are known with its speakers."""
        ledger = self.ledgers[connection - 1]
        if connection == 1 and ledger.plain:
            return results
        speakers = None if known or connection == 1 else self._speakers[connection - 1]
        start = ledger.source(results.start)
        return replace(
            results,
            start=start,
            duration=round(ledger.source(results.start + results.duration, end=True) - start, 6),
            channel=_channel(results.channel, ledger, speakers),
        )


_KEEP_ALIVE, _CLOSE = write(listen.KeepAlive()), write(listen.CloseStream())


def _words(results: listen.Results) -> list[Word]:
    found = results.channel.alternatives
    return found[0].words if found else []


def _channel(channel: Channel, ledger: Ledger, speakers: Speakers | None) -> Channel:
    def word(old: Word) -> Word:
        speaker = old.speaker if speakers is None or old.speaker is None else speakers.number(old.speaker)
        return replace(old, **ledger.span(old), speaker=speaker)

    def search(old: Search) -> Search:
        return replace(old, hits=[replace(hit, **ledger.span(hit)) for hit in old.hits])

    return replace(
        channel,
        alternatives=[replace(old, words=[word(each) for each in old.words]) for old in channel.alternatives],
        search=None if channel.search is None else [search(old) for old in channel.search],
    )


def _after(results: listen.Results, time: float) -> listen.Results:
    """The part of results that is about the time after `time` [s]; a word belongs to where its middle is."""
    words = [word for word in _words(results) if word.start + word.end > 2 * time]
    alternatives = (
        [
            Alternative(
                transcript=" ".join(word.text for word in words),
                confidence=results.channel.alternatives[0].confidence,
                words=words,
            )
        ]
        if results.channel.alternatives
        else []
    )
    end = results.start + results.duration
    return replace(
        results,
        start=time,
        duration=round(end - time, 6),
        channel=replace(results.channel, alternatives=alternatives),
    )
