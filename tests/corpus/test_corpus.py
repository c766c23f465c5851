from __future__ import annotations

import copy
import json
import pickle
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyarrow import compute, parquet

from dgnb import Corpus, CorpusError, MissingExtra, Transcript
from dgnb.results import Provenance
from tests.results.samples import REPLY
from tests.views.replies import dialogue
from tests.views.transcripts import transcripts


@pytest.fixture
def corpus(tmp_path: Path) -> Corpus:
    return Corpus(tmp_path / "corpus")


@pytest.fixture(scope="module")
def filled(tmp_path_factory: Any) -> Iterator[Corpus]:
    corpus = Corpus(tmp_path_factory.mktemp("filled"))
    corpus.write(dialogue(), "dialogue.wav", file="a", cost=0.25, options={"model": "nova-3"})
    corpus.write(Transcript.from_json(REPLY), "hello.wav", file="b")
    corpus.write(Transcript(), file="c")
    return corpus


def grown(reply: Any, extra: Any) -> Any:
    """A reply with a field at every level that nobody knows; `model_info` maps ids, it has no fields."""
    if isinstance(reply, dict):
        known = {key: value if key == "model_info" else grown(value, extra) for key, value in reply.items()}
        return known | {"newer_field": extra}
    return [grown(value, extra) for value in reply] if isinstance(reply, list) else reply


anything = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53), 2**53)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


@st.composite
def replies(draw: Any) -> bytes:
    """JSON of replies: several channels, none, no words, fields that nobody knows, odd spacing."""
    one = draw(transcripts(6))
    content = draw(st.sampled_from([REPLY, {}, {"results": {"channels": []}}, one.to_dict()]))
    grown_too = grown(copy.deepcopy(content), draw(anything)) if draw(st.booleans()) else content
    return json.dumps(grown_too, indent=draw(st.sampled_from([None, 1])), ensure_ascii=False).encode(
        "utf-8", "replace"
    )


@settings(max_examples=25, deadline=None)
@given(st.lists(replies(), min_size=1, max_size=6, unique=True))
def test_transcripts_come_back_without_loss(tmp_path_factory: Any, texts: list[bytes]) -> None:
    corpus = Corpus(tmp_path_factory.mktemp("corpus"))
    written = [Transcript.from_json(text) for text in texts]
    with corpus.writer() as writer:
        files = [writer.write(transcript, file=str(at)) for at, transcript in enumerate(written)]
    for file, text, transcript in zip(files, texts, written, strict=True):
        again = corpus.transcript(file)
        assert again == transcript
        assert again.json == text
    assert len(corpus) == len(texts)


def test_a_word_in_the_corpus_is_a_word_of_its_transcript(filled: Corpus) -> None:
    for table in ("words", "utterances"):
        frame = getattr(filled, table).to_pandas()
        for file in ("a", "b", "c"):
            expected = filled.transcript(file).to_pandas(table)
            rows = frame[frame["file"] == file].reset_index(drop=True)
            assert rows["position"].to_list() == list(range(len(expected)))
            pd.testing.assert_frame_equal(rows[list(expected.columns)], expected)


def test_a_row_of_files_tells_what_is_known(filled: Corpus) -> None:
    row = filled.files.to_pandas().set_index("file").loc["a"]
    call = dialogue()
    told = (row["source"], row["cost"], row["options"], row["words"], row["duration"])
    assert told == ("dialogue.wav", 0.25, '{"model":"nova-3"}', len(call.words), call.duration)
    assert row["text"] == call.text
    empty = filled.files.to_pandas().set_index("file").loc["c"]
    assert empty[["source", "confidence", "cost", "language"]].isna().all()


def test_a_part_of_a_table_is_read(filled: Corpus) -> None:
    said = filled.words.to_pandas(["word", "start"], filter=compute.field("file") == "b")
    assert said["word"].to_list() == ["hello", "world"]
    assert list(said.columns) == ["word", "start"]


def test_other_tools_read_the_tables(filled: Corpus) -> None:
    words = filled.words.dataset
    count = len(filled.words)
    assert words.count_rows() == count
    assert duckdb.sql("select count(*) from words").fetchall() == [(count,)]
    assert pl.scan_pyarrow_dataset(words).collect().height == count
    assert pl.read_parquet(filled.words.paths).height == count
    assert pl.DataFrame(filled.words).height == pa.table(filled.words).num_rows == count
    files = str(filled.path / "day=*" / "*" / "files.parquet")
    found = duckdb.sql(f"select file, day from read_parquet('{files}') order by file").fetchall()
    assert [file for file, _ in found] == ["a", "b", "c"]
    assert str(found[0][1]) == filled.files.paths[0].split("day=")[1][:10]


def test_its_files_are_listed_and_asked_for(filled: Corpus) -> None:
    assert sorted(filled) == ["a", "b", "c"]
    assert "a" in filled
    assert "x" not in filled
    assert repr(filled).endswith(f"3 files, {len(filled.words)} words)")
    with pytest.raises(CorpusError, match="no file 'x'"):
        filled.transcript("x")


def test_an_empty_corpus_has_its_columns(corpus: Corpus) -> None:
    assert (len(corpus), list(corpus), len(corpus.search("hello"))) == (0, [], 0)
    assert list(corpus.words.to_pandas().columns) == corpus.words.columns
    assert not corpus.path.exists()


def test_it_can_be_sent_to_another_process(filled: Corpus) -> None:
    there = pickle.loads(pickle.dumps(filled))
    assert there.transcript("a") == filled.transcript("a")


def test_a_transcript_remembers_where_it_comes_from(corpus: Corpus) -> None:
    call = Transcript.from_json(REPLY)
    told = Provenance(key="k" * 64, query=[("model", "nova-3")], source="hello.wav", cached=True)
    call.__dict__["provenance"] = told
    assert corpus.write(call) == told.key
    assert corpus.transcript(told.key).provenance == told
    row = corpus.files.to_pandas().iloc[0]
    assert (row["source"], row["options"]) == ("hello.wav", '{"model":"nova-3"}')


V1 = {
    "files": [
        ("file", "string"), ("source", "string"), ("added", "timestamp[us, tz=UTC]"), ("duration", "double"),
        ("channels", "int16"), ("speakers", "int16"), ("words", "int64"), ("confidence", "double"),
        ("language", "string"), ("model", "string"), ("text", "string"), ("options", "string"),
        ("cost", "double"), ("sha256", "string"), ("request_id", "string"), ("sandbox", "bool"),
    ],
    "words": [
        ("file", "string"), ("position", "int32"), ("channel", "int16"), ("speaker", "int16"),
        ("word", "string"), ("text", "string"), ("start", "double"), ("end", "double"),
        ("confidence", "double"), ("speaker_confidence", "double"), ("language", "string"),
        ("sentiment", "string"), ("sentiment_score", "double"),
    ],
    "utterances": [
        ("file", "string"), ("position", "int32"), ("channel", "int16"), ("speaker", "int16"),
        ("text", "string"), ("start", "double"), ("end", "double"), ("confidence", "double"),
        ("num_words", "int64"), ("id", "string"),
    ],
    "replies": [("file", "string"), ("json", "binary"), ("provenance", "string")],
}  # fmt: skip
"""The tables of version 1. It is never changed: what was written so must be read for ever."""

ROWS: dict[str, dict[str, Any]] = {
    "files": {"file": "old", "source": "old.wav", "text": "Hello, world.", "words": 2, "duration": 1.25},
    "words": {"file": "old", "position": 0, "channel": 0, "word": "hello", "text": "Hello,", "start": 0.0},
    "utterances": {"file": "old", "position": 0, "channel": 0, "text": "Hello", "start": 0.0, "end": 0.5},
    "replies": {"file": "old", "json": json.dumps(REPLY).encode()},
}  # fmt: skip


def written(root: Path, version: bytes | None = b"1", without: frozenset[str] = frozenset()) -> Corpus:
    """A part as version 1 wrote it, or one without some columns."""
    types = {"timestamp[us, tz=UTC]": pa.timestamp("us", "UTC"), "double": pa.float64(), "bool": pa.bool_()}
    part = root / "day=2026-01-01" / "20260101T000000-000000000000"
    part.mkdir(parents=True)
    for name, columns in V1.items():
        fields = [
            (column, types.get(kind) or getattr(pa, kind)())
            for column, kind in columns
            if column not in without
        ]
        schema = pa.schema(fields, metadata={"dgnb.corpus": version} if version else None)
        parquet.write_table(pa.Table.from_pylist([ROWS[name]], schema), part / f"{name}.parquet")
    return Corpus(root)


@pytest.mark.parametrize("without", [(), ("cost", "sentiment", "provenance")], ids=["all", "fewer"])
def test_what_an_older_version_wrote_is_read(tmp_path: Path, without: tuple[str, ...]) -> None:
    corpus = written(tmp_path, without=frozenset(without))
    new = corpus.write(dialogue(), "new.wav")
    assert corpus.transcript("old") == Transcript.from_json(REPLY)
    assert corpus.files.to_pandas()["file"].to_list() == ["old", new]
    assert corpus.words.to_pandas()["sentiment"].isna()[0]
    assert corpus.search("hello")["source"].to_list()[0] == "old.wav"


def test_what_a_newer_version_wrote_is_refused(tmp_path: Path) -> None:
    corpus = written(tmp_path, b"2")
    with pytest.raises(
        CorpusError, match=r"version 2 .* reads up to 1: python -m pip install --upgrade dgnb"
    ):
        corpus.words.to_pandas()


def test_what_is_no_part_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CorpusError, match="no part of a corpus"):
        len(written(tmp_path / "foreign", None))
    broken = written(tmp_path / "broken")
    Path(broken.files.paths[0]).write_bytes(b"PAR1")
    with pytest.raises(CorpusError, match="cannot be read"):
        len(Corpus(broken.path))


def test_a_missing_library_names_its_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in sys.modules if name.startswith("dgnb.corpus")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "filelock", None)
    import dgnb

    with pytest.raises(MissingExtra, match=r"A corpus needs the extra .*dgnb\[corpus\]"):
        _ = dgnb.Corpus
