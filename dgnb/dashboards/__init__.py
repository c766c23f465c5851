"""Dashboards: the API as pages of controls, in a notebook or served by Voila.

Each is a widget, and shows the Python for what it has just done.

>>> import dgnb.dashboards
>>> board = dgnb.dashboards.read()
>>> board.client
Deepgram(sandbox)
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dgnb.lazy import load

if TYPE_CHECKING:
    from collections.abc import Iterable

    from dgnb.client import Deepgram
    from dgnb.dashboards.account import Account
    from dgnb.dashboards.conversation import Conversation
    from dgnb.dashboards.gallery import Gallery
    from dgnb.dashboards.hearing import Hearing
    from dgnb.dashboards.texts import Texts
    from dgnb.dashboards.transcription import Transcription
    from dgnb.dashboards.trials import Trials

NAMES = ("transcribe", "live", "voices", "read", "usage", "compare", "agent")
"""The dashboards; each is a function of this package."""

__all__ = ["NAMES", "agent", "compare", "live", "read", "transcribe", "usage", "voices"]


def transcribe(client: Deepgram | None = None, *, source: str = "") -> Transcription:
    """Dashboard that transcribes a recording: dropped, recorded, or at a path or URL.

    Parameters
    ----------
    client : Deepgram, optional
        By default one with the key that is found, or the sandbox.
    source : str
        A path or URL to begin with.
    """
    board: Transcription = _made("transcription:Transcription", client, source=source)
    return board


def live(client: Deepgram | None = None, *, source: str = "") -> Hearing:
    """Dashboard on which Nova and Flux hear the same microphone or file, side by side.

    Parameters
    ----------
    client, source
        As for `transcribe`.
    """
    board: Hearing = _made("hearing:Hearing", client, source=source)
    return board


def voices(client: Deepgram | None = None) -> Gallery:
    """Dashboard of all voices: narrow them down, and hear one text in several.

    Parameters
    ----------
    client
        As for `transcribe`.
    """
    board: Gallery = _made("gallery:Gallery", client)
    return board


def read(client: Deepgram | None = None) -> Texts:
    """Dashboard that analyses a text: summary, topics, intents, sentiment.

    Parameters
    ----------
    client
        As for `transcribe`.
    """
    board: Texts = _made("texts:Texts", client)
    return board


def usage(client: Deepgram | None = None) -> Account:
    """Dashboard of a project: requests, hours, cost, balances, failures, keys.

    Parameters
    ----------
    client
        As for `transcribe`.
    """
    board: Account = _made("account:Account", client)
    return board


def compare(client: Deepgram | None = None, *, source: str = "") -> Trials:
    """Dashboard that compares models and options on one recording.

    Parameters
    ----------
    client, source
        As for `transcribe`.
    """
    board: Trials = _made("trials:Trials", client, source=source)
    return board


def agent(client: Deepgram | None = None, *, tools: Iterable[Any] = ()) -> Conversation:
    """Dashboard on which a voice agent is set up, talked to, and looked into.

    Parameters
    ----------
    client
        As for `transcribe`.
    tools : iterable of functions
        Functions that the agent may call, as for ``client.agent``.
    """
    board: Conversation = _made("conversation:Conversation", client, tools=tools)
    return board


def _made(path: str, client: Deepgram | None, **options: Any) -> Any:
    return load(f"dgnb.dashboards.{path}")(client, **options)
