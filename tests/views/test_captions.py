from __future__ import annotations

import html
import pickle
import re
import sys
from io import StringIO
from itertools import pairwise
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pysubs2
import pytest
import webvtt
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dgnb import MissingExtra, OptionError, Transcript
from dgnb.results.imports import imported
from dgnb.views.captions import Captions, stamp
from dgnb.views.cues import Cue
from dgnb.views.lines import width
from dgnb.views.text import clean
from tests.views.replies import channel, dialogue, reply, said
from tests.views.transcripts import transcripts

MANY = settings(max_examples=1000, deadline=None, suppress_health_check=[HealthCheck.too_slow])

limits = st.fixed_dictionaries(
    {
        "width": st.integers(10, 50),
        "lines": st.integers(1, 3),
        "cps": st.sampled_from([5.0, 15.0, 20.0, 60.0]),
        "gap": st.sampled_from([0.0, 0.04, 0.08, 0.5]),
        "shortest": st.sampled_from([0.0, 0.5, 1.0]),
        "longest": st.sampled_from([1.0, 4.0, 7.0]),
        "speakers": st.booleans(),
    }
)


def squeezed(text: str) -> str:
    return "".join(text.split())


def letters(call: Transcript) -> str:
    """All words without spaces, channel after channel."""
    words = [word for alternative in call.best for word in alternative.words]
    return "".join(squeezed(clean(word.text)) for word in words)


def seconds(text: str) -> float:
    hours, minutes, rest = text.replace(",", ".").split(":")
    return round(3600 * int(hours) + 60 * int(minutes) + float(rest), 3)


def without_quirks(found: Captions) -> list[tuple[float, float, str]]:
    """The cues as pysubs2 knows them.

    It takes a backslash with an N for the end of a line, and a number at the file's end for a cue's.
    """
    lines = [
        [line.replace("-->", "->") if found.kind == "srt" else line for line in cue.lines]
        for cue in found.cues
    ]
    while lines and len(lines[-1]) > 1 and lines[-1][-1].isdecimal():
        del lines[-1][-1]
    return [
        (cue.start, cue.end, squeezed(" ".join(left)).replace("\\N", ""))
        for cue, left in zip(found.cues, lines, strict=True)
    ]


@MANY
@given(transcripts(), limits)
def test_no_cue_overlaps_or_is_over_a_limit(call: Transcript, wanted: dict[str, Any]) -> None:
    found = call.captions("srt", **wanted).cues
    for cue in found:
        assert 1 <= len(cue.lines) <= wanted["lines"]
        assert all(len(line) > 0 and width(line) <= wanted["width"] for line in cue.lines)
        assert 0 < cue.end - cue.start <= wanted["longest"] + 1e-6
    for cue, following in pairwise(found):
        assert following.start - cue.end >= wanted["gap"] - 1e-6


@MANY
@given(transcripts(), limits)
def test_a_cue_is_read_in_its_time_unless_the_next_one_follows_at_once(
    call: Transcript, wanted: dict[str, Any]
) -> None:
    found = call.captions("srt", **wanted).cues
    for cue, following in pairwise([*found, Cue(1e9, 1e9, ("",), found[0].voice)] if found else []):
        need = min(max(wanted["shortest"], len("".join(cue.lines)) / wanted["cps"]), wanted["longest"])
        at_once = following.start - cue.end <= wanted["gap"] + 2e-3
        assert cue.end - cue.start >= need - 2e-3 or at_once


@MANY
@given(transcripts(), limits)
def test_no_letter_is_lost(call: Transcript, wanted: dict[str, Any]) -> None:
    found = call.captions("vtt", **wanted | {"speakers": False}).cues
    shown, said = "".join(squeezed(cue.text) for cue in found), letters(call)
    # The cues of two channels alternate.
    assert (shown == said) if len(call.best) == 1 else (sorted(shown) == sorted(said))


@MANY
@given(transcripts(), limits)
def test_webvtt_is_read_back_by_two_other_libraries(call: Transcript, wanted: dict[str, Any]) -> None:
    found = call.captions("vtt", **wanted)
    expected = [(cue.start, cue.end, squeezed(cue.text)) for cue in found.cues]
    theirs = webvtt.from_string(found) if found.cues else []
    assert [(seconds(c.start), seconds(c.end), squeezed(html.unescape(c.text))) for c in theirs] == expected
    others = pysubs2.SSAFile.from_string(found, "vtt")
    read = [
        (e.start / 1000, e.end / 1000, squeezed(html.unescape(e.text).replace("\\N", " "))) for e in others
    ]
    assert read == without_quirks(found)


@MANY
@given(transcripts(), limits)
def test_subrip_is_read_back_by_two_other_libraries(call: Transcript, wanted: dict[str, Any]) -> None:
    found = call.captions("srt", **wanted)
    expected = [(cue.start, cue.end, squeezed(cue.text).replace("-->", "->")) for cue in found.cues]
    theirs = webvtt.from_buffer(StringIO(found), "srt") if found.cues else []
    assert [(seconds(c.start), seconds(c.end), squeezed(c.raw_text)) for c in theirs] == expected
    others = pysubs2.SSAFile.from_string(found, "srt", keep_html_tags=True)
    read = [(e.start / 1000, e.end / 1000, squeezed(e.text.replace("\\N", " "))) for e in others]
    assert read == without_quirks(found)


@MANY
@given(transcripts())
def test_ttml_is_read_back_by_an_xml_parser(call: Transcript) -> None:
    found = call.captions("ttml", speakers=False)
    root = ElementTree.fromstring(found)
    lines = list(root.iter("{http://www.w3.org/ns/ttml}p"))
    read = [
        (seconds(p.get("begin", "")), seconds(p.get("end", "")), squeezed("".join(p.itertext())))
        for p in lines
    ]
    assert read == [(cue.start, cue.end, squeezed(cue.text)) for cue in found.cues]


@MANY
@given(transcripts())
def test_ass_is_read_back_in_hundredths(call: Transcript) -> None:
    if any(alternative.words and alternative.words[-1].end > 9 * 3600 for alternative in call.best):
        with pytest.raises(OptionError, match="no times from 10 h on"):
            call.captions("ass")
        return
    found = call.captions("ass")
    read = pysubs2.SSAFile.from_string(found, "ass")
    wide = str.maketrans(dict(zip("{}\\", ("\uff5b", "\uff5d", "\uff3c"), strict=True)))
    assert [squeezed(event.plaintext) for event in read] == [
        squeezed(cue.text.translate(wide)) for cue in found.cues
    ]
    for event, cue in zip(read, found.cues, strict=True):
        assert 0 <= cue.start - event.start / 1000 < 0.0101
    assert all(following.start >= event.end for event, following in pairwise(read))


def test_lines_break_where_the_sense_allows() -> None:
    text = "When the rain had stopped, we walked along the river. Nobody knew what would happen next."
    found = reply(channel(said(text))).captions("srt", width=32)
    assert [cue.lines for cue in found.cues] == [
        ("When the rain had stopped,", "we walked along the river."),
        ("Nobody knew what", "would happen next."),
    ]


def test_voices_are_tagged_in_webvtt() -> None:
    assert [line for line in dialogue().captions("vtt").splitlines() if line.startswith("<v")] == [
        "<v Speaker 0>Hello, this is Ava.",
        "<v Speaker 1>My router is dead!",
    ]


def test_a_change_of_voice_is_written_in_subrip() -> None:
    words = [*said("Yes.", speaker=0), *said("Right.", 2.0, speaker=0), *said("No.", 4.0, speaker=1)]
    found = reply(channel(words)).captions("srt")
    assert [cue.text for cue in found.cues] == ["Speaker 0: Yes.", "Right.", "Speaker 1: No."]


def test_voices_are_told_on_demand_only_when_there_is_one() -> None:
    call = reply(channel(said("Yes.", speaker=0)))
    assert "Speaker" not in call.captions("vtt")
    assert "<v Speaker 0>Yes." in call.captions("vtt", speakers=True)


def test_positions_part_the_voices() -> None:
    found = webvtt.from_string(dialogue().captions("vtt", positions=True))
    assert [str(caption.settings) for caption in found] == ["position:25%", "position:75%"]
    events = pysubs2.SSAFile.from_string(dialogue().captions("ass", positions=True), "ass")
    assert [re.match(r"\{\\an\d\}", event.text)[0] for event in events] == ["{\\an1}", "{\\an3}"]  # type: ignore[index]


def test_ass_gives_each_voice_its_colour() -> None:
    read = pysubs2.SSAFile.from_string(dialogue().captions("ass"), "ass")
    assert [event.name for event in read] == ["Speaker 0", "Speaker 1"]
    assert len({str(read.styles[event.style].primarycolor) for event in read}) == 2


@pytest.mark.parametrize("text", ["<img src=x onerror=alert(1)>", "</v><v Eve>no", "a --> b"])
def test_hostile_text_stays_text(text: str) -> None:
    found = reply(channel(said(text))).captions("vtt")
    (caption,) = webvtt.from_string(found)
    assert squeezed(html.unescape(caption.raw_text)) == squeezed(text)
    assert "<" not in found.split("-->")[-1]
    assert "<img" not in found._repr_html_()


def test_hours_have_as_many_digits_as_they_need() -> None:
    found = reply(channel(said("Late.", 123 * 3600.0))).captions("vtt")
    assert "123:00:00.000 --> 123:00:00.800" in found
    assert stamp(26 * 3600) == "26:00:00.000"


def test_wide_characters_take_two_columns() -> None:
    found = reply(channel(said("字幕字幕字幕字幕"))).captions("srt", width=10, lines=2)
    assert found.cues[0].lines == ("字幕字幕字", "幕字幕")


def test_silence_has_no_cues() -> None:
    assert Transcript().captions("srt") == ""
    assert Transcript().captions("vtt") == "WEBVTT\n"


def test_captions_show_themselves_and_are_saved(tmp_path: Path) -> None:
    found = dialogue().captions("vtt")
    assert repr(found).splitlines()[0] == "<Captions: vtt, 2 cues>"
    assert len(repr(found).splitlines()) <= 10
    assert "My router is dead!" in found._repr_html_()
    assert found.save(tmp_path / "call.vtt").read_text(encoding="utf-8") == found
    assert found.frame["voice"].to_list() == ["Speaker 0", "Speaker 1"]
    again = pickle.loads(pickle.dumps(found))
    assert isinstance(again, Captions)
    assert (again, again.kind, again.cues) == (found, "vtt", found.cues)


@pytest.mark.parametrize(
    ("options", "why"),
    [
        ({"kind": "pdf"}, "captions are one of srt, vtt, ass, ttml"),
        ({"width": 5}, "10 columns or more"),
        ({"lines": 0}, "1 line or more"),
        ({"cps": 0.0}, "above 0"),
        ({"shortest": 9.0}, "shortest <= longest"),
    ],
    ids=lambda value: next(iter(value)) if isinstance(value, dict) else "",
)
def test_what_cannot_be_held_is_refused(options: dict[str, Any], why: str) -> None:
    with pytest.raises(OptionError, match=why):
        dialogue().captions(**options)


def test_a_missing_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pysubs2", None)
    with pytest.raises(MissingExtra, match=r"dgnb\[captions\]"):
        dialogue().captions("ass")
    with pytest.raises(MissingExtra, match=r"dgnb\[captions\]"):
        imported("[Script Info]\n")


def test_captions_break_where_a_paragraph_begins() -> None:
    call = reply(channel(said("we walked home and then it rained")))
    assert len(call.captions("srt").cues) == 1
    parted = call.edit.split(3).transcript
    assert [cue.text for cue in parted.captions("srt").cues] == ["we walked home", "and then it rained"]


def test_words_that_overlap_stay_in_their_order() -> None:
    long, short = said("0000000000000", speaker=0), said("yes", 0.05, speaker=1)
    found = reply(channel([*long, *short])).captions("srt", width=10, lines=1, speakers=False)
    assert [cue.text for cue in found.cues] == ["0000000000", "000", "yes"]
