r"""Controls within a text that is to be spoken: pauses and pronunciations.

``\{pause:500ms\}`` is silence, ``\{"word": "SQL", "pronounce": "ˈsiːkwəl"\}`` says
how a word is pronounced. Source of syntax, limits and error codes: Deepgram's
documentation page "Speed, Pause, Pronunciation", autumn 2026.
"""
# ruff: noqa: RUF002 - the phonetic alphabet

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import msgspec

from dgnb.sandbox.engines import ipa
from dgnb.sandbox.replies import RefusedError

MOST_PAUSES, MOST_PRONUNCIATIONS, LONGEST_IPA = 8, 500, 128

SHORTEST, LONGEST, STEP = 500, 3000, 100
"""Lengths of a pause [ms]."""

FASTEST_WITH_PAUSE = 1.15

MALFORMED = "PRONUNCIATION_INVALID"
"""The code of what looks like a pronunciation on a live connection and is none; the service names none."""

_MARKER = re.compile(
    r"""\\\{\s*pause\s*:\s*(?P<number>[\d.]+)\s*(?P<unit>ms|s)?\s*\\\}"""
    r"""|(?<!\\)\{\s*"?pause"?\s*:\s*\{\s*"?duration_ms"?\s*:\s*(?P<ms>\d+)\s*\}\s*\}"""
    r"""|\\\{(?P<json>\s*".*?)\\\}""",
    re.DOTALL,
)
_PAUSE = re.compile(r'\{\s*"?pause"?\s*:')


@dataclass(frozen=True)
class Pause:
    """Silence [ms]."""

    length_ms: float


class Pronunciation(msgspec.Struct, frozen=True):
    """A word, and how it is pronounced in the phonetic alphabet."""

    word: str
    pronounce: str


Piece = str | Pause | Pronunciation


def pieces(text: str, *, pauses: bool) -> list[Piece]:
    r"""Return a text in pieces.

    Parameters
    ----------
    text : str
    pauses : bool
        Whether there are pauses; without them, their markers are text.

    Raises
    ------
    RefusedError
        A control is malformed, or outside its limits.

    Examples
    --------
    >>> pieces(r"One. \{pause:1s\} Two.", pauses=True)
    ['One. ', Pause(length_ms=1000.0), ' Two.']
    """
    found = list(_pieces(text, pauses))
    _check_pauses(found)
    spoken = [piece for piece in found if isinstance(piece, Pronunciation)]
    if len(spoken) > MOST_PRONUNCIATIONS:
        raise _unpronounceable(f"{len(spoken)} pronunciations are more than {MOST_PRONUNCIATIONS}.")
    for piece in spoken:
        _check_pronunciation(piece)
    return found


def _pieces(text: str, pauses: bool) -> Iterator[Piece]:
    done = 0
    for marker in _MARKER.finditer(text):
        if marker["json"] is None and not pauses:
            continue
        yield from _plain(text[done : marker.start()], pauses)
        yield _pronunciation(marker["json"]) if marker["json"] is not None else _pause(marker)
        done = marker.end()
    yield from _plain(text[done:], pauses)


def _plain(text: str, pauses: bool) -> Iterator[str]:
    if pauses and _PAUSE.search(text):
        message = r"A pause is written \{pause:500ms\} or {pause:{duration_ms:500}}."
        raise RefusedError(400, "BREAK_SYNTAX_INVALID", message)
    if text:
        yield text


def _pause(marker: re.Match[str]) -> Pause:
    try:
        length = float(marker["ms"] or marker["number"]) * (1000 if marker["unit"] == "s" else 1)
    except ValueError as error:
        raise RefusedError(400, "BREAK_SYNTAX_INVALID", f"'{marker[0]}' has no length.") from error
    if not SHORTEST <= length <= LONGEST:
        message = f"A pause takes {SHORTEST} to {LONGEST} ms, not {length:g}."
        raise RefusedError(400, "BREAK_OUT_OF_RANGE", message)
    if round(length, 6) % STEP:
        message = f"A pause takes steps of {STEP} ms, not {length:g}."
        raise RefusedError(400, "BREAK_INCREMENT_INVALID", message)
    return Pause(round(length, 6))


def _pronunciation(inner: str) -> Pronunciation:
    try:
        return msgspec.json.decode("{" + inner + "}", type=Pronunciation)
    except (msgspec.DecodeError, RecursionError) as error:
        raise _unpronounceable(
            r'A pronunciation is written \{"word": "...", "pronounce": "..."\}.'
        ) from error


def tolerant(text: str) -> tuple[list[str | Pronunciation], list[tuple[str, str]]]:
    r"""Return a text of a live connection in pieces, and code and words of what is wrong in it.

    Nothing is refused: a word whose pronunciation is too long is read as it is
    written, and what is no pronunciation is passed over.

    Examples
    --------
    >>> tolerant(r'See \{"word": 1\} this.')[0]
    ['See ', ' this.']
    """
    found: list[str | Pronunciation] = []
    problems: list[tuple[str, str]] = []
    done = 0
    for marker in _MARKER.finditer(text):
        if marker["json"] is not None:
            found += (text[done : marker.start()], *_tolerated(marker["json"], problems))
            done = marker.end()
    return [piece for piece in (*found, text[done:]) if piece], problems


def _tolerated(inner: str, problems: list[tuple[str, str]]) -> Iterator[str | Pronunciation]:
    try:
        piece = _pronunciation(inner)
    except RefusedError as error:
        problems.append((MALFORMED, error.message))
        return
    try:
        _check_pronunciation(piece)
        yield piece
    except RefusedError as error:
        problems.append(("PRONUNCIATION_TOO_LONG", error.message))
        yield piece.word


def opened(text: str) -> bool:
    r"""Whether a control begins in a text.

    Examples
    --------
    >>> opened(r'The \{"wo')
    True
    """
    return "\\{" in text


def pauses(text: str) -> bool:
    r"""Whether there is a mark of a pause in a text.

    Examples
    --------
    >>> pauses(r"One. \{pause:1s\} Two.")
    True
    """
    return _PAUSE.search(text) is not None


def _unpronounceable(message: str) -> RefusedError:
    return RefusedError(400, "pronunciation_invalid", message)


def _check_pauses(found: Sequence[Piece]) -> None:
    is_pause = [isinstance(piece, Pause) for piece in found if not isinstance(piece, str) or piece.strip()]
    if sum(is_pause) > MOST_PAUSES or (True, True) in pairwise(is_pause):
        message = f"At most {MOST_PAUSES} pauses, with text between them."
        raise RefusedError(400, "BREAKS_LIMIT_EXCEEDED", message)


def _check_pronunciation(piece: Pronunciation) -> None:
    longest = min(LONGEST_IPA, max(15, 10 * len(piece.word)))
    if not piece.word.strip() or not piece.pronounce.strip():
        raise _unpronounceable("A pronunciation has a word and its phonetic transcription.")
    if len(piece.pronounce) > longest:
        raise _unpronounceable(
            f"The IPA notation for '{piece.word[:40]}' is longer than {longest} characters."
        )


def check_together(found: Sequence[Piece], speed: float) -> None:
    """Raise `RefusedError` when controls and speed of a Flux voice do not go together."""
    kinds = {type(piece) for piece in found}
    if Pronunciation in kinds and (Pause in kinds or speed != 1):
        message = "Pronunciation cannot be combined with pause or speed."
        raise RefusedError(400, "CONTROL_COMBINATION_INVALID", message)
    if Pause in kinds and speed > FASTEST_WITH_PAUSE:
        message = f"With a pause, speed is at most {FASTEST_WITH_PAUSE}."
        raise RefusedError(400, "PAUSE_SPEED_CAP_EXCEEDED", message)


def billed(found: Sequence[Piece]) -> str:
    """Return the text without controls, as it is counted.

    Examples
    --------
    >>> billed(["Hello, ", Pronunciation("Mr.", "mɪstɚ"), " Bond.", Pause(500)])
    'Hello, Mr. Bond.'
    """
    words = (piece.word if isinstance(piece, Pronunciation) else piece for piece in found)
    return "".join(piece for piece in words if isinstance(piece, str))


def warnings(found: Sequence[Piece], *, flux: bool) -> list[str]:
    """Return the codes of what is wrong with the pronunciations, in their order."""
    spoken = [piece for piece in found if isinstance(piece, Pronunciation)]
    return [code for piece in spoken for code in ipa.warnings(piece.pronounce, stress_anywhere=flux)]
