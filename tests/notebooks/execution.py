"""Notebooks executed as a newcomer does: without a key, in the notebooks' folder."""

import os
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import nbformat

from tests import kernels
from tests.notebooks.hygiene import FOLDER


def keyless() -> dict[str, str]:
    """The environment of a machine that has no key."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("DEEPGRAM_")}
    return kept | {"PYTHON_KEYRING_BACKEND": "keyring.backends.null.Keyring"}


def execute(path: Path) -> Any:
    """The notebook with the outputs of a run; a cell that fails raises."""
    notebook = nbformat.read(path, as_version=4)
    # IPython keeps a history, which kernels that run beside each other are not to share.
    with TemporaryDirectory(ignore_cleanup_errors=True) as own:
        environment = keyless() | {"IPYTHONDIR": own}
        kernels.execute(notebook, environment, FOLDER, store_widget_state=False, coalesce_streams=True)
    return notebook
