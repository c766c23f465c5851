"""Each dashboard in Voila does its main job by keyboard alone, and axe finds no serious fault."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import expect, sync_playwright

from dgnb.audio.samples import wav
from dgnb.sandbox.engines.synthesis import RATE, synthesise
from dgnb.sandbox.sounds import resampled
from tests.browser import lab as labs
from tests.browser.access import faults
from tests.notebooks.hygiene import FOLDER

DEVICE = 44_100
SHOWN = ".dgnb-results"
"""The pages of a result; a page that is not looked at is hidden."""


@pytest.fixture(scope="module")
def voila(browser_path: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a Voila on a copy of the notebooks."""
    assert browser_path
    root, home = tmp_path_factory.mktemp("voila") / "notebooks", tmp_path_factory.mktemp("home")
    shutil.copytree(FOLDER, root)
    port = labs.free_port()
    start = [
        *(sys.executable, "-m", "voila", str(root / "dashboards"), "--no-browser", f"--port={port}"),
        *("--Voila.ip=127.0.0.1", "--VoilaConfiguration.allow_theme_override=YES", "--show_tracebacks=True"),
    ]
    log = home / "voila.log"
    with log.open("wb") as told:
        server = subprocess.Popen(
            start, env=labs.environment(home), stdout=told, stderr=told, start_new_session=True
        )
    try:
        labs.wait_for(f"http://127.0.0.1:{port}/voila/tree", server, log)
        yield f"http://127.0.0.1:{port}/voila/render"
    finally:
        os.killpg(server.pid, signal.SIGTERM)
        server.wait(20)


@pytest.fixture(scope="module")
def browser(browser_path: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """A browser whose microphone speaks, again and again."""
    text = "The weather was cold, but the people were friendly."
    spoken = resampled(synthesise(text, "edward").samples, RATE, DEVICE)
    path: Path = tmp_path_factory.mktemp("microphone") / "speech.wav"
    path.write_bytes(wav(np.pad(spoken, (DEVICE // 2, DEVICE)), DEVICE))
    fake = ["--use-fake-device-for-media-stream", f"--use-file-for-fake-audio-capture={path}"]
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=browser_path, args=[*labs.CHROMIUM, *fake])
        yield chromium
        chromium.close()


def opened(page: Any, voila: str, name: str, title: str, theme: str = "light") -> Any:
    """Open a dashboard, and return its element."""
    page.context.grant_permissions(["microphone"])
    page.goto(f"{voila}/{name}.ipynb?theme={theme}")
    expect(page.get_by_role("heading", name=title, exact=True)).to_be_visible()
    expect(page.get_by_text("answers come from the offline sandbox")).to_be_visible()
    return page.locator(".dgnb-board")


def said(page: Any, text: str) -> None:
    """Wait until the head of a dashboard says something."""
    expect(page.locator(".dgnb-banner [role=status]")).to_contain_text(text)


def accessible(page: Any) -> None:
    """Have axe look at the dashboard."""
    assert faults(page, ".dgnb-board") == []


def reach(page: Any, wanted: Any) -> Any:
    """Press Tab until something has the focus, and return it."""
    for _ in range(150):
        if wanted.evaluate("element => element === document.activeElement"):
            return wanted
        page.keyboard.press("Tab")
    raise AssertionError(f"{wanted} is not reached by keyboard")


def press(page: Any, wanted: Any, key: str = "Enter") -> None:
    """Press a key on something that is reached by Tab."""
    reach(page, wanted)
    page.keyboard.press(key)


def write(page: Any, wanted: Any, text: str) -> None:
    """Replace the text of a field."""
    reach(page, wanted)
    page.keyboard.press("ControlOrMeta+a")
    page.keyboard.press("Delete")
    page.keyboard.type(text)


def turn_to(page: Any, board: Any, title: str) -> None:
    """Choose a tab: the arrows go from one to the next."""
    reach(page, board.get_by_role("tab", selected=True).first)
    wanted = board.get_by_role("tab", name=title)
    for _ in range(8):
        page.keyboard.press("ArrowRight")
        if wanted.evaluate("element => element === document.activeElement"):
            page.keyboard.press("Enter")
            return
    raise AssertionError(f"The tab {title} is not reached by keyboard")


def test_transcribe_a_file_with_an_option_that_was_searched_for(voila: str, page: Any) -> None:
    board = opened(page, voila, "transcribe", "Transcribe", "dark")
    with page.expect_file_chooser() as chosen:
        press(page, board.get_by_role("button", name="Choose"))
    chosen.value.set_files(str(FOLDER / "audio" / "interview.mp3"))
    expect(board.get_by_text("interview.mp3 is here.")).to_be_visible()
    search = board.get_by_role("searchbox", name="Search: Options")
    write(page, search, "speakers apart")
    expect(board.locator(".dgnb-field:visible")).to_have_count(1)
    press(page, board.get_by_role("checkbox", name="diarize"), "Space")
    write(page, search, "")
    expect(board.get_by_text("3 of 40 set")).to_be_visible()
    accessible(page)

    press(page, board.get_by_role("button", name="Transcribe"))
    said(page, "interview.mp3: ")
    expect(board.locator(SHOWN)).to_contain_text("Speaker 1")
    for title, inside in (
        ("Player", "audio"),
        ("Tables", "table"),
        ("Plots", "img[alt^=Overview]"),
        ("Captions", "a[download='captions.srt']"),
        ("JSON", "a[download='transcript.json']"),
        ("Code", "pre:has-text('diarize=True')"),
    ):
        turn_to(page, board, title)
        expect(board.locator(SHOWN).locator(inside).first).to_be_visible()
    accessible(page)


def test_live_hears_one_microphone_twice(voila: str, page: Any) -> None:
    board = opened(page, voila, "live", "Live")
    # Without what is provisional each sentence is recognised once.
    press(page, board.locator("summary", has_text="When a live connection writes what it hears"))
    press(page, board.get_by_role("checkbox", name="interim_results"), "Space")
    press(page, board.get_by_role("button", name="Record", exact=True))
    expect(board.get_by_role("timer").first).to_have_text(re.compile("0:(0[5-9]|[1-5][0-9])"))
    press(page, board.locator(".dgnb-recorder").get_by_role("button", name="Stop", exact=True))
    said(page, "Nova has heard ")
    expect(board.get_by_role("log", name="Captions")).to_contain_text("weather")
    expect(board.locator(".dgnb-turns")).to_contain_text("weather")
    expect(board.locator(".dgnb-code")).to_contain_text("dg.flux.live('/")
    accessible(page)


def test_an_agent_answers_in_writing(voila: str, page: Any) -> None:
    board = opened(page, voila, "agent", "Agent")
    press(page, board.get_by_role("button", name="Start in writing"))
    write(page, board.get_by_placeholder("Say something in writing"), "When is the restaurant open?")
    page.keyboard.press("Enter")
    expect(board.locator(".dgnb-code")).to_contain_text("agent.say('When is the restaurant open?')")
    accessible(page)
    press(page, board.get_by_role("button", name="Stop").first)
    said(page, "The conversation has ended")
    expect(board.locator(SHOWN)).to_contain_text("restaurant")


def test_voices_are_narrowed_down_and_heard(voila: str, page: Any) -> None:
    board = opened(page, voila, "voices", "Voices", "dark")
    languages = reach(page, board.get_by_role("combobox", name="language"))
    page.keyboard.type("fr-FR")
    expect(languages).to_have_value("fr-FR")
    for name in ("Agathe", "Hector"):
        press(page, board.get_by_role("checkbox", name=name), "Space")
    press(page, board.get_by_role("button", name="Speak"))
    said(page, "2 voices spoke.")
    expect(board.locator("audio")).to_have_count(2)
    assert board.locator("audio").first.evaluate(
        "each => new Promise(done => each.duration ? done(1) : each.onloadedmetadata = () => done(1))"
    )
    expect(board.get_by_role("rowheader", name="aura-2-agathe-fr")).to_be_visible()
    accessible(page)


def test_a_text_is_read(voila: str, page: Any) -> None:
    board = opened(page, voila, "read", "Read")
    write(
        page, board.get_by_role("textbox", name="Text or URL"), "I love this place, but the coffee was cold."
    )
    press(page, board.get_by_role("button", name="Read", exact=True))
    said(page, "9 words read.")
    expect(board.locator(SHOWN).locator("mark").first).to_be_visible()
    accessible(page)
    turn_to(page, board, "Tables")
    expect(board.locator(SHOWN).locator("table")).to_be_visible()


def test_usage_is_told_and_models_are_compared(voila: str, page: Any) -> None:
    board = opened(page, voila, "usage", "Usage", "dark")
    said(page, "This is how it stands now.")
    expect(board.locator(SHOWN)).to_contain_text("left, usd")
    turn_to(page, board, "Failed requests")
    expect(board.get_by_text("No request has failed.")).to_be_visible()
    turn_to(page, board, "Keys")
    expect(board.locator(SHOWN)).to_contain_text("never")
    accessible(page)

    board = opened(page, voila, "compare", "Compare models")
    write(page, board.get_by_role("textbox", name="Reference"), "Welcome to the service.")
    press(page, board.get_by_role("button", name="Compare"))
    said(page, "2 trials on interview.mp3.")
    expect(board.locator(SHOWN)).to_contain_text("nova-2")
    accessible(page)
