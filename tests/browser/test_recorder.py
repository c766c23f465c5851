"""The browser's microphone in JupyterLab: a fake one that plays a recording once."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from playwright.sync_api import expect, sync_playwright

from dgnb.sandbox.engines.synthesis import RATE, synthesise
from dgnb.sandbox.sounds import resampled
from tests.browser import lab as labs
from tests.browser import microphone
from tests.browser.lab import Lab, command, execute, open_notebook, outputs, run_cell
from tests.browser.microphone import TEXT

BEGIN = "from dgnb import Deepgram\nfrom dgnb.widgets.recorder import Recorder\ndg = Deepgram(sandbox=True)\n"

# The streams that a page opens, to be ended by a test.
OPENED = """
window.streams = [];
const open = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
navigator.mediaDevices.getUserMedia = async wish => {
  window.wish = wish.audio;
  window.streams.push(await open(wish));
  return window.streams.at(-1);
};"""

# As Firefox does with a device of another rate.
STUBBORN = """
const Context = window.AudioContext;
window.AudioContext = function (options = {}) {
  if (options.sampleRate) throw new DOMException('another rate', 'NotSupportedError');
  return new Context(options);
};"""

FAILING = """name => {
  navigator.mediaDevices.getUserMedia = async () => { throw new DOMException('no', name); };
}"""
# As Firefox where the machine has no sound output, but without the wait.
SILENT = """() => {
  const {stream} = new AudioContext().createMediaStreamDestination();
  navigator.mediaDevices.getUserMedia = async () => stream;
  AudioContext.prototype.resume = () => new Promise(() => {});
  Object.defineProperty(BaseAudioContext.prototype, 'state', {get: () => 'suspended'});
  const later = window.setTimeout;
  window.setTimeout = (act, wait, ...rest) => later(act, Math.min(wait, 50), ...rest);
}"""
INSECURE = """() => {
  Object.defineProperty(window, 'isSecureContext', {value: false, configurable: true});
}"""
# The button's message and this code come to the kernel on different ways.
PAUSED = """
import threading
paused = threading.Event()
live.recorder.observe(lambda change: change['new'] == 'paused' and paused.set(), 'state')
assert live.recorder.state == 'paused' or paused.wait(20)"""
RELEASED = "() => streams.every(stream => stream.getTracks()[0].readyState === 'ended')"
# Half a second as the page draws it.
FRAMES = """async () => {
  for (let frame = 0; frame < 30; frame += 1) await new Promise(requestAnimationFrame);
}"""
HIDDEN = "() => Object.defineProperty(navigator, 'mediaDevices', {value: undefined, configurable: true})"


@pytest.fixture(scope="module")
def speech() -> NDArray[np.int16]:
    """What is spoken, at 16 kHz."""
    return resampled(synthesise(TEXT, "edward").samples, RATE, 16_000)


@pytest.fixture(scope="module")
def browser(browser_path: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """A browser whose microphone speaks, once each time that it is opened."""
    fake = microphone.options(tmp_path_factory.mktemp("microphone"))
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=browser_path, args=[*labs.CHROMIUM, *fake])
        yield chromium
        chromium.close()


@pytest.fixture
def allowed(page: Any) -> Any:
    """A page that may use the microphone."""
    page.context.grant_permissions(["microphone"])
    page.add_init_script(OPENED)
    return page


def told(page: Any, expression: str) -> Any:
    """What an expression is in the kernel."""
    return json.loads(execute(page, f"import json; print(json.dumps({expression}))"))


def recorded(page: Any, expression: str) -> NDArray[np.int16]:
    """Samples that are bytes in the kernel."""
    printed = execute(page, f"import base64; print(base64.b64encode({expression}).decode())")
    return np.frombuffer(base64.b64decode(printed), np.int16)


def likeness(heard: NDArray[np.int16], spoken: NDArray[np.int16]) -> tuple[float, float]:
    """How what was heard is like what was spoken, and how much longer it is.

    Each half second is looked for by itself, to a part of a sample: on a busy machine the fake
    device leaves out some milliseconds now and then, before anything of ours has them.

    Returns
    -------
    correlation : float
        The median of all [-1, 1].
    longer : float, seconds
        Between the first and the last.
    """
    found = [_found(heard, spoken[at : at + _HALF], at) for at in range(0, len(spoken) - _HALF, _HALF // 2)]
    voiced = [each for each in found if each is not None]
    assert len(voiced) >= 5
    return float(np.median([alike for alike, _ in voiced])), (voiced[-1][1] - voiced[0][1]) / 16_000


_HALF = 8000
_PARTS = np.linspace(-1, 1, 21)


def _found(heard: NDArray[np.int16], part: NDArray[np.int16], at: int) -> tuple[float, int] | None:
    """The correlation of a part with where it is heard, and how much later that is; nothing of silence."""
    if np.std(part) < 500:
        return None
    size = len(heard) + len(part)
    wave = np.fft.rfft(part, size)
    place = int(np.argmax(np.fft.irfft(np.fft.rfft(heard, size) * np.conj(wave), size)[: len(heard) - _HALF]))
    turn = np.fft.rfftfreq(size)
    shifted = (np.fft.irfft(wave * np.exp(-2j * np.pi * turn * shift), size)[:_HALF] for shift in _PARTS)
    there = heard[place : place + _HALF]
    return max(float(np.corrcoef(there, each)[0, 1]) for each in shifted), place - at


def record(page: Any, seconds: int) -> None:
    """Press Record, and wait until so much was recorded."""
    page.get_by_role("button", name="Record", exact=True).click()
    page.wait_for_function(
        "time => document.querySelector('.dgnb-recorder [role=timer]').textContent >= time",
        arg=f"0:{seconds:02}",
    )


def stop(page: Any) -> None:
    page.get_by_role("button", name="Stop", exact=True).click()


def test_what_is_spoken_is_in_the_transcript_and_the_next_cell_runs_meanwhile(
    lab: Lab, allowed: Any, speech: NDArray[np.int16]
) -> None:
    page = allowed
    cells = (f"{BEGIN}live = dg.listen.live('mic', keep_audio=True)", "import time\ntime.sleep(0.5)\n40 + 2")
    open_notebook(page, lab.write(*cells))
    assert run_cell(page, 0)
    assert told(page, "[live.status, live.recorder.state]") == ["waiting", "idle"]
    record(page, 1)
    assert page.get_by_role("meter", name="Level").count() == 1
    assert page.get_by_role("combobox", name="Microphone").locator("option").count() >= 1
    expect(page.get_by_role("status").filter(has_text="Recording")).to_be_visible()
    assert (
        page.evaluate("[wish.echoCancellation, wish.noiseSuppression, wish.autoGainControl].some(Boolean)")
        is False
    )
    assert run_cell(page, 1)
    assert outputs(page)[1][0]["data"]["text/plain"] == "42"
    assert told(page, "live.recorder.state") == "recording"
    page.wait_for_function(
        "time => document.querySelector('.dgnb-recorder [role=timer]').textContent >= time",
        arg=f"0:{len(speech) // 16_000 + 3:02}",
    )
    stop(page)
    page.get_by_text("Nothing was lost.").wait_for()

    assert microphone.understood(told(page, "live.wait().text"))
    assert told(page, "[live.status, live.recorder.lost, live.recorder.gaps]") == ["ended", 0, []]
    alike, longer = likeness(recorded(page, "live.audio.audio[44:]"), speech)
    assert alike > 0.99
    assert abs(longer) <= 0.08
    assert page.evaluate(RELEASED)
    # A saved notebook has nothing of the widget.
    (shown, *_) = outputs(page)[0]
    assert set(shown["data"]) == {"text/plain", "text/html"}


def test_it_works_by_keyboard_and_a_pause_is_left_out(lab: Lab, allowed: Any) -> None:
    page = allowed
    open_notebook(page, lab.write(f"{BEGIN}live = dg.flux.live('mic')"))
    assert run_cell(page, 0)
    page.get_by_role("button", name="Record", exact=True).focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Pause")).to_be_enabled()
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Pause")).to_be_focused()
    page.keyboard.press("Space")
    page.get_by_role("button", name="Resume").wait_for()
    assert execute(page, PAUSED) == ""
    before = told(page, "live.recorder.duration")
    page.evaluate(FRAMES)
    assert told(page, "live.recorder.duration") == before
    page.keyboard.press("Space")
    page.get_by_role("status").filter(has_text="Recording").wait_for()
    # The session's own end lets go of the microphone.
    execute(page, "live.stop()")
    page.wait_for_function(RELEASED)
    page.get_by_text("Nothing was lost.").wait_for()
    assert told(page, "[live.status, live.recorder.state]") == ["ended", "ended"]


def test_a_microphone_that_cannot_be_had_is_explained(lab: Lab, page: Any) -> None:
    open_notebook(page, lab.write(f"{BEGIN}recorder = Recorder()\nrecorder"))
    assert run_cell(page, 0)

    def press(said: str) -> None:
        page.get_by_role("button", name="Record", exact=True).click()
        expect(page.get_by_role("status").filter(has_text=said)).to_be_visible()

    press("not allowed")  # nobody has allowed it, and nobody is there to ask
    page.evaluate(FAILING, "NotFoundError")
    press("no microphone")
    page.evaluate(FAILING, "NotReadableError")
    press("another program")
    page.evaluate(SILENT)
    press("sound output")
    page.evaluate(INSECURE)
    page.evaluate(HIDDEN)
    press("https or localhost")
    assert told(page, "recorder.state") == "idle"


def test_a_device_that_vanishes_and_a_tab_that_is_closed_end_the_session(lab: Lab, allowed: Any) -> None:
    page = allowed
    address = lab.write(f"{BEGIN}live = dg.listen.live('mic')", "second = dg.listen.live('mic')")
    open_notebook(page, address)
    assert run_cell(page, 0)
    record(page, 1)
    page.evaluate("streams.at(-1).getTracks()[0].dispatchEvent(new Event('ended'))")
    page.get_by_text("Was it unplugged?").wait_for()
    assert "AudioError" in execute(page, "live.wait()")
    assert told(page, "live.recorder.duration") >= 1

    assert run_cell(page, 1)
    record(page, 1)
    page.evaluate("window.dispatchEvent(new PageTransitionEvent('pagehide'))")
    page.get_by_text("The page was closed.").wait_for()
    execute(page, "second.wait()")
    assert told(page, "[second.status, second.recorder.lost]") == ["ended", 0]


def test_no_microphone_stays_open_behind_a_view_that_is_gone(lab: Lab, allowed: Any) -> None:
    page = allowed
    open_notebook(page, lab.write(f"{BEGIN}live = dg.listen.live('mic')"))
    assert run_cell(page, 0)
    record(page, 1)
    command(page, "notebook:clear-all-cell-outputs")
    page.wait_for_function(RELEASED)
    execute(page, "live.wait()")
    assert told(page, "[live.status, live.recorder.lost]") == ["ended", 0]
    assert "shown no more" in told(page, "live.recorder.said")

    assert run_cell(page, 0)
    record(page, 1)
    page.evaluate("jupyterapp.shell.currentWidget.sessionContext.session.kernel.restart()")
    expect(page.get_by_role("status").filter(has_text="The kernel was restarted")).to_be_visible()
    assert page.evaluate(RELEASED)


def test_a_host_that_blocks_the_microphone_gets_a_page_beside_it(
    lab: Lab, page: Any, speech: NDArray[np.int16]
) -> None:
    open_notebook(page, lab.write(f"{BEGIN}live = dg.listen.live('mic', keep_audio=True)"))
    page.evaluate(HIDDEN)
    page.context.add_init_script(STUBBORN)
    page.context.grant_permissions(["microphone"])
    assert run_cell(page, 0)
    page.get_by_role("button", name="Record", exact=True).click()
    link = page.get_by_role("link", name="Open the recording page")
    with page.context.expect_page() as opening:
        link.click()
    other = opening.value
    errors: list[str] = []
    other.on("pageerror", lambda error: errors.append(str(error)))
    record(other, 1)
    expect(page.get_by_role("status").filter(has_text="Recording in another page")).to_be_visible()
    other.wait_for_function(
        "time => document.querySelector('[role=timer]').textContent >= time",
        arg=f"0:{len(speech) // 16_000 + 3:02}",
    )
    stop(page)
    other.get_by_text("Nothing was lost.").wait_for()
    execute(page, "live.wait()")
    assert told(page, "[live.status, live.recorder.lost]") == ["ended", 0]
    alike, longer = likeness(recorded(page, "live.audio.audio[44:]"), speech)
    assert alike > 0.99
    assert abs(longer) <= 0.08
    other.reload()
    other.get_by_text("This address was used before").wait_for()
    assert errors == []
