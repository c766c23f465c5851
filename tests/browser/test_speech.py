from typing import Any

import nbformat

from tests.browser.lab import Lab, open_notebook, run_all
from tests.notebooks.hygiene import clean

CELLS = (
    "from dgnb import Deepgram\ndg = Deepgram(sandbox=True)",
    "sound = dg.speak('Good morning, and welcome to the service.')",
    "sound",
)

DECODED = """async element => {
  const bytes = await (await fetch(element.src)).arrayBuffer();
  const sound = await new OfflineAudioContext(1, 1, 22050).decodeAudioData(bytes);
  const samples = sound.getChannelData(0);
  return {duration: sound.duration, peak: samples.reduce((most, x) => Math.max(most, Math.abs(x)), 0)};
}"""

PLAYED = """async element => {
  await element.play();
  await new Promise(resolve => element.addEventListener('ended', resolve));
  return element.currentTime;
}"""


def test_speech_plays_in_the_cell(lab: Lab, page: Any) -> None:
    cells = [nbformat.v4.new_code_cell(source) for source in CELLS]
    (lab.root / "speech.ipynb").write_text(clean(nbformat.v4.new_notebook(cells=cells)))
    open_notebook(page, lab.copy("speech.ipynb"))
    assert run_all(page)

    audio = page.locator(".jp-OutputArea-output audio")
    audio.evaluate("element => element.readyState || new Promise(r => element.onloadedmetadata = r)")
    duration = audio.evaluate("element => element.duration")
    decoded = audio.evaluate(DECODED)
    assert 1.5 < duration < 5
    assert abs(decoded["duration"] - duration) < 0.1
    assert 0.05 < decoded["peak"] <= 1.1
    audio.click()  # a gesture, as the browser wants
    assert abs(audio.evaluate(PLAYED) - duration) < 0.1
