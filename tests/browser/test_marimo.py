"""Sessions and widgets in a real marimo."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect, sync_playwright

from tests.browser import lab as labs
from tests.browser import microphone
from tests.browser.reactive import marimo

NOTEBOOK = """
import marimo

app = marimo.App()


@app.cell
def _():
    import marimo as mo
    from pathlib import Path
    from dgnb import Deepgram
    from dgnb.widgets import Captions
    dg = Deepgram(sandbox=True)
    return Captions, Path, dg, mo


@app.cell
def _(mo):
    again = mo.ui.button(value=0, on_click=lambda value: value + 1, label="Again")
    again
    return (again,)


@app.cell
def _(dg):
    live = dg.listen.live("mic", interim_results=True)
    live
    return (live,)


@app.cell
def _(again, live, mo):
    mo.md(f"{again.value}: {live.status}, {live.text}")
    return


@app.cell
def _(again, live):
    live if again.value else None
    return


@app.cell
def _(dg):
    talk = dg.speak.live()
    talk.say("Good morning, and welcome.")
    talk
    return (talk,)


@app.cell
def _(dg):
    agent = dg.agent(prompt="Be brief.", greeting="Hello!")
    agent
    return (agent,)


@app.cell
def _(Captions, Path, again, dg, mo):
    waiting = dg.listen.live("mic")
    # A cell that is run again loses its names.
    waiting.observe(lambda session, place=Path(f"waiting-{again.value}"): place.write_text(session.status))
    mo.ui.anywidget(Captions(waiting))
    return
"""


@pytest.fixture(scope="module")
def browser(browser_path: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """A browser whose microphone speaks."""
    options = [*labs.CHROMIUM, *microphone.options(tmp_path_factory.mktemp("microphone"))]
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=browser_path, args=options)
        yield chromium
        chromium.close()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where the notebook is, and where it writes."""
    (tmp_path / "notebook.py").write_text(NOTEBOOK)
    return tmp_path


def until(place: Path, status: str) -> None:
    """Wait for what a session writes of itself."""
    deadline = time.monotonic() + labs.WAIT / 1000
    while not place.exists() or place.read_text() != status:
        assert time.monotonic() < deadline, place.exists() and place.read_text()
        time.sleep(0.05)  # nothing tells when a foreign process has written


def test_sessions_show_themselves_in_marimo_and_end_with_their_cells(folder: Path, page: Any) -> None:
    page.context.grant_permissions(["microphone"])
    with marimo(folder / "notebook.py", folder) as address:
        page.goto(address)
        page.get_by_role("button", name="Record", exact=True).first.click()
        captions = page.locator(".dgnb-captions").first
        interim = captions.locator(".dgnb-interim p, .dgnb-said").filter(has_text="weather")
        interim.first.wait_for()
        captions.locator(".dgnb-said", has_text="friendly").wait_for()
        page.locator(".dgnb-recorder").first.get_by_role("button", name="Stop", exact=True).click()
        expect(captions.locator(".dgnb-state")).to_have_text("ended")
        page.get_by_text("Nothing was lost.").wait_for()
        assert microphone.understood(" ".join(captions.locator(".dgnb-said").all_inner_texts()))
        expect(page.locator(".dgnb-speech")).to_contain_text("Good morning, and welcome.")

        panel = page.get_by_role("region", name="Agent")
        panel.get_by_role("textbox", name="Text to the agent").press_sequentially("My name is Ann.")
        page.keyboard.press("Enter")
        panel.locator(".dgnb-side", has_text="Ann").nth(1).wait_for()

        until(folder / "waiting-0", "waiting")
        page.get_by_role("button", name="Again").click()
        until(folder / "waiting-0", "ended")
        until(folder / "waiting-1", "waiting")
        # The cells that ask now see what the session came to.
        page.get_by_text("1: ended, the weather").wait_for()
        page.locator("article", has_text="friendly").locator("audio").wait_for()

        page.close()
        until(folder / "waiting-1", "ended")
