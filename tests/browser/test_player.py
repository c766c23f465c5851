"""Speech that sounds in JupyterLab while it is still being made."""

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

from nbconvert import HTMLExporter
from playwright.sync_api import expect

from tests.browser.lab import READY, RUN, Lab, command, execute, open_notebook, outputs, run_cell

TAP = (Path(__file__).parent / "tap.js").read_text()

BEGIN = "from dgnb import Deepgram\nfrom dgnb.widgets.player import SpeechPlayer\ndg = Deepgram(sandbox=True)"
TEXT = "We walked along the river until it became dark. The weather was cold, but the people were friendly. "

DRY = 240
"""Samples, 10 ms: where there was nothing to play, the next begins later than that."""

UNTIL = "new Promise(done => { const look = () => %s ? done() : setTimeout(look, 50); look(); })"

LISTENED = "() => window.taps[0]?.context.state === 'running'"
SOUND = "() => window.loudness() > 0.05"
SLIDER = "document.querySelector('.dgnb-speech [type=range]')"
SILENCE = "() => window.loudness() === 0"

APPEND = """source => {
  const notebook = window.jupyterapp.shell.currentWidget.content;
  notebook.model.sharedModel.addCell({cell_type: 'code', source});
  notebook.activeCellIndex = notebook.widgets.length - 1;
  window.ran = window.jupyterapp.commands.execute('notebook:run-cell');
}"""

SAMPLES = """async element => {
  const bytes = await (await fetch(element.src)).arrayBuffer();
  return window.sounding(Array.from(new Int16Array(bytes.slice(44))));
}"""


def begin(lab: Lab, page: Any, *cells: str) -> Any:
    """Run cells in a page that is listened to, and return the first player in it."""
    page.add_init_script(TAP)
    open_notebook(page, lab.write(BEGIN, *cells))
    for index in range(len(cells) + 1):
        assert run_cell(page, index)
    return page.get_by_role("group", name="Speech")


def kernel(page: Any, code: str) -> Any:
    """What an expression is in the kernel."""
    return json.loads(execute(page, f"import json; print(json.dumps({code}))"))


def put_in(played: list[int], kept: list[int]) -> list[int]:
    """The lengths of silences that were put into what is kept, when it was played [samples]."""
    found, silence, place = [], 0, iter(kept)
    wanted = next(place)
    for sample in played:
        if sample == wanted:
            found += [silence] if silence else []
            silence, wanted = 0, next(place, None)
            continue
        assert sample == 0
        silence += 1
    assert wanted is None
    return found


def test_speech_sounds_before_it_is_made_and_stays_in_the_notebook(lab: Lab, page: Any) -> None:
    player = begin(lab, page, "talk = dg.speak.live()\ntalk")
    page.wait_for_function(LISTENED)
    began = page.evaluate("performance.now()")
    execute(page, "talk.say('Good morning. ')")
    page.wait_for_function(SOUND)
    passed = (page.evaluate("performance.now()") - began) / 1000
    assert kernel(page, "talk.running")
    execute(page, f"talk.say({TEXT!r}); talk.flush()")
    player.get_by_text("after the first audio").wait_for()
    lead, first = kernel(page, "[talk._face.widget.lead, talk._face.widget.first_sound]")
    assert 0.01 < lead < min(first, passed)

    execute(page, "talk.finish()")
    kept = page.locator(".jp-OutputArea-output audio")
    kept.wait_for()
    silences = put_in(page.evaluate("() => window.sounding(window.played())"), kept.evaluate(SAMPLES))
    # Where a busy machine is late with more, there is silence; what comes in time is laid end to end.
    assert min(silences, default=DRY) >= DRY
    assert player.count() == 0
    (shown,) = outputs(page)[1]
    assert shown["data"].keys() == {"text/plain", "text/html"}
    command(page, "docmanager:save")
    path = page.evaluate("() => window.jupyterapp.shell.currentWidget.context.path")
    exported, _ = HTMLExporter().from_filename(lab.root / path)
    assert re.search(r'<audio [^>]*controls[^>]* src="data:audio/wav;base64,', exported)
    assert "widget-view" not in exported


def test_pause_seek_and_stop(lab: Lab, page: Any) -> None:
    player = begin(
        lab, page, f"talk = dg.speak.live()\nplayer = SpeechPlayer(talk)\ntalk.say({TEXT!r} * 4)\nplayer"
    )
    slider, status = player.get_by_role("slider", name="Position"), player.get_by_role("status")

    player.get_by_role("button", name="Pause").click()
    status.get_by_text("paused").wait_for()
    page.wait_for_function("() => window.taps[0].context.state === 'suspended'")
    player.get_by_role("button", name="Play").focus()
    page.keyboard.press("Enter")
    page.wait_for_function(SOUND)
    page.wait_for_function(f"() => {SLIDER}.max - {SLIDER}.value > 6")
    before = float(slider.input_value())
    slider.focus()
    for _ in range(5):
        page.keyboard.press("ArrowRight")
    page.wait_for_function(f"() => {SLIDER}.value > {before + 4}")
    page.wait_for_function(SOUND)
    expect(player.locator("mark")).to_have_count(1)

    player.get_by_role("button", name="Stop").click()
    page.wait_for_function(SILENCE)
    status.get_by_text("waiting for speech").wait_for()
    assert kernel(page, "talk.running")
    execute(page, "talk.say('It goes on.'); talk.flush()")
    page.wait_for_function(SOUND)
    execute(page, "talk.finish()")
    player.get_by_role("button", name="Replay").wait_for()

    execute(page, "player.play(); player.seek(1)")
    page.wait_for_function(SOUND)
    execute(page, "player.pause()")
    status.get_by_text("paused").wait_for()
    with page.expect_download() as saved:
        player.get_by_role("button", name="Download").click()
    assert Path(saved.value.path()).stat().st_size == 44 + kernel(page, "talk._dialogue.size")


def test_a_browser_that_wants_a_click_gets_one(lab: Lab, page: Any) -> None:
    page.add_init_script(TAP)
    page.goto(lab.write(BEGIN, f"talk = dg.speak.live()\ntalk.say({TEXT!r})\ntalk.flush()\ntalk"))
    # What Playwright evaluates counts as a gesture.
    ask = _unnoticed(page)
    ask(UNTIL % f"({READY})()")
    for index in (0, 1):
        assert ask(f"({RUN})({index})")
    for told in ("[role=status]')?.textContent.startsWith('press Play')", "[title^=Download]:enabled')"):
        ask(UNTIL % f"document.querySelector('.dgnb-speech {told}")
    assert ask("window.taps[0].context.state") == "suspended"

    page.get_by_role("group", name="Speech").get_by_role("button", name="Play").click()
    page.wait_for_function(SOUND)
    assert kernel(page, "talk._face.widget.first_sound") is None
    execute(page, "talk.stop()")


def _unnoticed(page: Any) -> Callable[[str], Any]:
    """Evaluates an expression in a page, as a script of its own would."""
    session = page.context.new_cdp_session(page)

    def ask(expression: str) -> Any:
        options = {"awaitPromise": True, "userGesture": False, "returnByValue": True}
        answer = session.send("Runtime.evaluate", {"expression": expression, **options})
        assert "exceptionDetails" not in answer, answer
        return answer["result"].get("value")

    return ask


def test_a_cell_that_waits_is_heard_and_can_be_stopped(lab: Lab, page: Any) -> None:
    player = begin(lab, page, "%load_ext dgnb")
    line = f"%deepgram speak --live --wait {TEXT * 4}"
    page.evaluate(APPEND, line)
    page.wait_for_function(SOUND)
    player.get_by_role("button", name="Stop").click()
    page.wait_for_function(SILENCE)
    player.wait_for(state="detached")
    page.evaluate("() => window.ran")  # a kernel that has answered a click is idle as well
    line, result = (each["data"] for each in outputs(page)[2] if "data" in each)
    assert line.keys() == {"text/plain"}
    assert "<audio" in result["text/html"]
