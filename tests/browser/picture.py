"""``python -m tests.browser.picture``: README's picture of a notebook, taken anew."""

import shutil
import tempfile
from pathlib import Path
from typing import Any

import nbformat
from playwright.sync_api import sync_playwright

from tests.browser.lab import CHROMIUM, chromium, lab, open_notebook, outputs, run_cell
from tests.notebooks.hygiene import clean

ROOT = Path(__file__).parents[2]
PICTURE = ROOT / "docs" / "images" / "lab.png"
SIZE = {"width": 1000, "height": 960}

CELLS = (
    "%load_ext dgnb",
    "%%deepgram listen --model nova-3 --diarize --smart-format --sentiment -o call\naudio/interview.mp3",
    "call.plot.timeline()",
    "call.player()",
)


def take(page: Any) -> None:
    """Run the cells and take the picture."""
    for index in range(len(CELLS)):
        assert run_cell(page, index), outputs(page)[index]
    page.wait_for_selector(".jp-OutputArea-output img")
    page.evaluate("document.querySelector('.jp-WindowedPanel-outer').scrollTop = 0")
    page.wait_for_function(
        "() => document.querySelector('.dgnb-words') && document.fonts.status === 'loaded'"
    )
    page.screenshot(path=str(PICTURE))


def main() -> None:
    """Open JupyterLab on a notebook of its own, beside the recording."""
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        root, home = Path(folder, "root"), Path(folder, "home")
        home.mkdir()
        shutil.copytree(ROOT / "notebooks" / "audio", root / "audio")
        made = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in CELLS])
        (root / "interview.ipynb").write_text(clean(made))
        with lab(root, home) as server:
            browser = playwright.chromium.launch(executable_path=chromium(), args=CHROMIUM)
            page = browser.new_page(viewport=SIZE)
            open_notebook(page, f"{server.url}/doc/tree/interview.ipynb?token={server.token}&reset")
            take(page)
            browser.close()


if __name__ == "__main__":
    main()
