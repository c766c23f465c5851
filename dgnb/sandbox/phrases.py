"""Text that comes in pieces, cut into whole sentences as soon as they are there."""

from __future__ import annotations

from dgnb.protocol.sentences import ends, last_space

LONGEST = 400
"""Characters after which a sentence is cut between two words: about half a minute of speech."""


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
        end = next(ends(self._text), 0)
        if 0 < end <= LONGEST:
            return end
        return last_space(self._text[:LONGEST]) if len(self._text) > LONGEST else 0
