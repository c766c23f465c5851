import json
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from dgnb import Deepgram, callbacks
from dgnb.results import Reading
from dgnb.sandbox.engines.grouping import words_of
from dgnb.sandbox.reading import MOST_TOKENS, analyse
from dgnb.sandbox.server import shared
from tests.servers import Answer, Server

TEXT = """I love this phone. It is wonderful!

The battery is awful, though. I want to cancel my order."""

ALL = {"summarize": "true", "sentiment": "true", "topics": "true", "intents": "true"}


@pytest.fixture
def http() -> Iterator[httpx.Client]:
    headers = {"Authorization": "Token anything"}
    with httpx.Client(base_url=shared().url, headers=headers, timeout=60, trust_env=False) as client:
        yield client


def read(http: httpx.Client, text: str = TEXT, **query: Any) -> Reading:
    reply = http.post("/v1/read", params={"language": "en", **query}, json={"text": text})
    assert reply.status_code == 200, reply.text
    return Reading.from_json(reply.content).of(text)


def test_a_reply_has_the_flat_shape_and_says_that_it_is_the_sandbox(http: httpx.Client) -> None:
    reply = http.post("/v1/read", params={"language": "en-US", **ALL}, json={"text": TEXT})
    content = reply.json()
    about, results = content["metadata"], content["results"]
    assert about["request_id"] == reply.headers["dg-request-id"]
    assert (about["language"], about["created"][-1]) == ("en", "Z")
    for name in ("summary", "sentiment", "topics", "intents"):
        info = about[f"{name}_info"]
        assert info["model_uuid"].startswith("sandbox-")
        assert info["input_tokens"] == len(TEXT.split())
        assert info["output_tokens"] > 0
    assert results["summary"].keys() == {"text"}
    assert results["sentiments"].keys() == {"segments", "average"}
    assert results["topics"].keys() == results["intents"].keys() == {"segments"}


def test_positions_count_the_words_of_the_text(http: httpx.Client) -> None:
    found = read(http, **ALL)
    words = TEXT.split()
    for frame in (found.sentiments, found.topics, found.intents):
        assert len(frame)
        for row in frame.itertuples():
            assert words[row.start_word : row.end_word + 1] == row.text.split()
            assert TEXT[row.start : row.end].split() == row.text.split()


def test_only_what_was_asked_for_is_answered(http: httpx.Client) -> None:
    found = read(http, sentiment="true", topics="false").to_dict()
    assert found["results"].keys() == {"sentiments"}
    assert {name for name in found["metadata"] if name.endswith("_info")} == {"sentiment_info"}
    assert read(http).to_dict()["results"] == {}


def test_topics_and_intents_of_ones_own_are_found(http: httpx.Client) -> None:
    found = read(http, custom_topic=["Battery life", "Weather"], custom_topic_mode="strict")
    assert set(found.topics["topic"]) <= {"Battery life"}
    found = read(http, custom_intent="cancel an order", custom_intent_mode="strict", intents="true")
    assert set(found.intents["intent"]) == {"cancel an order"}


def score(http: httpx.Client, text: str) -> float:
    average = read(http, text, sentiment="true").results.sentiments.average
    assert average is not None
    return average.sentiment_score


def test_sentiment_follows_the_text(http: httpx.Client) -> None:
    good, bad = "The staff was friendly and helpful.", "The staff was rude and useless."
    assert score(http, good) > 1 / 3
    assert score(http, bad) < -1 / 3
    assert score(http, good.replace("was", "was not")) < score(http, good)
    segments = read(http, f"{good} {bad}", sentiment="true").sentiments["sentiment"].to_list()
    turned = read(http, f"{bad} {good}", sentiment="true").sentiments["sentiment"].to_list()
    assert (segments, turned) == (["positive", "negative"], ["negative", "positive"])


def test_topics_intents_and_summary_follow_the_text(http: httpx.Client) -> None:
    wish, no_wish = "I want to cancel my order.", "I do not want to cancel my order."
    assert len(read(http, wish, intents="true").intents) == 1
    assert len(read(http, no_wish, intents="true").intents) == 0
    about = [
        read(http, f"The {thing} is new. A {thing} costs money.", topics="true")
        for thing in ("camera", "garden")
    ]
    topics = [" ".join(reading.topics["topic"]).lower() for reading in about]
    assert ["camera" in topics[0], "garden" in topics[0]] == [True, False]
    assert ["camera" in topics[1], "garden" in topics[1]] == [False, True]
    sentences = [
        f"The {thing} of the house was {state} in the long winter of that year."
        for thing, state in (
            ("roof", "broken"),
            ("door", "painted"),
            ("kitchen", "cold"),
            ("cellar", "dry"),
            ("garden", "white"),
        )
    ]
    forth, back = (
        read(http, " ".join(order), summarize="true").summary for order in (sentences, sentences[::-1])
    )
    assert forth != back


@pytest.mark.parametrize("value", ["true", "v2"])
def test_a_summary_is_asked_for_in_either_spelling(http: httpx.Client, value: str) -> None:
    assert read(http, summarize=value).summary == TEXT.replace("\n\n", " ")


def test_a_url_is_fetched(http: httpx.Client) -> None:
    with Server(Answer(body=TEXT.encode())) as host:
        reply = http.post("/v1/read", params={"language": "en", "sentiment": "true"}, json={"url": host.url})
    assert reply.json()["results"] == read(http, sentiment="true").to_dict()["results"]


EN = {"language": "en", "sentiment": "true"}
JSON = {"Content-Type": "application/json"}
REFUSED: dict[str, tuple[dict[str, Any], int, str]] = {
    "no language": ({"params": {}}, 400, "INVALID_QUERY_PARAMETER"),
    "spanish": ({"params": {"language": "es"}}, 400, "INVALID_QUERY_PARAMETER"),
    "multi": ({"params": {"language": "multi"}}, 400, "INVALID_QUERY_PARAMETER"),
    "summarize v1": ({"params": {**EN, "summarize": "v1"}}, 400, "INVALID_QUERY_PARAMETER"),
    "no boolean": ({"params": {**EN, "topics": "maybe"}}, 400, "INVALID_QUERY_PARAMETER"),
    "a mode alone": ({"params": {**EN, "custom_topic_mode": "strict"}}, 400, "INVALID_QUERY_PARAMETER"),
    "101 topics": ({"params": {**EN, "custom_topic": ["t"] * 101}}, 400, "INVALID_QUERY_PARAMETER"),
    "callback port": (
        {"params": {**EN, "callback": "http://example.org:99"}},
        400,
        "INVALID_QUERY_PARAMETER",
    ),
    "no text": ({"json": {}}, 400, "PAYLOAD_ERROR"),
    "text and url": ({"json": {"text": "a", "url": "b"}}, 400, "PAYLOAD_ERROR"),
    "empty": ({"json": {"text": " \n"}}, 400, "PAYLOAD_ERROR"),
    "not utf-8": ({"content": b'{"text": "\xff"}', "headers": JSON}, 400, "PAYLOAD_ERROR"),
    "broken json": ({"content": b"{", "headers": JSON}, 400, "Bad Request"),
    "deep json": ({"content": b"[" * 100_000, "headers": JSON}, 400, "Bad Request"),
    "a number": ({"json": {"text": 1}}, 400, "Bad Request"),
    "half a character": ({"content": rb'{"text": "\ud800"}', "headers": JSON}, 400, "Bad Request"),
    "plain text": (
        {"content": b"text", "headers": {"Content-Type": "text/plain"}},
        415,
        "UNSUPPORTED_MEDIA_TYPE",
    ),
    "file url": ({"json": {"url": "file:///etc/passwd"}}, 400, "PAYLOAD_ERROR"),
    "no such host": ({"json": {"url": "http://127.0.0.1:1/"}}, 400, "REMOTE_CONTENT_ERROR"),
    "too many tokens": ({"json": {"text": "w " * (MOST_TOKENS + 1)}}, 400, "TOKEN_LIMIT_EXCEEDED"),
    "too large": ({"json": {"text": "w" * 8_000_001}}, 413, "PAYLOAD_TOO_LARGE"),
}


@pytest.mark.parametrize(("request_", "status", "code"), REFUSED.values(), ids=REFUSED)
def test_a_bad_request_gets_the_services_own_error(
    http: httpx.Client, request_: dict[str, Any], status: int, code: str
) -> None:
    body = {} if request_.keys() & {"json", "content"} else {"json": {"text": TEXT}}
    reply = http.post("/v1/read", **{"params": EN, **body, **request_})
    assert (reply.status_code, reply.json()["err_code"]) == (status, code)
    assert reply.json()["request_id"] == reply.headers["dg-request-id"]


@pytest.mark.parametrize("method", ["POST", "PUT"])
def test_a_callback_gets_the_result(http: httpx.Client, method: str) -> None:
    with callbacks.receive() as receiver:
        query = {**EN, "callback": receiver.url, "callback_method": method}
        receipt = http.post("/v1/read", params=query, json={"text": TEXT}).json()
        assert receipt.keys() == {"request_id"}
        found = receiver.wait(receipt["request_id"], timeout=60)
    assert found.results == read(http, **EN).results


def test_the_client_reads_text_and_shows_where_it_was() -> None:
    with Deepgram(sandbox=True) as dg:
        found = dg.read(TEXT)
    assert found.sandbox
    assert found.summary
    assert TEXT[found.intents["start"][0] : found.intents["end"][0]] == "I want to cancel my order."


@pytest.mark.parametrize(
    "text",
    ["<script>", "\u202e\x00\x1b[31m", "🙂 " * 50, "a" * 10_000],
    ids=["tag", "marks", "emoji", "long"],
)
def test_any_text_can_be_read(text: str) -> None:
    found = analyse(words_of(text), dict.fromkeys(ALL, True), "id").of(text)
    assert json.loads(found.json)["results"]
    assert "<script" not in found._repr_html_()
