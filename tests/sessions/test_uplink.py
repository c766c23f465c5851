"""Audio on its way up: at its pace, nothing lost that the buffer holds, nothing twice."""

from __future__ import annotations

from math import inf

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dgnb.audio.raw import OPAQUE, AudioFormat
from dgnb.protocol.limits import FRAME, KEEP_ALIVE
from dgnb.sessions.bounds import Bounds
from dgnb.sessions.uplink import BLOCK, Uplink
from tests.sessions.counted import FORM, RATE, audio, places

ALL_AT_ONCE = 1e6
"""A pace at which nothing waits."""


def uplink(*, played: bool = False, **bounds: float) -> Uplink:
    up = Uplink(FORM, Bounds(**{"pace": ALL_AT_ONCE, **bounds}), played=played)
    up.open(0.0)
    return up


def sent(up: Uplink, now: float) -> list[tuple[float, float]]:
    """What is sent at a time, or within a millisecond."""
    found = []
    while (due := up.due()) is not None and due < now + 0.001:
        piece = up.next(max(now, due))
        found.append(places(piece))
    return found


def take(up: Uplink, *ends: float) -> None:
    for end in ends:
        up.take(audio(up.source(up.end), end))


steps = st.one_of(
    st.tuples(st.just("take"), st.integers(1, 400)),
    st.tuples(st.just("wait"), st.integers(0, 600)),
    st.tuples(st.just("acknowledge"), st.integers(0, 1000)),
    st.tuples(st.just("reconnect"), st.integers(0, 800)),
    st.tuples(st.just("silence"), st.just(0)),
)


class Watched:
    """An uplink, and all that must be true of it at any time."""

    def __init__(self, bounds: Bounds) -> None:
        self.up, self.bounds = Uplink(FORM, bounds, played=False), bounds
        self.now = 0.0
        self.answered = 0
        self.gaps: list[tuple[int, int]] = []
        self.last_end = 0
        self.connect()

    def connect(self) -> None:
        self.up.open(self.now)
        self.clock: list[int | None] = []
        self.spent: list[tuple[float, float]] = []
        self.last_end = self.up.position
        assert self.last_end <= self.answered
        lead = self.answered - round(self.bounds.lead * RATE)
        assert self.last_end <= max(lead, 0)

    def step(self, kind: str, amount: int) -> None:
        if kind == "take":
            take(self.up, self.up.source(self.up.end + amount))
        elif kind == "wait":
            self.now += amount / 1000
        elif kind == "reconnect":
            self.now += amount / 1000
            self.connect()
        elif kind == "silence":
            self.up.silence(self.now)
            self.clock += [None] * round(FRAME * RATE)
        else:
            heard = [place for place in self.clock if place is not None]
            self.answered = max(self.answered, *heard[: amount + 1][-1:], 0)
            self.up.acknowledge(self.answered / RATE)
        self.send()
        self.check_clock()

    def send(self) -> None:
        while (piece := self.up.next(self.now)) is not None:
            start, end = (round(place * RATE) for place in places(piece))
            self.check_order(start)
            self.clock += range(start, end)
            self.last_end = end
            self.spent.append((self.now, (end - start) / RATE))
            self.check_rate((end - start) / RATE)

    def check_order(self, start: int) -> None:
        """Nothing twice on one connection; what is left out is older than the buffer."""
        assert start >= self.last_end
        if start > self.last_end:
            assert start <= self.up.end - round(self.bounds.buffer * RATE)
        if self.up.gap:
            assert self.last_end <= self.up.gap[0] < self.up.gap[1] == start
            assert all(self.up.gap[0] >= end for _, end in self.gaps)
            self.gaps.append(self.up.gap)

    def check_rate(self, last: float) -> None:
        """Never faster than the rate, but for what a late timer has to catch up."""
        for begin in range(len(self.spent)):
            seconds = sum(length for _, length in self.spent[begin:])
            span = self.now - self.spent[begin][0]
            assert seconds <= self.bounds.rate * (span + 0.25) + last + 1e-6

    def check_clock(self) -> None:
        """The connection's clock leads back to the source."""
        for at in {0, len(self.clock) // 2, len(self.clock) - 1} if self.clock else ():
            if self.clock[at] is not None:
                assert round(self.up.ledger.source(at / RATE) * RATE) == self.clock[at]

    def finish(self) -> None:
        """All that is left is sent, and then all that the buffer holds was sent on this connection."""
        self.up.over = True
        for _ in range(2000):
            if self.up.drained:
                break
            self.now = max(self.now, self.up.due() or 0.0)
            self.send()
        assert self.up.drained
        kept = set(range(max(self.answered, self.up.end - round(self.bounds.buffer * RATE)), self.up.end))
        assert kept <= {place for place in self.clock if place is not None}


@settings(max_examples=150, deadline=None)
@given(
    st.lists(steps, max_size=30),
    st.sampled_from([0.3, 1.0, 20.0]),
    st.sampled_from([0.0, 0.0, 0.15, 0.7]),
    st.sampled_from([1.0, 4.0]),
)
def test_whatever_happens_each_connection_gets_all_that_was_not_answered_once_and_in_time(
    script: list[tuple[str, int]], buffer: float, lead: float, pace: float
) -> None:
    watched = Watched(Bounds(pace=pace, buffer=buffer, lead=min(lead, buffer / 2)))
    for kind, amount in script:
        watched.step(kind, amount)
    watched.connect()
    watched.finish()


def test_no_audio_is_no_piece() -> None:
    up = uplink()
    up.take(b"")
    assert (up.due(), up.next(0.0), up.drained) == (None, None, False)


def test_a_recording_is_sent_as_it_would_sound() -> None:
    up = uplink(played=True, pace=1.0)
    take(up, 0.1, 0.2, 0.3)
    assert sent(up, 10.0) == [(0.0, 0.1)]
    assert up.due() == pytest.approx(10.1)
    assert sent(up, 10.09) == []
    assert sent(up, 10.21) == [(0.1, 0.2), (0.2, 0.3)]


def test_a_recording_at_another_pace_sounds_at_that_pace() -> None:
    up = uplink(played=True, pace=4.0)
    take(up, 0.4, 0.8)
    assert (sent(up, 0.0), up.due()) == ([(0.0, 0.4)], pytest.approx(0.1))


def test_a_live_source_has_its_own_pace_but_none_faster_than_the_service_takes() -> None:
    up = uplink(pace=1.0)
    take(up, *(end / 10 for end in range(1, 31)))
    assert len(sent(up, 0.0)) == 1
    assert up.due() == pytest.approx(0.08)
    total = sum(len(sent(up, tick / 100)) for tick in range(1, 101))
    assert total == pytest.approx(12, abs=1)


def test_a_late_timer_is_made_up_for_by_a_quarter_of_a_second_and_no_more() -> None:
    up = uplink(pace=1.0)
    take(up, *(end / 100 for end in range(1, 300)))
    sent(up, 0.0)
    assert len(sent(up, 1.0)) == pytest.approx(0.25 * 1.25 * 100, abs=1.5)


def test_after_an_outage_the_audio_is_sent_again_faster_than_it_sounds_until_it_has_caught_up() -> None:
    up = uplink(played=True, pace=1.0)
    now = 0.0
    for tick in range(1, 101):
        take(up, tick / 10)
        now = tick / 10
        sent(up, now)
    up.acknowledge(4.0)
    up.open(now := now + 5.0)
    for tick in range(101, 151):
        take(up, tick / 10)
    pieces = 0
    while up.due() is not None:
        now = max(now, up.due() or now)
        pieces += len(sent(up, now))
    assert pieces == 110
    # 11 s at 1.25 times real time.
    assert now - 15.0 == pytest.approx(10.9 / 1.25, abs=0.01)


def test_a_new_connection_begins_in_the_middle_of_a_piece_where_the_answers_end() -> None:
    up = uplink()
    take(up, 1.0, 2.0)
    sent(up, 0.0)
    up.acknowledge(1.4)
    up.open(1.0)
    assert sent(up, 1.0) == [(1.4, 2.0)]
    assert (up.gap, up.safe) == (None, 1.4)
    assert up.ledger.source(0.1) == 1.5


def test_where_speakers_are_told_apart_it_begins_earlier_at_an_end_of_an_answer() -> None:
    up = uplink(lead=1.0)
    take(up, 1.0, 2.0, 3.0, 4.0)
    sent(up, 0.0)
    for time in (0.8, 1.7, 2.9):
        up.acknowledge(time)
    up.open(1.0)
    assert sent(up, 1.0)[0] == (1.7, 2.0)


def test_answered_audio_is_let_go_of_and_no_other() -> None:
    up = uplink(buffer=100)
    take(up, 1.0, 2.0, 3.0)
    sent(up, 0.0)
    up.acknowledge(2.0)
    up.open(1.0)
    assert sent(up, 1.0) == [(2.0, 3.0)]


def test_an_answer_about_audio_that_was_never_sent_acknowledges_none_of_it() -> None:
    up = uplink()
    take(up, 1.0)
    sent(up, 0.0)
    take(up, 2.0)
    up.acknowledge(60.0)
    up.open(1.0)
    assert up.safe == 1.0
    assert sent(up, 1.0) == [(1.0, 2.0)]


def test_an_answer_does_not_take_back_what_another_has_given() -> None:
    up = uplink()
    take(up, 2.0)
    sent(up, 0.0)
    up.acknowledge(1.5)
    up.acknowledge(1.0)
    assert up.safe == 1.5


def test_the_buffer_holds_what_it_says() -> None:
    up = uplink(buffer=1.0)
    take(up, 0.6, 1.2, 1.8)
    up.open(1.0)
    # A whole second is there, and not only what is left of it without the piece that reaches beyond.
    assert sent(up, 1.0) == [(0.6, 1.2), (1.2, 1.8)]


def test_what_no_buffer_could_keep_is_told_once() -> None:
    up = uplink(buffer=1.0)
    take(up, 1.0, 2.0, 3.0)
    gaps = []
    for now in (1.0, 2.0):
        up.open(now)
        assert places(up.next(now)) == (2.0, 3.0)
        gaps.append(up.gap)
    assert gaps == [(0, 2000), None]


def test_what_is_lost_later_is_told_without_what_was_told_before() -> None:
    up = uplink(buffer=1.0)
    take(up, 1.0, 2.0)
    take(up, 3.0, 4.0)
    up.open(2.0)
    up.next(2.0)
    assert up.gap == (0, 3000)
    take(up, 5.0)
    up.open(3.0)
    up.next(3.0)
    assert up.gap == (3000, 4000)


def test_a_gap_within_a_connection_moves_what_comes_after_it() -> None:
    up = uplink(buffer=0.5)
    take(up, 1.0)
    sent(up, 0.0)
    up.open(0.0)
    take(up, 2.0, 3.0)
    assert sent(up, 0.0) == [(2.0, 3.0)]
    assert up.ledger.source(0.25) == 2.25


def test_the_source_may_wait_when_a_second_is_there_that_was_not_sent() -> None:
    up = uplink(pace=1.0)
    assert not up.full
    take(up, 0.5, 1.0)
    assert not up.full
    take(up, 1.1)
    assert up.full
    assert not up.low
    sent(up, 0.0)
    assert not up.low
    sent(up, 5.0)
    assert not up.full
    assert up.low


@pytest.mark.parametrize("buffer", [0.5, 3.0])
def test_it_brims_while_more_would_drop_what_was_not_sent(buffer: float) -> None:
    up = uplink(buffer=buffer)
    while not up.brimming:
        take(up, up.source(up.end) + BLOCK)
    assert up.source(up.end) <= max(buffer, BLOCK)
    assert sent(up, 0.0)[0][0] == 0.0
    assert not up.brimming


def test_all_is_sent_only_when_the_source_is_at_its_end() -> None:
    up = uplink()
    take(up, 1.0)
    up.over = True
    assert not up.drained
    sent(up, 0.0)
    assert up.drained


def test_silence_is_due_after_four_seconds_and_then_without_a_pause_until_audio_comes() -> None:
    up = uplink()
    take(up, 1.0)
    sent(up, 10.0)
    assert up.filled_at() == 10.0 + KEEP_ALIVE
    # The timer is late each time, and the silence has no hole nevertheless.
    frames = 0
    now = up.filled_at() + 0.01
    while now < 18.0:
        assert up.silence(now) == FORM.silence(FRAME)
        frames += 1
        now = up.filled_at() + 0.01
    assert frames == pytest.approx((18.0 - 14.0) / FRAME, abs=1)
    take(up, 2.0)
    assert sent(up, 18.0) == [(1.0, 2.0)]
    assert up.filled_at() == 18.0 + KEEP_ALIVE


def test_silence_is_not_made_up_for_after_the_process_was_stopped() -> None:
    up = uplink()
    up.silence(10.0)
    up.silence(100.0)
    assert up.filled_at() > 99.0


def test_silence_moves_no_time_of_the_source() -> None:
    up = uplink()
    take(up, 1.0)
    sent(up, 0.0)
    up.silence(5.0)
    take(up, 2.0)
    sent(up, 6.0)
    assert up.ledger.source(1.0 + FRAME + 0.5) == 1.5
    assert not up.ledger.plain


@pytest.mark.parametrize("form", [OPAQUE, AudioFormat("opus", 48000)], ids=["file", "opus"])
def test_audio_that_cannot_be_cut_is_passed_on_as_it_comes_and_once(form: AudioFormat) -> None:
    up = Uplink(form, Bounds(), played=False)
    up.open(0.0)
    up.take(b"abc")
    up.take(b"de")
    assert (up.next(0.0), up.next(0.0), up.next(0.0)) == (b"abc", b"de", None)
    assert (up.filled_at(), up.safe, up.ledger.plain) == (inf, 0.0, True)


def test_audio_that_cannot_be_cut_survives_only_a_connection_that_has_got_none_of_it() -> None:
    up = Uplink(OPAQUE, Bounds(), played=False)
    up.open(0.0)
    up.take(b"abc")
    assert up.resumable
    up.open(1.0)
    assert up.next(1.0) == b"abc"
    assert not up.resumable


def test_of_a_fast_recording_no_more_is_read_than_the_buffer_holds() -> None:
    up = uplink(played=True, buffer=2.0)
    end = 0.0
    for now in range(5):
        while not up.full:
            end += 0.25
            take(up, end)
        assert sent(up, float(now))
        assert up.gap is None
    assert up.position == up.end > 4 * RATE
