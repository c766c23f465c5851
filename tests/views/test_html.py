from __future__ import annotations

from html.parser import HTMLParser

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dgnb.results import Alternative, Channel, Results, Summary, Transcript
from dgnb.views.fragments import escape
from dgnb.views.html import transcript
from dgnb.views.text import clean
from tests.views.replies import channel, dialogue, paragraph, reply, said

TAGS = {"article", "style", "p", "b", "strong", "span", "time", "u", "details", "summary", "code"}
ATTRIBUTES = {"class", "aria-label", "role", "dir", "lang", "title", "datetime", "style"}
HOSTILE = {
    "tag": "<img src=x onerror=alert(1)>",
    "closing tags": "</span></p></details></article><script>alert(1)</script>",
    "attribute": '" onmouseover="alert(1)" \'',
    "style": "</style><style>*{display:none}",
    "comment": "<!-- ]]> -->",
    "entity": "&lt;b&gt; &amp; &#60;",
    "override": "\u202eevil\u2066\u2069",
    "nul": "a\x00b\x1b[31m",
    "emoji": "👩\u200d👩\u200d👧 🎉",
    "arabic": "مرحبا (abc) \u200f!",
    "money": "$5 to $10, \\(x\\)",
}


class Page(HTMLParser):
    """What a browser reads in a piece of HTML."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str]] = []
        self.open: list[str] = []
        self.text = ""
        self.marked: list[str] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.attributes += attrs
        self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        if self.open[-1:] != ["style"]:
            self.text += data
        if self.open[-1:] == ["u"]:
            self.marked.append(data)


def hostile(text: str) -> Transcript:
    """Return a transcript with a text in all places where text can be."""
    words = said("x", speaker=0, language=text) + said("y", 0.3, speaker=0, confidence=0.1)
    words[1]["punctuated_word"] = text
    notice = {"parameter": text, "type": text, "message": text}
    model = {"name": text, "version": text, "arch": text}
    return reply(
        channel(words, paragraphs={"paragraphs": [paragraph("x " + text, 0.0, 1.0, speaker=0)]}),
        metadata={"warnings": [notice], "model_info": {text: model}},
        summary={"result": "success", "short": text},
    )


def check(html: str) -> Page:
    """Return the page of HTML in which nothing but our own markup acts."""
    page = Page(html)
    assert page.open == []
    assert set(page.tags) <= TAGS
    assert {name for name, _ in page.attributes} <= ATTRIBUTES
    return page


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_foreign_text_is_shown_and_does_nothing(text):
    page = check(transcript(hostile(text)))
    assert page.text.count(clean(text)) >= 3


@settings(deadline=None)
@given(st.text() | st.text("<>&\"'/=! scriptonerror-\x00\u202e"))
def test_no_text_ever_opens_a_tag(text):
    found = hostile(text)
    page = check(transcript(found))
    assert page.tags.count("style") == 1
    assert page.tags.count("p") == 2 + 2 * bool(text)
    assert clean(text) in page.text


@settings(deadline=None)
@given(st.text())
def test_escaped_text_has_nothing_that_acts(text):
    escaped = escape(text)
    assert not set(escaped) & set("<>\"'\x00\x1b\u202e")
    assert Page(escaped).text == clean(text)


def test_half_a_character_can_be_saved():
    alternative = Alternative(transcript="\ud800")
    found = Transcript(results=Results(channels=[Channel(alternatives=[alternative])]))
    assert "\N{REPLACEMENT CHARACTER}" in transcript(found).encode().decode()


@pytest.mark.parametrize("fact", ["0:12", "8 words", "2 speakers", "1 channel", "mean confidence 0.90"])
def test_the_header_has_the_facts(fact):
    assert fact in Page(transcript(dialogue())).text


def test_each_paragraph_has_its_time_and_speaker():
    lines = Page(transcript(dialogue())).text.strip().splitlines()
    assert lines[-2:] == ["0:00 Speaker 0 Hello, this is Ava.", "0:04 Speaker 1 My router is dead!"]


def test_the_only_voice_of_a_recording_has_no_name():
    assert Page(transcript(reply(channel(said("hi", 3.0))))).text.strip().endswith("0:03 hi")


def test_a_speaker_of_whom_there_are_no_words_is_named_all_the_same():
    whole = {"paragraphs": [paragraph("Hello.", 0.0, 1.0, speaker=7)]}
    assert "Speaker 7 Hello." in Page(transcript(reply(channel([], paragraphs=whole)))).text


def test_the_sandbox_is_named():
    model = {"name": "pocketsphinx", "version": "5", "arch": "sandbox"}
    found = reply(channel(said("hi")), metadata={"model_info": {"m": model}})
    assert '<strong class="dgnb-badge"' in transcript(found)
    assert "sandbox" in Page(transcript(found)).text
    assert "<strong" not in transcript(dialogue())


def test_notices_and_summary_are_shown():
    notice = {"parameter": "topics", "type": "unsupported_language", "message": "English only"}
    call = reply(channel(said("hi")), metadata={"warnings": [notice]}, summary={"short": "A greeting."})
    text = Page(transcript(call)).text
    assert "Notice topics: English only" in text
    assert "Summary A greeting." in text


def test_words_of_low_confidence_are_marked_with_the_figure():
    words = said("one") + said("two", 0.3, confidence=0.25) + said("two", 0.6)
    html = transcript(reply(channel(words)))
    assert Page(html).marked == ["1 word", "two"]
    assert '<u title="confidence 0.25">two</u>' in html
    assert Page(html).text.strip().endswith("one two two")


def test_a_word_is_marked_where_it_stands_in_a_changed_text():
    words = (
        said("the") + said("cat", 0.3, confidence=0.1) + said("sat", 0.6) + said("the", 0.9, confidence=0.2)
    )
    whole = {"paragraphs": [paragraph("The big cat sat; the", 0.0, 2.0)]}
    assert Page(transcript(reply(channel(words, paragraphs=whole)))).marked[1:] == ["cat", "the"]


def test_a_word_is_marked_behind_many_that_the_text_misses():
    words = said("well you know what I " * 9) + said("dead", 20.0, confidence=0.1)
    whole = {
        "paragraphs": [paragraph("Well, indeed, after all it is utterly and completely dead.", 0.0, 30.0)]
    }
    assert Page(transcript(reply(channel(words, paragraphs=whole)))).marked[1:] == ["dead"]


def test_confident_words_need_no_legend():
    assert "below" not in transcript(dialogue())


def test_silence_says_so():
    assert "No speech was recognised." in Page(transcript(Transcript())).text


def test_a_long_transcript_is_folded():
    words = [word for number in range(25) for word in said(f"passage{number}", 2.0 * number)]
    html = transcript(reply(channel(words)))
    before, folded = html.split("<details>")
    assert "passage9" in before
    assert "passage10" not in before
    assert "<summary>15 more passages</summary>" in folded
    assert "passage24" in folded


@pytest.mark.parametrize(
    "words",
    [
        said("word " * 30_000),
        said("word " * 30_000, confidence=0.1),
        said("w" * 300_000),
        said("<&'\"> " * 9_000),
    ],
    ids=["many words", "many marked words", "one word", "many escaped words"],
)
def test_the_size_is_bounded(words):
    assert len(transcript(reply(channel(words)))) < 200_000


def test_it_says_how_much_is_hidden_and_where_it_is():
    words = [word for number in range(3000) for word in said("some words in this passage", 3.0 * number)]
    text = Page(transcript(reply(channel(words)))).text
    folded, hidden = (
        int(text.split(end)[0].split()[-1].replace(",", ""))
        for end in (" more passages\n", " more passages not")
    )
    assert 10 + folded + hidden == 3000
    assert ".text and .words have everything" in text


def test_a_long_passage_says_how_much_is_left_out():
    assert "… (6,000 more characters)" in Page(transcript(reply(channel(said("w" * 10_000))))).text


@pytest.mark.parametrize(
    ("language", "attribute"),
    [("de", ' lang="de"'), ("zh-Hant", ' lang="zh-Hant"'), ("multi", ""), ('e"n', ""), ("", "")],
    ids=["plain", "script", "multi", "hostile", "unknown"],
)
def test_the_language_is_marked_where_it_is_one(language, attribute):
    here = channel(said("hallo")) | {"detected_language": language}
    assert f'dir="auto"{attribute}>hallo' in transcript(reply(here))


def test_a_summary_that_failed_is_left_out():
    call = Transcript(results=Results(summary=Summary(result="failure")))
    assert "Summary" not in transcript(call)


def test_there_is_no_script():
    assert "<script" not in transcript(dialogue())
    assert "javascript:" not in transcript(dialogue())


def test_mathjax_is_kept_off():
    assert 'class="dgnb-transcript tex2jax_ignore mathjax_ignore"' in transcript(dialogue())
