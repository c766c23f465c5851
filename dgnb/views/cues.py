"""Captions before they are a file: what stands on the screen, from when until when.

Words are parted at pauses, changes of voice and paragraphs, then cut where the
sense allows into what has room, and at last given time to be read.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import ceil, isnan

import numpy as np

from dgnb.errors import OptionError
from dgnb.results import Transcript
from dgnb.views.columns import columns
from dgnb.views.lines import Piece, broken, filled, parts, strength, width, written
from dgnb.views.passages import PAUSE
from dgnb.views.text import clean, shorten
from dgnb.views.voices import NOBODY, Voice, title, voices

_FLOOR = 0.3
"""Every cue is seen so long [s], even where the next should begin earlier: it then begins later."""

_FULL = 0.4
"""A cue ends early for the sake of the sense when so much of it is filled."""


@dataclass(frozen=True, kw_only=True)
class Limits:
    """What a cue may be.

    Parameters
    ----------
    width : int
        Columns of a line; a wide character, as in Chinese, takes two.
    lines : int
        Lines of a cue.
    cps : float
        Characters that are read in a second.
    gap : float
        Least time between two cues [s].
    shortest, longest : float
        Time that a cue is seen [s].

    Raises
    ------
    OptionError
        A limit cannot be held.
    """

    width: int = 42
    lines: int = 2
    cps: float = 20.0
    gap: float = 0.08
    shortest: float = 0.8
    longest: float = 7.0

    def __post_init__(self) -> None:
        if self.width < 10:
            raise OptionError(f"width={self.width}: a caption's line has 10 columns or more.", "width")
        if self.lines < 1:
            raise OptionError(f"lines={self.lines}: a caption has 1 line or more.", "lines")
        if self.cps <= 0 or self.gap < 0:
            raise OptionError(f"cps={self.cps} must be above 0, and gap={self.gap} at least 0.")
        if not 0 <= self.shortest <= self.longest or self.longest < 2 * _FLOOR:
            raise OptionError(
                f"shortest={self.shortest}, longest={self.longest}: 0 <= shortest <= longest, and longest is "
                f"{2 * _FLOOR} s or more.",
                "longest",
            )


@dataclass(frozen=True)
class Cue:
    """Lines on the screen; times in seconds, to the millisecond."""

    start: float
    end: float
    lines: tuple[str, ...]
    voice: Voice

    @property
    def text(self) -> str:
        """The lines, one under the other."""
        return "\n".join(self.lines)

    @property
    def cps(self) -> float:
        """Characters to be read in a second."""
        return sum(map(len, self.lines)) / (self.end - self.start)


@dataclass(frozen=True)
class _Draft:
    """A cue with the times of its words."""

    pieces: Sequence[Piece]
    voice: Voice

    @property
    def start(self) -> float:
        return self.pieces[0].start

    @property
    def end(self) -> float:
        return max(self.pieces[-1].end, self.start)


def cues(transcript: Transcript, limits: Limits, *, prefixed: bool = False) -> list[Cue]:
    """Return the cues of a transcript in the order of time; they never overlap.

    Parameters
    ----------
    transcript : Transcript
    limits : Limits
        Width, lines, gap and longest always hold. A cue is seen `shortest`, and as long as
        reading it takes, where the next one leaves the time.
    prefixed : bool
        Whether a change of voice is written, as in ``Speaker 1: Hello.``

    Examples
    --------
    >>> words = [{"word": word, "start": 2 * at, "end": 2 * at + 0.5} for at, word in enumerate(["a", "b"])]
    >>> call = Transcript.from_json({"results": {"channels": [{"alternatives": [{"words": words}]}]}})
    >>> [(cue.start, cue.end, cue.text) for cue in cues(call, Limits(shortest=0.8))]
    [(0.0, 0.8, 'a'), (2.0, 2.8, 'b')]
    """
    drafts = [
        _Draft(piece, voice)
        for voice, pieces in _phrases(transcript, limits, prefixed)
        for piece in _cut(pieces, limits, _reserved(voice, limits) if prefixed else 0)
    ]
    drafts = _in_time(drafts)
    return list(_timed(list(_named(drafts, limits)) if prefixed else drafts, limits))


def _in_time(drafts: list[_Draft]) -> list[_Draft]:
    """Sort by time; what is said on one channel stays in its order, even where its words overlap."""
    latest: dict[int, float] = {}
    places = []
    for draft in drafts:
        channel = draft.voice.channel
        latest[channel] = max(draft.start, latest.get(channel, 0.0))
        places.append(latest[channel])
    return [drafts[at] for at in sorted(range(len(drafts)), key=places.__getitem__)]


def label(voice: Voice) -> str:
    """Return how a voice is called in captions.

    Examples
    --------
    >>> label(Voice(0, 1, "speaker 1", ""))
    'Speaker 1'
    """
    return "" if voice.name == NOBODY else title(voice.name)


def _prefix(voice: Voice, limits: Limits) -> Piece:
    text = f"{shorten(label(voice), limits.width // 2 - 1)}:"
    return Piece(text, width(text), spaced=True)


def _reserved(voice: Voice, limits: Limits) -> int:
    return _prefix(voice, limits).size if label(voice) else 0


def _named(drafts: list[_Draft], limits: Limits) -> Iterator[_Draft]:
    """Write the voice where it changes."""
    last = None
    for draft in drafts:
        if draft.voice == last or not label(draft.voice):
            yield draft
        else:
            first = draft.pieces[0]
            prefix = _prefix(draft.voice, limits)._replace(start=first.start, end=first.start)
            yield _Draft([prefix, first._replace(spaced=True), *draft.pieces[1:]], draft.voice)
        last = draft.voice


def _phrases(transcript: Transcript, limits: Limits, prefixed: bool) -> Iterator[tuple[Voice, list[Piece]]]:
    """Give what one voice says without a long pause, in pieces that have room on a line."""
    words, (known, of_word) = columns(transcript), voices(transcript)
    for number, channel in enumerate(transcript.results.channels):
        space = bool(channel.alternatives[0].gap) if channel.alternatives else True
        for rows in _stretches(transcript, number):
            voice = known[of_word[rows.start]]
            most = limits.width - (_reserved(voice, limits) + 1 if prefixed else 0)
            here = slice(rows.start, rows.stop)
            timed = zip(words.text[here], words.start[here].tolist(), words.end[here].tolist(), strict=True)
            pieces = [piece for word in timed for piece in _pieces(*word, space, most)]
            if pieces:
                yield voice, pieces


def _stretches(transcript: Transcript, channel: int) -> Iterator[range]:
    words = columns(transcript)
    rows = words.rows(channel)
    here, after = slice(rows.start, rows.stop - 1), slice(rows.start + 1, rows.stop)
    ends = np.zeros(max(len(rows) - 1, 0), bool)
    if len(rows) > 1:
        ends |= words.start[after] - words.end[here] > PAUSE
        ends |= words.speaker[after] != words.speaker[here]
        firsts = np.searchsorted(words.start[rows.start : rows.stop], _paragraphs(transcript, channel))
        ends[firsts[(firsts > 0) & (firsts < len(rows))] - 1] = True
    breaks = (np.flatnonzero(ends) + rows.start + 1).tolist()
    limits = [rows.start, *breaks, rows.stop]
    yield from (range(first, last) for first, last in pairwise(limits) if first < last)


def _paragraphs(transcript: Transcript, channel: int) -> list[float]:
    """Give when the paragraphs of a channel begin, or else its utterances."""
    found = transcript.results.channels[channel].alternatives[0].paragraphs
    if found:
        return [paragraph.start for paragraph in found.paragraphs]
    return [said.start for said in transcript.results.utterances or [] if said.channel == channel]


def _pieces(text: str, start: float, end: float, space: bool, most: int) -> Iterator[Piece]:
    """Give a word in parts that have room, its time shared among them."""
    start = 0.0 if isnan(start) else max(start, 0.0)
    end = start if isnan(end) else max(end, start)
    if text.isascii() and text.isprintable() and " " not in text and 0 < len(text) <= most:
        yield Piece(text, len(text), space, start, end)  # nearly every word: a third of the whole time
        return
    shares = [(part, not at) for word in clean(text).split() for at, part in enumerate(parts(word, most))]
    total = sum(len(part) for part, _ in shares)
    done = 0
    for part, first in shares:
        begin, done = done, done + len(part)
        times = (start + (end - start) * letters / total for letters in (begin, done))
        yield Piece(part, width(part), first and (space or begin > 0), *times)


def _cut(pieces: list[Piece], limits: Limits, reserved: int) -> Iterator[list[Piece]]:
    """Give a phrase in parts that have room in a cue, each ending where the sense allows."""
    first = 0
    while first < len(pieces):
        last = filled(pieces, first, limits.width, limits.lines, reserved)
        while last - first > 1 and pieces[last - 1].end - pieces[first].start > limits.longest:
            last -= 1
        if last < len(pieces):
            last = _end(pieces, first, last)
        yield pieces[first:last]
        first = last


def _end(pieces: list[Piece], first: int, last: int) -> int:
    """Give where a cue best ends that cannot go on beyond `last`."""
    least = first + max(1, ceil(_FULL * (last - first)))

    def merit(at: int) -> tuple[float, int]:
        pause = pieces[at].start - pieces[at - 1].end > PAUSE / 3
        lonely = len(pieces) - at < 3
        return strength(pieces[at - 1], pieces[at]) + pause - lonely, at

    return max(range(least, last + 1), key=merit)


def _timed(drafts: Sequence[_Draft], limits: Limits) -> Iterator[Cue]:
    """Give drafts their lines, and time to be read; in whole milliseconds, as files have them."""
    space, longest, floor = _ms(limits.gap), _ms(limits.longest), _ms(_FLOOR)
    earliest = 0
    for at, draft in enumerate(drafts):
        start = max(_ms(draft.start), earliest)
        need = max(_ms(limits.shortest), ceil(1000 * len(written(draft.pieces)) / limits.cps))
        end = min(max(_ms(draft.end), start + need), start + longest)
        if at + 1 < len(drafts):
            end = min(end, max(_ms(drafts[at + 1].start) - space, start + floor))
        earliest = end + space
        lines = broken(draft.pieces, limits.width, limits.lines)
        yield Cue(start / 1000, end / 1000, lines, draft.voice)


def _ms(seconds: float) -> int:
    return round(1000 * seconds)
