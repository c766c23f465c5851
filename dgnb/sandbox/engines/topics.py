"""Topics as key phrases of the text itself, and topics of one's own.

A candidate is a run of content words (RAKE's idea: S. Rose and others, 2010,
Automatic keyword extraction from individual documents). It weighs more the
oftener its words and the phrase itself occur, and less if it is never used
like a noun. A topic of one's own is found where most of its words occur.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from itertools import combinations
from math import log2, sqrt
from typing import Literal, NamedTuple

from dgnb.protocol.heard import Word
from dgnb.results.analysis import Topic, Topics, TopicSegment
from dgnb.sandbox.engines.grouping import line, spans
from dgnb.sandbox.engines.lexicon import (
    AUXILIARIES,
    DETERMINERS,
    PREPOSITIONS,
    PRONOUNS,
    content_stems,
    is_content,
    stem,
    word_set,
)
from dgnb.sandbox.engines.spelling import ending, headed

Mode = Literal["extended", "strict"]

LONGEST = 3
MOST = 25
"""Topics that are kept at most, whatever the length of the text."""

LONGEST_SEGMENT = 150
"""Words after which a segment is not joined to the next one."""

_WISHES = word_set(
    "want wanted wants need needs needed like going able trying try love hope plan how order used have has"
)
_NOUN_LEADS = (DETERMINERS | PREPOSITIONS | word_set("and or of")) - {"to"}
_VERB_LEADS = (
    (AUXILIARIES | PRONOUNS | word_set("please not never let"))
    - DETERMINERS
    - word_set("is are was were be been has had")
)


_VERBS_BEHIND = AUXILIARIES | word_set("seems looks works costs comes makes needs")


class _Phrase(NamedTuple):
    """A candidate: its stems, how it is written, and whether it is used like a noun here."""

    key: tuple[str, ...]
    written: str
    noun: bool


def topics(words: Sequence[Word], custom: Sequence[str] = (), mode: Mode = "extended") -> Topics:
    """Topics of a text, by segments of neighbouring sentences that share a topic.

    Parameters
    ----------
    words : sequence of Word
    custom : sequence of str
        Topics of one's own.
    mode : {"extended", "strict"}
        ``strict`` gives only `custom`, ``extended`` both.

    Returns
    -------
    Topics
        The confidence of a found topic grows with its weight in the text; of an own topic it is the share
        of its words that occur. Neither is calibrated.

    Examples
    --------
    >>> from dgnb.sandbox.engines.grouping import words_of
    >>> text = "The battery of my phone is weak. A new battery costs more than the phone."
    >>> for segment in topics(words_of(text)).segments:
    ...     print(segment.start_word, segment.end_word, [topic.topic for topic in segment.topics])
    0 14 ['Phone', 'Battery']
    """
    limits = spans(words)
    found = [_own(words[start:end], custom) for start, end in limits]
    if mode == "extended":
        for own, detected in zip(found, _detected(words, limits), strict=True):
            own.update({name: value for name, value in detected.items() if name not in own})
    return Topics(segments=_segments(words, limits, found))


def own_matches(stems: set[str], custom: Sequence[str]) -> dict[str, float]:
    """Names of which more than half the words occur, and the share that does.

    Parameters
    ----------
    stems : set of str
        Stems of a sentence.
    custom : sequence of str
        Topics or intents of one's own.

    Examples
    --------
    >>> own_matches({"cancel", "order"}, ["Order cancellation", "Order status", "Refunds"])
    {'Order cancellation': 1.0}
    """
    found = {}
    for name in custom:
        wanted = content_stems(name.lower().split()) or {stem(word) for word in name.lower().split()}
        share = len(wanted & stems) / len(wanted) if wanted else 0.0
        if share > 0.5:
            found[name] = share
    return found


def _own(words: Sequence[Word], custom: Sequence[str]) -> dict[str, float]:
    return own_matches({stem(word.word) for word in words}, custom) if custom else {}


def _detected(words: Sequence[Word], limits: Sequence[tuple[int, int]]) -> list[dict[str, float]]:
    """Give the topics of each sentence and how much weight they have in the whole."""
    phrases = [list(_phrases(words[start:end])) for start, end in limits]
    weights = _chosen(_weights(phrases), len(words))
    names = _names(phrases)
    return [
        {names[key]: weights[key] for phrase in sentence for key in _parts(phrase.key) if key in weights}
        for sentence in phrases
    ]


def _parts(key: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    """Give a phrase and the phrases within it."""
    for start, end in combinations(range(len(key) + 1), 2):
        yield key[start:end]


def _phrases(words: Sequence[Word]) -> Iterator[_Phrase]:
    """Give each run of content words, and the last word of a longer run by itself."""
    tokens = [word.word.removesuffix("'s") for word in words]
    start = 0
    for at, token in enumerate(tokens):
        content = is_content(token) and not _is_verb(tokens, at)
        if content and at + 1 < len(tokens) and not ending(words[at].text):
            continue
        run = tokens[start : at + 1 if content else at]
        lead = tokens[start - 1] if start else ""
        start = at + 1
        if run:
            noun = lead in _NOUN_LEADS or (not lead and token in _VERBS_BEHIND)
            yield from _as_phrases(run[-LONGEST:], noun)


def _as_phrases(run: Sequence[str], noun: bool) -> Iterator[_Phrase]:
    yield _Phrase(tuple(map(stem, run)), " ".join(run), noun)
    if len(run) > 1:
        yield _Phrase((stem(run[-1]),), run[-1], noun)


def _is_verb(tokens: Sequence[str], at: int) -> bool:
    """Whether a word stands where a verb does: behind a pronoun or an auxiliary, or behind some "to"."""
    before = tokens[at - 1] if at else ""
    if before != "to":
        return before in _VERB_LEADS
    after = tokens[at + 1] if at + 1 < len(tokens) else ""
    return after in DETERMINERS or (at > 1 and tokens[at - 2] in _WISHES)


def _weights(phrases: Sequence[Sequence[_Phrase]]) -> dict[tuple[str, ...], float]:
    """Give each candidate its weight, above 0 and without upper limit."""
    flat = [phrase for sentence in phrases for phrase in sentence]
    occurrences = Counter(phrase.key for phrase in flat)
    nouns = {phrase.key for phrase in flat if phrase.noun}
    words = Counter(phrase.key[0] for phrase in flat if len(phrase.key) == 1)
    words.update(part for phrase in flat if len(phrase.key) > 1 for part in phrase.key[:-1])
    return {
        key: sum(log2(1 + words[part]) for part in key)
        / sqrt(len(key))
        * sqrt(count)
        * (1.0 if key in nouns else 0.6)
        for key, count in occurrences.items()
        if key in nouns or count > 1 or len(key) > 1
    }


def _chosen(weights: dict[tuple[str, ...], float], length: int) -> dict[tuple[str, ...], float]:
    """Give the best candidates and their confidence, none of them a part of a better one."""
    most = min(MOST, max(3, round(sqrt(length) / 1.5)))
    chosen: dict[tuple[str, ...], float] = {}
    for key in sorted(weights, key=lambda key: (-weights[key], key)):
        if len(chosen) == most:
            break
        if not any(set(key) <= set(other) or set(other) <= set(key) for other in chosen):
            chosen[key] = weights[key] / (1 + weights[key])
    return chosen


def _names(phrases: Sequence[Sequence[_Phrase]]) -> dict[tuple[str, ...], str]:
    """Give each candidate its commonest spelling, as a noun if it is one anywhere, with a capital."""
    spellings: defaultdict[tuple[str, ...], Counter[str]] = defaultdict(Counter)
    for sentence in phrases:
        for phrase in sentence:
            spellings[phrase.key][phrase.written] += 100 if phrase.noun else 1
    return {key: headed(found.most_common(1)[0][0]) for key, found in spellings.items()}


def _segments(
    words: Sequence[Word], limits: Sequence[tuple[int, int]], found: Sequence[dict[str, float]]
) -> list[TopicSegment]:
    """Join neighbouring sentences that share a topic."""
    joined: list[tuple[int, int, dict[str, float]]] = []
    for position, ((start, end), named) in enumerate(zip(limits, found, strict=True)):
        shared = joined and position and named.keys() & found[position - 1].keys()
        if shared and end - joined[-1][0] <= LONGEST_SEGMENT:
            first, _, before = joined.pop()
            joined.append((first, end, before | named))
        elif named:
            joined.append((start, end, named))
    return [_segment(words, *part) for part in joined]


def _segment(words: Sequence[Word], start: int, end: int, named: dict[str, float]) -> TopicSegment:
    ranked = sorted(named, key=lambda name: (-named[name], name))
    return TopicSegment(
        text=line(words[start:end]),
        start_word=start,
        end_word=end - 1,
        topics=[Topic(topic=name, confidence_score=named[name]) for name in ranked],
    )
