"""The dashboard *Agent*: what a voice agent is, a talk with it, and what went on inside."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from ipywidgets import Textarea, VBox

from dgnb.client import Deepgram
from dgnb.dashboards.board import Board, card, close_all, row
from dgnb.dashboards.results import Make, Results, note, picture, table
from dgnb.dashboards.work import opened
from dgnb.live.agent import AgentSession
from dgnb.live.recipes import AgentOptions
from dgnb.protocol.calls import keywords, spread
from dgnb.transport.loop import shared
from dgnb.views.text import count
from dgnb.widgets.agent import AgentPanel
from dgnb.widgets.form import Form
from dgnb.widgets.recorder import Recorder

PROMPT = "You are the friendly assistant of a small hotel. Answer in one or two short sentences."

FRAMES = ("turns", "calls", "latency", "events")
"""Tables of a conversation."""


class Conversation(Board):
    """A dashboard of a voice agent. `agent` is the session.

    Parameters
    ----------
    client : Deepgram, optional
    tools : iterable of functions
        Functions that the agent may call.
    """

    def __init__(self, client: Deepgram | None = None, tools: Iterable[Any] = ()) -> None:
        about = "Say what the agent is, and start it: write to it, or talk. The trace shows what went on."
        super().__init__(client, "Agent", about, stop="Stop")
        self.tools = list(tools)
        self.prompt = Textarea(PROMPT, description="Prompt", rows=4)
        # Where the audio comes from is what the buttons are for.
        self.form = Form(AgentOptions, {"greeting": "Hello!"}, without=("source", "pace"), label="Settings")
        self.forms = [self.form]
        self.agent: AgentSession[Deepgram] | None = None
        self._opening = ""
        self.microphone = VBox([])
        self.panel = VBox([note("Nobody talks yet. Start the agent in writing, or by voice.")])
        self.trace = Results()
        self.run = self.start("Start in writing", lambda: self.begin("The agent runs", self._write))
        self.talk = self.start("Start by voice", lambda: self.begin("The agent listens", self._speak))
        self.look = self.button("Refresh the trace", self._look)
        actions = self.actions(self.run, self.talk)
        self.lay_out(
            card(self.prompt),
            self.form,
            actions,
            card(self.microphone, self.panel),
            row(self.look),
            self.trace,
            self.code,
        )

    def cancel(self) -> None:
        """End the conversation; what was said stays."""
        if self.agent is not None and self.agent.running:
            shared().submit(self.agent._stop_quietly())
        else:
            super().cancel()

    async def _write(self) -> str:
        self._record([])
        return await self._converse({})

    async def _speak(self) -> str:
        recorder = Recorder(echo_cancellation=True)
        self._record([recorder])
        try:
            return await self._converse({"source": recorder})
        finally:
            if recorder.state == "idle":  # the session could not begin
                self._record([])

    def _record(self, recorders: list[Recorder]) -> None:
        before, self.microphone.children = self.microphone.children, recorders
        close_all(before)

    async def _converse(self, heard: Mapping[str, Any]) -> str:
        """Open the session, show it, and wait for its end."""
        if self.agent is not None and self.agent.running:
            await self.agent._stop_quietly()
        options = self._options
        source = {"source": "mic"} if heard else {}
        self._opening = _opening({**options, **source}, self.tools)
        self.show_code(f"agent = {self._opening}")
        agent = await opened(lambda: self.client.agent(**options, **heard, tools=self.tools))
        self.agent = agent
        before, self.panel.children = self.panel.children, [AgentPanel(agent)]
        close_all(before)
        if not heard:
            agent.observe(self._said)
        await agent._settled(None)
        self._look()
        if agent.error is not None:
            raise agent.error
        return f"The conversation has ended after {count(len(agent.turns), 'turn')}."

    @property
    def _options(self) -> dict[str, Any]:
        """What is set; a stored agent has its own prompt."""
        options, prompt = self.form.options, self.prompt.value.strip()
        return options if "settings" in options or not prompt else {"prompt": prompt, **options}

    def _said(self, agent: AgentSession[Any]) -> None:
        """Add what was written to the code; called on dgnb's loop."""
        if agent is not self.agent:
            return
        texts = [exchange.user for exchange in agent._dialogue.exchanges if exchange.user]
        lines = [f"agent.say({text!r})" for text in texts]
        self.show_code(f"agent = {self._opening}", *lines, "agent.turns")

    def _look(self) -> None:
        if self.agent is not None:
            self.trace.show(_pages(self.agent))


def _opening(options: Mapping[str, Any], tools: list[Any]) -> str:
    """The call that opens the session; tools are named as functions are."""
    names = [str(getattr(tool, "name", None) or getattr(tool, "__name__", tool)) for tool in tools]
    more = [f"tools=[{', '.join(names)}]"] if names else []
    return spread("dg.agent(", [*keywords(options), *more], ")")


def _pages(agent: AgentSession[Any]) -> Mapping[str, Make]:
    def frame(name: str) -> Make:
        return lambda: table(name, getattr(agent, name))

    return {**{name.title(): frame(name) for name in FRAMES}, "Plot": lambda: picture(agent.plot.turns())}
