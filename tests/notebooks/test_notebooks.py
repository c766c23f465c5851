import re
from pathlib import Path
from typing import Any

import nbformat
import pytest

from tests.notebooks.execution import execute
from tests.notebooks.hygiene import clean, notebooks

CHANGING = re.compile(
    r"/(home|root|tmp|work|Users)/|0x[0-9a-f]{6,}|\d{4}-\d\d-\d\d[T ]\d\d:|127\.0\.0\.1:\d|"
    r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
)
"""Paths, addresses in memory, times, ports, ids."""

MEDIA = re.compile(r"(data:[\w/+.;=-]+;base64,)[\w+/=]+")
"""Audio and images within HTML."""

PATHS = pytest.mark.parametrize("path", notebooks(), ids=lambda path: path.stem)


def code_cells(notebook: Any) -> list[Any]:
    """The cells that are run."""
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def kinds(notebook: Any) -> list[set[str]]:
    """The kinds of output of each code cell that has any."""
    cells = [
        {kind for output in cell.outputs for kind in output.get("data", {"text/plain": ""})}
        for cell in code_cells(notebook)
    ]
    return [found for found in cells if found]


def shown(notebook: Any) -> list[tuple[str, list[Any]]]:
    """Each code cell and all that it shows; of images and audio that they are there.

    Their bytes are the same in the next run, but not with another version of FreeType or FFmpeg.
    """
    return [(cell.source, [_shown(output) for output in cell.outputs]) for cell in code_cells(notebook)]


def _shown(output: Any) -> Any:
    if output.output_type == "stream":
        return output.name, output.text
    return {
        kind: "" if kind.startswith("image/") else MEDIA.sub(r"\1", str(content))
        for kind, content in output.data.items()
    }


@PATHS
def test_a_notebook_that_is_run_again_shows_what_is_stored(path: Path) -> None:
    stored, run = nbformat.read(path, as_version=4), execute(path)
    assert kinds(stored)
    for before, now in zip(shown(stored), shown(run), strict=True):
        assert now == before, "what is shown has changed: `task notebooks` stores it anew"


@PATHS
def test_a_stored_notebook_holds_nothing_that_changes_from_run_to_run(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    notebook = nbformat.reads(text, as_version=4)
    assert clean(notebook).strip() == text.strip()
    for cell in code_cells(notebook):
        assert not CHANGING.search(MEDIA.sub("", str([_shown(output) for output in cell.outputs])))
    assert path.stat().st_size < 200_000


@PATHS
def test_a_stored_notebook_has_no_empty_widget_and_no_failed_cell(path: Path) -> None:
    outputs = [output for cell in code_cells(nbformat.read(path, as_version=4)) for output in cell.outputs]
    assert not [output for output in outputs if output.output_type == "error"]
    assert not [output for output in outputs if "widget" in " ".join(output.get("data", {}))]


@PATHS
def test_a_tutorial_is_short_and_has_a_goal_exercises_and_what_can_go_wrong(path: Path) -> None:
    notebook = nbformat.read(path, as_version=4)
    texts = [cell.source for cell in notebook.cells if cell.cell_type == "markdown"]
    title, goal = texts[0].split("\n\n")[:2]
    assert title.startswith("# ")
    assert len(goal) < 200
    assert len(code_cells(notebook)) <= 14
    assert {"## What can go wrong", "## Exercises"} <= {line for text in texts for line in text.splitlines()}


def test_the_quickstart_comes_from_loading_to_a_plot_in_five_cells() -> None:
    quickstart = nbformat.read(notebooks()[0], as_version=4)
    cells = code_cells(quickstart)
    assert cells[0].source == "%load_ext dgnb"
    first_plot = next(at for at, cell in enumerate(cells, 1) if "plot" in cell.source)
    assert first_plot <= 5
    assert {"text/html", "image/png"} <= set().union(*kinds(quickstart))
