"""Colours that are told apart by everyone, on white and on dark pages alike.

The six voices have a contrast of at least 3:1 to white and to the ``#111`` of
JupyterLab's dark theme (WCAG 2.2, 1.4.11), and lie at least 0.12 apart in
OKLab for every kind of cone that may be missing (Machado, Oliveira and
Fernandes 2009). In the palette of Okabe and Ito it is 0.08 for six colours
without black and yellow, and orange and light blue fade on white.
"""

from __future__ import annotations

from collections.abc import Iterable

VOICES = ("#396ba3", "#ff5f16", "#2ca680", "#942ff5", "#a584dc", "#a15027")
"""Blue, orange, green, violet, lilac, brown: one a voice."""

SENTIMENTS = {"positive": VOICES[2], "neutral": "#808080", "negative": VOICES[1]}
"""What a sentiment looks like; direction and place in a plot say the same."""

TURNS = {
    "Update": VOICES[0],
    "EagerEndOfTurn": VOICES[1],
    "TurnResumed": VOICES[2],
    "EndOfTurn": VOICES[3],
}
"""What happens to a turn; signs and words say the same."""

TEXT = "#7c7c7c"
"""Letters and axes of a plot: 4.2:1 on white and 4.5:1 on ``#111``."""


def voice(number: int) -> str:
    """Return the colour of a voice; the seventh looks like the first.

    Examples
    --------
    >>> voice(0) == voice(6)
    True
    """
    return VOICES[number % len(VOICES)]


def order(names: Iterable[str]) -> dict[str, int]:
    """Return different names with their numbers, in the order in which they first come.

    The number is that of their colour, in plots as in text.

    Examples
    --------
    >>> order(["tea", "milk", "tea"])
    {'tea': 0, 'milk': 1}
    """
    return {name: number for number, name in enumerate(dict.fromkeys(names))}


def sentiment(label: str) -> str:
    """Return the colour of a sentiment, that of neutral for a label not known here."""
    return SENTIMENTS.get(label, SENTIMENTS["neutral"])
