"""The player of a transcript in JupyterLab: with its script alone, and as a widget with a kernel."""

import json
from pathlib import Path
from time import monotonic
from typing import Any

import numpy as np
import pytest

from dgnb.audio.pcm import samples
from tests.browser import long
from tests.browser.lab import WAIT, Lab, command, execute, open_notebook, outputs, run_cell

WORDS = 5000
LOAD = "from dgnb import Transcript\ncall = Transcript.load({name!r})"

AUDIO = "document.querySelector('.jp-OutputArea-output audio')"

# What is marked in each frame, beside the number of the word that is spoken then by a plain computation.
FRAMES = """([count, step]) => new Promise(done => {
  const found = [];
  const look = () => {
    const {currentTime, paused} = document.querySelector('.jp-OutputArea-output audio');
    const [range] = [...CSS.highlights.get('dgnb-now')];
    const marked = range.startContainer.data.slice(range.startOffset, range.endOffset);
    found.push([marked, Math.floor(currentTime / step + 0.0025), paused]);
    if (found.length < count) requestAnimationFrame(look); else done(found);
  };
  requestAnimationFrame(look);
})"""

SELECT = """([from, to]) => {
  const words = document.querySelector('.dgnb-words');
  const walker = document.createTreeWalker(words, NodeFilter.SHOW_TEXT);
  const find = (name) => {
    walker.currentNode = words;
    while (walker.nextNode()) {
      const at = walker.currentNode.data.search(new RegExp(`\\\\b${name}\\\\b`));
      if (at >= 0) return [walker.currentNode, at + 1];  // within the word
    }
  };
  getSelection().setBaseAndExtent(...find(`word${from}`), ...find(`word${to}`));
}"""


@pytest.fixture(scope="module")
def files(lab: Lab) -> Lab:
    """Transcripts, and a recording that is too large for a notebook."""
    (lab.root / "long.wav").write_bytes(long.tone(WORDS * long.STEP))
    (lab.root / "short.wav").write_bytes(long.tone(120))
    long.transcript(WORDS).save(lab.root / "long.json")
    long.analysed(300).save(lab.root / "short.json")
    return lab


def shown(files: Lab, page: Any, name: str, *cells: str) -> None:
    """Run cells that load a transcript and show its player."""
    cells = cells or (f"call.player('{name}.wav')",)
    open_notebook(page, files.write(LOAD.format(name=f"{name}.json"), *cells))
    for index in range(len(cells) + 1):
        assert run_cell(page, index), outputs(page)[index]
    page.wait_for_function(long.READY)


def test_a_click_on_a_word_of_many_plays_it_and_the_mark_follows(files: Lab, page: Any) -> None:
    shown(files, page, "long")
    page.wait_for_function(f"() => {AUDIO}.readyState > 0")
    assert "/files/" in page.evaluate(f"{AUDIO}.currentSrc")
    page.evaluate(
        f"{AUDIO}.addEventListener('seeking', () => {{ window.at = {AUDIO}.currentTime }}, {{once: true}})"
    )

    page.mouse.click(*page.evaluate(long.BOX, 4321))
    page.wait_for_function("() => window.at !== undefined")
    assert page.evaluate("window.at") == pytest.approx(4321 * long.STEP, abs=0.02)

    page.wait_for_function(f"() => {AUDIO}.currentTime > {4321 * long.STEP + 0.1}")
    frames = page.evaluate(FRAMES, [120, long.STEP])
    assert not any(paused for _, _, paused in frames)
    assert len({marked for marked, _, _ in frames}) > 2
    # It was marked in this frame: since it was looked at last, the sound has gone on.
    spoken = [number for _, number, _ in frames]
    for (marked, now, _), before in zip(frames[1:], spoken, strict=False):
        assert before <= int(marked[4:]) <= now

    page.keyboard.press(" ")
    assert page.evaluate(f"{AUDIO}.paused")
    page.keyboard.press("ArrowRight")
    (word,) = page.evaluate(long.MARKED, "dgnb-now")
    page.keyboard.press("ArrowLeft")
    (before,) = page.evaluate(long.MARKED, "dgnb-now")
    assert int(word[4:]) == int(before[4:]) + 1
    # JupyterLab took none of the keys: the notebook has the cells that it had.
    assert page.locator(".jp-CodeCell").count() == 2


def test_search_is_stepped_by_keys_and_filters_choose(files: Lab, page: Any) -> None:
    shown(files, page, "short")
    place, told = page.locator(".dgnb-words"), page.locator(".dgnb-bar output")
    assert len(outputs(page)[1][0]["data"]["text/html"]) < 3_200_000
    place.focus()
    page.keyboard.press("/")
    page.keyboard.type("WORD12")
    assert told.first.inner_text() == "11 hits"
    page.keyboard.press("Enter")
    assert told.first.inner_text() == "1 of 11"
    page.keyboard.press("Shift+Enter")
    assert told.first.inner_text() == "11 of 11"
    assert page.evaluate(long.MARKED, "dgnb-found") == ["word12"]
    assert page.evaluate(long.MARKED, "dgnb-now") == ["word129"]
    page.keyboard.press("Escape")
    assert told.first.inner_text() == ""
    page.keyboard.press("Enter")
    page.wait_for_function(f"() => !{AUDIO}.paused && {AUDIO}.currentTime >= {129 * long.STEP - 0.001}")
    page.keyboard.press(" ")

    def choose(name: str, value: str) -> tuple[str, int]:
        page.get_by_label(name, exact=True).select_option(value)
        return told.last.inner_text(), page.locator(".dgnb-words p:not([hidden])").count()

    assert choose("Speaker", "1") == ("120 of 300 words", 2)
    assert choose("Confidence", "0.5") == ("12 of 300 words", 2)
    assert choose("Sentiment", "negative") == ("4 of 300 words", 1)
    assert choose("Topic", "Greeting") == ("0 of 300 words", 0)
    place.focus()
    page.keyboard.press("Escape")
    assert page.locator(".dgnb-words p:not([hidden])").count() == 5


def test_a_selection_in_the_page_is_a_frame_in_the_kernel_and_a_clip(files: Lab, page: Any) -> None:
    shown(files, page, "short", "player = call.player('short.wav', embed=False)\nplayer", "player.selection")
    # Asked for, it has become a widget where it was shown.
    (kept,) = outputs(page)[1]
    assert "application/vnd.jupyter.widget-view+json" in kept["data"]
    page.wait_for_function("() => document.querySelector('.dgnb-player audio')?.readyState > 0")
    assert page.locator(".dgnb-player").count() == 1

    page.evaluate(SELECT, [57, 62])
    page.locator(".dgnb-bar output").get_by_text("6 words, 22.80 to 25.10 s").wait_for()
    assert is_selected(page, 57, 62)
    source = (files.root / "short.wav").read_bytes()[44:]
    execute(page, "player.clip().save('clip.wav')")
    rate = long.RATE
    first, last = round(57 * long.STEP * rate), round((62 * long.STEP + long.LENGTH) * rate)
    clip = (files.root / "clip.wav").read_bytes()[44:]
    assert np.array_equal(samples(clip, "linear16"), samples(source, "linear16")[first:last])

    # A selection elsewhere leaves it; a word that is clicked does not.
    page.locator(".jp-CodeCell .cm-content").first.click()
    page.keyboard.press("Control+A")
    assert is_selected(page, 57, 62)
    page.mouse.click(*page.evaluate(long.BOX, 20))
    page.keyboard.press(" ")
    page.keyboard.press("Escape")
    assert is_selected(page, 0, -1)
    for key in ("Shift+ArrowRight", "Shift+ArrowRight"):
        page.keyboard.press(key)
    (now,) = page.evaluate(long.MARKED, "dgnb-now")
    assert is_selected(page, int(now[4:]) - 2, int(now[4:]))

    execute(page, "player.close()")
    page.wait_for_function("() => document.querySelector('.jp-OutputArea-output script') !== null")
    (kept,) = outputs(page)[1]
    assert kept["data"].keys() == {"text/plain", "text/html"}


def is_selected(page: Any, first: int, last: int) -> bool:
    """Whether the kernel comes to know that just these words are selected: messages of widgets may wait."""
    ask = "import json; print(json.dumps(player.selection['word'].tolist()))"
    wanted = [f"word{number}" for number in range(first, last + 1)]
    deadline = monotonic() + WAIT / 1000
    while (found := json.loads(execute(page, ask))) != wanted and monotonic() < deadline:
        pass
    return bool(found == wanted)


def test_a_saved_player_plays_without_a_kernel(files: Lab, page: Any, tmp_path: Path) -> None:
    shown(files, page, "short", "call.player('short.wav')")
    command(page, "docmanager:save")
    page.evaluate("() => window.jupyterapp.shell.currentWidget.sessionContext.shutdown()")
    page.mouse.click(*page.evaluate(long.BOX, 30))
    page.wait_for_function(f"() => {AUDIO}.currentTime > {30 * long.STEP}")
    number = int(page.evaluate(long.MARKED, "dgnb-now")[0][4:])
    assert 30 <= number < 60
