"""A corpus of many hours: writing, the index, and searches by SQLite's FTS5 against DuckDB on Parquet.

``python -m tests.bench.corpus 100`` takes 100 hours in place of 1,000.
"""

from __future__ import annotations

import random
import sys
from collections.abc import Callable, Iterator
from itertools import accumulate
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from time import perf_counter, process_time
from typing import Any

import duckdb

from dgnb import Corpus, Transcript
from dgnb.protocol.spelling import bare

HOURS = 1000
WORDS = 1600
"""Words of a recording of ten minutes."""

RUNS = 7
GOAL = 0.2
"""What a search may take [s]."""


def vocabulary(size: int = 50_000) -> list[str]:
    """Words of random letters; the earlier the more frequent, as by Zipf's law."""
    chance = random.Random(1)
    return ["".join(chance.choices("etaoinshrdlucmfpgwyb", k=chance.randint(2, 10))) for _ in range(size)]


def recordings(hours: float) -> Iterator[tuple[str, Transcript]]:
    """Transcripts of ten minutes each, with two speakers."""
    chance = random.Random(2)
    words = vocabulary()
    weights = list(accumulate(1 / (rank + 1) ** 1.05 for rank in range(len(words))))
    for number in range(round(6 * hours)):
        spoken = [
            f'{{"word":"{word}","start":{at * 0.375:.3f},"end":{at * 0.375 + 0.3:.3f},"confidence":0.9'
            f'{at % 97:02},"punctuated_word":"{word.capitalize()}","speaker":{at // 20 % 2}}}'
            for at, word in enumerate(chance.choices(words, cum_weights=weights, k=WORDS))
        ]
        head = (
            f'{{"metadata":{{"request_id":"{number}","duration":600.0,"channels":1}},"results":{{"channels":'
        )
        yield (
            f"{number:06}.wav",
            Transcript.from_json(f'{head}[{{"alternatives":[{{"words":[{",".join(spoken)}]}}]}}]}}}}'),
        )


def fill(corpus: Corpus, hours: float) -> float:
    """Write so many hours, and return what writing alone took [s]."""
    taken = 0.0
    with corpus.writer() as writer:
        for source, transcript in recordings(hours):
            begin = perf_counter()
            writer.write(transcript, source)
            taken += perf_counter() - begin
        begin = perf_counter()
    return taken + perf_counter() - begin


def in_duckdb(corpus: Corpus, base: Any, phrase: str, limit: int = 1000) -> list[Any]:
    """Find a phrase of one word or two in the Parquet files themselves, without the words around it."""
    words = [bare(word) for word in phrase.split()]
    spoken = f"read_parquet({corpus.words.paths!r})"
    said = f'select file, position, speaker, text, start, "end", word from {spoken} where word in ?'
    if len(words) == 1:
        query = f"{said} limit {limit}"
    else:
        query = (
            f"with said as materialized ({said}) select * from said first join said next "
            "on next.file = first.file and next.position = first.position + 1 "
            f"where first.word = ? and next.word = ? limit {limit}"
        )
    found: list[Any] = base.execute(query, [words, *(words if len(words) > 1 else [])]).fetchall()
    return found


def seconds(work: Callable[[], object]) -> tuple[float, float]:
    """Median of a few runs [s], and of the processor time in them, which depends less on other work."""
    taken, used = [], []
    for _ in range(RUNS):
        begin, before = perf_counter(), process_time()
        work()
        taken.append(perf_counter() - begin)
        used.append(process_time() - before)
    return median(taken), median(used)


def searches(corpus: Corpus) -> None:
    """Print how long searches take."""
    words = vocabulary()
    phrases = {
        "a rare word": words[30_000],
        "a word, 800 times": words[2000],
        "the commonest word": words[0],
        "a rare phrase": f"{words[40]} {words[300]}",
        "the commonest phrase": f"{words[0]} {words[1]}",
        "nothing": "nowhere said",
    }
    print("  search, 1,000 hits at most   hits    FTS5: time, processor     DuckDB: time, processor")
    with duckdb.connect() as base:
        for name, phrase in phrases.items():
            hits = len(corpus.search(phrase))
            ours = seconds(lambda phrase=phrase: corpus.search(phrase))
            theirs = seconds(lambda phrase=phrase: in_duckdb(corpus, base, phrase))
            verdict = "met" if ours[0] <= GOAL else "MISSED"
            figures = " ".join(f"{value * 1e3:10.1f} ms" for value in (*ours, *theirs))
            print(f"    {name:23} {hits:6}{figures}   <= 200 ms {verdict}")


def main(hours: float = HOURS) -> None:
    """Print the figures."""
    with TemporaryDirectory() as folder:
        corpus = Corpus(folder)
        wrote = fill(corpus, hours)
        size = sum(path.stat().st_size for path in Path(folder).rglob("*.parquet"))
        print(
            f"{hours:,.0f} h, {len(corpus.words):,} words, {len(corpus.words.paths)} parts, "
            f"{size / 2**20:.0f} MiB"
        )
        print(f"  written   {wrote / len(corpus) * 1e3:6.1f} ms for a recording of 10 minutes")
        begin, before = perf_counter(), process_time()
        corpus.search("nothing")
        taken, used = perf_counter() - begin, process_time() - before
        index = (Path(folder) / "search.sqlite").stat().st_size / 2**20
        print(f"  indexed   {taken:6.1f} s, {used:.1f} s of processor time, {index:.0f} MiB")
        searches(corpus)


if __name__ == "__main__":
    main(float(sys.argv[1]) if len(sys.argv) > 1 else HOURS)
