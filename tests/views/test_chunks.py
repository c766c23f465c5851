from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dgnb.errors import OptionError
from dgnb.results import Transcript
from dgnb.views.text import clean
from tests.views.replies import channel, dialogue, reply, said
from tests.views.transcripts import transcripts

HEAD = re.compile(r"(?m)^\[(\d+:)+\d\d\] (speaker (\d+|\?): |channel \d(, speaker (\d+|\?))?: )?")


def test_each_line_says_who_speaks_when():
    assert dialogue().chunks()["text"].to_list() == [
        "[0:00] speaker 0: Hello, this is Ava.\n[0:04] speaker 1: My router is dead!"
    ]


def test_a_chunk_has_its_times_and_speakers():
    (row,) = dialogue().chunks().itertuples(index=False)
    assert tuple(row)[1:] == (0.5, 5.1, "speaker 0, speaker 1", 8, 0)


def test_a_chunk_ends_with_a_sentence():
    found = reply(channel(said("One two three four. " * 20))).chunks(characters=100, overlap=0)
    assert len(found) > 3
    assert all(text.endswith("four.") for text in found["text"])


def test_a_chunk_repeats_whole_sentences_of_the_one_before():
    found = reply(channel(said("One two three four. " * 20))).chunks(characters=120, overlap=40)
    assert found["repeated"].to_list()[0] == 0
    assert set(found["repeated"][1:]) == {4}
    assert found["num_words"].sum() - found["repeated"].sum() == 80
    assert (found["start"].to_numpy()[1:] < found["end"].to_numpy()[:-1]).all()


def test_a_text_without_words_has_no_times():
    call = reply({"alternatives": [{"transcript": "Only text here."}]})
    found = call.chunks()
    assert found["text"].to_list() == ["Only text here."]
    assert found[["start", "end"]].isna().all(axis=None)


def test_silence_has_no_chunks():
    found = Transcript().chunks()
    assert len(found) == 0
    assert found["start"].dtype == "float64"


@pytest.mark.parametrize(
    "options", [{"characters": 50}, {"overlap": -1}, {"characters": 200, "overlap": 150}]
)
def test_what_makes_no_sense_is_refused(options):
    with pytest.raises(OptionError, match=r"characters"):
        dialogue().chunks(**options)


@settings(deadline=None)
@given(transcripts(most=60), st.integers(100, 300), st.integers(0, 50))
def test_no_chunk_is_longer_than_asked(call, characters, overlap):
    found = call.chunks(characters=characters, overlap=overlap)
    assert all(0 < len(text) <= characters for text in found["text"])
    assert found["num_words"].sum() - found["repeated"].sum() == len(call.words)
    assert (found["repeated"] < found["num_words"].clip(lower=1)).all()


@settings(deadline=None)
@given(transcripts(most=30))
def test_without_overlap_every_word_is_there_once(call):
    text = "".join(HEAD.sub("", text) for text in call.chunks(characters=200, overlap=0)["text"])
    heard = sorted("".join(clean(word) for word in call.words["text"]).replace(" ", ""))
    assert sorted(re.sub(r"[ \n]", "", text)) == [letter for letter in heard if letter != "\n"]
