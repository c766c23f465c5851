"""An IPython shell for tests, which leaves nothing behind."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from IPython.core.interactiveshell import InteractiveShell
from traitlets.config import Config


@contextmanager
def running(home: Path) -> Iterator[InteractiveShell]:
    """A shell without a history, which writes below `home` only."""
    config = Config()
    config.HistoryManager.enabled = False
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("IPYTHONDIR", str(home))
        shell = InteractiveShell.instance(config=config)
        yield shell
        shell.restore_sys_module_state()
        InteractiveShell.clear_instance()
