"""The flow of ``/v1/read``, driven by hand."""

from __future__ import annotations

import json
from typing import Any

import pytest

from dgnb import errors
from dgnb.operations import Reply, Request
from dgnb.operations.reading import read
from dgnb.protocol import routes
from dgnb.results import Reading, Transcript

TEXT = "I love this place."


def body(request: Request) -> Any:
    assert isinstance(request.body, bytes)
    return json.loads(request.body)


def finished(source: Any, answer: str) -> Reading:
    flow = read(source, sentiment=True)
    next(flow)
    with pytest.raises(StopIteration) as stop:
        flow.send(Reply(200, answer.encode()))
    found: Reading = stop.value.value
    return found


def test_text_is_in_the_body_and_options_in_the_query() -> None:
    request = next(read(TEXT, sentiment=True, custom_topic=["a", "b"], tag="t"))
    assert request.route == routes.READ
    assert request.query == (
        ("language", "en"),
        ("sentiment", "true"),
        ("custom_topic", "a"),
        ("custom_topic", "b"),
        ("tag", "t"),
    )
    assert (body(request), request.content_type) == ({"text": TEXT}, "application/json")


@pytest.mark.parametrize("options", [{}, {"tag": "t"}, {"topics": False}, {"topics": None}], ids=repr)
def test_without_a_choice_everything_is_analysed(options: dict[str, Any]) -> None:
    query = dict(next(read(TEXT, **options)).query)
    assert {name for name, value in query.items() if value == "true"} == {
        "summarize",
        "sentiment",
        "topics",
        "intents",
    }


@pytest.mark.parametrize("value", [True, "v2"])
def test_a_summary_is_a_switch_here(value: Any) -> None:
    assert ("summarize", "true") in next(read(TEXT, summarize=value)).query


@pytest.mark.parametrize("url", ["https://example.org/a.txt", " HTTP://example.org \n"])
def test_an_address_is_sent_as_one(url: str) -> None:
    assert body(next(read(url))) == {"url": url.strip()}


@pytest.mark.parametrize(
    "text", ["https://example.org is a page", "http://a.org\nhttp://b.org", "ftp://a.org"]
)
def test_text_about_addresses_is_text(text: str) -> None:
    assert body(next(read(text))) == {"text": text}


def test_a_transcript_is_read_by_its_text() -> None:
    channels = [{"alternatives": [{"transcript": TEXT}]}]
    call = Transcript.from_json({"results": {"channels": channels}})
    assert body(next(read(call))) == {"text": TEXT}


def test_the_reading_keeps_the_text_unless_it_was_an_address() -> None:
    assert finished(TEXT, "{}").text == TEXT
    assert finished("https://example.org", "{}").text == ""


@pytest.mark.parametrize(
    "answer",
    [
        '{"metadata": {"request_id": "r", "language": "en"}, "results": {"summary": {"text": "Well."}}}',
        '{"metadata": {"metadata": {"request_id": "r", "language": "en"}},'
        ' "results": {"summary": {"results": {"summary": {"text": "Well."}}}}}',
    ],
    ids=["flat", "nested"],
)
def test_both_published_shapes_are_read(answer: str) -> None:
    found = finished(TEXT, answer)
    assert (found.summary, found.request_id, found.language) == ("Well.", "r", "en")
    assert not found.sandbox


@pytest.mark.parametrize(
    ("source", "options", "problem"),
    [
        ("", {}, "no text to read"),
        (" \n", {}, "no text to read"),
        (None, {}, "no text to read"),
        (b"bytes", {}, "no text to read"),
        (Transcript(), {}, "no text to read"),
        (TEXT, {"custom_topic_mode": "strict"}, "needs custom_topic"),
        (TEXT, {"sentiment": "yes"}, "sentiment takes True or False"),
        (TEXT, {"custom_intent": ["i"] * 101}, "at most 100"),
    ],
    ids=["empty", "blank", "none", "bytes", "silence", "mode", "switch", "101"],
)
def test_what_cannot_be_right_is_refused_before_sending(
    source: Any, options: dict[str, Any], problem: str
) -> None:
    with pytest.raises(errors.OptionError, match=problem):
        next(read(source, **options))


@pytest.mark.parametrize(
    ("reply", "kind"),
    [
        (Reply(400, b'{"err_code": "X", "err_msg": "No."}'), errors.BadRequest),
        (Reply(200, b"<p>"), errors.ReplyError),
    ],
    ids=["refused", "not json"],
)
def test_a_bad_reply_is_an_error(reply: Reply, kind: type[Exception]) -> None:
    flow = read(TEXT)
    next(flow)
    with pytest.raises(kind):
        flow.send(reply)


def test_only_summarize_is_spelled_otherwise_here() -> None:
    request = next(read(TEXT, summarize=True, tag="v2", custom_topic="v2"))
    assert sorted(pair for pair in request.query if pair[0] != "language") == [
        ("custom_topic", "v2"),
        ("summarize", "true"),
        ("tag", "v2"),
    ]
