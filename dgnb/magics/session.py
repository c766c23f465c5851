"""The client that a shell's magics share."""

from __future__ import annotations

import os
import sys
from dataclasses import replace

from dgnb.client import NOTICE, Deepgram
from dgnb.transport.credentials import KEY_VARIABLE, TOKEN_VARIABLE, find


class Session:
    """Who the magics of one shell stand for: who logged in, else the credential that is found."""

    def __init__(self) -> None:
        self._own: Deepgram | None = None
        self._found: Deepgram | None = None
        self._found_in = 0
        self._told = False

    @property
    def own(self) -> Deepgram | None:
        """The client of who logged in, ``None`` when nobody did."""
        return self._own

    def client(self) -> Deepgram:
        """Return the client: one until someone logs in or out, or the environment has another key."""
        if self._own is not None:
            return self._own
        found_in = hash((os.environ.get(KEY_VARIABLE), os.environ.get(TOKEN_VARIABLE)))
        if self._found is None or found_in != self._found_in:
            self._drop_found()
            self._found, self._found_in = self._look(), found_in
        return self._found

    def _look(self) -> Deepgram:
        if find() is not None:
            return Deepgram()
        if not self._told:
            # Not by the log: a notebook shows that in red, as if something were wrong.
            sys.stdout.write(f"{NOTICE}\n")
            self._told = True
        return Deepgram(sandbox=True)

    def take(self, client: Deepgram, origin: str = "login") -> None:
        """Let a client answer until `leave`; `origin` says where its key comes from."""
        self.leave()
        if client._credential is not None:
            client._credential = replace(client._credential, origin=origin)
        self._own = client

    def leave(self) -> bool:
        """Forget who logged in; true when someone had. Whatever is found answers next."""
        self._drop_found()
        own, self._own = self._own, None
        if own is not None:
            own.close()
        return own is not None

    def _drop_found(self) -> None:
        found, self._found = self._found, None
        if found is not None:
            found.close()
