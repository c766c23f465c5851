"""What identifies something or someone: card, phone and social security numbers, addresses on the net."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from dgnb.protocol.cardinals import ONES
from dgnb.sandbox.engines.lexicon import STOP_WORDS, word_set
from dgnb.sandbox.engines.numerals import Number
from dgnb.sandbox.engines.passage import Expression, Passage

LONGEST = 20
"""Numbers, or parts of an address, that are taken together at most."""

_DOMAINS = word_set("com org net edu gov io co uk us de fr ai dev info app")
_CALLS = word_set("call phone number reach dial text telephone mobile cell fax")
_NO_PHONE = word_set(
    "account order card tracking reference confirmation policy member membership invoice case code "
    "routing social"
)
_NO_MAILBOX = STOP_WORDS | word_set(
    "look website site page online meet visit email mail write available contact"
)
_SIGNS = {"dot": ".", "at": "@", "underscore": "_", "dash": "-", "hyphen": "-"}
_LOCAL_PHONE = re.compile(r"\d{3}[-.]\d{4}")


def identifier(text: Passage, number: Number) -> Expression | None:
    """Digits that stand for something: a card, its code and expiry, a telephone, a person.

    Parameters
    ----------
    text : Passage
    number : Number
        The first number; those right behind it are taken together with it.

    Returns
    -------
    Expression or None

    Examples
    --------
    >>> from dgnb.sandbox.engines.grouping import words_of
    >>> from dgnb.sandbox.engines.passage import read
    >>> text = read(words_of("the security code is one two three"))
    >>> identifier(text, text.numbers[4]).label
    'CVV'
    """
    parts = _run(text, number)
    digits = "".join(part.text for part in parts)
    end = parts[-1].end if parts else number.end
    near = set(text.before(number.start, 6))
    if len(digits) >= 3:
        for label, fits in _IDENTIFIERS:
            if fits(parts, digits, near):
                written = _dashed(digits) if label == "PHONE_NUMBER" else digits
                return Expression(label, number.start, end, written if len(digits) > 6 else None)
    if _LOCAL_PHONE.fullmatch(text.tokens[end] if end < len(text.tokens) else "") and len(digits) == 3:
        return Expression("PHONE_NUMBER", number.start, end + 1)
    return None


def _run(text: Passage, number: Number) -> list[Number]:
    """Give the numbers in digits that follow each other without another word."""
    parts: list[Number] = []
    part: Number | None = number
    while part and len(parts) < LONGEST and part.text.isdecimal() and part.kind != "ordinal":
        parts.append(part)
        part = text.number(part.end, across=",.")
    return parts


def _is_card(parts: Sequence[Number], digits: str, near: set[str]) -> bool:
    return 13 <= len(digits) <= 19


def _is_ssn(parts: Sequence[Number], digits: str, near: set[str]) -> bool:
    return len(digits) in (4, 9) and bool(near & {"social", "ssn"})


def _is_code(parts: Sequence[Number], digits: str, near: set[str]) -> bool:
    return len(digits) in (3, 4) and ({"security", "code"} <= near or bool(near & {"cvv", "cvc"}))


def _is_expiry(parts: Sequence[Number], digits: str, near: set[str]) -> bool:
    return len(digits) <= 6 and any(word.startswith("expir") for word in near)


def _is_phone(parts: Sequence[Number], digits: str, near: set[str]) -> bool:
    said = any(part.kind == "digits" for part in parts)
    lengths = [len(part.text) for part in parts]
    if near & _NO_PHONE or not (said or lengths in ([3, 3, 4], [1, 3, 3, 4], [3, 4])):
        return False
    return (
        len(digits) == 10
        or (len(digits) == 11 and digits[0] == "1")
        or (len(digits) == 7 and bool(near & _CALLS))
    )


_IDENTIFIERS: tuple[tuple[str, Callable[[Sequence[Number], str, set[str]], bool]], ...] = (
    ("CREDIT_CARD", _is_card),
    ("SSN", _is_ssn),
    ("CVV", _is_code),
    ("CREDIT_CARD_EXPIRATION", _is_expiry),
    ("PHONE_NUMBER", _is_phone),
)


def _dashed(digits: str) -> str:
    """Give 7, 10 or 11 digits as a phone number of North America is written."""
    local = f"{digits[-7:-4]}-{digits[-4:]}"
    return "-".join(part for part in (digits[:-10], digits[-10:-7], local) if part)


def addresses(text: Passage) -> list[Expression]:
    """E-mail addresses and net addresses that are spoken with "dot".

    Parameters
    ----------
    text : Passage

    Returns
    -------
    list of Expression

    Examples
    --------
    >>> from dgnb.sandbox.engines.grouping import words_of
    >>> from dgnb.sandbox.engines.passage import read
    >>> [found.written for found in addresses(read(words_of("jo at mail dot example dot com")))]
    ['jo@mail.example.com']
    """
    found: list[Expression] = []
    dots = [at for at, word in enumerate(text.tokens) if word == "dot" and at]
    for dot in dots:
        address = None if found and dot < found[-1].end else _address(text, dot)
        if address:
            found.append(address)
    return found


def _address(text: Passage, dot: int) -> Expression | None:
    """Give the address around a spoken "dot", if it ends like one."""
    end = dot + 1
    while end - dot < LONGEST and text.token(end + 1) in _SIGNS.keys() - {"at"} and text.token(end + 2):
        end += 2
    if text.token(end) not in _DOMAINS:
        return None
    start = _address_start(text, dot - 1)
    pieces = text.tokens[start : end + 1]
    if "at" not in pieces:
        return Expression("URL", start, end + 1, _spelt(pieces))
    middle = pieces.index("at")
    if middle == 1 and pieces[0] in _NO_MAILBOX:
        return Expression("URL", start + 2, end + 1, _spelt(pieces[2:]))
    return Expression("EMAIL_ADDRESS", start, end + 1, _spelt(pieces))


def _address_start(text: Passage, at: int) -> int:
    """Give where an address begins, going back over "dot" and one "at"."""
    signs = dict(_SIGNS)
    first = max(1, at - LONGEST)
    while at > first and text.joined[at] and text.joined[at - 1] and text.tokens[at - 1] in signs:
        if text.tokens[at - 1] == "at":
            del signs["at"]
        at -= 2
    return at


def _spelt(pieces: Sequence[str]) -> str:
    return "".join(_SIGNS.get(piece, str(ONES.get(piece, piece))) for piece in pieces)
