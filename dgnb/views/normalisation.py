"""English words in one spelling, so that only what was said is compared.

Case and punctuation do not count, nor how a number ("twenty five", "25"), an amount ("$5", "five dollars"),
a contraction ("it's", "it is"), an abbreviation ("Dr.") or an acronym ("U.S.") is written; "um" and "uh" are
left out.
Words of other languages lose case and punctuation.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import NamedTuple
from unicodedata import category, normalize

from dgnb.protocol.cardinals import (
    DECADES,
    OH,
    ONES,
    ORDINALS,
    REPEATS,
    SCALES,
    TEENS,
    TENS,
    below_hundred,
    digit_run,
    whole,
)
from dgnb.views.spellings import (
    CONTRACTIONS,
    CURRENCIES,
    ENDINGS,
    FILLERS,
    FRACTIONS,
    HAD,
    IS,
    MONEY,
    MONTHS,
    SPELLINGS,
)


class Token(NamedTuple):
    """A word in its one spelling, and the place of the word that it comes from."""

    text: str
    word: int


_STARTERS = frozenset([*ONES, *TEENS, *TENS, *ORDINALS, *DECADES, *OH, *REPEATS, "a", "point"])
"""What a number in words begins with."""

_NUMBER = re.compile(r"\d+(?:\.\d+)?")
_PIECES = re.compile(
    r"\d+(?:st|nd|rd|th)\b|\d+0s\b|\d[\d,]*\.\d+|\d+/\d+|\d[\d,]*|\.\d+|[$€£¥%&+]|[^\W\d_]+(?:'[^\W\d_]+)*'?|'[^\W\d_]+"
)
_DOTTED = re.compile(r"(?:[^\W\d_]\.){2,}[^\W\d_]?|(?:[^\W\d_]\.){1,}[^\W\d_](?=\W|$)")
_PHONE = re.compile(r"\(?\d{3}\)?(?:[-.]\d{3,4})+|\d{3}-\d{4}")
_BRACKETED = re.compile(r"[\[<(][^\])>]*[\])>][.,!?]*")


def normalise(text: str) -> str:
    """Return a text in its one spelling.

    Examples
    --------
    >>> normalise("Um, it's $5.50 - that's Twenty-Five percent!")
    'it is 5 dollars 50 cents that is 25 percent'
    >>> normalise("It is five dollars and fifty cents. That is 25%.")
    'it is 5 dollars 50 cents that is 25 percent'
    """
    return " ".join(token.text for token in normalised(text.split()))


def normalised(words: Sequence[str]) -> list[Token]:
    """Return words in their one spelling; each tells from which word it comes.

    Examples
    --------
    >>> [tuple(token) for token in normalised(["Don't", "call", "twenty", "five."])]
    [('do', 0), ('not', 0), ('call', 1), ('25', 2)]
    """
    atoms: list[str] = []
    owners: list[int] = []
    for at, word in enumerate(words):
        found = _spelled(word)
        atoms += found
        owners += [at] * len(found)
    atoms, owners = _expanded(atoms, owners)
    return _joined([Token(text, owners[at]) for text, at in _numbered(atoms)])


@lru_cache(maxsize=50_000)
def _spelled(word: str) -> tuple[str, ...]:
    """Give the pieces of a word without case and punctuation; amounts have their currency behind them."""
    if _BRACKETED.fullmatch(word):
        return ()  # [laughter] was not said
    text = (
        normalize("NFKC", word)
        .casefold()
        .replace("\u2019", "'")
        .replace("\u2044", "/")
        .replace("e-mail", "email")
    )
    if _PHONE.fullmatch(text.strip(",.;:?!")):
        return ("".join(filter(str.isdigit, text)),)
    text = _DOTTED.sub(lambda match: match[0].replace(".", ""), text)
    text = re.sub(r"(?<![\w.])-(?=\d)", "minus ", text)
    text = re.sub(r"(\d):00\b", r"\1", text)
    pieces = _PIECES.findall(text) or [
        letters
        for letters in re.split(r"[^\w]+", "".join(c for c in text if category(c)[0] != "P"))
        if letters
    ]
    if "-" in text and "".join(pieces) in FILLERS:
        return ()
    return tuple(_amounts([_plain(piece) for piece in pieces]))


def _plain(piece: str) -> str:
    if piece[0].isdigit() or piece[0] == ".":
        bare = piece.replace(",", "")
        return f"0{bare}" if bare[0] == "." else bare
    return piece if piece in CONTRACTIONS else piece.removesuffix("'")


def _amounts(pieces: list[str]) -> Iterator[str]:
    """Give ``$ 5.50`` as 5 dollars 50 cents."""
    at = 0
    while at < len(pieces):
        currency, after = CURRENCIES.get(pieces[at]), pieces[at + 1] if at + 1 < len(pieces) else ""
        if not currency or not _NUMBER.fullmatch(after):
            yield pieces[at]
            at += 1
            continue
        big, _, small = after.partition(".")
        yield from (big, currency, str(int(small)), "cents") if len(small) == 2 else (after, currency)
        at += 2


def _expanded(atoms: list[str], owners: list[int]) -> tuple[list[str], list[int]]:
    """Give contractions and abbreviations in full, without fillers; a scale stands before its currency."""
    texts: list[str] = []
    places: list[int] = []
    for at, atom in enumerate(atoms):
        after = atoms[at + 1] if at + 1 < len(atoms) else ""
        for text in _full(atom, after).split():
            if text in SCALES and len(texts) > 1 and texts[-1] in MONEY and texts[-2][0].isdigit():
                texts.insert(-1, text)
                places.insert(-1, places[-1])  # places never go back
            else:
                texts.append(text)
                places.append(owners[at])
    return texts, places


def _full(atom: str, after: str) -> str:
    if atom in FILLERS:
        return ""
    if atom in CONTRACTIONS:
        return CONTRACTIONS[atom]
    if "'" in atom:
        return _uncontracted(atom, after)
    return SPELLINGS.get(atom, atom)


def _uncontracted(atom: str, after: str) -> str:
    for ending, verb in ENDINGS:
        if atom.endswith(ending) and len(atom) > len(ending):
            return f"{atom.removesuffix(ending)} {verb}"
    stem, _, ending = atom.rpartition("'")
    if ending == "d":
        return f"{stem} {'had' if after in HAD else 'would'}"
    if ending == "s" and stem in IS:
        return f"{stem} {'has' if after in HAD else 'is'}"
    return atom.replace("'", "")


def _numbered(atoms: list[str]) -> Iterator[tuple[str, int]]:
    """Give atoms with their numbers in digits, each with its place."""
    padded = [*atoms, "", "", ""]
    at = 0
    while at < len(atoms):
        if padded[at] == "and" and at and padded[at - 1] in MONEY and _number(padded, at + 1):
            at += 1  # five dollars and fifty cents
            continue
        begins = padded[at] in _STARTERS or padded[at][:1].isdigit()
        text, end = (_number(padded, at) if begins else None) or (padded[at], at + 1)
        yield text, at
        at = end


def _number(atoms: Sequence[str], at: int) -> tuple[str, int] | None:
    """Give the number that begins at a place, in digits, and where it ends."""
    if atoms[at] == "point" and (atoms[at + 1] in ONES or atoms[at + 1].isdecimal()):
        return _decimal(atoms, "0", at + 1)
    if atoms[at][:1].isdigit():
        return _written(atoms, at)
    if atoms[at] in ORDINALS:
        return _ordinal(ORDINALS[atoms[at]], at + 1, atoms[at - 1] if at else "")
    if atoms[at] in DECADES:
        return f"{TENS[atoms[at].removesuffix('ies') + 'y']}s", at + 1
    end, digits = digit_run(atoms, at)
    if len(digits) > 2 and atoms[end] != "point" and atoms[end] not in SCALES:
        return digits, end
    return _year(atoms, at) or _said(atoms, at)


def _written(atoms: Sequence[str], at: int) -> tuple[str, int] | None:
    """Give a number that is in digits already."""
    text, after = atoms[at], atoms[at + 1]
    if text[-2:] in ("st", "nd", "rd", "th"):
        return _ordinal(int(text[:-2]), at + 1, atoms[at - 1] if at else "")
    if after in SCALES and _NUMBER.fullmatch(text):
        return f"{float(text) * SCALES[after]:.15g}", at + 2
    if after == "point":
        return _decimal(atoms, text, at + 2)
    return (text.rstrip("0").rstrip(".") if "." in text else text), at + 1


def _said(atoms: Sequence[str], at: int) -> tuple[str, int] | None:
    """Give a number that is in words: 25, 21st, 3.5, 2/3."""
    found = whole(atoms, at)
    if found is None:
        return None
    value, end = found
    after = atoms[end]
    ordinal = ORDINALS.get(after, 0)
    if value % 10 == 0 and value % 100 >= 20 and 0 < ordinal < 10:
        return _ordinal(value + ordinal, end + 1, atoms[at - 1] if at else "")
    if after in FRACTIONS and value < 10:
        return f"{value}/{FRACTIONS[after]}", end + 1
    if after == "point":
        return _decimal(atoms, str(value), end + 1)
    return str(value), end


def _decimal(atoms: Sequence[str], big: str, at: int) -> tuple[str, int] | None:
    """Give a decimal number from its digits on, also with a scale behind it."""
    digits = ""
    while atoms[at] in ONES or atoms[at] in OH or (atoms[at].isdecimal() and not digits):
        digits += atoms[at] if atoms[at].isdecimal() else str(ONES.get(atoms[at], 0))
        at += 1
    half = None if digits else below_hundred(atoms, at)
    if half:
        digits, at = str(half[0]), half[1]
    if not digits:
        return None
    text = f"{big}.{digits}".rstrip("0").rstrip(".")
    scale = SCALES.get(atoms[at])
    return (f"{float(text) * scale:.15g}", at + 1) if scale else (text, at)


def _year(atoms: Sequence[str], at: int) -> tuple[str, int] | None:
    """Give a year that is said in two halves, or its decade."""
    century = TEENS.get(atoms[at]) or TENS.get(atoms[at], 0)
    if not 16 <= century <= 20:
        return None
    if atoms[at + 1] in OH and atoms[at + 2] in ONES:
        return f"{century}0{ONES[atoms[at + 2]]}", at + 3
    if atoms[at + 1] in DECADES:
        return f"{century}{TENS[atoms[at + 1].removesuffix('ies') + 'y']}s", at + 2
    half = below_hundred(atoms, at + 1)
    return (f"{century}{half[0]}", half[1]) if half and half[0] >= 10 else None


def _ordinal(value: int, end: int, before: str) -> tuple[str, int]:
    """Give an ordinal; after a month it is a plain number."""
    if before in MONTHS:
        return str(value), end
    suffix = "th" if value % 100 in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(value % 10, "th")
    return f"{value}{suffix}", end


def _joined(tokens: list[Token]) -> list[Token]:
    """Join digits, and letters, that stand alone: 5 5 5 is 555, u s a is usa."""
    found: list[Token] = []
    at = 0
    while at < len(tokens):
        if len(tokens[at].text) > 1:
            found.append(tokens[at])
            at += 1
            continue
        end = at
        kind = str.isdecimal if tokens[at].text.isdecimal() else str.isalpha
        while end < len(tokens) and len(tokens[end].text) == 1 and kind(tokens[end].text):
            end += 1
        run = "".join(token.text for token in tokens[at:end])
        if len(run) > (2 if kind is str.isdecimal else 1) and run.strip("ai"):
            found.append(Token(run, tokens[at].word))
            at = end
        else:
            found.append(tokens[at])
            at += 1
    return found
