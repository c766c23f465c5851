from __future__ import annotations

import sys

import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

from dgnb.errors import MissingExtra, OptionError
from dgnb.results import Transcript
from tests.views.replies import dialogue

TABLES = (
    "words", "utterances", "paragraphs", "sentences", "sentiments", "topics", "intents", "entities",
    "search", "metrics",
)  # fmt: skip


@pytest.mark.parametrize("name", TABLES)
def test_every_table_goes_to_arrow_and_back(name):
    call = dialogue()
    arrow, frame = call.to_arrow(name), call.to_pandas(name)
    assert arrow.column_names == list(frame.columns)
    assert arrow.num_rows == len(frame) > 0
    back = arrow.to_pandas().astype(frame.dtypes.to_dict())
    pd.testing.assert_frame_equal(back, frame)


@pytest.mark.parametrize("name", TABLES)
def test_an_empty_table_has_the_same_types_in_arrow(name):
    names = {field.name: field.type for field in dialogue().to_arrow(name).schema}
    empty = {field.name: field.type for field in Transcript().to_arrow(name).schema}
    assert empty == names


def test_a_transcript_is_an_arrow_stream_of_its_words():
    call = dialogue()
    assert pa.table(call).equals(call.to_arrow())
    assert pl.DataFrame(call).equals(call.to_polars())


def test_unknown_values_are_null():
    words = dialogue().to_polars()
    assert words["language"].null_count() == 8
    assert words["speaker"].to_list() == [0] * 4 + [1] * 4


def test_polars_has_the_words_types():
    schema = dialogue().to_polars().schema
    assert [schema[name] for name in ("channel", "speaker", "start")] == [pl.Int16, pl.Int16, pl.Float64]
    assert schema["word"] == pl.String


def test_parquet_holds_a_table(tmp_path):
    call = dialogue()
    path = call.to_parquet(tmp_path / "topics.parquet", "topics")
    assert path == tmp_path / "topics.parquet"
    assert pl.read_parquet(path).equals(call.to_polars("topics"))


def test_pandas_gets_a_table_of_its_own():
    call = dialogue()
    call.words["start"] = 0.0
    assert call.to_pandas()["start"].to_list()[-1] == pytest.approx(4.9)


def test_a_table_that_is_not_there_is_named():
    with pytest.raises(OptionError, match="'verbs': words, utterances"):
        dialogue().to_pandas("verbs")


@pytest.mark.parametrize(("library", "ask"), [("pyarrow", "to_arrow"), ("polars", "to_polars")])
def test_a_missing_library_names_its_extra(monkeypatch, library, ask):
    monkeypatch.setitem(sys.modules, library, None)
    with pytest.raises(MissingExtra, match=r"tables"):
        getattr(dialogue(), ask)()
