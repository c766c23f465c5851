from __future__ import annotations

import re
from html.parser import HTMLParser

import pytest

from dgnb.errors import OptionError
from dgnb.results import Transcript
from dgnb.views import colours
from tests.views.replies import channel, dialogue, reply, said

KINDS = ("sentiment", "topics", "intents", "entities", "confidence", "speakers")


class Marks(HTMLParser):
    """Collects what is marked, and what the whole text is without labels."""

    def __init__(self) -> None:
        super().__init__()
        self.marks: list[str] = []
        self.labels: list[str] = []
        self.colours: list[str] = []
        self.tags: set[str] = set()
        self._open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self._open.append(tag)
        if tag == "mark":
            self.marks.append("")
            found = re.search(r"2px solid (#\w+)", dict(attrs)["style"] or "")
            self.colours.append(found[1] if found else "")

    def handle_endtag(self, tag: str) -> None:
        self._open.pop()

    def handle_data(self, data: str) -> None:
        if "small" in self._open:
            self.labels.append(data)
        elif "mark" in self._open:
            self.marks[-1] += data


def shown(call: Transcript, kind: str) -> Marks:
    found = Marks()
    found.feed(call.markup(kind)._repr_html_().partition('aria-label="Text">')[2].partition("</div>")[0])
    return found


def test_sentiments_are_marked_in_the_colours_of_their_plot():
    found = shown(dialogue(), "sentiment")
    assert found.marks == ["Hello, this is Ava. ", "My router is dead! "]
    assert found.colours == [colours.SENTIMENTS["positive"], colours.SENTIMENTS["negative"]]
    assert found.labels == ["[positive +0.50]", "[negative -0.75]"]


@pytest.mark.parametrize(
    ("kind", "marked", "label"),
    [
        ("topics", "My router is dead! ", "[Repair]"),
        ("intents", "My router is dead! ", "[Get help]"),
        ("entities", "Ava. ", "[NAME]"),
    ],
)
def test_words_of_a_finding_are_marked_with_its_name(kind, marked, label):
    found = shown(dialogue(), kind)
    assert (found.marks, found.labels) == ([marked], [label])


def test_the_colours_of_topics_are_those_of_their_plot():
    call = dialogue()
    (box,) = call.plot.topics().collections
    assert [mark.colour for mark in call.markup("topics").marks] == [colours.voice(0)]
    assert box.get_facecolor()[0] == pytest.approx([57 / 255, 107 / 255, 163 / 255, 1])


def test_confidence_marks_doubtful_words():
    words = said("sure maybe wrong")
    words[1]["confidence"], words[2]["confidence"] = 0.7, 0.2
    found = shown(reply(channel(words)), "confidence")
    assert found.marks == ["maybe", "wrong "]
    assert found.labels == ["[0.20]"]


def test_speakers_are_marked_in_their_colours():
    found = shown(dialogue(), "speakers")
    assert found.colours == list(colours.VOICES[:2])


def test_a_mark_over_several_passages_has_its_label_once():
    words = said("one two") + said("three", 5.0)
    whole = {"text": "", "start_word": 0, "end_word": 2, "sentiment": "neutral", "sentiment_score": 0.0}
    found = shown(reply(channel(words), sentiments={"segments": [whole]}), "sentiment")
    assert found.marks == ["one two", "three "]
    assert found.labels == ["[neutral +0.00]"]


def test_where_marks_overlap_the_first_is_seen():
    entity = {"value": "", "raw_value": "", "confidence": 0.5}
    spans = [("CITY", 0, 2), ("STATE", 1, 3)]
    entities = [entity | {"label": name, "start_word": a, "end_word": b} for name, a, b in spans]
    assert shown(reply(channel(said("New York state"), entities=entities)), "entities").marks == [
        "New York ",
        "state ",
    ]


@pytest.mark.parametrize("kind", KINDS)
def test_hostile_text_stays_text(kind):
    bad = "<script>alert(1)</script>"
    words = said(f"{bad} {bad}", speaker=0, confidence=0.1)
    entity = {"label": bad, "value": bad, "raw_value": bad, "start_word": 0, "end_word": 1}
    segment = {"text": bad, "start_word": 0, "end_word": 1}
    call = reply(
        channel(words, entities=[entity | {"confidence": 0.1}]),
        sentiments={"segments": [segment | {"sentiment": bad, "sentiment_score": 0.0}]},
        topics={"segments": [segment | {"topics": [{"topic": bad, "confidence_score": 1.0}]}]},
        intents={"segments": [segment | {"intents": [{"intent": bad, "confidence_score": 1.0}]}]},
    )
    html = call.markup(kind)._repr_html_()
    assert "script" not in shown(call, kind).tags
    assert "<script" not in html
    assert html.count("&lt;script&gt;") >= 2


@pytest.mark.parametrize(
    ("kind", "option"),
    [
        ("sentiment", "sentiment=True"),
        ("topics", "topics=True"),
        ("intents", "intents=True"),
        ("entities", "detect_entities=True"),
        ("mood", "entities"),
    ],
)
def test_what_was_not_asked_for_names_its_option(kind, option):
    with pytest.raises(OptionError, match=option):
        reply(channel(said("hi"))).markup(kind)


def test_a_long_text_is_cut():
    html = reply(channel(said("word " * 80_000))).markup("confidence")._repr_html_()
    assert html.count("cut here") == 1
    assert len(html) < 400_000


def test_words_without_spaces_stay_together():
    here = channel(said("你 好", confidence=0.1))
    here["alternatives"][0]["transcript"] = "你好"
    assert "你</mark>" not in reply(here).markup("speakers")._repr_html_()
    assert "你好" in reply(here).markup("speakers")._repr_html_()


def test_silence_says_so():
    assert "No words were recognised." in Transcript().markup("speakers")._repr_html_()
