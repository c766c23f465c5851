"""An offline server that speaks Deepgram's protocol on this machine, with real engines.

It recognises the audio it is given and analyses the text it hears; nothing in
it is canned. Its recogniser is a rough one, and every result says *sandbox*.
It listens on 127.0.0.1 only and takes any credential.

>>> import dgnb
>>> with dgnb.sandbox.serve() as server:
...     server.url.startswith("http://127.0.0.1:")
True
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dgnb.lazy import load

if TYPE_CHECKING:
    from dgnb.sandbox.application import app
    from dgnb.sandbox.server import Server, serve, shared

__all__ = ["Server", "app", "serve", "shared"]


def __getattr__(name: str) -> Any:
    # A recogniser's process imports this package too, and needs no server.
    if name not in __all__:
        raise AttributeError(f"module 'dgnb.sandbox' has no attribute '{name}'")
    return load(f"dgnb.sandbox.{'application' if name == 'app' else 'server'}:{name}")
