"""Where words are said in a corpus: an index in SQLite's FTS5, made from the parts.

A document is a file. Its text is its bare words, one a line, channel after channel, so that a place
in the text tells the row of a word; FTS5 finds the documents, and a regular expression the places.
Text of scripts without spaces is indexed letter by letter.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from functools import cache, cached_property
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from dgnb.corpus.parts import Parts
from dgnb.errors import CorpusError, OptionError
from dgnb.protocol.spelling import bare

_VERSION = 1
"""Of the index's tables; one with another version is made anew."""

_CONTEXT = 6
"""Words that are shown before and after a hit, as by ``call.find``."""

_CHANNEL = "\x1e"
"""Stands between the words of two channels, so that no phrase goes across."""

_BREAKS = f"\n{_CHANNEL}"

# Whatever is not a separator or a control character belongs to a word: "o'neill's" and "$20.50" are one each.
_TABLES = """
create table parts (name text primary key);
create table documents (
  id integer primary key, file text not null, source text not null, gap text not null,
  said text not null, shown blob not null);
create virtual table spoken using fts5(
  text, content='', tokenize="unicode61 remove_diacritics 0 categories 'L* M* N* P* S* Cf Cn Co Cs'");
"""

# Han and kana, Thai, Lao, Myanmar, Khmer: scripts that put no space between words.
_UNSPACED = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u2e80-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_LETTER = re.compile(f"[{_UNSPACED}]")

_SHOWN = ["channel", "speaker", "text", "start", "end"]

Hit = tuple[Any, ...]


@dataclass(frozen=True)
class Phrase:
    """Bare words that follow one another."""

    words: list[str]

    @property
    def match(self) -> str:
        """The phrase in FTS5's language."""
        text = _letters(" ".join(self.words)).replace('"', '""')
        return f'"{text}"'

    def spans(self, said: str) -> Iterator[tuple[int, int]]:
        """Give the places in a document: whole words, where the phrase's script has such."""
        inside = bool(_LETTER.match(self.words[0]))
        for match in self._pattern.finditer(said):
            # Looking behind in the pattern would be ten times as slow: it would begin with no letter.
            if inside or match.start() == 0 or said[match.start() - 1] in _BREAKS:
                yield match.span()

    @cached_property
    def _pattern(self) -> re.Pattern[str]:
        text = r"[\n ]".join(r"\n?".join(map(re.escape, _split(word))) for word in self.words)
        return re.compile(text if _LETTER.match(self.words[-1][-1]) else rf"{text}(?![^{_BREAKS}])")


def phrases(queries: Sequence[str]) -> list[Phrase]:
    """Return what is to be looked for.

    Raises
    ------
    OptionError
        There is nothing to look for.

    Examples
    --------
    >>> [phrase.words for phrase in phrases(["My router,", "refund"])]
    [['my', 'router'], ['refund']]
    """
    texts = (str(query).replace("\0", " ").encode("utf-8", "replace").decode() for query in queries)
    found = [Phrase([bare(word) for word in text.split()]) for text in texts]
    if not found or not all(phrase.words for phrase in found):
        raise OptionError("search() needs a word or a phrase: corpus.search('my router', 'refund').", "query")
    return found


class Index:
    """The index of a corpus in a file, which can be deleted at any time.

    Parameters
    ----------
    path : Path
    parts : Parts
    """

    def __init__(self, path: Path, parts: Parts) -> None:
        self.path = path
        self._parts = parts

    def search(self, queries: Sequence[str], limit: int) -> list[Hit]:
        """Return rows of hits, for `dgnb.views.finding.collected`."""
        wanted = phrases(queries)
        if limit < 0:
            raise OptionError(f"limit is a number of hits from 0, not {limit!r}.", "limit")
        if not self._parts.known():
            return []
        with self._opened() as base:
            self._update(base)
            return list(islice(_hits(base, wanted), limit))

    @contextmanager
    def _opened(self) -> Iterator[sqlite3.Connection]:
        try:
            # Another process may be adding a part: that takes a fraction of a second.
            with closing(sqlite3.connect(self.path, timeout=60.0, isolation_level=None)) as base:
                # Of a new file: a document is read in two pages in place of fifteen, twice as fast.
                base.execute("pragma page_size = 32768")
                yield base
        except sqlite3.Error as error:
            raise CorpusError(
                f"The index {self.path} cannot be used: {error}. It can be deleted at any time; "
                "to be made again it needs room and leave to write."
            ) from error

    def _update(self, base: sqlite3.Connection) -> None:
        """Add the parts that are new; begin again when one has gone."""
        if self._outdated(base):
            with _transaction(base):
                if self._outdated(base):  # another process may have been quicker
                    _clear(base)
        indexed = _indexed(base)
        for part in self._parts.known():
            if part not in indexed:
                with _transaction(base):
                    self._add(base, part)

    def _outdated(self, base: sqlite3.Connection) -> bool:
        if base.execute("pragma user_version").fetchone() != (_VERSION,):
            return True
        # In this order: a part is there before another process indexes it.
        indexed = _indexed(base)
        return not indexed <= set(self._parts.names())

    def _add(self, base: sqlite3.Connection, part: str) -> None:
        if not base.execute("insert or ignore into parts values (?)", [part]).rowcount:
            return  # another process was quicker
        files = self._parts.read(part, "files", ["file", "source", "text"])
        about = {file["file"]: (file["source"] or "", _gap(file["text"])) for file in files.to_pylist()}
        spell = cache(_bare)  # a part has a tenth as many different words as words
        for file, words in _by_file(self._parts.read(part, "words", ["file", *_SHOWN])):
            said = _said(words, spell)
            document = base.execute(
                "insert into documents (file, source, gap, said, shown) values (?, ?, ?, ?, ?)",
                [file, *about[file], said, _packed(words.select(_SHOWN))],
            ).lastrowid
            base.execute("insert into spoken (rowid, text) values (?, ?)", [document, _letters(said)])


def _indexed(base: sqlite3.Connection) -> set[str]:
    return {name for (name,) in base.execute("select name from parts")}


def _clear(base: sqlite3.Connection) -> None:
    for table in ("spoken", "documents", "parts"):
        base.execute(f"drop table if exists {table}")
    for statement in _TABLES.split(";"):
        base.execute(statement)
    base.execute(f"pragma user_version = {_VERSION}")


@contextmanager
def _transaction(base: sqlite3.Connection) -> Iterator[None]:
    base.execute("begin immediate")
    try:
        yield
    except BaseException:
        base.execute("rollback")
        raise
    base.execute("commit")


def _hits(base: sqlite3.Connection, wanted: list[Phrase]) -> Iterator[Hit]:
    match = " AND ".join(phrase.match for phrase in wanted)
    found = base.execute(
        "select file, source, gap, said, shown from spoken join documents on documents.id = spoken.rowid "
        "where spoken match ? order by spoken.rowid",
        [match],
    )
    for file, source, gap, said, shown in found:
        yield from _rows(file, source, gap, _places(said, wanted), shown)


def _places(said: str, wanted: list[Phrase]) -> list[tuple[int, int]]:
    """Give the first and last row of words of each hit."""
    places, row, at = [], 0, 0
    for start, end in sorted(span for phrase in wanted for span in phrase.spans(said)):
        row += _rows_in(said, at, start)
        places.append((row, row + _rows_in(said, start, end)))
        at = start
    return places


def _rows_in(said: str, start: int, end: int) -> int:
    return sum(said.count(mark, start, end) for mark in _BREAKS)


def _rows(file: str, source: str, gap: str, places: list[tuple[int, int]], packed: bytes) -> Iterator[Hit]:
    if not places:
        return
    channel, speaker, text, start, end = _unpacked(packed)
    # Not of all words it is known when they were said.
    channels, starts, ends = (column.to_numpy(zero_copy_only=False) for column in (channel, start, end))
    for first, last in places:
        low, high = np.searchsorted(channels, (channels[first], channels[first] + 1)).tolist()
        low, high = max(first - _CONTEXT, low), min(last + 1 + _CONTEXT, high)
        around = text.slice(low, high - low).to_pylist()
        yield (
            file,
            source,
            int(channels[first]),
            speaker[first].as_py(),
            gap.join(around[first - low : last + 1 - low]),
            float(starts[first]),
            float(ends[last]),
            first,
            last,
            gap.join(around[: first - low]),
            gap.join(around[last + 1 - low :]),
        )


def _by_file(words: Any) -> Iterator[tuple[str, Any]]:
    """Give the words of each file; those of one are together and in order."""
    files = words["file"].combine_chunks().dictionary_encode()
    numbers = files.indices.to_numpy()
    firsts = np.flatnonzero(np.diff(numbers, prepend=-1)).tolist()
    for first, end in zip(firsts, [*firsts[1:], len(numbers)], strict=False):
        yield files.dictionary[int(numbers[first])].as_py(), words.slice(first, end - first)


def _said(words: Any, spell: Callable[[str], str]) -> str:
    channels = words["channel"].to_numpy()
    lines = list(map(spell, words["text"].to_pylist()))
    parts = np.split(np.arange(len(lines)), np.flatnonzero(np.diff(channels)) + 1)
    return _CHANNEL.join("\n".join(lines[row] for row in rows) for rows in parts)


def _bare(text: str) -> str:
    """Give a word without the marks around it, and any kind of space in it as one blank."""
    return " ".join(map(bare, text.split()))


def _gap(text: str) -> str:
    """Give what stands between words, as `Alternative.gap` does for one channel."""
    return " " if " " in text or not _LETTER.search(text) else ""


def _letters(text: str) -> str:
    """Set letters of scripts without spaces apart, each becomes a word of the index."""
    return _LETTER.sub(r" \g<0> ", text)


def _split(word: str) -> Iterable[str]:
    """Give the pieces of a word between which a line may end."""
    return _letters(word).split() if _LETTER.search(word) else [word]


def _packed(words: Any) -> bytes:
    # Not compressed: a search that hits a thousand files would unpack for longer than all else takes.
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, words.schema) as stream:
        stream.write_table(words.combine_chunks())
    packed: bytes = sink.getvalue().to_pybytes()
    return packed


def _unpacked(packed: bytes) -> Any:
    return pa.ipc.open_stream(packed).read_next_batch().columns
