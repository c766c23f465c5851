"""A spoken conversation in JupyterLab: a fake microphone asks, a function answers, its result is heard."""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import expect, sync_playwright

from dgnb import Deepgram
from dgnb.audio.samples import wav
from dgnb.sandbox.engines.synthesis import RATE, synthesise
from tests.browser import lab as labs
from tests.browser.access import faults
from tests.browser.lab import Lab, command, execute, open_notebook, outputs, run_cell

TAP = (Path(__file__).parent / "tap.js").read_text()

# Somebody at the microphone, who speaks when told to.
MICROPHONE = """(() => {
  const context = new AudioContext();
  const sink = context.createMediaStreamDestination();
  navigator.mediaDevices.getUserMedia = async () => sink.stream;
  window.speak = async data => {
    const source = context.createBufferSource();
    source.buffer = await context.decodeAudioData(Uint8Array.from(atob(data), x => x.charCodeAt(0)).buffer);
    source.connect(sink);
    source.start();
  };
})()"""

QUESTION, AGAIN = "What time is it in London?", "Thank you very much, that is enough."
ANSWER = 5
"""After so much of the reply its beginning, which has the time of day, was heard [s]."""

BEGIN = """
from dgnb import Deepgram
dg = Deepgram(sandbox=True)
def time(city: str) -> str:
    '''Time of day in a city.'''
    return f'In {city} it is twenty one minutes past five. ' + LONG
"""
LONG = "We walked along the river until it became dark. Nobody knows what will happen next year. " * 4
CELL = "agent = dg.agent(prompt='Be brief.', tools=[time], speak='aura-2-zeus-en', source='mic')\nagent"

# The recorder has an AudioContext of its own.
VOICE = "window.taps.find(tap => tap.context.sampleRate === 24000)"
SOUND = f"() => window.loudness({VOICE}) > 0.05"
SILENCE = f"() => window.loudness({VOICE}) === 0"


@pytest.fixture(scope="module")
def browser(browser_path: str) -> Iterator[Any]:
    """A browser that plays without a gesture."""
    free = ["--autoplay-policy=no-user-gesture-required"]
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=browser_path, args=[*labs.CHROMIUM, *free])
        yield chromium
        chromium.close()


def spoken(text: str) -> str:
    """What somebody says, as a page can play it."""
    return b64encode(wav(synthesise(text, "edward").samples, RATE)).decode()


def told(page: Any, expression: str) -> Any:
    """What an expression is in the kernel."""
    return json.loads(execute(page, f"import json; print(json.dumps({expression}))"))


def begin(lab: Lab, page: Any, cell: str, before: str = "") -> Any:
    """Run a conversation's cell in a page that is listened to, and return its panel."""
    page.add_init_script(MICROPHONE)
    page.add_init_script(TAP)
    open_notebook(page, lab.write(f"LONG = {LONG!r}\n{BEGIN}\n{before}", cell))
    for index in range(2):
        assert run_cell(page, index)
    return page.get_by_role("region", name="Agent")


def test_a_spoken_question_is_answered_aloud_until_the_user_speaks_again(lab: Lab, page: Any) -> None:
    panel = begin(lab, page, CELL)
    expect(panel.get_by_text("press Record to begin")).to_be_visible()
    page.get_by_role("button", name="Record").click()
    expect(page.get_by_role("status").filter(has_text="Recording")).to_be_visible()
    page.evaluate("window.speak", spoken(QUESTION))
    panel.locator(".dgnb-side", has_text="minutes past five").wait_for()
    page.wait_for_function(SOUND)
    assert told(page, "agent.calls[['function', 'state']].to_numpy().tolist()") == [["time", "done"]]
    page.wait_for_function(f"() => window.sounding(window.played({VOICE})).length > {ANSWER} * 24000")

    # The user speaks: silence, though there is more of the reply.
    page.evaluate("window.speak", spoken(AGAIN))
    panel.get_by_text("interrupted").wait_for()
    page.wait_for_function(SILENCE)
    heard = np.array(page.evaluate(f"() => window.sounding(window.played({VOICE}))"), np.int16)
    said = told(page, "[agent.speech.duration, agent.turns['interrupted'].tolist()[0]]")
    assert np.count_nonzero(heard) / 24_000 < said[0]
    assert said[1]
    with Deepgram(sandbox=True) as dg:
        assert "twenty one minutes" in dg.listen((heard[: ANSWER * 24_000], 24_000)).text.lower()

    panel.get_by_role("button", name="Stop").click()
    page.locator(".jp-OutputArea-output audio").wait_for()
    (shown,) = (one for one in outputs(page)[1] if "audio" in one["data"].get("text/html", ""))
    assert shown["data"].keys() == {"text/plain", "text/html"}
    assert "minutes past five" in shown["data"]["text/html"]


def test_a_conversation_in_writing_by_keyboard_alone(lab: Lab, page: Any) -> None:
    panel = begin(lab, page, "agent = dg.agent(prompt='Your name is Max.', tools=[time])\nagent")
    field = panel.get_by_role("textbox", name="Text to the agent")
    expect(field).to_be_enabled()
    field.focus()
    page.keyboard.type("<img src=x onerror=boom()> What time is it in Rome?")
    page.keyboard.press("Enter")
    panel.locator(".dgnb-side", has_text="minutes past five").wait_for()
    assert panel.locator("img").count() == 0
    panel.locator("summary", has_text="time").press("Enter")
    expect(panel.get_by_text('{"city":"Rome"}')).to_be_visible()

    panel.locator("summary", has_text="Prompt").press("Enter")
    prompt = panel.get_by_role("textbox", name="Prompt")
    expect(prompt).to_have_value("Your name is Max.")
    prompt.fill('End every reply with "Goodbye."')
    panel.get_by_role("button", name="Apply").press("Enter")
    panel.get_by_text("The prompt is in force.").wait_for()
    field.fill("Hello.")
    field.press("Enter")
    panel.get_by_text("Goodbye.").last.wait_for()
    for theme in ("JupyterLab Dark", "JupyterLab Light"):
        command(page, "apputils:change-theme", theme=theme)
        page.wait_for_function(f"document.body.dataset.jpThemeName === '{theme}'")
        assert faults(page, ".dgnb-agent") == []
    panel.get_by_role("button", name="Stop").press("Enter")
    page.locator(".jp-OutputArea-output dl").wait_for()
    command(page, "docmanager:save")
    assert "Goodbye." in json.dumps(outputs(page)[1])
