"""A transcript in chunks for a language model: text of a bounded size that says who speaks when."""

from __future__ import annotations

from collections.abc import Iterator
from math import isnan, nan
from typing import NamedTuple

import numpy as np
import pandas as pd

from dgnb.errors import OptionError
from dgnb.results import Transcript
from dgnb.views.columns import columns
from dgnb.views.frames import STRING, table
from dgnb.views.passages import passages, runs
from dgnb.views.text import clean, clock, shorten
from dgnb.views.voices import NOBODY, voices

LEAST = 100
"""Characters that a chunk has room for at least."""

_SCHEMA = {
    "text": STRING,
    "start": "float64",
    "end": "float64",
    "speaker": STRING,
    "num_words": "int64",
    "repeated": "int64",
}

_ENDS = (".", "?", "!", "…", "。", "？", "！", "؟", "।")  # noqa: RUF001 - ends of sentences anywhere
_CLOSING = "\"'”’»)]」』"  # noqa: RUF001 - what may stand behind them


class Said(NamedTuple):
    """Words that one voice says: text and times [s] of each, and what stands between them."""

    who: str
    words: list[tuple[str, float, float]]
    gap: str


class Piece(NamedTuple):
    """A sentence, or as much of it as has room; `run` numbers the stretch of talk that it is from."""

    run: int
    who: str
    text: str
    start: float
    end: float
    num_words: int
    gap: str

    @property
    def head(self) -> str:
        """What says who speaks when."""
        when = "" if isnan(self.start) else f"[{clock(self.start)}] "
        return when + (f"{self.who}: " if self.who else "")

    def after(self, before: Piece | None) -> str:
        """Return it as it is written behind another piece."""
        if before is not None and before.run == self.run:
            return self.gap + self.text
        return ("\n" if before else "") + self.head + self.text


def chunks(transcript: Transcript, *, characters: int = 4000, overlap: int | None = None) -> pd.DataFrame:
    """Return a transcript as text in chunks, each line with its time and speaker.

    A chunk ends with a sentence where it can.

    Parameters
    ----------
    characters : int, default 4000
        Length of a chunk at most; a token of a language model is about four in English.
    overlap : int, optional
        What a chunk repeats of the one before, in whole sentences, at most; 0 to `characters` / 2,
        by default a twentieth of `characters`.

    Returns
    -------
    DataFrame
        One row a chunk: `text`; `start` and `end` [s]; `speaker`, the names of all who speak in
        it; `num_words`; `repeated`, how many of these words the chunk before has, too.

    Raises
    ------
    OptionError
        A chunk would be too small, or would hardly have anything new.

    Examples
    --------
    >>> words = [{"word": "hello", "punctuated_word": "Hello.", "start": 3, "end": 4, "speaker": 0}]
    >>> call = Transcript.from_json({"results": {"channels": [{"alternatives": [{"words": words}]}]}})
    >>> call.chunks()[["text", "start", "end"]].to_numpy().tolist()
    [['[0:03] speaker 0: Hello.', 3.0, 4.0]]
    """
    if characters < LEAST:
        raise OptionError(f"A chunk has {LEAST} characters or more, not {characters}.", "characters")
    overlap = characters // 20 if overlap is None else overlap
    if not 0 <= overlap <= characters // 2:
        raise OptionError(f"The overlap is 0 to {characters // 2} characters, not {overlap}.", "overlap")
    rows, kept = [], 0
    for pieces, kept in _packed(_pieces(transcript, characters), characters, overlap):
        names = ", ".join(dict.fromkeys(piece.who for piece in pieces if piece.who)) or None
        times = [[piece.start for piece in pieces], [piece.end for piece in pieces]]
        start, end = (pick.reduce(values) for pick, values in zip((np.fmin, np.fmax), times, strict=True))
        numbers = [piece.num_words for piece in pieces]
        rows.append((_text(pieces), start, end, names, sum(numbers), sum(numbers[:kept])))
    return table(_SCHEMA, rows)


def _text(pieces: list[Piece]) -> str:
    return "".join(piece.after(before) for before, piece in zip([None, *pieces], pieces, strict=False))


def _packed(pieces: Iterator[Piece], most: int, overlap: int) -> Iterator[tuple[list[Piece], int]]:
    """Give the pieces of each chunk, and how many of them are repeated."""
    held: list[Piece] = []
    kept = size = 0
    for piece in pieces:
        if held and size + len(piece.after(held[-1])) > most:
            yield held, kept
            held = _tail(held, min(overlap, most - len("\n" + piece.head + piece.text)))
            kept, size = len(held), len(_text(held))
        size += len(piece.after(held[-1] if held else None))
        held.append(piece)
    if held:
        yield held, kept


def _tail(pieces: list[Piece], room: int) -> list[Piece]:
    """Return the last pieces that have room, not all of them."""
    first = len(pieces)
    while first > 1 and len(_text(pieces[first - 1 :])) <= room:
        first -= 1
    return pieces[first:]


def _pieces(transcript: Transcript, most: int) -> Iterator[Piece]:
    for number, said in enumerate(_said(transcript)):
        # The longest head is one of many hours; a line feed may stand before it.
        room = most - len(f"\n[0000:00:00] {said.who}: ")
        for words in _sentences(said, room):
            text = said.gap.join(word[0] for word in words)
            about = (words[0][1], words[-1][2])
            for at in range(0, len(text), room):
                # Only a single word can be longer: its parts are said at the same time.
                yield Piece(
                    number, said.who, text[at : at + room], *about, len(words) if at == 0 else 0,
                    said.gap if at == 0 else "",
                )  # fmt: skip


def _said(transcript: Transcript) -> Iterator[Said]:
    """Give who says what, word by word, in the order of time; a text without words as it is."""
    words, (known, of_word) = columns(transcript), voices(transcript)
    for rows, gap in runs(transcript):
        name = known[of_word[rows.start]].name
        texts = [clean(word.text) for word in words.words[rows.start : rows.stop]]
        start, end = (column[rows.start : rows.stop].tolist() for column in (words.start, words.end))
        yield Said(
            "" if name == NOBODY else shorten(name, 32), list(zip(texts, start, end, strict=True)), gap
        )
    if not len(words):
        for passage in passages(transcript):
            yield Said("", [(clean(text), nan, nan) for text in passage.text.split()], " ")


def _sentences(said: Said, room: int) -> Iterator[list[tuple[str, float, float]]]:
    """Give the words of each sentence, no more than have room."""
    held: list[tuple[str, float, float]] = []
    size = 0
    for word in said.words:
        more = len(word[0]) + (len(said.gap) if held else 0)
        if held and size + more > room:
            yield held
            held, size, more = [], 0, len(word[0])
        held.append(word)
        size += more
        if word[0].rstrip(_CLOSING).endswith(_ENDS):
            yield held
            held, size = [], 0
    if held:
        yield held
