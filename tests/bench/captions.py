"""Captions with an hour of transcript shown: from the service's message to the screen, bytes, frames.

Needs Chromium. The service is a local one that says what it is told to, ten times a second; each
text carries the time at which it was sent, and the page notes when a frame with it was drawn.
"""

from __future__ import annotations

import json
import tempfile
import time
from pathlib import Path
from statistics import mean

import nbformat
from playwright.sync_api import sync_playwright

from tests.browser import lab as labs
from tests.notebooks.hygiene import clean
from tests.widgets.talker import Talker, results

HOUR = [
    results("one two three four five six seven eight nine", at * 3.6, 3.6, pause=True) for at in range(1000)
]
COUNT, PERIOD = 200, 0.1

GOALS = {"message to pixels, p95": 100.0, "frame, p95": 20.0}
"""Goals [ms]."""

CELL = """
import json
from dgnb import Deepgram
from dgnb.widgets.captions import Captions
sizes, send = [], Captions.send
def counted(self, content, buffers=None):
    if content.get("interim"):
        sizes.append(len(json.dumps(content)))
    send(self, content, buffers)
Captions.send = counted
dg = Deepgram("key", base_url={url!r})
live = dg.listen.live(iter([bytes(320)]), encoding="linear16", sample_rate=16000)
live
"""

WATCH = """() => {
  window.ages = []; window.frames = [];
  let [before, last] = [null, ''];
  const tick = (now) => {
    if (before !== null) window.frames.push(now - before);
    before = now;
    const said = document.querySelector('.dgnb-interim')?.textContent ?? '';
    // What a frame finds in the page it draws: what is found here is on the screen with the next frame.
    if (said !== last && said.startsWith('sent ')) {
      const sent = Number(said.split(' ')[1]);
      requestAnimationFrame(() => window.ages.push(Date.now() - sent));
    }
    last = said;
    requestAnimationFrame(tick);
  };
  requestAnimationFrame(tick);
}"""

SIZES = """async () => {
  const kernel = window.jupyterapp.shell.currentWidget.sessionContext.session.kernel;
  let text = '';
  const future = kernel.requestExecute({code: 'print(json.dumps(sizes))', store_history: false});
  future.onIOPub = (message) => { if (message.header.msg_type === 'stream') text += message.content.text; };
  await future.done;
  return text;
}"""


def percentile(values: list[float], share: float) -> float:
    """The value that so large a share lies below."""
    return sorted(values)[min(int(len(values) * share), len(values) - 1)]


def measure() -> tuple[list[float], list[float], list[int]]:
    """Age of each text when it was drawn [ms], time of each frame [ms], size of each update [bytes]."""
    with tempfile.TemporaryDirectory() as folder, Talker(HOUR) as talker:
        root = Path(folder) / "notebooks"
        root.mkdir()
        cells = [nbformat.v4.new_code_cell(CELL.format(url=talker.url))]
        (root / "captions.ipynb").write_text(clean(nbformat.v4.new_notebook(cells=cells)))
        with labs.lab(root, Path(folder)) as lab, sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=labs.chromium(), args=labs.CHROMIUM)
            page = browser.new_page()
            labs.open_notebook(page, lab.copy("captions.ipynb"))
            assert labs.run_all(page)
            page.get_by_text("9,000 words").wait_for()
            page.evaluate(WATCH)
            _talk(talker)
            page.wait_for_function(
                "window.ages.length > 0 && document.querySelector('.dgnb-interim').textContent === ''"
            )
            ages, frames = page.evaluate("[window.ages, window.frames]")
            sizes = json.loads(page.evaluate(SIZES))
            browser.close()
    return ages, frames, sizes


def _talk(talker: Talker) -> None:
    """Say something new ten times a second; every tenth text becomes final."""
    begun = time.monotonic()
    for number in range(COUNT):
        time.sleep(max(begun + number * PERIOD - time.monotonic(), 0))
        text = f"sent {time.time() * 1000:.1f} and {number} more words that nobody waits for"
        final = number % 10 == 9
        talker.say(results(text, 3600 + number * PERIOD, PERIOD, final=final))


def main() -> None:
    """Print the figures, against their goals."""
    ages, frames, sizes = measure()
    found = {"message to pixels, p95": percentile(ages, 0.95), "frame, p95": percentile(frames, 0.95)}
    print(f"{'message to pixels, median':<28}{percentile(ages, 0.5):8.1f} ms  ({len(ages)} texts)")
    for name, value in found.items():
        verdict = "met" if value <= GOALS[name] else "MISSED"
        print(f"{name:<28}{value:8.1f} ms  (goal {GOALS[name]:g}, {verdict})")
    half = len(sizes) // 2
    print(f"{'bytes of an update':<28}{mean(sizes[:half]):8.0f} at first, {mean(sizes[half:]):.0f} at last")
