"""What is built is whole, and does its work where there is nothing else."""

from __future__ import annotations

import subprocess
import tarfile
import zipfile
from pathlib import Path

import pytest

from dgnb import __version__
from tests.packaging.environments import ROOT
from tests.packaging.smoke import build, use


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    return build(tmp_path_factory.mktemp("dist"))


def kept(*folders: str) -> set[str]:
    """Files of the project that are not ignored."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", *folders],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    return {name for name in listed.stdout.splitlines() if (ROOT / name).is_file()}


def test_the_wheel_has_every_file_of_the_package_and_no_other(built: list[Path]) -> None:
    with zipfile.ZipFile(built[0]) as wheel:
        names = {name for name in wheel.namelist() if ".dist-info/" not in name}
    assert names == kept("dgnb")
    assert {"dgnb/py.typed", "dgnb/widgets/static/recorder.js", "dgnb/views/static/player.css"} <= names


def test_the_source_distribution_has_what_is_needed_to_test_and_to_document(built: list[Path]) -> None:
    with tarfile.open(built[1]) as archive:
        names = {name.split("/", 1)[1] for name in archive.getnames()}
    assert kept("dgnb", "docs", "notebooks", "tests", "binder") <= names
    assert {"README.md", "CHANGELOG.md", "LICENSE", "pyproject.toml"} <= names


@pytest.mark.timeout(600)  # the installation takes half of the usual time, or more, on a busy machine
def test_the_wheel_works_in_an_empty_environment(built: list[Path], tmp_path: Path) -> None:
    assert use(built[0], tmp_path).startswith(f"{__version__} 3.")
