"""A batch on this machine, and what is then in its corpus."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from dgnb import Corpus, CorpusError, Deepgram
from tests.counting import Counting

FILES = 60


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for number in range(FILES):
        (tmp_path / f"{number:03}.flac").write_bytes(b"fLaC" + bytes(64) + b"%d" % number)
    return tmp_path


def once(corpus: Corpus, count: int) -> None:
    for table in ("files", "words", "replies"):
        paths = f"{corpus.path}/day=*/*/{table}.parquet"
        query = f"select count(*), count(distinct file) from read_parquet('{paths}')"
        assert duckdb.sql(query).fetchall() == [(count, count)]


def test_what_succeeds_is_in_the_corpus_and_once(folder: Path) -> None:
    corpus = Corpus(folder / "corpus")
    (folder / "same as 0.flac").write_bytes((folder / "000.flac").read_bytes())
    sources = [*sorted(folder.glob("*.flac")), folder / "missing.flac"]
    with Counting(latency=0) as server, Deepgram("key", base_url=server.url) as dg:
        options = {"cache": folder / "replies", "model": "nova-3", "progress": False}
        first, batch = (dg.batch(sources, corpus=corpus, **options).wait() for _ in range(2))
        assert len(server.requests) == FILES
    assert len(batch.failed) == 1
    once(corpus, FILES)
    row = batch.rows[0]
    assert corpus.transcript(row.key) == batch.transcript(row)
    files = corpus.files.to_pandas()
    assert set(files["options"]) == {'{"model":"nova-3"}'}
    assert set(files["sha256"]) == set(server.digests)
    # What was paid, though the second batch paid nothing.
    another = Corpus(folder / "another")
    with Deepgram("key", base_url=server.url) as dg:
        dg.batch(sources, corpus=another, **options).wait()
    paid = first.cost / FILES
    for one in (corpus, another):
        assert one.files.to_pandas()["cost"].to_list() == pytest.approx([paid] * FILES)


def test_a_corpus_that_cannot_be_written_ends_the_batch_and_loses_nothing(folder: Path) -> None:
    (folder / "file").touch()
    with Counting(latency=0) as server, Deepgram("key", base_url=server.url) as dg:
        options = {"cache": folder / "replies", "progress": False}
        batch = dg.batch(folder / "*.flac", corpus=Corpus(folder / "file" / "corpus"), **options)
        with pytest.raises(CorpusError, match="cannot be written"):
            batch.wait()
        assert len(list(batch.transcripts)) == len(batch.rows) == len(server.requests)
        corpus = Corpus(folder / "corpus")
        dg.batch(folder / "*.flac", corpus=corpus, **options).wait()
        assert len(server.requests) == FILES
    once(corpus, FILES)
