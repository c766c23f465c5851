"""The sandbox as a running server, in a thread of its own."""

from __future__ import annotations

import atexit
import socket
import threading
from functools import cache
from typing import Self

import uvicorn

from dgnb.sandbox.app import app

HOST = "127.0.0.1"
"""The only address the sandbox ever listens on."""


class Server:
    """A running sandbox; it ends with its ``with`` block or by `stop`.

    Parameters
    ----------
    port : int
        0 takes a free one.
    """

    def __init__(self, port: int = 0) -> None:
        self._socket = socket.create_server((HOST, port))
        self._server = uvicorn.Server(_config())
        self._thread = threading.Thread(target=self._run, name="dgnb-sandbox", daemon=True)
        self._thread.start()

    def _run(self) -> None:
        self._server.run(sockets=[self._socket])

    @property
    def port(self) -> int:
        """The port it listens on. Connections are taken from the first moment."""
        return int(self._socket.getsockname()[1])

    @property
    def url(self) -> str:
        """Its root, to be used as ``base_url``."""
        return f"http://{HOST}:{self.port}"

    def wait(self) -> None:
        """Return when the server has ended; an interrupt ends it."""
        try:
            while self._thread.is_alive():
                self._thread.join(0.2)
        finally:
            self.stop()

    def stop(self) -> None:
        """End the server and its workers."""
        self._server.should_exit = True
        self._thread.join()
        self._socket.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def __repr__(self) -> str:
        return f"<sandbox at {self.url}>" if self._thread.is_alive() else "<sandbox, stopped>"


def _config() -> uvicorn.Config:
    return uvicorn.Config(
        app(),
        log_config=None,
        log_level="warning",
        access_log=False,
        server_header=False,
        ws="none",
        timeout_graceful_shutdown=2,
    )


def serve(port: int = 0) -> Server:
    """Return a sandbox that is running in the background.

    Parameters
    ----------
    port : int, default 0
        0 takes a free one.

    Raises
    ------
    OSError
        The port is taken.

    Examples
    --------
    >>> from dgnb import Deepgram
    >>> with serve() as server, Deepgram("any key", base_url=server.url) as dg:  # doctest: +SKIP
    ...     dg.listen("call.wav")
    """
    return Server(port)


@cache
def shared() -> Server:
    """Return this process's sandbox, which is started on first use and ends with the process."""
    server = serve()
    atexit.register(server.stop)
    return server
