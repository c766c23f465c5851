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
    from dgnb.widgets.banner import Banner
    from dgnb.widgets.captions import Captions
    from dgnb.widgets.chooser import Chooser
    from dgnb.widgets.code import Code
    from dgnb.widgets.form import Form
    from dgnb.widgets.player import SpeechPlayer
    from dgnb.widgets.recorder import Recorder
    from dgnb.widgets.transcript import TranscriptWidget
    from dgnb.widgets.turns import TurnsView
    from dgnb.widgets.upload import Upload

_HOMES = {
    "AgentPanel": "agent",
    "Banner": "banner",
    "Captions": "captions",
    "Chooser": "chooser",
    "Code": "code",
    "Form": "form",
    "Recorder": "recorder",
    "SpeechPlayer": "player",
    "TranscriptWidget": "transcript",
    "TurnsView": "turns",
    "Upload": "upload",
}

__all__ = [
    "AgentPanel",
    "Banner",
    "Captions",
    "Chooser",
    "Code",
    "Form",
    "Recorder",
    "SpeechPlayer",
    "TranscriptWidget",
    "TurnsView",
    "Upload",
]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'dgnb.widgets' has no attribute '{name}'")
    return load(f"dgnb.widgets.{_HOMES[name]}:{name}")


def __dir__() -> list[str]:
    return sorted(__all__)
