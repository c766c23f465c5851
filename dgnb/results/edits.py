"""Corrections of a transcript: data that can be seen, undone, saved, and replayed on another one."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from dgnb.errors import OptionError, ReplyError
from dgnb.lazy import View, load
from dgnb.protocol.heard import Word
from dgnb.results.drafts import Draft, Edit, applied, draft
from dgnb.results.transcript import Transcript

if TYPE_CHECKING:
    from pandas import DataFrame

_Pair = tuple[int, int | None]


class Edits:
    """Corrections of a transcript, in the order they were made. They never change: each verb gives new ones.

    Rows count as in ``edits.words``: the words as they are after the corrections so far. Words keep their
    times; what replaces words shares theirs, and has a confidence of 1.

    Parameters
    ----------
    call : Transcript
    made, undone : sequence of Edit

    Examples
    --------
    >>> word = {"start": 0.0, "end": 0.5, "speaker": 0}
    >>> words = [word | {"word": "deep"}, word | {"word": "gramm"}]
    >>> call = Transcript.from_json({"results": {"channels": [{"alternatives": [{"words": words}]}]}})
    >>> edits = call.edit.replace(0, "Deepgram", last=1).rename(0, "Ava")
    >>> edits.transcript.text, edits.undo().undo().transcript is call
    ('Deepgram', True)
    """

    frame = View["DataFrame"]("dgnb.views.edits:frame", "One row an edit, see `dgnb.views.edits`.")

    def __init__(self, call: Transcript, made: Sequence[Edit] = (), undone: Sequence[Edit] = ()) -> None:
        self.call, self.made, self.undone = call, tuple(made), tuple(undone)

    # What it tells

    @cached_property
    def transcript(self) -> Transcript:
        """The corrected transcript; the given one when nothing is corrected."""
        if not any(self.done):
            return self.call
        found: Transcript = load("dgnb.results.rebuilding:rebuilt")(self.call, self._draft)
        return found

    @property
    def words(self) -> DataFrame:
        """One row a word of the corrected transcript, see `dgnb.views.frames`."""
        return self.transcript.words

    @property
    def done(self) -> list[bool]:
        """Whether each edit could be made; what it is about may be absent from another transcript."""
        return self._course[1]

    @cached_property
    def _course(self) -> tuple[Draft, list[bool]]:
        now, done = draft(self.call), list[bool]()
        for edit in self.made:
            after = applied(now, edit)
            now, done = after or now, [*done, after is not None]
        return now, done

    @property
    def _draft(self) -> Draft:
        return self._course[0]

    # What it does

    def rename(self, speaker: int | None, name: str, channel: int | None = None) -> Edits:
        """Give a speaker a name, on every channel or on one; an empty one takes it away.

        Examples
        --------
        >>> Transcript().edit.rename(0, "Ava").done
        [False]
        """
        return self._and(Edit(kind="rename", speaker=speaker, text=name, channel=channel))

    def merge(self, speaker: int, into: int, channel: int | None = None) -> Edits:
        """Make two speakers one: what the first says is said by the second."""
        return self._and(Edit(kind="merge", speaker=speaker, to=into, channel=channel))

    def assign(self, first: int, speaker: int, last: int | None = None) -> Edits:
        """Have words, from row `first` to row `last`, be said by a speaker."""
        return self._and(self._at("assign", first, last, to=speaker))

    def replace(self, first: int, text: str, last: int | None = None) -> Edits:
        """Write words, from row `first` to row `last`, anew; an empty text takes them away."""
        return self._and(self._at("replace", first, last, text=" ".join(text.split())))

    def split(self, row: int) -> Edits:
        """Begin a paragraph with a word."""
        return self._and(self._at("split", row))

    def join(self, row: int) -> Edits:
        """Join the paragraph that a word begins to the one before.

        Raises
        ------
        OptionError
            It begins none, or the first.
        """
        edit = self._at("join", row)
        if not edit.first or edit.first not in self._draft.strands[edit.channel or 0].breaks:
            raise OptionError(f"join({row}): no paragraph but the first begins with this word.", "row")
        return self._and(edit)

    def undo(self, count: int = 1) -> Edits:
        """Take the last edits back."""
        kept = max(len(self.made) - count, 0)
        return Edits(self.call, self.made[:kept], (*self.made[kept:], *self.undone))

    def redo(self, count: int = 1) -> Edits:
        """Make edits again that were taken back."""
        return Edits(self.call, (*self.made, *self.undone[:count]), self.undone[count:])

    def replay(self, edits: Edits | DataFrame | Sequence[Edit] | str | os.PathLike[str]) -> Edits:
        """Make the edits of another transcript here, for example after a second run with a better model.

        Words are found by their time where they are not the same, and speakers by the time they share.

        Parameters
        ----------
        edits : Edits, DataFrame, sequence of Edit, or path
            As they are, as `frame` shows them, or as `save` wrote them.

        Returns
        -------
        Edits
            ``done`` and ``frame`` tell what could not be made.
        """
        found = _read(edits)
        if isinstance(edits, Edits) and edits.call is not self.call:
            mapping = _speakers(draft(edits.call), draft(self.call))
            found = [_mapped(edit, mapping) for edit in found]
        return Edits(self.call, (*self.made, *found))

    def save(self, path: str | os.PathLike[str]) -> Path:
        """Write the edits as JSON lines and return the path."""
        target = Path(path)
        target.write_bytes(b"".join(msgspec.json.encode(edit) + b"\n" for edit in self.made))
        return target

    def _and(self, edit: Edit) -> Edits:
        after = applied(self._draft, edit)
        more = Edits(self.call, (*self.made, edit))
        # So that each of a thousand edits, one after the other, is made once.
        more.__dict__["_course"] = after or self._draft, [*self.done, after is not None]
        return more

    def _at(self, kind: str, first: int, last: int | None = None, **more: Any) -> Edit:
        """Give an edit of words, with all that finds them again."""
        channel, start = self._place(kind, first)
        other, stop = (channel, start) if last is None else self._place(kind, last)
        if other != channel or stop < start:
            wrong = f"{kind}({first}, last={last}): the words must follow one another on a channel."
            raise OptionError(wrong, "last")
        words = self._draft.strands[channel].words[start : stop + 1]
        about: dict[str, Any] = {"first": start, "last": stop, "start": words[0].start, "end": words[-1].end}
        return Edit(kind=kind, channel=channel, before=" ".join(word.text for word in words), **about, **more)

    def _place(self, kind: str, row: int) -> tuple[int, int]:
        try:
            return self._draft.place(row)
        except IndexError:
            count = sum(len(strand.words) for strand in self._draft.strands)
            raise OptionError(f"{kind}({row}): there are {count} words, from row 0 on.", "row") from None

    def __len__(self) -> int:
        return len(self.made)

    def __repr__(self) -> str:
        return str(load("dgnb.views.edits:summary")(self))

    def _repr_html_(self) -> str:
        return str(load("dgnb.views.edits:html")(self))


def _read(edits: Any) -> list[Edit]:
    if isinstance(edits, Edits):
        return list(edits.made)
    if isinstance(edits, str | os.PathLike):
        try:
            return msgspec.json.Decoder(Edit).decode_lines(Path(edits).read_bytes())
        except msgspec.DecodeError as wrong:
            raise ReplyError(f"{edits}: not edits that were saved: {wrong}") from wrong
    if hasattr(edits, "columns"):
        found: list[Edit] = load("dgnb.views.edits:edits")(edits)
        return found
    return list(edits)


def _mapped(edit: Edit, mapping: dict[_Pair, int]) -> Edit:
    """Give an edit with the numbers that its speakers have in another transcript."""
    channels = [edit.channel] if edit.channel is not None else sorted({channel for channel, _ in mapping})

    def number(speaker: int | None) -> int | None:
        known = [mapping[channel, speaker] for channel in channels if (channel, speaker) in mapping]
        return known[0] if known else speaker

    return msgspec.structs.replace(edit, speaker=number(edit.speaker), to=number(edit.to))


def _speakers(before: Draft, after: Draft) -> dict[_Pair, int]:
    """Give who in another transcript speaks most of the time of each speaker; nothing if all is the same."""
    if _turns(before) == _turns(after):
        return {}
    shared: dict[_Pair, Counter[int]] = {}
    for channel, (one, other) in enumerate(zip(before.strands, after.strands, strict=False)):
        for speaker, number, time in _together(one.words, other.words):
            shared.setdefault((channel, speaker), Counter())[number] += time
    return {pair: max(sorted(times), key=times.__getitem__) for pair, times in shared.items()}


def _turns(now: Draft) -> list[list[tuple[float, float, int | None]]]:
    return [[(word.start, word.end, word.speaker) for word in strand.words] for strand in now.strands]


def _together(one: Sequence[Word], other: Sequence[Word]) -> list[tuple[int, int, int]]:
    """Give which speakers speak at the same time, and for how long [ms]."""
    found, first = [], 0
    for word in one:
        while first < len(other) and other[first].end <= word.start:
            first += 1
        at = first
        while at < len(other) and other[at].start < word.end:
            time = min(word.end, other[at].end) - max(word.start, other[at].start)
            if word.speaker is not None and other[at].speaker is not None:
                found.append((word.speaker, other[at].speaker or 0, round(1000 * time)))
            at += 1
    return found
