"""Numbers and names of speakers."""

from __future__ import annotations

import re

_NUMBERED = re.compile(r"(?:speaker|spk|channel|guest|sprecher)?[ _-]?(\d{1,4})", re.IGNORECASE)
_UNKNOWN = re.compile(r"(?:speaker *)?\?|uu|unknown", re.IGNORECASE)


def key(channel: int, speaker: int | None) -> str:
    """Return what stands for a voice in ``metadata.speaker_names``.

    Examples
    --------
    >>> key(0, 2), key(1, None)
    ('0:2', '1:')
    """
    return f"{channel}:{'' if speaker is None else speaker}"


class Numbers:
    """Numbers for what another tool calls its speakers.

    Attributes
    ----------
    names : dict of str to str
        What those are called that have a name.

    Examples
    --------
    >>> numbers = Numbers()
    >>> [numbers.number(0, label) for label in ("spk_1", "Ava", "B", "Ava", "")], numbers.names
    ([1, 0, 2, 0, None], {'0:0': 'Ava'})
    """

    def __init__(self) -> None:
        self.names: dict[str, str] = {}
        self._known: dict[tuple[int, str], int] = {}

    def number(self, channel: int, label: str) -> int | None:
        """Return the number of a speaker; ``None`` for one who is not known."""
        if not label or _UNKNOWN.fullmatch(label):
            return None
        if (channel, label) not in self._known:
            self._known[channel, label] = self._new(channel, label)
        return self._known[channel, label]

    def _new(self, channel: int, label: str) -> int:
        taken = {number for (where, _), number in self._known.items() if where == channel}
        numbered = _NUMBERED.fullmatch(label)
        if numbered and int(numbered[1]) not in taken:
            return int(numbered[1])
        number = next(number for number in range(len(taken) + 1) if number not in taken)
        if not (numbered or len(label) == 1):
            self.names[key(channel, number)] = label
        return number
