"""How long it takes until speech is heard in JupyterLab, from the text and from the first audio."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

from playwright.sync_api import sync_playwright

from tests.browser import lab as labs

RUNS = 8

CELLS = (
    "from dgnb import Deepgram\ntalk = Deepgram(sandbox=True).speak.live()\ntalk",
    "talk.say('We walked along the river until it became dark.')\ntalk.flush()",
)

ASK = "player = talk._face.widget; print(player.latency, player.lead, player.first_sound)"


@contextmanager
def pages() -> Iterator[tuple[Any, labs.Lab]]:
    """A browser and a JupyterLab."""
    with TemporaryDirectory() as folder, sync_playwright() as playwright:
        root, home = Path(folder, "root"), Path(folder, "home")
        root.mkdir()
        home.mkdir()
        browser = playwright.chromium.launch(executable_path=labs.chromium(), args=labs.CHROMIUM)
        with labs.lab(root, home) as lab:
            yield browser, lab
        browser.close()


def heard(browser: Any, lab: labs.Lab) -> list[float]:
    """Times of a session that is spoken to when its player is there [s]."""
    page = browser.new_page()
    labs.open_notebook(page, lab.write(*CELLS))
    assert labs.run_cell(page, 0)
    page.get_by_role("status").get_by_text("waiting for speech").wait_for()
    assert labs.run_cell(page, 1)
    page.get_by_text("after the first audio").wait_for()
    # The page's report is under way to the kernel when the page shows it; the kernel takes it first.
    found = [float(number) for number in labs.execute(page, ASK).split()]
    page.close()
    return found


def main() -> None:
    """Print the figures."""
    with pages() as (browser, lab):
        runs = [heard(browser, lab) for _ in range(RUNS)]
    labels = ("text to first audio", "first audio to sound", "text to sound")
    for label, times in zip(labels, zip(*runs, strict=True), strict=True):
        middle, worst = median(times) * 1000, max(times) * 1000
        print(f"{label:22} median {middle:4.0f} ms, worst of {RUNS} {worst:4.0f} ms")
