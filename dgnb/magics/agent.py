"""The verb ``agent``: a cell describes a voice agent, in words or in YAML."""

from __future__ import annotations

from functools import partial
from typing import Any

import msgspec

from dgnb.errors import OptionError
from dgnb.live.recipes import AgentOptions
from dgnb.magics.call import Call

__all__ = ["NOTES", "AgentOptions", "agent", "described"]

NOTES = """\
In the cell stands the agent's prompt, or its settings in YAML; on the line its tools, typed
functions as $name. It returns at once and runs on. The result is the conversation: say("...")
gives the reply, run([...]) several, listen(recording) says one; turns, calls, latency and events
are tables; update(prompt="...") changes the agent, stop() ends it. It is in writing, unless it is
said with --source what is heard: mic, or a recording."""

_KEYS = {"agent", "audio", "tags", "flags", "greeting", "context", "listen", "think", "think_live", "speak"}


def agent(call: Call) -> Any:
    """Conversation with the agent that the cell describes."""
    tools = [word.value(call.evaluate) for word in call.arguments.words]
    for one in tools:
        if isinstance(one, str):
            raise OptionError(f"On the line stand tools, as $name; {one!r} is none.", "tools")
    options = described(call.body) | dict(call.arguments.options)
    begin = partial(call.client().agent, tools=tools, **options)
    return call.stage.start(begin, "agent")


def described(body: str) -> dict[str, Any]:
    """Return what a cell says: settings when it is YAML that has their names, otherwise a prompt.

    Examples
    --------
    >>> described("You help with the weather."), described("greeting: Hi.")
    ({'prompt': 'You help with the weather.'}, {'settings': {'greeting': 'Hi.'}})
    """
    text = body.strip()
    if not text:
        return {}
    try:
        found = msgspec.yaml.decode(text)
    except msgspec.DecodeError as error:
        if any(line.partition(":")[0] in _KEYS for line in text.splitlines()):
            raise OptionError(f"The settings are no YAML: {error}", "settings") from error
        return {"prompt": text}
    return {"settings": found} if isinstance(found, dict) and _KEYS & found.keys() else {"prompt": text}
