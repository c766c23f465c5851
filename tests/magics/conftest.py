import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from IPython.core.interactiveshell import InteractiveShell
from IPython.utils.capture import capture_output

from dgnb.audio.samples import wav
from dgnb.client import NOTICE
from tests import shells

SILENCE = wav(np.zeros(1600, dtype=np.int16), 16000)


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """No key anywhere: the sandbox answers."""
    for name in os.environ:
        if name.startswith("DEEPGRAM_"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.null.Keyring")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The current folder, with recordings of silence in it."""
    (tmp_path / "calls").mkdir()
    for name in ("calls/b.wav", "calls/a.wav", "my call.wav", "one.wav"):
        (tmp_path / name).write_bytes(SILENCE)
    (tmp_path / "notes.txt").write_text("no audio")
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture(scope="module")
def one_shell(tmp_path_factory: pytest.TempPathFactory) -> Iterator[InteractiveShell]:
    with shells.running(tmp_path_factory.mktemp("ipython")) as shell:
        yield shell
        shell.run_cell("%unload_ext dgnb")


@pytest.fixture
def shell(one_shell: InteractiveShell) -> InteractiveShell:
    """An IPython shell with the magics loaded anew and no variables."""
    # reset() would collect garbage each time, and that takes 0.1 s
    for name in [name for name in one_shell.user_ns if name not in one_shell.user_ns_hidden]:
        del one_shell.user_ns[name]
    one_shell.run_cell("%reload_ext dgnb")
    return one_shell


Run = Callable[[str], "Outcome"]


class Outcome:
    """What a cell gave: its result, what it wrote, and its error."""

    def __init__(self, shell: InteractiveShell, cell: str) -> None:
        with capture_output() as captured:
            done = shell.run_cell(cell)
        self.result: Any = done.result
        self.error = done.error_in_exec or done.error_before_exec
        # Which cell is the first to need the sandbox is not what most tests are about.
        self.noticed = NOTICE in captured.stdout
        self.out, self.err = captured.stdout.replace(f"{NOTICE}\n", ""), captured.stderr
        self.shown = captured.outputs


@pytest.fixture
def run(shell: InteractiveShell) -> Run:
    """Runs a cell as a notebook does."""
    return lambda cell: Outcome(shell, cell)
