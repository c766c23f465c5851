"""A connection's clock against the source's."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dgnb.protocol.heard import Word
from dgnb.sessions.ledger import Ledger

RATES = st.sampled_from([8000, 11025, 16000, 44100, 48000])


@dataclass
class Sent:
    """A piece of audio, or of silence: what the connection counts, where the source was, when."""

    clock: int
    source: int
    count: int
    runs: bool
    now: float


@st.composite
def histories(draw: st.DrawFn) -> list[Sent]:
    """Audio, audio after a loss, silence, in any order."""
    clock, source, now, history = 0, draw(st.integers(0, 10**6)), 0.0, []
    for kind in draw(st.lists(st.sampled_from(["audio", "lost", "silence"]), min_size=1, max_size=20)):
        source += draw(st.integers(1, 10**5)) if kind == "lost" else 0
        count = draw(st.integers(3, 5000))
        now = round(now + draw(st.floats(0, 2)), 3)
        history.append(Sent(clock, source, count, kind != "silence", now))
        clock += count
        source += count if kind != "silence" else 0
    return history


def ledger_of(rate: int, history: list[Sent]) -> Ledger:
    ledger = Ledger(rate)
    for one in history:
        note = ledger.sent if one.runs else ledger.paused
        note(one.source, one.count, one.now)
    return ledger


@given(RATES, histories(), st.data())
def test_every_moment_of_a_connection_has_its_place_in_the_source(
    rate: int, history: list[Sent], data: st.DataObject
) -> None:
    ledger = ledger_of(rate, history)
    one = data.draw(st.sampled_from(history))
    within = data.draw(st.integers(0, one.count - 1))
    start, end = (one.clock + within) / rate, (one.clock + within + 1) / rate
    moved = within if one.runs else 0
    assert ledger.source(start) == pytest.approx((one.source + moved) / rate, abs=1e-6)
    after = one.source + (moved + 1 if one.runs else 0)
    assert ledger.source(end, end=True) == pytest.approx(after / rate, abs=1e-6)


@given(RATES, histories(), st.floats(0, 40), st.floats(0, 40))
def test_order_is_kept(rate: int, history: list[Sent], one: float, other: float) -> None:
    ledger = ledger_of(rate, history)
    early, late = sorted([one, other])
    assert ledger.source(early) <= ledger.source(late)
    assert ledger.source(early, end=True) <= ledger.source(early)


@given(RATES, histories(), st.data())
def test_how_long_ago_audio_was_sent(rate: int, history: list[Sent], data: st.DataObject) -> None:
    ledger = ledger_of(rate, history)
    one = data.draw(st.sampled_from(history))
    now = history[-1].now + 1
    assert ledger.age((one.clock + one.count) / rate, now) == pytest.approx(now - one.now, abs=1e-6)


@given(RATES, histories(), st.data())
def test_what_is_forgotten_takes_nothing_from_what_is_not(
    rate: int, history: list[Sent], data: st.DataObject
) -> None:
    whole, ledger = ledger_of(rate, history), ledger_of(rate, history)
    at = data.draw(st.integers(0, len(history) - 1))
    ledger.forget(history[at].clock / rate)
    for one in history[at:]:
        end = (one.clock + one.count) / rate
        assert ledger.age(end, 99.0) == whole.age(end, 99.0)
        assert ledger.source(end, end=True) == whole.source(end, end=True)


def test_audio_that_follows_on_makes_no_seam() -> None:
    ledger = Ledger(1000)
    ledger.sent(0, 500, 0.0)
    ledger.sent(500, 500, 0.5)
    assert ledger.plain
    assert (ledger.source(0.75), ledger.position) == (0.75, 1000)


@pytest.mark.parametrize("begin", ["later", "silence", "loss"])
def test_clocks_that_differ_are_not_plain(begin: str) -> None:
    ledger = Ledger(1000)
    ledger.sent(5 if begin == "later" else 0, 500, 0.0)
    if begin == "silence":
        ledger.paused(500, 80, 0.5)
    if begin == "loss":
        ledger.sent(600, 80, 0.5)
    assert not ledger.plain


def test_at_a_seam_an_end_belongs_to_what_was_before_and_a_start_to_what_follows() -> None:
    ledger = Ledger(1000)
    ledger.sent(5000, 2000, 0.0)
    ledger.sent(9000, 1000, 2.0)
    assert ledger.span(Word(word="lost", start=1.5, end=2.0)) == {"start": 6.5, "end": 7.0}
    assert ledger.span(Word(word="found", start=2.0, end=2.5)) == {"start": 9.0, "end": 9.5}


def test_a_rounded_time_at_a_seam_is_on_its_side_of_it() -> None:
    ledger = Ledger(44100)
    ledger.sent(0, 7, 0.0)
    ledger.sent(100, 7, 0.0)
    assert ledger.source(7 / 44100 - 1e-9) == pytest.approx(100 / 44100, abs=1e-6)


def test_the_source_stands_still_in_silence() -> None:
    ledger = Ledger(1000)
    ledger.sent(0, 1000, 0.0)
    ledger.paused(1000, 4000, 1.0)
    ledger.sent(1000, 1000, 5.0)
    assert [ledger.source(time) for time in (0.5, 1.0, 3.0, 5.0, 5.5)] == [0.5, 1.0, 1.0, 1.0, 1.5]


def test_audio_without_a_clock_keeps_its_times() -> None:
    ledger = Ledger(0)
    assert (ledger.source(3.25), ledger.age(3.25, 9.0), ledger.plain) == (3.25, None, True)


def test_what_was_not_sent_has_no_age() -> None:
    ledger = Ledger(1000)
    ledger.sent(0, 500, 1.0)
    assert (ledger.age(0.5, 3.0), ledger.age(0.75, 3.0)) == (2.0, None)
