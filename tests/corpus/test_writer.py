from __future__ import annotations

import os
import resource
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import duckdb
import pytest

from dgnb import Corpus, CorpusError, Transcript
from dgnb.corpus import writer as writing

CALL = Transcript.from_json(
    {"results": {"channels": [{"alternatives": [{"words": [{"word": "hi", "start": 0, "end": 1}]}]}]}}
)


def sized(audio: str, text: str = "") -> Transcript:
    reply = {
        "metadata": {"sha256": audio},
        "results": {"channels": [{"alternatives": [{"transcript": text}]}]},
    }
    return Transcript.from_json(reply)


@pytest.fixture
def corpus(tmp_path: Path) -> Corpus:
    return Corpus(tmp_path / "corpus")


def parts(corpus: Corpus) -> int:
    return len(corpus.files.paths)


def test_the_same_file_counts_once(corpus: Corpus) -> None:
    with corpus.writer() as writer:
        for file in ("a", "b", "a"):
            writer.write(CALL, file=file)
    corpus.write(CALL, file="b")
    Corpus(corpus.path).write(CALL, file="c")
    assert sorted(corpus) == ["a", "b", "c"]
    assert corpus.words.to_pandas()["file"].to_list() == ["a", "b", "c"]


def test_a_file_is_known_by_its_audio_and_options(corpus: Corpus) -> None:
    model = {"model": "nova-3", "diarize": True}
    one = corpus.write(sized("ab", "one answer"), options=model)
    assert corpus.write(sized("ab", "another answer"), options=dict(reversed(model.items()))) == one
    assert corpus.write(sized("ab", "one answer"), options={"model": "nova-2"}) != one
    assert corpus.write(sized("cd", "one answer"), options=model) != one
    assert corpus.write(sized("ab", "one answer")) != one
    assert len(corpus) == 4
    assert corpus.transcript(one).text == "one answer"


def test_a_row_of_a_batch_tells_what_is_known(corpus: Corpus) -> None:
    row = SimpleNamespace(source="a.wav", key="k1", cost=0.5)
    with corpus.writer({"model": "nova-3"}) as writer:
        assert writer.write(CALL, row) == "k1"
        assert writer.write(None, row) == ""
    found = corpus.files.to_pandas().iloc[0]
    assert (found["source"], found["cost"], found["options"]) == ("a.wav", 0.5, '{"model":"nova-3"}')


@pytest.mark.parametrize(("name", "value"), [("_BYTES", 150), ("_FILES", 2)])
def test_much_is_written_at_once(
    corpus: Corpus, monkeypatch: pytest.MonkeyPatch, name: str, value: int
) -> None:
    monkeypatch.setattr(writing, name, value)
    with corpus.writer() as writer:
        for file in "abcde":
            writer.write(CALL, file=file)
        assert (parts(corpus), len(writer)) == (2, 1)
    assert sorted(corpus) == list("abcde")


def test_what_is_old_is_written_with_the_next(corpus: Corpus, monkeypatch: pytest.MonkeyPatch) -> None:
    with corpus.writer() as writer:
        writer.write(CALL, file="a")
        assert parts(corpus) == 0
        monkeypatch.setattr(writing, "_SECONDS", 0.0)
        writer.write(CALL, file="b")
        assert sorted(corpus) == ["a", "b"]


@contextmanager
def small_files(limit: int) -> Iterator[None]:
    """Writing beyond so many bytes fails, as on a full disk."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def test_on_a_full_disk_what_was_collected_stays_in_memory(corpus: Corpus) -> None:
    with corpus.writer() as writer:
        writer.write(CALL, file="a")
        with (
            small_files(600),
            pytest.raises(CorpusError, match="1 transcripts are kept in memory"),
        ):
            writer.flush()
        assert (len(writer), parts(corpus), os.listdir(corpus.path / ".incoming")) == (1, 0, [])
    assert list(corpus) == ["a"]


def test_where_nothing_can_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(CorpusError, match=r"cannot be written: .*Not a directory"):
        Corpus(tmp_path / "file" / "corpus").write(CALL)


def test_another_writer_may_be_quicker(corpus: Corpus, monkeypatch: pytest.MonkeyPatch) -> None:
    """Between writing a part and putting it in its place, some of its files come from elsewhere."""
    with corpus.writer() as writer:
        stage = writer._parts.stage

        def slow(tables: Any) -> Path:
            staged = stage(tables)
            Corpus(corpus.path).write(CALL, file="a")
            return staged

        monkeypatch.setattr(writer._parts, "stage", slow)
        writer.write(CALL, file="a")
        writer.write(CALL, file="b")
    assert sorted(corpus) == ["a", "b"]


def test_what_a_killed_writer_left_is_removed_after_a_day(corpus: Corpus) -> None:
    corpus.write(CALL)
    for name, age in (("old", 0), ("new", None)):
        left = corpus.path / ".incoming" / name
        left.mkdir()
        (left / "words.parquet").touch()
        if age is not None:
            os.utime(left, (age, age))
    corpus.write(CALL)
    assert os.listdir(corpus.path / ".incoming") == ["new"]


PROGRAM = """
import sys
from dgnb import Corpus, Transcript
root, first, last, each = sys.argv[1], *map(int, sys.argv[2:])
words = [{"word": f"w{n}", "start": n, "end": n + 0.5} for n in range(50)]
call = Transcript.from_json({"results": {"channels": [{"alternatives": [{"words": words}]}]}})
corpus = Corpus(root)
print("ready", flush=True)
sys.stdin.readline()
for start in range(first, last, each):
    with corpus.writer() as writer:
        for number in range(start, min(start + each, last)):
            writer.write(call, f"{number}.wav", file=str(number))
    print(start, flush=True)
"""


def program(corpus: Corpus, first: int, last: int, each: int) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", PROGRAM, str(corpus.path), *map(str, (first, last, each))]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    return process


def every_file_once(corpus: Corpus, count: int) -> None:
    """Each is there once, also for who reads the Parquet files without dgnb."""
    for table, each in (("files", 1), ("replies", 1), ("words", 50)):
        paths = f"{corpus.path}/day=*/*/{table}.parquet"
        rows = duckdb.sql(f"select file, count(*) from read_parquet('{paths}') group by file").fetchall()
        assert sorted(rows) == sorted((str(number), each) for number in range(count))


def test_processes_write_at_the_same_time(corpus: Corpus) -> None:
    """Three, each a half of the files, one of them in another order of parts."""
    processes = [program(corpus, *which) for which in ((0, 60, 5), (30, 90, 4), (0, 90, 7))]
    for process in processes:
        assert process.stdin is not None
        process.stdin.write("\n")
        process.stdin.flush()
    for process in processes:
        process.communicate()
        assert process.returncode == 0
    every_file_once(corpus, 90)


def test_a_killed_writer_leaves_whole_parts_and_is_made_up_for(corpus: Corpus) -> None:
    for seen in (1, 3):
        process = program(corpus, 0, 40, 2)
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write("\n")
        process.stdin.flush()
        for _ in range(seen):
            process.stdout.readline()
        process.send_signal(signal.SIGKILL)
        process.communicate()
        assert len(corpus.words) == 50 * len(corpus)
    program(corpus, 0, 40, 40).communicate("\n")
    every_file_once(corpus, 40)
