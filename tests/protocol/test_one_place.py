"""A parameter is written in one place: a row that is added there shows everywhere else."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.protocol.places import PLACES, ROW

ROOT = Path(__file__).parents[2]
TABLE = '''    """Who speaks."""\n\n'''
"""Where the row is put: in front of the others of this table."""


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bool]:
    """What a copy of the package shows, in which the table has one row more and nothing else is changed."""
    copy = tmp_path_factory.mktemp("copy")
    for name in ("dgnb", "docs"):
        shutil.copytree(ROOT / name, copy / name, ignore=shutil.ignore_patterns("__pycache__", "_build"))
    params = copy / "dgnb" / "protocol" / "params.py"
    text = params.read_text(encoding="utf-8")
    assert text.count(TABLE) == 1
    params.write_text(text.replace(TABLE, TABLE + ROW), encoding="utf-8")
    shutil.copy(ROOT / "tests" / "protocol" / "places.py", copy)
    run = subprocess.run(
        [sys.executable, "places.py"],
        cwd=copy,
        env={**os.environ, "PYTHONPATH": str(copy)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stderr
    return dict(json.loads(run.stdout))


@pytest.mark.parametrize("place", PLACES)
def test_a_row_that_is_added_shows(place: str, found: dict[str, bool]) -> None:
    assert found[place]


@pytest.mark.parametrize("place", PLACES)
def test_without_the_row_it_shows_nowhere(place: str) -> None:
    assert not PLACES[place]()
