r"""Texts cut where they may be cut: after a sentence, a word, never in a control, ``\{...\}``."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dgnb.protocol.models import SPEECH_LIMIT
from dgnb.protocol.sentences import parts, whole

IPA = r'\{"word": "Ms. Dvořák", "pronounce": "dvɔr.ʒak"\}'

words = st.sampled_from(
    ["I", "see.", "a", "house!", "(really?)", "12.5", "…", "\n", " ", r"\{pause:500ms\}", IPA]
)
texts = st.lists(words, max_size=40).map(" ".join)
unbroken = st.lists(st.sampled_from(["abc", "d", IPA]), max_size=12).map("".join)


def letters(text: str) -> str:
    return "".join(text.split())


@given(texts | unbroken | st.text(max_size=60), st.integers(1, 60))
def test_parts_are_the_whole_text_in_order_and_none_is_empty(text: str, limit: int) -> None:
    found = list(parts(text, limit))
    assert letters("".join(found)) == letters(text)
    assert all(part == part.strip() and part for part in found)


@given(texts | unbroken, st.integers(len(IPA), 80))
def test_no_part_is_longer_than_the_limit_and_none_cuts_a_control(text: str, limit: int) -> None:
    found = list(parts(text, limit))
    assert all(len(part) <= limit for part in found)
    assert all(part.count(r"\{") == part.count(r"\}") for part in found)
    assert sum(part.count(IPA) for part in found) == text.count(IPA)


@given(texts | unbroken | st.text(max_size=60), st.integers(len(IPA), 80), st.data())
def test_text_that_comes_in_pieces_is_cut_without_loss(text: str, limit: int, data: st.DataObject) -> None:
    found, rest = [], ""
    cuts = sorted(data.draw(st.lists(st.integers(0, len(text)), max_size=6)))
    for start, stop in zip([0, *cuts], [*cuts, len(text)], strict=True):
        sentences, rest = whole(rest + text[start:stop], limit)
        found += sentences
    assert letters("".join([*found, rest])) == letters(text)
    assert all(0 < len(sentence) <= limit for sentence in found)
    assert len(rest.rstrip()) <= limit


@pytest.mark.parametrize(
    ("text", "sentences", "rest"),
    [
        ("", [], ""),
        ("   ", [], ""),
        ("One. Two! Three? Fo", ["One.", "Two!", "Three?"], "Fo"),
        ('"Go." He went. ', ['"Go."', "He went."], ""),
        ("It costs 12.50 and", [], "It costs 12.50 and"),
        ("The end.", [], "The end."),
        ("Well… yes", ["Well…"], "yes"),
        (f"Call {IPA}. Now", [f"Call {IPA}."], "Now"),
        (r'Call \{"word": "Ms. D', [], r'Call \{"word": "Ms. D'),
    ],
    ids=["nothing", "blank", "three", "quoted", "number", "may-go-on", "ellipsis", "control", "open-control"],
)
def test_a_sentence_is_complete_when_something_follows_its_end(
    text: str, sentences: list[str], rest: str
) -> None:
    assert whole(text) == (sentences, rest)


def test_a_blank_at_the_end_is_kept_so_that_words_do_not_run_together() -> None:
    _, rest = whole("Good ")
    assert whole(rest + "morning. Yes") == (["Good morning."], "Yes")


def test_the_last_word_of_a_text_that_is_too_long_waits_for_its_rest() -> None:
    found, rest = whole("one two three fo", limit=12)
    assert (found, rest) == (["one two"], "three fo")
    assert whole(rest + "ur. End", limit=12) == (["three four."], "End")


def test_a_word_longer_than_the_limit_is_cut() -> None:
    assert list(parts("a" * 25, limit=10)) == ["a" * 10, "a" * 10, "a" * 5]


@pytest.mark.parametrize("before", range(1, len(IPA) + 1))
def test_a_control_is_whole_wherever_the_limit_falls(before: int) -> None:
    limit = len(IPA)
    assert list(parts("a" * before + IPA + "bc", limit))[:2] == ["a" * before, IPA]


def test_a_control_longer_than_the_limit_stays_whole() -> None:
    assert list(parts(f"{IPA}{IPA} yes", limit=10)) == [IPA, IPA, "yes"]


def test_a_mark_that_opens_no_control_does_not_hold_the_text() -> None:
    assert list(parts("\\{" + "a" * 20, limit=10)) == ["\\{" + "a" * 8, "a" * 10, "aa"]


def test_the_usual_limit_is_that_of_a_request() -> None:
    assert [len(part) for part in parts("a " * SPEECH_LIMIT)] == [SPEECH_LIMIT - 1] * 2
