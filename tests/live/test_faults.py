"""Whatever happens to the connection, what was said arrives once, in order, at its time."""

from __future__ import annotations

import time
from collections.abc import Iterator
from concurrent.futures import Future
from dataclasses import dataclass
from queue import Queue

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from dgnb import Deepgram, ServerError
from dgnb.live.listening import ListenSession
from dgnb.protocol.limits import FRAME
from dgnb.protocol.messages.listen import Metadata, Results
from dgnb.sandbox import Server
from dgnb.sessions.records import Gap, Lost, Opened
from dgnb.transport.loop import shared
from tests.live.conftest import Leftovers, spoken

PACE = 60.0

TOLERANCE = FRAME + 0.02

moments = st.floats(0.0, 60.0).map(lambda seconds: f"@{seconds:.2f}s")
steps = st.one_of(
    st.builds("{}{}".format, st.sampled_from(["drop", "truncate", "garbage", "close=1011"]), moments),
    st.sampled_from(["refuse", "refuse*2", "429@connect", "429=1s", "503", "duplicate", "ok", "delay=10ms"]),
)
scripts = st.lists(steps, max_size=4).map(", ".join)


@dataclass
class Run:
    """A session that has ended."""

    words: pd.DataFrame
    text: str
    events: pd.DataFrame


def run(server: Server, samples: NDArray[np.int16]) -> Run:
    with Deepgram("key", base_url=server.url) as dg:
        live = dg.listen.live((samples, 16_000), model="nova-3", pace=PACE, patience=4.0)
        transcript = live.wait()
    return Run(transcript.words, transcript.text, live.events)


@pytest.fixture(scope="module")
def whole(server: Server, minute: NDArray[np.int16]) -> Run:
    """The run without faults."""
    return run(server, minute)


@pytest.mark.timeout(600)  # many minutes of audio, on a machine that may be busy
@example("drop@3.2s, refuse*2, 429@connect, delay=10ms, truncate, duplicate, half-open@2s")
@example("half-open@30s, drop@0.01s")
@given(scripts)
@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_word_is_lost_said_twice_or_moved(
    server: Server, leftovers: Leftovers, minute: NDArray[np.int16], whole: Run, script: str
) -> None:
    server.faults, before = script, len(server.faults_done)
    found = run(server, minute)
    done = [fault.step for fault in server.faults_done[before:]]
    assert found.text == whole.text
    assert _same(found.words, whole.words)
    check_that_all_audio_was_answered_once(found.events, 60.0)
    check_that_it_was_told(found.events, done)
    assert leftovers.found() == []


def check_that_all_audio_was_answered_once(events: pd.DataFrame, duration: float) -> None:
    """Final results follow on each other, from the beginning of the recording to its end."""
    finals = events[events["final"].fillna(False) & ~events["replayed"]]
    assert finals["start"].iloc[0] == 0
    assert np.allclose(finals["start"].iloc[1:], finals["end"].iloc[:-1], atol=1e-4)
    assert finals["end"].iloc[-1] == pytest.approx(duration, abs=TOLERANCE)
    assert "Gap" not in set(events["type"])


def check_that_it_was_told(events: pd.DataFrame, done: list[str]) -> None:
    harmless = ("duplicate", "delay", "ok")
    kinds = events["type"].value_counts()
    broken = [step for step in done if not step.startswith(harmless)]
    refused = [step for step in broken if step.startswith(("refuse", "429", "503"))]
    # On a busy machine a connection may seem broken that is only slow.
    assert kinds.get("Lost", 0) >= len(broken), (done, kinds)
    assert kinds["Opened"] == 1 + kinds.get("Lost", 0) - len(refused)
    assert kinds["Ended"] == 1


def test_what_no_buffer_could_keep_is_told_as_a_gap_and_moves_no_word(dg: Deepgram, server: Server) -> None:
    begin, end = spoken("Thank you, that is wonderful."), spoken("Please call me back tomorrow morning.")
    pause = np.zeros(2 * 16_000, np.int16)
    samples = np.concatenate([begin, pause, pause, pause, pause, end, pause])
    whole = dg.listen.live((samples, 16_000), model="nova-3", pace=PACE).wait()
    started: Future[ListenSession[Deepgram]] = Future()

    def talk() -> Iterator[NDArray[np.int16]]:
        events = iter(started.result(60))
        yield np.concatenate([begin, pause])
        next(event for event in events if isinstance(event, Results) and event.speech_final)
        yield pause  # here the connection breaks
        next(event for event in events if isinstance(event, Lost))
        yield np.concatenate([pause, pause])  # more than is kept until the next one
        next(event for event in events if isinstance(event, Opened))
        yield np.concatenate([end, pause])

    server.faults = f"drop@{len(begin) / 16_000 + 3:.2f}s, 429=2s"
    live = dg.listen.live(talk(), sample_rate=16_000, model="nova-3", pace=4.0, buffer=3.0)
    started.set_result(live)
    found = live.wait()
    gaps = live.events.query("type == 'Gap'")
    starts, ends = gaps["start"].to_numpy(), gaps["end"].to_numpy()
    # On a busy machine the buffer may be full without a fault, too; nothing is told twice.
    assert (starts[1:] >= ends[:-1]).all()
    assert 1 < (ends - starts).max() <= (ends - starts).sum() < len(samples) / 16_000
    # A sentence with a gap in it is another one to whoever hears it.
    middle = len(samples) / 2 / 16_000
    for said, heard in zip(_sentences(whole.words, middle), _sentences(found.words, middle), strict=True):
        lost = (starts <= said["end"].max()) & (ends >= said["start"].min())
        assert lost.any() or _same(heard, said)
    assert not (starts <= len(begin) / 16_000).any()


def _sentences(words: pd.DataFrame, middle: float) -> list[pd.DataFrame]:
    """The words before and after the middle of the recording."""
    return [words[words["end"] < middle], words[words["start"] > middle]]


def _same(found: pd.DataFrame, whole: pd.DataFrame) -> bool:
    """Whether the words are those, and at their times."""
    times = [words[["start", "end"]].to_numpy() for words in (found, whole)]
    return list(found["word"]) == list(whole["word"]) and bool(np.abs(times[0] - times[1]).max() < TOLERANCE)


def test_a_source_that_gives_all_at_once_loses_nothing_to_a_small_buffer(dg: Deepgram) -> None:
    chunks = [np.zeros(320, np.int16)] * 500
    live = dg.listen.live(iter(chunks), sample_rate=16_000, model="nova-3", pace=20.0, buffer=1.5)
    live.wait()
    assert not any(isinstance(event, Gap) for event in live)
    assert [event.duration for event in live if isinstance(event, Metadata)] == [10.0]


def test_a_connection_that_is_held_up_loses_nothing_of_what_can_wait(dg: Deepgram) -> None:
    started: Future[ListenSession[Deepgram]] = Future()

    def talk() -> Iterator[NDArray[np.int16]]:
        yield np.zeros(320, np.int16)
        assert next(event for event in started.result(60) if isinstance(event, Opened))
        shared().loop.call_soon_threadsafe(time.sleep, 0.3)  # in which seconds of audio become due
        for _ in range(999):
            yield np.zeros(320, np.int16)

    live = dg.listen.live(talk(), sample_rate=16_000, model="nova-3", pace=20.0, buffer=1.5)
    started.set_result(live)
    live.wait()
    assert not any(isinstance(event, Gap) for event in live)
    assert [event.duration for event in live if isinstance(event, Metadata)] == [20.0]


def test_a_session_that_cannot_be_saved_fails_and_keeps_what_it_has(dg: Deepgram, server: Server) -> None:
    samples = spoken("Thank you, that is wonderful.", "Please call me back tomorrow morning.", pause=2.0)
    server.faults = "drop@4.5s, refuse*3"
    live: ListenSession[Deepgram] = dg.listen.live((samples, 16_000), model="nova-3", pace=5.0, retries=2)
    with pytest.raises(ServerError) as caught:
        live.wait()
    assert (caught.value.status, caught.value.request_id != "") == (503, True)
    assert live.status == "failed"
    assert live.text.split()[-1] == "wonderful"


def test_a_stop_does_not_wait_for_the_next_attempt(
    dg: Deepgram, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("dgnb.transport.socket.FIRST_PAUSE", 600.0)
    server.faults = "drop@2.5s"
    samples = spoken("Thank you, that is wonderful.", pause=4.0)
    live = dg.listen.live(queue_of(samples), sample_rate=16_000, model="nova-3", pace=PACE)
    next(event for event in live if isinstance(event, Lost))
    assert live.stop().text.split()[-1] == "wonderful"
    assert live.events["type"].value_counts()["Opened"] == 2


def queue_of(samples: NDArray[np.int16]) -> Queue[NDArray[np.int16]]:
    """A live source that gives audio, and does not end."""
    source: Queue[NDArray[np.int16]] = Queue()
    source.put(samples)
    return source
