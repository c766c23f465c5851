from __future__ import annotations

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dgnb.results import Transcript
from dgnb.views import frames
from dgnb.views.columns import columns
from tests.views.replies import channel, dialogue, reply, said

NAMES = (
    "words",
    "utterances",
    "paragraphs",
    "sentences",
    "sentiments",
    "topics",
    "intents",
    "entities",
    "search",
)
DTYPES = {
    "channel": "int16",
    "speaker": "Int16",
    "start": "float64",
    "end": "float64",
    "confidence": "float64",
    "speaker_confidence": "float64",
    "sentiment_score": "float64",
    "num_words": "int64",
    "paragraph": "int64",
    "start_word": "int64",
    "end_word": "int64",
}


def first(frame: pd.DataFrame) -> dict[str, object]:
    """Return the first row."""
    return frame.iloc[0].to_dict()


@pytest.mark.parametrize("call", [Transcript(), dialogue()], ids=["empty", "filled"])
@pytest.mark.parametrize("name", NAMES)
def test_a_table_has_the_documented_types(name, call):
    frame = getattr(call, name)
    for column, dtype in frame.dtypes.items():
        assert dtype == DTYPES.get(column, frames.STRING), column
    assert list(frame.columns[:2]) == ["channel", "speaker"]
    assert {"text", "start", "end"} < set(frame.columns)


@pytest.mark.parametrize("name", NAMES)
def test_an_empty_table_has_the_columns_of_a_full_one(name):
    assert getattr(Transcript(), name).columns.equals(getattr(dialogue(), name).columns)
    assert getattr(Transcript(), name).empty


@pytest.mark.parametrize("name", NAMES)
def test_a_table_documents_its_columns(name):
    for column in getattr(Transcript(), name).columns:
        assert column in frames.__doc__


def test_words_are_what_the_reply_says():
    assert first(dialogue().words) == {
        "channel": 0,
        "speaker": 0,
        "word": "hello",
        "text": "Hello,",
        "start": 0.5,
        "end": 0.7,
        "confidence": 0.9,
        "speaker_confidence": 0.8,
        "language": None,
        "sentiment": None,
        "sentiment_score": pytest.approx(float("nan"), nan_ok=True),
    }


def test_a_word_without_punctuation_is_written_bare():
    words = [{"word": "hi", "start": 0, "end": 1}]
    assert first(reply({"alternatives": [{"words": words}]}).words)["text"] == "hi"


def test_what_no_word_has_is_na():
    call = reply(channel(said("one two")))
    assert call.words["language"].isna().all()
    assert call.words["language"].iloc[0] is pd.NA


def test_speakers_that_nobody_told_apart_are_na():
    assert reply(channel(said("one two"))).words["speaker"].isna().all()


def test_tables_are_made_once():
    call = dialogue()
    assert call.words is call.words


@pytest.mark.parametrize(
    ("column", "value"), [("start", 99.0), ("text", "x"), ("channel", 9), ("speaker", 9), ("confidence", 0.0)]
)
def test_editing_a_table_does_not_reach_the_columns(column, value):
    call = dialogue()
    before = getattr(columns(call), column).tolist()
    call.words.loc[0, column] = value
    assert call.words.loc[0, column] == value
    assert getattr(columns(call), column).tolist() == before


def test_utterances_are_what_the_reply_says():
    row = first(dialogue().utterances)
    assert row["text"] == "Hello, this is Ava."
    assert (row["speaker"], row["num_words"], row["id"]) == (0, 4, "u0")


def test_a_sentence_names_its_paragraph():
    call = dialogue()
    assert call.sentences["paragraph"].to_list() == [0, 1]
    assert call.sentences["speaker"].to_list() == call.paragraphs["speaker"].to_list() == [0, 1]


@pytest.mark.parametrize("name", ["sentiments", "topics", "intents", "entities"])
def test_start_word_and_end_word_are_rows_of_words(name):
    call = dialogue()
    row = getattr(call, name).iloc[-1]
    spoken = call.words.loc[row["start_word"] : row["end_word"]]
    assert " ".join(spoken["text"]) == row["text"]
    assert (spoken["start"].iloc[0], spoken["end"].iloc[-1]) == (row["start"], row["end"])


def test_entities_of_the_second_channel_count_on_from_the_first():
    entity = {"label": "NUMBER", "value": "2", "start_word": 1, "end_word": 2}
    call = reply(channel(said("a b c")), channel(said("one two three", 3.0), entities=[entity]))
    row = first(call.entities)
    assert (row["channel"], row["start_word"], row["end_word"], row["text"]) == (1, 4, 4, "two")
    assert (row["start"], row["value"]) == (3.3, "2")


def test_a_segment_belongs_to_who_says_most_of_it():
    words = said("one two three", speaker=1) + said("four", 2.0, speaker=0)
    segment = {"text": "all", "start_word": 0, "end_word": 3, "sentiment": "neutral", "sentiment_score": 0}
    call = reply(channel(words), sentiments={"segments": [segment]})
    assert first(call.sentiments)["speaker"] == 1


@pytest.mark.parametrize(("start", "end"), [(7, 9), (-5, -3), (2, 1)], ids=["after", "before", "backwards"])
def test_positions_outside_of_the_words_have_no_time(start, end):
    segment = {
        "text": "x",
        "start_word": start,
        "end_word": end,
        "sentiment": "neutral",
        "sentiment_score": 0,
    }
    row = first(reply(channel(said("one two")), sentiments={"segments": [segment]}).sentiments)
    assert pd.isna(row["start"])
    assert pd.isna(row["end"])
    assert (row["start_word"], row["end_word"]) == (start, end)


def test_a_segment_that_ends_behind_the_last_word_ends_with_it():
    segment = {"text": "x", "start_word": 1, "end_word": 5, "sentiment": "neutral", "sentiment_score": 0}
    row = first(reply(channel(said("one two")), sentiments={"segments": [segment]}).sentiments)
    assert (row["start"], row["end"]) == (0.3, 0.5)


def test_topics_of_the_nested_form_are_read():
    segment = {
        "text": "one",
        "start_word": 0,
        "end_word": 0,
        "topics": [{"topic": "A", "confidence_score": 1}],
    }
    call = reply(channel(said("one")), topics={"results": {"topics": {"segments": [segment]}}})
    assert call.topics["topic"].to_list() == ["A"]


def test_topics_of_the_older_form_have_no_confidence():
    old = {"text": "two", "start_word": 1, "end_word": 1, "topics": ["A", "B"]}
    found = reply(channel(said("one two"), topics=[old])).topics
    assert found["topic"].to_list() == ["A", "B"]
    assert found["start"].to_list() == [0.3, 0.3]
    assert found["confidence"].isna().all()


def test_a_hit_belongs_to_who_speaks_then():
    row = first(dialogue().search)
    assert (row["query"], row["text"], row["speaker"], row["start"]) == ("router", "router", 1, 4.3)


def test_an_overview_has_a_row_for_each_source():
    found = frames.overview([("a.wav", dialogue()), ("b.wav", Transcript())])
    assert found["source"].to_list() == ["a.wav", "b.wav"]
    assert found["words"].to_list() == [8, 0]
    assert found["speakers"].to_list() == [2, 0]
    assert found["text"].to_list() == ["Hello, this is Ava. My router is dead!", ""]
    assert found.dtypes.equals(frames.overview([]).dtypes)


@settings(deadline=None)
@given(st.lists(st.tuples(st.text(), st.none() | st.integers(0, 99), st.floats(0, 1))))
def test_any_words_come_back_from_the_table(words):
    spoken = [
        {"word": text, "start": number, "end": number + 1, "confidence": confidence, "speaker": speaker}
        for number, (text, speaker, confidence) in enumerate(words)
    ]
    found = reply({"alternatives": [{"words": spoken}]}).words
    speakers = [None if speaker is pd.NA else speaker for speaker in found["speaker"]]
    assert list(zip(found["text"], speakers, found["confidence"], strict=True)) == words


def test_the_words_of_several_have_their_source():
    found = frames.together([("a.wav", dialogue()), ("b.wav", reply(channel(said("one"))))])
    assert found["source"].to_list() == ["a.wav"] * 8 + ["b.wav"]
    assert found.index.to_list() == list(range(9))
    assert found.dtypes.equals(frames.together([]).dtypes)
    assert "source" not in dialogue().words
