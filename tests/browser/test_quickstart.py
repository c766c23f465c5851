from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser.lab import Lab, command, open_notebook, outputs, run_all

COMPLETED = """flag => [document.querySelectorAll('.jp-CodeCell')[1], document.querySelector('.jp-Completer')]
  .some(place => place?.textContent.includes(flag))"""
THEMES = {"light": "JupyterLab Light", "dark": "JupyterLab Dark"}


@pytest.mark.parametrize("theme", THEMES)
def test_run_all_shows_the_transcript_the_frame_and_the_plots(
    lab: Lab, page: Any, theme: str, tmp_path: Path
) -> None:
    open_notebook(page, lab.copy("01-quickstart.ipynb"))
    command(page, "apputils:change-theme", theme=THEMES[theme])
    command(page, "notebook:clear-all-cell-outputs")
    pictures = page.locator(".jp-OutputArea-output img")
    expect(pictures).to_have_count(0)

    assert run_all(page)

    kinds = [{kind for output in cell for kind in output.get("data", {})} for cell in outputs(page)]
    assert sum("image/png" in cell for cell in kinds) == 2
    transcript = page.locator(
        ".jp-RenderedHTMLCommon.jp-OutputArea-executeResult, .jp-OutputArea-executeResult"
    )
    expect(transcript.first).to_contain_text("broken")
    expect(transcript.first).to_contain_text("sandbox")
    expect(page.locator(".jp-OutputArea-output table.dataframe tbody tr")).to_have_count(8)
    expect(pictures).to_have_count(2)
    for picture in pictures.all():
        picture.scroll_into_view_if_needed()
        assert picture.evaluate("image => image.decode().then(() => image.naturalWidth > 300)")
    page.locator(".jp-Cell").first.scroll_into_view_if_needed()
    page.screenshot(path=tmp_path / f"{theme}.png")


def test_tab_completes_an_option_in_a_cell_magic(lab: Lab, page: Any) -> None:
    open_notebook(page, lab.copy("01-quickstart.ipynb"))
    command(page, "notebook:run-all-cells")
    cell = page.locator(".jp-CodeCell").nth(1).locator(".cm-content")
    cell.click()
    page.keyboard.press("Control+A")
    page.keyboard.type("%%deepgram listen --profan")
    page.keyboard.press("Tab")
    page.wait_for_function(COMPLETED, arg="--profanity-filter")
