"""A real marimo, which serves a notebook as an app."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.browser.lab import free_port, wait_for
from tests.notebooks.execution import keyless


@contextmanager
def marimo(path: Path, home: Path) -> Iterator[str]:
    """The address of a notebook as an app, whose pages are forgotten a second after they are closed."""
    port = free_port()
    start = [
        *(sys.executable, "-m", "marimo", "-q", "run", str(path), "--headless", "--no-token"),
        *("--host", "127.0.0.1", "--port", str(port), "--session-ttl", "1"),
    ]
    log, environment = home / "marimo.log", keyless() | {"HOME": str(home)}
    with log.open("wb") as output:
        server = subprocess.Popen(
            start, env=environment, cwd=path.parent, stdout=output, stderr=output, start_new_session=True
        )
    try:
        wait_for(f"http://127.0.0.1:{port}/health", server, log)
        yield f"http://127.0.0.1:{port}"
    finally:
        os.killpg(server.pid, signal.SIGTERM)
        server.wait(20)
