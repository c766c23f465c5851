"""A summary made of the text's own sentences.

A sentence weighs as much as its words are frequent in the text; the first ones
weigh more. The best are taken one by one, each counting only for what is not
said yet, and put back in order.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from math import log2, sqrt

from dgnb.protocol.heard import OldSummary, Word
from dgnb.results.analysis import Summary
from dgnb.sandbox.engines.grouping import line, paragraphs, spans
from dgnb.sandbox.engines.lexicon import is_content, stem

SHORTEST = 50
"""Texts below this many words are their own summary, as the service does it."""

SHARE = 0.2
LEAST, MOST = 30, 90
"""A summary has a fifth of the words, within these limits (one sentence may exceed them)."""

FRESH = 3
"""A further sentence needs at least so many content words that are not said yet."""

OLD_STRETCH = 250
"""Words that one summary of the older form stands for, about."""


def summarize(words: Sequence[Word]) -> Summary:
    """A short summary of a text.

    Parameters
    ----------
    words : sequence of Word

    Returns
    -------
    Summary
        Sentences of the text in their order; a text of less than 50 words as it is.

    Examples
    --------
    >>> from dgnb.sandbox.engines.grouping import words_of
    >>> summarize(words_of("The battery is weak."))
    Summary(result='success', short='The battery is weak.')
    """
    return Summary(result="success", short=_short(words))


def old_summaries(words: Sequence[Word]) -> list[OldSummary]:
    """Summaries of stretches of a channel, as the older ``summarize=true`` gives them.

    Parameters
    ----------
    words : sequence of Word

    Returns
    -------
    list of OldSummary
        One for about 250 words, from paragraph to paragraph; `end_word` is exclusive.

    Examples
    --------
    >>> from dgnb.sandbox.engines.grouping import words_of
    >>> old_summaries(words_of("The battery is weak."))
    [OldSummary(summary='The battery is weak.', start_word=0, end_word=4)]
    """
    found = []
    start = end = 0
    for paragraph in paragraphs(words).paragraphs:
        end += paragraph.num_words
        if end - start >= OLD_STRETCH or end == len(words):
            found.append(OldSummary(summary=_short(words[start:end]), start_word=start, end_word=end))
            start = end
    return found


def _short(words: Sequence[Word]) -> str:
    if len(words) < SHORTEST:
        return line(words)
    limits = spans(words)
    room = min(MOST, max(LEAST, round(SHARE * len(words))))
    return " ".join(line(words[slice(*limits[at])]) for at in sorted(_best(words, limits, room)))


def _best(words: Sequence[Word], limits: Sequence[tuple[int, int]], room: int) -> list[int]:
    """Give the sentences with most weight that fit, the weight of what is said already left out."""
    stems = [{stem(word.word) for word in words[start:end] if is_content(word.word)} for start, end in limits]
    frequency = Counter(part for parts in stems for part in parts)
    chosen: list[int] = []
    said: set[str] = set()
    left = {at for at, parts in enumerate(stems) if parts}
    while left:
        at = max(left, key=lambda at: (_weight(stems[at] - said, frequency, at, _length(limits[at])), -at))
        chosen.append(at)
        said |= stems[at]
        room -= _length(limits[at])
        left = {at for at in left if _length(limits[at]) <= room and len(stems[at] - said) >= FRESH}
    return chosen


def _length(limits: tuple[int, int]) -> int:
    return limits[1] - limits[0]


def _weight(fresh: set[str], frequency: Counter[str], position: int, length: int) -> float:
    """Give the weight of a sentence by its words that are new; long sentences are not favoured."""
    total = sum(log2(frequency[part]) + 0.1 for part in fresh)
    return total / sqrt(max(length, 6)) * (1 + 0.5 / (1 + position))
