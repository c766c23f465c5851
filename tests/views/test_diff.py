from __future__ import annotations

from hypothesis import given, settings

from dgnb.views.diff import Diff, diff
from tests.views.spellings import spellings

words = spellings("it", "is", "<b>", "&", "字", "u", "s")


def told(found: Diff) -> list[tuple[str, str, str]]:
    """Each stretch as text."""
    return [(kind, " ".join(reference), " ".join(heard)) for kind, reference, heard in found.stretches]


@settings(max_examples=200, deadline=None)
@given(words, words)
def test_a_diff_has_both_texts(reference: list[str], heard: list[str]) -> None:
    found = diff(reference, heard)
    assert (found.reference, found.heard) == (" ".join(reference), " ".join(heard))
    for kind, left, right in found.stretches:
        assert bool(left) or kind in ("insert", "variant")
        assert bool(right) or kind in ("delete", "variant")


def test_what_differs_is_named() -> None:
    found = diff(["the", "quick", "brown", "fox"], ["The", "quick", "red", "fox", "jumps"])
    assert told(found) == [
        ("equal", "the quick", "The quick"),
        ("substitute", "brown", "red"),
        ("equal", "fox", "fox"),
        ("insert", "", "jumps"),
    ]


def test_another_spelling_is_no_difference() -> None:
    found = diff(["It's", "$5", "million,", "um,", "OK?"], ["it", "is", "five", "million", "dollars", "okay"])
    assert {kind for kind, *_ in found.stretches} <= {"equal", "variant"}
    assert repr(found).splitlines()[0] == "<Diff: no difference>"


def test_a_diff_shows_itself() -> None:
    found = diff(["red", "<b", "blue"], ["red", "green", "blue", "grey"])
    assert "<del>&lt;b</del><ins>green</ins>" in found._repr_html_()
    assert repr(found).splitlines()[0] == "<Diff: 1 word exchanged, 1 word put in>"
    assert found.frame["kind"].to_list() == ["equal", "substitute", "equal", "insert"]


def test_long_texts_stay_small() -> None:
    same = ["same"] * 20_000
    assert len(diff(same, [*same, "more"])._repr_html_()) < 5000
