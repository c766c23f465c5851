"""How well speakers were told apart: the diarization error rate."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import pairwise
from math import inf, nan
from typing import NamedTuple

from dgnb.audio.clips import merged
from dgnb.results import Transcript
from dgnb.views.columns import columns
from dgnb.views.voices import voices

COLLAR = 0.25
"""Time on both sides of every change in the reference that does not count [s]."""

_PAUSE = 0.5
"""Words of one speaker with a shorter pause are one turn [s]."""


class Turn(NamedTuple):
    """Who speaks from when until when [s]."""

    start: float
    end: float
    speaker: int


class Diarization(NamedTuple):
    """Time that is wrong [s], of `total` [s] that is spoken; speakers who overlap count each.

    Attributes
    ----------
    missed, false_alarm, confusion : float
        Speech of nobody, of somebody who was silent, of somebody else.
    total : float
    speakers : dict of int to int
        Voices that were heard, and those of the reference that they are taken for.
    """

    missed: float
    false_alarm: float
    confusion: float
    total: float
    speakers: dict[int, int]

    @property
    def rate(self) -> float:
        """The diarization error rate; ``nan`` when nobody speaks."""
        wrong = self.missed + self.false_alarm + self.confusion
        return wrong / self.total if self.total else nan


def turns(transcript: Transcript) -> list[Turn]:
    """Return who speaks when, by voice; words of unknown speakers are left out.

    Examples
    --------
    >>> words = [{"word": "a", "start": at, "end": at + 0.5, "speaker": 0} for at in (0.0, 0.6, 3.0)]
    >>> turns(Transcript.from_json({"results": {"channels": [{"alternatives": [{"words": words}]}]}}))
    [Turn(start=0.0, end=1.1, speaker=0), Turn(start=3.0, end=3.5, speaker=0)]
    """
    words, (known, of_word) = columns(transcript), voices(transcript)
    many = len(transcript.results.channels) > 1
    found: list[Turn] = []
    last: dict[int, int] = {}
    for start, end, voice in zip(words.start.tolist(), words.end.tolist(), of_word.tolist(), strict=True):
        if known[voice].speaker < 0 and not many:
            continue
        at = last.get(voice)
        if at is not None and start - found[at].end < _PAUSE:
            found[at] = found[at]._replace(end=max(end, found[at].end))
        else:
            last[voice] = len(found)
            found.append(Turn(start, end, voice))
    return found


def diarization(reference: Sequence[Turn], heard: Sequence[Turn], collar: float = COLLAR) -> Diarization:
    """Return how far two tellings of who speaks when differ, with the best pairing of their speakers.

    Examples
    --------
    >>> found = diarization([Turn(0, 4, 0), Turn(4, 8, 1)], [Turn(0, 5, 7), Turn(5, 8, 9)], collar=0)
    >>> found.confusion, found.rate, found.speakers
    (1.0, 0.125, {7: 0, 9: 1})
    """
    pieces = list(_pieces(_whole(reference), _whole(heard), collar))
    pairs = _paired(pieces)
    missed = false_alarm = confusion = total = 0.0
    for time, said, told in pieces:
        right = len({pairs[speaker] for speaker in told if speaker in pairs} & said)
        total += time * len(said)
        missed += time * max(len(said) - len(told), 0)
        false_alarm += time * max(len(told) - len(said), 0)
        confusion += time * (min(len(said), len(told)) - right)
    return Diarization(missed, false_alarm, confusion, total, dict(sorted(pairs.items())))


def _whole(turns: Sequence[Turn]) -> list[Turn]:
    """Give turns with those of one speaker that overlap or touch as one: within it nothing changes."""
    return [
        Turn(*span, speaker)
        for speaker in sorted({turn.speaker for turn in turns})
        for span in merged((turn.start, turn.end) for turn in turns if turn.speaker == speaker)
    ]


_Piece = tuple[float, set[int], set[int]]


def _pieces(reference: Sequence[Turn], heard: Sequence[Turn], collar: float) -> Iterator[_Piece]:
    """Give stretches of time in which nothing changes: how long, who speaks, who is said to."""
    ends = [time for turn in reference for time in (turn.start, turn.end)]
    covered = list(merged((time - collar, time + collar) for time in ends)) if collar else []
    edges = sorted(_edges(0, reference) + _edges(1, heard))
    marks = sorted({edge[0] for edge in edges} | {time for span in covered for time in span})
    speaking: tuple[Counter[int], Counter[int]] = (Counter(), Counter())
    done = 0
    for start, end in pairwise(marks):
        while done < len(edges) and edges[done][0] <= start:
            _, at, step, speaker = edges[done]
            speaking[at][speaker] += step
            done += 1
        while covered and covered[0][1] <= start:
            covered.pop(0)
        if any(speaking[0].values()) + any(speaking[1].values()) and not (covered and covered[0][0] <= start):
            yield end - start, set(+speaking[0]), set(+speaking[1])


def _edges(at: int, turns: Sequence[Turn]) -> list[tuple[float, int, int, int]]:
    """Give where turns begin and end: time, whose they are, 1 or -1, the speaker."""
    spoken = [turn for turn in turns if turn.end > turn.start]
    return [
        (time, at, step, turn.speaker) for turn in spoken for time, step in ((turn.start, 1), (turn.end, -1))
    ]


def _paired(pieces: Sequence[_Piece]) -> dict[int, int]:
    """Give each speaker that was heard at most one of the reference, so that they share the most time."""
    shared: dict[tuple[int, int], float] = {}
    for time, said, told in pieces:
        for pair in ((one, other) for one in told for other in said):
            shared[pair] = shared.get(pair, 0.0) + time
    rows, columns_ = sorted({one for one, _ in shared}), sorted({other for _, other in shared})
    size = max(len(rows), len(columns_))
    # Made square by speakers who say nothing.
    one, other = ([*known, *[None] * (size - len(known))] for known in (rows, columns_))
    cost = [
        [-shared.get((a, b), 0.0) if a is not None and b is not None else 0.0 for b in other] for a in one
    ]
    pairs = ((one[row], other[column]) for row, column in enumerate(assigned(cost)))
    return {a: b for a, b in pairs if a is not None and b is not None and (a, b) in shared}


def assigned(cost: Sequence[Sequence[float]]) -> list[int]:
    """Return a column for each row of a square table so that the sum is least (the Hungarian method).

    Examples
    --------
    >>> assigned([[4.0, 1.0, 3.0], [2.0, 0.0, 5.0], [3.0, 2.0, 2.0]])
    [1, 0, 2]
    """
    size = len(cost)
    rows, potential = [0.0] * (size + 1), [0.0] * (size + 1)
    owner = [0] * (size + 1)  # of each column, counted from 1; 0 is none
    for row in range(1, size + 1):
        owner[0], at = row, 0
        least, way, used = [inf] * (size + 1), [0] * (size + 1), [False] * (size + 1)
        while owner[at]:
            used[at] = True
            at = _nearest(cost, owner, at, (rows, potential), (least, way, used))
        while at:
            owner[at] = owner[way[at]]
            at = way[at]
    found = [0] * size
    for column in range(1, size + 1):
        found[owner[column] - 1] = column - 1
    return found


def _nearest(
    cost: Sequence[Sequence[float]],
    owner: list[int],
    at: int,
    prices: tuple[list[float], list[float]],
    search: tuple[list[float], list[int], list[bool]],
) -> int:
    """Give the next column of the search, and settle the prices on the way to it."""
    (rows, columns_), (least, way, used) = prices, search
    row = owner[at]
    free = [column for column in range(1, len(owner)) if not used[column]]
    for column in free:
        reduced = cost[row - 1][column - 1] - rows[row] - columns_[column]
        if reduced < least[column]:
            least[column], way[column] = reduced, at
    nearest = min(free, key=least.__getitem__)
    step = least[nearest]
    for column in range(len(owner)):
        if used[column]:
            rows[owner[column]] += step
            columns_[column] -= step
        else:
            least[column] -= step
    return nearest
