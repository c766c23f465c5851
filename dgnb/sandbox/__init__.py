"""An offline server that speaks Deepgram's protocol on this machine, with real engines.

It recognises the audio it is given and analyses the text it hears; nothing in
it is canned. Its recogniser is a rough one, and every result says *sandbox*.
It listens on 127.0.0.1 only and takes any credential.

>>> import dgnb
>>> with dgnb.sandbox.serve() as server:
...     server.url.startswith("http://127.0.0.1:")
True
"""

from dgnb.sandbox.app import app
from dgnb.sandbox.server import Server, serve, shared

__all__ = ["Server", "app", "serve", "shared"]
