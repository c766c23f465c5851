"""Live sessions and transcripts in any notebook: microphone, captions, turns, speech, agents.

Python decides, the browser draws and reports. Each widget is an ordinary ipywidget: it can
be laid out with others, and observed. In a notebook a live session shows its own widget.

>>> import dgnb.widgets
>>> "Captions" in dir(dgnb.widgets)
True
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dgnb.lazy import load

if TYPE_CHECKING:
    from dgnb.widgets.agent import AgentPanel
    from dgnb.widgets.captions import Captions
    from dgnb.widgets.player import SpeechPlayer
    from dgnb.widgets.recorder import Recorder
    from dgnb.widgets.transcript import TranscriptWidget
    from dgnb.widgets.turns import TurnsView

_HOMES = {
    "AgentPanel": "agent",
    "Captions": "captions",
    "Recorder": "recorder",
    "SpeechPlayer": "player",
    "TranscriptWidget": "transcript",
    "TurnsView": "turns",
}

__all__ = ["AgentPanel", "Captions", "Recorder", "SpeechPlayer", "TranscriptWidget", "TurnsView"]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'dgnb.widgets' has no attribute '{name}'")
    return load(f"dgnb.widgets.{_HOMES[name]}:{name}")


def __dir__() -> list[str]:
    return sorted(__all__)
