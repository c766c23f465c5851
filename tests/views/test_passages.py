from __future__ import annotations

from dgnb.results import Transcript
from dgnb.views.passages import LONGEST, passages
from tests.views.replies import channel, dialogue, paragraph, reply, said


def texts(call: Transcript) -> list[str]:
    """Return what the passages say."""
    return [passage.text for passage in passages(call)]


def test_paragraphs_come_first():
    words = said("one two three")
    whole = {"paragraphs": [paragraph("One two three", 0.0, 0.9)]}
    assert texts(reply(channel(words, paragraphs=whole))) == ["One two three"]


def test_a_paragraph_has_the_words_of_its_time():
    first, second = passages(dialogue())
    assert [word.text for word in first.words] == ["Hello,", "this", "is", "Ava."]
    assert [word.text for word in second.words] == ["My", "router", "is", "dead!"]


def test_utterances_stand_in_for_paragraphs():
    utterance = {"start": 0, "end": 0.5, "transcript": "One, two.", "channel": 0, "words": said("one two")}
    assert texts(reply(channel(said("one two")), utterances=[utterance])) == ["One, two."]


def test_words_are_parted_at_pauses():
    assert texts(reply(channel(said("one two") + said("three", 1.31)))) == ["one two", "three"]


def test_words_with_a_short_pause_stay_together():
    assert texts(reply(channel(said("one two") + said("three", 1.29)))) == ["one two three"]


def test_words_are_parted_where_the_speaker_changes():
    words = said("one two", speaker=0) + said("three", 0.6, speaker=1)
    found = passages(reply(channel(words)))
    assert [(passage.text, passage.speaker) for passage in found] == [("one two", 0), ("three", 1)]


def test_words_without_a_pause_are_parted_all_the_same():
    found = passages(reply(channel(said("word " * (2 * LONGEST + 1)))))
    assert [len(passage.words) for passage in found] == [LONGEST, LONGEST, 1]


def test_channels_are_told_in_the_order_of_time():
    call = reply(channel(said("one") + said("three", 4.0)), channel(said("two", 2.0)))
    assert [(passage.text, passage.channel) for passage in passages(call)] == [
        ("one", 0),
        ("two", 1),
        ("three", 0),
    ]


def test_text_without_words_has_no_time():
    (found,) = passages(reply({"alternatives": [{"transcript": "Only text."}]}))
    assert found.text == "Only text."
    assert found.start != found.start


def test_chinese_is_written_without_spaces():
    here = channel(said("你好 世界"))
    here["alternatives"][0]["transcript"] = "你好世界"
    assert texts(reply(here)) == ["你好世界"]


def test_the_language_is_that_of_most_words():
    words = said("one two", language="en") + said("drei", 0.6, language="de")
    (found,) = passages(reply(channel(words)))
    assert found.language == "en"


def test_silence_has_no_passages():
    assert texts(Transcript()) == []
