"""The notebooks that Voila serves."""

from __future__ import annotations

from typing import Any

import nbformat
import pytest

from dgnb.dashboards import NAMES
from dgnb.dashboards.board import Board
from dgnb.transport.loop import result
from tests.dashboards.conftest import PATIENCE
from tests.notebooks.hygiene import FOLDER, clean

PLACE = FOLDER / "dashboards"


def test_each_dashboard_has_one() -> None:
    assert sorted(path.stem for path in PLACE.glob("*.ipynb")) == sorted(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_it_is_one_cell_that_shows_the_dashboard_and_stores_nothing(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = (PLACE / f"{name}.ipynb").read_text(encoding="utf-8")
    notebook = nbformat.reads(text, as_version=4)
    (cell,) = notebook.cells
    assert cell.outputs == []
    assert clean(notebook) == text
    monkeypatch.chdir(PLACE)
    first, _, last = cell.source.rpartition("\n")
    names: dict[str, Any] = {}
    exec(first, names)
    board = eval(last, names)
    assert isinstance(board, Board)
    if hasattr(board, "source"):
        assert (PLACE / board.source.chosen()).is_file()
    if board.job is not None:
        result(board.job, PATIENCE)
