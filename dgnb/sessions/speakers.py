"""Numbers of speakers that stay the same although each connection counts from 0."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from dgnb.protocol.heard import Word


class Speakers:
    """The session's numbers for those of one connection.

    The first connection's are the session's. A later one hears some known audio again:
    who speaks most of a known speaker's time there is that speaker. Anybody else is new.

    Examples
    --------
    >>> speakers = Speakers(known=2)
    >>> speakers.recognise([Word(word="hello", start=3.0, end=4.0, speaker=0)], [(3.0, 4.0, 1)])
    >>> speakers.number(0), speakers.number(1), speakers.known
    (1, 2, 3)
    """

    def __init__(self, known: int = 0) -> None:
        self.known = known
        """How many speakers the session has."""
        self._votes: dict[int, Counter[int]] = {}
        self._numbers: dict[int, int] = {}

    def recognise(self, words: Iterable[Word], earlier: Iterable[tuple[float, float, int]]) -> None:
        """Compare words that are heard again with who spoke when: start, end [s], speaker."""
        spans = list(earlier)
        for word in words:
            if word.speaker is None:
                continue
            votes = self._votes.setdefault(word.speaker, Counter())
            for start, end, speaker in spans:
                overlap = min(word.end, end) - max(word.start, start)
                if overlap > 0:
                    votes[speaker] += round(overlap * 1000)

    def number(self, speaker: int) -> int:
        """Return the session's number of a speaker of this connection."""
        if speaker not in self._numbers:
            taken = set(self._numbers.values())
            votes = self._votes.get(speaker, Counter()).most_common()
            free = [known for known, _ in votes if known not in taken]
            self._numbers[speaker] = free[0] if free else self.known
            self.known = max(self.known, self._numbers[speaker] + 1)
        return self._numbers[speaker]
