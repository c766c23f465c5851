"""Where something is said: words, phrases, patterns, and what sounds nearly so.

============ ======= ==== ================================================================
column       dtype   unit what it holds
============ ======= ==== ================================================================
source       string       of a collection only: what the transcript was made from
channel      int16
speaker      Int16
text         string       what was found, as it is written
start, end   float64 s
first, last  int64        rows of ``words``, both included
before,      string       the words around it
after
score        float64      how alike it is [0, 1]; 1 unless `fuzzy`
link         string       a media fragment, ``audio.wav#t=12.5,13.1``, that a browser plays
============ ======= ==== ================================================================
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping
from itertools import accumulate
from typing import Any
from urllib.parse import quote

import pandas as pd

from dgnb.errors import MissingExtra, OptionError
from dgnb.lazy import load
from dgnb.protocol.spelling import bare
from dgnb.results import Transcript
from dgnb.views import fragments
from dgnb.views.columns import WordColumns, columns
from dgnb.views.fragments import escape
from dgnb.views.frames import STRING, table
from dgnb.views.text import clock, count

_SCHEMA: dict[str, Any] = {
    "channel": "int16",
    "speaker": "Int16",
    "text": STRING,
    "start": "float64",
    "end": "float64",
    "first": "int64",
    "last": "int64",
    "before": STRING,
    "after": STRING,
    "score": "float64",
    "link": STRING,
}

_SHOWN = 100
"""Hits that a notebook shows."""

_STYLE = ".dgnb-result .dgnb-hit { margin: 0 0 .3em } .dgnb-result mark { padding: 0 .15em }"

_SCHEME = re.compile(r"(?!https?:|file:)[a-z][a-z0-9+.-]*:", re.IGNORECASE)
"""What a link must not begin with: it would run, not play."""

Found = tuple[int, int, float]
"""The first row of words, the last, and how alike they are."""


class Hits(pd.DataFrame):
    """A table of hits that shows each in its context, with a link that plays it."""

    @property
    def _constructor(self) -> type[pd.DataFrame]:
        return pd.DataFrame  # what is made of it is an ordinary table

    def _repr_html_(self) -> str:
        shown = [_hit(row) for row in self.head(_SHOWN).to_dict("records")]
        left = len(self) - len(shown)
        more = [f"<p>{count(left, 'more hit')} in the table.</p>"] if left > 0 else []
        head = fragments.head("Hits", False, [count(len(self), "hit")])
        return fragments.article("Hits", [head, *shown, *more], _STYLE)


def _hit(row: Mapping[Any, Any]) -> str:
    time = escape(clock(row["start"]))
    plays = not row["link"].startswith("#") and not _SCHEME.match(row["link"])
    place = f'<a href="{escape(row["link"])}" target="_blank">{time}</a>' if plays else time
    parts = [str(row[name]) for name in ("before", "text", "after")]
    said = f"{escape(parts[0])} <mark>{escape(parts[1])}</mark> {escape(parts[2])}"
    source = f"{escape(str(row['source']))} " if "source" in row else ""
    return f'<p class="dgnb-hit">{source}{place} <span dir="auto">{said}</span></p>'


def find(
    transcript: Transcript,
    query: str | re.Pattern[str],
    *,
    fuzzy: float | None = None,
    context: int = 6,
    audio: str = "",
) -> Hits:
    """Return where something is said.

    Parameters
    ----------
    query : str or compiled pattern
        Words, whatever their case and punctuation; or a pattern for the text as it is written.
    fuzzy : float, optional
        How alike the words must be at least, from 0 to 1; 0.8 forgives a letter or two. Needs the
        extra "compare".
    context : int, default 6
        Words before and after.
    audio : str, optional
        URL or path of the audio, for links that play it.

    Returns
    -------
    DataFrame
        One row a hit, in the order of time, see `dgnb.views.finding`.

    Raises
    ------
    OptionError
        There is nothing to look for.

    Examples
    --------
    >>> said = enumerate("my old router is dead".split())
    >>> words = [{"word": word, "start": at, "end": at + 0.5} for at, word in said]
    >>> call = Transcript.from_json({"results": {"channels": [{"alternatives": [{"words": words}]}]}})
    >>> find(call, "Router is", context=1)[["text", "start", "before", "after"]].to_numpy().tolist()
    [['router is', 2.0, 'old', 'dead']]
    >>> import re
    >>> find(call, re.compile("d.ad|old"))["text"].to_list()
    ['old', 'dead']
    """
    words = columns(transcript)
    address = _address(audio)
    rows = [
        _row(words, channel, found, gap, context)
        for channel, gap in enumerate(_gaps(transcript))
        for found in _found(words, words.rows(channel), query, gap, fuzzy)
    ]
    rows = [(*row[:-1], address + row[-1]) for row in rows]
    return Hits(table(_SCHEMA, sorted(rows, key=lambda row: (row[3], row[0]))))


def _gaps(transcript: Transcript) -> list[str]:
    return [one.alternatives[0].gap if one.alternatives else " " for one in transcript.results.channels]


def _row(words: WordColumns, channel: int, found: Found, gap: str, context: int) -> tuple[Any, ...]:
    first, last, score = found
    rows = words.rows(channel)
    speaker = int(words.speaker[first])
    start, end = float(words.start[first]), float(words.end[last])
    return (
        channel,
        speaker if speaker >= 0 else None,
        gap.join(words.text[first : last + 1]),
        start,
        end,
        first,
        last,
        gap.join(words.text[max(first - context, rows.start) : first]),
        gap.join(words.text[last + 1 : min(last + 1 + context, rows.stop)]),
        score,
        f"#t={start:.2f},{end:.2f}",
    )


def _found(
    words: WordColumns, rows: range, query: str | re.Pattern[str], gap: str, fuzzy: float | None
) -> Iterator[Found]:
    if isinstance(query, re.Pattern):
        yield from _matching(words, rows, query, gap)
        return
    wanted = _bare(query).split()
    if not wanted:
        raise OptionError("find() needs a word, a phrase, or a pattern.", "query")
    said = [_bare(text) for text in words.text[rows.start : rows.stop]]
    if fuzzy is None:
        yield from _phrases(said, rows.start, wanted, gap)
    else:
        yield from _alike(said, rows.start, " ".join(wanted), len(wanted), fuzzy)


def _bare(text: str) -> str:
    """Give words without the marks around them, whatever kind of space is between them."""
    return " ".join(map(bare, text.split()))


def _matching(words: WordColumns, rows: range, pattern: re.Pattern[str], gap: str) -> Iterator[Found]:
    """Give the words that a pattern matches, whole or in part."""
    said = words.text[rows.start : rows.stop].tolist()
    starts = [0, *accumulate(len(text) + len(gap) for text in said)]
    for match in pattern.finditer(gap.join(said)):
        if match.end() > match.start():
            first, last = (bisect_right(starts, at) - 1 for at in (match.start(), match.end() - 1))
            yield rows.start + first, rows.start + last, 1.0


def _phrases(said: list[str], row: int, wanted: list[str], gap: str) -> Iterator[Found]:
    """Give where words follow one another; in text without spaces, where the letters do."""
    text, phrase = (gap.join(words) for words in (said, wanted))
    starts = [0, *accumulate(len(word) + len(gap) for word in said)]
    at = text.find(phrase)
    while at >= 0:
        end = at + len(phrase)
        first, last = bisect_right(starts, at) - 1, bisect_right(starts, end - 1) - 1
        whole = starts[first] == at and starts[last] + len(said[last]) == end
        if whole or not gap:
            yield row + first, row + last, 1.0
        at = text.find(phrase, at + 1)


def _alike(said: list[str], row: int, phrase: str, length: int, least: float) -> Iterator[Found]:
    """Give the words, one more or less than wanted, that are most like a phrase; hits do not overlap."""
    try:
        ratio: Any = load("rapidfuzz.fuzz:ratio")
        extract: Any = load("rapidfuzz.process:extract_iter")
    except ImportError as missing:
        raise MissingExtra("Fuzzy search", "compare") from missing
    hits = []
    for size in {max(length - 1, 1), length, length + 1}:
        windows = (" ".join(said[at : at + size]) for at in range(len(said) - size + 1))
        near = extract(phrase, windows, scorer=ratio, score_cutoff=100 * least)
        hits += [(score / 100, -abs(size - length), at, size) for _, score, at in near]
    taken: set[int] = set()
    for score, _, at, size in sorted(hits, key=lambda hit: (-hit[0], -hit[1], hit[2])):
        if taken.isdisjoint(range(at, at + size)):
            taken.update(range(at, at + size))
            yield row + at, row + at + size - 1, score


def find_all(
    transcripts: Iterable[Transcript] | Mapping[str, Transcript], query: str | re.Pattern[str], **options: Any
) -> Hits:
    """Return where something is said in several transcripts, with a column `source` before the others.

    Parameters
    ----------
    transcripts : iterable of Transcript, or mapping by name
        A collection of ``%deepgram listen`` knows its names; others are counted from 0.
    query, **options
        As for `find`; the source is where the links play, if `audio` is not given.

    Examples
    --------
    >>> list(find_all({"a.wav": Transcript()}, "hello").columns[:3])
    ['source', 'channel', 'speaker']
    """
    if isinstance(transcripts, Mapping):
        pairs = list(transcripts.items())
        known = True
    else:
        named = getattr(transcripts, "pairs", None)
        pairs, known = named or [(str(at), one) for at, one in enumerate(transcripts)], named is not None
    frames = []
    for name, one in pairs:
        where = {"audio": str(name)} if known else {}
        frames.append(_sourced(str(name), find(one, query, **where | options)))
    return Hits(pd.concat(frames or [_sourced("", table(_SCHEMA, []))], ignore_index=True))


def collected(rows: Iterable[tuple[Any, ...]]) -> Hits:
    """Return hits in a corpus as a table, with the columns `file`, its id, and `source` before the others.

    Parameters
    ----------
    rows : iterable of tuple
        The columns from `file` to `after`.

    Examples
    --------
    >>> list(collected([]).columns[:4])
    ['file', 'source', 'channel', 'speaker']
    """
    found = [(*row, 1.0, f"{_address(row[1])}#t={row[5]:.2f},{row[6]:.2f}") for row in rows]
    return Hits(table({"file": STRING, "source": STRING} | _SCHEMA, found))


def _address(audio: str) -> str:
    return quote(audio, safe=":/?&=%")


def _sourced(source: str, frame: pd.DataFrame) -> pd.DataFrame:
    found = pd.DataFrame(frame)
    found.insert(0, "source", pd.Series([source] * len(found), dtype=STRING))
    return found
