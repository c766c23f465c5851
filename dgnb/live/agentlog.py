"""What a conversation with an agent tells, and how it is saved."""

from __future__ import annotations

from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dgnb.errors import LiveError
from dgnb.lazy import load
from dgnb.live.log import Log
from dgnb.protocol.messages import agent
from dgnb.results import Speech
from dgnb.sessions import minutes
from dgnb.sessions.conversing import Conversing

if TYPE_CHECKING:
    from pandas import DataFrame

    from dgnb.views.exchanges import ConversationPlots


class AgentLog(Log):
    """What a conversation with an agent tells, while it runs and long after."""

    _dialogue: Conversing
    _silent = False
    """Whether the audio is not there any more."""

    @property
    def text(self) -> str:
        """What was said so far, one line a side."""
        sides = [
            side for one in self._dialogue.exchanges for side in (("User", one.user), ("Agent", one.reply))
        ]
        return "\n".join(f"{who}: {text}" for who, text in sides if text)

    @property
    def turns(self) -> DataFrame:
        """One row an exchange, see `dgnb.views.conversations`."""
        frame: DataFrame = load("dgnb.views.conversations:turns")(self._dialogue)
        return frame

    @property
    def calls(self) -> DataFrame:
        """One row a function that the agent has called, see `dgnb.views.conversations`."""
        frame: DataFrame = load("dgnb.views.conversations:calls")(self._dialogue)
        return frame

    @property
    def latency(self) -> DataFrame:
        """One row an exchange with what its reply took, see `dgnb.views.conversations`."""
        frame: DataFrame = load("dgnb.views.conversations:latency")(self._dialogue)
        return frame

    @property
    def speech(self) -> Speech:
        """All that the agent has said so far, as audio; it plays in a notebook."""
        self._check_audio()
        speech: Speech = load("dgnb.views.conversations:speech")(self._dialogue)
        return speech

    @property
    def audio(self) -> Speech:
        """Both sides so far, as they followed on each other: the user left, the agent right.

        Raises
        ------
        LiveError
            It was not kept, or the agent's audio is in a file format.
        """
        if self._dialogue.heard is None:
            raise LiveError("The audio was not kept; open the conversation with keep_audio=True.")
        self._check_audio()
        speech: Speech = load("dgnb.views.conversations:audio")(self._dialogue)
        return speech

    @property
    def plot(self) -> ConversationPlots:
        """Plots of the conversation: ``plot.turns()``."""
        plots: ConversationPlots = load("dgnb.views.exchanges:ConversationPlots")(self._dialogue)
        return plots

    @property
    def warnings(self) -> list[agent.Warning]:
        """What the service warned of."""
        return list(self._dialogue.warnings)

    @property
    def settings(self) -> dict[str, Any]:
        """What the agent is now, as it would be sent."""
        return self._dialogue.tree

    def _check_audio(self) -> None:
        if self._silent:
            raise LiveError("The audio of a conversation is not saved with it.")

    def save(self, path: str | PathLike[str]) -> Path:
        """Save the conversation, without the audio; `dgnb.replay` reads it. It may be done at any time.

        Parameters
        ----------
        path : str or path
            Of a file of JSON lines; one that is there is replaced.

        Returns
        -------
        Path
        """
        minutes.write(Path(path), self._dialogue, sandbox=self.sandbox)
        return Path(path)


class SavedAgent(AgentLog):
    """A conversation that was saved."""

    _silent = True


def replay(path: Path) -> SavedAgent:
    """Return a conversation that was saved."""
    dialogue, sandbox = minutes.read(path)
    return SavedAgent(dialogue, {}, sandbox)
