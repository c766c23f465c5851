import re
from pathlib import Path
from typing import Any

import nbformat
import pytest

from tests.notebooks.execution import execute
from tests.notebooks.hygiene import clean, notebooks

CHANGING = re.compile(r"/(home|root|tmp|work|Users)/|0x[0-9a-f]{6,}|\\d{4}-\\d\\d-\\d\\dT\\d\\d:")


def kinds(notebook: Any) -> list[set[str]]:
    """The kinds of output of each code cell that has any."""
    cells = [
        {kind for output in cell.outputs for kind in output.get("data", {"text/plain": ""})}
        for cell in notebook.cells
        if cell.cell_type == "code"
    ]
    return [found for found in cells if found]


@pytest.mark.parametrize("path", notebooks(), ids=lambda path: path.stem)
def test_a_notebook_runs_and_shows_what_is_stored(path: Path) -> None:
    stored, run = nbformat.read(path, as_version=4), execute(path)
    assert kinds(run) == kinds(stored) != []


@pytest.mark.parametrize("path", notebooks(), ids=lambda path: path.stem)
def test_a_stored_notebook_holds_nothing_that_changes_from_run_to_run(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert clean(nbformat.reads(text, as_version=4)).strip() == text.strip()
    assert not CHANGING.search(re.sub(r'"image/png": "[^"]*"', "", text))
    assert path.stat().st_size < 200_000


def test_the_quickstart_comes_from_loading_to_a_plot_in_five_cells() -> None:
    quickstart = nbformat.read(notebooks()[0], as_version=4)
    cells = [cell for cell in quickstart.cells if cell.cell_type == "code"]
    assert cells[0].source == "%load_ext dgnb"
    first_plot = next(at for at, cell in enumerate(cells, 1) if "plot" in cell.source)
    assert first_plot <= 5
    assert {"text/html", "image/png"} <= set().union(*kinds(quickstart))
