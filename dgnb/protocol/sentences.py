"""Text that is to be spoken, cut where it may be cut."""

from __future__ import annotations

import re
from collections.abc import Iterator

from dgnb.protocol.models import SPEECH_LIMIT

SENTENCE_END = r"""[.!?…]['")\]]*\s"""

_CONTROL = re.compile(r"\\\{.*?\\\}", re.DOTALL)


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
    return _last(SENTENCE_END, head) or _last(r"\s", head) or _between(text, limit)


def _between(text: str, limit: int) -> int:
    for control in _CONTROL.finditer(text):
        if control.start() < limit < control.end():
            return control.start() or control.end()
    return limit


def _last(pattern: str, text: str) -> int:
    """Where the last match ends, 0 without one; controls within the text stay whole."""
    ends = (match.end() for match in re.finditer(pattern, text))
    return max((end for end in ends if not _is_open(text[:end])), default=0)


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
    while cut := _first(SENTENCE_END, text) or (_cut(text, limit) if len(text) > limit else 0):
        found += parts(text[:cut], limit)
        text = text[cut:].lstrip()
    return found, text


def _first(pattern: str, text: str) -> int:
    """Where the first match ends, 0 without one."""
    ends = (match.end() for match in re.finditer(pattern, text))
    return next((end for end in ends if not _is_open(text[:end])), 0)
