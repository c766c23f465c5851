"""``agent``: how a conversation is opened."""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from typing import Any

from dgnb.live import recipes
from dgnb.live.agent import AgentSession
from dgnb.live.calling import Caller
from dgnb.live.opening import opened
from dgnb.live.recipes import Part
from dgnb.publication import C
from dgnb.sessions.bounds import Bounds
from dgnb.sessions.conversing import Conversing


def converse(  # noqa: PLR0913 - each is a choice of the user's
    client: C,
    /,
    prompt: str | None = None,
    *,
    listen: Part | None = None,
    think: Part | list[Part] | None = None,
    speak: Part | list[Part] | None = None,
    greeting: str | None = None,
    language: str | None = None,
    tools: Iterable[Any] | Callable[..., Any] = (),
    settings: Mapping[str, Any] | str | None = None,
    source: Any = None,
    encoding: str | None = None,
    sample_rate: int | None = None,
    pace: float = 1.0,
    keep_audio: bool = True,
    retries: int = 8,
    buffer: float = 30.0,
    patience: float = 10.0,
) -> AgentSession[C]:
    """Conversation with a voice agent; it is returned at once, and runs by itself.

    A connection that breaks is made again: the agent is told what was said, a question without
    a reply is asked again, and no function is called twice for it.

    Parameters
    ----------
    prompt : str, optional
        What the agent is, and how it behaves.
    listen : str or dict, default "flux-general-en"
        The recogniser.
    think : str, dict or list, default "gpt-4o-mini"
        The language model, by its name or ``provider:name``; of a list, the first that works.
    speak : str, dict or list, default "aura-2-thalia-en"
        The voice.
    greeting : str, optional
        What the agent says first.
    language : str, optional
        Of the user.
    tools : function or iterable of functions
        Functions that the agent may call, see `dgnb.tool`; plain typed functions, too.
    settings : dict or str, optional
        The whole tree as a dictionary or YAML, or the id of a stored agent. What else is
        given goes before it.
    source : path, URL, bytes, array, iterator, queue, or "mic"
        What the user says by voice; without it the conversation is in writing.
    encoding : str, optional
        Codec of a source of raw chunks.
    sample_rate : int, optional
        Of raw chunks, or wanted of a microphone [Hz].
    pace : float, default 1.0
        How fast a recording is played, 1 is real time.
    keep_audio : bool, default True
        Whether the user's audio is kept for ``audio``.
    retries : int, default 8
        Attempts in a row to connect again.
    buffer : float, default 30.0
        Audio of the user that is kept to be sent again [s].
    patience : float, default 10.0
        Without any sign of life for so long, a connection counts as broken [s].

    Returns
    -------
    AgentSession
        ``agent.say(text)``, ``agent.run(texts)``, ``agent.listen(recording)``, ``agent.update(...)``,
        ``agent.inject(text)``, ``agent.interrupt()``, ``agent.stop()``; ``turns``, ``calls``,
        ``latency``, ``events``, ``speech``, ``text`` at any time.

    Raises
    ------
    OptionError, AudioError
        At once: something cannot be right; the text names its path in the settings.
    ApiError, LiveError, ConnectionFailed
        By ``say``, ``wait``, ``stop`` and iteration: the service refused, ended it, or was lost.

    Examples
    --------
    >>> from dgnb import Deepgram
    >>> def weather(city: str) -> str:
    ...     '''Weather in a city.'''
    ...     return f"sunny in {city}"
    >>> with Deepgram(sandbox=True) as dg, dg.agent(prompt="Be brief.", tools=[weather]) as agent:
    ...     reply = agent.say("What is the weather in Rome?")
    >>> "Rome" in reply, agent.calls.function.tolist()
    (True, ['weather'])
    """
    tools = [tools] if callable(tools) else list(tools)
    tree = recipes.recipe(
        prompt=prompt, listen=listen, think=think, speak=speak,
        greeting=greeting, language=language, tools=tools, given=settings,
    )  # fmt: skip
    caller = Caller(tools, _home(client))
    bounds = Bounds(pace, retries, buffer, patience)
    raw = {"encoding": encoding, "sample_rate": sample_rate}
    said = {name: value for name, value in raw.items() if value is not None}
    # One channel is what an agent hears, as Flux does.
    stream = None if source is None else opened(source, said, flux=True, echo=True)
    dialogue = Conversing(tree, bounds, played=stream is not None and not stream.live)
    dialogue.heard = [] if keep_audio else None
    return AgentSession(client, dialogue, bounds, caller, stream)


def _home(client: Any) -> asyncio.AbstractEventLoop | None:
    """The user's own loop, where it is not blocked by what she waits for."""
    if not inspect.iscoroutinefunction(client.run):
        return None
    with suppress(RuntimeError):
        return asyncio.get_running_loop()
    return None
