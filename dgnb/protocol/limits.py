"""Limits of the live connections: times, rates, sizes.

Source: Deepgram's documentation of keep-alive, rate limits and streaming speech.
"""

from __future__ import annotations

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
