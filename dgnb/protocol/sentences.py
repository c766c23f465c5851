"""Text that is to be spoken, cut where it may be cut."""

from __future__ import annotations

import re
from collections.abc import Iterator

from dgnb.protocol.models import SPEECH_LIMIT

_END = re.compile(r"[.!?…]+[\"'”’»)\]]*\s+|[。！？]+|\n\s*\n")  # noqa: RUF001 - Japanese marks
_CONTROL = re.compile(r"\\\{.*?\\\}", re.DOTALL)
_SHORTENED = ("mr", "mrs", "ms", "dr", "prof", "st", "jr", "sr", "vs", "etc", "e.g", "i.e", "z.b", "sra")
_LONGEST_CONTROL = 400


def ends(text: str) -> Iterator[int]:
    r"""Yield where sentences end: behind the mark and the space after it.

    What only looks like an end does not count: a shortened word, an initial, a mark within a
    control, ``\{...\}``, or behind the beginning of one.

    Examples
    --------
    >>> list(ends("Dr. No came. He left! And th"))
    [13, 22]
    """
    masked = _CONTROL.sub(lambda control: "x" * len(control[0]), text)
    opened = masked.find("\\{")
    if opened >= 0 and len(masked) - opened <= _LONGEST_CONTROL:
        masked = masked[:opened]
    for mark in _END.finditer(masked):
        if not _is_shortened(masked[max(0, mark.start() - 20) : mark.start()], mark[0]):
            yield mark.end()


def _is_shortened(before: str, mark: str) -> bool:
    """Whether a full stop belongs to the word before it."""
    word = re.split(r"[\s(]", before)[-1].lower()
    initial = len(word) == 1 and word.isalpha() and word != "i"
    return mark.rstrip() == "." and (initial or word in _SHORTENED)


def parts(text: str, limit: int = SPEECH_LIMIT) -> Iterator[str]:
    """Yield a text in parts of at most `limit` characters that end with a sentence, or else with a word.

    Examples
    --------
    >>> list(parts("One. Two two. Three.", limit=14))
    ['One. Two two.', 'Three.']
    """
    rest = text.strip()
    while len(rest) > limit:
        cut = _cut(rest, limit)
        yield rest[:cut].strip()
        rest = rest[cut:].strip()
    if rest:
        yield rest


def _cut(text: str, limit: int) -> int:
    """Where a text that is too long is cut: after a sentence, a word, or else anywhere but in a control."""
    head = text[: limit + 1]
    return max(ends(head), default=0) or last_space(head) or _between(text, limit)


def _between(text: str, limit: int) -> int:
    for control in _CONTROL.finditer(text):
        if control.start() < limit < control.end():
            return control.start() or control.end()
    return limit


def last_space(text: str) -> int:
    """Return where the last space outside of a control ends, 0 without one.

    Examples
    --------
    >>> last_space("one two thr")
    8
    """
    spaces = (match.end() for match in re.finditer(r"\s", text))
    return max((end for end in spaces if not _is_open(text[:end])), default=0)


def _is_open(text: str) -> bool:
    r"""Whether a control, ``\{...\}``, has begun and not ended."""
    return text.rfind(r"\{") > text.rfind(r"\}")


def whole(text: str, limit: int = SPEECH_LIMIT) -> tuple[list[str], str]:
    """Return the sentences of a text that are complete, and the rest.

    What is longer than `limit` characters is cut as `parts` does; its last word may go on.

    Examples
    --------
    >>> whole("One. Two. And th")
    (['One.', 'Two.'], 'And th')
    """
    found: list[str] = []
    text = text.lstrip()
    while cut := next(ends(text), 0) or (_cut(text, limit) if len(text) > limit else 0):
        found += parts(text[:cut], limit)
        text = text[cut:].lstrip()
    return found, text
