import os
import subprocess
import sys
from pathlib import Path

import pytest
from packaging.requirements import Requirement

ROOT = Path(__file__).parents[1]
BINDER = ROOT / "binder"


def test_repo2docker_makes_an_image_recipe_from_the_folder() -> None:
    command = [sys.executable, "-m", "repo2docker", "--no-build", "--debug", "."]
    run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=100)
    recipe = run.stdout + run.stderr
    assert run.returncode == 0, recipe
    assert "binder/requirements.txt" in recipe
    assert "binder/postBuild" in recipe
    assert "binder/start" in recipe


@pytest.mark.parametrize("name", ["postBuild", "start"])
def test_a_script_can_be_run(name: str) -> None:
    script = BINDER / name
    assert os.access(script, os.X_OK)
    assert script.read_text().startswith("#!")


def test_start_hands_over_to_what_it_is_given() -> None:
    run = subprocess.run([BINDER / "start", "echo", "started"], capture_output=True, text=True, check=True)
    assert run.stdout == "started\n"


def test_requirements_are_the_lab_extra_and_a_kernel_that_lets_threads_work() -> None:
    lines = [
        line
        for line in (BINDER / "requirements.txt").read_text().splitlines()
        if line[:1] not in "#-" or line[:2] == "-e"
    ]
    assert lines[0] == "-e .[lab]"
    kernel = Requirement(lines[1])
    assert kernel.name == "ipykernel"
    assert not kernel.specifier.contains("7.0.1")
