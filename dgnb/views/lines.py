"""Lines of captions: how wide text is, and where it is broken."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache
from itertools import pairwise
from typing import NamedTuple
from unicodedata import combining, east_asian_width

_JOINER = "\u200d"
_JOINERS = (_JOINER, "\ufe0e", "\ufe0f", *map(chr, range(0x1F3FB, 0x1F400)))
"""What belongs to the character before it: a joiner, a choice of its form, a colour of skin."""

_SENTENCE, _CLAUSE = tuple(".!?…。！？؟"), tuple(",;:—–،؛、，；：")  # noqa: RUF001 - marks of many scripts
_CLOSERS = "\"')]}»”’」』"  # noqa: RUF001
_FUNCTION_WORDS = (
    "and but or nor so yet because although though while when where which who whose that if unless until "
    "since as after before than with without from for to of in on at by"
)
_LINKS = frozenset(_FUNCTION_WORDS.split())
"""Words that rather begin a line than end one."""


class Piece(NamedTuple):
    """A word, or a part of one, that stays on one line; times in seconds, `size` in columns."""

    text: str
    size: int
    spaced: bool
    start: float = 0.0
    end: float = 0.0


def width(text: str) -> int:
    """Return how many columns a text takes: a wide character, as in Chinese, two, a mark none.

    Examples
    --------
    >>> width("abc"), width("字幕"), width("e\u0301")
    (3, 4, 1)
    """
    if text.isascii():
        return len(text)
    # What follows a joiner is drawn upon what is before it.
    return sum(_columns(now) for before, now in pairwise(f" {text}") if before != _JOINER)


@cache
def _columns(character: str) -> int:
    if combining(character) or character in _JOINERS or character in "\u200b\u200c\u200e\u200f\u2060":
        return 0
    return 2 if east_asian_width(character) in "WF" else 1


def parts(text: str, most: int) -> list[str]:
    """Return a word in parts of at most `most` columns; a character keeps its marks.

    Examples
    --------
    >>> parts("abcdefgh", 3)
    ['abc', 'def', 'gh']
    """
    if width(text) <= most:
        return [text]
    found, size = [""], 0
    for cluster in _clusters(text):
        size += width(cluster)
        if size > most and found[-1]:
            found.append("")
            size = width(cluster)
        found[-1] += cluster
    return found


def _clusters(text: str) -> Iterator[str]:
    """Give characters together with what belongs to them."""
    cluster = ""
    for character in text:
        if cluster and _columns(character) and cluster[-1] != _JOINER:
            yield cluster
            cluster = ""
        cluster += character
        if len(cluster) > 16:  # a character with more marks than any writing has
            yield cluster
            cluster = ""
    if cluster:
        yield cluster


def strength(piece: Piece, following: Piece) -> int:
    """Return how well a text breaks between two pieces: 3 at a sentence's end, 2 at a clause's.

    Examples
    --------
    >>> yes, well, so = (Piece(text, 4, True) for text in ("Yes.", "well,", "so"))
    >>> strength(yes, well), strength(well, so), strength(so, yes)
    (3, 2, -1)
    """
    if not following.spaced and piece.text.isascii():
        return -3
    text = piece.text.rstrip(_CLOSERS)
    if text.endswith(_SENTENCE):
        return 3
    if text.endswith(_CLAUSE):
        return 2
    return int(following.text.lower() in _LINKS) - int(piece.text.lower() in _LINKS)


def filled(pieces: Sequence[Piece], first: int, columns: int, lines: int, reserved: int = 0) -> int:
    """Return how far pieces from `first` on fill lines: one past the last that has room.

    Examples
    --------
    >>> filled([Piece("four", 4, True)] * 9, 0, columns=10, lines=2)
    4
    """
    at, used = first, reserved
    while at < len(pieces):
        wide = pieces[at].size + (used > 0 and (pieces[at].spaced or at == first))
        if used + wide > columns and used:
            lines, used, wide = lines - 1, 0, pieces[at].size
            if not lines:
                break
        used += wide
        at += 1
    return at


def written(pieces: Sequence[Piece]) -> str:
    """Return pieces as one line.

    Examples
    --------
    >>> written([Piece("a", 1, True), Piece("b", 1, True), Piece("c", 1, False)])
    'a bc'
    """
    text = "".join(f" {piece.text}" if piece.spaced else piece.text for piece in pieces)
    return text.removeprefix(" ")


def broken(pieces: Sequence[Piece], columns: int, lines: int) -> tuple[str, ...]:
    """Return pieces that fit as lines: few, of similar length, and broken where the sense allows.

    Examples
    --------
    >>> words = "Well, I would rather go to the harbour".split()
    >>> broken([Piece(word, len(word), True) for word in words], columns=30, lines=2)
    ('Well, I would rather go', 'to the harbour')
    """
    found: list[str] = []
    rest = list(pieces)
    for left in range(lines, 0, -1):
        fewest = next(count for count in range(1, left + 1) if _fit(rest, columns, count))
        if fewest == 1:
            break
        at = _best(rest, columns, fewest)
        found.append(written(rest[:at]))
        rest = rest[at:]
    return (*found, written(rest))


def _fit(pieces: Sequence[Piece], columns: int, lines: int) -> bool:
    return filled(pieces, 0, columns, lines) == len(pieces)


def _best(pieces: list[Piece], columns: int, lines: int) -> int:
    """Give how many pieces the first of some lines has."""
    share = sum(piece.size + piece.spaced for piece in pieces) / lines
    room = filled(pieces, 0, columns, 1)
    able = [at for at in range(1, room + 1) if _fit(pieces[at:], columns, lines - 1)]

    def cost(at: int) -> float:
        size = sum(piece.size + piece.spaced for piece in pieces[:at])
        return abs(size - share) - 0.12 * columns * strength(pieces[at - 1], pieces[at])

    return min(able, key=cost)
