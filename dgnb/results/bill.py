"""What a transcript costs, at the published prices."""

from __future__ import annotations

from dgnb.protocol import models
from dgnb.protocol.options import Query
from dgnb.protocol.prices import Charge, charges, used
from dgnb.results.transcript import Transcript


def tokens(transcript: Transcript) -> tuple[int, int]:
    """Return the tokens that all analyses of a transcript have read and written."""
    about = transcript.metadata
    infos = (about.summary_info, about.sentiment_info, about.topics_info, about.intents_info)
    counts = [(info.input_tokens, info.output_tokens) for info in infos if info]
    return sum(count[0] for count in counts), sum(count[1] for count in counts)


def bill(transcript: Transcript, query: Query) -> tuple[Charge, ...]:
    """Return what a transcript costs, line by line.

    Parameters
    ----------
    transcript : Transcript
    query : tuple of (str, str)
        The options as they were sent.

    Examples
    --------
    >>> told = {"metadata": {"duration": 60, "channels": 2}, "results": {"channels": []}}
    >>> bill(Transcript.from_json(told), (("model", "nova-3"),))
    (Charge(item='sync::nova-3', microdollars=8600),)
    """
    about, given = transcript.metadata, dict(query)
    return charges(
        "listen",
        given.get("model", models.DEFAULT_LISTEN_MODEL),
        seconds=about.duration * max(about.channels, 1),
        tokens=tokens(transcript),
        language=given.get("language", ""),
        options=used(query),
    )
