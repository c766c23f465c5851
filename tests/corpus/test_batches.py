"""A batch on this machine, and what is then in its corpus."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from hashlib import sha256
from pathlib import Path

import duckdb
import pytest

from dgnb import Corpus, CorpusError, Deepgram
from tests.counting import Counting

FILES = 60

PROGRAM = """
import sys
from dgnb import Corpus, Deepgram
url, root = sys.argv[1:]
dg = Deepgram("key", base_url=url)
places = {"corpus": Corpus(f"{root}/corpus"), "cache": f"{root}/replies"}
dg.batch(f"{root}/*.flac", **places, concurrency=4, progress=False).wait()
"""


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


def test_killed_again_and_again_it_is_complete_and_nothing_is_twice(folder: Path) -> None:
    corpus = Corpus(folder / "corpus")
    with Counting(latency=0.02) as server:
        command = [sys.executable, "-c", PROGRAM, server.url, str(folder)]
        kills = 0
        for count in (3, 25, 50):
            with subprocess.Popen(command) as process:
                server.wait(count)
                os.kill(process.pid, signal.SIGKILL)
            kills += 1
            server.wait_for(lambda: server.now == 0)
        subprocess.run(command, check=True)
    once(corpus, FILES)
    contents = {sha256(path.read_bytes()).hexdigest() for path in folder.glob("*.flac")}
    assert {corpus.transcript(file).text for file in corpus} == contents
    # Sent twice was only what was on its way, or about to be kept, when it was killed: six at the most.
    assert len(server.requests) - FILES <= 6 * kills


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
