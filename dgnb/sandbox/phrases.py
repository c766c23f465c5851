"""Text that comes in pieces, cut into whole sentences as soon as they are there."""

from __future__ import annotations

import re

from dgnb.sandbox.engines.lexicon import TITLES

LONGEST = 400
"""Characters after which a sentence is cut between two words: about half a minute of speech."""

_END = re.compile(r"[.!?…]+[\"'”’»)\]]*\s+|[。！？]+|\n\s*\n")  # noqa: RUF001 - Japanese marks
_CONTROL = re.compile(r"\\\{.*?\\\}", re.DOTALL)
_SHORTENED = {*TITLES, "prof", "st", "jr", "sr", "vs", "etc", "e.g", "i.e", "z.b", "sra"}


class Phrases:
    r"""Collects text and gives it sentence by sentence, as it came.

    A control such as ``\{"word": ..., "pronounce": ...\}`` is never cut.

    Examples
    --------
    >>> phrases = Phrases()
    >>> phrases.add("Good mor"), phrases.add("ning, Dr. No. How"), phrases.rest()
    ([], ['Good morning, Dr. No. '], 'How')
    """

    def __init__(self) -> None:
        self._text = ""

    def __bool__(self) -> bool:
        return bool(self._text)

    def add(self, text: str) -> list[str]:
        """Return the sentences that are whole with this text."""
        self._text += text
        found = []
        while end := self._end():
            found.append(self._text[:end])
            self._text = self._text[end:]
        return found

    def rest(self) -> str:
        """Return what is left, whole or not."""
        text, self._text = self._text, ""
        return text

    @property
    def waiting(self) -> str:
        """What is not given yet."""
        return self._text

    def _end(self) -> int:
        """Give where the first sentence ends; 0 where none does yet."""
        # A control counts as one long word; one that is not closed yet may still become one.
        masked = _CONTROL.sub(lambda control: "x" * len(control[0]), self._text)
        opened = masked.find("\\{")
        if opened >= 0 and len(masked) - opened <= LONGEST:
            masked = masked[:opened]
        for mark in _END.finditer(masked):
            if not _shortened(masked[: mark.start()], mark[0]) and mark.end() <= LONGEST:
                return mark.end()
        return masked.rfind(" ", 0, LONGEST) + 1 if len(masked) > LONGEST else 0


def _shortened(before: str, mark: str) -> bool:
    """Whether a full stop belongs to the word before it."""
    word = re.split(r"[\s(]", before)[-1].lower()
    initial = len(word) == 1 and word.isalpha() and word != "i"
    return mark.rstrip() == "." and (initial or word in _SHORTENED)
