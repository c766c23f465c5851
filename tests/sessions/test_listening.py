"""A session of ``/v1/listen`` against a service that is played by hand."""

from __future__ import annotations

import json
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dgnb.audio.raw import AudioFormat
from dgnb.protocol.heard import Alternative, Channel, Entity, Hit, Search, Word
from dgnb.protocol.limits import KEEP_ALIVE
from dgnb.protocol.messages import Message, listen, write
from dgnb.sessions.assembly import heard
from dgnb.sessions.bounds import Bounds
from dgnb.sessions.listening import DRAIN, Listening
from dgnb.sessions.records import Gap
from tests.sessions.counted import FORM, RATE, audio, places

FAST = Bounds(pace=1e6)

SYLLABLE = 0.5
"""Every half second of the source has a word in its middle [s]."""


def words(start: float, end: float, speaker: int | None = None) -> list[Word]:
    """The words that the source has there, by the numbers of their half seconds."""
    first, last = round(start / SYLLABLE), round(end / SYLLABLE)
    return [
        Word(word=f"w{at}", start=at * SYLLABLE + 0.125, end=at * SYLLABLE + 0.375, speaker=speaker)
        for at in range(first, last)
    ]


def results(
    start: float,
    end: float,
    said: list[Word] | None = None,
    channel: tuple[int, int] = (0, 1),
    *,
    final: bool = True,
    **more: Any,
) -> listen.Results:
    """Results of a connection's time; without words, those that the source would have there."""
    found = words(start, end) if said is None else said
    alternative = Alternative(transcript=" ".join(word.word for word in found), words=found, confidence=0.9)
    return listen.Results(
        channel_index=channel,
        start=start,
        duration=end - start,
        is_final=final,
        channel=Channel(alternatives=[alternative], search=more.pop("search", None)),
        **more,
    )


def session(bounds: Bounds = FAST, form: AudioFormat = FORM, **options: Any) -> Listening:
    live = Listening({"model": "nova-3", **options}, bounds)
    live.begin(form)
    live.opened("first", 0.0)
    return live


def frames(live: Listening, now: float = 0.0) -> list[Any]:
    """What is sent: parts of the source as (from, to), messages as their type."""
    found: list[Any] = []
    while (due := live.due(now)) is not None and due < now + 0.001:
        frame = live.outgoing(max(now, due))
        if frame is None:
            break
        found.append(json.loads(frame)["type"] if isinstance(frame, str) else places(frame))
    return found


def take(live: Listening, *ends: float, now: float = 0.0) -> list[Any]:
    """Audio comes, and is sent."""
    for end in ends:
        live.take(audio(live.duration, end))
    return frames(live, now)


def hear(live: Listening, message: Message, now: float = 0.0) -> None:
    live.hear(write(message), now)


def text(live: Listening, channel: int = 0) -> str:
    return " ".join(found.channel.alternatives[0].transcript for found in live.finals.get(channel, []))


def times(live: Listening) -> list[tuple[str, float, float]]:
    alternatives = [found.channel.alternatives[0] for found in live.finals[0]]
    return [(word.word, word.start, word.end) for one in alternatives for word in one.words]


# A service that answers


class Service:
    """Hears what it is sent, and answers with final results that follow on each other."""

    def __init__(self, live: Listening, lengths: list[int], speakers: list[int]) -> None:
        self.live, self.lengths, self.speakers = live, lengths, speakers
        self.samples: list[int] = []
        self.done = 0
        self.answers: list[str] = []

    def take(self, frame: str | bytes) -> None:
        if isinstance(frame, str):
            if json.loads(frame)["type"] == "Finalize":
                self.answer(len(self.samples), from_finalize=True)
            return
        self.samples += np.frombuffer(frame, "<i2").tolist()
        while len(self.samples) - self.done >= self.length:
            self.answer(self.done + self.length)

    @property
    def length(self) -> int:
        return self.lengths[len(self.answers) % len(self.lengths)] * round(SYLLABLE * RATE)

    def answer(self, end: int, **more: Any) -> None:
        """Finals never part a word: it is known by its sample in the middle."""
        step = round(SYLLABLE * RATE)
        found = []
        for at, place in enumerate(self.samples[self.done : end], start=self.done):
            if place % step == step // 2:
                number, middle = place // step, at / RATE
                speaker = self.speakers[number % len(self.speakers)]
                found.append(
                    Word(word=f"w{number}", start=middle - 0.125, end=middle + 0.125, speaker=speaker)
                )
        message = results(self.done / RATE, end / RATE, found, **more)
        interim = results(self.done / RATE, end / RATE, found, final=False)
        self.done = end
        self.answers += [write(interim), write(message)]


def run(
    length: int, plan: list[tuple[int, int]], bounds: Bounds, lengths: list[int], names: list[int]
) -> Listening:
    """A session over a source of so many half seconds.

    The plan: connections that break off after so many frames, and the answers that do not arrive any more.
    """
    live = Listening({"diarize": True}, bounds)
    live.begin(FORM)
    for piece in range(length):
        live.take(audio(piece * SYLLABLE, (piece + 1) * SYLLABLE))
    live.finish()
    now = 0.0
    for count, missing in [*plan, (10**6, 0)]:
        live.opened("r", now)
        who = names if live.connection == 1 else names[::-1]
        service, heard_so_far = Service(live, lengths, who), 0
        for _ in range(count):
            now = max(now, live.due(now) or now)
            frame = live.outgoing(now)
            if frame is None:
                break
            service.take(frame)
            arrived = len(service.answers) if count == 10**6 else max(len(service.answers) - missing, 0)
            for answer in service.answers[heard_so_far:arrived]:
                live.hear(answer, now)
                live.hear(answer, now)
            heard_so_far = max(heard_so_far, arrived)
    assert live.finished
    return live


@settings(max_examples=60, deadline=None)
@given(
    st.integers(1, 30),
    st.lists(st.tuples(st.integers(0, 40), st.integers(0, 5)), max_size=4),
    st.lists(st.integers(1, 5), min_size=1, max_size=4),
    st.sampled_from([0.0, 3.0]),
)
def test_whatever_breaks_no_word_is_lost_said_twice_or_moved(
    length: int, plan: list[tuple[int, int]], lengths: list[int], lead: float
) -> None:
    live = run(length, plan, Bounds(pace=1e6, lead=lead), lengths, [0, 1])
    assert times(live) == [(word.word, word.start, word.end) for word in words(0, length * SYLLABLE)]
    spans = [(found.start, found.start + found.duration) for found in live.finals[0]]
    assert (spans[0][0], spans[-1][1]) == (0.0, length * SYLLABLE)
    assert all(one[1] == pytest.approx(two[0], abs=1e-6) for one, two in pairwise(spans))
    check_events(live)


def check_events(live: Listening) -> None:
    """What a person sees event by event is what is kept in the end."""
    shown = []
    for record in live.records:
        event = live.event(record)
        if isinstance(event, listen.Results) and event.is_final and not record.replayed:
            shown.append(event)
    assert shown == live.finals[0]


@settings(max_examples=30, deadline=None)
@given(st.integers(8, 30), st.lists(st.tuples(st.integers(4, 40), st.just(0)), max_size=3))
def test_speakers_keep_their_numbers_over_connections(length: int, plan: list[tuple[int, int]]) -> None:
    # Every connection but the first numbers them the other way round.
    live = run(length, plan, Bounds(pace=1e6, lead=3.0), [2, 3], [0, 1])
    found = [word for final in live.finals[0] for word in final.channel.alternatives[0].words]
    assert [word.speaker for word in found] == [at % 2 for at in range(length)]


# Results


def test_a_provisional_result_is_replaced_by_the_next_and_goes_with_the_final_one() -> None:
    live = session()
    take(live, 2.0)
    hear(live, results(0.0, 1.0, final=False))
    hear(live, results(0.0, 1.5, final=False))
    assert live.interim[0].channel.alternatives[0].transcript == "w0 w1 w2"
    hear(live, results(0.0, 2.0))
    assert (live.interim, text(live)) == ({}, "w0 w1 w2 w3")


def test_a_final_result_that_comes_twice_counts_once() -> None:
    live = session()
    take(live, 2.0)
    for _ in range(2):
        hear(live, results(0.0, 2.0))
    assert text(live) == "w0 w1 w2 w3"
    assert [record.replayed for record in live.records[1:]] == [False, True]


def test_what_is_heard_again_is_marked_and_not_shown_as_provisional() -> None:
    live = session(Bounds(pace=1e6, lead=10.0))
    take(live, 2.0)
    hear(live, results(0.0, 2.0))
    live.opened("second", 1.0)
    assert frames(live, 1.0) == [(0.0, 2.0)]
    hear(live, results(0.0, 1.5, final=False), 2.0)
    assert (live.interim, live.records[-1].replayed) == ({}, True)


@pytest.mark.parametrize("final", [True, False], ids=["final", "provisional"])
def test_of_results_that_begin_in_what_is_known_only_the_news_is_kept_and_shown(final: bool) -> None:
    live = session(Bounds(pace=1e6, lead=10.0))
    take(live, 2.0)
    hear(live, results(0.0, 2.0))
    live.opened("second", 1.0)
    take(live, 3.0, now=1.0)
    entities = [
        Entity(label="ONE", value="w2", start_word=2, end_word=3),
        Entity(label="TWO", value="w4 w5", start_word=4, end_word=6),
    ]
    search = [Search(query="w", hits=[Hit(confidence=1, start=s, end=s + 0.25) for s in (1.625, 2.125)])]
    hear(live, results(0.0, 3.0, final=final, entities=entities, search=search), 2.0)
    found = live.finals[0][-1] if final else live.interim[0]
    assert (found.start, found.duration) == (2.0, 1.0)
    assert found.channel.alternatives[0].transcript == "w4 w5"
    assert found.channel.alternatives[0].confidence == 0.9
    assert found.entities == [Entity(label="TWO", value="w4 w5", start_word=0, end_word=2)]
    assert [hit.start for one in found.channel.search or [] for hit in one.hits] == [2.125]
    assert live.event(live.records[-1]) == found


def test_who_speaks_is_learned_from_results_that_begin_in_what_is_known() -> None:
    live = session(Bounds(pace=1e6, lead=10.0), diarize=True)
    take(live, 2.0)
    hear(live, results(0.0, 2.0, [*words(0, 1, 0), *words(1, 2, 1)]))
    live.opened("second", 1.0)
    take(live, 3.0, now=1.0)
    # The new connection hears the second speaker first, and names her 0.
    hear(live, results(1.0, 3.0, words(1, 3, 0)), 2.0)
    news = live.finals[0][-1].channel.alternatives[0].words
    assert [(word.word, word.speaker) for word in news] == [("w4", 1), ("w5", 1)]


def test_times_of_all_kinds_are_those_of_the_source_after_a_new_connection() -> None:
    live = session()
    take(live, 2.0)
    hear(live, results(0.0, 2.0))
    live.opened("second", 1.0)
    take(live, 5.0, now=1.0)
    hear(
        live,
        results(
            1.0, 2.0, words(1, 2), search=[Search(query="x", hits=[Hit(confidence=1, start=1.1, end=1.2)])]
        ),
    )
    found = live.event(live.records[-1])
    assert isinstance(found, listen.Results)
    assert (found.start, found.duration) == (3.0, 1.0)
    assert live.finals[0][-1].channel.alternatives[0].words[0].start == 3.125
    assert (found.channel.search or [])[0].hits[0].start == 3.1
    hear(live, listen.UtteranceEnd(last_word_end=1.875))
    assert live.event(live.records[-1]) == listen.UtteranceEnd(last_word_end=3.875)
    hear(live, listen.SpeechStarted(timestamp=2.5))
    assert live.event(live.records[-1]) == listen.SpeechStarted(timestamp=4.5)


def test_earlier_events_keep_the_times_of_their_own_connection() -> None:
    live = session()
    take(live, 2.0)
    hear(live, results(0.0, 2.0))
    live.opened("second", 1.0)
    take(live, 4.0, now=1.0)
    hear(live, results(0.0, 2.0, words(0, 2)))
    starts = [event.start for event in map(live.event, live.records) if isinstance(event, listen.Results)]
    assert starts == [0.0, 2.0]


def test_audio_that_no_buffer_could_keep_is_a_gap_and_what_follows_is_at_its_time() -> None:
    live = session(Bounds(pace=1e6, buffer=1.0))
    take(live, 1.0)
    hear(live, results(0.0, 1.0))
    for end in (2.0, 3.0, 4.0):
        live.take(audio(end - 1, end))
    live.opened("second", 1.0)
    assert frames(live, 1.0) == [(3.0, 4.0)]
    assert live.records[-1].notice == Gap(1.0, 3.0)
    hear(live, results(0.0, 1.0))
    assert [final.start for final in live.finals[0]] == [0.0, 3.0]


def test_each_channel_is_kept_for_itself_and_audio_is_answered_when_all_channels_are() -> None:
    live = session(form=AudioFormat("linear16", RATE, 2), multichannel=True)
    live.take(audio(0.0, 4.0))  # 2 s of two channels
    frames(live)
    hear(live, results(0.0, 2.0, channel=(0, 2)))
    assert live.uplink.safe == 0.0
    hear(live, results(0.0, 1.0, channel=(1, 2)))
    assert live.uplink.safe == 1.0
    assert (text(live, 0), text(live, 1)) == ("w0 w1 w2 w3", "w0 w1")


def test_latency_is_the_time_since_the_audio_was_sent() -> None:
    live = session()
    take(live, 1.0, now=5.0)
    take(live, 2.0, now=6.0)
    hear(live, results(0.0, 1.0), 6.5)
    assert live.records[-1].latency == pytest.approx(1.5, abs=0.01)


# Pauses


@pytest.mark.parametrize("by", ["speech_final", "utterance_end", "both"])
def test_a_pause_ends_an_utterance(by: str) -> None:
    live = session()
    take(live, 3.0)
    hear(live, results(0.0, 1.0, speech_final=by != "utterance_end"))
    if by != "speech_final":
        hear(live, listen.UtteranceEnd(last_word_end=0.875))
    hear(live, results(1.0, 3.0))
    assert [utterance.transcript for utterance in heard(live).results.utterances or []] == [
        "w0 w1",
        "w2 w3 w4 w5",
    ]


@pytest.mark.parametrize("by", ["speech_final", "utterance_end"])
def test_a_pause_that_is_heard_again_does_not_end_what_came_after_it(by: str) -> None:
    live = session(Bounds(pace=1e6, lead=10.0))
    take(live, 4.0)
    hear(live, results(0.0, 1.0, speech_final=True))
    hear(live, results(1.0, 3.0))
    live.opened("second", 1.0)
    frames(live, 1.0)
    if by == "speech_final":
        hear(live, results(0.0, 1.0, speech_final=True))
    else:
        hear(live, listen.UtteranceEnd(last_word_end=0.875))
    hear(live, results(1.0, 4.0))
    assert [utterance.transcript for utterance in heard(live).results.utterances or []] == [
        "w0 w1",
        "w2 w3 w4 w5 w6 w7",
    ]


# Keeping alive


def test_keep_alive_is_text_after_four_seconds_without_audio_and_every_four_from_then_on() -> None:
    live = session()
    take(live, 1.0, now=10.0)
    sent = []
    for now in np.arange(10.0, 23.0, 0.1):
        sent += [(round(float(now), 1), frame) for frame in frames(live, float(now))]
    assert sent == [(14.0, "KeepAlive"), (18.0, "KeepAlive"), (22.0, "KeepAlive")]
    assert live.due(22.0) == pytest.approx(22.0 + KEEP_ALIVE)
    take(live, 2.0, now=23.0)
    assert live.due(23.0) == pytest.approx(23.0 + KEEP_ALIVE)


def test_keep_alive_is_sent_also_before_the_first_audio_and_moves_no_time() -> None:
    live = session()
    assert live.due(0.0) == KEEP_ALIVE
    assert frames(live, KEEP_ALIVE) == ["KeepAlive"]
    take(live, 1.0, now=5.0)
    assert live.ledger.plain


def test_no_frame_is_ever_empty() -> None:
    live = session()
    live.take(b"")
    assert frames(live) == []
    live.take(audio(0.0, 1.0))
    live.take(b"")
    assert frames(live) == [(0.0, 1.0)]


# Requests


def test_finalize_is_answered_by_its_results() -> None:
    live = session()
    take(live, 2.0)
    request = live.finalize()
    assert frames(live) == ["Finalize"]
    hear(live, results(0.0, 1.0))
    assert request.answer is None
    answer = results(1.0, 2.0, from_finalize=True)
    hear(live, answer)
    assert request.answer == answer


def test_finalize_of_one_channel_names_it() -> None:
    live = session()
    live.finalize(channel=1)
    assert live.outgoing(0.0) == '{"type":"Finalize","channel":1}'


def test_a_finalize_without_an_answer_does_not_take_that_of_the_next() -> None:
    live = session()
    take(live, 2.0)
    first = live.finalize()
    frames(live)
    live.forget(first)
    second = live.finalize()
    frames(live)
    hear(live, results(0.0, 2.0, from_finalize=True))
    assert second.answer is not None


def test_on_a_new_connection_finalize_waits_until_the_audio_before_it_was_sent_again() -> None:
    live = session()
    take(live, 1.0, 2.0)
    live.finalize()
    frames(live)
    live.opened("second", 1.0)
    live.take(audio(2.0, 3.0))
    assert frames(live, 1.0) == [(0.0, 1.0), (1.0, 2.0), "Finalize", (2.0, 3.0)]


def test_configure_is_in_force_when_it_succeeds_also_on_a_new_connection() -> None:
    live = session(keyterm=["old"], punctuate=True)
    request = live.configure(["Deepgram", "Nova"], {"numerals": True})
    frame = live.outgoing(0.0)
    assert frame == '{"type":"Configure","keyterms":["Deepgram","Nova"],"features":{"numerals":true}}'
    assert ("keyterm", "old") in live.query
    hear(live, listen.ConfigureSuccess(request_id="r", keyterms=["Deepgram", "Nova"]))
    assert isinstance(request.answer, listen.ConfigureSuccess)
    query = live.query
    assert [value for name, value in query if name == "keyterm"] == ["Deepgram", "Nova"]
    assert {("numerals", "true"), ("punctuate", "true")} <= set(query)


def test_an_empty_list_clears_the_keyterms() -> None:
    live = session(keyterm=["old"])
    live.configure([])
    assert live.outgoing(0.0) == '{"type":"Configure","keyterms":[]}'
    hear(live, listen.ConfigureSuccess(keyterms=[]))
    assert "keyterm" not in dict(live.query)


def test_a_configure_that_was_refused_changes_nothing() -> None:
    live = session(keyterm=["old"])
    request = live.configure(["new"])
    frames(live)
    hear(live, listen.ConfigureFailure(code="CONFIGURE_KEYTERM_LIMIT_EXCEEDED"))
    assert isinstance(request.answer, listen.ConfigureFailure)
    assert ("keyterm", "old") in live.query


def test_of_two_configures_the_second_is_refused_while_the_first_is_pending() -> None:
    live = session()
    first, second = live.configure(["one"]), live.configure(["two"])
    frames(live)
    hear(live, listen.ConfigureFailure(code="CONFIGURE_ALREADY_PENDING"))
    hear(live, listen.ConfigureSuccess(keyterms=["one"]))
    assert isinstance(first.answer, listen.ConfigureSuccess)
    assert isinstance(second.answer, listen.ConfigureFailure)
    assert ("keyterm", "one") in live.query


def test_an_error_is_remembered_for_the_close() -> None:
    live = session()
    hear(live, listen.Error(variant="SchemaError", description="Not a message."))
    assert live.error == "SchemaError Not a message."


# The end


def test_the_end_is_finalize_its_answer_close_stream_and_the_last_message() -> None:
    live = session()
    take(live, 2.0)
    live.finish()
    assert frames(live, 1.0) == ["Finalize"]
    assert live.due(1.0) == 1.0 + DRAIN
    assert frames(live, 2.0) == []
    hear(live, results(0.0, 2.0, from_finalize=True), 2.0)
    assert frames(live, 2.0) == ["CloseStream"]
    assert (live.finished, live.complete, live.due(2.0)) == (True, False, None)
    hear(live, listen.Metadata(request_id="first", duration=2.0), 2.5)
    assert live.complete


def test_a_finalize_that_is_not_answered_does_not_hold_the_end_for_long() -> None:
    live = session()
    take(live, 2.0)
    live.finish()
    frames(live, 1.0)
    assert frames(live, 1.0 + DRAIN - 0.1) == []
    assert frames(live, 1.0 + DRAIN) == ["CloseStream"]


@pytest.mark.parametrize("why", ["no audio", "all answered", "no clock"])
def test_there_is_no_finalize_where_nothing_is_left_to_be_answered(why: str) -> None:
    live = session(form=AudioFormat("") if why == "no clock" else FORM)
    if why != "no audio":
        live.take(audio(0.0, 2.0))
        frames(live)
    if why == "all answered":
        hear(live, results(0.0, 2.0))
    live.finish()
    assert frames(live, 1.0) == ["CloseStream"]


def test_the_rest_is_sent_before_the_end() -> None:
    live = Listening({}, Bounds(), played=True)
    live.begin(FORM)
    live.opened("r", 0.0)
    for end in (1.0, 2.0):
        live.take(audio(end - 1.0, end))
    live.finish()
    assert frames(live, 0.0) == [(0.0, 1.0)]
    assert frames(live, 1.0) == [(1.0, 2.0), "Finalize"]


def test_after_the_end_of_the_source_no_more_audio_is_taken() -> None:
    live = session()
    live.kept = []
    take(live, 1.0)
    live.stop()
    live.take(audio(1.0, 2.0))  # it was on its way
    live.finish()
    live.take(audio(2.0, 3.0))
    assert (live.duration, live.stopping, len(live.kept)) == (2.0, True, 2)


def test_the_answer_to_a_request_is_heard_also_after_close_stream() -> None:
    live = session()
    request = live.configure(["late"])
    live.finish()
    assert frames(live) == ["Configure", "CloseStream"]
    hear(live, listen.ConfigureSuccess(keyterms=["late"]))
    assert request.answer is not None


@pytest.mark.parametrize("when", ["finalizing", "closing"])
def test_a_connection_that_breaks_at_the_end_is_made_again_and_ended_properly(when: str) -> None:
    live = session()
    take(live, 2.0)
    live.finish()
    frames(live, 1.0)
    if when == "closing":
        frames(live, 1.0 + DRAIN)
    live.opened("second", 9.0)
    assert not live.finished
    assert frames(live, 9.0) == [(0.0, 2.0), "Finalize"]
    hear(live, results(0.0, 2.0, from_finalize=True), 9.5)
    assert frames(live, 9.5) == ["CloseStream"]
    assert text(live) == "w0 w1 w2 w3"


def test_when_all_was_answered_a_new_connection_only_says_goodbye() -> None:
    live = session()
    take(live, 2.0)
    hear(live, results(0.0, 2.0))
    live.finish()
    live.opened("second", 1.0)
    assert frames(live, 1.0) == ["CloseStream"]


def test_a_session_of_a_file_format_cannot_go_on_in_its_middle() -> None:
    live = session(form=AudioFormat(""))
    assert live.resumable
    live.take(b"OggS")
    frames_before = live.outgoing(0.0)
    assert (frames_before, live.resumable) == (b"OggS", False)


def test_raw_audio_is_described_in_the_query_and_a_file_format_is_not() -> None:
    assert session().query == (("model", "nova-3"), ("encoding", "linear16"), ("sample_rate", "1000"))
    assert session(form=AudioFormat("")).query == (("model", "nova-3"),)
