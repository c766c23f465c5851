"""The sandbox as a running server, in a thread of its own."""

from __future__ import annotations

import asyncio
import atexit
import socket
import threading
from functools import cache
from pathlib import Path
from typing import Self, cast

import uvicorn
from starlette.applications import Starlette

from dgnb.errors import OptionError
from dgnb.protocol import limits
from dgnb.sandbox.application import app
from dgnb.sandbox.faults import Done, Faults
from dgnb.sandbox.recording import ROOT, Desk, Guest
from dgnb.sandbox.sockets import Protocol, Requests
from dgnb.sandbox.store import Store

HOST = "127.0.0.1"
"""The only address the sandbox ever listens on."""

GRACE = 2
"""How long what is under way may take when the server ends [s]."""


class _Uvicorn(uvicorn.Server):
    """Uvicorn that tells when it has started, or has failed to."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.settled = threading.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.settled.set()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """End; what is under way fails after `GRACE` with its workers: a cancellation would be logged."""
        state = cast(Starlette, self.config.app).state
        late = asyncio.get_running_loop().call_later(GRACE, state.workers.stop)
        try:
            await super().shutdown(sockets)
        finally:
            late.cancel()


class Server:
    """A running sandbox; it ends with its ``with`` block or by `stop`.

    Parameters
    ----------
    port : int
        0 takes a free one.
    store : Store, str or Path, optional
        What it remembers, or the file to keep it in; in memory by default.
    faults : str, optional
        A script of what is to go wrong, see `dgnb.sandbox.faults`.
    rate : float or None
        At how many times real time a listening connection takes audio; ``None`` for as fast as it
        can be worked on, and with every provisional result.
    """

    def __init__(
        self,
        port: int = 0,
        store: Store | str | Path | None = None,
        *,
        faults: str = "",
        rate: float | None = limits.RATE,
    ) -> None:
        if not 0 <= port <= 65535:
            raise OptionError(f"port is a number from 0 to 65535, not {port}.", "port")
        application = app(store, faults=faults, rate=rate)
        self._faults: Faults = application.state.faults
        self._desk: Desk = application.state.desk
        self.store: Store = application.state.store
        """What it remembers."""
        self._socket = socket.create_server((HOST, port))
        # asyncio sets this only on sockets that name their protocol, which create_server's do not.
        # Without it an answer in two pieces waits for the client's delayed ACK: 43 ms in place of 1 ms.
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._server = _Uvicorn(_config(application))
        self._thread = threading.Thread(target=self._run, name="dgnb-sandbox", daemon=True)
        self._thread.start()
        self._server.settled.wait()
        if not self._server.started:
            self._socket.close()
            raise RuntimeError("The sandbox did not start; the log says why.")

    def _run(self) -> None:
        try:
            self._server.run(sockets=[self._socket])
        finally:
            self._server.settled.set()

    @property
    def port(self) -> int:
        """The port it listens on. Connections are taken from the first moment."""
        return int(self._socket.getsockname()[1])

    @property
    def url(self) -> str:
        """Its root, to be used as ``base_url``."""
        return f"http://{HOST}:{self.port}"

    @property
    def faults(self) -> str:
        """The script of what is to go wrong, as far as it is left; a new one may be set at any time.

        Examples
        --------
        >>> with serve(faults="drop@2s, refuse") as server:
        ...     server.faults = "429*2"
        ...     server.faults
        '429, 429'
        """
        return self._faults.script

    @faults.setter
    def faults(self, script: str) -> None:
        self._faults.script = script

    @property
    def faults_done(self) -> tuple[Done, ...]:
        """What went wrong so far because the script said so, and to which request."""
        return tuple(self._faults.done)

    def invite(self, script: str, style: str, guest: Guest) -> str:
        """Return the address of a page that a browser of this machine may open, once, for a guest.

        Parameters
        ----------
        script, style : str
            What the page runs, as a module, and what it looks like.
        guest : Guest
            What the page talks to.
        """
        return f"{self.url}{ROOT}{self._desk.invite(script, style, guest)}"

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
        # Bounded: at the process's end a worker that hangs must not hold it up.
        self._thread.join(10)
        self._socket.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def __repr__(self) -> str:
        return f"<sandbox at {self.url}>" if self._thread.is_alive() else "<sandbox, stopped>"


def _config(application: Starlette) -> uvicorn.Config:
    return uvicorn.Config(
        application,
        log_config=None,
        log_level="warning",
        access_log=False,
        server_header=False,
        http=Requests,
        ws=Protocol,
        ws_ping_interval=None,  # an answer would wait behind audio that is not taken yet
        timeout_graceful_shutdown=3 * GRACE,  # by then the workers have ended what is under way
    )


def serve(
    port: int = 0,
    store: Store | str | Path | None = None,
    *,
    faults: str = "",
    rate: float | None = limits.RATE,
) -> Server:
    """Return a sandbox that is running in the background.

    Parameters
    ----------
    port : int, default 0
        0 takes a free one.
    store : Store, str or Path, optional
        What it remembers, or the file to keep it in; in memory by default.
    faults : str, optional
        A script of what is to go wrong, for example ``"drop@3.2s, refuse*2"``; see
        `dgnb.sandbox.faults`.
    rate : float or None
        At how many times real time a listening connection takes audio; ``None`` for as fast as it
        can be worked on, and with every provisional result.

    Raises
    ------
    OSError
        The port is taken.
    OptionError
        The file is not a sandbox's store, or the script has a step that there is not.

    Examples
    --------
    >>> from dgnb import Deepgram
    >>> with serve() as server, Deepgram("any-key", base_url=server.url) as dg:
    ...     dg.projects()[0].name
    'Sandbox'
    """
    return Server(port, store, faults=faults, rate=rate)


@cache
def shared() -> Server:
    """Return this process's sandbox, which is started on first use and ends with the process."""
    server = serve()
    atexit.register(server.stop)
    return server
