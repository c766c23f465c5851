from __future__ import annotations

import sys
from math import isnan

import jiwer
import pytest
from hypothesis import assume, given, settings

from dgnb import MissingExtra, OptionError, Transcript, compare
from dgnb.magics.transcripts import Transcripts
from dgnb.views.normalisation import normalise
from tests.views.replies import channel, dialogue, reply, said
from tests.views.spellings import spellings

words = spellings("the", "a")
RIGHT = "the quick brown fox jumps over the lazy dog " * 20
WRONG = RIGHT.replace("brown", "red").replace("over ", "")


@settings(max_examples=100, deadline=None)
@given(words, words)
def test_rates_are_those_of_jiwer_on_the_same_text(reference: list[str], heard: list[str]) -> None:
    right, got = " ".join(reference), " ".join(heard)
    assume(normalise(right))
    found = compare(got, reference=right)
    assert found.wer == pytest.approx(jiwer.wer(normalise(right), normalise(got)))
    assert found.cer == pytest.approx(jiwer.cer(normalise(right), normalise(got)))
    assert found.table["raw_wer"][0] == pytest.approx(jiwer.wer(right, got))
    assert found.table["raw_cer"][0] == pytest.approx(jiwer.cer(right, got))


def test_errors_are_counted_by_kind() -> None:
    row = compare("we sat by a river there", reference="we sat near the river banks now there").table.iloc[0]
    assert (row["substituted"], row["deleted"], row["inserted"], row["words"]) == (2, 2, 0, 8)


def test_the_first_is_the_reference_if_none_is_given() -> None:
    assert compare("one two", "one too").wer == 0.5
    with pytest.raises(OptionError, match="two transcripts"):
        compare("one two")


def test_several_are_compared_over_several_files() -> None:
    right = {"a.wav": RIGHT, "b.wav": "yes"}
    found = compare(
        reference=right, good={"b.wav": "yes", "a.wav": RIGHT}, bad={"a.wav": WRONG, "b.wav": "no"}
    )
    assert found.table["name"].to_list() == ["good", "bad"]
    assert found.table["wer"].to_list() == [0.0, pytest.approx(41 / 181)]
    assert found.files["file"].to_list() == ["a.wav", "b.wav"] * 2
    assert found.files["wer"].to_list()[2:] == [pytest.approx(40 / 180), 1.0]
    assert found.diff("bad", "b.wav").frame["heard"].to_list() == ["no"]


def test_files_go_by_their_order_where_they_have_no_names() -> None:
    calls = Transcripts([("a.wav", dialogue()), ("b.wav", dialogue())])
    found = compare(calls, reference=["hello this is ava my router is dead"] * 2)
    assert found.files["file"].to_list() == ["a.wav", "b.wav"]
    assert found.wer == 0.0


def test_files_of_the_reference_must_be_there() -> None:
    with pytest.raises(OptionError, match=r"not in both: a\.wav, b\.wav"):
        compare({"a.wav": "x", "c": "y"}, reference={"b.wav": "x", "c": "y"})


def test_one_transcript_is_not_compared_with_two_references() -> None:
    with pytest.raises(OptionError, match=r"heard: 1 file, the reference has 2; not in both: a, b\."):
        compare(reference={"a": "one", "b": "two"}, heard="one")


def test_the_interval_holds_the_rate() -> None:
    row = compare(WRONG, reference=RIGHT).table.iloc[0]
    assert row["low"] < row["wer"] < row["high"]
    assert isnan(compare("one", reference="one").table["low"][0])


def test_the_worst_words_come_first() -> None:
    found = compare(WRONG, reference=RIGHT).worst
    assert found[["word", "count", "errors", "rate", "heard"]].iloc[0].to_list() == [
        "brown",
        20,
        20,
        1.0,
        "red",
    ]
    assert found["heard"][1] == "-"


def test_each_speaker_has_a_rate() -> None:
    heard = reply(channel(said("Hello, this is Eve. My router is dead!")))
    found = compare(heard, reference=dialogue().edit.rename(0, "Ava").transcript).speakers
    assert found["speaker"].to_list() == ["Ava", "speaker 1"]
    assert found["wer"].to_list() == [0.25, 0.0]
    assert found["substituted"].to_list() == [1, 0]


def test_speakers_are_compared_where_they_are_known() -> None:
    assert compare(dialogue(), reference=dialogue()).der == 0.0
    assert compare(dialogue().edit.merge(1, into=0).transcript, reference=dialogue()).der > 0.2
    assert isnan(compare("text", reference=dialogue()).der)


def test_rates_follow_corrections() -> None:
    wrong = reply(channel(said("call deep gram now")))
    assert compare(wrong, reference="call Deepgram now").wer > 0.5
    assert (
        compare(wrong.edit.replace(1, "Deepgram", last=2).transcript, reference="call Deepgram now").wer
        == 0.0
    )


def test_channels_are_read_in_the_order_of_time() -> None:
    call = reply(channel(said("one") + said("three", 4.0)), channel(said("two", 2.0)))
    assert compare(call, reference="one two three").wer == 0.0


def test_silence_has_no_rate() -> None:
    assert isnan(compare(Transcript(), reference="").wer)
    assert compare(Transcript(), reference="one").wer == 1.0


def test_a_comparison_shows_itself() -> None:
    found = compare("red <b blue", reference="red green blue")
    assert "<del>green</del><ins>&lt;b</ins>" in found._repr_html_()
    assert len(repr(found).splitlines()) <= 10


def test_the_plot_has_a_bar_for_each_kind_of_error() -> None:
    ax = compare(reference=RIGHT, good=RIGHT, bad=WRONG).plot()
    widths = [[bar.get_width() for bar in container] for container in ax.containers]
    assert widths == [[0.0, pytest.approx(20 / 180 * 100)], [0.0, pytest.approx(20 / 180 * 100)], [0.0, 0.0]]
    assert [text.get_text() for text in ax.get_yticklabels()] == ["good", "bad"]
    assert {text.get_text() for text in ax.texts} == {"0.0", "22.2"}


def test_a_missing_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in sys.modules if name.startswith("rapidfuzz")]:
        monkeypatch.setitem(sys.modules, name, None)
    with pytest.raises(MissingExtra, match=r"dgnb\[compare\]"):
        compare("one", "two").table  # noqa: B018 - looking is the test
    with pytest.raises(MissingExtra, match=r"dgnb\[compare\]"):
        dialogue().find("router", fuzzy=0.5)
