from collections.abc import Iterator
from pathlib import Path

import pytest
from IPython.core.interactiveshell import InteractiveShell

import dgnb.sandbox.server
from tests import shells
from tests.docs.pages import ROOT

AUDIO = "notebooks/audio/interview.mp3"


@pytest.fixture(scope="module")
def sandbox() -> Iterator[str]:
    """The sandbox of all pages, which takes audio at the pace that they ask for."""
    with pytest.MonkeyPatch.context() as patch, dgnb.sandbox.serve(rate=4) as server:
        patch.setattr(dgnb.sandbox.server, "shared", lambda: server)
        patch.setenv("NO_PROXY", "127.0.0.1")
        yield server.url


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where a reader stands, with the beginning of the recording, which is soon heard."""
    recording = (ROOT / AUDIO).read_bytes()
    (tmp_path / AUDIO).parent.mkdir(parents=True)
    (tmp_path / AUDIO).write_bytes(recording[: len(recording) // 6])
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture(scope="module")
def shell(tmp_path_factory: pytest.TempPathFactory) -> Iterator[InteractiveShell]:
    with shells.running(tmp_path_factory.mktemp("ipython")) as shell:
        yield shell
