from __future__ import annotations

from math import isclose

import pytest

from dgnb.protocol.heard import Word
from dgnb.sandbox.engines.grouping import (
    LONGEST,
    paragraphs,
    sentences,
    spans,
    transcript,
    utterances,
    words_of,
)


def spoken(text: str, speaker: int | None = None, start: float = 0.0) -> list[Word]:
    """Words of 0.2 s each; "|" is a pause of 1 s, and what has marks or capitals is kept as written."""
    words = []
    for token in text.split():
        if token == "|":
            start += 1.0
            continue
        bare = token.strip(".,?!").lower()
        shown = token if token != bare else None
        words.append(
            Word(
                word=bare,
                start=start,
                end=start + 0.2,
                confidence=0.5,
                punctuated_word=shown,
                speaker=speaker,
            )
        )
        start += 0.2
    return words


def test_plain_text_becomes_words_without_times() -> None:
    words = words_of('He said: "Yes."')
    assert [word.word for word in words] == ["he", "said", "yes"]
    assert {(word.start, word.end) for word in words} == {(0.0, 0.0)}
    assert transcript(words) == 'He said: "Yes."'


@pytest.mark.parametrize("text", ["", "  \n\n ", "\n"], ids=["nothing", "blanks", "newline"])
def test_empty_text_has_no_words(text: str) -> None:
    assert words_of(text) == []
    assert transcript([]) == ""
    assert spans([]) == []
    assert paragraphs([]).transcript == ""
    assert utterances([[]]) == []


def test_word_positions_count_the_pieces_of_the_text() -> None:
    text = "A heading\n\nThe first - and only - line.\nIt goes on."
    assert len(words_of(text)) == len(text.split())


def test_a_blank_line_ends_a_sentence() -> None:
    assert [sentence.text for sentence in sentences(words_of("A heading\n\nIt goes on."))] == [
        "A heading",
        "It goes on.",
    ]


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("Mr. Brown met Dr. Gray. They talked!", 2),
        ('He asked: "Why?" Nobody knew...', 2),
        ("J. S. Bach wrote it.", 1),
        ("It costs 2.50 today. Buy it.", 2),
        ("Apples, pears, etc. are fruit.", 1),
        ("It was I. You know.", 2),
    ],
    ids=["titles", "quotes", "initials", "decimals", "abbreviation", "pronoun"],
)
def test_sentences_end_at_full_stops_only(text: str, count: int) -> None:
    assert len(sentences(words_of(text))) == count


def test_without_marks_pauses_divide() -> None:
    found = sentences(spoken("it rains | take a coat"))
    assert [sentence.text for sentence in found] == ["it rains", "take a coat"]
    assert isclose(found[1].start, 1.4)
    assert isclose(found[1].end, 2.0)


def test_with_marks_pauses_do_not_divide() -> None:
    assert len(sentences(spoken("It | rains. Take a coat."))) == 2


def test_a_change_of_speaker_ends_a_sentence() -> None:
    assert len(sentences(spoken("I think", 0) + spoken("you do.", 1, 0.4))) == 2


def test_an_endless_sentence_is_cut() -> None:
    assert spans(words_of("word " * (2 * LONGEST + 1)))[0] == (0, LONGEST)


def test_a_speaker_is_named_where_it_changes() -> None:
    words = spoken("Who is it?", 0) + spoken("Me.", 1, 1.0) + spoken("You?", 0, 2.0)
    found = paragraphs(words)
    assert found.transcript == "\nSpeaker 0: Who is it?\n\nSpeaker 1: Me.\n\nSpeaker 0: You?"
    assert [(paragraph.speaker, paragraph.num_words) for paragraph in found.paragraphs] == [
        (0, 3),
        (1, 1),
        (0, 1),
    ]


def test_a_second_paragraph_of_a_speaker_has_no_name() -> None:
    words = spoken("Well. | | | Then.", 0)
    assert paragraphs(words).transcript == "\nSpeaker 0: Well.\n\nThen."


def test_paragraphs_end_after_five_sentences() -> None:
    found = paragraphs(words_of("It rains. " * 12)).paragraphs
    assert [len(paragraph.sentences) for paragraph in found] == [5, 5, 2]
    assert sum(paragraph.num_words for paragraph in found) == 24


def test_undiarised_paragraphs_have_no_speaker() -> None:
    found = paragraphs(words_of("One line.\n\nAnother line."))
    assert found.transcript == "\nOne line.\n\nAnother line."
    assert found.paragraphs[0].speaker is None


def test_utterances_split_at_the_given_pause() -> None:
    words = spoken("so far | so good")
    assert [utterance.transcript for utterance in utterances([words])] == ["so far", "so good"]
    assert len(utterances([words], utt_split=1.5)) == 1


def test_utterances_split_at_a_change_of_speaker() -> None:
    found = utterances([spoken("hello", 0) + spoken("hi", 1, 0.2)])
    assert [utterance.speaker for utterance in found] == [0, 1]


def test_utterances_come_channel_after_channel() -> None:
    found = utterances([spoken("late", start=5.0), spoken("early")])
    assert [(utterance.channel, utterance.start) for utterance in found] == [(0, 5.0), (1, 0.0)]


def test_utterances_carry_words_times_and_mean_confidence() -> None:
    (found,) = utterances([spoken("so far")])
    assert [word.word for word in found.words] == ["so", "far"]
    assert (found.start, found.end, found.confidence) == (0.0, 0.4, 0.5)


def test_ids_are_the_same_each_time_and_differ_between_utterances() -> None:
    words = spoken("yes | yes")
    once, twice = utterances([words, words]), utterances([words, words])
    assert [utterance.id for utterance in once] == [utterance.id for utterance in twice]
    assert len({utterance.id for utterance in once}) == 4
