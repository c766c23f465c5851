import pickle
import re
from html import unescape
from typing import Any

import pytest

from dgnb.results import Reading
from dgnb.views import readings

HOSTILE = '<script>alert("x")</script> & \x1b[31m \u202e'
TEXT = "I love this phone.\n\nThe battery is awful!  I want to cancel my order."


def segment(text: str, start: int, end: int, **found: Any) -> dict[str, Any]:
    return {"text": text, "start_word": start, "end_word": end, **found}


def reading(text: str = TEXT, **results: Any) -> Reading:
    return Reading.from_json({"metadata": {"language": "en"}, "results": results}).of(text)


SENTIMENTS = {
    "segments": [
        segment("I love this phone.", 0, 3, sentiment="positive", sentiment_score=0.6),
        segment("The battery is awful!", 4, 7, sentiment="negative", sentiment_score=-0.7),
    ],
    "average": {"sentiment": "neutral", "sentiment_score": -0.05},
}
TOPICS = {
    "segments": [
        segment(
            "The battery is awful!",
            4,
            7,
            topics=[
                {"topic": "Battery", "confidence_score": 0.8},
                {"topic": "Phone", "confidence_score": 0.5},
            ],
        )
    ]
}
INTENTS = {
    "segments": [
        segment(
            "I want to cancel my order.",
            8,
            13,
            intents=[{"intent": "Cancel order", "confidence_score": 0.9}],
        )
    ]
}


@pytest.fixture
def found() -> Reading:
    return reading(summary={"text": "All is well."}, sentiments=SENTIMENTS, topics=TOPICS, intents=INTENTS)


def text_of(html: str) -> str:
    """What a reader sees without any style sheet."""
    return unescape(re.sub(r"<style>.*?</style>|<[^>]+>", "", html, flags=re.DOTALL))


def test_frames_have_words_and_characters_of_each_segment(found: Reading) -> None:
    for frame in (found.sentiments, found.topics, found.intents):
        for row in frame.itertuples():
            assert " ".join(TEXT[row.start : row.end].split()) == row.text
            assert TEXT.split()[row.start_word : row.end_word + 1] == row.text.split()
    assert found.sentiments["sentiment_score"].to_list() == [0.6, -0.7]
    assert found.topics["topic"].to_list() == ["Battery", "Phone"]
    assert found.intents[["intent", "confidence"]].values.tolist() == [["Cancel order", 0.9]]


@pytest.mark.parametrize("name", ["sentiments", "topics", "intents"])
def test_empty_frames_have_the_same_columns_and_types(found: Reading, name: str) -> None:
    full, empty = getattr(found, name), getattr(Reading(), name)
    assert len(empty) == 0
    assert full.dtypes.equals(empty.dtypes)


def test_without_the_text_characters_are_unknown() -> None:
    found = Reading.from_json({"results": {"sentiments": SENTIMENTS}})
    assert found.sentiments["start"].isna().all()
    assert found.sentiments["start_word"].to_list() == [0, 4]
    assert "I love this phone. [positive +0.60]" in text_of(found._repr_html_())


def test_words_counted_in_another_way_are_found_by_their_text() -> None:
    moved = segment("The battery is awful!", 5, 8, sentiment="negative", sentiment_score=-0.7)
    frame = reading(sentiments={"segments": [moved]}).sentiments
    assert TEXT[frame["start"][0] : frame["end"][0]] == "The battery is awful!"


@pytest.mark.parametrize("place", [(-5, -1), (3, 1), (10**9, 10**9), (0, 10**9)], ids=repr)
def test_places_outside_of_the_text_are_unknown(place: tuple[int, int]) -> None:
    wild = segment("not in it", *place, sentiment="neutral", sentiment_score=0)
    found = reading(sentiments={"segments": [wild]})
    assert found.sentiments["start"].isna().all()
    assert "not in it [neutral +0.00]" in text_of(found._repr_html_())


def test_nested_topics_of_the_older_form_are_read() -> None:
    assert reading(topics={"results": {"topics": TOPICS}}).topics["topic"].to_list() == ["Battery", "Phone"]


def test_html_reads_well_without_style(found: Reading) -> None:
    lines = text_of(found._repr_html_())
    assert "Summary All is well." in lines
    assert "I love this phone. [positive +0.60]\n\nThe battery is awful! [negative -0.70]" in lines
    assert "The battery is awful! [Battery 0.80, Phone 0.50]" in lines
    assert "I want to cancel my order. [Cancel order 0.90]" in lines


def test_each_marked_segment_has_its_label_in_it(found: Reading) -> None:
    marks = re.findall(r"<mark .*?</mark>", found._repr_html_(), re.DOTALL)
    assert len(marks) == 4
    assert all(re.search(r"<small>\[.+?\]</small></mark>$", mark) for mark in marks)


def test_the_whole_text_stays_in_order(found: Reading) -> None:
    section = re.search(r'<p class="dgnb-marked".*?</p>', found._repr_html_(), re.DOTALL)
    assert section is not None
    unlabelled = re.sub(r" <small>.*?</small>", "", section[0])
    assert text_of(unlabelled) == TEXT


def test_overlapping_segments_lose_no_text_and_no_label() -> None:
    inner = segment("battery is", 5, 6, sentiment="neutral", sentiment_score=0)
    outer = segment("The battery is awful!", 4, 7, sentiment="negative", sentiment_score=-0.7)
    html = reading(sentiments={"segments": [outer, inner]})._repr_html_()
    assert html.count("<mark ") == 2
    assert text_of(re.sub(r" <small>.*?</small>", "", html)).count("battery") == 1


def test_foreign_text_is_escaped_everywhere() -> None:
    topics = {"segments": [segment(HOSTILE, 0, 3, topics=[{"topic": HOSTILE, "confidence_score": 1}])]}
    sentiments = {
        "segments": [segment(HOSTILE, 0, 3, sentiment=HOSTILE, sentiment_score=1)],
        "average": {"sentiment": HOSTILE, "sentiment_score": 1},
    }
    found = reading(HOSTILE, summary={"text": HOSTILE}, topics=topics, sentiments=sentiments)
    for shown in (found._repr_html_(), repr(found)):
        assert not {"\x1b", "\u202e"} & set(shown)
    assert "<script" not in found._repr_html_()


def test_a_long_text_is_cut() -> None:
    long = "word " * 40_000
    found = reading(
        long, sentiments={"segments": [segment(long, 0, 39_999, sentiment="a", sentiment_score=0)]}
    )
    html = found._repr_html_()
    assert len(html) < 60_000
    assert "cut after 50,000 characters" in html


@pytest.mark.parametrize(
    ("results", "line"),
    [
        ({}, "Nothing was asked for"),
        ({"topics": {"segments": []}}, "None were found."),
        ({"summary": {"text": ""}, "sentiments": {}}, "None were found."),
    ],
    ids=["nothing", "no topics", "empty"],
)
def test_empty_results_are_told(results: dict[str, Any], line: str) -> None:
    assert line in text_of(reading(**results)._repr_html_())


def test_the_summary_has_a_line_for_each_analysis(found: Reading) -> None:
    assert repr(found).splitlines() == [
        "Reading 14 words, en",
        "Summary: All is well.",
        "Sentiment: neutral -0.05",
        "Topics: Battery, Phone",
        "Intents: Cancel order",
    ]
    assert readings.summary(Reading()) == "Reading"


def test_a_reading_of_the_sandbox_says_so() -> None:
    info = {"model_uuid": "sandbox-1", "input_tokens": 1, "output_tokens": 1}
    found = Reading.from_json({"metadata": {"sentiment_info": info}, "results": {"sentiments": SENTIMENTS}})
    assert found.sandbox
    assert "sandbox" in text_of(found._repr_html_())
    assert repr(found).splitlines()[0] == "Reading (sandbox)"


def test_the_text_survives_pickling(found: Reading) -> None:
    copy = pickle.loads(pickle.dumps(found))
    assert (copy, copy.text) == (found, TEXT)
