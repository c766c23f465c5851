from typing import Any

import nbformat
from playwright.sync_api import expect

from tests.browser.lab import Lab, command, open_notebook, outputs
from tests.notebooks.hygiene import clean

CELLS = (
    "%load_ext dgnb\nsound = %deepgram speak Good morning, and welcome. --encoding linear16",
    "live = %deepgram listen {sound.save('spoken.wav')} --live --interim-results --pace 20",
    "live.wait()",
    "%deepgram listen {__import__('queue').Queue()} --live --encoding linear16 --sample-rate 16000 -o live",
    "earlier = live",
    "(earlier.wait().duration, earlier.status, live.running)",
)

SHOWN = """([index, text]) => window.jupyterapp.shell.currentWidget.content.widgets[index]
  .model.outputs.toJSON().some(output => output.data?.['text/plain'].includes(text))"""


def run_cell(page: Any, index: int) -> None:
    """Run one cell to its end, as its button does."""
    page.evaluate("index => window.jupyterapp.shell.currentWidget.content.activeCellIndex = index", index)
    assert command(page, "notebook:run-cell")


def test_a_live_session_is_followed_by_its_cell_and_stays_in_the_notebook(lab: Lab, page: Any) -> None:
    cells = [nbformat.v4.new_code_cell(source) for source in CELLS]
    (lab.root / "live.ipynb").write_text(clean(nbformat.v4.new_notebook(cells=cells)))
    open_notebook(page, lab.copy("live.ipynb"))
    for index in (0, 1, 2, 1):
        run_cell(page, index)

    # No cell runs now.
    page.wait_for_function(SHOWN, arg=[1, "<listen.live: ended, "])
    (kept,) = outputs(page)[1]
    assert kept["output_type"] == "display_data"
    assert "<article" in kept["data"]["text/html"]
    expect(page.locator(".jp-Cell").nth(1).locator(".dgnb-transcript")).to_have_count(1)

    # A cell that runs again stops what it has started before.
    for index in (3, 4, 3, 5):
        run_cell(page, index)
    assert outputs(page)[5][0]["data"]["text/plain"] == "(0.0, 'ended', True)"
    (shown,) = outputs(page)[3]
    assert shown["output_type"] == "display_data"
