from __future__ import annotations

import shutil
import sqlite3
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dgnb import Corpus, CorpusError, OptionError, Transcript
from dgnb.corpus import index
from dgnb.corpus.parts import Parts
from tests.views.transcripts import HOSTILE, transcripts


def spoken(*channels: str, gap: str = " ") -> Transcript:
    """Words one second each, one channel a text."""
    found = []
    for text in channels:
        words = [
            {"word": w.lower(), "punctuated_word": w, "start": at, "end": at + 1}
            for at, w in enumerate(text.split())
        ]
        found.append({"alternatives": [{"transcript": gap.join(text.split()), "words": words}]})
    return Transcript.from_json({"results": {"channels": found}})


@pytest.fixture
def corpus(tmp_path: Path) -> Corpus:
    return Corpus(tmp_path / "corpus")


@pytest.fixture(scope="module")
def calls(tmp_path_factory: Any) -> Corpus:
    corpus = Corpus(tmp_path_factory.mktemp("calls"))
    with corpus.writer() as writer:
        writer.write(spoken("Hello, my old router is dead.", "I'm sorry. Your router?"), "one.wav", file="1")
        writer.write(spoken("The router, the router!", "It cost $20.50 to mend."), "two.wav", file="2")
        writer.write(spoken("A refund."), "three.wav", file="3")
    return corpus


def test_a_hit_tells_where_and_what_is_around(calls: Corpus) -> None:
    hit = calls.search("Router is").iloc[0]
    place = ("1", "one.wav", 0, "router is", 3.0, 5.0, 3, 4)
    assert tuple(hit[["file", "source", "channel", "text", "start", "end", "first", "last"]]) == place
    assert (hit["before"], hit["after"]) == ("Hello, my old", "dead.")
    assert hit["link"] == "one.wav#t=3.00,5.00"


def test_a_word_without_times_is_found(corpus: Corpus) -> None:
    words = [{"word": "router"}, {"word": "dead", "start": 1.0, "end": 2.0}]
    corpus.write(Transcript.from_json({"results": {"channels": [{"alternatives": [{"words": words}]}]}}))
    hit = corpus.search("router dead").iloc[0]
    assert hit["start"] != hit["start"]
    assert hit["end"] == 2.0


def test_hits_come_in_the_order_of_files_and_of_time(calls: Corpus) -> None:
    hits = calls.search("router")
    assert list(zip(hits["file"], hits["channel"], hits["first"], strict=True)) == [
        ("1", 0, 3), ("1", 1, 9), ("2", 0, 1), ("2", 0, 3),
    ]  # fmt: skip
    assert len(calls.search("router", limit=3)) == 3


def test_of_several_all_must_be_said_in_a_file(calls: Corpus) -> None:
    assert calls.search("router", "sorry")["text"].to_list() == ["router", "sorry.", "router?"]
    assert calls.search("router", "refund").empty


@pytest.mark.parametrize(
    ("query", "count"),
    [("i'm", 1), ("$20.50", 1), ("20", 0), ("outer", 0), ("dead i'm", 0), ('"', 0), ("router AND dead", 0),
     ("rou*", 0), ("router\0dead", 0), ("\ud800", 0)],
    ids=repr,
)  # fmt: skip
def test_words_are_whole_and_mean_themselves(calls: Corpus, query: str, count: int) -> None:
    assert len(calls.search(query)) == count


@pytest.mark.parametrize("queries", [(), ("",), (" ", "x")], ids=repr)
def test_there_must_be_something_to_look_for(calls: Corpus, queries: tuple[str, ...]) -> None:
    with pytest.raises(OptionError, match="needs a word or a phrase"):
        calls.search(*queries)


def test_a_limit_below_nothing_is_refused(calls: Corpus) -> None:
    with pytest.raises(OptionError, match="from 0, not -1"):
        calls.search("router", limit=-1)
    assert len(calls.search("router", limit=0)) == 0


def test_a_script_without_spaces_is_searched_by_letters(corpus: Corpus) -> None:
    corpus.write(spoken("字幕 在 这里 。", gap=""), "zh.wav")
    for query, text in (("字幕", "字幕"), ("幕在", "字幕在"), ("在这里", "在这里"), ("字幕 在", "字幕在")):
        assert corpus.search(query)["text"].to_list() == [text]
    assert corpus.search("里在").empty


@settings(max_examples=20, deadline=None)
@given(st.lists(transcripts(8), min_size=1, max_size=4), st.data())
def test_what_find_finds_is_found(tmp_path_factory: Any, written: list[Transcript], data: Any) -> None:
    corpus = Corpus(tmp_path_factory.mktemp("corpus"))
    with corpus.writer() as writer:
        for number, call in enumerate(written):
            writer.write(call, file=str(number))
    texts = [text for call in written for text in call.words["text"]] or HOSTILE
    at = data.draw(st.integers(0, len(texts) - 1))
    query = " ".join(texts[at : at + data.draw(st.integers(1, 3))])
    found = corpus.search(query)
    for number, call in enumerate(written):
        expected = call.find(query)
        mine = found[found["file"] == str(number)]
        columns = ["channel", "first", "last", "start", "end", "text", "before", "after"]
        wanted = {tuple(row) for row in expected[columns].to_numpy().tolist()}
        assert wanted <= {tuple(row) for row in mine[columns].to_numpy().tolist()}


def test_what_is_added_later_is_found_and_what_was_removed_is_not(corpus: Corpus) -> None:
    corpus.write(spoken("One router."), file="1")
    assert corpus.search("router")["file"].to_list() == ["1"]
    corpus.write(spoken("Another router."), file="2")
    assert corpus.search("router")["file"].to_list() == ["1", "2"]
    shutil.rmtree(Path(corpus.files.paths[0]).parent)
    assert corpus.search("router")["file"].to_list() == ["2"]


def test_searches_at_the_same_time_index_a_part_once(corpus: Corpus) -> None:
    for number in range(6):
        corpus.write(spoken(f"Router {number}."), file=str(number))
    with ThreadPoolExecutor(4) as threads:
        found = list(threads.map(lambda _: len(Corpus(corpus.path).search("router")), range(4)))
    assert found == [6] * 4


@pytest.mark.parametrize("point", ["known", "begin"])
def test_what_another_search_indexes_meanwhile_is_not_thrown_away(
    corpus: Corpus, monkeypatch: pytest.MonkeyPatch, point: str
) -> None:
    corpus.write(spoken("One router."), file="1")
    waiting, cleared, clear = [point], [], index._clear

    def meanwhile(name: str, given: Any) -> Any:
        if waiting == [name]:
            waiting.clear()
            other = Corpus(corpus.path)
            other.write(spoken("Another router."), file="2")
            assert len(other.search("router")) == 2
        return given

    known, begin = Parts.known, index._transaction
    monkeypatch.setattr(Parts, "known", lambda parts: meanwhile("known", known(parts)))
    monkeypatch.setattr(index, "_transaction", lambda base: begin(meanwhile("begin", base)))
    monkeypatch.setattr(index, "_clear", lambda base: cleared.append(base) or clear(base))
    assert corpus.search("router")["file"].to_list() == ["1", "2"]
    assert len(cleared) == 1


def test_an_index_of_another_version_is_made_anew(corpus: Corpus) -> None:
    corpus.write(spoken("One router."))
    with sqlite3.connect(corpus.path / "search.sqlite") as base:
        base.execute("create table parts (what text)")
        base.execute("pragma user_version = 99")
    base.close()
    assert len(corpus.search("router")) == 1


def test_an_index_that_is_damaged_says_what_to_do(corpus: Corpus) -> None:
    corpus.write(spoken("One router."))
    (corpus.path / "search.sqlite").write_bytes(b"no database at all" * 100)
    with pytest.raises(CorpusError, match=r"cannot be used: .* can be deleted at any time"):
        corpus.search("router")
