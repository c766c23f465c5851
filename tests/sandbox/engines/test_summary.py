from __future__ import annotations

from dgnb.sandbox.engines.grouping import sentences, words_of
from dgnb.sandbox.engines.summary import MOST, old_summaries, summarize

NEWS = (
    "NASA has completed its first spacewalk by women outside the International Space Station. The "
    "astronauts spent more than seven hours outside the station. They replaced a failed power controller, "
    "which regulates how much energy the solar panels send to the batteries. The spacewalk had been "
    "delayed because there were not enough spacesuits in the right size. Critics said the delay showed "
    "how the agency had designed its equipment for men. The weather was nice. Many people watched the "
    "spacewalk live. Engineers expect that the new batteries will last for ten years. The power "
    "controller will be brought back to Earth so that engineers can find out why it failed."
)


def test_a_short_text_is_its_own_summary() -> None:
    text = "The battery is weak. It lasts an hour."
    assert summarize(words_of(text)).short == text
    assert summarize([]).short == ""


def test_a_summary_is_made_of_the_sentences_in_order() -> None:
    summary = summarize(words_of(NEWS))
    positions = [NEWS.index(sentence.text) for sentence in sentences(words_of(summary.short))]
    assert summary.result == "success"
    assert positions == sorted(positions)
    assert 0 < len(summary.short.split()) < len(NEWS.split()) / 2


def test_a_summary_says_what_the_text_is_about() -> None:
    short = summarize(words_of(NEWS)).short
    assert "spacewalk" in short
    assert "weather" not in short


def test_a_summary_does_not_repeat_itself() -> None:
    once = "The battery of the phone is weak and the charger of the phone is broken. "
    short = summarize(
        words_of(once * 10 + "A refund for the customer was refused by the shop in Berlin.")
    ).short
    assert short.count("battery") == 1
    assert "refund" in short


def test_a_long_text_has_a_bounded_summary() -> None:
    text = " ".join(
        f"Item {letter}{n} of the inventory list is in store." for n in range(400) for letter in "xyz"
    )
    assert len(summarize(words_of(text)).short.split()) <= MOST


def test_old_summaries_cover_the_channel() -> None:
    words = words_of(NEWS * 5)
    found = old_summaries(words)
    assert [part.start_word for part in found] == [0, *(part.end_word for part in found[:-1])]
    assert found[-1].end_word == len(words)
    assert len(found) > 1
    assert all(part.summary for part in found)


def test_no_words_have_no_old_summaries() -> None:
    assert old_summaries([]) == []
