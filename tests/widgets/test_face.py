"""How sessions show themselves in the cells of a real kernel."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from dgnb import Deepgram
from dgnb.widgets import face
from tests import kernels
from tests.magics.test_kernel import environment

pytest.importorskip("ipykernel")

WAIT = 60
VIEW = "application/vnd.jupyter.widget-view+json"

BEGIN = """
import dgnb.widgets
from dgnb import Deepgram
dg = Deepgram(sandbox=True)
"""


class Kernel:
    """A kernel, and everything that it has published."""

    def __init__(self, client: Any) -> None:
        self.client = client
        self.published: list[dict[str, Any]] = []

    def run(self, code: str, cell: str = "") -> list[dict[str, Any]]:
        """What a cell shows; one that has a name is on a page."""
        request = self.client.session.msg(
            "execute_request", {"code": code, "silent": False, "stop_on_error": False}
        )
        request["metadata"] = {"cellId": cell} if cell else {}
        self.client.shell_channel.send(request)
        execution = request["header"]["msg_id"]
        self.until(
            lambda each: (
                each["parent_header"].get("msg_id") == execution
                and each["content"].get("execution_state") == "idle"
            )
        )
        mine = [each for each in self.published if each["parent_header"].get("msg_id") == execution]
        errors = [each["content"]["traceback"] for each in mine if each["msg_type"] == "error"]
        assert errors == []
        shown = ("display_data", "execute_result", "stream")
        return [each["content"] for each in mine if each["msg_type"] in shown]

    def until(self, reached: Any) -> dict[str, Any]:
        """The message of which something is true."""
        for message in self.published:
            if reached(message):
                return message
        while True:
            message = self.client.get_iopub_msg(timeout=WAIT)
            self.published.append(message)
            if reached(message):
                return message

    def update(self, display: str) -> dict[str, Any]:
        """What stands in the place of a display at last."""
        message = self.until(
            lambda each: (
                each["msg_type"] == "update_display_data"
                and each["content"]["transient"]["display_id"] == display
                and "ended" in each["content"]["data"]["text/plain"]
            )
        )
        data: dict[str, Any] = message["content"]["data"]
        return data


@pytest.fixture(scope="module")
def kernel(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Kernel]:
    folder = tmp_path_factory.mktemp("face")
    with kernels.running(environment(folder), folder) as client:
        made = Kernel(client)
        made.run(BEGIN)
        yield made


def played(kernel: Kernel, name: str) -> None:
    """What a page tells that has played to the end."""
    told = "{'kind': 'report', 'state': 'played', 'time': 1.0}"
    kernel.run(f"{name}._face.widget._heard(None, {told}, None)")


def test_a_session_is_its_widget_and_then_what_it_came_to(kernel: Kernel) -> None:
    (shown,) = kernel.run("talk = dg.speak.live()\ntalk.say('Good morning.')\ntalk", "a")
    assert VIEW in shown["data"]
    assert kernel.run("display(talk)\ntalk", "b")[0]["data"][VIEW] == shown["data"][VIEW]
    kernel.run("talk.finish();")
    played(kernel, "talk")
    final = kernel.update(shown["transient"]["display_id"])
    assert final.keys() == {"text/plain", "text/html"}
    assert "<audio" in final["text/html"]
    comm = shown["data"][VIEW]["model_id"]
    kernel.until(lambda each: each["msg_type"] == "comm_close" and each["content"]["comm_id"] == comm)


def test_it_is_shown_once_in_a_cell(kernel: Kernel) -> None:
    shown = kernel.run("talk = dg.speak.live()\ndisplay(talk)\ndisplay(talk)\ntalk", "a")
    assert len(shown) == 1
    (again,) = kernel.run("talk", "a")
    assert again["transient"]["display_id"] != shown[0]["transient"]["display_id"]
    kernel.run("talk.finish();")
    played(kernel, "talk")
    for each in (shown[0], again):
        assert kernel.update(each["transient"]["display_id"])["text/plain"].startswith("<speak.live: ended")


def test_a_session_that_has_ended_is_no_widget(kernel: Kernel) -> None:
    (shown,) = kernel.run("talk = dg.speak.live()\ntalk.say('Good morning.')\ntalk.finish();talk", "a")
    assert shown["data"].keys() == {"text/plain", "text/html"}


def test_without_a_page_there_is_no_widget(kernel: Kernel) -> None:
    (shown,) = kernel.run("talk = dg.speak.live()\ntalk.say('Good morning.')\ntalk")
    assert shown["data"].keys() == {"text/plain"}
    kernel.run("talk.finish();")
    assert "<audio" in kernel.update(shown["transient"]["display_id"])["text/html"]


def test_a_magic_and_its_value_are_one_display(kernel: Kernel) -> None:
    kernel.run("%load_ext dgnb")
    shown = kernel.run("%deepgram speak --live -o talk Good morning.\ntalk", "m")
    (display,) = (each for each in shown if "data" in each)
    assert VIEW in display["data"]
    kernel.run("talk.wait();")
    played(kernel, "talk")
    assert "<audio" in kernel.update(display["transient"]["display_id"])["text/html"]


def test_what_was_to_be_a_line_can_become_all_of_it(kernel: Kernel) -> None:
    kernel.run("from dgnb.widgets.face import show\ntalk = dg.speak.live()\ntalk.say('Good morning.')")
    (shown,) = kernel.run("face = show(talk, brief=True)", "a")
    display = shown["transient"]["display_id"]
    kernel.run("talk.finish();")
    played(kernel, "talk")
    assert kernel.update(display).keys() == {"text/plain"}
    kernel.published.clear()
    kernel.run("face.settle(whole=True)")
    assert "<audio" in kernel.update(display)["text/html"]


def test_a_display_is_not_made_while_a_session_that_has_ended_exchanges_them(kernel: Kernel) -> None:
    kernel.run("""
from dgnb.widgets import face as faces
talk = dg.speak.live()
plain, locked = faces._display, []
def display(bundle, **options):
    locked.append(talk._face._ending.locked())
    return plain(bundle, **options)
faces._display = display""")
    kernel.run("talk", "a")
    assert kernel.run("faces._display = plain\nprint(locked)\ntalk.stop();")[0]["text"] == "[True]\n"


def test_what_a_session_came_to_is_shown_although_its_display_is_slow(kernel: Kernel) -> None:
    kernel.run("""
import threading
from dgnb.widgets import face as faces
go_on, kept = threading.Event(), (faces.came_to, faces.PATIENCE)
def slow(session, **options):
    assert threading.current_thread() is threading.main_thread() or go_on.wait(60)
    return kept[0](session, **options)
talk = dg.speak.live()
talk.say('Good morning.')""")
    (shown,) = kernel.run("talk")
    kernel.run("faces.came_to, faces.PATIENCE = slow, 0.1\ntalk.finish()\ntalk._face.settle()")
    assert "<audio" in kernel.update(shown["transient"]["display_id"])["text/html"]
    kernel.run("faces.came_to, faces.PATIENCE = kept\ngo_on.set()")


def test_voila_changes_no_output_and_so_keeps_the_widget(kernel: Kernel) -> None:
    kernel.run("import os\nos.environ['SERVER_SOFTWARE'] = 'voila/0.5'")
    (shown,) = kernel.run("talk = dg.speak.live()\ntalk.say('Good morning.')\ntalk")
    kernel.run("recorder = dgnb.widgets.Recorder()\nrecorder.show()")
    assert VIEW in shown["data"]
    kernel.run("talk.finish();")
    played(kernel, "talk")
    kernel.published.clear()
    kernel.run("talk._face._following.result()\nrecorder.stop()\ndel os.environ['SERVER_SOFTWARE']")
    kinds = {each["msg_type"] for each in kernel.published}
    assert not kinds & {"update_display_data", "comm_close"}
    assert kernel.run("print(recorder.said)")[0]["text"] == "Nothing was recorded.\n"


def test_elsewhere_it_is_text(capsys: pytest.CaptureFixture[str], dg: Deepgram) -> None:
    with dg.speak.live() as talk:
        assert face.show(talk) is None
        assert capsys.readouterr().out.startswith("<speak.live: ")


def test_a_cell_that_is_run_again_stops_what_it_began(kernel: Kernel) -> None:
    begin = "import numpy as np\nlive = dg.listen.live((np.zeros(16000 * 60), 16000))"
    kernel.run(begin, "one")
    kernel.run("first = live", "two")
    kernel.run(begin, "one")
    kernel.run("first.wait(60)", "three")
    told = kernel.run("print(first.status, live.running); live.stop()", "four")
    assert told[0]["text"] == "ended True\n"
