"""The Deepgram speech API in Jupyter.

>>> import dgnb
>>> dg = dgnb.Deepgram(sandbox=True)  # or Deepgram() with DEEPGRAM_API_KEY set
>>> call = dg.listen("notebooks/audio/interview.mp3", diarize=True)  # doctest: +SKIP
>>> call.words, call.plot.timeline()  # doctest: +SKIP

In a notebook: ``%load_ext dgnb``, then ``%deepgram help``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dgnb._version import __version__

if TYPE_CHECKING:
    from dgnb.client import AsyncDeepgram, Deepgram
    from dgnb.corpus import Corpus
    from dgnb.errors import (
        ApiError,
        AudioError,
        BadRequest,
        BudgetExceeded,
        ConnectionFailed,
        CorpusError,
        CredentialError,
        DgnbError,
        LiveError,
        MissingExtra,
        NotAllowed,
        NotFound,
        OptionError,
        PaymentRequired,
        ReplyError,
        ServerError,
        TimedOut,
        TooManyRequests,
    )
    from dgnb.live.log import replay
    from dgnb.live.tools import tool
    from dgnb.results import Accepted, Transcript, Word
    from dgnb.transport.loop import allow_nested_loops
    from dgnb.views.comparison import compare

_HOMES = {
    "AsyncDeepgram": "client",
    "Deepgram": "client",
    "Corpus": "corpus",
    "compare": "views.comparison",
    "replay": "live.log",
    "tool": "live.tools",
    "Accepted": "results",
    "Transcript": "results",
    "Word": "results",
    "allow_nested_loops": "transport.loop",
    "ApiError": "errors",
    "AudioError": "errors",
    "BadRequest": "errors",
    "BudgetExceeded": "errors",
    "ConnectionFailed": "errors",
    "CorpusError": "errors",
    "CredentialError": "errors",
    "DgnbError": "errors",
    "LiveError": "errors",
    "MissingExtra": "errors",
    "NotAllowed": "errors",
    "NotFound": "errors",
    "OptionError": "errors",
    "PaymentRequired": "errors",
    "ReplyError": "errors",
    "ServerError": "errors",
    "TimedOut": "errors",
    "TooManyRequests": "errors",
}

__all__ = [
    "Accepted",
    "ApiError",
    "AsyncDeepgram",
    "AudioError",
    "BadRequest",
    "BudgetExceeded",
    "ConnectionFailed",
    "Corpus",
    "CorpusError",
    "CredentialError",
    "Deepgram",
    "DgnbError",
    "LiveError",
    "MissingExtra",
    "NotAllowed",
    "NotFound",
    "OptionError",
    "PaymentRequired",
    "ReplyError",
    "ServerError",
    "TimedOut",
    "TooManyRequests",
    "Transcript",
    "Word",
    "__version__",
    "allow_nested_loops",
    "compare",
    "replay",
    "tool",
]


_PACKAGES = ("batch", "cache", "callbacks", "dashboards", "magics", "sandbox", "widgets")


def __getattr__(name: str) -> Any:
    from importlib import import_module  # noqa: PLC0415

    if name in _PACKAGES:
        return import_module(f"dgnb.{name}")
    if name in _HOMES:
        return getattr(import_module(f"dgnb.{_HOMES[name]}"), name)
    raise AttributeError(f"module 'dgnb' has no attribute '{name}'")


def __dir__() -> list[str]:
    return sorted([*__all__, *_PACKAGES])


def load_ipython_extension(shell: Any) -> None:
    """Register ``%deepgram`` and ``%%deepgram``; called by ``%load_ext dgnb``."""
    from dgnb.magics import register  # noqa: PLC0415

    register(shell)


def unload_ipython_extension(shell: Any) -> None:
    """Remove what `load_ipython_extension` added; called by ``%unload_ext dgnb``."""
    from dgnb.magics import unregister  # noqa: PLC0415

    unregister(shell)
