"""What one connection has come to: its settings as they are in force, and what was said."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from dgnb.errors import OptionError
from dgnb.protocol import limits, settings
from dgnb.protocol.messages.agent import CalledFunction, History
from dgnb.protocol.settings import Agent, Function, Settings, Speak, Think, ThinkLive
from dgnb.sandbox.store import Store

_VARIABLE = re.compile(r"\{\{\s*(DG_[A-Z0-9_]+)\s*\}\}|\b(DG_[A-Z0-9_]+)\b")


class Conversation:
    """The state of one agent, without audio or a socket.

    Parameters
    ----------
    asked : Settings
        Its agent is a tree, no id.
    """

    def __init__(self, asked: Settings) -> None:
        if not isinstance(asked.agent, Agent):
            raise OptionError("A stored agent has to be looked up first.", "agent")
        self.asked, agent = asked, asked.agent
        self.greeting, self.listen = agent.greeting, agent.listen.provider
        self.thinks: list[Think] = agent.thinks
        self.speaks: list[Speak] = agent.speaks
        self.think_live: ThinkLive | None = agent.think_live
        self.history: list[History] = list(agent.context.messages)
        self.prompt: str | None = None
        """What an `UpdatePrompt` has put in place of every prompt."""

    def prompt_of(self, think: Think | None) -> str:
        """Return the prompt in force; one for a model of the service is cut where it is too long."""
        prompt = self.prompt if self.prompt is not None else (think.prompt if think else "")
        return prompt if think and think.endpoint else prompt[: limits.PROMPT]

    @property
    def too_long(self) -> bool:
        """Whether a prompt is cut."""
        models: Sequence[Think | None] = self.thinks or [None]
        return any(
            not (think and think.endpoint)
            and len(self.prompt if self.prompt is not None else think.prompt if think else "") > limits.PROMPT
            for think in models
        )

    @property
    def functions(self) -> dict[str, Function]:
        """What the agent can have done, by name."""
        return {function.name: function for think in self.thinks for function in think.functions}

    @property
    def price(self) -> str:
        """The name of its price."""
        own = [any(one.endpoint for one in several) for several in (self.thinks, self.speaks)]
        if all(own):
            return "agent-own-models"
        return "agent-own-speech" if own[1] else "agent"

    @property
    def unsupported(self) -> list[str]:
        """What is asked for that the sandbox does not do."""
        languages = self.listen.language_hints or [self.listen.language or "en"]
        live = self.think_live.provider if self.think_live else None
        found = {
            "It recognises English only.": not any(map(_is_english, languages)),
            "It has no backchannels.": bool(live and live.agent_backchannel_sensitivity),
            "It does not know restricted terms.": bool(live and live.restricted_terms),
        }
        return [text for text, true in found.items() if true]

    def said(self, role: str, text: str) -> History:
        """Note what somebody has said."""
        self.history.append(History(role=role, content=text))
        return self.history[-1]

    def called(self, calls: list[CalledFunction]) -> History:
        """Note functions that have answered."""
        self.history.append(History(function_calls=calls))
        return self.history[-1]


def _is_english(language: str) -> bool:
    return language.lower().partition("-")[0] in ("en", "multi")


def read(tree: Any, store: Store, project: str) -> Conversation:
    """Return the conversation that settings ask for; a stored agent is looked up.

    Raises
    ------
    OptionError
        The settings are not in their form, or there is no such agent.
    """
    asked = settings.read(tree)
    if isinstance(asked.agent, str):
        stored = settings.read(_stored(asked.agent, store, project), Agent)
        asked = msgspec.structs.replace(asked, agent=stored)
    return Conversation(asked)


def _stored(agent_id: str, store: Store, project: str) -> Any:
    row = store.row("select config from agents where project = ? and id = ?", project, agent_id)
    if row is None:
        raise OptionError(f"There is no stored agent {agent_id!r}.", "agent")
    rows = store.rows("select key, value from variables where project = ?", project)
    values = {row["key"]: msgspec.json.decode(row["value"]) for row in rows}
    return interpolated(msgspec.json.decode(row["config"]), values)


def interpolated(tree: Any, values: Mapping[str, Any]) -> Any:
    """Return a tree with variables replaced: ``DG_NAME`` or ``{{DG_NAME}}``, alone or within a text.

    One that stands alone may be anything; one that there is not stays as it is.

    Examples
    --------
    >>> interpolated({"prompt": "You are {{DG_WHO}}.", "keyterms": "DG_TERMS"}, {"DG_WHO": "Ada", "DG_TERMS": [1]})
    {'prompt': 'You are Ada.', 'keyterms': [1]}
    """  # noqa: E501
    if isinstance(tree, dict):
        return {key: interpolated(value, values) for key, value in tree.items()}
    if isinstance(tree, list):
        return [interpolated(value, values) for value in tree]
    if not isinstance(tree, str):
        return tree
    if (alone := _VARIABLE.fullmatch(tree)) and (name := alone[1] or alone[2]) in values:
        return values[name]
    return _VARIABLE.sub(lambda found: str(values.get(found[1] or found[2], found[0])), tree)
