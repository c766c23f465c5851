"""Limits of the live connections: times, rates, sizes; and how many requests may run at the same time.

Source: Deepgram's documentation of keep-alive, rate limits and streaming speech.
"""

from __future__ import annotations

from collections.abc import Iterable

from dgnb.protocol import models, routes
from dgnb.protocol.prices import used
from dgnb.protocol.routes import Route

CONCURRENT: dict[Route, int] = {
    routes.LISTEN: 50,
    routes.SPEAK: 15,
    routes.SPEAK_FLUX: 15,
    routes.READ: 10,
}
"""Requests at the same time that a project has, paid as it goes. Sources differ (listen: 50 and 100), plans
too; so these are only how heavy a request is in comparison with others, and where to begin."""

CONCURRENT_FEATURES = {
    "whisper": 3,
    "summarize": 10,
    "sentiment": 10,
    "topics": 10,
    "intents": 10,
    "detect_entities": 5,
}
"""The same for what a model or an option of ``listen`` adds; of several the least counts."""

CONCURRENT_MOST = 150
"""Requests at the same time that are tried without being told to; the highest number that is documented."""


def weight(route: Route, query: Iterable[tuple[str, str]]) -> float:
    """Return of how many light requests to an endpoint a request takes the room.

    Examples
    --------
    >>> weight(routes.LISTEN, [("model", "nova-3")]), weight(routes.LISTEN, [("sentiment", "true")])
    (1.0, 5.0)
    """
    room = CONCURRENT[route]
    if route != routes.LISTEN:
        return 1.0
    pairs = list(query)
    names = used(pairs) | {models.family(value) for name, value in pairs if name == "model"}
    return room / min([room, *(least for name, least in CONCURRENT_FEATURES.items() if name in names)])


IDLE = 10.0
"""A listening connection is closed after so long without audio or ``KeepAlive`` [s]."""

KEEP_ALIVE = 4.0
"""Silence after which ``KeepAlive`` is sent [s]; every 3 to 5 s is recommended."""

RATE = 1.25
"""Audio is taken at so many times real time at the most."""

BURST = 1.0
"""Audio that is taken at once before that [s]; the service does not say how much."""

FRAME = 0.08
"""Length of a piece of audio [s]; the one that is recommended for Flux."""

LARGEST = 1 << 20
"""Bytes of a frame that every client takes."""

KEYTERM_TOKENS = 500
"""Tokens that all keyterms may have together."""

LARGEST_COMMAND = 1 << 16
"""Bytes of a message that a speaking connection takes; the service does not say how many."""

CHARACTERS_A_MINUTE = 2400
"""Text that ``/v1/speak`` takes in 60 s."""

FLUSHES_A_MINUTE = 20
"""``Flush`` messages that ``/v1/speak`` takes in 60 s."""

MINUTE = 60.0
"""The stretch of time that these two are counted in [s]."""

LONGEST = 3600.0
"""A speaking connection lasts no longer [s]."""

CONVERSATION_IDLE = 60.0
"""A voice agent's connection is closed after so long without any message or audio [s]."""

CONVERSATION_KEEP_ALIVE = 8.0
"""Time without audio after which `KeepAlive` is sent to a voice agent [s]."""

PROMPT = 25_000
"""Characters that the prompt of a voice agent may have with a language model of the service."""

FUNCTION_PATIENCE = 30.0
"""An agent waits so long for a function's result [s]; the service does not say how long."""
