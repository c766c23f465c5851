"""The picture of how quickly a session was answered."""

from __future__ import annotations

import numpy as np
import pytest

from dgnb import Deepgram
from dgnb.live.log import FluxLog, ListenLog
from dgnb.sessions.bounds import Bounds
from dgnb.sessions.listening import Listening
from dgnb.sessions.records import Lost, Record
from dgnb.sessions.turns import Turns
from dgnb.views import colours
from tests.views.artists import curve, legend

RESULT = (
    '{"type":"Results","channel_index":[0,1],"start":0,"duration":1,"is_final":%s,'
    '"channel":{"alternatives":[]}}'
)


def session(*latencies: float | None, kind: str = "true") -> ListenLog:
    """Return a session with an answer a second, each so late."""
    found = Listening({}, Bounds())
    found.opened("r", 0.0)
    found.records += [
        Record(float(at), 1, RESULT % kind, None, latency) for at, latency in enumerate(latencies, 1)
    ]
    return ListenLog(found, {})


def test_each_answer_is_a_sign_at_its_time() -> None:
    ax = session(0.2, 0.4, None, 0.3).plot.latency()
    at, latency = curve(ax)
    assert at.tolist() == [1, 2, 4]
    assert latency.tolist() == [0.2, 0.4, 0.3]
    assert ax.get_xlim() == (0, 4)
    assert ax.get_xlabel() == "time of the session [s]"


def test_median_and_95th_percentile_are_lines() -> None:
    ax = session(*(0.01 * number for number in range(101))).plot.latency()
    assert legend(ax) == ["final", "median 0.50 s", "p95 0.95 s"]


def test_interim_and_final_answers_differ_in_sign_and_colour() -> None:
    log = session(0.2, 0.4)
    log._dialogue.records += [Record(3.0, 1, RESULT % "false", None, 0.1)]
    first, second, *_ = log.plot.latency().lines
    assert (first.get_label(), second.get_label()) == ("interim", "final")
    assert (first.get_color(), second.get_color()) == (colours.VOICES[0], colours.VOICES[1])
    assert first.get_marker() != second.get_marker()


def test_what_is_told_again_does_not_count() -> None:
    log = session(0.2)
    log._dialogue.records += [Record(2.0, 1, RESULT % "true", None, 5.0, replayed=True)]
    assert curve(log.plot.latency())[1].tolist() == [0.2]


def test_a_lost_connection_is_a_line() -> None:
    log = session(0.2)
    log._dialogue.records += [Record(3.0, 1, "", Lost(1006, "gone"))]
    (lost,) = log.plot.latency().collections
    assert [segment[:, 0].tolist() for segment in lost.get_segments()] == [[3, 3]]


@pytest.mark.parametrize("log", [ListenLog(Listening({}, Bounds()), {}), FluxLog(Turns({}, Bounds()), {})])
def test_a_session_without_answers_is_an_empty_plot(log: ListenLog | FluxLog) -> None:
    ax = log.plot.latency()
    ax.figure.canvas.draw()
    assert legend(ax) == []


def test_a_session_over_the_sandbox_has_latencies() -> None:
    with Deepgram(sandbox=True) as dg, dg.listen.live((np.zeros(16000), 16000), pace=20.0) as live:
        live.wait()
    at, latency = curve(live.plot.latency())
    assert len(at) > 0
    assert (latency >= 0).all()
    assert live.plot.timeline().get_xlabel() == "time [s]"
