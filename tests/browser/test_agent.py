"""A spoken conversation in JupyterLab: a fake microphone asks, a function answers, its result is heard."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import expect, sync_playwright

from dgnb import Deepgram
from dgnb.audio.samples import wav
from dgnb.sandbox.engines.synthesis import RATE, synthesise
from dgnb.sandbox.sounds import resampled
from tests.browser import lab as labs
from tests.browser.access import faults
from tests.browser.lab import Lab, command, execute, open_notebook, outputs, run_cell

TAP = (Path(__file__).parent / "tap.js").read_text()
DEVICE = 44_100
WAIT = 60_000

QUESTION, AGAIN = "What time is it in London?", "Thank you very much, that is enough."
PAUSE = 9.0
"""From the question to what is said into the reply [s]."""

BEGIN = """
from dgnb import Deepgram
dg = Deepgram(sandbox=True)
def time(city: str) -> str:
    '''Time of day in a city.'''
    return f'In {city} it is twenty one minutes past five. ' + LONG
"""
LONG = "We walked along the river until it became dark. Nobody knows what will happen next year. " * 3
CELL = "agent = dg.agent(prompt='Be brief.', tools=[time], speak='aura-2-zeus-en', source='mic')\nagent"

# The recorder has an AudioContext of its own.
VOICE = "window.taps.find(tap => tap.context.sampleRate === 24000)"
SOUND = f"() => window.loudness({VOICE}) > 0.05"
SILENCE = f"() => window.loudness({VOICE}) === 0"


@pytest.fixture(scope="module")
def browser(browser_path: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """A browser whose microphone asks a question, and speaks again while it is answered."""
    said = [resampled(synthesise(text, "edward").samples, RATE, DEVICE) for text in (QUESTION, AGAIN)]
    pause = np.zeros(round(PAUSE * DEVICE), np.int16)
    path = tmp_path_factory.mktemp("microphone") / "speech.wav"
    path.write_bytes(wav(np.concatenate([pause[: DEVICE // 2], said[0], pause, said[1]]), DEVICE))
    fake = ["--use-fake-device-for-media-stream", f"--use-file-for-fake-audio-capture={path}%noloop"]
    free = ["--autoplay-policy=no-user-gesture-required"]
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(
            executable_path=browser_path, args=[*labs.CHROMIUM, *fake, *free]
        )
        yield chromium
        chromium.close()


def told(page: Any, expression: str) -> Any:
    """What an expression is in the kernel."""
    return json.loads(execute(page, f"import json; print(json.dumps({expression}))"))


def begin(lab: Lab, page: Any, cell: str, before: str = "") -> Any:
    """Run a conversation's cell in a page that is listened to, and return its panel."""
    page.context.grant_permissions(["microphone"])
    page.add_init_script(TAP)
    open_notebook(page, lab.write(f"LONG = {LONG!r}\n{BEGIN}\n{before}", cell))
    for index in range(2):
        assert run_cell(page, index)
    return page.get_by_role("region", name="Agent")


def test_a_spoken_question_is_answered_aloud_until_the_user_speaks_again(lab: Lab, page: Any) -> None:
    panel = begin(lab, page, CELL)
    expect(panel.get_by_text("press Record to begin")).to_be_visible(timeout=WAIT)
    page.get_by_role("button", name="Record").click()
    panel.locator(".dgnb-side", has_text="minutes past five").wait_for(timeout=WAIT)
    page.wait_for_function(SOUND, timeout=WAIT)
    assert told(page, "agent.calls[['function', 'state']].to_numpy().tolist()") == [["time", "done"]]

    # The user speaks: silence, though there is more of the reply.
    page.wait_for_function(SILENCE, timeout=WAIT)
    panel.get_by_text("interrupted").wait_for(timeout=WAIT)
    heard = np.array(page.evaluate(f"() => window.played({VOICE})"), np.int16)
    said = told(page, "[agent.speech.duration, agent.turns['interrupted'].tolist()[0]]")
    assert np.count_nonzero(heard) / 24_000 < said[0]
    assert said[1]
    with Deepgram(sandbox=True) as dg:
        assert "twenty one minutes" in dg.listen((heard, 24_000)).text.lower()

    panel.get_by_role("button", name="Stop").click()
    page.locator(".jp-OutputArea-output audio").wait_for(timeout=WAIT)
    (shown,) = (one for one in outputs(page)[1] if "audio" in one["data"].get("text/html", ""))
    assert shown["data"].keys() == {"text/plain", "text/html"}
    assert "minutes past five" in shown["data"]["text/html"]


def test_a_conversation_in_writing_by_keyboard_alone(lab: Lab, page: Any) -> None:
    panel = begin(lab, page, "agent = dg.agent(prompt='Your name is Max.', tools=[time])\nagent")
    field = panel.get_by_role("textbox", name="Text to the agent")
    expect(field).to_be_enabled(timeout=WAIT)
    field.focus()
    page.keyboard.type("<img src=x onerror=boom()> What time is it in Rome?")
    page.keyboard.press("Enter")
    panel.locator(".dgnb-side", has_text="minutes past five").wait_for(timeout=WAIT)
    assert panel.locator("img").count() == 0
    panel.locator("summary", has_text="time").press("Enter")
    expect(panel.get_by_text('{"city":"Rome"}')).to_be_visible()

    panel.locator("summary", has_text="Prompt").press("Enter")
    prompt = panel.get_by_role("textbox", name="Prompt")
    expect(prompt).to_have_value("Your name is Max.")
    prompt.fill('End every reply with "Goodbye."')
    panel.get_by_role("button", name="Apply").press("Enter")
    panel.get_by_text("The prompt is in force.").wait_for(timeout=WAIT)
    field.fill("Hello.")
    field.press("Enter")
    panel.get_by_text("Goodbye.").last.wait_for(timeout=WAIT)
    for theme in ("JupyterLab Dark", "JupyterLab Light"):
        command(page, "apputils:change-theme", theme=theme)
        page.wait_for_function(f"document.body.dataset.jpThemeName === '{theme}'")
        assert faults(page, ".dgnb-agent") == []
    panel.get_by_role("button", name="Stop").press("Enter")
    page.locator(".jp-OutputArea-output dl").wait_for(timeout=WAIT)
    command(page, "docmanager:save")
    assert "Goodbye." in json.dumps(outputs(page)[1])
