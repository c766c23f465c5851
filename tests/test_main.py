import os
import signal
import subprocess
import sys
import tomllib
from pathlib import Path

import httpx
import pytest

import dgnb
from dgnb.__main__ import QUICKSTART, main, notebooks

ROOT = Path(__file__).parents[1]


def test_the_sandbox_prints_its_url_answers_and_ends_with_an_interrupt() -> None:
    command = [sys.executable, "-m", "dgnb", "sandbox", "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        url = process.stdout.readline().strip()
        assert url.startswith("http://127.0.0.1:")
        assert httpx.post(f"{url}/v1/listen", content=b"x", timeout=60).status_code == 401
        process.send_signal(signal.SIGINT)
        assert process.wait(60) == 0


def test_a_taken_port_is_one_line_not_a_traceback(capsys: pytest.CaptureFixture[str]) -> None:
    with dgnb.sandbox.serve() as server:
        assert main(["sandbox", "--port", str(server.port)]) == 1
    assert capsys.readouterr().err.startswith("dgnb: ")


@pytest.mark.parametrize("port", ["-1", "70000"])
def test_a_port_that_cannot_be_is_one_line(port: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["sandbox", "--port", port]) == 1
    assert f"0 to 65535, not {port}" in capsys.readouterr().err


def test_an_unknown_option_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["sandbox", "--colour", "red"])
    assert "unrecognised arguments: --colour red" in capsys.readouterr().err


@pytest.mark.parametrize("folder", [".", "notebooks", "tests"])
def test_lab_finds_the_notebooks_from_anywhere_in_the_project(
    folder: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(ROOT / folder)
    assert (notebooks() / QUICKSTART).is_file()


def test_the_readme_has_the_two_commands_and_ci_runs_them() -> None:
    readme, script = (ROOT / "README.md").read_text(), (ROOT / ".ci" / "run").read_text()
    assert 'python -m pip install -e ".[lab]" && python -m dgnb lab\n' in readme
    assert 'python -m pip install -e ".[dev]" && python -m pytest\n' in readme
    assert '-e ".[dev]" && python -m pytest\n' in script


def test_the_version_has_one_place() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    assert project["tool"]["hatch"]["version"]["path"] == "dgnb/_version.py"
    assert main_version() == f"dgnb {dgnb.__version__}"


def main_version() -> str:
    command = [sys.executable, "-m", "dgnb", "--version"]
    return subprocess.run(command, capture_output=True, text=True, check=True, env=os.environ).stdout.strip()
