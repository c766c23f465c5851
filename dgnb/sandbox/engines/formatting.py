"""How words are written: punctuation and capitals, numbers and dates, fillers, masks, replacements, units.

Every function takes words and returns words, so that they can be combined.
Where several are wanted, punctuation comes after all that changes the words.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from msgspec.structs import replace as changed

from dgnb.protocol.heard import Word
from dgnb.sandbox.engines.expressions import expressions
from dgnb.sandbox.engines.lexicon import UNITS, singular, word_set
from dgnb.sandbox.engines.numerals import numbers
from dgnb.sandbox.engines.punctuation import punctuate
from dgnb.sandbox.engines.spelling import apart, ending, respelt

__all__ = ["dictation", "fillers", "measurements", "profanity", "punctuate", "replace", "smart_format"]

FILLERS = word_set("uh um uhh umm uhm erm er")
"""Hesitations. "mhmm", "uh-huh" and "nuh-uh" are answers, and stay."""

_MASKED = word_set(
    "arse ass asshole bastard bitch bollocks bullshit crap cunt damn dick piss prick shit slut whore"
)
_MASKED_STEMS = ("fuck", "motherfuck", "shitt", "goddam", "bullshit")

_MARKS = {
    ("period",): ".",
    ("comma",): ",",
    ("colon",): ":",
    ("question", "mark"): "?",
    ("exclamation", "mark"): "!",
    ("exclamation", "point"): "!",
    ("new", "line"): "\n",
    ("new", "paragraph"): "\n\n",
}
_MENTIONED_AFTER = word_set("a an the this that each every same first last trial grace time") | {"any"}


def smart_format(words: Sequence[Word]) -> list[Word]:
    """Words with punctuation, capitals, and numbers, dates, times, amounts and addresses as they are written.

    Parameters
    ----------
    words : sequence of Word

    Returns
    -------
    list of Word
        An expression keeps its stretch of time; see `respelt` for how it is shared out.

    Examples
    --------
    >>> from dgnb.results.transcript import Word
    >>> spoken = "meet me at eight thirty pm on november second and bring twenty dollars".split()
    >>> words = [Word(word=word, start=t / 2, end=t / 2 + 0.5) for t, word in enumerate(spoken)]
    >>> " ".join(word.text for word in smart_format(words))
    'Meet me at 8:30 PM on November 2 and bring $20.'
    """
    edits = {found.start: (found.end, found.written) for found in expressions(words) if found.written}
    covered = {at for start, (end, _) in edits.items() for at in range(start, end)}
    for number in numbers(words):
        if number.certain and number.start not in covered:
            edits[number.start] = (number.end, number.text)
    return punctuate(_edited(words, edits))


def _edited(words: Sequence[Word], edits: dict[int, tuple[int, str]]) -> list[Word]:
    """Write the stretches that begin at the keys anew."""
    new: list[Word] = []
    done = 0
    for start in sorted(edits):
        end, written = edits[start]
        new += words[done:start]
        new += respelt(words[start:end], written)
        done = end
    return [*new, *words[done:]]


def fillers(words: Sequence[Word], keep: bool = False) -> list[Word]:
    """Words without hesitations such as "uh" and "um".

    Parameters
    ----------
    words : sequence of Word
    keep : bool
        Leave them in, as the option ``filler_words`` asks.

    Returns
    -------
    list of Word

    Examples
    --------
    >>> from dgnb.sandbox.engines.grouping import transcript, words_of
    >>> transcript(fillers(words_of("so um it is uh uh-huh done")))
    'so it is uh-huh done'
    """
    return [word for word in words if keep or word.word not in FILLERS]


def profanity(words: Sequence[Word]) -> list[Word]:
    """Words with swear words masked: the first letter, then asterisks.

    Parameters
    ----------
    words : sequence of Word

    Returns
    -------
    list of Word

    Examples
    --------
    >>> from dgnb.sandbox.engines.grouping import transcript, words_of
    >>> transcript(profanity(words_of("Well, damn, it works.")))
    'Well, d***, it works.'
    """
    return [_masked(word) if _is_profane(word.word) else word for word in words]


def _is_profane(token: str) -> bool:
    base = token.removesuffix("'s")
    return base in _MASKED or base.removesuffix("s") in _MASKED or base.startswith(_MASKED_STEMS)


def _masked(word: Word) -> Word:
    mask = word.word[0] + "*" * (len(word.word) - 1)
    shown = word.punctuated_word
    if shown is None:
        return changed(word, word=mask)
    at = shown.lower().find(word.word)
    return changed(word, word=mask, punctuated_word=shown[: at + 1] + mask[1:] + shown[at + len(mask) :])


def replace(words: Sequence[Word], pairs: Sequence[tuple[str, str | None]]) -> list[Word]:
    """Words with terms replaced or taken out.

    Parameters
    ----------
    words : sequence of Word
    pairs : sequence of tuple
        What to find, of one or several words, and what to put in its place, None for nothing. A term
        with a capital finds only words that are written with it.

    Returns
    -------
    list of Word
        A replacement keeps the stretch of time and the punctuation of what it replaces.

    Examples
    --------
    >>> from dgnb.sandbox.engines.grouping import transcript, words_of
    >>> pairs = [("monika jon", "Monica John"), ("please", None)]
    >>> transcript(replace(words_of("Ask monika jon, please."), pairs))
    'Ask Monica John.'
    """
    done = list(words)
    for find, replacement in pairs:
        if find.strip():
            done = _replaced(done, find.split(), replacement)
    return done


def _replaced(words: Sequence[Word], parts: list[str], replacement: str | None) -> list[Word]:
    new: list[Word] = []
    at = 0
    while at < len(words):
        stretch = words[at : at + len(parts)]
        if not _is_term(stretch, parts):
            new.append(words[at])
            at += 1
            continue
        at += len(parts)
        if replacement and replacement.strip():
            new += respelt(stretch, replacement)
        elif new and ending(stretch[-1].text):
            new[-1] = _marked(new[-1], ending(stretch[-1].text))
    return new


def _is_term(words: Sequence[Word], parts: list[str]) -> bool:
    if len(words) < len(parts):
        return False
    return all(
        word.word == part or (not part.islower() and word.text.strip(".,!?;:") == part)
        for word, part in zip(words, parts, strict=True)
    )


def _marked(word: Word, mark: str) -> Word:
    """Put a mark behind a word, in place of a weaker one."""
    text = word.text
    if ending(text).strip(","):
        return word
    return changed(word, punctuated_word=text.rstrip(",") + mark)


def dictation(words: Sequence[Word]) -> list[Word]:
    r"""Words with spoken marks ("comma", "new line"...) put behind the word before them.

    Parameters
    ----------
    words : sequence of Word

    Returns
    -------
    list of Word
        A new line and a new paragraph become one and two line breaks. A mark that is only talked about,
        as in "the period", stays.

    Examples
    --------
    >>> from dgnb.sandbox.engines.grouping import transcript, words_of
    >>> transcript(dictation(words_of("a headache comma nausea period new line the period of rest")))
    'a headache, nausea.\nthe period of rest'
    """
    new: list[Word] = []
    at = 0
    while at < len(words):
        length = _mark_length(words, at) if new else 0
        if length:
            mark = _MARKS[tuple(word.word for word in words[at : at + length])]
            new[-1] = changed(new[-1], punctuated_word=new[-1].text + mark)
        else:
            new.append(words[at])
        at += length or 1
    return new


def _mark_length(words: Sequence[Word], at: int) -> int:
    """Give how many words the spoken mark here has, 0 if it is none."""
    if at and words[at - 1].word in _MENTIONED_AFTER:
        return 0
    if at + 1 < len(words) and words[at].word == "period" and words[at + 1].word == "of":
        return 0
    for length in (2, 1):
        if tuple(word.word for word in words[at : at + length]) in _MARKS:
            return length
    return 0


def measurements(words: Sequence[Word]) -> list[Word]:
    """Words with units abbreviated after a number, and the number in digits.

    Parameters
    ----------
    words : sequence of Word

    Returns
    -------
    list of Word

    Examples
    --------
    >>> from dgnb.sandbox.engines.grouping import transcript, words_of
    >>> transcript(measurements(words_of("we drove five kilometers at sixty miles per hour")))
    'we drove 5 km at 60 mph'
    """
    edits: dict[int, tuple[int, str]] = {}
    for number in numbers(words):
        length, short = _unit(words, number.end)
        if length and number.kind not in ("ordinal", "fraction"):
            edits[number.start] = (number.end, number.text)
            edits[number.end] = (number.end + length, short)
    return _edited(words, edits)


def _unit(words: Sequence[Word], at: int) -> tuple[int, str]:
    """Give how many words the unit here has and its abbreviation, the longest unit first."""
    for length in (3, 2, 1):
        part = words[at : at + length]
        name = " ".join(singular(word.word) for word in part)
        if name in UNITS and not any(apart(left, right) for left, right in pairwise([words[at - 1], *part])):
            return length, UNITS[name]
    return 0, ""
