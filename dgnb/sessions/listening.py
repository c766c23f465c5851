"""A session of ``/v1/listen``: what was heard, provisional and final, over all its connections."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from msgspec.structs import replace

from dgnb.protocol.heard import Alternative, Channel, Entity, Search, Word
from dgnb.protocol.messages import Message, Unknown, listen, write
from dgnb.protocol.params import LiveListenOptions, Options
from dgnb.sessions.bounds import Bounds
from dgnb.sessions.dialogue import Request
from dgnb.sessions.hearing import Hearing
from dgnb.sessions.ledger import Ledger, Timed
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
    about_audio = (listen.Finalize,)

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
        if self._finalizing is None and self.duration > self.uplink.safe:
            self._finalizing, self._finalized_at = self.finalize(), now
            return self._text()
        due = self._ending_due(now)
        if due is None or now < due:
            return None
        self.finished = True
        return _CLOSE

    def _ending_due(self, now: float) -> float | None:
        due = super()._ending_due(now)
        waits = self._finalizing is not None and self._finalizing.answer is None
        return self._finalized_at + DRAIN if due is not None and waits else due

    def _log(self, text: str, message: Message | Unknown, now: float) -> None:
        record = Record(self._at(now), self.connection, text)
        if isinstance(message, listen.Results):
            latency = self.ledger.age(message.start + message.duration, now)
            replayed, since = self._take(message)
            record = replace(record, latency=latency, replayed=replayed, since=since)
        elif isinstance(message, listen.Metadata):
            self.metadata = message
        elif isinstance(message, listen.ConfigureSuccess | listen.ConfigureFailure):
            self._configured(message)
        elif isinstance(message, listen.UtteranceEnd):
            self._pause(message.channel[0], self.ledger.source(message.last_word_end, end=True))
        elif isinstance(message, listen.Error):
            self.error = f"{message.variant} {message.description}".strip()
        self.records.append(record)

    def _take(self, results: listen.Results) -> tuple[bool, float]:
        """Keep results; return whether they say nothing new, and from where on they do [s]."""
        channel = results.channel_index[0]
        since = self._until.get(channel, 0.0)
        timed = self._timed(results, self.connection)
        end = timed.start + timed.duration
        known = end <= since + _TOLERANCE
        if timed.start < since - _TOLERANCE:
            self._compare(channel, timed)
        if not known:
            self._learn(channel, self._news(timed, self.connection, since))
        if results.speech_final:
            self._pause(channel, end)
        if results.from_finalize:
            self._answer(listen.Finalize, results)
        if results.is_final and channel + 1 == results.channel_index[1]:
            self.ledger.forget(results.start)
        return known, since

    def _learn(self, channel: int, results: listen.Results) -> None:
        if results.is_final:
            self._keep(channel, results)
        else:
            self.interim[channel] = results

    def _keep(self, channel: int, results: listen.Results) -> None:
        self._meet(_words(results))
        self.finals.setdefault(channel, []).append(results)
        self.interim.pop(channel, None)
        self._until[channel] = results.start + results.duration
        count = results.channel_index[1]
        if len(self._until) >= count:
            self.uplink.acknowledge(min(self._until.values()))

    def _meet(self, words: list[Word]) -> None:
        """Count the speakers of the first connection; any later one's are counted when they are named."""
        if self.connection == 1:
            numbers = [word.speaker for word in words if word.speaker is not None]
            self._speakers[0].known = max([self._speakers[0].known, *(number + 1 for number in numbers)])

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

    def _pause(self, channel: int, time: float) -> None:
        """Note that the speaker paused at a time [s]; not if words are known of what comes then."""
        finals = self.finals.get(channel, [])
        last = next((found[-1].end for found in map(_words, reversed(finals)) if found), 0.0)
        if last > time + _TOLERANCE:
            return
        count = len(finals)
        pauses = self.pauses.setdefault(channel, [])
        if count and (not pauses or pauses[-1] != count):
            pauses.append(count)

    def _configured(self, message: Message) -> None:
        last = isinstance(message, listen.ConfigureFailure) and message.code == _PENDING
        asked = self._answer(listen.Configure, message, last=last)
        if isinstance(asked, listen.Configure) and isinstance(message, listen.ConfigureSuccess):
            self.options |= {} if asked.keyterms is None else {"keyterm": asked.keyterms}
            self.options |= asked.features or {}

    def event(self, record: Record) -> Event:
        """Return what a line of the log stands for, with the source's times."""
        event = super().event(record)
        if isinstance(event, listen.Results):
            timed = self._timed(event, record.connection)
            return timed if record.replayed else self._news(timed, record.connection, record.since)
        ledger = self.ledgers[record.connection - 1] if record.connection else None
        if ledger and isinstance(event, listen.UtteranceEnd):
            return replace(event, last_word_end=ledger.source(event.last_word_end, end=True))
        if ledger and isinstance(event, listen.SpeechStarted):
            return replace(event, timestamp=ledger.source(event.timestamp))
        return event

    def _news(self, timed: listen.Results, connection: int, since: float) -> listen.Results:
        """What results say of the time since `since` [s], with the session's numbers of the speakers."""
        found = _after(timed, since) if timed.start < since - _TOLERANCE else timed
        if connection == 1:
            return found
        return replace(found, channel=_numbered(found.channel, self._speakers[connection - 1]))

    def _timed(self, results: listen.Results, connection: int) -> listen.Results:
        """Results of a connection with the source's times."""
        ledger = self.ledgers[connection - 1]
        if ledger.plain:
            return results
        start = ledger.source(results.start)
        return replace(
            results,
            start=start,
            duration=round(ledger.source(results.start + results.duration, end=True) - start, 6),
            channel=_channel(results.channel, ledger),
        )


_KEEP_ALIVE, _CLOSE = write(listen.KeepAlive()), write(listen.CloseStream())

_PENDING = "CONFIGURE_ALREADY_PENDING"
"""Of two `Configure` messages the second was refused, before the answer to the first."""


def _words(results: listen.Results) -> list[Word]:
    found = results.channel.alternatives
    return found[0].words if found else []


def _channel(channel: Channel, ledger: Ledger) -> Channel:
    def search(old: Search) -> Search:
        return replace(old, hits=[replace(hit, **ledger.span(hit)) for hit in old.hits])

    return replace(
        _each(channel, lambda word: replace(word, **ledger.span(word))),
        search=None if channel.search is None else [search(old) for old in channel.search],
    )


def _numbered(channel: Channel, speakers: Speakers) -> Channel:
    def word(old: Word) -> Word:
        return old if old.speaker is None else replace(old, speaker=speakers.number(old.speaker))

    return _each(channel, word)


def _each(channel: Channel, change: Callable[[Word], Word]) -> Channel:
    """A channel with all its words changed."""
    found = [replace(old, words=[change(word) for word in old.words]) for old in channel.alternatives]
    return replace(channel, alternatives=found)


def _after(results: listen.Results, time: float) -> listen.Results:
    """The part of results that is about the time after `time` [s]; a word belongs to where its middle is."""

    def late(part: Timed) -> bool:
        return part.start + part.end > 2 * time

    def rest(old: Alternative) -> Alternative:
        words = [word for word in old.words if late(word)]
        return replace(old, transcript=" ".join(word.text for word in words), words=words)

    channel, end = results.channel, results.start + results.duration
    search = [replace(old, hits=[hit for hit in old.hits if late(hit)]) for old in channel.search or []]
    return replace(
        results,
        start=time,
        duration=round(end - time, 6),
        channel=replace(
            channel, alternatives=[rest(old) for old in channel.alternatives], search=search or None
        ),
        entities=_later(results.entities or [], sum(not late(word) for word in _words(results))) or None,
    )


def _later(entities: Iterable[Entity], count: int) -> list[Entity]:
    """The entities that are left without the first words, at their new places."""
    return [
        replace(entity, start_word=entity.start_word - count, end_word=entity.end_word - count)
        for entity in entities
        if entity.start_word >= count
    ]
