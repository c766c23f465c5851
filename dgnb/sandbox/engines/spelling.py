"""Words and their marks: stripping punctuation, and writing words anew without losing their times."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import fmean

from msgspec.structs import replace

from dgnb.protocol.heard import Word
from dgnb.protocol.spelling import CLOSING, OPENING, bare

PAUSE = 1.5
"""Silence in seconds across which words are not taken together."""


def ending(text: str) -> str:
    """Punctuation at the end of a word.

    Examples
    --------
    >>> [ending(text) for text in ("yes.", 'really?"', "no", "...")]
    ['.', '?"', '', '']
    """
    inner = text.rstrip(CLOSING)
    return text[len(inner) :] if inner else ""


def opening(text: str) -> str:
    """Punctuation at the start of a word.

    Examples
    --------
    >>> opening('("yes')
    '("'
    """
    inner = text.lstrip(OPENING)
    return text[: len(text) - len(inner)] if inner else ""


def headed(text: str) -> str:
    """Text with a capital at its start, behind any mark there.

    Examples
    --------
    >>> headed('"yes, McGee"'), headed("20")
    ('"Yes, McGee"', '20')
    """
    at = len(opening(text))
    return text[:at] + text[at : at + 1].upper() + text[at + 1 :]


def apart(left: Word, right: Word) -> bool:
    """Whether a change of speaker, a long pause or a mark keeps two neighbouring words apart.

    Examples
    --------
    >>> from dgnb.sandbox.engines.grouping import words_of
    >>> one, two, three = words_of("one, two three")
    >>> apart(one, two), apart(two, three)
    (True, False)
    """
    pause = right.start - left.end >= PAUSE
    mark = left.punctuated_word is not None and ending(left.punctuated_word) != ""
    return pause or mark or left.speaker != right.speaker


def respelt(words: Sequence[Word], written: str) -> list[Word]:
    """Words written anew over the same stretch of time.

    As many new words as old ones keep their times; otherwise the whole time
    is shared out by letters, and each new word has the mean confidence.
    Punctuation around the old words is kept.

    Parameters
    ----------
    words : sequence of Word
        At least one word.
    written : str
        The new words, with spaces between them.

    Returns
    -------
    list of Word

    Examples
    --------
    >>> from dgnb.results.transcript import Word
    >>> words = [Word(word="twenty", start=1.0, end=1.3, confidence=0.5),
    ...          Word(word="five", start=1.3, end=1.6, confidence=1.0)]
    >>> new, = respelt(words, "25")
    >>> new.word, new.start, new.end, new.confidence
    ('25', 1.0, 1.6, 0.75)
    """
    texts = _texts(words, written.split())
    if len(texts) == len(words):
        return [_rewritten(word, text) for word, text in zip(words, texts, strict=True)]
    confidence = fmean(word.confidence for word in words)
    share = (words[-1].end - words[0].start) / max(1, sum(map(len, texts)))
    new, start = [], words[0].start
    for position, text in enumerate(texts, 1):
        end = words[-1].end if position == len(texts) else start + share * len(text)
        new.append(replace(_rewritten(words[0], text), start=start, end=end, confidence=confidence))
        start = end
    return new


def _texts(words: Sequence[Word], texts: list[str]) -> list[str]:
    """Give the new spellings the marks and the capital of the old ones."""
    first, last = words[0].text, words[-1].text
    if first.lstrip(OPENING)[:1].isupper() and texts[0].islower():
        texts[0] = headed(texts[0])
    texts[0] = opening(first) + texts[0]
    texts[-1] += ending(last)
    return texts


def _rewritten(word: Word, text: str) -> Word:
    shown = text if word.punctuated_word is not None or text != bare(text) else None
    return replace(word, word=bare(text), punctuated_word=shown)
