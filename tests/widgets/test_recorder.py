"""The recorder without a browser: what pages say to it, and what a session hears of that."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from dgnb import AudioError, Deepgram, OptionError
from dgnb.live import opening
from dgnb.sandbox import Server, serve
from dgnb.sandbox.engines.synthesis import RATE, synthesise
from dgnb.sandbox.sounds import resampled
from dgnb.transport.loop import result, shared
from dgnb.widgets import problems, visits
from dgnb.widgets import recorder as module
from dgnb.widgets.assets import esm
from dgnb.widgets.recorder import Recorder

FRAME = bytes(2560)
WAIT = 60


class Page:
    """What a page's JavaScript does, by hand."""

    def __init__(self, recorder: Recorder, take: str = "one") -> None:
        self.recorder, self.take, self.count = recorder, take, 0

    def say(self, kind: str, *buffers: bytes, **more: Any) -> None:
        self.recorder._handle_custom_msg({"kind": kind, "take": self.take, **more}, list(buffers))

    def send(self, audio: bytes, *, skip: int = 0) -> None:
        self.count += skip
        for at in range(0, len(audio), len(FRAME)):
            self.say("frame", audio[at : at + len(FRAME)], seq=self.count)
            self.count += 1

    def end(self, why: str = "") -> None:
        self.say("end", count=self.count, why=why)


@pytest.fixture
def recorder() -> Iterator[Recorder]:
    made = Recorder()
    yield made
    made.close()


@pytest.fixture
def told(recorder: Recorder, monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """What the pages are told."""
    found: list[Any] = []
    monkeypatch.setattr(recorder, "send", found.append)
    return found


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with serve(rate=None) as running:
        yield running


@pytest.fixture
def dg(server: Server) -> Iterator[Deepgram]:
    with Deepgram("key", base_url=server.url) as client:
        yield client


def reached(recorder: Recorder, state: str) -> threading.Event:
    """An event for a state of the recorder's."""
    event = threading.Event()
    recorder.observe(lambda change: event.set() if change["new"] == state else None, "state")
    if recorder.state == state:
        event.set()
    return event


def test_a_session_hears_what_a_page_records(dg: Deepgram, recorder: Recorder) -> None:
    samples = resampled(
        synthesise("Good morning, and welcome to the service.", "edward").samples, RATE, 16000
    )
    page = Page(recorder)
    live = dg.listen.live(recorder, keep_audio=True)
    assert live.recorder is recorder
    assert live.status == "waiting"
    page.say("start")
    page.send(samples.tobytes())
    page.end()
    assert live.wait(WAIT).text.endswith("to the service")
    assert live.audio.audio.endswith(samples.tobytes())
    assert live.duration == pytest.approx(len(samples) / 16000)
    assert (recorder.state, recorder.lost, recorder.gaps) == ("ended", 0, [])
    assert recorder.said.endswith("Nothing was lost.")


def test_flux_hears_it_as_well(dg: Deepgram, recorder: Recorder) -> None:
    page = Page(recorder)
    talk = dg.flux.live(recorder)
    page.say("start")
    page.send(20 * FRAME)
    page.end()
    talk.wait(WAIT)
    assert talk.duration == pytest.approx(1.6)


def test_no_connection_is_made_before_somebody_records(dg: Deepgram, recorder: Recorder) -> None:
    live = dg.listen.live(recorder)
    Page(recorder).say("failed", why="denied")
    live.stop()
    assert live.status == "ended"
    assert (recorder.state, recorder.said) == ("ended", problems.NOTHING)


def test_frames_that_never_came_are_counted_and_shown(recorder: Recorder) -> None:
    page = Page(recorder)
    page.say("start")
    page.send(2 * FRAME)
    page.send(FRAME, skip=2)
    assert (recorder.lost, recorder.gaps) == (2, [(2, 4)])
    assert repr(recorder) == "<Recorder: recording, 0.4 s, 2 frames lost>"
    page.count += 1
    page.end()
    assert (recorder.lost, recorder.said) == (3, "Recorded 0:00. 3 frames of 80 ms were lost on the way.")


def test_a_session_that_stops_lets_the_page_go(dg: Deepgram, recorder: Recorder, told: list[Any]) -> None:
    page = Page(recorder)
    live = dg.listen.live(recorder)
    page.say("start")
    page.send(10 * FRAME)
    live.stop()  # what has come by then is heard
    assert {"do": "stop"} in told
    page.send(FRAME)
    page.end()
    assert (recorder.state, recorder.lost, live.duration) == ("ended", 0, pytest.approx(0.8))


def test_a_page_that_does_not_answer_is_not_waited_for(
    recorder: Recorder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "PATIENCE", 0.05)
    Page(recorder).say("start")
    ended = reached(recorder, "ended")
    recorder.stop()
    assert ended.wait(WAIT)


@pytest.mark.parametrize("closing", [Recorder.close, Recorder.stop], ids=["close", "stop"])
def test_it_may_be_ended_on_any_thread(
    dg: Deepgram, recorder: Recorder, closing: Callable[[Recorder], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "PATIENCE", 0.05)
    live = dg.listen.live(recorder)
    page = Page(recorder)
    page.say("start")
    page.send(5 * FRAME)
    thread = threading.Thread(target=closing, args=(recorder,))
    thread.start()
    thread.join()
    assert live.wait(WAIT).duration == pytest.approx(0.4)
    assert recorder.state == "ended"


def test_a_tab_that_is_closed_ends_the_session(dg: Deepgram, recorder: Recorder) -> None:
    page = Page(recorder)
    live = dg.listen.live(recorder)
    page.say("start")
    page.send(5 * FRAME)
    page.end("closed")
    live.wait(WAIT)
    assert live.status == "ended"
    assert recorder.said == "The page was closed. Recorded 0:00. Nothing was lost."


def test_a_device_that_vanishes_is_an_error_after_its_sound(dg: Deepgram, recorder: Recorder) -> None:
    page = Page(recorder)
    live = dg.listen.live(recorder)
    page.say("start")
    page.send(5 * FRAME)
    page.end("vanished")
    with pytest.raises(AudioError, match="unplugged"):
        live.wait(WAIT)
    assert live.duration == pytest.approx(0.4)


def test_a_page_that_falls_silent_is_gone(
    dg: Deepgram, recorder: Recorder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "SILENCE", 0.05)
    monkeypatch.setattr(module, "PATIENCE", 0.05)
    live = dg.listen.live(recorder)
    Page(recorder).say("start")
    with pytest.raises(AudioError, match="not been heard"):
        live.wait(WAIT)
    assert recorder.state == "ended"


def test_signs_of_life_keep_a_paused_recording(recorder: Recorder, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "SILENCE", 0.02)
    monkeypatch.setattr(module, "PATIENCE", 0.05)
    page = Page(recorder)
    ended = reached(recorder, "ended")
    seen: list[str] = []

    def live(beats: int = 10) -> None:
        # On the loop that listens for it: a busy machine holds up both.
        page.say("beat" if beats else "resume")
        seen.append(recorder.state)
        if beats:
            shared().loop.call_later(0.02, live, beats - 1)

    def begin() -> None:
        page.say("start")
        page.say("pause")
        live()

    shared().call(begin)
    assert ended.wait(WAIT)  # without them it ends
    assert seen == [*10 * ["paused"], "recording"]


def test_only_one_page_records(recorder: Recorder, told: list[Any]) -> None:
    first, second = Page(recorder, "one"), Page(recorder, "two")
    first.say("start")
    second.say("start")
    assert told == [{"do": "release", "take": "two"}]
    first.send(FRAME)
    second.send(3 * FRAME)
    second.end()
    second.say("pause")
    assert (recorder.state, recorder.duration) == ("recording", pytest.approx(0.08))
    second.say("stop")
    assert told[-1] == {"do": "stop"}


def test_messages_that_mean_nothing_change_nothing(recorder: Recorder) -> None:
    page = Page(recorder)
    for kind in ("frame", "end", "pause", "beat", "nonsense", "__init__"):
        page.say(kind, FRAME, seq=0, count=1)
    assert recorder.state == "idle"


@pytest.mark.parametrize("why", ["denied", "none", "busy", "insecure", "silent", "worklet"])
def test_every_failure_says_what_to_do(recorder: Recorder, why: str) -> None:
    page = Page(recorder)
    page.say("failed", why=why, host="localhost")
    assert recorder.said == problems.text(why)
    assert recorder.page == ""
    page.say("start")
    assert (recorder.state, recorder.said) == ("recording", "")


def offered(recorder: Recorder, host: str) -> None:
    said = threading.Event()
    recorder.observe(
        lambda _: said.set() if recorder.said in (problems.ELSEWHERE, problems.NO_PAGE) else None
    )
    Page(recorder).say("failed", why="blocked", host=host)
    assert said.wait(WAIT)


def test_a_host_that_blocks_the_microphone_gets_a_page_beside_it(recorder: Recorder) -> None:
    offered(recorder, "")
    assert recorder.page.startswith("http://127.0.0.1:")
    assert "/record/" in recorder.page


def test_without_the_sandbox_the_rest_is_named(recorder: Recorder, monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(_: str) -> Any:
        raise ModuleNotFoundError("No module named 'starlette'")

    monkeypatch.setattr(visits, "load", missing)
    offered(recorder, "localhost")
    assert "mic:default" in recorder.said
    assert recorder.page == ""


@pytest.mark.parametrize("hub", [True, False], ids=["hub", "elsewhere"])
def test_a_page_of_another_machine_is_offered_nothing(
    recorder: Recorder, monkeypatch: pytest.MonkeyPatch, hub: bool
) -> None:
    if hub:
        monkeypatch.setenv("JUPYTERHUB_API_TOKEN", "x")
    Page(recorder).say("failed", why="blocked", host="localhost" if hub else "hub.example.org")
    result(shared().submit(nothing()))
    assert (recorder.page, recorder.said) == ("", problems.text("blocked"))


@pytest.mark.parametrize(
    "frame", ["{", "[]", "1", '{"kind": "start"}'], ids=["no-json", "list", "number", "no-take"]
)
def test_what_the_recording_page_says_in_no_form_changes_nothing(recorder: Recorder, frame: str) -> None:
    with pytest.raises((ValueError, KeyError, TypeError)):  # for which the sandbox ends the connection
        visits.Visitor(recorder).heard(frame)
    assert recorder.state == "idle"


async def nothing() -> None:
    """Let what was submitted before begin."""


def test_a_rate_out_of_range_is_refused() -> None:
    with pytest.raises(OptionError, match="8000 to 48000 Hz"):
        Recorder(rate=4000)


def test_mic_in_a_notebook_is_the_browsers(monkeypatch: pytest.MonkeyPatch) -> None:
    shown: list[Recorder] = []

    def show(recorder: Recorder) -> None:
        shown.append(recorder)

    monkeypatch.setattr(opening, "in_notebook", lambda: True)
    monkeypatch.setattr(module, "browser_microphone", lambda rate, echo: Recorder(int(rate or 16000), echo))
    monkeypatch.setattr(Recorder, "show", show)
    stream = opening.opened("mic", {"sample_rate": 8000})
    assert shown == [stream.recorder]
    assert stream.format.sample_rate == 8000
    with pytest.raises(OptionError, match="channels"):
        opening.opened("mic", {"channels": 2})
    assert len(shown) == 1
    talking = opening.opened("mic", {}, flux=True, echo=True)
    assert [stream.recorder.echo_cancellation, talking.recorder.echo_cancellation] == [False, True]
    result(shared().submit(stream.close()))


def test_a_saved_notebook_shows_what_it_came_to(recorder: Recorder) -> None:
    page = Page(recorder)
    page.say("start")
    page.send(25 * FRAME)
    page.end()
    data, _ = recorder._repr_mimebundle_()
    assert data["text/html"] == "<p>Recorded 0:02. Nothing was lost.</p>"


def test_the_script_of_the_page_outside_stands_alone_and_does_not_end_its_element() -> None:
    script = esm("page")
    assert "</" not in script
    assert not [line for line in script.splitlines() if line.startswith("import ")]
