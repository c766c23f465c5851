"""Changes of an agent that runs, as the messages that ask for them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from dgnb.errors import OptionError
from dgnb.live import recipes
from dgnb.live.recipes import Part
from dgnb.protocol import settings
from dgnb.protocol.messages import Message, agent


def changes(  # noqa: PLR0913 - what can be changed
    own: Mapping[str, Any],
    *,
    prompt: str | None,
    think: Part | list[Part] | None,
    speak: Part | list[Part] | None,
    listen: Part | None,
    think_live: Mapping[str, Any] | None = None,
) -> list[Message]:
    """Return the messages of an update, each checked.

    Parameters
    ----------
    own : mapping
        The agent's tree: another language model keeps its prompt and functions.
    prompt, think, speak, listen : optional
        As for `dgnb.live.recipes.recipe`.
    think_live : mapping, optional
        Its provider, or the whole part.

    Raises
    ------
    OptionError
        One cannot be right, or there is none.
    """
    found: list[Message] = [agent.UpdatePrompt(prompt=prompt)] if prompt is not None else []
    if think is not None:
        now = own.get("think") or {}
        first = (now[0] if isinstance(now, list) else now) if now else {}
        kept = {name: value for name, value in first.items() if name not in ("provider", "endpoint")}
        if prompt is not None:
            kept["prompt"] = prompt
        trees = [kept | recipes.thinking(one) for one in _list(think)]
        found.append(agent.UpdateThink(think=_checked(trees, settings.Think)))
    if speak is not None:
        voices = [recipes.voice(one) for one in _list(speak)]
        found.append(agent.UpdateSpeak(speak=_checked(voices, settings.Speak)))
    if listen is not None:
        found.append(agent.UpdateListen(listen=_checked([recipes.hearing(listen)], settings.Listen)))
    if think_live is not None:
        part = think_live if "provider" in think_live else {"provider": dict(think_live)}
        found.append(agent.UpdateThinkLive(think_live=_checked([dict(part)], settings.ThinkLive)))
    if not found:
        raise OptionError("Say what is to change: prompt, think, speak, listen or think_live.", "prompt")
    return found


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _checked(trees: Sequence[dict[str, Any]], kind: Any) -> Any:
    for tree in trees:
        settings.read(tree, kind)
    return trees[0] if len(trees) == 1 else list(trees)
