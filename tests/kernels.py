"""Real kernels for tests, which are spoken to by way of files.

A kernel's ports are free when they are chosen, some seconds before it listens at them; meanwhile
another test may have been given one.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from jupyter_client.blocking.client import BlockingKernelClient
from jupyter_client.manager import KernelManager
from nbclient import NotebookClient
from traitlets.config import Config

WAIT = 120
"""How long a cell may take [s]."""


@contextmanager
def _place() -> Iterator[dict[str, str]]:
    """Where a kernel's sockets are: below a short path, since theirs must not be long."""
    with TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        yield {"transport": "ipc", "ip": str(Path(folder, "kernel"))}


@contextmanager
def running(environment: Mapping[str, str], folder: Path) -> Iterator[BlockingKernelClient]:
    """A client of a kernel that runs in a folder."""
    with _place() as place:
        manager = KernelManager(kernel_name="python3", **place)
        manager.start_kernel(env=dict(environment), cwd=str(folder))
        client = manager.blocking_client()
        client.start_channels()
        try:
            client.wait_for_ready(WAIT)
            yield client
        finally:
            client.stop_channels()
            manager.shutdown_kernel(now=True)
            manager.cleanup_resources()


def execute(notebook: Any, environment: Mapping[str, str], folder: Path, **options: Any) -> None:
    """Run a notebook in a folder, and keep what its cells show in it; a cell that fails raises."""
    resources = {"metadata": {"path": str(folder)}}
    with _place() as place:
        config = Config(KernelManager=place)
        client = NotebookClient(
            notebook, timeout=WAIT, kernel_name="python3", resources=resources, config=config, **options
        )
        client.execute(env=dict(environment))
