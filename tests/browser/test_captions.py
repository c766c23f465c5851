"""Captions and turns in a real JupyterLab."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import nbformat
import numpy as np
import pytest
from playwright.sync_api import expect

from dgnb import Deepgram
from dgnb.audio.samples import wav
from dgnb.sandbox import Server, serve
from dgnb.sandbox.engines.recognition import ENGINE_VARIABLE
from tests.browser.lab import Lab, command, open_notebook, outputs, run_all
from tests.live.conftest import SENTENCES, spoken
from tests.notebooks.hygiene import clean
from tests.widgets.talker import Talker, results

HOSTILE = "<img src=x onerror=document.title='hacked'> <script>alert(1)</script> \u202eturned \u05e9\u05dc"

# All that is shown in places whose text changes, from the first on.
TOLD = """() => {
  const places = {
    states: '.dgnb-state', provisional: '.dgnb-interim', read: '.dgnb-captions [aria-live=polite]',
  };
  window.told = {states: [], provisional: [], read: []};
  const look = () => {
    for (const [name, place] of Object.entries(places)) {
      const text = document.querySelector(place)?.textContent;
      if (text && text !== window.told[name].at(-1)) window.told[name].push(text);
    }
  };
  new MutationObserver(look).observe(document.body, {childList: true, subtree: true, characterData: true});
}"""
WAITS = "state => /^reconnecting in [1-9] s/.test(state)"

RUN = "() => { window.jupyterapp.commands.execute('notebook:run-all-cells'); }"
NOTHING_WIDER = "box => box.scrollWidth <= box.clientWidth"
AT_END = "box => box.scrollTop + box.clientHeight >= box.scrollHeight - 2"


@pytest.fixture(scope="module")
def service() -> Iterator[Server]:
    """A sandbox outside of the notebooks, so that its faults can be told."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(os.environ, ENGINE_VARIABLE, "tests.live.engine:Remembering")
        with serve(rate=None) as running:
            yield running


@pytest.fixture(scope="module")
def recording(lab: Lab) -> Path:
    """Three short sentences beside the notebooks."""
    path = lab.root / "captions.wav"
    path.write_bytes(wav(spoken(*(SENTENCES[at] for at in (1, 3, 1)), pause=0.7), 16_000))
    return path


@pytest.fixture(scope="module")
def talk(lab: Lab) -> Path:
    """The same, and two minutes in which nobody says more: it is not over before it is stopped."""
    path = lab.root / "talk.wav"
    sentences = spoken(*(SENTENCES[at] for at in (1, 3, 1)), pause=0.7)
    path.write_bytes(wav(np.pad(sentences, (0, 120 * 16_000)), 16_000))
    return path


def start(lab: Lab, page: Any, url: str, *cells: str, wait: bool = True, before: str = "") -> None:
    """Run cells in a notebook of their own; the page runs something before."""
    first = f"from dgnb import Deepgram\ndg = Deepgram('key', base_url='{url}')"
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in (first, *cells)])
    (lab.root / "captions.ipynb").write_text(clean(notebook))
    open_notebook(page, lab.copy("captions.ipynb"))
    if before:
        page.evaluate(before)
    if wait:
        assert run_all(page)
    else:
        page.evaluate(RUN)


def test_captions_grow_while_the_next_cell_runs_and_stay_in_the_saved_notebook(
    lab: Lab, page: Any, service: Server, talk: Path
) -> None:
    cells = ("live = dg.listen.live('talk.wav', interim_results=True, keep_audio=True)\nlive", "6 * 7")
    start(lab, page, service.url, *cells, before=TOLD)
    widget = page.locator(".dgnb-captions")
    page.wait_for_function("window.told.provisional.length > 0")
    assert outputs(page)[2][0]["data"]["text/plain"] == "42"
    widget.locator(".dgnb-paragraph").first.wait_for()
    expect(widget.locator(".dgnb-said").first).to_contain_text("wonderful")
    page.wait_for_function("window.told.read.some(text => text.includes('wonderful'))")
    assert widget.locator(".dgnb-status").inner_text().startswith("Captions")
    assert widget.locator(".dgnb-state").inner_text() == "live"

    widget.get_by_role("button", name="Stop").focus()
    page.keyboard.press("Enter")
    static = page.locator(".jp-OutputArea-output article").first
    static.wait_for()
    assert page.locator(".dgnb-captions").count() == 0
    assert "wonderful" in static.inner_text()

    command(page, "docmanager:save")
    saved = lab.root / page.url.partition("?")[0].rpartition("/")[2]
    kinds = [kind for output in nbformat.read(saved, as_version=4).cells[1].outputs for kind in output.data]
    assert sorted(kinds) == ["text/html", "text/plain"]
    convert = [
        sys.executable,
        "-m",
        "nbconvert",
        "--to",
        "html",
        "--stdout",
        "--log-level",
        "ERROR",
        str(saved),
    ]
    shown = subprocess.run(convert, capture_output=True, text=True, check=True).stdout
    page.set_content(shown)
    assert "wonderful" in page.locator("article").first.inner_text()
    audio = page.locator("audio")
    audio.evaluate("element => element.readyState || new Promise(r => element.onloadedmetadata = r)")
    assert audio.evaluate("element => element.duration") > 2


def test_a_lost_connection_is_shown_and_no_word_is_lost(
    lab: Lab, page: Any, service: Server, recording: Path
) -> None:
    service.faults = "drop@3s, refuse"
    cell = "live = dg.listen.live('captions.wav', pace=3)\nlive"
    start(lab, page, service.url, cell, before=TOLD)
    page.wait_for_function(f"window.told.states.some({WAITS})")
    page.wait_for_function(f"told.states.lastIndexOf('live') > told.states.findIndex({WAITS})")
    static = page.locator(".jp-OutputArea-output article").first
    static.wait_for()
    with Deepgram("key", base_url=service.url) as dg:
        words = dg.listen.live(recording, pace=50).wait().text.split()
    shown = " ".join(page.locator(".dgnb-text").all_inner_texts()).split()
    assert shown == words


def test_a_slider_moves_by_keyboard_and_its_change_comes_into_force(
    lab: Lab, page: Any, service: Server, talk: Path
) -> None:
    start(lab, page, service.url, "talk = dg.flux.live('talk.wav', eager_eot_threshold=0.4)\ntalk")
    widget = page.locator(".dgnb-turns")
    widget.locator(".dgnb-turn").first.wait_for()
    slider = widget.get_by_label("End at", exact=False).first
    slider.focus()
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("ArrowLeft")
    assert slider.get_attribute("aria-valuetext") == "0.68"
    widget.get_by_text("The change is in force.").wait_for()
    assert widget.locator("output").first.inner_text() == "0.68"
    widget.locator(".dgnb-turn[data-state=end]").first.wait_for()
    assert "ended" in widget.locator(".dgnb-is").first.inner_text()
    assert widget.locator("svg path[fill='#942ff5']").count() >= 1
    widget.get_by_role("button", name="Stop").click()
    page.locator(".jp-OutputArea-output article").first.wait_for()


def test_captions_grow_and_stop_works_while_a_cell_waits_for_the_session(lab: Lab, page: Any) -> None:
    with Talker([results("heard meanwhile", 0, 1)]) as talker:
        opening = "dg.listen.live(SimpleQueue(), encoding='linear16', sample_rate=16000, patience=60)"
        cell = f"from queue import SimpleQueue\nlive = {opening}\ndisplay(live)\nlive.wait().text"
        start(lab, page, talker.url, cell, wait=False)
        page.locator(".dgnb-said", has_text="heard meanwhile").wait_for()
        talker.say(None)
        page.get_by_role("button", name="Stop").click()
        page.locator(".jp-OutputArea-executeResult", has_text="heard meanwhile").wait_for()


def test_hostile_text_is_text_and_the_reader_is_left_alone(lab: Lab, page: Any) -> None:
    said = [results(f"{number} times", number, 1, pause=True) for number in range(60)]
    with Talker([*said, results(f"{HOSTILE} {10_000 * 'w'}", 60, 1, pause=True)]) as talker:
        opening = "dg.listen.live(iter([bytes(320)]), encoding='linear16', sample_rate=16000, patience=60)"
        start(lab, page, talker.url, f"live = {opening}\nlive")
        widget, log = page.locator(".dgnb-captions"), page.get_by_role("log", name="Captions")
        widget.get_by_text("onerror").first.wait_for()
        assert widget.locator("img, script").count() == 0
        assert page.title() != "hacked"
        text = widget.locator(".dgnb-said").last.inner_text()
        assert text.startswith(
            "<img src=x onerror=document.title='hacked'> <script>alert(1)</script> \ufffdturned"
        )
        assert log.evaluate(NOTHING_WIDER)
        page.wait_for_function(f"({AT_END})(document.querySelector('.dgnb-log'))")

        log.focus()
        page.keyboard.press("Home")
        latest = widget.get_by_role("button", name="Latest")
        latest.wait_for()
        page.wait_for_function("document.querySelector('.dgnb-log').scrollTop === 0")
        talker.say(results("the news", 61, 1, pause=True))
        widget.get_by_text("the news").first.wait_for(state="attached")
        assert log.evaluate("box => box.scrollTop") == 0
        latest.click()
        page.wait_for_function(f"({AT_END})(document.querySelector('.dgnb-log'))")
        expect(latest).to_be_hidden()
        talker.say(results("more news", 62, 1, pause=True))
        widget.locator(".dgnb-said", has_text="more news").wait_for()
        page.wait_for_function(f"({AT_END})(document.querySelector('.dgnb-log'))")

        widget.get_by_role("button", name="Clear").click()
        assert widget.locator(".dgnb-paragraph").count() == 0
        with page.expect_download() as saved:
            widget.get_by_role("button", name="Save text").click()
        assert len(Path(saved.value.path()).read_text().splitlines()) == 63
        talker.say(None)
        page.locator(".jp-OutputArea-output article").first.wait_for()
        assert page.locator("img[onerror]").count() == 0
