from __future__ import annotations

import re
from typing import Any

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dgnb import OptionError, Transcript
from dgnb.magics.transcripts import Transcripts
from dgnb.views.finding import find_all
from tests.views.replies import channel, dialogue, reply, said
from tests.views.transcripts import transcripts


def hits(call: Transcript, query: Any, **options: Any) -> list[tuple[str, float]]:
    """What is found, and when."""
    found = call.find(query, **options)
    return list(zip(found["text"], found["start"], strict=True))


def test_a_word_is_found_whatever_its_case_and_marks() -> None:
    call = reply(channel(said("Hello, hello! Say hello? Othello.")))
    assert hits(call, "HELLO") == [("Hello,", 0.0), ("hello!", 0.3), ("hello?", 0.9)]


def test_a_phrase_is_found_with_its_context_speaker_and_rows() -> None:
    (hit,) = dialogue().find("router is", context=1).to_dict("records")
    assert (hit["before"], hit["text"], hit["after"]) == ("My", "router is", "dead!")
    assert (hit["speaker"], hit["first"], hit["last"], hit["score"]) == (1, 5, 6, 1.0)
    assert (hit["start"], hit["end"]) == (4.3, 4.8)


def test_a_pattern_is_found_in_the_text_as_it_is_written() -> None:
    assert hits(dialogue(), re.compile(r"[A-Z]\w+\.")) == [("Ava.", 1.4)]
    assert hits(dialogue(), re.compile("is A")) == [("is Ava.", 1.1)]
    assert hits(dialogue(), re.compile("")) == []


def test_what_is_nearly_the_same_is_found_if_wanted() -> None:
    call = reply(channel(said("we call deep gram and deepgramm and nothing")))
    assert hits(call, "deepgram") == []
    found = call.find("deepgram", fuzzy=0.8)
    assert found["text"].to_list() == ["deep gram", "deepgramm"]
    assert found["score"].between(0.8, 1.0).all()


def test_fuzzy_hits_do_not_overlap() -> None:
    call = reply(channel(said("the old router the old routers")))
    assert hits(call, "the old router", fuzzy=0.7) == [("the old router", 0.0), ("the old routers", 0.9)]


def test_channels_are_told_in_the_order_of_time() -> None:
    call = reply(channel(said("no yes")), channel(said("yes")))
    assert call.find("yes")["channel"].to_list() == [1, 0]


def test_text_without_spaces_is_searched_by_its_letters() -> None:
    here = channel(said("你好 世界"))
    here["alternatives"][0]["transcript"] = "你好世界"
    assert hits(reply(here), "好世") == [("你好世界", 0.0)]


def test_a_link_plays_the_hit() -> None:
    (link,) = dialogue().find("Ava", audio="calls/a b.wav")["link"]
    assert link == "calls/a%20b.wav#t=1.40,1.60"
    html = dialogue().find("Ava", audio="calls/a b.wav")._repr_html_()
    assert '<a href="calls/a%20b.wav#t=1.40,1.60"' in html
    assert "<mark>Ava.</mark>" in html
    assert "href" not in dialogue().find("Ava")._repr_html_()


def test_hostile_text_stays_text() -> None:
    call = reply(channel(said("see <script>alert(1)</script> there")))
    html = call.find("there", audio='x" onclick="alert(1)')._repr_html_()
    assert "<script>" not in html
    assert 'onclick="' not in html
    assert "href" not in call.find("there", audio="javascript:alert(1)")._repr_html_()


def test_hits_are_an_ordinary_table() -> None:
    found = dialogue().find("is")
    assert isinstance(found, pd.DataFrame)
    assert type(found[found["start"] > 2]) is pd.DataFrame
    assert dialogue().find("nothing").dtypes.equals(found.dtypes)


def test_a_collection_tells_the_source() -> None:
    calls = Transcripts([("a.wav", dialogue()), ("b.wav", reply(channel(said("no router"))))])
    found = calls.find("router")
    assert found["source"].to_list() == ["a.wav", "b.wav"]
    assert found["link"].to_list() == ["a.wav#t=4.30,4.50", "b.wav#t=0.30,0.50"]
    assert find_all([dialogue()], "router")["source"].to_list() == ["0"]
    assert find_all({"x": dialogue()}, "router")["source"].to_list() == ["x"]
    assert "a.wav" in found._repr_html_()
    assert find_all([], "router").empty


def test_something_must_be_looked_for() -> None:
    with pytest.raises(OptionError, match="a word, a phrase, or a pattern"):
        dialogue().find(" ")


@settings(max_examples=100, deadline=None)
@given(transcripts(8), st.data())
def test_every_word_is_found_where_it_is(call: Transcript, data: st.DataObject) -> None:
    words = call.words
    if words.empty:
        return
    row = data.draw(st.integers(0, len(words) - 1))
    query = words["text"][row]
    assert ((call.find(query)["first"] <= row) & (row <= call.find(query)["last"])).any()
    pattern = re.compile(re.escape(query))
    assert (call.find(pattern)["first"] <= row).any()
