"""Intents: what a speaker says they want, as a verb and its object.

"I want to cancel my order" is the intent "Cancel order". An intent is found
behind a phrase that announces one ("I'd like to", "can you", "how do I"...);
a negated one ("I don't want to") is none. An intent of one's own is found
where most of its words occur.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Literal

from dgnb.protocol.heard import Word
from dgnb.results.analysis import Intent, Intents, IntentSegment
from dgnb.sandbox.engines.grouping import line, spans
from dgnb.sandbox.engines.lexicon import (
    AUXILIARIES,
    DETERMINERS,
    PREPOSITIONS,
    PRONOUNS,
    STOP_WORDS,
    stem,
    word_set,
)
from dgnb.sandbox.engines.spelling import ending
from dgnb.sandbox.engines.topics import own_matches

Mode = Literal["extended", "strict"]

LONGEST = 3
"""Words of the object that are kept at most."""

_CUES = {
    "want to": 0.9, "wanna": 0.85, "wanted to": 0.85, "like to": 0.9, "need to": 0.85, "have to": 0.6,
    "love to": 0.8, "trying to": 0.8, "calling to": 0.9, "hoping to": 0.8, "looking to": 0.8, "going to": 0.6,
    "gonna": 0.6, "plan to": 0.8, "wish to": 0.9, "ready to": 0.7, "decided to": 0.8, "help me": 0.75,
    "help me to": 0.75, "can you": 0.7, "could you": 0.75, "would you": 0.6, "will you": 0.6, "can i": 0.75,
    "could i": 0.75, "may i": 0.75, "can we": 0.7, "could we": 0.7, "how do i": 0.8, "how can i": 0.8,
    "how do you": 0.5, "let's": 0.6, "let us": 0.6, "please": 0.65, "let me": 0.6,
}  # fmt: skip
"""Phrases that announce an intent, and how surely; by our own judgement."""

_LONGEST_CUE = max(len(cue.split()) for cue in _CUES)
_NEGATIONS = word_set("not don't doesn't didn't never no can't cannot won't wouldn't isn't without nobody")
_SKIPPED = DETERMINERS | word_set(
    "please just also really maybe actually quickly me us you him her them go ahead and one some now then of"
)
_PARTICLES = word_set("up in out off on down back over")
_NO_VERBS = (STOP_WORDS | PRONOUNS | AUXILIARIES | PREPOSITIONS) - word_set("do have be")
_WEAK_VERBS = word_set("get make take go come give put call help use talk try start like want need")
_EMPTY_VERBS = word_set("be do have know see say think mean hear wait hold believe")


def intents(words: Sequence[Word], custom: Sequence[str] = (), mode: Mode = "extended") -> Intents:
    """Intents of a text, by sentence.

    Parameters
    ----------
    words : sequence of Word
    custom : sequence of str
        Intents of one's own.
    mode : {"extended", "strict"}
        ``strict`` gives only `custom`, ``extended`` both.

    Returns
    -------
    Intents
        The confidence says how clearly the intent is announced, for an own intent which share of its words
        occur. Neither is calibrated.

    Examples
    --------
    >>> from dgnb.sandbox.engines.grouping import words_of
    >>> found = intents(words_of("Hello. I want to cancel my order. I don't want to pay."))
    >>> [(segment.text, segment.intents[0].intent) for segment in found.segments]
    [('I want to cancel my order.', 'Cancel order')]
    """
    segments = []
    for start, end in spans(words):
        found = own_matches({stem(word.word) for word in words[start:end]}, custom) if custom else {}
        if mode == "extended":
            found |= {name: value for name, value in _announced(words[start:end]) if name not in found}
        if found:
            segments.append(_segment(words, start, end, found))
    return Intents(segments=segments)


def _announced(words: Sequence[Word]) -> Iterator[tuple[str, float]]:
    """Give the intents of a sentence and how surely they are announced."""
    tokens = [word.word for word in words]
    at = 0
    while at < len(tokens):
        cue = _cue(tokens, at)
        at += len(cue.split()) or 1
        if cue and not _is_negated(tokens, at, len(cue.split())):
            name = _name(words, tokens, at)
            if name:
                yield name, _CUES[cue]


def _cue(tokens: Sequence[str], at: int) -> str:
    """Give the longest cue that starts here."""
    for length in range(_LONGEST_CUE, 0, -1):
        cue = " ".join(tokens[at : at + length])
        if cue in _CUES:
            return cue
    return ""


def _is_negated(tokens: Sequence[str], end: int, length: int) -> bool:
    """Whether a negation stands up to three words before the cue, or right behind it."""
    start = end - length
    return bool(_NEGATIONS & {*tokens[max(0, start - 3) : start], *tokens[end : end + 1]})


def _name(words: Sequence[Word], tokens: Sequence[str], at: int) -> str:
    """Give verb and object as the intent's name, empty if there is no verb."""
    while at < len(tokens) and tokens[at] in _SKIPPED:
        at += 1
    if at == len(tokens) or tokens[at] in _NO_VERBS or not tokens[at].isalpha():
        return ""
    thing = _object(words, tokens, at + 1) if not ending(words[at].text) else []
    if tokens[at] in _EMPTY_VERBS or (not thing and (tokens[at] in _WEAK_VERBS or len(tokens[at]) < 3)):
        return ""
    return " ".join([tokens[at], *thing]).capitalize()


def _object(words: Sequence[Word], tokens: Sequence[str], at: int) -> list[str]:
    """Give what the verb acts on, with a particle before it ("up") and at most one preposition."""
    thing: list[str] = []
    content = 0
    while at < len(tokens) and content < LONGEST:
        token = tokens[at]
        particle = not thing and token in _PARTICLES
        if token not in _SKIPPED and not particle:
            if not content and token in PREPOSITIONS and thing[-1:] != [token]:
                thing.append(token)
            elif token in STOP_WORDS:
                break
            else:
                thing.append(token)
                content += 1
        elif particle:
            thing.append(token)
        if ending(words[at].text):
            break
        at += 1
    return thing if content or (len(thing) == 1 and thing[0] in _PARTICLES) else []


def _segment(words: Sequence[Word], start: int, end: int, found: dict[str, float]) -> IntentSegment:
    ranked = sorted(found, key=lambda name: (-found[name], name))
    return IntentSegment(
        text=line(words[start:end]),
        start_word=start,
        end_word=end - 1,
        intents=[Intent(intent=name, confidence_score=found[name]) for name in ranked],
    )
