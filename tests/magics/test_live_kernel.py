"""Live sessions that magics start in a real kernel, spoken to as JupyterLab does."""

import re
import wave
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import nbformat
import numpy as np
import pytest
from jupyter_client.blocking.client import BlockingKernelClient

from dgnb.sandbox.engines.synthesis import RATE, synthesise
from tests import kernels
from tests.magics.test_kernel import WAIT, environment

pytest.importorskip("ipykernel")

SETUP = """
%load_ext dgnb
import asyncio, os, queue, threading, time, wave
from dgnb import Deepgram, sandbox
from dgnb.transport.loop import result, shared
server = sandbox.serve(rate=None)
dg = Deepgram("key", base_url=server.url)
get_ipython().magics_manager.registry["DeepgramMagics"].session.take(dg)
with wave.open("call.wav") as file:
    samples = file.readframes(file.getnframes())

def source():
    "Speech that goes on: what is put into it is heard."
    chunks = queue.Queue()
    chunks.put(samples)
    return chunks

async def tasks():
    return [task.get_coro().__qualname__ for task in asyncio.all_tasks() - {asyncio.current_task()}]

def left():
    "Tasks of dgnb's loop, and its threads."
    names = sorted(each.name for each in threading.enumerate())
    threads = [name for name in names if name.startswith("dgnb") and name != "dgnb-sandbox"]
    return result(shared().submit(tasks())), threads
"""
WAITING = """
from dgnb.live import running
def waiting(future):
    "Say that the cell waits, so that an interrupt does not come before it does."
    running.result = result
    print("here", flush=True)
    return result(future)
running.result = waiting
"""
RAW = f"--live --encoding linear16 --sample-rate {RATE} --interim-results --endpointing 300"


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("kernel")
    spoken = synthesise("Good morning.").samples
    with wave.open(str(folder / "call.wav"), "wb") as file:
        file.setparams((1, 2, RATE, 0, "NONE", ""))
        file.writeframes(np.concatenate([spoken, np.zeros(RATE, np.int16)]).tobytes())
    return folder


@pytest.fixture(scope="module")
def kernel(place: Path) -> Iterator["Kernel"]:
    with kernels.running(environment(place), place) as client:
        kernel = Kernel(client)
        assert kernel.run(SETUP).status == "ok"
        yield kernel


class Kernel:
    """A kernel, and everything that it has published, whichever cell it belongs to."""

    def __init__(self, client: BlockingKernelClient) -> None:
        self.client = client
        self.published: list[dict[str, Any]] = []

    def interrupt(self) -> None:
        """What a front end does when its stop button is pressed."""
        self.client.parent.interrupt_kernel()

    def begin(self, code: str, cell: str = "") -> str:
        """Start a cell as a front end does, and return the name of this execution."""
        content = {"code": code, "silent": False, "store_history": True, "user_expressions": {}}
        message = self.client.session.msg("execute_request", content | {"allow_stdin": False})
        message["metadata"] = {"cellId": cell} if cell else {}
        self.client.shell_channel.send(message)
        return str(message["header"]["msg_id"])

    def until(self, reached: Any) -> dict[str, Any]:
        """The first message from now on of which something is true."""
        while True:
            message = self.client.get_iopub_msg(timeout=WAIT)
            self.published.append(message)
            if reached(message):
                return message

    def shown(self, display: str, pattern: str) -> dict[str, Any]:
        """What a display was updated with when a pattern was first found in it, now or before."""
        before = [each for each in self.published if _updates(each, display, pattern)]
        message = before[0] if before else self.until(lambda each: _updates(each, display, pattern))
        return dict(message["content"]["data"])

    def run(self, code: str, cell: str = "") -> "Done":
        """Run a cell to its end."""
        return self.ended(self.begin(code, cell))

    def ended(self, execution: str) -> "Done":
        """What came back for a cell that was started, when it is at its end."""
        self.until(lambda each: _is_idle(each, execution))
        reply = self.client.get_shell_msg(timeout=WAIT)
        while reply["parent_header"]["msg_id"] != execution:
            reply = self.client.get_shell_msg(timeout=WAIT)
        return Done(self, execution, reply["content"])

    def value(self, code: str) -> str:
        """The repr of an expression."""
        (shown,) = self.run(code).of("execute_result")
        return str(shown["data"]["text/plain"])


class Done:
    """What came back for a cell."""

    def __init__(self, kernel: Kernel, execution: str, reply: dict[str, Any]) -> None:
        self.kernel, self.execution, self.reply = kernel, execution, reply
        self.status = reply["status"]

    def of(self, kind: str) -> list[dict[str, Any]]:
        """Messages of a kind that name this execution as theirs."""
        return [
            each["content"]
            for each in self.kernel.published
            if each["msg_type"] == kind and each["parent_header"].get("msg_id") == self.execution
        ]

    @property
    def display(self) -> str:
        """The id of its one display."""
        (shown,) = self.of("display_data")
        return str(shown["transient"]["display_id"])


def _is_idle(message: dict[str, Any], execution: str) -> bool:
    is_status = message["msg_type"] == "status" and message["content"]["execution_state"] == "idle"
    return is_status and message["parent_header"].get("msg_id") == execution


def _updates(message: dict[str, Any], display: str, pattern: str = "") -> bool:
    """Whether it updates a display with text in which a pattern is found."""
    content = message["content"]
    return (
        message["msg_type"] == "update_display_data"
        and content["transient"]["display_id"] == display
        and re.search(pattern, content["data"]["text/plain"]) is not None
    )


HEARD = r"^<listen.live: live, .* [1-9]\d* words?>\n"


def test_a_cell_returns_at_once_and_its_display_follows_the_session(kernel, place):
    started = kernel.run(f"chunks = source()\nlive = %deepgram listen $chunks {RAW}")
    (data,) = [each["data"] for each in started.of("display_data")]
    assert data.keys() == {"text/plain"}
    # A cell that is slow to return may find the connection open.
    assert re.fullmatch("<listen.live: (connecting|live)>", data["text/plain"])
    assert not started.of("execute_result")
    # No cell runs, ...
    shown = kernel.shown(started.display, HEARD)
    assert "text/html" in shown
    # ... then one does, and lasts until this test has seen more.
    waiting = kernel.begin("chunks.put(samples)\nwhile not os.path.exists('seen'): time.sleep(0.01)")
    kernel.until(lambda each: each["parent_header"].get("msg_id") == waiting)
    more = kernel.until(lambda each: _updates(each, started.display, HEARD))["content"]["data"]
    assert more != shown
    (place / "seen").touch()
    kernel.until(lambda each: _is_idle(each, waiting))
    assert kernel.value("live.running, chunks.put(None)") == "(True, None)"
    assert "<article" in kernel.shown(started.display, "^<listen.live: ended")["text/html"]


def test_a_session_is_shown_once_by_its_cell_and_again_by_others(kernel):
    started = kernel.run(f"chunks = source()\n%deepgram listen $chunks {RAW} -o live")
    assert not started.of("execute_result")
    assert len(started.of("display_data")) == 1
    last = kernel.run("chunks.put(None)\nlive.wait()\nlive")
    assert "<article" in last.of("display_data")[0]["data"]["text/html"]
    # Before the cell is done the display is, for those who only look at what a cell has sent.
    final = last.of("update_display_data")[-1]
    assert final["transient"]["display_id"] == started.display
    assert final["data"]["text/plain"].startswith("<listen.live: ended, 1.")
    assert not kernel.run("1").of("update_display_data")


def test_several_sessions_have_displays_of_their_own(kernel):
    cell = "\n".join(f"{name} = %deepgram listen {{source()}} {RAW}" for name in ("one", "two"))
    displays = {each["transient"]["display_id"] for each in kernel.run(cell, "a").of("display_data")}
    assert len(displays) == 2
    kernel.run("one.stop(), two.stop();")
    for display in displays:
        kernel.shown(display, "^<listen.live: ended")


def test_a_cell_that_runs_again_stops_its_earlier_session(kernel):
    kernel.run("found = []")
    for cell in ("a", "b", "a", ""):
        kernel.run(f"live = %deepgram listen {{source()}} {RAW}\nfound.append(live)", cell)
    assert kernel.value("result(shared().submit(found[0]._settled(10))), [one.running for one in found]") == (
        "(True, [False, True, True, True])"
    )
    kernel.run("for one in found: one.stop()")


def test_a_session_that_ends_before_another_one_begins_is_complete(kernel):
    display = kernel.run(f"live = %deepgram listen {{source()}} {RAW}").display
    done = kernel.run("live.stop()\nlive = %deepgram listen call.wav --live --pace 50")
    final = [each for each in done.of("update_display_data") if each["transient"]["display_id"] == display]
    assert final[-1]["data"]["text/plain"].startswith("<listen.live: ended, ")
    kernel.run("live.wait()")


def test_a_cell_that_waits_gives_the_transcript_once(kernel):
    done = kernel.run("%deepgram listen call.wav --live --pace 50 --wait")
    (shown,) = done.of("execute_result")
    assert shown["data"]["text/plain"].startswith("Transcript 1.")
    last = done.of("update_display_data")[-1]["data"]
    assert re.fullmatch(r"<listen.live: ended, .* words?>", last["text/plain"])
    assert list(last) == ["text/plain"]


def test_interrupting_a_cell_that_waits_leaves_what_was_heard(kernel):
    execution = kernel.begin(f"{WAITING}\n%deepgram listen {{source()}} {RAW} --wait -o kept -f text")
    shown = kernel.until(lambda each: each["msg_type"] == "display_data")["content"]["transient"]
    kernel.until(lambda each: each["msg_type"] == "stream" and "here" in each["content"]["text"])
    kernel.shown(shown["display_id"], HEARD)
    kernel.interrupt()
    done = kernel.ended(execution)
    assert (done.status, done.reply["ename"]) == ("error", "KeyboardInterrupt")
    assert "<article" in done.of("update_display_data")[-1]["data"]["text/html"]
    assert kernel.value("len(kept) > 0, left()") == "(True, ([], ['dgnb-loop']))"


def test_interrupting_wait_leaves_the_text_and_nothing_else(kernel):
    display = kernel.run(f"chunks = source()\nlive = %deepgram listen $chunks {RAW}").display
    kernel.shown(display, HEARD)
    execution = kernel.begin(f"{WAITING}\nlive.wait()")
    kernel.until(lambda each: each["msg_type"] == "stream" and "here" in each["content"]["text"])
    kernel.interrupt()
    done = kernel.ended(execution)
    assert (done.status, done.reply["ename"]) == ("error", "KeyboardInterrupt")
    assert kernel.value("live.status, len(live.text) > 0, left()") == "('ended', True, ([], ['dgnb-loop']))"


def test_speech_plays_when_it_has_been_spoken(kernel):
    started = kernel.run("%%deepgram speak --live -o talk\nGood morning. How are you?")
    done = kernel.run("talk.wait().duration > 1")
    assert done.of("execute_result")[0]["data"]["text/plain"] == "True"
    assert "<audio" in kernel.shown(started.display, "^<speak.live: ended")["text/html"]


def test_what_fails_is_told_in_the_display(kernel):
    display = kernel.run("live = %deepgram listen call.wav --live --model nope").display
    kernel.shown(display, "^<listen.live: failed, .*No such model")
    assert kernel.run("live.wait()").reply["ename"] == "BadRequest"


def test_reloading_stops_what_runs(kernel):
    display = kernel.run(f"live = %deepgram listen {{source()}} {RAW}").display
    done = kernel.run("%reload_ext dgnb")
    assert any(_updates(each, display, "^<listen.live: ended") for each in kernel.published)
    assert done.status == "ok"
    again = kernel.run("live.status, left()\nlive")
    assert "<article" in again.of("display_data")[0]["data"]["text/html"]
    assert kernel.value("live.status, left()") == "('ended', ([], ['dgnb-loop']))"


def test_an_executed_notebook_keeps_the_transcript(place):
    cells = ["%load_ext dgnb", "live = %deepgram listen call.wav --live", "live.wait();"]
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in cells])
    kernels.execute(notebook, environment(place), place)
    data = notebook.cells[1].outputs[-1].data
    assert data["text/plain"].startswith("<listen.live: ended, 1.")
    assert "<article" in data["text/html"]
