"""Corrections: any of them undone give the original, replayed the same; words keep their times."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dgnb import OptionError, ReplyError, Transcript
from dgnb.results.edits import Edits
from tests.views.replies import channel, dialogue, paragraph, reply, said
from tests.views.transcripts import transcripts

ANY = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])

VERBS = ("rename", "merge", "assign", "replace", "split", "join")
texts = st.sampled_from(["", "new", "a b c", "Ava"])
steps = st.lists(st.tuples(st.sampled_from(VERBS), st.integers(0, 40), st.integers(0, 3), texts), max_size=8)
calls = transcripts(8) | st.just(None).map(lambda _: dialogue())


def corrected(call: Transcript, wanted: list[tuple[str, int, int, str]]) -> Edits:
    """Make edits as far as they are possible."""
    edits = call.edit
    for verb, at, number, text in wanted:
        count = len(edits.words)
        row = at % count if count else 0
        last = min(row + number, count - 1)
        arguments: dict[str, Any] = {
            "rename": (number or None, text),
            "merge": (number, number % 2),
            "assign": (row, number, last),
            "replace": (row, text, last),
            "split": (row,),
            "join": (row,),
        }
        try:
            edits = getattr(edits, verb)(*arguments[verb])
        except OptionError:
            continue
    return edits


def words(call: Transcript) -> list[tuple[int, str, float, float]]:
    """All words: channel, text, start, end."""
    return [(at, w.text, w.start, w.end) for at, one in enumerate(call.best) for w in one.words]


@ANY
@given(calls, steps)
def test_edits_undone_give_the_original_and_made_again_the_same(call: Transcript, wanted: Any) -> None:
    edits = corrected(call, wanted)
    undone = edits.undo(len(edits))
    assert undone.transcript is call
    assert undone.redo(len(edits)).transcript.json == edits.transcript.json
    for count in range(len(edits)):
        once_more = Edits(call, edits.made[:count])
        assert edits.undo(len(edits) - count).transcript.json == once_more.transcript.json


@ANY
@given(calls, steps)
def test_edits_replayed_give_the_same(call: Transcript, wanted: Any) -> None:
    edits = corrected(call, wanted)
    again = Transcript.from_json(call.json)
    for replayed in (again.edit.replay(edits), again.edit.replay(edits.frame), again.edit.replay(edits.made)):
        assert replayed.transcript.json == edits.transcript.json
        assert replayed.done == edits.done


@ANY
@given(calls, steps)
def test_words_never_change_their_time(call: Transcript, wanted: Any) -> None:
    edits = corrected(call, wanted)
    before = words(call)
    for made, edit in enumerate(edits.made, 1):
        after = words(Edits(call, edits.made[:made]).transcript)
        times = [(at, start, end) for at, _, start, end in before]
        if edit.kind != "replace":
            assert [(at, start, end) for at, _, start, end in after] == times
        for where, _, start, end in [word for word in after if (word[0], *word[2:]) not in times]:
            assert where == edit.channel
            assert edit.start <= start <= end <= max(edit.end, edit.start) + 1e-6
        before = after


@ANY
@given(calls, steps)
def test_a_corrected_transcript_is_a_transcript(call: Transcript, wanted: Any) -> None:
    found = corrected(call, wanted).transcript
    again = Transcript.from_json(found.json)
    assert words(again) == words(found)
    assert len(found.words) == len(words(found))
    for frame in (found.sentiments, found.topics, found.entities):
        assert (frame["end_word"] < len(found.words)).all()
    assert found.captions("vtt").startswith("WEBVTT")


def test_a_word_is_replaced_everywhere() -> None:
    found = dialogue().edit.replace(3, "Eve.").transcript
    assert found.text == "Hello, this is Eve. My router is dead!"
    assert found.utterances["text"].to_list() == ["Hello, this is Eve.", "My router is dead!"]
    assert found.paragraphs["text"].to_list() == ["Hello, this is Eve.", "My router is dead!"]
    assert found.sentiments["text"].to_list() == ["Hello, this is Eve.", "My router is dead!"]
    assert found.best[0].words[3].confidence == 1.0


def test_what_is_told_of_words_follows_them() -> None:
    found = dialogue().edit.replace(0, "", last=1).transcript
    assert found.text == "is Ava. My router is dead!"
    assert found.entities[["start_word", "text"]].to_numpy().tolist() == [[1, "Ava."]]
    assert found.sentiments[["start_word", "end_word"]].to_numpy().tolist() == [[0, 1], [2, 5]]
    assert found.topics["text"].to_list() == ["My router is dead!"]
    assert dialogue().edit.replace(3, "").transcript.entities.empty


def test_more_words_share_the_time_of_those_they_replace() -> None:
    call = reply(channel(said("the new yorker")))
    found = call.edit.replace(1, "New York ER", last=2).transcript.best[0].words
    assert [word.text for word in found] == ["the", "New", "York", "ER"]
    assert (found[1].start, found[-1].end) == (0.3, 0.8)
    assert found[1].end == found[2].start


def test_what_stays_at_both_ends_keeps_its_words() -> None:
    call = reply(channel(said("one two three four")))
    found = call.edit.replace(0, "one 2 and three four", last=3).transcript.best[0].words
    assert [(w.text, w.confidence) for w in found][::4] == [("one", 0.9), ("four", 0.9)]
    assert [word.start for word in found][:2] == [0.0, 0.3]


def test_a_name_is_seen_in_every_view() -> None:
    found = dialogue().edit.rename(1, "Ben & Co").transcript
    assert "<v Ben &amp; Co>My router" in found.captions("vtt")
    assert "Ben &amp; Co</b>" in found._repr_html_()
    assert found.metadata.speaker_names == {"0:1": "Ben & Co"}
    assert found.edit.rename(1, "").transcript.metadata.speaker_names is None


def test_merged_speakers_are_one() -> None:
    found = dialogue().edit.rename(1, "Ben").merge(1, into=0).transcript
    assert found.speakers == [0]
    assert found.utterances["speaker"].to_list() == [0, 0]
    assert found.metadata.speaker_names == {"0:0": "Ben"}


def test_words_are_given_to_another_speaker() -> None:
    found = dialogue().edit.assign(4, 2, last=7).transcript
    assert found.words["speaker"].to_list() == [0] * 4 + [2] * 4
    assert found.paragraphs["speaker"].to_list() == [0, 2]


def test_paragraphs_are_split_and_joined() -> None:
    parted = dialogue().edit.split(2)
    assert parted.transcript.paragraphs["text"].to_list() == ["Hello, this", "is Ava.", "My router is dead!"]
    joined = parted.join(4).transcript.paragraphs
    assert joined["text"].to_list() == ["Hello, this", "is Ava. My router is dead!"]
    assert joined["num_words"].to_list() == [2, 6]


def test_paragraphs_are_made_where_there_are_none() -> None:
    call = reply(channel(said("one two three") + said("four five", 3.0)))
    assert call.edit.split(1).transcript.paragraphs["text"].to_list() == ["one", "two three", "four five"]
    assert call.edit.replace(0, "One").transcript.paragraphs.empty


def test_sentences_are_kept_in_paragraphs() -> None:
    parts = [paragraph("One two.", 0.0, 0.5), paragraph("Three.", 0.6, 0.8)]
    whole = parts[0] | {"sentences": [*parts[0]["sentences"], *parts[1]["sentences"]], "num_words": 3}
    call = reply(channel(said("One two. Three."), paragraphs={"paragraphs": [whole]}))
    assert call.edit.replace(1, "2.").transcript.sentences["text"].to_list() == ["One 2.", "Three."]


def test_a_second_run_takes_the_edits_by_time_and_speaker() -> None:
    first = reply(channel(said("call deep gram now", speaker=0) + said("yes", 4.0, speaker=1)))
    edits = first.edit.replace(1, "Deepgram", last=2).rename(0, "Ava").split(2)
    second = reply(
        channel(said("please call deep grim now", -0.25, speaker=1) + said("yes", 4.02, speaker=0))
    )
    replayed = second.edit.replay(edits)
    assert replayed.done == [True, True, True]
    assert replayed.transcript.text == "please call Deepgram now yes"
    assert replayed.transcript.metadata.speaker_names == {"0:1": "Ava"}


def test_what_is_not_there_is_told() -> None:
    edits = dialogue().edit.replace(7, "gone!").rename(1, "Ben")
    replayed = reply(channel(said("Hello.", 0.5))).edit.replay(edits)
    assert replayed.done == [False, False]
    assert "2 could not be made" in repr(replayed)
    assert replayed.transcript.text == "Hello."


def test_edits_are_saved_and_shown(tmp_path: Path) -> None:
    edits = dialogue().edit.rename(0, "<Ava>").replace(5, "modem")
    path = edits.save(tmp_path / "edits.jsonl")
    assert dialogue().edit.replay(path).transcript.json == edits.transcript.json
    assert edits.frame["kind"].to_list() == ["rename", "replace"]
    assert edits.frame["before"].to_list() == ["", "router"]
    assert repr(edits).splitlines()[0] == "<Edits: 2>"
    assert "&lt;Ava&gt;" in edits._repr_html_()
    path.write_text("{")
    with pytest.raises(ReplyError, match="not edits that were saved"):
        dialogue().edit.replay(path)


def test_a_row_taken_out_of_the_table_is_not_replayed() -> None:
    edits = dialogue().edit.rename(0, "Ava").replace(5, "modem")
    kept = edits.frame[edits.frame["kind"] != "rename"]
    assert dialogue().edit.replay(kept).transcript.metadata.speaker_names is None


@pytest.mark.parametrize(
    ("verb", "arguments", "why"),
    [
        ("replace", (99, "x"), "there are 8 words"),
        ("split", (-1,), "from row 0 on"),
        ("join", (0,), "no paragraph"),
    ],
)
def test_what_is_not_there_cannot_be_edited(verb: str, arguments: tuple[Any, ...], why: str) -> None:
    with pytest.raises(OptionError, match=why):
        getattr(dialogue().edit, verb)(*arguments)


def test_words_of_two_channels_are_not_edited_at_once() -> None:
    call = reply(channel(said("one two")), channel(said("three")))
    with pytest.raises(OptionError, match="follow one another on a channel"):
        call.edit.replace(1, "x", last=2)
    assert call.edit.replace(2, "3").transcript.text == "one two\n3"
