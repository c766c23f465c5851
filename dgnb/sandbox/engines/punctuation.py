"""Punctuation and capitals from pauses and plain word rules.

A sentence ends at a pause of 0.6 s, where the speaker changes, and, in speech
without pauses, at the first small gap after 40 words. A shorter pause is a
comma. A sentence that begins like a question is one. No grammar is parsed:
what the rules do not see stays without a mark.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from math import inf

from msgspec.structs import replace

from dgnb.protocol.heard import Word
from dgnb.sandbox.engines.dates import is_month
from dgnb.sandbox.engines.grouping import SENTENCE_PAUSE, ends_sentence
from dgnb.sandbox.engines.lexicon import (
    ACRONYMS,
    DETERMINERS,
    LANGUAGES,
    MONTHS,
    PREPOSITIONS,
    PRONOUNS,
    TITLES,
    WEEKDAYS,
    Name,
    named,
    word_set,
)
from dgnb.sandbox.engines.spelling import ending, headed

COMMA_PAUSE = 0.3
LONG_SENTENCE = 40
SMALL_GAP = 0.12

_OPEN = (
    DETERMINERS
    | PREPOSITIONS
    | word_set("and or but because if i my is are was were very am really mister mr dr")
)
_CLOSERS = word_set(
    "this that these those another no before after about around in on off up down out over by through"
)
_DANGLING = _OPEN - _CLOSERS
"""Words that no sentence ends with; after them a pause is a hesitation."""

_GOES_ON = word_set("and or but because which that to of than")
_OPENERS = word_set("well yes yeah no okay ok hello hi hey sure however actually oh so now anyway")
_CLAUSE = PRONOUNS | word_set(
    "my your thank thanks please not what how can could do is are let's i'm i'll i've it's we're"
)
_WH = word_set("who what when where why how which whose whom")
_ASKING = word_set("is are was were do does did can could will would should have has had am may shall")
_ASKING_NOT = word_set(
    "isn't aren't wasn't weren't don't doesn't didn't can't couldn't won't wouldn't shouldn't haven't"
)
_WH_SHORT = word_set("what's who's where's how's why's when's who'd how'd")
_SUBJECTS = PRONOUNS | word_set("anybody anything something everything nobody")
_QUANTITIES = word_set("many much long often far old about come")
_FIRST = {"i": "I", "i'm": "I'm", "i'll": "I'll", "i've": "I've", "i'd": "I'd", "ok": "OK"}


def punctuate(words: Sequence[Word]) -> list[Word]:
    """Words with `punctuated_word`: sentence ends, commas and capitals.

    Parameters
    ----------
    words : sequence of Word
        Marks that are there already are kept.

    Returns
    -------
    list of Word

    Examples
    --------
    >>> from dgnb.results.transcript import Word
    >>> times = {"hello": 0.0, "how": 1.2, "are": 1.4, "you": 1.6, "i": 3.0, "live": 3.2, "in": 3.4}
    >>> words = [Word(word=word, start=start, end=start + 0.2) for word, start in times.items()]
    >>> " ".join(word.text for word in punctuate([*words, Word(word="paris", start=3.6, end=4.0)]))
    'Hello. How are you? I live in Paris.'
    """
    tokens = [word.word for word in words]
    names = named(tokens)
    gaps = _gaps(words, names)
    shown = _cased(words, names)
    start = 0
    for at, word in enumerate(words):
        if _ends(word, gaps[at], tokens[at + 1] if at + 1 < len(words) else "", at + 1 - start):
            _write_sentence(tokens, gaps, shown, start, at + 1)
            start = at + 1
    return [replace(word, punctuated_word=text) for word, text in zip(words, shown, strict=True)]


def _gaps(words: Sequence[Word], names: Sequence[Name]) -> list[float]:
    """Give the pause behind each word: none within a name, an endless one where the speaker changes."""
    gaps = [
        after.start - word.end if word.speaker == after.speaker else inf for word, after in pairwise(words)
    ]
    for name in names:
        gaps[name.start : name.end - 1] = [0.0] * (name.end - 1 - name.start)
    return [*gaps, inf]


def _ends(word: Word, gap: float, following: str, length: int) -> bool:
    """Whether a sentence of this length ends after this word."""
    if gap == inf or ends_sentence(word.text) or word.text.endswith("\n\n"):
        return True
    if word.word in _DANGLING:
        return False
    if gap >= SENTENCE_PAUSE:
        return gap >= 2 * SENTENCE_PAUSE or following not in _GOES_ON
    return gap >= SMALL_GAP and length >= LONG_SENTENCE


def _cased(words: Sequence[Word], names: Sequence[Name]) -> list[str]:
    """Give each word as it is written, proper names with a capital."""
    tokens = [word.word for word in words]
    shown = [word.text if word.text != word.word else _proper(tokens, at) for at, word in enumerate(words)]
    for name in names:
        for at, part in zip(range(name.start, name.end), name.written.split(), strict=True):
            if words[at].text == tokens[at]:
                shown[at] = part + tokens[at][len(part) :]
    return shown


def _proper(tokens: Sequence[str], at: int) -> str:
    token = tokens[at]
    if token in _FIRST:
        return _FIRST[token]
    if token in TITLES and at + 1 < len(tokens):
        return TITLES[token]
    if token in ACRONYMS:
        return token.upper()
    proper = token in WEEKDAYS or token in LANGUAGES or (token in MONTHS and is_month(tokens, at))
    after_title = at > 0 and tokens[at - 1] in TITLES
    return token.capitalize() if proper or after_title else token


def _write_sentence(
    tokens: Sequence[str], gaps: Sequence[float], shown: list[str], start: int, end: int
) -> None:
    """Set the capital and the marks of one sentence."""
    if shown[start].islower() and not {"@", "."} & set(tokens[start]):
        shown[start] = headed(shown[start])
    for at in range(start, end - 1):
        if _has_comma(tokens, gaps[at], start, at) and not ending(shown[at]):
            shown[at] += ","
    last = shown[end - 1]
    if not ending(last).strip("\n") and not last.endswith("\n\n") and tokens[end - 1] not in _DANGLING:
        shown[end - 1] += "?" if is_question(tokens[start:end]) else "."


def _has_comma(tokens: Sequence[str], gap: float, start: int, at: int) -> bool:
    """Whether a comma goes behind this word: before "but", after "well", at a short pause."""
    word, following = tokens[at], tokens[at + 1]
    if word in _DANGLING:
        return False
    if following == "but":
        return at - start >= 2
    if at == start and word in _OPENERS:
        return following in _CLAUSE
    return gap >= COMMA_PAUSE and following not in _ASKING and following not in ("of", "to")


def is_question(tokens: Sequence[str]) -> bool:
    """Whether a sentence begins, or ends, like a question.

    Parameters
    ----------
    tokens : sequence of str
        Bare lower-case words.

    Examples
    --------
    >>> [is_question(text.split()) for text in ("so what is it", "what i like is tea", "it's late isn't it")]
    [True, False, True]
    """
    at = 0
    while at < len(tokens) - 1 and tokens[at] in _OPENERS | _GOES_ON:
        at += 1
    first, second, *_ = [*tokens[at:], "", ""]
    if first in _WH_SHORT or tuple(tokens[-2:]) == ("right", "now"):
        return first in _WH_SHORT
    if first in _WH:
        return second in _ASKING | _ASKING_NOT | _QUANTITIES or first == "who" or len(tokens) - at == 1
    if first in _ASKING or first in _ASKING_NOT:
        return second in _SUBJECTS or (second in DETERMINERS and first not in ("have", "had", "do", "don't"))
    return len(tokens) > 2 and tokens[-2] in _ASKING_NOT and tokens[-1] in PRONOUNS
