"""The words of a transcript while they are corrected."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate

from msgspec.structs import replace as changed

from dgnb.protocol.heard import Alternative, Word
from dgnb.protocol.part import Part
from dgnb.results.imports import spoken, spread
from dgnb.results.speakers import key
from dgnb.results.transcript import Transcript

PAUSE = 0.8
"""A longer silence begins a paragraph where a reply has neither paragraphs nor utterances [s]."""

_NEAR = 0.5
"""How far from its time a word is looked for in another transcript [s]."""


class Edit(Part, frozen=True):
    """One correction. Times in seconds; `first` and `last` count the words of the channel, both included.

    `kind` is rename, merge, assign, replace, split or join; `before` is what stood there, `text` is what
    stands there now, or a speaker's name.
    """

    kind: str
    channel: int | None = None
    first: int | None = None
    last: int | None = None
    start: float | None = None
    end: float | None = None
    before: str = ""
    text: str = ""
    speaker: int | None = None
    to: int | None = None


@dataclass(frozen=True)
class Strand:
    """The words of a channel; `origins` are their places before any edit, `breaks` where paragraphs begin."""

    words: list[Word]
    origins: list[int]
    breaks: list[int]
    rewritten: bool = False
    broken: bool = False


@dataclass(frozen=True)
class Draft:
    """The channels, and the names of speakers. It never changes: an edit gives another one."""

    strands: tuple[Strand, ...]
    names: dict[str, str]

    def place(self, row: int) -> tuple[int, int]:
        """Return the channel, and the place in it, of a row of ``words``."""
        for channel, strand in enumerate(self.strands):
            if 0 <= row < len(strand.words):
                return channel, row
            row -= len(strand.words)
        raise IndexError

    def with_strand(self, channel: int, strand: Strand) -> Draft:
        """Return a draft with another channel."""
        return replace(self, strands=(*self.strands[:channel], strand, *self.strands[channel + 1 :]))


def draft(call: Transcript) -> Draft:
    """Return the draft of a transcript.

    Examples
    --------
    >>> draft(Transcript()).strands
    ()
    """
    best = [next(iter(channel.alternatives), Alternative()) for channel in call.results.channels]
    strands = [
        Strand(one.words, list(range(len(one.words))), breaks(call, at, one)) for at, one in enumerate(best)
    ]
    return Draft(tuple(strands), dict(call.metadata.speaker_names or {}))


def breaks(call: Transcript, channel: int, best: Alternative) -> list[int]:
    """Return where the paragraphs of a channel begin: places of words."""
    said = [one for one in call.results.utterances or [] if one.channel == channel]
    if best.paragraphs and best.paragraphs.paragraphs:
        parts = [(one.start, one.num_words) for one in best.paragraphs.paragraphs]
    elif said:
        parts = [(one.start, len(one.words)) for one in said]
    else:
        return [at for at in range(len(best.words)) if not at or _parted(*best.words[at - 1 : at + 1])]
    return places(parts, best.words)


def places(parts: Sequence[tuple[float, int]], words: Sequence[Word]) -> list[int]:
    """Return where parts of words begin, which are told by their time and their number of words.

    Examples
    --------
    >>> words = [Word(word="a", start=0.0), Word(word="b", start=1.0), Word(word="c", start=2.0)]
    >>> places([(0.0, 2), (2.0, 1)], words), places([(0.0, 9), (0.9, 9)], words)
    ([0, 2], [0, 1])
    """
    counts = [count for _, count in parts]
    if sum(counts) == len(words):
        return list(accumulate(counts[:-1], initial=0))
    starts = [word.start for word in words]
    return [bisect_left(starts, start - 1e-6) for start, _ in parts]


def _parted(before: Word, after: Word) -> bool:
    return before.speaker != after.speaker or after.start - before.end > PAUSE


def applied(now: Draft, edit: Edit) -> Draft | None:
    """Return a draft after an edit; ``None`` where what it is about is not there."""
    return _KINDS[edit.kind](now, edit) if edit.kind in _KINDS else None


def _rename(now: Draft, edit: Edit) -> Draft | None:
    names = dict(now.names)
    channels = _channels(now, edit)
    for channel in channels:
        names.pop(key(channel, edit.speaker), None)
        if edit.text:
            names[key(channel, edit.speaker)] = edit.text
    return replace(now, names=names) if channels else None


def _channels(now: Draft, edit: Edit) -> list[int]:
    """Give the channels on which the speaker of an edit is heard."""
    return [
        channel
        for channel, strand in enumerate(now.strands)
        if edit.channel in (None, channel) and any(word.speaker == edit.speaker for word in strand.words)
    ]


def _merge(now: Draft, edit: Edit) -> Draft | None:
    channels = _channels(now, edit)
    names = dict(now.names)
    for channel in channels:
        strand = now.strands[channel]
        words = [changed(w, speaker=edit.to) if w.speaker == edit.speaker else w for w in strand.words]
        now = now.with_strand(channel, replace(strand, words=words))
        name = names.pop(key(channel, edit.speaker), None)
        if name:
            names.setdefault(key(channel, edit.to), name)
    return replace(now, names=names) if channels else None


def _assign(now: Draft, edit: Edit) -> Draft | None:
    def assigned(strand: Strand, first: int, last: int) -> Strand:
        middle = [changed(word, speaker=edit.to) for word in strand.words[first : last + 1]]
        return replace(strand, words=[*strand.words[:first], *middle, *strand.words[last + 1 :]])

    return _located(now, edit, assigned)


def _replace(now: Draft, edit: Edit) -> Draft | None:
    texts = edit.text.split()
    return _located(now, edit, lambda strand, first, last: _rewritten(strand, first, last + 1, texts))


def _split(now: Draft, edit: Edit) -> Draft | None:
    return _located(now, edit, lambda strand, first, _: _broken(strand, {*strand.breaks, first}))


def _join(now: Draft, edit: Edit) -> Draft | None:
    return _located(now, edit, lambda strand, first, _: _broken(strand, {*strand.breaks} - {first}))


_KINDS: dict[str, Callable[[Draft, Edit], Draft | None]] = {
    "rename": _rename,
    "merge": _merge,
    "assign": _assign,
    "replace": _replace,
    "split": _split,
    "join": _join,
}


def _broken(strand: Strand, at: Iterable[int]) -> Strand:
    return replace(strand, breaks=sorted(at), broken=True)


def _located(now: Draft, edit: Edit, change: Callable[[Strand, int, int], Strand]) -> Draft | None:
    """Change the words that an edit is about, if they are there."""
    channel = edit.channel or 0
    if channel >= len(now.strands):
        return None
    strand = now.strands[channel]
    rows = _exactly(strand.words, edit) or _nearly(strand.words, edit)
    return now.with_strand(channel, change(strand, *rows)) if rows else None


def _exactly(words: Sequence[Word], edit: Edit) -> tuple[int, int] | None:
    """Give the places of an edit when the very words are there."""
    if edit.first is None or edit.last is None or not edit.first <= edit.last < len(words):
        return None
    here = words[edit.first : edit.last + 1]
    there = (" ".join(word.text for word in here), here[0].start, here[-1].end)
    return (edit.first, edit.last) if there == (edit.before, edit.start, edit.end) else None


def _nearly(words: Sequence[Word], edit: Edit) -> tuple[int, int] | None:
    """Give the places of the words that are spoken at the time of an edit."""
    if edit.start is None or edit.end is None or not words:
        return None
    if edit.kind in ("split", "join"):
        near = min(range(len(words)), key=lambda at: abs(words[at].start - edit.start))  # type: ignore[operator]
        return (near, near) if abs(words[near].start - edit.start) < _NEAR else None
    inside = [at for at, word in enumerate(words) if edit.start <= (word.start + word.end) / 2 <= edit.end]
    return (inside[0], inside[-1]) if inside else None


def _rewritten(strand: Strand, first: int, stop: int, texts: list[str]) -> Strand:
    """Write words anew. What stays the same at both ends keeps its words."""
    limit = strand.words[stop - 1].end
    while first < stop and texts and strand.words[first].text == texts[0]:
        texts, first = texts[1:], first + 1
    while first < stop and texts and strand.words[stop - 1].text == texts[-1]:
        texts, stop = texts[:-1], stop - 1
    new = _timed(strand.words, first, stop, texts, limit)
    origins = [_origin(strand.origins, first, stop, at) for at in range(len(new))]
    words = [*strand.words[:first], *new, *strand.words[stop:]]
    moved = {_shifted(at, first, stop, len(new)) for at in strand.breaks}
    return replace(
        strand,
        words=words,
        origins=[*strand.origins[:first], *origins, *strand.origins[stop:]],
        breaks=sorted(at for at in moved if at < len(words)),
        rewritten=True,
    )


def _shifted(at: int, first: int, stop: int, count: int) -> int:
    """Give where a place is when the words from `first` to `stop` have become `count` ones."""
    if at >= stop > first or at > stop:
        return at + count - (stop - first)
    return first + min(at - first, count) if at > first else at


def _origin(origins: list[int], first: int, stop: int, at: int) -> int:
    """Give the place that a new word has before any edit: its own, or that of the last one it replaces."""
    if first < stop:
        return origins[min(first + at, stop - 1)]
    return origins[first - 1] if first else 0


def _timed(words: list[Word], first: int, stop: int, texts: list[str], limit: float) -> list[Word]:
    """Give new words the times of the old ones: one for one, or shared by their letters."""
    old = words[first:stop]
    if len(old) == len(texts):
        new = [spoken(text, word.start, word.end, 1.0) for text, word in zip(texts, old, strict=True)]
        return [_like(word, was) for word, was in zip(new, old, strict=True)]
    if old:
        start, end, like = old[0].start, max(old[-1].end, old[0].start), old[0]
    elif first:
        like, start = words[first - 1], words[first - 1].end
        end = max(min(words[first].start, limit), start) if first < len(words) else start
    else:
        like, start, end = words[0], words[0].start, words[0].start
    return [_like(word, like) for word in spread(" ".join(texts), start, end, 1.0)]


def _like(word: Word, other: Word) -> Word:
    return changed(word, speaker=other.speaker, language=other.language)
