"""Requests that the sandbox makes itself: recordings it fetches, results it delivers."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit
from urllib.request import ProxyHandler, Request, build_opener

LOCAL = ("127.0.0.1", "localhost")
"""Names of this machine. No proxy leads to it, and the sandbox answers under no other name."""

PATIENCE = 30.0
"""Longest wait for an answer [s]."""


def send(request: Request) -> Any:
    """Return the open answer to a request whose URL is known to be HTTP(S).

    Raises
    ------
    OSError
        Nothing answers, or with an error.
    """
    proxy = ProxyHandler({}) if urlsplit(request.full_url).hostname in LOCAL else ProxyHandler()
    return build_opener(proxy).open(request, timeout=PATIENCE)
