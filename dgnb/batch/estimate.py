"""What a batch will cost, from the lengths that the headers of its files tell."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from dgnb.audio.recordings import opened
from dgnb.audio.source import Said
from dgnb.batch.sources import Source, each
from dgnb.errors import DgnbError
from dgnb.lazy import load
from dgnb.protocol import models
from dgnb.protocol.options import Query, check, encode
from dgnb.protocol.params import LISTEN_RULES, ListenOptions
from dgnb.protocol.prices import PRICES, Charge, charges, dollars, used

WORDS = 150
"""Words that are spoken in a minute: analyses are paid by the words that they read."""

ANALYSES = ("summarize", "sentiment", "topics", "intents")


@dataclass(frozen=True)
class Length:
    """How much audio a file has.

    Parameters
    ----------
    seconds : float
        Of one channel.
    channels : int
    """

    seconds: float
    channels: int = 1


@dataclass
class Estimate:
    """What files will cost, all of them together.

    Attributes
    ----------
    files : int
        Whose length is known.
    seconds : float
        Audio in them, of all channels that are worked on [s].
    lines : dict of str to int
        Millionths of a dollar by line of the bill.
    unknown : dict of str to str
        Files whose length their header does not tell, and why; they are not in the sum.
    """

    files: int = 0
    seconds: float = 0.0
    lines: dict[str, int] = field(default_factory=dict)
    unknown: dict[str, str] = field(default_factory=dict)

    @property
    def microdollars(self) -> int:
        """All together, in millionths of a dollar."""
        return sum(self.lines.values())

    @property
    def cost(self) -> float:
        """All together, in dollars."""
        return dollars(self.microdollars)

    @property
    def hours(self) -> float:
        """Audio of all channels that are worked on [h]."""
        return self.seconds / 3600

    @property
    def read(self) -> str:
        """The oldest day on which one of the prices was read, YYYY-MM-DD; empty without any."""
        days = [price.read for item in self.lines if (price := PRICES.get(item.partition("::")[2]))]
        return min(days, default="")

    def add(self, length: Length, query: Query) -> int:
        """Add a file, and return what it will cost in millionths of a dollar."""
        lines = costs(length, query)
        self.files += 1
        self.seconds += length.seconds * length.channels
        for line in lines:
            self.lines[line.item] = self.lines.get(line.item, 0) + line.microdollars
        return sum(line.microdollars for line in lines)

    def __repr__(self) -> str:
        return str(load("dgnb.views.batches:estimate_text")(self))

    def _repr_html_(self) -> str:
        return str(load("dgnb.views.batches:estimate_html")(self))


def asked(options: Mapping[str, Any]) -> Query:
    """Return the options of ``listen`` as they will be sent.

    Raises
    ------
    OptionError
        One cannot be right, or a combination is refused.
    """
    given = {name: value for name, value in options.items() if value is not None}
    check(given, LISTEN_RULES)
    return encode(given, ListenOptions)


def length(value: Any, options: Mapping[str, Any]) -> Length:
    """Return how much audio a source has, from its header.

    Raises
    ------
    AudioError, MissingExtra
        It does not say, or cannot be read.

    Examples
    --------
    >>> import numpy as np
    >>> length((np.zeros((8000, 2)), 16000), {"multichannel": True})
    Length(seconds=0.5, channels=2)
    """
    said = Said(options.get("encoding"), options.get("sample_rate"), options.get("channels"))
    recording = opened(value, said)
    try:
        if recording.duration is None:
            raise DgnbError("Its header does not say how long it is.")
        channels = recording.format.channels if options.get("multichannel") else 1
        return Length(recording.duration, channels)
    finally:
        recording.close()


def costs(length: Length, query: Query) -> tuple[Charge, ...]:
    """Return what a file will cost, line by line.

    Examples
    --------
    >>> costs(Length(60.0), (("model", "nova-3"), ("redact", "pci")))
    (Charge(item='sync::nova-3', microdollars=4300), Charge(item='sync::redact', microdollars=2000))
    """
    given, names = dict(query), used(query)
    seconds = length.seconds * length.channels
    words = round(seconds / 60 * WORDS) * len(names.intersection(ANALYSES))
    return charges(
        "listen",
        given.get("model", models.DEFAULT_LISTEN_MODEL),
        seconds=seconds,
        tokens=(words, 0),
        language=given.get("language", ""),
        options=names,
    )


def estimate(sources: Any, column: str | None = None, **options: Any) -> Estimate:
    """Return what it will cost to transcribe files; see `dgnb.batch.opening.estimate`.

    Examples
    --------
    >>> import numpy as np
    >>> estimate({"a": (np.zeros(16000), 16000), "b": "https://example.org/b.mp3"}, model="nova-3").unknown
    {'b': 'What stands at a URL is known only when it is there.'}
    """
    query, found = asked(options), Estimate()
    for source in each(sources, column):
        add(found, source, query, options)
    return found


def add(found: Estimate, source: Source, query: Query, options: Mapping[str, Any]) -> None:
    """Add a source to an estimate, or note that its length is not known."""
    try:
        found.add(measured(source, options), query)
    except (DgnbError, OSError) as error:
        found.unknown[source.name] = str(error)


def measured(source: Source, options: Mapping[str, Any]) -> Length:
    """Return how much audio a source has; as `length`."""
    value = source.get()
    if isinstance(value, str) and value.lower().startswith(("http://", "https://")):
        raise DgnbError("What stands at a URL is known only when it is there.")
    return length(value, options)
