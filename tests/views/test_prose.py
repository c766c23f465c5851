from __future__ import annotations

import pytest
from mistune import create_markdown

from dgnb.results import Transcript
from tests.views.replies import channel, dialogue, reply, said


def test_plain_text_has_a_line_for_each_passage():
    assert dialogue().to_text().splitlines() == [
        "[0:00] speaker 0: Hello, this is Ava.",
        "[0:04] speaker 1: My router is dead!",
    ]


def test_without_speakers_there_is_only_the_time():
    assert reply(channel(said("Hello there.", 3.0))).to_text() == "[0:03] Hello there."


def test_without_words_there_is_only_the_text():
    assert reply({"alternatives": [{"transcript": "Only text."}]}).to_text() == "Only text."


def test_markdown_has_what_it_is_and_who_said_what():
    assert dialogue().to_markdown().split("\n\n") == [
        "# Transcript",
        "0:12, 2 speakers",
        "**speaker 0** (0:00) Hello, this is Ava.",
        "**speaker 1** (0:04) My router is dead!",
    ]


def test_markdown_begins_with_the_summary():
    summary = {"short": "A *dead* router.", "result": "success"}
    assert "## Summary\n\nA \\*dead\\* router.\n\n## Text\n\n" in dialogue(summary=summary).to_markdown()


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        "**bold** _it_ `code`",
        "[a](javascript:1)",
        "![x](y)",
        "| a | b |",
        "a\nb",
    ],
    ids=["html", "emphasis", "link", "image", "table", "lines"],
)
def test_hostile_text_stays_text_in_markdown(text):
    html = str(create_markdown(escape=False, plugins=["table", "strikethrough"])(_only(text).to_markdown()))
    shown = html.replace("&lt;", "<").replace("&gt;", ">")
    assert " ".join(text.split()) in shown
    for tag in ("<script>alert", "<strong>bold", "<em>", "<code>", "<a ", "<img", "<table"):
        assert tag not in html


@pytest.mark.parametrize("text", ["# Title", "- item", "1. item", "+ item", "> quote"])
def test_a_text_that_looks_like_a_block_is_a_paragraph(text):
    html = str(create_markdown(escape=False)(_only(text).to_markdown()))
    assert html.count("<p>") == 1
    assert not any(tag in html for tag in ("<li>", "<blockquote>"))
    assert html.count("<h1>") == 1


def test_of_nothing_there_is_no_text():
    assert Transcript().to_text() == ""
    assert Transcript().to_markdown() == "# Transcript"


def _only(text: str) -> Transcript:
    return Transcript.from_json({"results": {"channels": [{"alternatives": [{"transcript": text}]}]}})
