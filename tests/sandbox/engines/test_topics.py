from __future__ import annotations

import pytest

from dgnb.results.analysis import Topics
from dgnb.sandbox.engines.grouping import words_of
from dgnb.sandbox.engines.topics import topics

CALL = (
    "My internet connection keeps dropping. I can see that your router is quite old. Would you like to "
    "upgrade your router? The new router costs nothing. I also want to change my billing address. I have "
    "updated your billing address. Have a nice day."
)


def names(found: Topics) -> list[str]:
    return [topic.topic for segment in found.segments for topic in segment.topics]


def test_topics_come_from_the_text() -> None:
    found = names(topics(words_of(CALL)))
    assert {"Router", "Billing address", "Internet connection"} <= set(found)
    assert all(word.lower() in CALL.lower() for name in found for word in name.split())


def test_another_text_has_other_topics() -> None:
    other = "The spacewalk took seven hours. The astronauts left the station. A second spacewalk is planned."
    assert not set(names(topics(words_of(other)))) & set(names(topics(words_of(CALL))))
    assert names(topics(words_of(other)))[0] == "Spacewalk"


def test_confidences_lie_between_0_and_1_and_fall() -> None:
    for segment in topics(words_of(CALL)).segments:
        scores = [topic.confidence_score for topic in segment.topics]
        assert all(0 < score <= 1 for score in scores)
        assert scores == sorted(scores, reverse=True)


def test_what_is_said_oftener_is_surer() -> None:
    found = {t.topic: t.confidence_score for s in topics(words_of(CALL)).segments for t in s.topics}
    assert found["Router"] > found["Internet connection"]


def test_neighbouring_sentences_that_share_a_topic_make_one_segment() -> None:
    router = next(s for s in topics(words_of(CALL)).segments if s.topics[0].topic == "Router")
    assert router.text.startswith("I can see")
    assert router.text.endswith("costs nothing.")
    assert CALL.split()[router.start_word : router.end_word + 1] == router.text.split()


def test_verbs_behind_pronouns_are_no_topics() -> None:
    assert names(topics(words_of("I want to upgrade it and they complain."))) == []


@pytest.mark.parametrize(
    ("custom", "expected"),
    [("Router upgrades", 1), ("router", 3), ("Refunds", 0), ("Address", 2)],
    ids=["stems", "word", "absent", "part of a phrase"],
)
def test_own_topics_are_matched_by_stems(custom: str, expected: int) -> None:
    found = topics(words_of(CALL), [custom], mode="strict")
    sentences = sum(segment.text.count(".") + segment.text.count("?") for segment in found.segments)
    assert sentences == expected
    assert set(names(found)) <= {custom}


def test_extended_gives_own_and_found_topics() -> None:
    found = names(topics(words_of(CALL), ["Hardware upgrade router"], mode="extended"))
    assert "Hardware upgrade router" in found
    assert "Billing address" in found


@pytest.mark.parametrize("text", ["", "Yes.", "Well, I think so."], ids=["empty", "yes", "small talk"])
def test_texts_without_content_have_no_topics(text: str) -> None:
    assert topics(words_of(text)).segments == []
