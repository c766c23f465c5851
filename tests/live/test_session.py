"""What all live sessions have in common, and what becomes of them when nobody cares for them."""

from __future__ import annotations

import signal
import subprocess
import sys
import threading
from typing import Any

import pytest

from dgnb import Deepgram
from dgnb.live import running
from dgnb.live.session import Session
from dgnb.sandbox import Server
from tests.live.conftest import SENTENCES, Leftovers, spoken

RATE = 16_000


@pytest.fixture(scope="module")
def speech() -> Any:
    return spoken(*SENTENCES[:2])


def test_a_block_that_ends_stops_its_session(dg: Deepgram, speech: Any, leftovers: Leftovers) -> None:
    with dg.listen.live((speech, RATE), model="nova-3", pace=1.0) as live:
        assert live.running
    assert live.status == "ended"
    assert leftovers.found() == []


def test_an_error_in_a_block_is_not_covered_by_one_of_the_session(dg: Deepgram, speech: Any) -> None:
    with pytest.raises(ZeroDivisionError), dg.listen.live((speech, RATE), model="nova-9"):
        raise ZeroDivisionError


def test_an_observer_hears_of_it_soon_and_at_the_end(dg: Deepgram, speech: Any) -> None:
    seen: list[str] = []
    ended = threading.Event()

    def look(session: Session[Any]) -> None:
        seen.append(session.status)
        if not session.running:
            ended.set()

    live = dg.listen.live((speech, RATE), model="nova-3", pace=20.0, interim_results=True)
    live.observe(look)
    live.wait()
    assert ended.wait(60)
    assert seen[-1] == "ended"
    assert len(seen) < len(live.records) + 3


def test_an_observation_can_be_ended(dg: Deepgram, speech: Any) -> None:
    seen: list[str] = []
    ended = threading.Event()
    live = dg.listen.live((speech, RATE), model="nova-3", pace=20.0)
    live.observe(lambda session: seen.append(session.status))()
    live.observe(lambda session: session.running or ended.set())
    assert ended.wait(20)
    # At most at its beginning: not again, and not at the session's end.
    assert len(seen) <= 1
    assert "ended" not in seen


def test_several_sessions_run_beside_each_other(dg: Deepgram, speech: Any, leftovers: Leftovers) -> None:
    sessions = [dg.listen.live((speech, RATE), model="nova-3", pace=20.0) for _ in range(5)]
    assert len({session.wait().text for session in sessions}) == 1
    assert len({session.request_id for session in sessions}) == 5
    assert leftovers.found() == []


def test_an_expired_patience_leads_to_a_new_connection(dg: Deepgram, server: Server, speech: Any) -> None:
    whole = dg.listen((speech, RATE), model="nova-3")  # before: any request might take the fault
    server.faults = "half-open@1s"
    live = dg.listen.live((speech, RATE), model="nova-3", pace=20.0, patience=0.5)
    assert live.wait().text == whole.text
    assert list(live.events.query("type == 'Lost'")["connection"]) == [1]


def test_a_session_that_is_given_up_has_let_go_of_everything(
    dg: Deepgram, server: Server, speech: Any, leftovers: Leftovers
) -> None:
    server.faults = "half-open"
    live = dg.listen.live((speech, RATE), model="nova-3", pace=20.0)
    assert next(iter(live)).type == "Opened"
    with pytest.warns(UserWarning, match=r"0 s after its stop.* is missing"):
        live.stop(timeout=0.0)
    assert live.records[-1].notice.type == "Ended"
    assert leftovers.found() == []


def test_what_cannot_be_ended_holds_up_neither_the_stop_nor_the_loop(
    dg: Deepgram, server: Server, speech: Any, monkeypatch: pytest.MonkeyPatch, leftovers: Leftovers
) -> None:
    monkeypatch.setattr(running, "GRACE", 0.0)
    server.faults = "half-open"
    live = dg.listen.live((speech, RATE), model="nova-3", pace=20.0)
    assert next(iter(live)).type == "Opened"
    with pytest.warns(UserWarning, match="is missing"):
        live.stop(timeout=0.0)
    assert live.status == "stopping"
    while leftovers.found():  # which asks the loop
        pass
    assert live.status == "ended"


INTERRUPTED = """
import sys, threading
import numpy as np
from dgnb import Deepgram

samples = np.frombuffer(sys.stdin.buffer.read(), np.int16)
with Deepgram("key", base_url=sys.argv[1]) as dg:
    live = dg.listen.live((samples, 16000), model="nova-3", pace=2.0)
    try:
        live.observe(lambda session: print("heard", flush=True) if session.text else None)
        live.wait()
    except KeyboardInterrupt:
        print("interrupted", live.status, live.text, flush=True)
"""


def test_an_interrupt_stops_the_session_and_keeps_what_was_heard(server: Server, speech: Any) -> None:
    server.faults = ""
    long = spoken(*SENTENCES[:4])
    program = subprocess.Popen(
        [sys.executable, "-c", INTERRUPTED, server.url],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=False,
    )
    assert program.stdin is not None
    assert program.stdout is not None
    program.stdin.write(long.tobytes())
    program.stdin.close()
    with program:
        assert program.stdout.readline() == b"heard\n"
        program.send_signal(signal.SIGINT)
        told = set(program.stdout.read().decode().splitlines()) - {"heard"}  # also after the end
    assert [line[:30] for line in told] == ["interrupted ended i would like"]
    assert program.returncode == 0


LEFT = """
import sys
import numpy as np
from dgnb import Deepgram

live = Deepgram(sandbox=True).listen.live((np.zeros(160000), 16000), pace=1.0)
print(live.running)
"""


def test_a_process_ends_although_a_session_runs() -> None:
    done = subprocess.run([sys.executable, "-c", LEFT], check=False, capture_output=True, text=True)
    assert (done.returncode, done.stdout, done.stderr) == (0, "True\n", "")
