"""Published pay-as-you-go prices, each with the day it was read; the only place that knows them.

They serve estimates and the sandbox's bill, never a promise: the service's own
pricing page counts. The page itself could not be read here; figures are those
that several public projects quoted from it, with the day of the quotation.
Money is counted in millionths of a dollar, so that sums are exact.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from dgnb.protocol import models

Unit = Literal["minute", "1000 characters", "1000 tokens"]

SIZES: dict[Unit, int] = {"minute": 60, "1000 characters": 1000, "1000 tokens": 1000}
"""How many seconds, characters or tokens a unit has. All are billed in part units, not rounded up."""

PAGE = "https://deepgram.com/pricing"

_AUTUMN, _SUMMER, _SPRING, _OLD = "2026-09-29", "2026-06-25", "2026-03-31", "2025-11-30"


@dataclass(frozen=True)
class Price:
    """What a unit of one kind of work costs.

    Parameters
    ----------
    name, label : str
        As in a line item of the bill, and in words.
    batch, streaming : int or None
        Millionths of a dollar for a unit; ``None`` where there is no such price.
    read : str
        The day on which the figure was quoted from the pricing page, YYYY-MM-DD.
    unit : str
    note : str
        What else is to be known.
    source : str
    """

    name: str
    label: str
    batch: int | None
    streaming: int | None
    read: str
    unit: Unit = "minute"
    note: str = ""
    source: str = PAGE


_OFFER = "streaming is a limited-time price; the regular one is "
_UNLISTED = "no longer on the page, which refers to sales"

LISTENING = (
    Price("nova-3", "Nova-3", 4300, 4800, _AUTUMN, note=_OFFER + "$0.0077"),
    Price("nova-3-multi", "Nova-3 multilingual", 5200, 5800, _AUTUMN, note=_OFFER + "$0.0092"),
    Price("nova-2", "Nova-2", 4300, 5800, _SPRING, note=_UNLISTED),
    Price("nova", "Nova", 4300, 5800, _SPRING, note=_UNLISTED),
    Price("enhanced", "Enhanced", 14_500, 16_500, _OLD, note=_UNLISTED),
    Price("base", "Base", 12_500, 14_500, _OLD, note=_UNLISTED),
    Price("whisper", "Whisper", 4800, None, _AUTUMN),
    Price("flux", "Flux", None, 6500, _AUTUMN, note=_OFFER + "$0.0077"),
    Price("flux-multi", "Flux multilingual", None, 7800, "2026-11-04"),
)
"""Speech into text, for every channel."""

ADDITIONS = (
    Price("diarize", "Speaker diarization", None, 2000, _AUTUMN, note="included in recorded audio"),
    Price("redact", "Redaction", 2000, 2000, _AUTUMN),
    Price("keyterm", "Keyterm prompting", 1300, 1300, _AUTUMN),
    Price("detect_entities", "Entity detection", 1700, 1700, "2026-08-27"),
)
"""What options of ``listen`` add to the price of a minute, by the option's name."""

SPEAKING = (
    Price("aura-2", "Aura-2", 30_000, 30_000, _SUMMER, "1000 characters"),
    Price("aura", "Aura", 15_000, 15_000, _SUMMER, "1000 characters"),
    Price("flux-tts", "Flux TTS", 45_000, 45_000, "2026-09-15", "1000 characters"),
)
"""Text into speech."""

ANALYSIS = (
    Price("analysis-input", "Analysis, read", 300, 300, _SUMMER, "1000 tokens", "of each analysis"),
    Price("analysis-output", "Analysis, written", 600, 600, _SUMMER, "1000 tokens", "of each analysis"),
)
"""Summaries, topics, intents and sentiment, of text and of speech."""

CONVERSING = (
    Price("agent", "Voice agent, standard", None, 75_000, _SUMMER),
    Price("agent-advanced", "Voice agent, advanced", None, 163_000, _SUMMER),
    Price("agent-own-speech", "Voice agent, standard, with your own voice", None, 65_000, _SUMMER),
    Price("agent-own-models", "Voice agent with your own models", None, 50_000, _SUMMER),
)
"""A voice agent, by the time of its connection; your own models are those for thinking and speaking."""

PRICES = {price.name: price for price in (*LISTENING, *ADDITIONS, *SPEAKING, *ANALYSIS, *CONVERSING)}
"""Every price by its name."""


@dataclass(frozen=True)
class Charge:
    """A line of the bill: what for, and millionths of a dollar."""

    item: str
    microdollars: int


def charges(  # noqa: PLR0913 - what a request can consume
    endpoint: str,
    model: str,
    method: str = "sync",
    *,
    seconds: float = 0.0,
    characters: int = 0,
    tokens: tuple[int, int] = (0, 0),
    language: str = "",
    options: Collection[str] = (),
) -> tuple[Charge, ...]:
    """Return what a request costs, line by line.

    Parameters
    ----------
    endpoint : {"listen", "speak", "read", "agent"}
    model : str
        A model or a voice; for the agent the name of a price. One without a
        published price, such as a custom model, gives no line.
    method : {"sync", "async", "streaming"}
    seconds : float
        Audio of all channels together, or the time that an agent was connected [s].
    characters : int
        Text that was spoken.
    tokens : (int, int)
        Read and written by all analyses together.
    language : str
    options : collection of str
        Names of the options that were used.

    Examples
    --------
    >>> charges("listen", "nova-3", seconds=90.0, options=["redact"])
    (Charge(item='sync::nova-3', microdollars=6450), Charge(item='sync::redact', microdollars=3000))
    """
    worked: dict[str, list[tuple[str, float]]] = {
        "listen": [(name, seconds) for name in (_recogniser(model, language), *_additions(options))],
        "speak": [(_voice(model), characters)],
        "agent": [(model or "agent", seconds)],
    }
    counted = [*worked.get(endpoint, []), ("analysis-input", tokens[0]), ("analysis-output", tokens[1])]
    lines = [_line(name, quantity, method) for name, quantity in counted]
    return tuple(line for line in lines if line.microdollars)


def used(query: Iterable[tuple[str, str]]) -> set[str]:
    """Return the names of the options that a query switches on.

    Examples
    --------
    >>> sorted(used([("diarize_model", "latest"), ("redact", "pci"), ("topics", "false")]))
    ['diarize', 'diarize_model', 'redact']
    """
    names = {name for name, value in query if value != "false"}
    return names | {"diarize"} if "diarize_model" in names else names


def _additions(options: Collection[str]) -> list[str]:
    return [price.name for price in ADDITIONS if price.name in options]


def _recogniser(model: str, language: str) -> str:
    name = models.family(model)
    several = language == "multi" or model.endswith("-multi")
    return f"{name}-multi" if several and f"{name}-multi" in PRICES else name


def _voice(model: str) -> str:
    families = {"flux-": "flux-tts", "aura-2-": "aura-2", "aura-": "aura"}
    return next((name for prefix, name in families.items() if model.startswith(prefix)), "")


def _line(name: str, quantity: float, method: str) -> Charge:
    price = PRICES.get(name)
    rate = price and (price.streaming if method == "streaming" else price.batch)
    if price is None or not rate:
        return Charge(name, 0)
    return Charge(f"{method}::{name}", round(Fraction(quantity) * rate / SIZES[price.unit]))


def label(item: str) -> str:
    """Return a line item in words.

    Examples
    --------
    >>> label("streaming::nova-3")
    'Nova-3 (streaming)'
    """
    method, _, name = item.partition("::")
    return f"{PRICES[name].label} ({method})" if name in PRICES else item


def dollars(microdollars: int) -> float:
    """Return millionths of a dollar as dollars.

    Examples
    --------
    >>> dollars(4300)
    0.0043
    """
    return microdollars / 1_000_000
