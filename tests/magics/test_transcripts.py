import pickle

import pytest

from dgnb.magics.transcripts import Transcripts
from dgnb.results import Transcript


def heard(text: str) -> Transcript:
    word = {"word": text, "start": 0.0, "end": 0.5, "confidence": 0.9}
    channel = {"alternatives": [{"transcript": text, "words": [word]}]}
    return Transcript.from_json({"metadata": {"duration": 1.5}, "results": {"channels": [channel]}})


@pytest.fixture
def calls() -> Transcripts:
    return Transcripts([("b.wav", heard("<two>")), ("a.wav", heard("one"))], {"c.wav": "AudioError: <gone>"})


def test_the_overview_has_one_row_a_source(calls):
    assert calls.overview[["source", "words", "text"]].to_numpy().tolist() == [
        ["b.wav", 1, "<two>"],
        ["a.wav", 1, "one"],
    ]


def test_the_words_of_all_have_their_source(calls):
    assert calls.words[["source", "word"]].to_numpy().tolist() == [["b.wav", "<two>"], ["a.wav", "one"]]


def test_no_transcripts_have_no_words_but_the_columns():
    assert list(Transcripts().words.columns[:3]) == ["source", "channel", "speaker"]
    assert repr(Transcripts()) == "<Transcripts: 0>"


def test_the_text_stands_under_its_source(calls):
    assert calls.text == "b.wav\n<two>\n\na.wav\none"


def test_names_follow_when_the_list_is_changed(calls):
    calls.reverse()
    calls.append(heard("three"))
    assert [name for name, _ in calls.pairs] == ["a.wav", "b.wav", ""]


def test_it_survives_pickling(calls):
    copy = pickle.loads(pickle.dumps(calls))
    assert (copy.pairs, copy.errors) == (calls.pairs, calls.errors)


def test_it_shows_as_a_table_and_escapes_what_it_shows(calls):
    html = calls._repr_html_()
    assert "<table" in html
    assert "&lt;two&gt;" in html
    assert "1 failed" in html
    assert "&lt;gone&gt;" in html
    assert "<script" not in html


def test_its_repr_is_short():
    many = Transcripts([(f"{number}.wav", heard("word " * 50)) for number in range(100)])
    assert len(repr(many).splitlines()) <= 10
    assert repr(many).startswith("<Transcripts: 100>\n")
